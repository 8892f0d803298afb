"""How many contacts a whole day brings: a regression on the calendar and an ARMA(1, 1) rest."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from forecast.days import BoolArray, FloatArray, IntArray

_OUTLIER_MADS = 3.5
_LEVEL_WINDOW = 21  # open days of the rolling median
_FLOOR = 0.5  # contacts: stands for an empty day on the log scale
_CONFIDENT_DAYS = 28
_LEVEL_HALF_LIFE = 20  # open days: four weeks of a level that moves slowly
_ROUNDS = 3  # calendar and level explain each other's rest so often
_TREND_PENALTY = 1500.0  # as of so many weeks' evidence against growth
_GROWTH_WEEKS = 8.0  # growth ahead fades with this time constant
_TINY = 1e-10
_FIRST_VARIANCE = 1.5  # of the first day's rest, in variances of a day's surprise


@dataclass(frozen=True)
class LevelInput:
    """
    Daily totals of the days on which a channel is normally open, and the calendar.

    Parameters
    ----------
    total
        Contacts a day, shape (N,); NaN where closed or unknown.
    weekday
        0 to 6, shape (N,).
    holiday, eve, after
        Public holidays, their eves, and first open days after a holiday or an unusual closure;
        shape (N,).
    month_phase
        Position within the month in (0, 1), shape (N,).
    """

    total: FloatArray
    weekday: IntArray
    holiday: BoolArray
    eve: BoolArray
    after: BoolArray
    month_phase: FloatArray

    def until(self, count: int) -> LevelInput:
        """The first `count` days."""
        return LevelInput(*(getattr(self, name)[:count] for name in self.__dataclass_fields__))


@dataclass(frozen=True, slots=True)
class Arma:
    """
    Parameters of x[t] = ar x[t-1] + e[t] + ma e[t-1].

    Parameters
    ----------
    ar, ma
        Within (-1, 1).
    note
        What was done when the fit did not settle; empty when it did.
    """

    ar: float
    ma: float
    note: str = ""


STEADY = Arma(0.9, -0.6)
"""Slow exponential smoothing: what a fit that does not settle falls back on."""


@dataclass(frozen=True)
class Level:
    """
    A fitted level.

    Parameters
    ----------
    arma
        Parameters of the rest.
    expected
        Expected contacts a day over all N days, history and future, shape (N,), closures
        apart.
    effects
        Factors on the volume by name: what holidays, eves and the day after do.
    """

    arma: Arma
    expected: FloatArray
    effects: dict[str, float]


def fit_level(
    days: LevelInput, known: int, *, trend: bool = False, arma: Arma | None = None
) -> Level:
    """
    Fit the first `known` days and tell all of them.

    Parameters
    ----------
    days
        N days, of which the totals from `known` on are not looked at.
    known
        Days of history, at least 1.
    trend
        Whether a steady growth, drawn to none, is allowed for. It fades ahead: a level that
        keeps growing misleads over months.
    arma
        Parameters to use instead of estimating them.

    Returns
    -------
    Level
        Expected totals: fitted for the history, forecast after it.
    """
    past = days.until(known)
    design, penalty = _design(days, months=known >= _CONFIDENT_DAYS)
    if trend:
        weeks = (np.arange(len(design)) - known) / 5
        ahead_weeks = _GROWTH_WEEKS * (1 - np.exp(-np.maximum(weeks, 0.0) / _GROWTH_WEEKS))
        design = np.column_stack([design, np.minimum(weeks, 0.0) + ahead_weeks])
        penalty = np.append(penalty, _TREND_PENALTY)
    observed = np.log(np.maximum(past.total, _FLOOR))
    clipped = winsorised(observed, past)
    line, coefficients = _line(design, penalty, clipped, moving=not trend)
    seen = np.isfinite(clipped)
    rest = clipped - line[:known]
    if arma is None:
        arma = fit(rest)
    ahead, fitted = predict_rest(rest, arma, len(line) - known)
    log_level = line + np.concatenate([fitted, ahead])
    # Back from logs: the mean exceeds the exponential of the mean log.
    told = float(np.exp(log_level[:known][seen]).sum())
    smearing = float(np.exp(clipped[seen]).sum()) / told if told > 0 else 1.0
    names = ("holiday", "eve", "day after a closure")
    effects = {
        name: math.exp(coefficients[7 + index])
        for index, name in enumerate(names)
        if design[:known, 7 + index][seen].any()
    }
    return Level(arma, np.exp(log_level) * smearing, effects)


def _line(
    design: FloatArray, penalty: FloatArray, clipped: FloatArray, *, moving: bool
) -> tuple[FloatArray, FloatArray]:
    """
    The calendar's part of the log totals, upon a slowly moving level where asked for.

    The level is what the calendar leaves, averaged with weights that halve every four weeks to
    both sides; ahead it stays where it is. Without it the rest would draw the forecast back to
    the mean of the whole history, which a growing channel has left long ago.
    """
    known = len(clipped)
    seen = np.isfinite(clipped)
    x, y = design[:known][seen], clipped[seen]
    inverse = np.linalg.inv(np.einsum("nj,nk->jk", x, x) + np.diag(penalty))
    level = np.zeros(len(design))
    near = _both_sides(seen.astype(float))
    for _ in range(_ROUNDS if moving else 1):
        steady = y - level[:known][seen]
        right = np.einsum("nj,n->j", x, steady) + penalty * _prior(steady, design)
        coefficients = np.einsum("jk,k->j", inverse, right)
        line = np.einsum("nj,j->n", design, coefficients)
        if moving:
            level[:known] = _both_sides(np.where(seen, clipped - line[:known], 0.0)) / near
            level[known:] = level[known - 1]
    return line + level, coefficients


def _both_sides(values: FloatArray) -> FloatArray:
    """Sums about each day with weights that halve every `_LEVEL_HALF_LIFE` days."""
    from scipy.signal import lfilter

    fade = 0.5 ** (1 / _LEVEL_HALF_LIFE)
    before = lfilter([1.0], [1.0, -fade], values)
    after = lfilter([1.0], [1.0, -fade], values[::-1])[::-1]
    return np.asarray(before + after - values)


def _design(days: LevelInput, *, months: bool) -> tuple[FloatArray, FloatArray]:
    """Regressors and the ridge penalty of each, in days of evidence."""
    columns = [(days.weekday == weekday).astype(float) for weekday in range(7)]
    # Weekdays that were never seen take the mean of the others.
    penalty = [0.05] * 7
    for flag, weight in ((days.holiday, 0.3), (days.eve, 2.0), (days.after, 1.0)):
        columns.append(flag.astype(float))
        penalty.append(weight)
    for harmonic in (1, 2) if months else ():
        angle = 2 * np.pi * harmonic * days.month_phase
        columns += [np.cos(angle), np.sin(angle)]
        penalty += [2.0 * harmonic**2] * 2
    return np.stack(columns, axis=1), np.array(penalty)


def _prior(y: FloatArray, design: FloatArray) -> FloatArray:
    """What a coefficient without evidence is: the mean level, and no effect."""
    prior = np.zeros(design.shape[1])
    prior[:7] = y.mean() if len(y) else 0.0
    return prior


def winsorised(observed: FloatArray, days: LevelInput) -> FloatArray:
    """
    Log totals with outliers pulled in to 3.5 median absolute deviations.

    The deviation is from a rolling median level with the weekdays' medians taken out.
    Holidays and days after a closure are unusual by nature and stay as they are.
    """
    ordinary = ~(days.holiday | days.after)
    plain = np.where(ordinary, observed, np.nan)
    if np.isfinite(plain).sum() < 7:
        return observed
    offset = np.zeros(7)
    level = np.zeros(len(plain))
    for _ in range(2):
        level = _rolling_median(plain - offset[days.weekday])
        for weekday in range(7):
            apart = (plain - level)[days.weekday == weekday]
            if np.isfinite(apart).any():
                offset[weekday] = float(np.nanmedian(apart))
    middle = _rolling_median(plain - offset[days.weekday]) + offset[days.weekday]
    apart = plain - middle
    reach = _OUTLIER_MADS * float(np.nanmedian(np.abs(apart)))
    inside = middle + np.clip(apart, -reach, reach)
    return np.asarray(np.where(ordinary & np.isfinite(observed), inside, observed))


def _rolling_median(values: FloatArray) -> FloatArray:
    """Median of the known values about each day; between known days where none is near."""
    half = _LEVEL_WINDOW // 2
    padded = np.pad(values, half, constant_values=np.nan)
    # Sorting puts NaN last: the known values of each window come first.
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(padded, _LEVEL_WINDOW), axis=1)
    count = np.isfinite(windows).sum(axis=1)
    near = np.flatnonzero(count)
    low = windows[near, (count[near] - 1) // 2]
    high = windows[near, count[near] // 2]
    return np.asarray(np.interp(np.arange(len(values)), near, 0.5 * (low + high)))


def fit(rest: FloatArray) -> Arma:
    """
    Estimate ARMA(1, 1) by maximum likelihood: the one statsmodels fit.

    Parameters
    ----------
    rest
        What the regression leaves, on the log scale, shape (N,), NaN where unknown.

    Returns
    -------
    Arma
        `STEADY` with a note when there is too little to fit or the search does not settle.
    """
    seen = rest[np.isfinite(rest)]
    variance = float(np.var(seen)) if len(seen) else 0.0
    if len(seen) < _CONFIDENT_DAYS or variance < _TINY:
        return Arma(STEADY.ar, STEADY.ma, "too few or too even days to fit the level's memory")
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    # statsmodels resets the warning filters when imported, hence the local ones.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Beginning with a variance near the stationary one spares solving for that at every
        # step. The simplex needs no linear algebra: the library's threads crawl on matrices as
        # small as a gradient's.
        model = SARIMAX(
            rest,
            order=(1, 0, 1),
            concentrate_scale=True,
            initialization="known",
            initial_state=np.zeros(2),
            initial_state_cov=np.diag([_FIRST_VARIANCE, 0.0]),
        )
        settled: list[Arma] = []
        for start in ((0.8, -0.3), (0.97, -0.9), (0.3, 0.1)):
            try:
                result = model.fit(
                    start_params=start,
                    method="nm",
                    disp=False,
                    cov_type="none",
                    maxiter=200,
                    xtol=1e-3,
                    ftol=1e-4,
                )
            except (np.linalg.LinAlgError, ValueError):
                continue
            if result.mle_retvals["converged"] and np.all(np.isfinite(result.params)):
                fitted = [float(np.clip(value, -0.995, 0.995)) for value in result.params[:2]]
                settled.append(Arma(fitted[0], fitted[1]))
                # A level that swings to and fro is an accident of few days: look further.
                if fitted[0] >= 0:
                    return settled[-1]
    if settled:
        return settled[0]
    return Arma(STEADY.ar, STEADY.ma, "the level's memory did not settle; a steady one is used")


def predict_rest(rest: FloatArray, arma: Arma, ahead: int) -> tuple[FloatArray, FloatArray]:
    """
    Mean of the days ahead, and of each past day given the days before it.

    The Kalman filter of ARMA(1, 1) with innovation variance 1, as statsmodels' own with the
    same parameters, without the cost of building a model for every backtest.

    Parameters
    ----------
    rest
        Shape (N,), NaN where unknown.
    arma
        Parameters.
    ahead
        Days to tell.

    Returns
    -------
    tuple of ndarray
        Shapes (ahead,) and (N,).
    """
    ar, ma = arma.ar, arma.ma
    # State: expected value of the next day and its part that dies at once.
    mean, carried = 0.0, 0.0
    variance = (1 + 2 * ar * ma + ma * ma) / (1 - ar * ar)
    covariance, tail = ma, ma * ma
    fitted = np.empty(len(rest))
    for index, value in enumerate(rest.tolist()):
        fitted[index] = mean
        if value == value:  # known
            gain, tail_gain = 1.0, covariance / variance
            surprise = value - mean
            mean += gain * surprise
            carried += tail_gain * surprise
            tail -= tail_gain * covariance
            variance, covariance = 0.0, 0.0
        mean, carried = ar * mean + carried, 0.0
        variance = ar * ar * variance + 2 * ar * covariance + tail + 1
        covariance, tail = ma, ma * ma
    return np.asarray(mean * ar ** np.arange(ahead), dtype=np.float64), fitted
