"""Who takes what: waiting contacts and agents are matched until nothing matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate import rules
from simulate.draws import CHOICE, hashed, uniform
from simulate.floor import presence
from simulate.floor.agent import Agent, Skill
from simulate.floor.contact import Contact

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def next_match(floor: Floor) -> tuple[Contact, Agent] | None:
    """The first waiting contact, in the order of the queues, that finds an agent; and who."""
    for contact in heads(floor):
        agent = agent_for(floor, contact)
        if agent is not None:
            return contact, agent
    return None


def heads(floor: Floor) -> list[Contact]:
    """
    The contacts to try, in order: at most the head and the promoted head of every queue.

    Promoted callbacks, and promoted work of channels that go above live, come first, by
    deadline. The others go by priority, then by who was offered first. Promoted deferred work
    takes the place of the first deferred contact in that order.
    """
    first: list[tuple[int, int, Contact]] = []
    promoted: list[tuple[int, int, Contact]] = []
    others: list[tuple[int, int, int, Contact]] = []
    place: tuple[int, int, int] | None = None  # of the first deferred contact
    now = floor.now
    for channel in floor.channels:
        queue = channel.queue
        if not queue.length or not channel.is_served(now):
            continue
        head = queue.promoted_head()
        if head is not None:
            if rules.goes_first(channel.kind, True, channel.above_live):
                first.append((head.deadline_us, head.id, head))
            else:
                promoted.append((head.deadline_us, head.id, head))
                own = (channel.priority, head.offered_us, head.id)
                place = own if place is None else min(place, own)
        head = queue.head()
        if head is not None:
            others.append((channel.priority, head.offered_us, head.id, head))
            if channel.kind == rules.DEFERRED:
                own = (channel.priority, head.offered_us, head.id)
                place = own if place is None else min(place, own)
    if len(others) > 1:
        others.sort()
    if not first and not promoted:
        return [entry[3] for entry in others]
    before = [entry[3] for entry in others if place is None or entry[:3] < place]
    after = [entry[3] for entry in others if place is not None and entry[:3] >= place]
    return [
        *(entry[2] for entry in sorted(first)),
        *before,
        *(entry[2] for entry in sorted(promoted)),
        *after,
    ]


def agent_for(floor: Floor, contact: Contact) -> Agent | None:
    """The agent who takes a contact, None if nobody can."""
    channel = floor.channels[contact.channel]
    gated = rules.is_gated(channel.kind, contact.promoted, channel.above_live)
    # Of agents alike in group and contacts in hand, the one longest in that state comes
    # first on the bench and would win; a random choice has to look at everybody.
    everybody = floor.choice == rules.RANDOM
    found: list[tuple[Agent, Skill]] = []
    for skill in channel.skills:
        away = presence.staying_away(floor, skill.group, contact)
        for contacts, bench in enumerate(skill.bench):
            if not bench or (gated and not contacts and not gate_is_open(floor, skill)):
                continue
            for agent in bench:
                if agent not in away:
                    found.append((agent, skill))
                    if not everybody:
                        break
    if len(found) <= 1:
        return found[0][0] if found else None
    if everybody:
        by_id = sorted((agent for agent, _ in found), key=lambda agent: agent.id)
        share = uniform(floor.root, CHOICE, hashed(contact.key, contact.tries))
        return by_id[int(share * len(by_id))]
    return min(found, key=lambda one: _key(floor, *one))[0]


def gate_is_open(floor: Floor, skill: Skill) -> bool:
    """Whether a free agent of the group may start deferred or callback work."""
    if not skill.keep_free:
        return True
    group = skill.group
    away = presence.staying_away(floor, group, None)
    return rules.gate_is_open(
        skill.keep_free_unit,
        skill.keep_free,
        sum(agent not in away for agent in group.free),
        presence.open_live_slots(floor),
        group.live_slots,
    )


def _key(floor: Floor, agent: Agent, skill: Skill) -> int:
    return rules.agent_key(floor.choice, floor.load, len(agent.hand), skill.preference, agent.turn)
