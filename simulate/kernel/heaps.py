"""
Queues by followers: a heap a channel, since newcomers belong anywhere in the line.

A list would be walked through to their place, which takes long where many wait.
"""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    AHEAD,
    BY_REACH,
    HEAD,
    ID,
    IN_HEAP,
    NOBODY,
    REACH,
    REACH_PLACE_SIZE,
)

# Of a place: the key, the lowest first, and the row of the contact.
FOLLOWERS = 0
NUMBER = 1
CONTACT = 2


@compiled_in_place
def join_heap(floor: Floor, contact: int, channel: int) -> None:
    """A contact takes its place in the queue of its channel."""
    row, mine = floor.channels[channel], floor.contacts[contact]
    hole = row[IN_HEAP]
    row[IN_HEAP] = hole + 1
    followers, number = rules.queue_key(rules.REACH_FIRST, 0, 0, mine[REACH], mine[ID])
    _rise(floor, row[BY_REACH], hole, followers, number, contact)
    row[HEAD] = floor.by_reach[row[BY_REACH], 0, CONTACT]


@compiled_in_place
def leave_heap(floor: Floor, contact: int, channel: int) -> None:
    """A contact leaves the queue of its channel, wherever it stands."""
    row = floor.channels[channel]
    size = row[IN_HEAP] - 1
    row[IN_HEAP] = size
    hole, heap = floor.contacts[contact, AHEAD], row[BY_REACH]
    last = floor.by_reach[heap, size]
    if hole != size:
        followers, number, moved = last[FOLLOWERS], last[NUMBER], last[CONTACT]
        _rise(floor, heap, _sunk(floor, heap, hole, size), followers, number, moved)
    row[HEAD] = floor.by_reach[heap, 0, CONTACT] if size else NOBODY


@compiled_inline
def _sunk(floor: Floor, heap: int, hole: int, size: int) -> int:
    """The hole goes down to where nothing is below: what comes there rises to its place."""
    places = floor.by_reach[heap]
    while True:
        below = 2 * hole + 1
        if below >= size:
            return hole
        right = below + 1
        if right < size and _precedes(
            places[right, FOLLOWERS],
            places[right, NUMBER],
            places[below, FOLLOWERS],
            places[below, NUMBER],
        ):
            below = right
        _move(floor, heap, below, hole)
        hole = below


@compiled_inline
def _rise(floor: Floor, heap: int, hole: int, followers: int, number: int, contact: int) -> None:
    """A contact goes up from a hole to its place."""
    places = floor.by_reach[heap]
    while hole > 0:
        above = (hole - 1) >> 1
        if not _precedes(followers, number, places[above, FOLLOWERS], places[above, NUMBER]):
            break
        _move(floor, heap, above, hole)
        hole = above
    places[hole, FOLLOWERS] = followers
    places[hole, NUMBER] = number
    places[hole, CONTACT] = contact
    floor.contacts[contact, AHEAD] = hole


@compiled_inline
def _move(floor: Floor, heap: int, source: int, to: int) -> None:
    places = floor.by_reach[heap]
    for column in range(REACH_PLACE_SIZE):
        places[to, column] = places[source, column]
    floor.contacts[places[to, CONTACT], AHEAD] = to


@compiled_inline
def _precedes(followers: int, number: int, other_followers: int, other_number: int) -> bool:
    return followers < other_followers or (followers == other_followers and number < other_number)
