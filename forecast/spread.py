"""How far the forecast errs: learned from its own errors at past origins, by lead week."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from forecast.days import FloatArray, IntArray
from forecast.trials import LEAD_WEEKS, Errors

_FEW_ORIGINS = 1.5  # how much wider one origin alone asks the variance to be
_FITTED_CV = 1.3  # errors ahead over errors of the fit, where only these are known
_PRIOR_CV = 0.15  # of a rate, where there are few origins to learn from
_PRIOR_ORIGINS = 0.2
_UNTRIED_CV = 0.25  # of a rate, where nothing at all is known
_OUTLYING = 5.0  # standard deviations
_RECENT_ORIGINS = 6.0  # half-life: earlier origins had less to learn from, and erred more
_KNOT_LEVELS = (0.025, 0.10, 0.90, 0.975)
_KNOTS = np.array([-1.959964, -1.281552, 1.281552, 1.959964])
_LOPSIDED = 0.3  # part of the difference between both sides' corrections that is believed
_WORTH_OF_WEEKS = 0.8  # independent ones for each week met: neighbouring weeks err alike
_RULED = 0.1  # share of the rate in the variance at which half of a correction is believed
_FEWEST_CELLS = 200
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

    def variance(self) -> float:
        """Variance of the factor on the rate, over the lead weeks."""
        spread = math.sqrt(float(np.mean(self.cv**2)))
        return float(_NODE_WEIGHTS @ (self.factor(_NODES, spread) - 1) ** 2)

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


def learn(errors: Errors) -> Spread:
    """
    Spread of a channel's single rates, from errors at past origins.

    Counting noise (variance = expectation) is taken out everywhere: what remains is the
    spread of the rate. With few origins the result leans on what is usual in trade.
    """
    errors = errors.where_told()
    if not np.isfinite(errors.expected).any():
        return UNTRIED
    cv = _cv_by_week(errors)
    return Spread(cv, _stretch(errors, cv))


def _cv_by_week(errors: Errors) -> FloatArray:
    """Square root of the extra-Poisson variance over the squared mean, by lead week."""
    origins = len(errors.first_day)
    weeks = errors.expected.reshape(origins, LEAD_WEEKS, -1)
    apart = errors.actual.reshape(weeks.shape) - weeks
    worth = np.broadcast_to(_worth(errors)[:, None, None], weeks.shape)
    known = np.isfinite(weeks)
    pooled = _extra_variance(weeks[known], apart[known], worth[known])
    squares = np.empty(LEAD_WEEKS)
    for week in range(LEAD_WEEKS):
        seen = known[:, week]
        count = int(seen.any(axis=1).sum())
        own = 0.0
        if count:
            own = _extra_variance(weeks[:, week][seen], apart[:, week][seen], worth[:, week][seen])
        squares[week] = (count * own + 2 * pooled) / (count + 2)
        squares[week] = (count * squares[week] + _PRIOR_ORIGINS * _PRIOR_CV**2) / (
            count + _PRIOR_ORIGINS
        )
    few = 1 + _FEW_ORIGINS / max(origins, 1) ** 2
    return np.asarray(np.sqrt(np.minimum(_never_falling(squares) * few, 1.0)))


def _never_falling(values: FloatArray) -> FloatArray:
    """The nearest sequence that never falls: later weeks are no easier to tell."""
    means: list[float] = []
    counts: list[int] = []
    for value in values.tolist():
        mean, count = value, 1
        while means and means[-1] > mean:
            last, others = means.pop(), counts.pop()
            mean, count = (mean * count + last * others) / (count + others), count + others
        means.append(mean)
        counts.append(count)
    return np.repeat(means, counts)


def _worth(errors: Errors) -> FloatArray:
    """Weight of each origin, newest first: the newest are most like today."""
    return np.asarray(0.5 ** (np.arange(len(errors.first_day)) / _RECENT_ORIGINS))


def _extra_variance(expected: FloatArray, apart: FloatArray, worth: FloatArray) -> float:
    """Variance of the rate's factor by moments; far errors are pulled in."""
    variance = 0.04
    for _ in range(8):
        scale = expected + variance * expected**2
        near = np.clip(apart, -_OUTLYING * np.sqrt(scale), _OUTLYING * np.sqrt(scale))
        # Squared errors regressed on squared expectations, each by how surely it is known.
        weight = worth * expected**2 / np.maximum(expected + 2 * scale**2, 1e-12)
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
    if len(seen) < _FEWEST_CELLS:
        return np.ones(4)
    if len(seen) > _CELLS:
        seen = np.sort(rng.choice(seen, _CELLS, replace=False))
    expected, actual = errors.expected.ravel()[seen], errors.actual.ravel()[seen]
    origin, cell = np.divmod(seen, errors.expected[0].size)
    spread_of = cv[cell // errors.expected.shape[2] // 7]
    scale = np.sqrt(expected + (spread_of * expected) ** 2)
    # Where counting noise rules, a score tells of that noise and not of the rate.
    ruled_by_rate = (spread_of * expected) ** 2 / scale**2
    worth = _worth(errors)[origin] * ruled_by_rate
    jitter = rng.uniform(-0.5, 0.5, len(seen))

    def knots(scores: FloatArray) -> FloatArray:
        return np.asarray(np.quantile(scores, _KNOT_LEVELS, weights=worth, method="inverted_cdf"))

    told = knots((actual + jitter - expected) / scale)
    z = rng.standard_normal(len(seen))
    ruled = float(np.average(ruled_by_rate, weights=worth))
    stretch = np.ones(4)
    for _ in range(4):
        factor = Spread(cv, stretch).factor(z, spread_of)
        drawn = rng.poisson(expected * factor) + jitter
        simulated = knots((drawn - expected) / scale)
        ratio = np.clip(told / np.where(simulated == 0, 1e-9, simulated), 0.5, 2.0)
        stretch = np.clip(stretch * ratio ** min(1 / ruled, 2.0), 0.3, 3.0)
        # Quantiles must not cross.
        stretch[0] = max(stretch[0], stretch[1] * 0.7)
        stretch[3] = max(stretch[3], stretch[2] * 0.7)
    # That the last weeks erred to one side says little about the next ones.
    both = np.sqrt(stretch * stretch[::-1])
    stretch = both * (stretch / both) ** _LOPSIDED
    # Few weeks tell less about the far ends than a normal distribution would have it.
    weeks = _WORTH_OF_WEEKS * (len(errors.first_day) + LEAD_WEEKS - 1)
    stretch[[0, 3]] *= float(stdtrit(weeks, _KNOT_LEVELS[3])) / _KNOTS[3]
    return np.asarray(1 + (stretch - 1) * ruled / (ruled + _RULED))
