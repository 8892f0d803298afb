"""Who comes to the floor: first contacts, the opening backlog, and the children of contacts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate import draws
from simulate.compiled import compiled, compiled_entry, compiled_in_place, compiled_inline
from simulate.draws import (
    NEVER,
    child_key,
    key_of,
    relative_duration,
    shape_and_spread,
    stream_of,
)
from simulate.kernel.state import (
    AGENT,
    CHANNEL,
    CHANNEL_KEY,
    CONTACTS,
    DEADLINE,
    END,
    END_POINT,
    END_SPAN,
    END_VALUE,
    ENDLESS,
    FIRST_OFFERED,
    FIRST_POINT,
    FIRST_SPAN,
    FIRST_VALUE,
    GRAIN,
    INTERVAL,
    INTERVAL_LENGTH,
    IS_ENDLESS,
    KEY,
    NOBODY,
    NOW,
    OFFERED,
    PARENT,
    PATIENCE,
    PATIENCE_CV,
    PATIENCE_MEAN,
    PATIENCE_SHAPE,
    REACHED,
    REACHED_AT_TRY,
    ROOT,
    START,
    WORK,
    WORK_CV,
    WORK_SHAPE,
    Floor,
)
from simulate.rules import rounded, rounded_patience


@compiled_inline
def new_contact(floor: Floor, key: int, channel: int, interval: int, offered: int) -> int:
    """A contact with its work, and endless patience; its id."""
    contact = floor.state[CONTACTS]
    floor.state[CONTACTS] = contact + 1
    row = floor.contacts[contact]
    row[KEY] = key
    row[CHANNEL] = channel
    row[INTERVAL] = interval
    row[OFFERED] = offered
    row[FIRST_OFFERED] = offered
    row[WORK] = _work(floor, key, channel, interval)
    row[PATIENCE] = NEVER
    row[REACHED] = 1
    row[REACHED_AT_TRY] = -1
    row[PARENT] = NOBODY
    row[DEADLINE] = -1
    row[START] = -1
    row[END] = -1
    row[AGENT] = NOBODY
    return contact


@compiled_entry
def told_contact(floor: Floor, key: int, channel: int, interval: int, offered: int) -> int:
    """As `new_contact`, for callers that are not compiled."""
    return new_contact(floor, key, channel, interval, offered)


@compiled_entry
def add_first_contacts(floor: Floor, rows: NDArray[Any], order: NDArray[Any]) -> None:
    """
    Put the first contacts on the table.

    Parameters
    ----------
    floor
        With the opening backlog on the table.
    rows
        As written by `arrivals.fill_first_contacts`.
    order
        Numbers of the rows in order of arrival.
    """
    for n in order:
        channel, key = rows[n, 0], rows[n, 3]
        contact = new_contact(floor, key, channel, rows[n, 1], rows[n, 4])
        floor.contacts[contact, PATIENCE] = _patience(floor, key, channel)


@compiled
def order_of_arrival(rows: NDArray[Any], counts: NDArray[Any], interval_us: int) -> NDArray[Any]:
    """
    Numbers of the rows of first contacts by offer, channel and ordinal.

    The rows of an interval stand together, and their offers are spread evenly over it: as many
    buckets as contacts leave next to nothing to sort.
    """
    order = np.empty(len(rows), dtype=np.int64)
    ends = np.zeros(len(rows) + 1, dtype=np.int64)
    begin = 0
    for interval in range(len(counts)):
        size = counts[interval].sum()
        ends[: size + 1] = 0
        for n in range(begin, begin + size):
            ends[_bucket(rows[n, 4] - interval * interval_us, size, interval_us) + 1] += 1
        for bucket in range(size):
            ends[bucket + 1] += ends[bucket]
        for n in range(begin, begin + size):
            bucket = _bucket(rows[n, 4] - interval * interval_us, size, interval_us)
            order[begin + ends[bucket]] = n
            ends[bucket] += 1
        begin += size
    for place in range(1, len(order)):
        mine = order[place]
        hole = place
        while hole > 0 and _comes_before(rows, mine, order[hole - 1]):
            order[hole] = order[hole - 1]
            hole -= 1
        order[hole] = mine
    return order


@compiled_in_place
def callback_of(floor: Floor, contact: int, channel: int) -> int:
    """The callback that a waiting customer takes."""
    parent, now = floor.contacts[contact], floor.state[NOW]
    key = child_key(parent[KEY], draws.CALLBACK, 0)
    child = new_contact(floor, key, channel, now // floor.state[INTERVAL_LENGTH], now)
    row = floor.contacts[child]
    row[PARENT] = contact
    row[FIRST_OFFERED] = parent[FIRST_OFFERED]
    row[REACHED_AT_TRY] = parent[REACHED_AT_TRY]
    return child


@compiled_in_place
def next_endless(floor: Floor, channel: int) -> int:
    """The next contact of a backlog that never runs out."""
    key = key_of(floor.channels[channel, CHANNEL_KEY], draws.ENDLESS, 0, floor.state[ENDLESS])
    floor.state[ENDLESS] += 1
    contact = new_contact(floor, key, channel, -1, 0)
    floor.contacts[contact, IS_ENDLESS] = 1
    return contact


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
def _work(floor: Floor, key: int, channel: int, interval: int) -> int:
    """Solo work, before any agent's speed."""
    row = floor.channels[channel]
    values = floor.values[row[FIRST_VALUE] : row[END_VALUE]]
    shape, spread = shape_and_spread(row[WORK_SHAPE], floor.chances[channel, WORK_CV])
    relative = relative_duration(
        stream_of(floor.state[ROOT], draws.WORK),
        key,
        shape,
        spread,
        values,
        values,
    )
    mean = floor.work_means[channel, max(0, interval)]
    return rounded(relative * mean, floor.state[GRAIN])


@compiled_inline
def _patience(floor: Floor, key: int, channel: int) -> int:
    row = floor.channels[channel]
    if row[PATIENCE_SHAPE] == draws.ENDURING:
        return NEVER
    shape, spread = shape_and_spread(row[PATIENCE_SHAPE], floor.chances[channel, PATIENCE_CV])
    relative = relative_duration(
        stream_of(floor.state[ROOT], draws.PATIENCE),
        key,
        shape,
        spread,
        floor.points[row[FIRST_POINT] : row[END_POINT]],
        floor.shares[row[FIRST_POINT] : row[END_POINT]],
    )
    return rounded_patience(relative * floor.chances[channel, PATIENCE_MEAN], floor.state[GRAIN])


@compiled
def _bucket(offset: int, buckets: int, interval_us: int) -> int:
    # A coarse grain can round an arrival down to before its interval.
    return max(0, min(buckets - 1, int(offset / interval_us * buckets)))


@compiled
def _comes_before(rows: NDArray[Any], row: int, other: int) -> bool:
    if rows[row, 4] != rows[other, 4]:
        return rows[row, 4] < rows[other, 4]
    if rows[row, 0] != rows[other, 0]:
        return rows[row, 0] < rows[other, 0]
    return rows[row, 2] < rows[other, 2]
