"""
Queues by followers: a heap a channel, since newcomers belong anywhere in the line.

A list would be walked through to their place, which takes long where many wait.
"""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.state import AHEAD, BY_REACH, HEAD, ID, IN_HEAP, NOBODY, REACH


@compiled_in_place
def join_heap(floor: Floor, contact: int, channel: int) -> None:
    """A contact takes its place in the queue of its channel."""
    row = floor.channels[channel]
    hole = row[IN_HEAP]
    row[IN_HEAP] = hole + 1
    _rise(floor, row[BY_REACH], hole, contact)
    row[HEAD] = floor.by_reach[row[BY_REACH], 0]


@compiled_in_place
def leave_heap(floor: Floor, contact: int, channel: int) -> None:
    """A contact leaves the queue of its channel, wherever it stands."""
    row = floor.channels[channel]
    size = row[IN_HEAP] - 1
    row[IN_HEAP] = size
    hole, heap = floor.contacts[contact, AHEAD], row[BY_REACH]
    last = floor.by_reach[heap, size]
    if last != contact:
        _rise(floor, heap, _sunk(floor, heap, hole, size), last)
    row[HEAD] = floor.by_reach[heap, 0] if size else NOBODY


@compiled_in_place
def _sunk(floor: Floor, heap: int, hole: int, size: int) -> int:
    """The hole goes down to where nothing is below: what comes there rises to its place."""
    while True:
        below = 2 * hole + 1
        if below >= size:
            return hole
        right = below + 1
        if right < size and _precedes(
            floor, floor.by_reach[heap, right], floor.by_reach[heap, below]
        ):
            below = right
        _put(floor, heap, hole, floor.by_reach[heap, below])
        hole = below


@compiled_in_place
def _rise(floor: Floor, heap: int, hole: int, contact: int) -> None:
    """A contact goes up from a hole to its place."""
    while hole > 0:
        above = (hole - 1) >> 1
        other = floor.by_reach[heap, above]
        if not _precedes(floor, contact, other):
            break
        _put(floor, heap, hole, other)
        hole = above
    _put(floor, heap, hole, contact)


@compiled_inline
def _put(floor: Floor, heap: int, place: int, contact: int) -> None:
    floor.by_reach[heap, place] = contact
    floor.contacts[contact, AHEAD] = place


@compiled_inline
def _precedes(floor: Floor, contact: int, other: int) -> bool:
    mine, theirs = floor.contacts[contact], floor.contacts[other]
    return rules.queue_key(rules.REACH_FIRST, 0, 0, mine[REACH], mine[ID]) < rules.queue_key(
        rules.REACH_FIRST, 0, 0, theirs[REACH], theirs[ID]
    )
