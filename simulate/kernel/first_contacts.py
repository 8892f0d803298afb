"""Who comes in by himself: first contacts, drawn interval by interval and put in order."""

from __future__ import annotations

from simulate import draws
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import hashed
from simulate.kernel.customers import new_contact, work_of
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    ARRIVALS,
    CHANNEL_KEY,
    COMES_AT,
    COMES_IN,
    COMES_TO,
    FILLED,
    GRAIN,
    INTERVAL_LENGTH,
    ITS_KEY,
    ITS_WORK,
    NEXT_ARRIVAL,
    NEXT_FIRST,
    REACH,
    STREAMS,
    TOLD,
    TOLD_REACH,
    TOLD_ROW,
    TOLD_WORK,
    WORK,
)


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
    length, grain, stream = state[INTERVAL_LENGTH], state[GRAIN], state[STREAMS + draws.POSITION]
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
            row[ITS_WORK] = work_of(floor, key, channel, interval)
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
