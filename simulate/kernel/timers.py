"""What happens when: the instants that single contacts and agents wait for."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import NEVER
from simulate.kernel.floor import Floor
from simulate.kernel.state import AGENT_BITS, AGENTS_LEAF, TIMERS

RANKS = 2**40
"""A place among the events of one instant is rank times this plus entity."""

_INSTANT, _PLACE, _ROW = 0, 1, 2
_ROOT_NODE = 1


@compiled_in_place
def set_timer(floor: Floor, instant: int, rank: int, entity: int, row: int) -> None:
    """Something is to happen to the contact or agent of this row, now or later."""
    timers = floor.timers
    hole = floor.state[TIMERS]
    floor.state[TIMERS] = hole + 1
    place = rank * RANKS + entity
    while hole > 0:
        above = (hole - 1) >> 1
        if not _precedes(instant, place, timers[above, _INSTANT], timers[above, _PLACE]):
            break
        _move(timers, above, hole)
        hole = above
    _put(timers, hole, instant, place, row)


@compiled_inline
def drop_first_timer(floor: Floor) -> None:
    """The first timer has gone off."""
    timers = floor.timers
    size = floor.state[TIMERS] - 1
    floor.state[TIMERS] = size
    instant, place, row = timers[size, _INSTANT], timers[size, _PLACE], timers[size, _ROW]
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= size:
            break
        right = below + 1
        if right < size and _precedes(
            timers[right, _INSTANT],
            timers[right, _PLACE],
            timers[below, _INSTANT],
            timers[below, _PLACE],
        ):
            below = right
        if not _precedes(timers[below, _INSTANT], timers[below, _PLACE], instant, place):
            break
        _move(timers, below, hole)
        hole = below
    _put(timers, hole, instant, place, row)


@compiled_inline
def _precedes(instant: int, place: int, other_instant: int, other_place: int) -> bool:
    return instant < other_instant or (instant == other_instant and place < other_place)


@compiled_inline
def _move(timers: NDArray[Any], source: int, to: int) -> None:
    for column in range(3):
        timers[to, column] = timers[source, column]


@compiled_inline
def _put(timers: NDArray[Any], hole: int, instant: int, place: int, row: int) -> None:
    timers[hole, _INSTANT] = instant
    timers[hole, _PLACE] = place
    timers[hole, _ROW] = row


@compiled_inline
def expect_completion(floor: Floor, agent: int, instant: int) -> None:
    """
    The agent's next contact will be done at this instant, whatever was expected before.

    A number holds the instant and, below it, the agent, so that the lower number comes first
    and agents decide at a tie. The tree holds at every node the lower of the two below: the
    way up from a leaf is the same whatever the numbers are, and a minimum is no branch that
    the processor could guess wrongly. With 100,000 agents no work takes longer than a year.
    """
    bits = floor.state[AGENT_BITS]
    _climb(floor, agent, (min(instant, (NEVER >> bits) - 1) << bits) + agent)


@compiled_inline
def expect_no_completion(floor: Floor, agent: int) -> None:
    """The agent's hands are empty."""
    _climb(floor, agent, NEVER)


@compiled_inline
def first_completion(floor: Floor) -> tuple[int, int]:
    """When the next contact of all is done, and by whom; `NEVER` if none is in hand."""
    first, bits = floor.completions[_ROOT_NODE], floor.state[AGENT_BITS]
    if first == NEVER:
        return NEVER, 0
    return first >> bits, first & ((1 << bits) - 1)


@compiled_inline
def _climb(floor: Floor, agent: int, first: int) -> None:
    tree = floor.completions
    node = floor.state[AGENTS_LEAF] + agent
    tree[node] = first
    while node > 1:
        first = min(first, tree[node ^ 1])
        node >>= 1
        tree[node] = first
