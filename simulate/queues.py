"""How long was the queue: backlog and oldest age at interval ends, and the queue's integral."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario import Horizon
from simulate.log import Ending

IntArray = NDArray[np.int64]


def queue_at_ends(
    contacts: NDArray[Any], left_us: IntArray, period: Horizon, channels: int
) -> dict[str, IntArray]:
    """
    Queues over time, by channel, opening backlog included.

    Parameters
    ----------
    contacts
        Contacts of one replication, dtype `CONTACT`.
    left_us
        When each left its queue, started or not, shape of `contacts`.
    period
        The I intervals.
    channels
        Number of channels, C.

    Returns
    -------
    dict
        `backlog` (contacts waiting at the interval's end: offered before it, and not gone
        before it), `oldest_us` (age of the oldest of them, 0 where none waits) and `queue_us`
        (integral of the queue's length over the interval), each of shape (I, C).
    """
    edges = np.arange(period.count + 1, dtype=np.int64) * period.interval_us
    outside = (Ending.BLOCKED, Ending.CLOSED, Ending.DEFLECTED)
    queued = ~np.isin(contacts["ending"], outside)
    shape = (period.count, channels)
    backlog, oldest, integral = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for channel in range(channels):
        mine = queued & (contacts["channel"] == channel)
        joined, left = contacts["offered_us"][mine], left_us[mine]
        if not len(joined):
            continue
        backlog[:, channel] = _before(joined, edges[1:]) - _before(left, edges[1:])
        oldest[:, channel] = _oldest(joined, left, edges[1:])
        # A queue's length is joined minus left, so its integral is the difference of theirs.
        area = time_before(left, edges) - time_before(joined, edges)
        integral[:, channel] = np.diff(area)
    return {"backlog": backlog, "oldest_us": oldest, "queue_us": integral}


def _before(instants: IntArray, edges: IntArray) -> IntArray:
    """How many instants lie before each edge."""
    return np.searchsorted(np.sort(instants), edges, side="left").astype(np.int64)


def time_before(instants: IntArray, edges: IntArray) -> IntArray:
    """Sum of min(instant, edge) over the instants, for each edge."""
    ordered = np.sort(instants)
    sums = np.concatenate([[0], np.cumsum(ordered)])
    passed = np.searchsorted(ordered, edges, side="left")
    total: IntArray = sums[passed] + edges * (len(ordered) - passed)
    return total


def _oldest(joined: IntArray, left: IntArray, edges: IntArray) -> IntArray:
    """Age at each edge of the longest waiting contact, 0 where none waits."""
    order = np.argsort(left, kind="stable")
    never = np.iinfo(np.int64).max
    # The first to join among those who leave at or after each place in the order of leaving.
    first = np.minimum.accumulate(np.append(joined[order], never)[::-1])[::-1]
    waiting = first[np.searchsorted(left[order], edges, side="left")]
    return np.where(waiting < edges, edges - waiting, 0)
