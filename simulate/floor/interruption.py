"""Live work first: deferred work in hand is put aside for it, and taken up again later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate import rules
from simulate.floor.agent import Agent
from simulate.floor.contact import Contact

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def agent_to_interrupt(floor: Floor, contact: Contact) -> Agent | None:
    """Who puts work aside for a live contact that nobody can take as it is."""
    if not floor.interrupts or not floor.channels[contact.channel].is_live:
        return None
    found = interruptible(floor, contact)
    if not found:
        return None

    def key(agent: Agent) -> int:
        skill = agent.cohort.skills[contact.channel]
        return rules.interruption_key(skill.preference, agent.turn)

    return min(found, key=key)


def interruptible(floor: Floor, contact: Contact) -> list[Agent]:
    """Everybody who could put work aside for a live contact."""
    found = []
    for skill in floor.channels[contact.channel].skills:
        if not rules.has_waited(floor.now, contact.offered_us, skill.after_us):
            continue
        leaving = skill.cohort.group.leaving()
        for agent in skill.cohort.agents:
            if (
                agent.skill is not None
                and floor.channels[agent.skill.channel].given.interruptible
                and not agent.aside  # one level deep
                and not agent.break_due
                and agent not in leaving
            ):
                found.append(agent)
    return found


def put_aside(floor: Floor, agent: Agent) -> None:
    """All that is in an agent's hands is put aside; the caller fills the hands."""
    agent.aside, agent.skill_aside = agent.hand, agent.skill
    for contact in agent.hand:
        contact.put_aside += 1
        floor.tell("is put aside", contact, agent)


def give_back(floor: Floor, agent: Agent) -> None:
    """What an agent has put aside returns to its queue, at its old place, for anybody."""
    contacts, agent.aside = agent.aside, []
    for contact in contacts:
        floor.channels[contact.channel].queue.join(contact)
        floor.tell("returns to the queue", contact, agent)
