"""Where agents wait: benches of those alike in group, channel and contacts in hand."""

from __future__ import annotations

from simulate.compiled import compiled_inline
from simulate.kernel.state import (
    AFTER,
    BEFORE,
    BENCH,
    FIRST_BENCH,
    FREE,
    GROUP,
    HELD_CHANNEL,
    IN_HAND,
    KIND,
    LIVE_SLOTS,
    MOST,
    NOBODY,
    NOW,
    OPEN_SLOTS,
    SINCE,
    SLOTS_OPEN,
    TURN,
    TURNS,
    Floor,
)
from simulate.rules import LIVE

_FIRST, _LAST = 0, 1


@compiled_inline
def bench_of(floor: Floor, group: int, channel: int, contacts: int) -> int:
    """Bench of a group's agents who hold so many contacts of a channel and have room."""
    if contacts == 0:
        return group
    return floor.skills[group, channel, FIRST_BENCH] + contacts - 1


@compiled_inline
def longest_there(floor: Floor, bench: int) -> int:
    """The agent who has been longest on a bench."""
    return floor.benches[bench, _FIRST]


@compiled_inline
def join_bench(floor: Floor, agent: int) -> None:
    """An agent takes a new place among those who have room for one more."""
    state, row = floor.state, floor.agents[agent]
    state[TURNS] += 1
    row[TURN] = state[TURNS]
    row[SINCE] = state[NOW]
    group, channel, contacts = row[GROUP], row[HELD_CHANNEL], row[IN_HAND]
    bench = NOBODY
    if contacts == 0:
        bench = group
        floor.groups[group, FREE] += 1
        row[OPEN_SLOTS] = floor.groups[group, LIVE_SLOTS]
    else:
        room = floor.skills[group, channel, MOST] - contacts
        if room > 0:
            bench = bench_of(floor, group, channel, contacts)
        row[OPEN_SLOTS] = room if floor.channels[channel, KIND] == LIVE else 0
    state[SLOTS_OPEN] += row[OPEN_SLOTS]
    floor.loads[group, contacts] += 1
    row[BENCH] = bench
    if bench == NOBODY:
        return
    last = floor.benches[bench, _LAST]
    row[BEFORE] = last
    row[AFTER] = NOBODY
    floor.benches[bench, _LAST] = agent
    if last == NOBODY:
        floor.benches[bench, _FIRST] = agent
    else:
        floor.agents[last, AFTER] = agent


@compiled_inline
def leave_bench(floor: Floor, agent: int) -> None:
    """An agent gives up the place, before the contacts in hand change."""
    row = floor.agents[agent]
    group, contacts, bench = row[GROUP], row[IN_HAND], row[BENCH]
    floor.state[SLOTS_OPEN] -= row[OPEN_SLOTS]
    floor.loads[group, contacts] -= 1
    if contacts == 0:
        floor.groups[group, FREE] -= 1
    if bench == NOBODY:
        return
    before, after = row[BEFORE], row[AFTER]
    if before == NOBODY:
        floor.benches[bench, _FIRST] = after
    else:
        floor.agents[before, AFTER] = after
    if after == NOBODY:
        floor.benches[bench, _LAST] = before
    else:
        floor.agents[after, BEFORE] = before
