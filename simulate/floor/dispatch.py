"""Who takes what: waiting contacts and agents are matched until nothing matches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from simulate import rules
from simulate.draws import CHOICE, hashed, uniform
from simulate.floor import presence
from simulate.floor.agent import Agent, Skill
from simulate.floor.channel import Channel
from simulate.floor.contact import Contact
from simulate.floor.interruption import agent_to_interrupt

if TYPE_CHECKING:
    from simulate.floor.world import Floor

Match: TypeAlias = tuple[Contact, Agent]
Place: TypeAlias = tuple[int, ...]
"""Priority, offer and id; then what tells promoted work from the contact that it overtakes."""


def next_match(floor: Floor) -> Match | None:
    """The first waiting contact, in the order of the queues, that finds an agent; and who."""
    for contact in heads(floor):
        agent = agent_for(floor, contact) or agent_to_interrupt(floor, contact)
        if agent is not None:
            return contact, agent
    return None


def heads(floor: Floor) -> list[Contact]:
    """
    The contacts to try, in order: at most the head and the promoted head of every queue.

    Promoted callbacks, and promoted work of channels that go above live, come first; the
    others in the order of their channels' priorities.
    """
    if not any(channel.queue.length for channel in floor.channels):
        return []
    priorities = ((channel, channel.priority) for channel in floor.channels)
    return [*first_heads(floor), *(contact for _, contact in other_heads(floor, priorities))]


def first_heads(floor: Floor) -> list[Contact]:
    """Heads that go before all others, by deadline."""
    found = []
    for channel in floor.channels:
        if channel.queue.length and channel.is_served(floor.now):
            head = channel.queue.promoted_head()
            if head is not None and rules.goes_first(channel.kind, True, channel.above_live):
                found.append(head)
    return sorted(found, key=_by_deadline)


def other_heads(
    floor: Floor, priorities: Iterable[tuple[Channel, int]]
) -> list[tuple[Place, Contact]]:
    """
    All other heads of some channels with their places, in order.

    They go by priority, then by who was offered first. Promoted deferred work takes the place
    of the first deferred contact in that order.
    """
    now = floor.now
    promoted: list[Contact] = []
    order: list[tuple[Place, Contact]] = []
    deferred: list[Place] = []
    for channel, priority in priorities:
        queue = channel.queue
        if not queue.length or not channel.is_served(now):
            continue
        ahead, head = queue.promoted_head(), queue.head()
        if ahead is not None and not rules.goes_first(channel.kind, True, channel.above_live):
            promoted.append(ahead)
            deferred.append((priority, ahead.offered_us, ahead.id))
        if head is not None:
            place: Place = (priority, head.offered_us, head.id)
            order.append(((*place, 1), head))
            if channel.kind == rules.DEFERRED:
                deferred.append(place)
    if promoted:
        place = min(deferred)
        order += [((*place, 0, *_by_deadline(contact)), contact) for contact in promoted]
    if len(order) > 1:
        order.sort(key=lambda entry: entry[0])
    return order


def agent_for(floor: Floor, contact: Contact) -> Agent | None:
    """The agent who takes a contact, None if nobody can."""
    skills = floor.channels[contact.channel].skills
    # Of agents alike in cohort and contacts in hand, the one longest in that state comes
    # first on the bench and would win; a random choice has to look at everybody.
    everybody = floor.choice == rules.RANDOM
    return chosen(floor, contact, eligible(floor, contact, skills, everybody=everybody))


def eligible(
    floor: Floor, contact: Contact, skills: Iterable[Skill], *, everybody: bool
) -> list[tuple[Agent, Skill]]:
    """Agents who can take a contact as they are; the first of every bench, or everybody."""
    channel = floor.channels[contact.channel]
    # The last customers of a closed door are served by whoever is there.
    asks = not channel.is_draining and rules.is_gated(
        channel.kind, contact.promoted, channel.above_live
    )
    found: list[tuple[Agent, Skill]] = []
    for skill in skills:
        gated = asks and skill.keep_free > 0
        if skill.after_us and not rules.has_waited(floor.now, contact.offered_us, skill.after_us):
            continue
        away = presence.staying_away(floor, skill.cohort.group, contact)
        for contacts, bench in enumerate(skill.bench):
            if not bench or (gated and not contacts and not gate_is_open(floor, skill)):
                continue
            for agent in bench:
                if agent not in away and not agent.break_due:
                    found.append((agent, skill))
                    if not everybody:
                        break
        if channel.is_live:
            found += [(agent, skill) for agent in skill.cohort.paused]
    return found


def chosen(floor: Floor, contact: Contact, found: list[tuple[Agent, Skill]]) -> Agent | None:
    """Who of the eligible agents takes a contact."""
    if len(found) <= 1:
        return found[0][0] if found else None
    if floor.choice == rules.RANDOM:
        by_id = sorted((agent for agent, _ in found), key=lambda agent: agent.id)
        share = uniform(floor.root, CHOICE, hashed(contact.key, contact.tries))
        return by_id[int(share * len(by_id))]

    return min(found, key=lambda one: key_of_choice(floor, *one))[0]


def key_of_choice(floor: Floor, agent: Agent, skill: Skill) -> int:
    """Who takes a contact among eligible agents, unless the choice is random: the lowest."""
    in_hand = len(agent.hand)
    return rules.agent_key(floor.choice, floor.load, in_hand, skill.preference, agent.turn)


def gate_is_open(floor: Floor, skill: Skill) -> bool:
    """Whether a free agent of the cohort may start deferred or callback work."""
    if not skill.keep_free:
        return True
    group = skill.cohort.group
    free = sum(len(cohort.free) for cohort in group.cohorts)
    away = presence.staying_away(floor, group, None)
    free_and_leaving = sum(agent.bench is agent.cohort.free for agent in away)
    return rules.gate_is_open(
        skill.keep_free_unit,
        skill.keep_free,
        free - free_and_leaving,
        presence.open_live_slots(floor),
        skill.cohort.live_slots,
    )


def _by_deadline(contact: Contact) -> tuple[int, int]:
    return contact.deadline_us, contact.id
