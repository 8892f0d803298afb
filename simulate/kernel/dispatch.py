"""Who takes what: waiting contacts and agents are matched until nothing matches."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import CHOICE as CHOICE_STREAM
from simulate.draws import hashed, uniform
from simulate.kernel.benches import bench_of, longest_there
from simulate.kernel.hands import start
from simulate.kernel.presence import (
    is_leaving,
    let_go,
    limit_for,
    open_live_slots,
    staying_free,
)
from simulate.kernel.queues import is_served
from simulate.kernel.state import (
    ABOVE_LIVE,
    AFTER,
    ANY_EXCESS,
    CHANNEL,
    CHOICE,
    DEADLINE,
    END_AGENT,
    FIRST_AGENT,
    HEAD,
    HELD_CHANNEL,
    IN_HAND,
    IS_PRESENT,
    KEEP_FREE,
    KEEP_FREE_UNIT,
    KEY,
    KIND,
    LAST,
    LENGTH,
    LIVE_SLOTS,
    LOAD,
    MOST,
    NOBODY,
    NOW,
    OFFERED,
    PREFERENCE,
    PRIORITY,
    PROMOTED,
    PROMOTED_HEAD,
    ROOT,
    TRIES,
    TURN,
    WAITING,
    Floor,
)

# Parts of the order in which heads are tried, and the columns of `Floor.heads`.
_FIRST, _BEFORE, _PROMOTED, _AFTER = 0, 1, 2, 3
_PART, _CONTACT = 0, 3


@compiled_inline
def settle(floor: Floor) -> None:
    """What follows at once from any event: agents too many leave, matches are made."""
    floor.state[LAST] = floor.state[NOW]
    if floor.state[ANY_EXCESS]:
        let_go(floor, True)
    while floor.state[WAITING] and _match(floor):
        pass
    if floor.state[ANY_EXCESS]:
        let_go(floor, False)


@compiled_inline
def _match(floor: Floor) -> bool:
    """Start the first waiting contact, in the order of the queues, that finds an agent."""
    for place in range(_find_heads(floor)):
        contact = floor.heads[place, _CONTACT]
        agent = _agent_for(floor, contact)
        if agent != NOBODY:
            start(floor, contact, agent)
            return True
    return False


@compiled_inline
def _find_heads(floor: Floor) -> int:
    """
    Write down the contacts to try, in order: at most two of every queue; how many they are.

    Promoted callbacks, and promoted work of channels that go above live, come first, by
    deadline. The others go by priority, then by who was offered first. Promoted deferred work
    takes the place of the first deferred contact in that order.
    """
    contacts, channels = floor.contacts, floor.channels
    found = 0
    first_deferred = NOBODY
    for channel in range(len(channels)):
        row = channels[channel]
        if row[LENGTH] == 0 or not is_served(floor, channel):
            continue
        head = row[PROMOTED_HEAD]
        if head != NOBODY:
            part = _PROMOTED
            if rules.goes_first(row[KIND], True, bool(row[ABOVE_LIVE])):
                part = _FIRST
            elif first_deferred == NOBODY or _goes_before(floor, head, first_deferred):
                first_deferred = head
            _line_up(floor, found, part, contacts[head, DEADLINE], 0, head)
            found += 1
        head = row[HEAD]
        if head != NOBODY:
            if row[KIND] == rules.DEFERRED and (
                first_deferred == NOBODY or _goes_before(floor, head, first_deferred)
            ):
                first_deferred = head
            _line_up(floor, found, _AFTER, row[PRIORITY], contacts[head, OFFERED], head)
            found += 1
    if found > 1 and first_deferred != NOBODY:
        _let_promoted_overtake(floor, found, first_deferred)
    return found


@compiled_in_place
def _goes_before(floor: Floor, contact: int, other: int) -> bool:
    """Whether a contact goes before another by priority, offer and id."""
    contacts, channels = floor.contacts, floor.channels
    mine = channels[contacts[contact, CHANNEL], PRIORITY]
    theirs = channels[contacts[other, CHANNEL], PRIORITY]
    if mine != theirs:
        return mine < theirs
    if contacts[contact, OFFERED] != contacts[other, OFFERED]:
        return contacts[contact, OFFERED] < contacts[other, OFFERED]
    return contact < other


@compiled_inline
def _line_up(floor: Floor, size: int, part: int, key: int, second: int, contact: int) -> None:
    """Put a contact in its place among those to try."""
    heads = floor.heads
    hole = size
    while hole > 0 and (part, key, second, contact) < (
        heads[hole - 1, 0],
        heads[hole - 1, 1],
        heads[hole - 1, 2],
        heads[hole - 1, _CONTACT],
    ):
        _move_head(floor, hole - 1, hole)
        hole -= 1
    heads[hole, 0] = part
    heads[hole, 1] = key
    heads[hole, 2] = second
    heads[hole, _CONTACT] = contact


@compiled_in_place
def _move_head(floor: Floor, place: int, to: int) -> None:
    for column in range(floor.heads.shape[1]):
        floor.heads[to, column] = floor.heads[place, column]


@compiled_in_place
def _let_promoted_overtake(floor: Floor, size: int, first_deferred: int) -> None:
    """Move what goes before the first deferred contact to before the promoted ones."""
    heads = floor.heads
    for place in range(1, size):
        contact = heads[place, _CONTACT]
        if heads[place, _PART] != _AFTER or not _goes_before(floor, contact, first_deferred):
            continue
        hole = place
        while hole > 0 and heads[hole - 1, _PART] == _PROMOTED:
            _move_head(floor, hole - 1, hole)
            hole -= 1
        heads[hole, _PART] = _BEFORE
        heads[hole, _CONTACT] = contact


@compiled_inline
def _agent_for(floor: Floor, contact: int) -> int:
    """The agent who takes a contact, `NOBODY` if nobody can."""
    channel = floor.contacts[contact, CHANNEL]
    row = floor.channels[channel]
    promoted = bool(floor.contacts[contact, PROMOTED])
    gated = rules.is_gated(row[KIND], promoted, bool(row[ABOVE_LIVE]))
    if floor.state[CHOICE] == rules.RANDOM:
        return _anybody_for(floor, contact, gated)
    chosen, best = NOBODY, 0
    for group in range(len(floor.groups)):
        skill = floor.skills[group, channel]
        if skill[MOST] == 0:
            continue
        limit = limit_for(floor, group, channel)
        for held in range(skill[MOST]):
            agent = longest_there(floor, bench_of(floor, group, channel, held))
            # The one longest on a bench would win over the others there.
            while agent != NOBODY and is_leaving(floor, agent, limit):
                agent = floor.agents[agent, AFTER]
            if agent == NOBODY or (
                gated and held == 0 and not _gate_is_open(floor, group, channel)
            ):
                continue
            key = rules.agent_key(
                floor.state[CHOICE],
                floor.state[LOAD],
                held,
                skill[PREFERENCE],
                floor.agents[agent, TURN],
            )
            if chosen == NOBODY or key < best:
                chosen, best = agent, key
    return chosen


@compiled_in_place
def _anybody_for(floor: Floor, contact: int, gated: bool) -> int:
    """One of the agents who can take a contact, all alike; `NOBODY` if nobody can."""
    able = _able(floor, contact, gated, -1)
    if able == 0:
        return NOBODY
    key, tries = floor.contacts[contact, KEY], floor.contacts[contact, TRIES]
    share = uniform(floor.state[ROOT], CHOICE_STREAM, hashed(key, tries))
    return _able(floor, contact, gated, int(share * able))


@compiled_in_place
def _able(floor: Floor, contact: int, gated: bool, wanted: int) -> int:
    """Number of agents who can take a contact, or the wanted one of them by id, from 0."""
    channel = floor.contacts[contact, CHANNEL]
    able = 0
    for group in range(len(floor.groups)):
        most = floor.skills[group, channel, MOST]
        if most == 0:
            continue
        limit = limit_for(floor, group, channel)
        may_start = not gated or _gate_is_open(floor, group, channel)
        for agent in range(floor.groups[group, FIRST_AGENT], floor.groups[group, END_AGENT]):
            row = floor.agents[agent]
            if not row[IS_PRESENT] or is_leaving(floor, agent, limit):
                continue
            if row[IN_HAND] == 0:
                can = may_start
            else:
                can = row[HELD_CHANNEL] == channel and row[IN_HAND] < most
            if can:
                if able == wanted:
                    return agent
                able += 1
    return able


@compiled_in_place
def _gate_is_open(floor: Floor, group: int, channel: int) -> bool:
    """Whether a free agent of the group may start deferred or callback work."""
    skill = floor.skills[group, channel]
    if skill[KEEP_FREE] == 0:
        return True
    slots = open_live_slots(floor) if skill[KEEP_FREE_UNIT] == rules.SLOTS else 0
    return rules.gate_is_open(
        skill[KEEP_FREE_UNIT],
        skill[KEEP_FREE],
        staying_free(floor, group),
        slots,
        floor.groups[group, LIVE_SLOTS],
    )
