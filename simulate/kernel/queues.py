"""
Where contacts wait: a list a channel in the order of its queue, and one of its promoted work.

Work joins near its place at the end (or the beginning, last come first served), so that looking
for the place takes a step or two; whoever gives up leaves from anywhere in one. Where followers
decide, newcomers belong anywhere: there the list is a heap, see `heaps`.
"""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.heaps import join_heap, leave_heap
from simulate.kernel.state import (
    AHEAD,
    BEHIND,
    BY_REACH,
    CHANNEL,
    DEADLINE,
    HEAD,
    HORIZON,
    ID,
    IS_OPEN,
    KIND,
    LENGTH,
    NOBODY,
    NOW,
    OFFERED,
    ORDER,
    PROMOTED,
    PROMOTED_HEAD,
    QUEUED,
    REACH,
    WAITING,
)
from simulate.rules import queue_key

_TAIL = 1  # the tail's column stands behind the head's


@compiled_in_place
def join(floor: Floor, contact: int) -> None:
    """A contact takes its place in the queue of its channel."""
    channel = floor.contacts[contact, CHANNEL]
    floor.contacts[contact, QUEUED] = 1
    floor.channels[channel, LENGTH] += 1
    floor.state[WAITING] += 1
    _line_up(floor, contact, channel)


@compiled_in_place
def leave(floor: Floor, contact: int) -> None:
    """A contact leaves its queue, wherever it stands."""
    channel = floor.contacts[contact, CHANNEL]
    floor.contacts[contact, QUEUED] = 0
    floor.channels[channel, LENGTH] -= 1
    floor.state[WAITING] -= 1
    _step_out(floor, contact, channel)


@compiled_in_place
def promote(floor: Floor, contact: int) -> None:
    """A contact moves to the promoted ones; if it is elsewhere now, once it is back."""
    queued = floor.contacts[contact, QUEUED]
    channel = floor.contacts[contact, CHANNEL]
    if queued:
        _step_out(floor, contact, channel)
    floor.contacts[contact, PROMOTED] = 1
    if queued:
        _line_up(floor, contact, channel)


@compiled_inline
def is_served(floor: Floor, channel: int) -> bool:
    """
    Whether the channel's waiting contacts may be started.

    Live contacts that wait at closing are served still (or were dropped); other work is
    started in opening hours and before the horizon's end only.
    """
    row = floor.channels[channel]
    if row[KIND] == rules.LIVE:
        return True
    return bool(row[IS_OPEN]) and floor.state[NOW] < floor.state[HORIZON]


@compiled_in_place
def is_draining(floor: Floor, channel: int) -> bool:
    """Whether it is closed to new contacts while the last ones are served."""
    row = floor.channels[channel]
    return row[KIND] == rules.LIVE and not row[IS_OPEN] and row[LENGTH] > 0


@compiled_in_place
def _line_up(floor: Floor, contact: int, channel: int) -> None:
    contacts, channels = floor.contacts, floor.channels
    promoted = contacts[contact, PROMOTED]
    head = PROMOTED_HEAD if promoted else HEAD
    order = rules.DEADLINE if promoted else channels[channel, ORDER]
    if order == rules.REACH_FIRST:
        join_heap(floor, contact, channel)
        return
    key = _place(floor, order, contact)
    if order == rules.LIFO:
        behind = channels[channel, head]
        while behind != NOBODY and _place(floor, order, behind) < key:
            behind = contacts[behind, BEHIND]
        ahead = contacts[behind, AHEAD] if behind != NOBODY else channels[channel, head + _TAIL]
    else:
        ahead = channels[channel, head + _TAIL]
        while ahead != NOBODY and key < _place(floor, order, ahead):
            ahead = contacts[ahead, AHEAD]
        behind = contacts[ahead, BEHIND] if ahead != NOBODY else channels[channel, head]
    contacts[contact, AHEAD] = ahead
    contacts[contact, BEHIND] = behind
    _link(floor, channel, head, ahead, contact)
    if behind != NOBODY:
        contacts[behind, AHEAD] = contact
    else:
        channels[channel, head + _TAIL] = contact


@compiled_in_place
def _step_out(floor: Floor, contact: int, channel: int) -> None:
    contacts = floor.contacts
    if floor.channels[channel, BY_REACH] != NOBODY and not contacts[contact, PROMOTED]:
        leave_heap(floor, contact, channel)
        return
    head = PROMOTED_HEAD if contacts[contact, PROMOTED] else HEAD
    ahead, behind = contacts[contact, AHEAD], contacts[contact, BEHIND]
    _link(floor, channel, head, ahead, behind)
    if behind != NOBODY:
        contacts[behind, AHEAD] = ahead
    else:
        floor.channels[channel, head + _TAIL] = ahead


@compiled_in_place
def _link(floor: Floor, channel: int, head: int, ahead: int, behind: int) -> None:
    """Behind this contact, or at the head of the queue, stands that one."""
    if ahead != NOBODY:
        floor.contacts[ahead, BEHIND] = behind
    else:
        floor.channels[channel, head] = behind


@compiled_in_place
def _place(floor: Floor, order: int, contact: int) -> tuple[int, int]:
    row = floor.contacts[contact]
    return queue_key(order, row[OFFERED], row[DEADLINE], row[REACH], row[ID])
