"""How many contacts a whole day brings: a regression on the calendar and an ARMA(1, 1) rest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from forecast.arma import Arma, fit, predict_rest
from forecast.days import BoolArray, FloatArray, IntArray

_OUTLIER_MADS = 3.5
_LEVEL_WINDOW = 21  # open days of the rolling median
_FLOOR = 0.5  # contacts: stands for an empty day on the log scale
_CONFIDENT_DAYS = 28
_LEVEL_HALF_LIFE = 20  # open days: four weeks of a level that moves slowly
_ROUNDS = 3  # calendar and level explain each other's rest so often
_TREND_PENALTY = 1500.0  # as of so many weeks' evidence against growth
_GROWTH_WEEKS = 8.0  # growth ahead fades with this time constant
_MONTH = slice(10, 14)  # columns of the design: two waves
_MONTH_DOUBT = 1.0  # times what noise would explain


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
    months = known >= _CONFIDENT_DAYS
    design, penalty = _design(days, months=months)
    if trend:
        weeks = (np.arange(len(design)) - known) / 5
        ahead_weeks = _GROWTH_WEEKS * (1 - np.exp(-np.maximum(weeks, 0.0) / _GROWTH_WEEKS))
        design = np.column_stack([design, np.minimum(weeks, 0.0) + ahead_weeks])
        penalty = np.append(penalty, _TREND_PENALTY)
    observed = np.log(np.maximum(past.total, _FLOOR))
    clipped = winsorised(observed, past)
    line, coefficients = _line(design, penalty, clipped, months=months, moving=not trend)
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
    design: FloatArray, penalty: FloatArray, clipped: FloatArray, *, months: bool, moving: bool
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
        if months:
            coefficients[_MONTH] *= _belief(x, steady, coefficients)
        line = np.einsum("nj,j->n", design, coefficients)
        if moving:
            level[:known] = _both_sides(np.where(seen, clipped - line[:known], 0.0)) / near
            level[known:] = level[known - 1]
    return line + level, coefficients


def _belief(x: FloatArray, y: FloatArray, coefficients: FloatArray) -> float:
    """
    How far the month's waves are believed, in [0, 1]: not at all where noise makes as many.

    Positive-part shrinkage of James and Stein: what the waves explain against what they would
    explain by accident.
    """
    explained = np.einsum("nj,j->n", x[:, _MONTH], coefficients[_MONTH])
    noise = float(np.var(y - np.einsum("nj,j->n", x, coefficients)))
    by_accident = _MONTH_DOUBT * 4 * noise
    found = float((explained**2).sum())
    return max(0.0, 1 - by_accident / found) if found > 0 else 0.0


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
        penalty += [0.4 * harmonic**2] * 2
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
