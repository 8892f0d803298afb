"""What does a staffing give on a floor with one queue, to the last decimal?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenario.errors import InvalidValueError
from staffing.timed_floor import Crowd
from staffing.timed_queue import Queue, Stretch

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SLACK = 1e-9  # shares nearer than this are equal


@dataclass(frozen=True)
class ExactOutcome:
    """
    What a staffing gives, interval by interval.

    Parameters
    ----------
    contacts
        Expected contacts that arrive, shape (I,).
    service_level
        Share of them answered within the time, shape (I,); NaN where nobody comes.
    abandoned
        Expected contacts that give up in each interval, whenever they came, shape (I,).
    """

    contacts: FloatArray
    service_level: FloatArray
    abandoned: FloatArray

    @property
    def overall(self) -> float:
        """Share of all contacts answered within the time; NaN where nobody comes."""
        total = float(self.contacts.sum())
        if not total:
            return math.nan
        return float(np.nan_to_num(self.service_level) @ self.contacts) / total


def evaluate(
    rates: ArrayLike,
    handle_s: float,
    patience_s: float | None,
    staff: ArrayLike,
    within_s: float,
    interval_s: float,
    *,
    max_queue: int | None = None,
) -> ExactOutcome:
    """
    Exact service level by interval of one queue whose arrivals and agents change by interval.

    Parameters
    ----------
    rates
        Contacts per second in each interval, shape (I,).
    handle_s
        Mean handle time in seconds, positive; handle times are exponential.
    patience_s
        Mean patience in seconds, positive, exponential; None where nobody gives up.
    staff
        Agents in each interval, shape (I,), whole and at least 0.
    within_s
        Contacts answered after at most so many seconds count as in time.
    interval_s
        Length of an interval in seconds.
    max_queue
        Contacts waiting that turn a further one away, which counts as missed; None is no limit.

    Raises
    ------
    InvalidValueError
        When a value is outside its range.

    Notes
    -----
    The floor is empty at first. Agents who leave finish what they hold (`exit = "first_free"`),
    first come is first served, and the last staffing stays after the last interval until nobody
    waits. The chain of contacts in hand and waiting is followed by uniformisation; one who
    waits is followed over changes of the staff until he is answered, gives up or has waited too
    long.

    Examples
    --------
    An hour of ten erlangs of three-minute calls and twelve agents, from an empty floor:

    >>> outcome = evaluate([10 / 180] * 2, 180, 120, [12, 12], 20, 1800)
    >>> outcome.service_level.round(4)
    array([0.8629, 0.8256])
    """
    queue = Queue.of(rates, handle_s, patience_s, within_s, interval_s, max_queue)
    agents = np.asarray(staff)
    if agents.shape != queue.rates.shape:
        raise InvalidValueError("staff", f"of {len(queue.rates)} intervals", agents.shape)
    if not (np.all(agents >= 0) and np.all(agents == np.floor(agents))):
        raise InvalidValueError("staff", "whole numbers of at least 0", agents.tolist())
    return _outcome(queue, [int(number) for number in agents])


def least_staff(
    rates: ArrayLike,
    handle_s: float,
    patience_s: float | None,
    within_s: float,
    interval_s: float,
    share: float | ArrayLike,
    *,
    fewest: ArrayLike = 0,
    most: ArrayLike = 100_000,
    max_queue: int | None = None,
) -> IntArray:
    """
    Agents in each interval with which none is under its target, one interval after the other.

    Parameters
    ----------
    rates, handle_s, patience_s, within_s, interval_s, max_queue
        As for `evaluate`.
    share
        Share of each interval's contacts to be answered in time, one or shape (I,).
    fewest, most
        Agents in each interval at least and at most, one or shape (I,).

    Returns
    -------
    ndarray
        Agents, shape (I,). Where even `most` keep a target no better, the fewest that serve the
        interval as well as it can be, to a thousandth of a percentage point: `evaluate` tells
        what they give.

    Raises
    ------
    InvalidValueError
        When a value is outside its range.

    Notes
    -----
    Forwards, each interval gets the fewest agents with which its own contacts, and those of the
    interval before who still wait, are served as promised. With one agent fewer in any interval
    that interval is under its target, or the one before it is.

    References
    ----------
    .. [1] Feldman, Z., Mandelbaum, A., Massey, W. A. and Whitt, W. (2008). Staffing of
       time-varying queues to achieve time-stable performance. Management Science, 54(2),
       324-338. Here the queue is solved, not simulated.
    """
    queue = Queue.of(rates, handle_s, patience_s, within_s, interval_s, max_queue)
    count = len(queue.rates)
    shares = np.broadcast_to(np.asarray(share, dtype=np.float64), count)
    low = np.broadcast_to(np.asarray(fewest, dtype=np.int64), count)
    high = np.broadcast_to(np.asarray(most, dtype=np.int64), count)
    return _Greedy(queue, shares, low, high).run()


def _outcome(queue: Queue, staff: Sequence[int]) -> ExactOutcome:
    """Everything about a staffing."""
    crowd = queue.nobody()
    levels, abandoned = np.full(len(staff), np.nan), np.zeros(len(staff))
    for interval, agents in enumerate(staff):
        here = queue.stretch(interval, agents, crowd)
        if queue.rates[interval]:
            levels[interval] = queue.level(interval, here, [*staff[interval + 1 :], staff[-1]])
        abandoned[interval] = queue.patience * float(here.spent @ here.floor.places[1])
        crowd = here.end
    return ExactOutcome(queue.rates * queue.interval_s, levels, abandoned)


@dataclass(eq=False)
class _Greedy:
    """Chooses agents interval after interval."""

    queue: Queue
    shares: FloatArray
    fewest: IntArray
    most: IntArray

    def run(self) -> IntArray:
        queue = self.queue
        load = 0.0  # contacts in hand at the interval's end if everybody were taken at once
        fades = math.exp(-queue.completion * queue.interval_s)
        crowd = queue.nobody()
        chosen: list[int] = []
        before: Stretch | None = None
        for interval, rate in enumerate(queue.rates):
            load = load * fades + float(rate) / queue.completion * (1 - fades)
            start = math.ceil(load + math.sqrt(load) / 2)
            agents = self._choose(interval, crowd, before, chosen, start)
            before = queue.stretch(interval, agents, crowd)
            chosen.append(agents)
            crowd = before.end
        return np.array(chosen, dtype=np.int64)

    def _choose(
        self, interval: int, crowd: Crowd, before: Stretch | None, chosen: list[int], start: int
    ) -> int:
        queue, share = self.queue, float(self.shares[interval])
        low, high = int(self.fewest[interval]), int(self.most[interval])
        comes = queue.rates[interval] > 0
        wanted = -math.inf  # level that those who came just before must keep
        if before is not None and chosen and queue.rates[interval - 1] > 0:
            kept = queue.level(interval - 1, before, [chosen[-1]])
            wanted = min(float(self.shares[interval - 1]), kept)

        @cache
        def spare(agents: int) -> float:
            """By how much the promises hold, negative where one does not."""
            found = math.inf
            if comes:
                here = queue.stretch(interval, agents, crowd)
                found = queue.level(interval, here, [agents]) - share
            if before is not None and wanted > 0 and agents < chosen[-1]:
                found = min(found, queue.level(interval - 1, before, [agents]) - wanted)
            return found

        # So many leave nobody waiting; where they are too few, no number is enough.
        plenty = start + 10 * math.sqrt(start) + 20 + crowd.mean_waiting
        high = min(high, max(math.ceil(plenty), low, *chosen[-1:]))
        begin = min(max(start, low, 1), high)
        goal = 0.0
        if spare(begin) < 0 and spare(high) < -SLACK:
            goal = spare(high) - 1e-5
        return _fewest(lambda agents: spare(agents) >= goal - SLACK, begin, low, high)


def _fewest(enough: Callable[[int], bool], begin: int, low: int, high: int) -> int:
    """Fewest agents from `low` to `high` that are enough, looked for from near by; else `high`."""
    step = 1
    if enough(begin):
        least, below = begin, begin - 1
        while below >= low and enough(below):
            least, step = below, 2 * step
            below = max(below - step, low) if below > low else low - 1
        below = max(below, low - 1)
    else:
        below, least = begin, min(begin + 1, high)
        while least < high and not enough(least):
            below, step = least, 2 * step
            least = min(least + step, high)
    while least - below > 1:
        middle = (least + below) // 2
        if enough(middle):
            least = middle
        else:
            below = middle
    return least
