"""What may come: joint sample paths of rates over the horizon, and quantiles of the counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecast.days import FloatArray, IntArray
from forecast.spread import Spread
from scenario.demand import QUANTILES

_ENOUGH_PATHS = 50
_GRID = 12  # expectations at which quantiles are worked out; between them they are interpolated
_POINTS = 32  # counts at which a distribution function is worked out
_NODES = 21  # equally likely rates of a mixture


def sample_paths(
    rates: FloatArray,
    day: IntArray,
    lead_week: IntArray,
    spreads: Sequence[Spread],
    correlation: FloatArray,
    interval_minutes: int,
    count: int,
    rng: np.random.Generator,
) -> FloatArray:
    """
    Draw joint paths of rates.

    Parameters
    ----------
    rates
        Expected contacts, shape (I, C).
    day
        Number of the day of each interval from the first day told, shape (I,).
    lead_week
        Weeks since the end of the history, shape (I,).
    spreads
        One per channel.
    correlation
        Of the channels' level and day errors, shape (C, C).
    interval_minutes
        Length of an interval.
    count
        Number of paths, positive.
    rng
        Source of the draws.

    Returns
    -------
    ndarray
        Shape (count, I, C), without counting noise; the mean over the paths is `rates` where
        there are 50 or more.
    """
    intervals, width = rates.shape
    days = int(day[-1]) + 1
    root = np.linalg.cholesky(correlation)
    daily = np.empty((count, days, width))
    day_draw = rng.standard_normal((count, days, width)) @ root.T
    level_draw = rng.standard_normal((count, days, width)) @ root.T
    for column, spread in enumerate(spreads):
        level = _steady(level_draw[..., column], spread.level_memory)
        daily[..., column] = (
            np.sqrt(spread.level_share) * level + np.sqrt(spread.day_share) * day_draw[..., column]
        )
    paths = np.zeros((count, intervals, width))
    for column, spread in enumerate(spreads):
        slot = _steady(
            rng.standard_normal((count, intervals)), spread.slot_memory ** (interval_minutes / 30)
        )
        z = daily[:, day, column] + np.sqrt(spread.slot_share) * slot
        cv = spread.cv_at(lead_week)
        for value in np.unique(cv).tolist():
            alike = cv == value
            factor = spread.factor(z[:, alike], value)
            paths[:, alike, column] = rates[alike, column] * factor
    if count >= _ENOUGH_PATHS:
        mean = paths.mean(axis=0)
        paths *= np.divide(rates, mean, out=np.ones_like(mean), where=mean > 0)
    return paths


def _steady(draws: FloatArray, memory: float) -> FloatArray:
    """Standard normal sequences along the last axis with correlation `memory` of neighbours."""
    from scipy.signal import lfilter

    fresh = draws * np.sqrt(1 - memory**2)
    fresh[:, 0] = draws[:, 0]
    return np.asarray(lfilter([1.0], [1.0, -memory], fresh, axis=1))


def count_quantiles(
    rates: FloatArray,
    lead_week: IntArray,
    spreads: Sequence[Spread],
    wanted: Sequence[float] = QUANTILES,
) -> dict[float, FloatArray]:
    """
    Quantiles of the counts that Poisson arrivals on the paths would give.

    The mixture of Poisson distributions over a channel's rates, a count k standing for the
    stretch k ± ½, so that quantiles move smoothly with the expectation.

    Returns
    -------
    dict
        Level to counts of shape (I, C), at least 0.
    """
    levels = np.array(wanted)
    tables = {level: np.zeros_like(rates) for level in wanted}
    for column, spread in enumerate(spreads):
        cv = spread.cv_at(lead_week)
        for value in np.unique(cv).tolist():
            alike = (cv == value) & (rates[:, column] > 0)
            if not alike.any():
                continue
            told = _quantiles_at(rates[alike, column], spread, value, levels)
            for index, level in enumerate(wanted):
                tables[level][alike, column] = told[index]
    return tables


def _quantiles_at(
    expected: FloatArray, spread: Spread, cv: float, levels: FloatArray
) -> FloatArray:
    """
    Quantiles by level and expectation, from a table over a grid of expectations.

    Between those, distances from the expectation are interpolated in standard deviations, which
    hardly change along the grid.
    """
    from scipy.special import gammaincc, ndtri

    low, high = max(float(expected.min()), 1e-3), max(float(expected.max()), 1e-3)
    grid = np.geomspace(low, high * (1 + 1e-9), _GRID) if high > low else np.array([low])
    factor = spread.factor(ndtri((np.arange(_NODES) + 0.5) / _NODES), cv)
    mixture = grid[:, None] * (factor / factor.mean())
    # Below half a contact the smoothed distribution ends; what lies below 0 is told as 0.
    bottom = np.maximum(mixture[:, 0] - 4 * np.sqrt(mixture[:, 0]), -0.5 + 1e-9)
    top = mixture[:, -1] + 4 * np.sqrt(mixture[:, -1]) + 2
    counts = np.linspace(bottom, top, _POINTS, axis=1)
    reached = gammaincc(counts[:, :, None] + 0.5, mixture[:, None]).mean(axis=2)
    scale = np.sqrt(grid + (cv * grid) ** 2)
    away = np.empty((len(levels), len(grid)))
    for index, mean in enumerate(grid.tolist()):
        told = np.interp(levels, reached[index], counts[index])
        away[:, index] = (told - mean) / scale[index]
    at = np.maximum(expected, 1e-3)
    between = np.stack([np.interp(np.log(at), np.log(grid), row) for row in away])
    return np.asarray(np.maximum(at + between * np.sqrt(at + (cv * at) ** 2), 0.0))
