"""What a slot of a weekday typically brings: a mean that single bursts cannot move."""

from __future__ import annotations

import numpy as np

from forecast.days import BoolArray, Days, FloatArray, IntArray, weighted_sums

_MEMORY_DAYS = 112
_HALF_LIFE = 8.0  # weeks
_LENT = 0.6  # what a day of a like weekday counts
_NEIGHBOUR = 0.2  # what a neighbouring slot counts
_REACH = 0.75  # robust standard deviations within which a value counts in full
_REACH_OF_COUNTS = 2.0  # the same where only counting noise makes values differ
_QUARTILES = 1.349  # between those of a normal distribution, in standard deviations
# Weekdays that are alike, as weeks are made: one of these tells which.
_WEEKS = np.array([[0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 1]])


def typical_week(grid: FloatArray, days: Days) -> FloatArray:
    """
    Robust mean of each slot over the same and like weekdays, and neighbouring slots.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown; closed days NaN.
    days
        At least those D days; holidays and eves are not learned from.

    Returns
    -------
    ndarray
        Shape (7, S), for every weekday.

    Notes
    -----
    One step of Huber's M-estimate from the median: what lies further from it than three quarters
    of a standard deviation, told from the quartiles, counts as if it lay there. Thin slots are
    given more room, since a Poisson count of three is no burst where one is expected.
    """
    first = max(0, len(grid) - _MEMORY_DAYS)
    late, known = grid[first:], len(grid)
    ordinary = ~(days.is_holiday | days.is_eve)[first:known]
    weekday = days.weekday[first:known]
    seen = np.isfinite(late) & ordinary[:, None]
    volume = np.where(seen, late, 0.0)
    age_weeks = (len(late) - 1 - np.arange(len(late))) / 7
    lent = _likeness(volume, seen, weekday)[:, weekday] * 0.5 ** (age_weeks / _HALF_LIFE)
    means = _huber_step(volume, lent[:, :, None] * seen)
    beside = np.roll(means, 1, axis=1) + np.roll(means, -1, axis=1)
    return np.asarray((1 - 2 * _NEIGHBOUR) * means + _NEIGHBOUR * beside)


def _likeness(volume: FloatArray, seen: BoolArray, weekday: IntArray) -> FloatArray:
    """
    How much a day of one weekday counts for another one, (7, 7), 1 on the diagonal.

    Of the ways in which weeks are split into working days and others, the one counts that leaves
    least difference of level within the parts.
    """
    member = (weekday == np.arange(7)[:, None]).astype(float)
    count = weighted_sums(member, seen.astype(float)).sum(axis=1)
    # On square roots a burst weighs little.
    level = weighted_sums(member, np.sqrt(volume) * seen).sum(axis=1) / np.maximum(count, 1)
    met = count > 0

    def within(week: IntArray) -> float:
        parts = (level[met & (week == part)] for part in (0, 1))
        return sum(float(np.var(part)) * len(part) for part in parts if len(part))

    week = min(_WEEKS, key=within)
    like = np.where(week[:, None] == week, _LENT, 0.0)
    like[np.arange(7), np.arange(7)] = 1.0
    # A weekday that was never met is taken as any of the others.
    like[~met] = 1.0
    return np.asarray(like)


def _huber_step(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Means over days, (7, S), of (D, S) values weighted by (7, D, S); 0 without any weight."""
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    sorted_weight = np.take_along_axis(weight, order[None], axis=1)
    reached = np.cumsum(sorted_weight, axis=1)
    whole = reached[:, -1]

    def quantile(share: float) -> FloatArray:
        at = (reached < share * whole[:, None]).sum(axis=1)
        return np.take_along_axis(ordered, np.minimum(at, len(values) - 1), axis=0)

    middle = quantile(0.5)
    spread = (quantile(0.75) - quantile(0.25)) / _QUARTILES
    reach = np.maximum(_REACH * spread, _REACH_OF_COUNTS * np.sqrt(middle + 1))
    pulled = np.clip(ordered, (middle - reach)[:, None], (middle + reach)[:, None])
    total = np.einsum("kds,kds->ks", sorted_weight, pulled)
    return np.asarray(np.divide(total, whole, out=np.zeros_like(total), where=whole > 0))
