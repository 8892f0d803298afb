"""What the day so far says about its rest: learned from past days, told in a millisecond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.days import BoolArray, FloatArray
from forecast.trials import Errors

DAYS = 60  # past days that are learned from, the newest
_FEWEST_DAYS = 14
_RIDGE = 3.0  # days of 60 that "no update" is worth; of fewer days more
_BELIEVED = 1.0  # times what noise alone would explain is taken off; with fewer days more
_REACH = 2.5  # standard deviations: a day further off is taken as so far off
_LEAST_VARIANCE = 0.003  # of a log ratio
_STEEPEST = 0.9  # slopes together: the rest never follows the day so far in full
_FAR = 4.685  # robust standard deviations beyond which a day says nothing (Tukey)
_NARROWEST = 0.2  # of the spread before


@dataclass(frozen=True, slots=True)
class Pull:
    """
    How a stretch of the rest of the day follows the day so far.

    The log ratio of the stretch, actual over expected, is expected to be slope times log ratio,
    summed over the whole day so far and its last hour.

    Parameters
    ----------
    slopes
        Of the day so far and of its last hour, shape (2,), at least 0.
    variance
        Of either log ratio without its counting noise, shape (2,): a ratio of few contacts is
        believed as far as its variance exceeds that noise.
    left
        Spread of the stretch that remains, over the spread before; in (0, 1].
    """

    slopes: FloatArray
    variance: FloatArray
    left: float

    def factor(self, expected: FloatArray, actual: FloatArray) -> float:
        """
        Factor on the rates of the stretch.

        Parameters
        ----------
        expected, actual
            Contacts of the day so far and of its last hour, shape (2,).
        """
        return float(np.exp(_believed(expected, actual, self.variance) @ self.slopes))


NO_PULL = Pull(np.zeros(2), np.full(2, _LEAST_VARIANCE), 1.0)


@dataclass(frozen=True, slots=True)
class PastDays:
    """
    Days as they were told and as they came.

    Parameters
    ----------
    expected, actual
        Contacts by day and slot, shape (N, S), 0 where either is unknown.
    """

    expected: FloatArray
    actual: FloatArray

    @classmethod
    def of(cls, errors: Errors, lead_week: int) -> PastDays:
        """The newest days told so many weeks ahead; those a week ahead where there are too few."""
        for week in (lead_week, 0):
            days = slice(7 * week, 7 * week + 7)
            shape = (-1, errors.expected.shape[2])
            expected = errors.expected[:, days].reshape(shape)
            actual = errors.actual[:, days].reshape(shape)
            known = np.isfinite(expected) & np.isfinite(actual)
            seen = np.flatnonzero((known & (expected > 0)).any(axis=1))[:DAYS]
            if len(seen) >= _FEWEST_DAYS:
                break
        expected, actual = np.where(known, expected, 0.0), np.where(known, actual, 0.0)
        return cls(expected[seen], actual[seen])

    def pull(self, known: BoolArray, last: BoolArray, stretch: BoolArray) -> Pull:
        """
        How a stretch of slots follows the known ones.

        Parameters
        ----------
        known, last, stretch
            Slots of the day so far, of its last hour, and of the stretch asked for, shape (S,).

        Notes
        -----
        A robust regression of log ratios (Tukey's biweight), drawn to 0 by a ridge and by what
        noise alone would explain: where the day so far says nothing, nothing changes.
        """
        sums = [
            (self.expected[:, slots].sum(axis=1), self.actual[:, slots].sum(axis=1))
            for slots in (known, last, stretch)
        ]
        usable = (sums[0][0] > 0) & (sums[2][0] > 0)
        if usable.sum() < _FEWEST_DAYS:
            return NO_PULL
        told = np.stack([expected[usable] for expected, _ in sums], axis=1)
        came = np.stack([actual[usable] for _, actual in sums], axis=1)
        ratio, noise = _log_ratio(told, came), 1 / (told + 1)
        variance = np.maximum(_spread(ratio) ** 2 - np.median(noise, axis=0), _LEAST_VARIANCE)
        seen = _believed(told[:, :2], came[:, :2], variance[:2])
        weight = 1 / (variance[2] + noise[:, 2])
        slopes, kept = _regression(seen, ratio[:, 2], weight / weight.mean())
        apart = ratio[kept, 2] - seen[kept] @ slopes
        before = float(np.mean(ratio[kept, 2] ** 2))
        quiet = float(np.mean(noise[kept, 2]))
        left = (float(np.mean(apart**2)) - quiet) / max(before - quiet, 1e-12)
        return Pull(slopes, variance[:2], float(np.sqrt(np.clip(left, _NARROWEST**2, 1.0))))


def _log_ratio(expected: FloatArray, actual: FloatArray) -> FloatArray:
    return np.asarray(np.log((actual + 1) / (expected + 1)))


def _believed(expected: FloatArray, actual: FloatArray, variance: FloatArray) -> FloatArray:
    """Log ratios drawn to 0 by their counting noise, and held within reach."""
    noise = 1 / (expected + 1)
    drawn = _log_ratio(expected, actual) * variance / (variance + noise)
    reach = _REACH * np.sqrt(variance)
    return np.asarray(np.clip(drawn, -reach, reach))


def _spread(values: FloatArray) -> FloatArray:
    """Standard deviation about 0 by the median, down the first axis."""
    return np.asarray(1.4826 * np.median(np.abs(values), axis=0))


def _regression(
    seen: FloatArray, asked: FloatArray, weight: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Slopes (2,), at least 0 and together at most so steep, and the days that count."""
    scarce = DAYS / len(asked)
    ridge = scarce * _RIDGE * float(np.mean(weight[:, None] * seen**2)) * np.eye(2)
    slopes = np.zeros(2)
    counting = weight
    for _ in range(8):
        off = (asked - seen @ slopes) * np.sqrt(weight)
        far = np.abs(off) / max(_FAR * float(_spread(off)), 1e-9)
        counting = weight * np.where(far < 1, (1 - far**2) ** 2, 0.0)
        square = (seen * counting[:, None]).T @ seen + ridge + 1e-12 * np.eye(2)
        slopes = _not_negative(square, (seen * counting[:, None]).T @ asked)
    told = seen @ slopes
    noise = float((counting * (asked - told) ** 2).sum() / max(counting.sum(), 1e-12))
    explained = float((counting * told**2).sum()) / 2
    # As Stein's: the part that as many useless ratios would have explained is taken off.
    slopes = slopes * max(0.0, 1 - scarce * _BELIEVED * noise / max(explained, 1e-12))
    steep = float(slopes.sum())
    return slopes * min(1.0, _STEEPEST / max(steep, 1e-12)), counting > 0


def _not_negative(square: FloatArray, product: FloatArray) -> FloatArray:
    """Least squares of two slopes that must not be negative."""
    slopes = np.linalg.solve(square, product)
    if (slopes >= 0).all():
        return np.asarray(slopes)
    alone = np.diag(np.maximum(product / np.diag(square), 0.0))
    loss = [one @ square @ one - 2 * one @ product for one in alone]
    return np.asarray(alone[int(np.argmin(loss))])
