"""Who takes what: waiting contacts and agents are matched until nothing matches."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import CHOICE as CHOICE_STREAM
from simulate.draws import hashed, uniform
from simulate.kernel.benches import bench_of, longest_there
from simulate.kernel.floor import Floor
from simulate.kernel.gates import gate_is_open, is_gated
from simulate.kernel.hands import resume, see_who_is_idle, start
from simulate.kernel.heads import (
    CONTACT,
    EVERYBODY,
    GOES_FIRST,
    PART,
    copy_head,
    find_heads,
    only_head,
    precedes,
)
from simulate.kernel.interruption import can_return_to, interrupted_for
from simulate.kernel.presence import (
    let_go,
    limit_for,
    stays_away,
)
from simulate.kernel.queues import is_draining
from simulate.kernel.state import (
    AFTER,
    AFTER_WAIT,
    ANY_EXCESS,
    ASIDE,
    CAP,
    CHANNEL,
    CHOICE,
    COHORT,
    END_AGENT,
    END_COHORT,
    FIRST_AGENT,
    FIRST_COHORT,
    HELD_CHANNEL,
    IN_HAND,
    INTERRUPTS,
    IS_PRESENT,
    KEEP_FREE,
    KEY,
    KIND,
    LAST,
    LOAD,
    NEWCOMER,
    NOBODY,
    NOW,
    OFFERED,
    OWN_PRIORITIES,
    PREFERENCE,
    RETURNING,
    ROOT,
    TRIES,
    TURN,
    WAITING,
)


@compiled_inline
def settle(floor: Floor) -> None:
    """What follows at once from any event: agents too many leave, matches are made."""
    state = floor.state
    state[LAST] = state[NOW]
    if state[ANY_EXCESS]:
        let_go(floor, True)
    while True:
        while state[WAITING]:
            if not _match(floor):
                break
        if state[RETURNING] == NOBODY:
            break
        resume(floor)
    if state[ANY_EXCESS]:
        let_go(floor, False)
    see_who_is_idle(floor)


@compiled_inline
def _match(floor: Floor) -> bool:
    """Start the first waiting contact, in the order of the queues, that finds an agent."""
    contact, agent = _find_match(floor)
    if agent == NOBODY:
        return False
    start(floor, contact, agent)
    return True


@compiled_inline
def _find_match(floor: Floor) -> tuple[int, int]:
    """A waiting contact and the agent who takes it; `NOBODY` where nothing matches."""
    if floor.state[OWN_PRIORITIES]:
        floor.state[NEWCOMER] = NOBODY
        return _match_of_groups(floor)
    is_alone = floor.state[NEWCOMER] != NOBODY
    for place in range(only_head(floor) if is_alone else find_heads(floor, EVERYBODY)):
        contact = floor.heads[place, CONTACT]
        agent = _agent_for(floor, contact, EVERYBODY)
        if agent == NOBODY and floor.state[INTERRUPTS]:
            agent = interrupted_for(floor, contact)
        if agent != NOBODY:
            return contact, agent
    return NOBODY, NOBODY


@compiled_in_place
def _match_of_groups(floor: Floor) -> tuple[int, int]:
    """As `_find_match`, where groups have priorities of their own."""
    for place in range(find_heads(floor, EVERYBODY)):
        contact = floor.heads[place, CONTACT]
        if floor.heads[place, PART] == GOES_FIRST:
            agent = _slowly_agent_for(floor, contact, EVERYBODY)
            if agent != NOBODY:
                return contact, agent
    best = _best_offer(floor)
    if best != NOBODY:
        contact = floor.heads[best, CONTACT]
        return contact, _slowly_agent_for(floor, contact, best)
    if floor.state[INTERRUPTS]:
        for place in range(find_heads(floor, EVERYBODY)):
            contact = floor.heads[place, CONTACT]
            agent = interrupted_for(floor, contact)
            if agent != NOBODY:
                return contact, agent
    return NOBODY, NOBODY


@compiled_in_place
def _slowly_agent_for(floor: Floor, contact: int, offer: int) -> int:
    """As `_agent_for`, where it is not worth being made part of its caller."""
    return _agent_for(floor, contact, offer)


@compiled_in_place
def _best_offer(floor: Floor) -> int:
    """
    Row of `Floor.heads` with the lowest of the groups' offers, `NOBODY` without any.

    A group offers the first contact in its order for which it has an agent.
    """
    offers = _first_offer(floor)
    best = NOBODY
    for group in range(len(floor.groups)):
        floor.heads[offers + group, CONTACT] = NOBODY
        found = find_heads(floor, group)
        for place in range(found):
            contact = floor.heads[place, CONTACT]
            if floor.heads[place, PART] == GOES_FIRST:
                continue
            if _best_of_group(floor, contact, group, NOBODY) != NOBODY:
                copy_head(floor, place, offers + group)
                if best == NOBODY or precedes(floor, offers + group, best):
                    best = offers + group
                break
    return best


@compiled_inline
def _first_offer(floor: Floor) -> int:
    return 2 * len(floor.channels) + 1


@compiled_inline
def _makes_offer(floor: Floor, group: int, offer: int) -> bool:
    """Whether a group takes part: all do, or those who offer the same contact at its place."""
    if offer == EVERYBODY:
        return True
    own = _first_offer(floor) + group
    if floor.heads[own, CONTACT] != floor.heads[offer, CONTACT]:
        return False
    return own == offer or not precedes(floor, offer, own)


@compiled_in_place
def _agent_for(floor: Floor, contact: int, offer: int) -> int:
    """
    The agent who takes a contact, `NOBODY` if nobody can.

    Parameters
    ----------
    floor, contact
        The floor and the contact's row.
    offer
        Row of `Floor.heads` whose group, and those that offer as much, take part; or
        `EVERYBODY`.
    """
    if floor.state[CHOICE] == rules.RANDOM:
        return _anybody_for(floor, contact, offer)
    chosen = NOBODY
    for group in range(len(floor.groups)):
        if _makes_offer(floor, group, offer):
            chosen = _best_of_group(floor, contact, group, chosen)
    return chosen


@compiled_in_place
def _best_of_group(floor: Floor, contact: int, group: int, chosen: int) -> int:
    """The agent of a group who takes a contact, unless the one chosen so far comes first."""
    row = floor.contacts[contact]
    channel = row[CHANNEL]
    draining = is_draining(floor, channel)
    gated = is_gated(floor, contact, draining)
    limit = limit_for(floor, group, draining)
    best = 0
    if chosen != NOBODY:
        best = _key_of(floor, chosen, channel)
    for cohort in range(floor.groups[group, FIRST_COHORT], floor.groups[group, END_COHORT]):
        skill = floor.skills[cohort, channel]
        if skill[CAP] == 0 or not rules.has_waited(
            floor.state[NOW], row[OFFERED], skill[AFTER_WAIT]
        ):
            continue
        for held in range(skill[CAP]):
            agent = longest_there(floor, bench_of(floor, cohort, channel, held))
            # The one longest on a bench would win over the others there.
            while agent != NOBODY and stays_away(floor, agent, limit, draining):
                agent = floor.agents[agent, AFTER]
            if agent == NOBODY:
                continue
            if (
                gated
                and held == 0
                and skill[KEEP_FREE]
                and not gate_is_open(floor, cohort, channel)
            ):
                continue
            key = _key_of(floor, agent, channel)
            if chosen == NOBODY or key < best:
                chosen, best = agent, key
    returning = floor.state[RETURNING]
    if returning != NOBODY and can_return_to(floor, returning, contact, group):
        key = _key_of(floor, returning, channel)
        if chosen == NOBODY or key < best:
            chosen = returning
    return chosen


@compiled_inline
def _key_of(floor: Floor, agent: int, channel: int) -> int:
    row = floor.agents[agent]
    return rules.agent_key(
        floor.state[CHOICE],
        floor.state[LOAD],
        row[IN_HAND],
        floor.skills[row[COHORT], channel, PREFERENCE],
        row[TURN],
    )


@compiled_in_place
def _anybody_for(floor: Floor, contact: int, offer: int) -> int:
    """One of the agents who can take a contact, all alike; `NOBODY` if nobody can."""
    able = _able(floor, contact, offer, -1)
    if able == 0:
        return NOBODY
    key, tries = floor.contacts[contact, KEY], floor.contacts[contact, TRIES]
    share = uniform(floor.state[ROOT], CHOICE_STREAM, hashed(key, tries))
    return _able(floor, contact, offer, int(share * able))


@compiled_in_place
def _able(floor: Floor, contact: int, offer: int, wanted: int) -> int:
    """Number of agents who can take a contact, or the wanted one of them by id, from 0."""
    row = floor.contacts[contact]
    channel = row[CHANNEL]
    draining = is_draining(floor, channel)
    gated = is_gated(floor, contact, draining)
    able = 0
    for group in range(len(floor.groups)):
        if not _makes_offer(floor, group, offer):
            continue
        limit = limit_for(floor, group, draining)
        for agent in range(floor.groups[group, FIRST_AGENT], floor.groups[group, END_AGENT]):
            if _is_able(floor, agent, contact, gated, limit, draining):
                if able == wanted:
                    return agent
                able += 1
    return able


@compiled_in_place
def _is_able(
    floor: Floor, agent: int, contact: int, gated: bool, limit: int, draining: bool
) -> bool:
    row, waiting = floor.agents[agent], floor.contacts[contact]
    channel = waiting[CHANNEL]
    skill = floor.skills[row[COHORT], channel]
    if (
        not row[IS_PRESENT]
        or skill[CAP] == 0
        or stays_away(floor, agent, limit, draining)
        or not rules.has_waited(floor.state[NOW], waiting[OFFERED], skill[AFTER_WAIT])
    ):
        return False
    if row[IN_HAND]:
        return row[HELD_CHANNEL] == channel and row[IN_HAND] < skill[CAP]
    if row[ASIDE]:
        return floor.channels[channel, KIND] == rules.LIVE
    return not gated or gate_is_open(floor, row[COHORT], channel)
