"""Who comes to the floor: first contacts, the opening backlog, and the children of contacts."""

from __future__ import annotations

from simulate import draws
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import NEVER, child_key, hashed, key_of, relative_duration, stream_of
from simulate.kernel.state import (
    AGENT,
    ARRIVALS,
    ARRIVED_CLOSED,
    BEHIND,
    CHANNEL,
    CHANNEL_KEY,
    COMES_AT,
    COMES_IN,
    COMES_TO,
    DEADLINE,
    END,
    END_POINT,
    END_SPAN,
    END_VALUE,
    ENDING,
    ENDLESS,
    FILLED,
    FIRST_OFFERED,
    FIRST_POINT,
    FIRST_SPAN,
    FIRST_VALUE,
    FOLLOWERS_MEAN,
    FOLLOWERS_SPREAD,
    FREE_SLOT,
    GRAIN,
    ID,
    INTERVAL_LENGTH,
    IS_BEGUN,
    IS_ENDLESS,
    IS_WAITING,
    ITS_KEY,
    ITS_WORK,
    KEY,
    NEXT_ARRIVAL,
    NEXT_CHILD,
    NEXT_FIRST,
    NOBODY,
    NOW,
    OFFERED,
    OFFERED_IN,
    PARENT,
    PATIENCE_MEAN,
    PATIENCE_SHAPE,
    PATIENCE_SPREAD,
    PATIENCE_STREAM,
    POSITION_STREAM,
    PROMOTED,
    PUT_ASIDE,
    QUEUED,
    REACH,
    REACHED,
    ROOT,
    SILENT,
    SILENT_WORK,
    SLOTS_TAKEN,
    SLOTS_USED,
    START,
    TOLD,
    TOLD_PATIENCE,
    TOLD_REACH,
    TOLD_ROW,
    TOLD_WORK,
    TRIES,
    WORK,
    WORK_SHAPE,
    WORK_SPREAD,
    WORK_STREAM,
    Floor,
)
from simulate.kernel.time_sheets import backdate_waiting
from simulate.kernel.timers import set_timer
from simulate.rules import ARRIVAL, rounded, rounded_patience


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
    row[FIRST_OFFERED] = offered
    row[WORK] = work
    row[DEADLINE] = -1
    row[ARRIVED_CLOSED] = 0
    row[QUEUED] = 0
    row[PROMOTED] = 0
    row[REACHED] = 1
    row[TRIES] = 0
    row[START] = -1
    row[END] = -1
    row[AGENT] = NOBODY
    row[ENDING] = 0
    row[IS_WAITING] = 0
    row[IS_ENDLESS] = 0
    row[PUT_ASIDE] = 0
    row[SILENT] = 0
    row[SILENT_WORK] = 0
    row[REACH] = 0
    row[PARENT] = NOBODY
    row[TOLD_ROW] = NOBODY
    row[IS_BEGUN] = 0
    if floor.chances[channel, FOLLOWERS_MEAN] > 0.0:
        row[REACH] = _followers(floor, key, channel)
    return contact


@compiled_in_place
def drawn_contact(
    floor: Floor, number: int, key: int, channel: int, interval: int, offered: int
) -> int:
    """A contact that comes in by no interval's arrivals; its row."""
    work = _work(floor, key, channel, interval)
    return new_contact(floor, number, key, channel, interval, offered, work)


@compiled_inline
def next_customer(floor: Floor) -> int:
    """The first contact that comes in now; its row."""
    state = floor.state
    arrival = floor.arrivals[floor.order[state[NEXT_ARRIVAL]]]
    state[NEXT_ARRIVAL] += 1
    number = state[NEXT_FIRST]
    state[NEXT_FIRST] += 1
    contact = new_contact(
        floor,
        number,
        arrival[ITS_KEY],
        arrival[COMES_TO],
        arrival[COMES_IN],
        arrival[COMES_AT],
        arrival[ITS_WORK],
    )
    if state[TOLD]:
        row, told = floor.contacts[contact], state[NEXT_ARRIVAL] - 1
        row[TOLD_ROW] = told
        row[WORK] = floor.told[told, TOLD_WORK]
        if floor.told[told, TOLD_REACH] >= 0:
            row[REACH] = floor.told[told, TOLD_REACH]
    return contact


@compiled_inline
def is_first_contact_to_come(floor: Floor) -> bool:
    """Whether any first contact is still to come; those of its interval are drawn."""
    state = floor.state
    while state[NEXT_ARRIVAL] == state[ARRIVALS]:
        if state[TOLD] or state[FILLED] == len(floor.counts):
            return False
        _draw_arrivals(floor)
    return True


