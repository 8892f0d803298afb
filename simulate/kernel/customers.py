"""Contacts as they come to be: what is drawn of them, the opening backlog, and children."""

from __future__ import annotations

from simulate import draws
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import NEVER, key_of, relative_duration, uniform_in
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    ARRIVED_CLOSED,
    ATTEMPT,
    BEHIND,
    CAUSE,
    CHANNEL,
    CHANNEL_KEY,
    CLOSING_MEAN,
    CLOSING_SHAPE,
    CLOSING_SPREAD,
    COMES_BACK,
    DEADLINE,
    END,
    END_CLOSING,
    END_POINT,
    END_SPAN,
    END_VALUE,
    ENDING,
    ENDLESS,
    FIRST_CLOSING,
    FIRST_OFFERED,
    FIRST_POINT,
    FIRST_SPAN,
    FIRST_VALUE,
    FOLLOWERS_MEAN,
    FOLLOWERS_SPREAD,
    FREE_SLOT,
    GRAIN,
    ID,
    IS_WAITING,
    JOURNEYS,
    KEY,
    MOVES,
    NEXT_CHILD,
    NOBODY,
    OFFERED,
    OFFERED_IN,
    OWES,
    PARENT,
    PATIENCE_MEAN,
    PATIENCE_SHAPE,
    PATIENCE_SPREAD,
    PROMOTED,
    PUT_ASIDE,
    QUEUED,
    REACH,
    REACHED,
    SILENT,
    SLOTS_TAKEN,
    SLOTS_USED,
    START,
    STREAMS,
    TOLD,
    TOLD_PATIENCE,
    TOLD_ROW,
    TRIES,
    WORK,
    WORK_SHAPE,
    WORK_SPREAD,
)
from simulate.kernel.time_sheets import backdate_waiting
from simulate.rules import rounded, rounded_patience


@compiled_inline
def number_of(floor: Floor, stream: int, key: int) -> float:
    """As `draws.uniform`, in this replication."""
    return uniform_in(floor.state[STREAMS + stream], key)


@compiled_inline
def new_contact(
    floor: Floor, number: int, key: int, channel: int, interval: int, offered: int, work: int
) -> int:
    """A contact whose work has been drawn; its row."""
    contact = _free_row(floor)
    row = floor.contacts[contact]
    row[ID] = number
    row[KEY] = key
    row[CHANNEL] = channel
    row[OFFERED_IN] = interval
    row[OFFERED] = offered
    row[WORK] = work
    row[REACHED] = 1
    row[START] = -1
    row[END] = -1
    row[PARENT] = NOBODY
    row[DEADLINE] = -1
    row[ENDING] = 0
    row[QUEUED] = 0
    row[IS_WAITING] = 0
    row[SILENT] = 0
    row[PUT_ASIDE] = 0
    row[REACH] = 0
    row[ARRIVED_CLOSED] = 0
    row[PROMOTED] = 0
    row[TRIES] = 0
    row[CAUSE] = draws.FIRST
    if floor.state[JOURNEYS]:
        row[COMES_BACK] = -1
        row[MOVES] = -1
        row[OWES] = NOBODY
    if floor.state[TOLD]:
        row[TOLD_ROW] = NOBODY
    if floor.chances[channel, FOLLOWERS_MEAN] > 0.0:
        row[REACH] = _followers(floor, key, channel)
    return contact


@compiled_in_place
def drawn_contact(
    floor: Floor, number: int, key: int, channel: int, interval: int, offered: int
) -> int:
    """A contact that comes in by no interval's arrivals; its row."""
    work = work_of(floor, key, channel, interval)
    return new_contact(floor, number, key, channel, interval, offered, work)


@compiled_in_place
def backlog_contact(floor: Floor, number: int, key: int, channel: int, offered: int) -> int:
    """A contact that waits at the start; its row."""
    contact = drawn_contact(floor, number, key, channel, -1, offered)
    floor.contacts[contact, CAUSE] = draws.BACKLOG
    return contact


@compiled_in_place
def first_offer(floor: Floor, contact: int) -> int:
    """When the first of the contacts was offered that led to this one."""
    row = floor.contacts[contact]
    return row[FIRST_OFFERED] if row[PARENT] >= 0 else row[OFFERED]


@compiled_in_place
def attempt_of(floor: Floor, contact: int) -> int:
    """1, or one more than that of the contact that begot it."""
    row = floor.contacts[contact]
    return row[ATTEMPT] if row[PARENT] >= 0 else 1


@compiled_inline
def is_told(floor: Floor, contact: int) -> bool:
    """Whether something is told of a contact instead of drawn."""
    return bool(floor.state[TOLD]) and floor.contacts[contact, TOLD_ROW] != NOBODY


