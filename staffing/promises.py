"""Were the promises kept, period by period, and where were the contacts that missed them?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.model import Scenario
from scenario.targets import Target, ratio

if TYPE_CHECKING:
    from simulate.replications import Replications

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

BATCHES = 32  # at least, of stratified days: fewer tell a standard error badly
NOISE = 2.0  # standard errors by which a fresh check may miss a target by chance ...
TOLERANCE = 0.01  # ... but never by more than this


@dataclass(frozen=True)
class Promise:
    """
    One target of a channel.

    Parameters
    ----------
    channel
        Channel name.
    target
        What is promised.
    formula
        Service-level formula.
    closed
        Whether it is the promise to contacts that arrive outside opening hours.
    """

    channel: str
    target: Target
    formula: str
    closed: bool

    def __str__(self) -> str:
        return f"{self.channel}, arrived closed" if self.closed else self.channel


def promises_of(scenario: Scenario) -> tuple[Promise, ...]:
    """Every promise of a scenario, channels in order, arrived closed after in hours."""
    promises = []
    for name, channel in scenario.channels.items():
        if channel.target is not None:
            formula = channel.formula_of(channel.target)
            promises.append(Promise(name, channel.target, formula, False))
        late = channel.target_closed or channel.target
        if channel.kind == "deferred" and late is not None:
            promises.append(Promise(name, late, "deferred", True))
    return tuple(promises)


@dataclass(frozen=True)
class Verdict:
    """
    One promise held against replications, period by period.

    Parameters
    ----------
    promise
        What was promised.
    starts
        First interval of each period, shape (P,).
    labels
        Period of each measured interval, shape (I,).
    above, below
        Kept and promised contacts by replication and measured interval, shape (R, I).
    stratified
        Whether the replications share one stratified sequence of day factors, which makes their
        mean surer than their spread tells.
    """

    promise: Promise
    starts: pd.DatetimeIndex
    labels: IntArray
    above: FloatArray
    below: FloatArray
    stratified: bool = False

    @property
    def count(self) -> int:
        """Number of replications, R."""
        return len(self.above)

    def first(self, replications: int) -> Verdict:
        """The same of the first so many replications."""
        return replace(self, above=self.above[:replications], below=self.below[:replications])

    def judged_by(self, starts: pd.DatetimeIndex, labels: IntArray) -> Verdict:
        """The same contacts held against the promise in other periods; see `starts`, `labels`."""
        return replace(self, starts=starts, labels=labels)

    @property
    def held(self) -> BoolArray:
        """Whether each replication keeps the promise, shape (R, P); nobody's contacts do."""
        below: BoolArray = self._levels < self.promise.target.share - 1e-12
        return ~below

    def _by_period(self, values: FloatArray) -> FloatArray:
        firsts = np.flatnonzero(np.diff(self.labels, prepend=self.labels[0] - 1))
        total: FloatArray = np.add.reduceat(values, firsts, axis=1)
        return total

    @property
    def _levels(self) -> FloatArray:
        return ratio(self._by_period(self.above), self._by_period(self.below))

    @property
    def contacts(self) -> FloatArray:
        """Mean contacts of each period that the promise is about, shape (P,)."""
        mean: FloatArray = self._by_period(self.below).mean(axis=0)
        return mean

    @property
    def mean(self) -> FloatArray:
        """Service level of each period over all replications, shape (P,); NaN of nothing."""
        above, below = self._by_period(self.above), self._by_period(self.below)
        return ratio(above.sum(axis=0), below.sum(axis=0))

    @property
    def error(self) -> FloatArray:
        """Standard error of `mean`, shape (P,); 0 with a single replication."""
        above, below = self._by_period(self.above), self._by_period(self.below)
        firsts = np.arange(0, len(above), batch_size(len(above)) if self.stratified else 1)
        above, below = np.add.reduceat(above, firsts), np.add.reduceat(below, firsts)
        count = len(above)
        if count < 2:
            return np.zeros(above.shape[1])
        residual = above - np.nan_to_num(self.mean) * below
        spread = np.sqrt((residual**2).sum(axis=0) * count / (count - 1))
        return np.nan_to_num(ratio(spread, below.sum(axis=0)))

    @property
    def probability_met(self) -> FloatArray:
        """Share of the replications in which each period reaches the target, shape (P,)."""
        levels = self._levels
        defined = np.isfinite(levels)
        met = (levels >= self.promise.target.share - 1e-12) & defined
        return ratio(met.sum(axis=0), defined.sum(axis=0))

    def reached(self, errors: float = 0.0) -> FloatArray:
        """
        What is held against the promised share, shape (P,).

        The service level on average, less so many standard errors; with a confidence p, the
        level that is reached in a share p of the replications, p raised likewise.
        """
        confidence = self.promise.target.confidence
        if confidence is None:
            return self.mean - errors * self.error
        levels = self._levels
        count = max(1, len(levels))
        certain = min(1.0, confidence + errors * np.sqrt(confidence * (1 - confidence) / count))
        lowest = np.full(levels.shape[1], np.nan)
        for period in np.flatnonzero(np.isfinite(levels).any(axis=0)):
            known = levels[:, period][np.isfinite(levels[:, period])]
            lowest[period] = np.quantile(known, 1 - certain, method="lower")
        return lowest

    @property
    def periods(self) -> int:
        """Number of periods, P."""
        return len(self.starts)

    @property
    def missed_by_interval(self) -> FloatArray:
        """Mean contacts offered in each measured interval and not served in time, shape (I,)."""
        missed: FloatArray = (self.below - self.above).mean(axis=0)
        return missed

    @property
    def overall(self) -> float:
        """Service level over the whole horizon; NaN when nobody came."""
        return float(ratio(self.above.sum(keepdims=True), self.below.sum(keepdims=True)).item())

    @property
    def overall_probability(self) -> float:
        """Share of all periods of all replications in which the target was reached."""
        levels = self._levels
        known = levels[np.isfinite(levels)]
        if not known.size:
            return float("nan")
        return float((known >= self.promise.target.share - 1e-12).mean())


def batch_size(replications: int) -> int:
    """Stratified replications that make a batch: a power of two, of which runs are even."""
    size = 1
    while replications // (2 * size) >= BATCHES:
        size *= 2
    return size


def judge(replications: Replications) -> tuple[Verdict, ...]:
    """Hold every promise of the simulated scenario against its replications."""
    from simulate.ratios import service_level_of

    scenario = replications.scenario
    verdicts = []
    for promise in promises_of(scenario):
        tallies = replications.tallies(promise.channel, "interval")
        parts = service_level_of(scenario.channels[promise.channel], tallies, closed=promise.closed)
        span = promise.target.period
        verdicts.append(
            Verdict(
                promise,
                replications.span_starts(span),
                replications.labels(span),
                parts.above,
                parts.below,
                replications.stratified,
            )
        )
    return tuple(verdicts)


def kept(fresh: Verdict) -> NDArray[np.bool_]:
    """
    Whether each period keeps its promise, shape (P,), judged by numbers the search never saw.

    A period that misses by no more than two standard errors, and by no more than one
    percentage point, cannot be told from one that keeps its promise.
    """
    spare = np.minimum(NOISE * fresh.error, TOLERANCE)
    held: NDArray[np.bool_] = ~(fresh.reached() < fresh.promise.target.share - spare - 1e-12)
    return held