@compiled_in_place
def _draw_arrivals(floor: Floor) -> None:
    """
    Draw the first contacts of the next interval, and put them in order of arrival.

    Their offers are spread evenly over the interval: as many buckets as contacts leave next to
    nothing to sort.
    """
    state, order = floor.state, floor.order
    interval = state[FILLED]
    state[FILLED] += 1
    size = _fill_arrivals(floor, interval)
    state[ARRIVALS] = size
    state[NEXT_ARRIVAL] = 0
    begin, scale = interval * state[INTERVAL_LENGTH], size / state[INTERVAL_LENGTH]
    ends = order[size : 2 * size + 1]
    ends[:] = 0
    for n in range(size):
        ends[_bucket(floor.arrivals[n, COMES_AT] - begin, scale, size) + 1] += 1
    for bucket in range(size):
        ends[bucket + 1] += ends[bucket]
    for n in range(size):
        bucket = _bucket(floor.arrivals[n, COMES_AT] - begin, scale, size)
        order[ends[bucket]] = n
        ends[bucket] += 1
    for place in range(1, size):
        mine = order[place]
        hole = place
        while hole > 0 and _comes_before(floor, mine, order[hole - 1]):
            order[hole] = order[hole - 1]
            hole -= 1
        order[hole] = mine


@compiled_inline
def _fill_arrivals(floor: Floor, interval: int) -> int:
    """Write down the first contacts of an interval, channel by channel; how many they are."""
    state = floor.state
    length, grain, stream = state[INTERVAL_LENGTH], state[GRAIN], state[POSITION_STREAM]
    begin = interval * length
    size = 0
    for channel in range(len(floor.channels)):
        cell = hashed(hashed(floor.channels[channel, CHANNEL_KEY], draws.FIRST), interval)
        for ordinal in range(floor.counts[interval, channel]):
            key = hashed(cell, ordinal)
            offered = begin + int(draws.uniform_in(stream, key) * length)
            if grain > 1:
                offered = offered // grain * grain
            row = floor.arrivals[size]
            row[COMES_AT] = offered
            row[COMES_TO] = channel
            row[COMES_IN] = interval
            row[ITS_KEY] = key
            # Drawn one after the other the processor works on several at a time.
            row[ITS_WORK] = _work(floor, key, channel, interval)
            size += 1
    return size


@compiled_inline
def _bucket(offset: int, scale: float, buckets: int) -> int:
    # A coarse grain can round an arrival down to before its interval.
    return max(0, min(buckets - 1, int(offset * scale)))


@compiled_inline
def _comes_before(floor: Floor, row: int, other: int) -> bool:
    """By instant, then as written down: by channel and ordinal."""
    mine, theirs = floor.arrivals[row, COMES_AT], floor.arrivals[other, COMES_AT]
    return mine < theirs or (mine == theirs and row < other)


@compiled_in_place
def beget_callback(floor: Floor, contact: int, channel: int) -> None:
    """A waiting customer takes a callback, which is a contact of its own from now on."""
    state = floor.state
    now = state[NOW]
    parent = floor.contacts[contact]
    key = child_key(parent[KEY], draws.CALLBACK, 0)
    number = state[NEXT_CHILD]
    state[NEXT_CHILD] += 1
    child = drawn_contact(floor, number, key, channel, now // state[INTERVAL_LENGTH], now)
    row = floor.contacts[child]
    row[PARENT] = parent[ID]
    row[FIRST_OFFERED] = parent[FIRST_OFFERED]
    row[TOLD_ROW] = parent[TOLD_ROW]
    set_timer(floor, now, ARRIVAL, number, child)


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
    floor.contacts[contact, IS_ENDLESS] = 1
    return contact


@compiled_inline
def patience_of(floor: Floor, contact: int) -> int:
    """How long a live customer waits; `NEVER` for ever."""
    told = floor.contacts[contact, TOLD_ROW]
    if told != NOBODY:
        return floor.told[told, TOLD_PATIENCE]
    number = floor.contacts[contact, CHANNEL]
    row = floor.channels[number]
    if row[PATIENCE_SHAPE] == draws.ENDURING:
        return NEVER
    relative = relative_duration(
        floor.state[PATIENCE_STREAM],
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


@compiled_inline
def _work(floor: Floor, key: int, channel: int, interval: int) -> int:
    """Solo work, before any agent's speed."""
    row = floor.channels[channel]
    values = floor.values[row[FIRST_VALUE] : row[END_VALUE]]
    relative = relative_duration(
        floor.state[WORK_STREAM],
        key,
        row[WORK_SHAPE],
        floor.chances[channel, WORK_SPREAD],
        values,
        values,
    )
    mean = floor.work_means[channel, max(0, interval)]
    return rounded(relative * mean, floor.state[GRAIN])


@compiled_in_place
def _followers(floor: Floor, key: int, channel: int) -> int:
    spread = floor.chances[channel, FOLLOWERS_SPREAD]
    shape = draws.LOGNORMAL if spread > 0.0 else draws.CONSTANT
    stream = stream_of(floor.state[ROOT], draws.FOLLOWERS)
    relative = relative_duration(stream, key, shape, spread, floor.values, floor.values)
    return int(relative * floor.chances[channel, FOLLOWERS_MEAN])
