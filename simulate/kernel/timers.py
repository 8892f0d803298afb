"""What happens when: heaps of the instants that single contacts and agents wait for."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulate.compiled import compiled_inline
from simulate.kernel.state import COMPLETIONS, DONE_AT, NOBODY, PLACE, TIMERS, Floor

RANKS = 2**40
"""A place among the events of one instant is rank times this plus entity."""


@compiled_inline
def set_timer(floor: Floor, instant: int, rank: int, entity: int) -> None:
    """Something is to happen to a contact, now or later."""
    timers = floor.timers
    hole = floor.state[TIMERS]
    floor.state[TIMERS] = hole + 1
    place = rank * RANKS + entity
    while hole > 0:
        above = (hole - 1) >> 1
        if not _precedes(instant, place, timers[above, 0], timers[above, 1]):
            break
        timers[hole, 0] = timers[above, 0]
        timers[hole, 1] = timers[above, 1]
        hole = above
    timers[hole, 0] = instant
    timers[hole, 1] = place


@compiled_inline
def drop_first_timer(floor: Floor) -> None:
    """The first timer has gone off."""
    timers = floor.timers
    size = floor.state[TIMERS] - 1
    floor.state[TIMERS] = size
    instant, place = timers[size, 0], timers[size, 1]
    hole = 0
    while True:
        below = 2 * hole + 1
        if below >= size:
            break
        right = below + 1
        if right < size and _precedes(
            timers[right, 0], timers[right, 1], timers[below, 0], timers[below, 1]
        ):
            below = right
        if not _precedes(timers[below, 0], timers[below, 1], instant, place):
            break
        timers[hole, 0] = timers[below, 0]
        timers[hole, 1] = timers[below, 1]
        hole = below
    timers[hole, 0] = instant
    timers[hole, 1] = place


@compiled_inline
def _precedes(instant: int, place: int, other_instant: int, other_place: int) -> bool:
    return instant < other_instant or (instant == other_instant and place < other_place)


@compiled_inline
def expect_completion(floor: Floor, agent: int, instant: int) -> None:
    """The agent's next contact will be done at this instant, whatever was expected before."""
    agents, heap = floor.agents, floor.completions
    agents[agent, DONE_AT] = instant
    hole = agents[agent, PLACE]
    if hole == NOBODY:
        hole = floor.state[COMPLETIONS]
        floor.state[COMPLETIONS] = hole + 1
    hole = _risen(agents, heap, agent, hole)
    _sink(agents, heap, agent, hole, floor.state[COMPLETIONS])


@compiled_inline
def expect_no_completion(floor: Floor, agent: int) -> None:
    """The agent's hands are empty."""
    agents, heap = floor.agents, floor.completions
    hole = agents[agent, PLACE]
    agents[agent, PLACE] = NOBODY
    size = floor.state[COMPLETIONS] - 1
    floor.state[COMPLETIONS] = size
    if hole < size:
        last = heap[size]
        hole = _risen(agents, heap, last, hole)
        _sink(agents, heap, last, hole, size)


@compiled_inline
def _is_done_before(agents: NDArray[Any], agent: int, other: int) -> bool:
    mine, theirs = agents[agent, DONE_AT], agents[other, DONE_AT]
    return mine < theirs or (mine == theirs and agent < other)


@compiled_inline
def _risen(agents: NDArray[Any], heap: NDArray[Any], agent: int, hole: int) -> int:
    """Where an agent put in at this place rises to."""
    while hole > 0:
        above = (hole - 1) >> 1
        other = heap[above]
        if not _is_done_before(agents, agent, other):
            break
        heap[hole] = other
        agents[other, PLACE] = hole
        hole = above
    return hole


@compiled_inline
def _sink(agents: NDArray[Any], heap: NDArray[Any], agent: int, hole: int, size: int) -> None:
    """Put an agent in at this place or below."""
    while True:
        below = 2 * hole + 1
        if below >= size:
            break
        if below + 1 < size and _is_done_before(agents, heap[below + 1], heap[below]):
            below += 1
        other = heap[below]
        if not _is_done_before(agents, other, agent):
            break
        heap[hole] = other
        agents[other, PLACE] = hole
        hole = below
    heap[hole] = agent
    agents[agent, PLACE] = hole
