"""How many of an interval's contacts does one queue answer in time, over changes of its staff?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenario.errors import InvalidValueError
from staffing.timed_floor import Crowd, Floor

FloatArray = NDArray[np.float64]

NODES = 6  # moments at which the last stretch before a change is looked at
FULL = 1e-11  # probability of a full queue at which more of it must be followed
FIRST_ROOM = 32
MOST_ROOM = 60_000


@dataclass(frozen=True, eq=False)
class Stretch:
    """One interval with its agents: where it began, and what it came to."""

    floor: Floor
    start: FloatArray
    end: Crowd
    spent: FloatArray


@dataclass(frozen=True, eq=False)
class Queue:
    """Arrivals and customers, without agents."""

    rates: FloatArray
    completion: float
    patience: float
    within_s: float
    interval_s: float
    max_queue: int | None

    @classmethod
    def of(
        cls,
        rates: ArrayLike,
        handle_s: float,
        patience_s: float | None,
        within_s: float,
        interval_s: float,
        max_queue: int | None,
    ) -> Queue:
        """A queue from the numbers that `staffing.exact.evaluate` takes, checked."""
        values = np.asarray(rates, dtype=np.float64)
        if values.ndim != 1 or not np.all((values >= 0) & np.isfinite(values)):
            raise InvalidValueError("rates", "a list of numbers of at least 0", rates)
        positive = {"handle_s": handle_s, "interval_s": interval_s, "patience_s": patience_s}
        for name, value in positive.items():
            if value is not None and not value > 0:
                raise InvalidValueError(name, "positive", value)
        if not within_s >= 0:
            raise InvalidValueError("within_s", "at least 0", within_s)
        patience = 1 / patience_s if patience_s is not None else 0.0
        return cls(values, 1 / handle_s, patience, within_s, interval_s, max_queue)

    def nobody(self) -> Crowd:
        """The floor before the first interval."""
        return Crowd.nobody(FIRST_ROOM if self.max_queue is None else self.max_queue)

    def stretch(self, interval: int, agents: int, crowd: Crowd) -> Stretch:
        """Go through an interval; the queue gets more room until it hardly ever fills."""
        while True:
            excess = max(0, crowd.most_in_hand - agents)
            room = crowd.table.shape[1] - 1
            floor = Floor(agents, excess, room, self.completion, self.patience)
            start = floor.enter(crowd)
            chain = floor.busy_chain(float(self.rates[interval]))
            end, spent = chain.after(start, self.interval_s)
            full = spent[floor.places[1] == room].sum() / self.interval_s
            if self.max_queue is not None or full < FULL or room >= MOST_ROOM:
                return Stretch(floor, start, floor.leave(end), spent)
            crowd = crowd.with_room(min(2 * room, MOST_ROOM))

    def level(self, interval: int, here: Stretch, following: Sequence[int]) -> float:
        """
        Share of an interval's contacts that are answered in time.

        Parameters
        ----------
        interval
            Which.
        here
            The interval with its agents.
        following
            Agents in the intervals after it; the last stay for ever.
        """
        floor, length = here.floor, self.interval_s
        nothing = np.zeros(floor.waiting_chain.size)
        nothing[-2] = 1.0  # who is answered is
        within = self.within_s
        if all(agents == floor.agents for agents in following):
            steady = self._chance(floor, floor.waiting_chain.before(nothing, within))
            return float(here.spent @ steady) / length
        chain = floor.busy_chain(float(self.rates[interval]))
        now, answered, past = here.start, 0.0, 0.0
        if length > within:
            now, spent = chain.after(here.start, length - within)
            steady = self._chance(floor, floor.waiting_chain.before(nothing, within))
            answered, past = float(spent @ steady), length - within
        for moment, weight in self._moments(past):
            now, _ = chain.after(now, moment - past)
            past, left = moment, length - moment
            later = floor.handed_over(*self._waiting(floor, following, within - left))
            waiting = floor.waiting_chain.before(later, left)
            answered += weight * float(now @ self._chance(floor, waiting))
        return answered / length

    def _moments(self, begin: float) -> list[tuple[float, float]]:
        """Moments from `begin` to the interval's end and their weights, as Gauss chose them."""
        # The chance bends where the deadline passes from one interval into the next.
        bend = self.interval_s - self.within_s % self.interval_s
        ends = [begin, bend, self.interval_s] if begin < bend else [begin, self.interval_s]
        points, weights = np.polynomial.legendre.leggauss(NODES)
        return [
            (float(low + (point + 1) / 2 * (high - low)), float(weight / 2 * (high - low)))
            for low, high in pairwise(ends)
            if high > low
            for point, weight in zip(points, weights, strict=True)
        ]

    def _chance(self, floor: Floor, waiting: FloatArray) -> FloatArray:
        return floor.in_time(waiting, lost_when_full=self.max_queue is not None)

    def _waiting(
        self, before: Floor, following: Sequence[int], seconds: float
    ) -> tuple[Floor, FloatArray]:
        """Floor after another, and the chances there of those who may wait so much longer."""
        agents = following[0]
        excess = max(0, before.agents + before.excess - agents)
        floor = Floor(agents, excess, before.room, self.completion, self.patience)
        chain = floor.waiting_chain
        if seconds <= self.interval_s or len(following) == 1:
            end = np.zeros(chain.size)
            end[-2] = 1.0
            return floor, chain.before(end, seconds)
        rest = seconds - self.interval_s
        end = floor.handed_over(*self._waiting(floor, following[1:], rest))
        return floor, chain.before(end, self.interval_s)
