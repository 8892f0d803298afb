"""Who takes what where groups have priorities of their own: every group makes an offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate import rules
from simulate.floor.agent import Agent, Skill
from simulate.floor.contact import Contact
from simulate.floor.dispatch import (
    Match,
    Place,
    agent_for,
    chosen,
    eligible,
    first_heads,
    heads,
    other_heads,
)
from simulate.floor.group import Group
from simulate.floor.interruption import agent_to_interrupt

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def next_match(floor: Floor) -> Match | None:
    """
    The next contact and agent, groups having priorities of their own.

    What goes before all others does so for every group. Then every group offers to take the
    first contact, in its own order, that one of its agents can take. The offer with the lowest
    place is made; a contact that several groups offer at that place finds its agent among all
    of theirs. Work is put aside only when no offer is left, in the channels' own order.
    """
    for contact in first_heads(floor):
        agent = agent_for(floor, contact)
        if agent is not None:
            return contact, agent
    offers = [offer for group in floor.groups if (offer := _offer(floor, group)) is not None]
    if offers:
        place, contact, _ = min(offers, key=lambda offer: offer[0])
        found = [one for offer in offers if offer[0] == place for one in offer[2]]
        agent = chosen(floor, contact, found)
        assert agent is not None
        return contact, agent
    for contact in heads(floor):
        agent = agent_to_interrupt(floor, contact)
        if agent is not None:
            return contact, agent
    return None


def _offer(floor: Floor, group: Group) -> tuple[Place, Contact, list[tuple[Agent, Skill]]] | None:
    """The first contact in a group's own order that it can take: place, contact and agents."""
    any_cohort = group.cohorts[0].skills
    priorities = ((floor.channels[number], any_cohort[number].priority) for number in any_cohort)
    for place, contact in other_heads(floor, priorities):
        skills = [cohort.skills[contact.channel] for cohort in group.cohorts]
        everybody = floor.choice == rules.RANDOM
        found = eligible(floor, contact, skills, everybody=everybody)
        if found:
            return place, contact, found
    return None
