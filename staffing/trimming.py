"""Which agents can go without breaking a promise? Many are tried in one rehearsal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.model import Scenario
from scenario.targets import ratio
from staffing.guess import pools
from staffing.limits import Limits, serving
from staffing.pairing import Pairing
from staffing.promises import Verdict
from staffing.repair import block_numbers

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Place = tuple[int, int]
"""Interval and group."""

MARGIN = 1.0  # standard errors that a promise must hold by, as in the repair
MOST_APART = 12  # intervals between two agents tried at once
PASSES = 3
RESTORES = 5
SINGLES = 4  # rounds in which single agents are tried, the least missed first
TOGETHER = 2.0  # agents gone from the same day are missed so much more than one by one
SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Loss:
    """
    What the going of one agent changes.

    Parameters
    ----------
    place
        Interval and group.
    rows
        Measured intervals in which it is felt.
    above, below
        Mean kept and promised contacts fewer in them, shape (promises, rows).
    """

    place: Place
    rows: slice
    above: FloatArray
    below: FloatArray


@dataclass(eq=False)
class Trimming:
    """
    Takes agents away until the going of any more would break a promise.

    Parameters
    ----------
    scenario, limits
        Who serves what, and within which bounds.
    pairing
        The rehearsals, founded on agents with which every promise asked holds.
    asked
        Share asked of each promise in each period.
    out_of_time
        Asked before every rehearsal.
    passes
        Times that everybody is tried; with one alone, nobody is tried singly afterwards.

    Notes
    -----
    An agent's going is felt in the intervals around it and nowhere else. So one rehearsal tries
    many at once, so far apart that each effect can be told, always on the same random numbers
    as the rehearsal with everybody there: the difference needs few replications. Then as many
    as seem to leave every promise kept are taken away together, the dearest first, and the
    whole is rehearsed; where that breaks a promise, the last ones come back.
    """

    scenario: Scenario
    limits: Limits
    pairing: Pairing
    asked: tuple[FloatArray, ...]
    out_of_time: Callable[[], bool]
    passes: int = PASSES

    def __post_init__(self) -> None:
        self._last: list[Loss] = []
        self._gone: list[Loss] = []

    def run(self, agents: IntArray) -> IntArray:
        """
        Take away what can go, as far as differences tell.

        Parameters
        ----------
        agents
            With which every promise asked holds, shape (I, G).

        Returns
        -------
        ndarray
            Agents that all seem needed, shape (I, G), to be rehearsed in full.
        """
        verdicts = self.pairing.estimate(agents)
        kept: set[Place] = set()
        tried: set[Place] = set()
        for _ in range(self.passes):
            losses = self._losses(agents, verdicts, kept)
            self._last = losses or self._last
            chosen = self._chosen(agents, verdicts, losses)
            if not chosen or self.out_of_time():
                break
            agents, verdicts, back = self._without(agents, verdicts, chosen)
            kept.update(loss.place for loss in losses if loss not in chosen)
            kept.update(back)
        for _ in range(SINGLES if self._pooled_in_time and self.passes > 1 else 0):
            if self.out_of_time():
                break
            agents, verdicts = self._singles(agents, verdicts, tried)
        return agents

    def restored(self, agents: IntArray, verdicts: tuple[Verdict, ...]) -> IntArray:
        """
        Those of the agents who went come back whom a promise misses.

        Parameters
        ----------
        agents
            As trimmed, shape (I, G).
        verdicts
            What they keep, rehearsed in full.
        """
        agents = agents.copy()
        if self._gone:
            for loss in self._to_blame(self._gone, verdicts, self._failing(verdicts)):
                agents[loss.place] += 1
                self._gone.remove(loss)
        return agents

    @property
    def _pooled_in_time(self) -> bool:
        return any(len(asked) < self._measured for asked in self.asked)

    @property
    def _measured(self) -> int:
        warm, cool = self.scenario.edge_counts
        return self.scenario.period.count - warm - cool

    def _failing(self, verdicts: tuple[Verdict, ...]) -> list[NDArray[np.bool_]]:
        return [
            np.nan_to_num(asked - verdict.reached(MARGIN)) > SLACK
            for asked, verdict in zip(self.asked, verdicts, strict=True)
        ]

    def _losses(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], kept: set[Place]
    ) -> list[Loss]:
        """What the going of each agent changes, of those that may go and have not been kept."""
        probes = self.pairing.probes
        base = [verdict.first(probes) for verdict in verdicts]
        back, apart = self._reach()
        losses: list[Loss] = []
        for members in _side_by_side(pools(serving(self.scenario))):
            for phase in range(apart):
                places = [
                    (row, group)
                    for row in range(phase, len(agents), apart)
                    for group in members
                    if (row, group) not in kept and self._may_go(agents, row, group)
                ]
                if not places:
                    continue
                if self.out_of_time():
                    return losses
                trial = agents.copy()
                for place in places:
                    trial[place] -= 1
                after = self.pairing.verdicts(trial, probes)
                losses += [self._loss(place, base, after, back, apart) for place in places]
        return losses

    def _may_go(self, agents: IntArray, row: int, group: int) -> bool:
        somebody = not self.limits.live_open[row] or agents[row].sum() > 1
        return bool(agents[row, group] > self.limits.fewest[row, group]) and somebody

    def _reach(self) -> tuple[int, int]:
        """Intervals before an agent's own in which contacts are that feel it, and all that do."""
        interval_s = self.scenario.horizon.interval_minutes * 60
        back = ahead = 1
        for channel in self.scenario.channels.values():
            ahead = max(ahead, math.ceil(2 * channel.handle_time.mean_s / interval_s))
            target = channel.target
            if channel.kind != "live" and target is not None:
                back = max(back, math.ceil(target.within_s / interval_s))
        whole = min(back - 1 + 2 + ahead, MOST_APART)
        return min(back - 1, whole // 2), whole

    def _loss(
        self,
        place: Place,
        base: list[Verdict],
        after: tuple[Verdict, ...],
        back: int,
        apart: int,
    ) -> Loss:
        warm, _ = self.scenario.edge_counts
        first = max(0, place[0] - warm - back)
        rows = slice(first, max(first, min(place[0] - warm - back + apart, self._measured)))
        mine = self._pool_channels(place[1])
        above, below = (
            np.stack(
                [
                    (getattr(one, name)[:, rows] - getattr(two, name)[:, rows]).mean(axis=0)
                    * (one.promise.channel in mine)
                    for one, two in zip(base, after, strict=True)
                ]
            )
            for name in ("above", "below")
        )
        return Loss(place, rows, above, below)

    def _pool_channels(self, group: int) -> set[str]:
        """Channels that an agent of a group can touch, directly or over others."""
        serves = serving(self.scenario)
        names = list(self.scenario.channels)
        pool = next(pool for pool in pools(serves) if group in pool)
        return {names[channel] for channel in np.flatnonzero(serves[pool].any(axis=0))}

    def _chosen(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], losses: list[Loss]
    ) -> list[Loss]:
        """Agents whose going together seems to leave every promise kept, the dearest first."""
        books = self._books(verdicts)
        present = agents.sum(axis=1)
        chosen: list[Loss] = []
        for loss in sorted(losses, key=lambda loss: (self._harm(books, loss), loss.place)):
            row = loss.place[0]
            if self.limits.live_open[row] and present[row] <= 1:
                continue
            if all(book.bears(loss, number) for number, book in enumerate(books)):
                for number, book in enumerate(books):
                    book.take(loss, number)
                present[row] -= 1
                chosen.append(loss)
        return chosen

    def _books(self, verdicts: tuple[Verdict, ...]) -> list[_Book]:
        pairs = zip(verdicts, self.asked, strict=True)
        return [_Book.of(verdict, asked) for verdict, asked in pairs]

    def _harm(self, books: list[_Book], loss: Loss) -> float:
        """Parts of what the promises have to spare that an agent's going takes, by his price."""
        harm = sum(book.harm(loss, number) for number, book in enumerate(books))
        return harm / float(self.limits.price[loss.place[1]])

    def _without(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], chosen: list[Loss]
    ) -> tuple[IntArray, tuple[Verdict, ...], set[Place]]:
        """Take agents away together; those whose going breaks a promise come back."""
        gone = list(chosen)
        back: set[Place] = set()
        for _ in range(RESTORES):
            if not gone or self.out_of_time():
                break
            trial = agents.copy()
            for loss in gone:
                trial[loss.place] -= 1
            after = self.pairing.estimate(trial)
            failing = self._failing(after)
            if not any(fails.any() for fails in failing):
                self._gone += gone
                return trial, after, back
            missed = self._to_blame(gone, after, failing) or list(gone)
            back.update(loss.place for loss in missed)
            gone = [loss for loss in gone if loss not in missed]
        return agents, verdicts, {loss.place for loss in chosen}

    def _to_blame(
        self, gone: list[Loss], after: tuple[Verdict, ...], failing: list[NDArray[np.bool_]]
    ) -> list[Loss]:
        """Those to call back, so that each failing period gets what it is short of."""
        missed: list[Loss] = []
        for number, (verdict, fails) in enumerate(zip(after, failing, strict=True)):
            short = np.nan_to_num(self.asked[number] - verdict.reached(MARGIN)) * verdict.contacts
            for period in np.flatnonzero(fails):
                inside = verdict.labels == period
                blame = [
                    (float(loss.above[number][inside[loss.rows]].sum()), place, loss)
                    for place, loss in enumerate(gone)
                    if inside[loss.rows].any()
                ]
                regained = 0.0
                for lost, _, loss in sorted(blame, reverse=True):
                    if lost <= 0 and regained:
                        break
                    if loss not in missed:
                        missed.append(loss)
                    regained += lost
                    if regained >= 1.2 * short[period]:
                        break
        return missed

    def _singles(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], tried: set[Place]
    ) -> tuple[IntArray, tuple[Verdict, ...]]:
        """Try one more agent of every day (or week), the one who seems to be missed least."""
        blocks = block_numbers(self.scenario)
        books = self._books(verdicts)
        best: dict[int, Loss] = {}
        for loss in sorted(self._last, key=lambda loss: (self._harm(books, loss), loss.place)):
            fresh = loss.place not in tried and self._may_go(agents, *loss.place)
            if fresh:
                best.setdefault(int(blocks[loss.place[0]]), loss)
        if not best:
            return agents, verdicts
        tried.update(loss.place for loss in best.values())
        agents, verdicts, _ = self._without(agents, verdicts, list(best.values()))
        return agents, verdicts


