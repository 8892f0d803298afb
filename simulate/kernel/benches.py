"""Where agents wait: benches of those alike in cohort, channel and contacts in hand."""

from __future__ import annotations

from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    AFTER,
    ASIDE,
    AT_WORK,
    BEFORE,
    BENCH,
    CAP,
    COHORT,
    FIRST_BENCH,
    FREE,
    GROUP,
    HELD_CHANNEL,
    IN_HAND,
    KIND,
    LIVE_SLOTS,
    NOBODY,
    NOTED,
    NOW,
    OPEN_SLOTS,
    SINCE,
    SLOTS_OPEN,
    TAKES_NOTHING,
    TURN,
    TURNS,
)
from simulate.rules import LIVE

_FIRST, _LAST = 0, 1


@compiled_inline
def bench_of(floor: Floor, cohort: int, channel: int, contacts: int) -> int:
    """Bench of a cohort's agents who hold so many contacts of a channel."""
    if contacts == 0:
        return cohort
    return floor.skills[cohort, channel, FIRST_BENCH] + contacts - 1


@compiled_inline
def longest_there(floor: Floor, bench: int) -> int:
    """The agent who has been longest on a bench."""
    return floor.benches[bench, _FIRST]


@compiled_inline
def latest_there(floor: Floor, bench: int) -> int:
    """The agent who came last to a bench."""
    return floor.benches[bench, _LAST]


@compiled_in_place
def join_bench(floor: Floor, agent: int) -> None:
    """
    An agent takes a new place among those alike.

    Whoever has put contacts aside is on no bench while the hands are empty: nothing but a live
    contact may be taken then.
    """
    state, row = floor.state, floor.agents[agent]
    state[TURNS] += 1
    row[TURN] = state[TURNS]
    row[SINCE] = state[NOW]
    row[NOTED] = state[NOW]
    cohort, channel, contacts = row[COHORT], row[HELD_CHANNEL], row[IN_HAND]
    floor.loads[row[GROUP], contacts] += 1
    row[OPEN_SLOTS] = 0
    if contacts == 0 and row[ASIDE]:
        row[BENCH] = NOBODY
        return
    bench = bench_of(floor, cohort, channel, contacts)
    if row[TAKES_NOTHING] == AT_WORK:
        if contacts == 0:
            floor.groups[row[GROUP], FREE] += 1
            row[OPEN_SLOTS] = floor.cohorts[cohort, LIVE_SLOTS]
        elif floor.channels[channel, KIND] == LIVE:
            row[OPEN_SLOTS] = floor.skills[cohort, channel, CAP] - contacts
        state[SLOTS_OPEN] += row[OPEN_SLOTS]
    row[BENCH] = bench
    last = floor.benches[bench, _LAST]
    row[BEFORE] = last
    row[AFTER] = NOBODY
    floor.benches[bench, _LAST] = agent
    if last == NOBODY:
        floor.benches[bench, _FIRST] = agent
    else:
        floor.agents[last, AFTER] = agent


@compiled_in_place
def leave_bench(floor: Floor, agent: int) -> None:
    """An agent gives up the place, before the contacts in hand change."""
    row = floor.agents[agent]
    floor.loads[row[GROUP], row[IN_HAND]] -= 1
    bench = row[BENCH]
    if bench == NOBODY:
        return
    lose_openings(floor, agent)
    before, after = row[BEFORE], row[AFTER]
    if before == NOBODY:
        floor.benches[bench, _FIRST] = after
    else:
        floor.agents[before, AFTER] = after
    if after == NOBODY:
        floor.benches[bench, _LAST] = before
    else:
        floor.agents[after, BEFORE] = before


@compiled_inline
def lose_openings(floor: Floor, agent: int) -> None:
    """What an agent could have taken counts no more."""
    row = floor.agents[agent]
    floor.state[SLOTS_OPEN] -= row[OPEN_SLOTS]
    row[OPEN_SLOTS] = 0
    if row[IN_HAND] == 0 and row[TAKES_NOTHING] == AT_WORK:
        floor.groups[row[GROUP], FREE] -= 1
