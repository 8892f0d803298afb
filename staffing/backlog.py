"""When must deferred work and callbacks be done, and in which intervals is there time for it?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.channels import CallbackTerms, Channel
from scenario.targets import Target

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class WorkStream:
    """
    Work that waits, of one channel: when it comes and by when it is promised.

    Parameters
    ----------
    released
        Agent seconds that come in each interval, shape (I,); the opening backlog in the first.
    on_time
        Agent seconds to be done by the end of each interval, from the start, shape (I,): the
        promised share of what is due by then. Never falls.
    at_last
        The same for all work, the late part too: it is given as long again.
    allowed
        Intervals in which the channel's work is done, shape (I,).
    """

    released: FloatArray
    on_time: FloatArray
    at_last: FloatArray
    allowed: NDArray[np.bool_]


def work_stream(
    channel: Channel,
    work_s: FloatArray,
    is_open: NDArray[np.bool_],
    interval_s: float,
    opening_backlog_s: float = 0.0,
) -> WorkStream:
    """
    Deadlines of a deferred or callback channel.

    Parameters
    ----------
    channel
        A channel of kind `deferred` or `callback`.
    work_s
        Agent seconds of the contacts that arrive in each interval, shape (I,).
    is_open
        Whether the channel is open in each interval, shape (I,).
    interval_s
        Length of an interval in seconds.
    opening_backlog_s
        Agent seconds that wait at the start; due like work that arrived closed.

    Notes
    -----
    Work that arrives closed is due its time after the next opening. A deadline that falls
    into closed hours is moved to the last open interval before it, since nobody works after.
    Deadlines beyond the horizon bind nothing: that work is not yet due.
    """
    count = len(work_s)
    promised, due_late = np.zeros(count + 1), np.zeros(count + 1)
    opening = next_open(is_open)
    pieces = [(int(i), float(work_s[i]), False) for i in np.flatnonzero(work_s > 0)]
    if opening_backlog_s:
        pieces.append((0, opening_backlog_s, True))
    for interval, work, waited in pieces:
        is_closed = not is_open[interval]
        target = channel.target
        if is_closed or waited:
            target = channel.target_closed or target
        begin = int(opening[interval])
        if begin >= count:
            continue  # nobody opens again: not yet due
        # What arrived closed is due at one moment, what arrives open over a whole interval.
        even = not (is_closed or waited)
        seconds, share = _promise(channel, target)
        for place, part in _landing(begin, even, seconds / interval_s):
            promised[last_open(is_open, begin, place)] += work * part * share
        for place, part in _landing(begin, even, 2 * seconds / interval_s):
            due_late[last_open(is_open, begin, place)] += work * part
    released = work_s.astype(float).copy()
    released[0] += opening_backlog_s
    return WorkStream(
        released, np.cumsum(promised[:count]), np.cumsum(due_late[:count]), is_open.copy()
    )


def callback_effort_s(terms: CallbackTerms, handle_time_s: float) -> float:
    """
    Mean agent seconds of a callback request, calls that reach nobody included.

    Examples
    --------
    >>> round(callback_effort_s(CallbackTerms(), 450), 1)
    456.6
    """
    miss = 1 - terms.reach_probability
    reached = 1 - miss**terms.max_tries
    misses = math.fsum(miss**tries for tries in range(1, terms.max_tries + 1))
    return reached * handle_time_s + misses * terms.dial_s


def _promise(channel: Channel, target: Target | None) -> tuple[float, float]:
    """Seconds and share promised; unpromised work is given a day."""
    if channel.callback is not None:
        window = channel.callback.not_before_s + channel.callback.window_s
        return window, target.share if target else 1.0
    if target is None:
        return 86_400.0, 1.0
    return target.within_s, target.share


def _landing(begin: int, even: bool, ahead: float) -> list[tuple[int, float]]:
    """Intervals in which deadlines fall, with their parts, of arrivals of one interval."""
    whole, rest = divmod(ahead, 1.0)
    place = begin + int(whole)
    if not even:
        # Due exactly at an interval's start means done by the end of the one before.
        return [(place - (rest == 0), 1.0)] if place > begin else [(begin, 1.0)]
    return [(place, 1 - rest), (place + 1, rest)] if rest else [(place, 1.0)]


def next_open(is_open: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First open interval at or after each, the number of intervals where there is none."""
    following = np.full(len(is_open) + 1, len(is_open), dtype=np.int64)
    for interval in range(len(is_open) - 1, -1, -1):
        following[interval] = interval if is_open[interval] else following[interval + 1]
    return following[:-1]


def last_open(is_open: NDArray[np.bool_], begin: int, place: int) -> int:
    """Last open interval from `begin` up to `place`; the horizon's end stays beyond it."""
    if place >= len(is_open):
        return len(is_open)
    while place > begin and not is_open[place]:
        place -= 1
    return place