@dataclass(eq=False)
class _Book:
    """What one promise has to spare, while agents are taken away on paper."""

    labels: IntArray
    above: FloatArray
    below: FloatArray
    surer: FloatArray  # what is held against the promise, less their ratio
    asked: FloatArray
    harder: float

    @classmethod
    def of(cls, verdict: Verdict, asked: FloatArray) -> _Book:
        above, below = (
            np.asarray(np.bincount(verdict.labels, values.mean(axis=0), verdict.periods), float)
            for values in (verdict.above, verdict.below)
        )
        surer = np.nan_to_num(verdict.reached(MARGIN) - ratio(above, below))
        harder = 1.0 if verdict.promise.target.period == "interval" else TOGETHER
        return cls(verdict.labels, above, below, surer, asked, harder)

    def _after(self, loss: Loss, number: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Periods that feel a loss, and their kept and promised contacts after it."""
        periods = self.labels[loss.rows]
        if not len(periods):
            return periods, np.zeros(0), np.zeros(0)
        first, count = int(periods[0]), int(periods[-1] - periods[0]) + 1
        above, below = (
            np.bincount(periods - first, lost[number], count) for lost in (loss.above, loss.below)
        )
        felt = np.arange(first, first + count)
        return felt, self.above[felt] - above, self.below[felt] - below

    def bears(self, loss: Loss, number: int) -> bool:
        """Whether the promise seems to hold without this agent too."""
        felt, above, below = self._after(loss, number)
        above = self.above[felt] - self.harder * (self.above[felt] - above)
        level = ratio(above, below) + self.surer[felt]
        worse = above < self.above[felt] - 1e-9
        return not bool((worse & (level < self.asked[felt] - SLACK)).any())

    def harm(self, loss: Loss, number: int) -> float:
        """Part of what the promise has to spare that this agent's going takes."""
        felt, above, below = self._after(loss, number)
        before = ratio(self.above[felt], self.below[felt])
        fall = np.maximum(np.nan_to_num(before - ratio(above, below)), 0.0)
        spare = np.nan_to_num(before + self.surer[felt] - self.asked[felt], nan=1.0)
        return float((fall / np.maximum(spare, 1e-4)).max(initial=0.0))

    def take(self, loss: Loss, number: int) -> None:
        """Go on without this agent."""
        felt, above, below = self._after(loss, number)
        self.above[felt] -= self.harder * (self.above[felt] - above)
        self.below[felt] = below


def _side_by_side(groups: list[list[int]]) -> list[list[int]]:
    """Groups of which no two share a channel, so that all may lose an agent at once."""
    most = max(len(pool) for pool in groups)
    return [[pool[turn] for pool in groups if turn < len(pool)] for turn in range(most)]
