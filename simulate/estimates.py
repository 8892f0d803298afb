"""How sure is a number: ratios over replications with their jackknife intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario.targets import ratio

FEWEST_BATCHES = 8  # fewer than this and the interval itself becomes a matter of luck

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    A value with its 95 % interval; all of one shape.

    Parameters
    ----------
    value
        Ratio of sums; NaN where the denominator is 0.
    low, high
        Ends of the interval; NaN with fewer than two replications.
    error
        Standard error.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray
    error: FloatArray


@dataclass(frozen=True, slots=True)
class Parts:
    """
    A measure before division: what is summed over replications above and below the line.

    Parameters
    ----------
    above, below
        Numerators and denominators, replications along the first axis, of one shape (R, ...).
    """

    above: FloatArray
    below: FloatArray

    @classmethod
    def of(cls, above: NDArray[Any], below: NDArray[Any]) -> Parts:
        """Parts from counts of any number type."""
        return cls(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))

    def per_replication(self) -> FloatArray:
        """The measure in each replication, NaN where undefined, shape (R, ...)."""
        return ratio(self.above, self.below)

    def pooled(self) -> FloatArray:
        """Sum above over sum below, shape (...)."""
        return ratio(self.above.sum(axis=0), self.below.sum(axis=0))


def batches_of(replications: int, *, stratified: bool) -> NDArray[np.int64]:
    """
    Batch number of each replication, shape (R,).

    Independent replications are a batch each. Stratified ones share one sequence of day
    factors, of which every aligned run of 2**k is evenly spread: such runs are the batches, as
    long as at least eight of them fill.

    Parameters
    ----------
    replications
        Number of replications.
    stratified
        Whether the replications share one stratified sequence.
    """
    size = 1
    if stratified:
        while replications // (2 * size) >= FEWEST_BATCHES:
            size *= 2
    return np.arange(replications) // size


def estimate(parts: Parts, batches: NDArray[np.int64]) -> Estimate:
    """
    Ratio of sums with its jackknife interval.

    Parameters
    ----------
    parts
        What is summed over replications.
    batches
        Batch of each replication, shape (R,); each batch is left out once.

    References
    ----------
    .. [1] Miller, R. G. (1974). The jackknife: a review. Biometrika, 61(1), 1-15.
    """
    return _with_interval(parts.pooled(), _left_out(parts, batches))


def estimate_difference(parts: Parts, baseline: Parts, batches: NDArray[np.int64]) -> Estimate:
    """
    Difference of two ratios over the same replications, with its jackknife interval.

    Each batch is left out of both at once, so what the two have in common cancels.
    """
    values = parts.pooled() - baseline.pooled()
    return _with_interval(values, _left_out(parts, batches) - _left_out(baseline, batches))


def estimate_from_influence(
    value: float, influence: FloatArray, batches: NDArray[np.int64]
) -> Estimate:
    """
    A value whose error is a sum over replications, with its interval.

    Parameters
    ----------
    value
        The value.
    influence
        What each replication adds to its error, shape (R,).
    batches
        Batch of each replication, shape (R,).
    """
    sums = np.bincount(batches, weights=influence)
    count, middle = len(sums), np.asarray(value, dtype=np.float64)
    error = np.full((), np.nan)
    if count >= 2:
        error = np.asarray(np.sqrt(count / (count - 1) * ((sums - sums.mean()) ** 2).sum()))
    reach = (_student_975(count - 1) if count >= 2 else 1.0) * error
    return Estimate(middle, np.asarray(middle - reach), np.asarray(middle + reach), error)


def _left_out(parts: Parts, batches: NDArray[np.int64]) -> FloatArray:
    """The ratio without each batch in turn, shape (batches, ...); batches lie side by side."""
    firsts = np.flatnonzero(np.diff(batches, prepend=-1))
    above, below = (
        sums.sum(axis=0) - np.add.reduceat(sums, firsts, axis=0)
        for sums in (np.asarray(parts.above), np.asarray(parts.below))
    )
    return ratio(above, below)


def _with_interval(value: FloatArray, without: FloatArray) -> Estimate:
    """Interval from the values without each batch; where some are undefined it is too."""
    count = len(without)
    if count < 2:
        unknown = np.full(value.shape, np.nan)
        return Estimate(value, unknown, unknown, unknown)
    spread = ((without - without.mean(axis=0)) ** 2).sum(axis=0)
    error = np.sqrt((count - 1) / count * spread)
    reach = _student_975(count - 1) * error
    return Estimate(value, value - reach, value + reach, error)


def _student_975(degrees: int) -> float:
    """97.5 % quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))