@compiled_in_place
def next_endless(floor: Floor, channel: int) -> int:
    """The next contact of a backlog that never runs out."""
    state = floor.state
    number = state[NEXT_CHILD]
    state[NEXT_CHILD] += 1
    backdate_waiting(floor, channel)
    return endless_contact(floor, number, channel)


@compiled_in_place
def endless_contact(floor: Floor, number: int, channel: int) -> int:
    """A contact out of a backlog that never runs out."""
    key = key_of(floor.channels[channel, CHANNEL_KEY], draws.ENDLESS, 0, floor.state[ENDLESS])
    floor.state[ENDLESS] += 1
    contact = drawn_contact(floor, number, key, channel, -1, 0)
    floor.contacts[contact, CAUSE] = draws.ENDLESS
    return contact


@compiled_in_place
def patience_of(floor: Floor, contact: int) -> int:
    """How long a live customer waits; `NEVER` for ever."""
    if is_told(floor, contact):
        return floor.told[floor.contacts[contact, TOLD_ROW], TOLD_PATIENCE]
    number = floor.contacts[contact, CHANNEL]
    row = floor.channels[number]
    if row[PATIENCE_SHAPE] == draws.ENDURING:
        return NEVER
    relative = relative_duration(
        floor.state[STREAMS + draws.PATIENCE],
        floor.contacts[contact, KEY],
        row[PATIENCE_SHAPE],
        floor.chances[number, PATIENCE_SPREAD],
        floor.points[row[FIRST_POINT] : row[END_POINT]],
        floor.shares[row[FIRST_POINT] : row[END_POINT]],
    )
    return rounded_patience(relative * floor.chances[number, PATIENCE_MEAN], floor.state[GRAIN])


@compiled_in_place
def is_open_at(floor: Floor, channel: int, instant: int) -> bool:
    """Whether an instant lies in opening hours; the closing instant does not."""
    span = _spans_begun(floor, channel, instant) - 1
    return span >= floor.channels[channel, FIRST_SPAN] and instant < floor.closes[span]


@compiled_in_place
def opening_after(floor: Floor, channel: int, instant: int) -> int:
    """The first opening later than an instant; `NEVER` if none is known."""
    span = _spans_begun(floor, channel, instant)
    return floor.opens[span] if span < floor.channels[channel, END_SPAN] else NEVER


@compiled_in_place
def _spans_begun(floor: Floor, channel: int, instant: int) -> int:
    """Number of the first of the channel's opening hours that begin after an instant."""
    low, high = floor.channels[channel, FIRST_SPAN], floor.channels[channel, END_SPAN]
    while low < high:
        middle = (low + high) >> 1
        if floor.opens[middle] <= instant:
            low = middle + 1
        else:
            high = middle
    return low


@compiled_inline
def _free_row(floor: Floor) -> int:
    state = floor.state
    state[SLOTS_TAKEN] += 1
    contact = state[FREE_SLOT]
    if contact != NOBODY:
        state[FREE_SLOT] = floor.contacts[contact, BEHIND]
        return contact
    contact = state[SLOTS_USED]
    state[SLOTS_USED] = contact + 1
    return contact


@compiled_in_place
def work_of(floor: Floor, key: int, channel: int, interval: int) -> int:
    """Solo work, before any agent's speed."""
    row = floor.channels[channel]
    values = floor.values[row[FIRST_VALUE] : row[END_VALUE]]
    relative = relative_duration(
        floor.state[STREAMS + draws.WORK],
        key,
        row[WORK_SHAPE],
        floor.chances[channel, WORK_SPREAD],
        values,
        values,
    )
    mean = floor.work_means[channel, max(0, interval)]
    return rounded(relative * mean, floor.state[GRAIN])


@compiled_in_place
def closing_work(floor: Floor, key: int, channel: int) -> int:
    """Solo work of a closing reply, before any agent's speed."""
    row = floor.channels[channel]
    values = floor.values[row[FIRST_CLOSING] : row[END_CLOSING]]
    relative = relative_duration(
        floor.state[STREAMS + draws.WORK],
        key,
        row[CLOSING_SHAPE],
        floor.chances[channel, CLOSING_SPREAD],
        values,
        values,
    )
    return rounded(relative * floor.chances[channel, CLOSING_MEAN], floor.state[GRAIN])


@compiled_in_place
def _followers(floor: Floor, key: int, channel: int) -> int:
    spread = floor.chances[channel, FOLLOWERS_SPREAD]
    shape = draws.LOGNORMAL if spread > 0.0 else draws.CONSTANT
    stream = floor.state[STREAMS + draws.FOLLOWERS]
    relative = relative_duration(stream, key, shape, spread, floor.values, floor.values)
    return int(relative * floor.chances[channel, FOLLOWERS_MEAN])
