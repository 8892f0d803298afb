"""How far the forecast errs: learned from its own errors at past origins, by lead week."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from forecast.days import FloatArray, IntArray
from forecast.trials import LEAD_WEEKS, Errors

_FITTED_CV = 1.3  # errors ahead over errors of the fit, where only these are known
_PRIOR_CV = 0.15  # of a rate, where there are few origins to learn from
_PRIOR_ORIGINS = 0.5
_UNTRIED_CV = 0.25  # of a rate, where nothing at all is known
_NEIGHBOUR = 0.8  # correlation of the errors of neighbouring half-hours, in trade
_NEIGHBOUR_DAYS = 10.0  # days of clean evidence that this prior is worth
_OUTLYING = 5.0  # standard deviations
_KNOT_LEVELS = (0.025, 0.10, 0.90, 0.975)
_KNOTS = np.array([-1.959964, -1.281552, 1.281552, 1.959964])
_RULED = 0.1  # share of the rate in the variance at which half of a correction is believed
_CELLS = 6000  # enough to tell a 95 % quantile to half a point
_NODES = np.linspace(-3.2, 3.2, 129)
_NODE_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


@dataclass(frozen=True)
class Spread:
    """
    Distribution of a channel's rate about its expectation.

    The factor on the rate is exp(cv T(z)) over its mean, z standard normal with parts for the
    level (slowly moving from day to day), the day, and the slots within the day.

    Parameters
    ----------
    cv
        Spread of the rate by lead week, shape (4,).
    stretch
        Conformal correction of z at its 2.5, 10, 90 and 97.5 % points, shape (4,).
    level_share, day_share, slot_share
        Parts of z's variance; their sum is 1.
    level_memory
        Correlation of the level's errors from one day to the next.
    slot_memory
        Correlation of the slot errors from one half-hour to the next.
    """

    cv: FloatArray
    stretch: FloatArray
    level_share: float = 0.3
    day_share: float = 0.3
    slot_share: float = 0.4
    level_memory: float = 0.95
    slot_memory: float = 0.5

    def factor(self, z: FloatArray, cv: FloatArray | float) -> FloatArray:
        """Factor on the rate at standard normal points; its mean is 1."""
        above = np.exp(cv * self._stretched(z))
        levels, place = np.unique(np.asarray(cv), return_inverse=True)
        nodes = np.exp(np.multiply.outer(levels, self._stretched(_NODES)))
        mean = (nodes * _NODE_WEIGHTS).sum(axis=1)[place].reshape(np.shape(cv))
        return np.asarray(above / mean, dtype=np.float64)

    def cv_at(self, lead_week: IntArray) -> FloatArray:
        """Spread so many weeks ahead (0 is the first); beyond four it goes on growing."""
        weeks = np.asarray(lead_week, dtype=float)
        within = np.interp(weeks, np.arange(LEAD_WEEKS), self.cv)
        beyond = np.sqrt(np.maximum(weeks / (LEAD_WEEKS - 1), 1.0))
        return np.asarray(np.minimum(within * np.minimum(beyond, 2.0), 1.2))

    def _stretched(self, z: FloatArray) -> FloatArray:
        points = np.concatenate([[-1.0], _KNOTS[:2], [0.0], _KNOTS[2:], [1.0]])
        values = np.concatenate([[0.0], self.stretch[:2] * _KNOTS[:2], [0.0]])
        values = np.concatenate([values, self.stretch[2:] * _KNOTS[2:], [0.0]])
        # Beyond the outer knots the outer stretch holds.
        points[0], points[-1] = -6.0, 6.0
        values[0], values[-1] = -6.0 * self.stretch[0], 6.0 * self.stretch[3]
        return np.asarray(np.interp(z, points, values))


UNTRIED = Spread(np.full(LEAD_WEEKS, _UNTRIED_CV), np.ones(4))


def widened(spread: Spread) -> Spread:
    """A spread learned from a fit, made as wide as errors ahead are."""
    return replace(spread, cv=np.minimum(np.maximum(spread.cv, _PRIOR_CV) * _FITTED_CV, 1.2))


def learn(errors: Errors, interval_minutes: int, level_memory: float) -> Spread:
    """
    Spread of the rates and how it hangs together, from errors at past origins.

    Counting noise (variance = expectation) is taken out everywhere: what remains is the
    spread of the rate. With few origins the result leans on what is usual in trade.
    """
    told = errors.expected > 0  # elsewhere there is no rate to spread
    if not told.any():
        return UNTRIED
    errors = Errors(
        np.where(told, errors.expected, np.nan),
        np.where(told, errors.actual, np.nan),
        errors.first_day,
    )
    cv = _cv_by_week(errors)
    stretch = _stretch(errors, cv)
    spread = Spread(cv, stretch)
    return _shares(errors, spread, interval_minutes, float(np.clip(level_memory, 0.8, 0.99)))


def _cv_by_week(errors: Errors) -> FloatArray:
    """Square root of the extra-Poisson variance over the squared mean, by lead week."""
    origins = len(errors.first_day)
    weeks = errors.expected.reshape(origins, LEAD_WEEKS, -1)
    apart = errors.actual.reshape(weeks.shape) - weeks
    pooled = _extra_variance(weeks[np.isfinite(weeks)], apart[np.isfinite(weeks)])
    squares = np.empty(LEAD_WEEKS)
    for week in range(LEAD_WEEKS):
        seen = np.isfinite(weeks[:, week])
        count = int(seen.any(axis=1).sum())
        own = _extra_variance(weeks[:, week][seen], apart[:, week][seen]) if count else 0.0
        squares[week] = (count * own + 2 * pooled) / (count + 2)
        squares[week] = (count * squares[week] + _PRIOR_ORIGINS * _PRIOR_CV**2) / (
            count + _PRIOR_ORIGINS
        )
        # What few origins show is less than what there is.
        squares[week] *= 1 + 1 / (count + 1)
    # Later weeks are no easier to tell.
    return np.asarray(np.sqrt(np.minimum(np.maximum.accumulate(squares), 1.0)))


def _extra_variance(expected: FloatArray, apart: FloatArray) -> float:
    """Variance of the rate's factor by moments; far errors are pulled in."""
    variance = 0.04
    for _ in range(8):
        scale = expected + variance * expected**2
        near = np.clip(apart, -_OUTLYING * np.sqrt(scale), _OUTLYING * np.sqrt(scale))
        # Squared errors regressed on squared expectations, each by how surely it is known.
        weight = expected**2 / np.maximum(expected + 2 * scale**2, 1e-12)
        below = float((weight * expected**2).sum())
        variance = float((weight * (near**2 - expected)).sum()) / below if below > 0 else 0.0
        variance = min(max(variance, 1e-4), 1.0)
    return variance


def _stretch(errors: Errors, cv: FloatArray) -> FloatArray:
    """
    Conformal correction: scores (y - f) / sqrt(f + cv² f²) as they were, against simulated ones.

    Quantiles of the past scores are compared with those of Poisson counts drawn on rates with
    the spread so far; where counting noise rules, the rate's spread can change little and is
    changed little.
    """
    rng = np.random.default_rng(0)  # the same cells and draws every time
    seen = np.flatnonzero(np.isfinite(errors.expected).ravel())
    if len(seen) < 200:
        return np.ones(4)
    if len(seen) > _CELLS:
        seen = np.sort(rng.choice(seen, _CELLS, replace=False))
    expected, actual = errors.expected.ravel()[seen], errors.actual.ravel()[seen]
    days = errors.expected.shape[1]
    week = (seen // errors.expected.shape[2]) % days // 7
    spread_of = cv[week]
    scale = np.sqrt(expected + (spread_of * expected) ** 2)
    jitter = rng.uniform(-0.5, 0.5, len(seen))
    told = np.quantile((actual + jitter - expected) / scale, _KNOT_LEVELS)
    z = rng.standard_normal(len(seen))
    ruled = float(np.mean((spread_of * expected) ** 2 / scale**2))
    stretch = np.ones(4)
    for _ in range(4):
        factor = Spread(cv, stretch).factor(z, spread_of)
        drawn = rng.poisson(expected * factor) + jitter
        simulated = np.quantile((drawn - expected) / scale, _KNOT_LEVELS)
        ratio = np.clip(told / np.where(simulated == 0, 1e-9, simulated), 0.5, 2.0)
        stretch = np.clip(stretch * ratio ** min(1 / ruled, 2.0), 0.3, 3.0)
        # Quantiles must not cross.
        stretch[0] = max(stretch[0], stretch[1] * 0.7)
        stretch[3] = max(stretch[3], stretch[2] * 0.7)
    return np.asarray(1 + (stretch - 1) * ruled / (ruled + _RULED))


def _shares(errors: Errors, spread: Spread, interval_minutes: int, level_memory: float) -> Spread:
    """Split the spread so that weeks, days and neighbouring slots err together as they did."""
    origins = len(errors.first_day)
    seen = np.isfinite(errors.expected)
    expected = np.where(seen, errors.expected, 0.0)
    apart = np.where(seen, errors.actual - errors.expected, 0.0)
    pooled_cv = math.sqrt(float(np.mean(spread.cv**2)))
    whole = float(_NODE_WEIGHTS @ (spread.factor(_NODES, pooled_cv) - 1) ** 2)
    by_day = _ratio_variance(expected.sum(axis=2), apart.sum(axis=2))
    weekly = (origins, LEAD_WEEKS, -1)
    by_week = _ratio_variance(
        expected.reshape(weekly).sum(axis=2), apart.reshape(weekly).sum(axis=2)
    )
    open_days = max(2.0, float((expected.sum(axis=2) > 0).sum(axis=1).max()) / LEAD_WEEKS)
    level_mean = _mean_correlation(level_memory, np.ones(7))
    level = (by_week - by_day / open_days) / (whole * (level_mean - 1 / open_days))
    level = float(np.clip(level, 0.02, 0.95))
    neighbour = _neighbour_correlation(expected, apart, pooled_cv, interval_minutes)
    profile = expected.sum(axis=(0, 1))
    best, best_gap = (0.0, 0.5), math.inf
    for memory in np.linspace(0.05, 0.95, 19).tolist():
        slot = min((1 - neighbour) / (1 - memory), 1 - level)
        within = _mean_correlation(memory ** (interval_minutes / 30), profile)
        gap = abs(slot * (1 - within) - (1 - by_day / whole))
        if gap < best_gap:
            best, best_gap = (slot, memory), gap
    slot, memory = best
    return Spread(spread.cv, spread.stretch, level, 1 - level - slot, slot, level_memory, memory)


def _ratio_variance(expected: FloatArray, apart: FloatArray) -> float:
    """Mean squared relative error of sums, counting noise taken out, far ones pulled in."""
    full = expected > 0.5 * np.median(expected[expected > 0])
    ratio, noise = apart[full] / expected[full], 1 / expected[full]
    reach = _OUTLYING * 1.4826 * float(np.median(np.abs(ratio)))
    return max(float(np.mean(np.clip(ratio, -reach, reach) ** 2 - noise)), 1e-5)


def _neighbour_correlation(
    expected: FloatArray, apart: FloatArray, cv: float, interval_minutes: int
) -> float:
    """Correlation of rate errors half an hour apart (one interval where intervals are longer)."""
    scale = np.sqrt(np.maximum(expected + (cv * expected) ** 2, 1e-9))
    score = np.clip(apart / scale, -_OUTLYING, _OUTLYING) * (expected > 0)
    signal = np.where(expected > 0, expected / scale, 0.0)
    step = max(1, 30 // interval_minutes)
    own = float((score**2 - expected / scale**2).sum()) / max(float((signal**2).sum()), 1e-9)
    both = signal[..., step:] * signal[..., :-step]
    apart_half = float((score[..., step:] * score[..., :-step]).sum()) / max(
        float(both.sum()), 1e-9
    )
    correlation = float(np.clip(apart_half / own, 0.0, 1.0)) if own > 1e-6 else _NEIGHBOUR
    # Where counting noise rules, the data say little about the rate.
    clean = float(np.mean((cv * signal[expected > 0]) ** 2))
    evidence = clean**2 * float((expected.sum(axis=2) > 0).sum())
    mixed = evidence * correlation + _NEIGHBOUR_DAYS * _NEIGHBOUR
    return float(np.clip(mixed / (evidence + _NEIGHBOUR_DAYS), 0.3, 0.97))


def _mean_correlation(memory: float, weight: FloatArray) -> float:
    """Mean correlation of an AR(1) sequence, over pairs weighted by the products of weights."""
    weight = weight / weight.sum()
    apart = np.abs(np.subtract.outer(np.arange(len(weight)), np.arange(len(weight))))
    return float(weight @ memory**apart @ weight)


def channel_correlation(errors: list[Errors]) -> FloatArray:
    """
    Correlation of the channels' day errors, shrunk towards none, shape (C, C).

    Channels of one centre have the same origins; those without errors are uncorrelated.
    """
    width = len(errors)
    matrix = np.eye(width)
    ratios = []
    for channel in errors:
        expected = np.nansum(channel.expected, axis=2)
        apart = np.nansum(channel.actual - channel.expected, axis=2)
        told = expected > 0
        ratio = np.divide(apart, expected, out=np.full(expected.shape, np.nan), where=told)
        noise = float(np.mean(1 / expected[told])) if told.any() else 0.0
        ratios.append((dict(zip(channel.first_day, ratio, strict=True)), noise))
    for row in range(width):
        for column in range(row):
            value = _pair_correlation(*ratios[row], *ratios[column])
            matrix[row, column] = matrix[column, row] = value
    values, vectors = np.linalg.eigh(matrix)
    fixed = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    size = np.sqrt(np.diag(fixed))
    return np.asarray(fixed / np.outer(size, size))


def _pair_correlation(
    first: dict[int, FloatArray],
    first_noise: float,
    second: dict[int, FloatArray],
    second_noise: float,
) -> float:
    shared = sorted(set(first) & set(second))
    if not shared:
        return 0.0
    a = np.concatenate([first[origin] for origin in shared])
    b = np.concatenate([second[origin] for origin in shared])
    both = np.isfinite(a) & np.isfinite(b)
    a, b = np.clip(a[both], -0.8, 0.8), np.clip(b[both], -0.8, 0.8)
    if len(a) < 14:
        return 0.0
    below = math.sqrt(
        max(float(np.mean(a**2)) - first_noise, 0.2 * float(np.mean(a**2)))
        * max(float(np.mean(b**2)) - second_noise, 0.2 * float(np.mean(b**2)))
    )
    if below <= 0:
        return 0.0
    days = len(shared) * 7  # origins overlap: a new week of days each
    correlation = float(np.clip(np.mean(a * b) / below, -0.95, 0.95))
    return correlation * days / (days + 20)
