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
_TWO_YEARS = 1.95  # of working days: a season of the year must have come twice
_LEVEL_HALF_LIFE = 20  # open days: four weeks of a level that moves slowly
_ROUNDS = 3  # calendar and level explain each other's rest so often
_TREND_PENALTY = 1500.0  # as of so many weeks' evidence against growth
_GROWTH_WEEKS = 8.0  # growth ahead fades with this time constant
_AFTER = 9  # column of the design: first open day after a closure
_SPECIAL = slice(7, 10)  # holidays, their eves, the day after
_MONTH = slice(10, 14)  # two waves
_WAVES_DOUBT = 0.5  # times what noise would explain
_YEAR_WAVES = 4


@dataclass(frozen=True)
class LevelInput:
    """
    Daily totals of the days on which a channel is normally open, and the calendar.

    Parameters
    ----------
    total
        Contacts a day, shape (W,); NaN where closed or unknown.
    weekday
        0 to 6, shape (W,).
    holiday, eve, after
        Public holidays, their eves, and first open days after a holiday or an unusual closure;
        shape (W,).
    month_phase, year_phase
        Position within the month and the year in (0, 1), shape (W,).
    """

    total: FloatArray
    weekday: IntArray
    holiday: BoolArray
    eve: BoolArray
    after: BoolArray
    month_phase: FloatArray
    year_phase: FloatArray


@dataclass(frozen=True)
class Level:
    """
    A fitted level.

    Parameters
    ----------
    arma
        Parameters of the rest.
    expected
        Expected contacts a day over all W days, history and future, shape (W,), closures
        apart.
    special
        Factor of holidays, eves and days after a closure on each of the W days.
    effects
        Factors on the volume by name: what holidays, eves and the day after do.
    """

    arma: Arma
    expected: FloatArray
    special: FloatArray
    effects: dict[str, float]


@dataclass(frozen=True)
class Lines:
    """
    The calendar's part of some daily figures.

    Parameters
    ----------
    told
        Over all W days, a moving level included where asked for, shape (W, K).
    special
        The part of holidays, eves and days after a closure, shape (W, K).
    coefficients
        Of the design's columns, shape (J, K).
    """

    told: FloatArray
    special: FloatArray
    coefficients: FloatArray


def fit_level(
    days: LevelInput, calm: FloatArray, *, trend: bool = False, arma: Arma | None = None
) -> Level:
    """
    Fit the known days and tell all of them.

    Parameters
    ----------
    days
        W days.
    calm
        Log totals of the known ones, outliers pulled in, from `winsorised`.
    trend
        Whether a steady growth, drawn to none, is allowed for in place of a level that moves.
        It fades ahead: a level that keeps growing misleads over months.
    arma
        Parameters to use instead of estimating them.

    Returns
    -------
    Level
        Expected totals: fitted for the history, forecast after it.
    """
    lines = calendar_lines(days, calm[:, None], moving=np.array([not trend]), trend=trend)
    return level_upon(lines, 0, days, calm, arma)


def level_upon(
    lines: Lines, column: int, days: LevelInput, calm: FloatArray, arma: Arma | None
) -> Level:
    """The level of log totals whose calendar's part is one of the lines; see `fit_level`."""
    known = len(calm)
    line, coefficients = lines.told[:, column], lines.coefficients[:, column]
    rest = calm - line[:known]
    if arma is None:
        arma = fit(rest)
    ahead, fitted = predict_rest(rest, arma, len(line) - known)
    expected = smeared(line + np.concatenate([fitted, ahead]), calm)
    names = ("holiday", "eve", "day after a closure")
    seen = np.isfinite(calm)
    effects = {
        name: math.exp(effect)
        for name, effect, flag in zip(
            names, coefficients[_SPECIAL], (days.holiday, days.eve, days.after), strict=True
        )
        if flag[:known][seen].any()
    }
    return Level(arma, expected, np.exp(lines.special[:, column]), effects)


def smeared(log_level: FloatArray, calm: FloatArray) -> FloatArray:
    """Back from logs: the mean exceeds the exponential of the mean log."""
    seen = np.isfinite(calm)
    told = float(np.exp(log_level[: len(calm)][seen]).sum())
    smearing = float(np.exp(calm[seen]).sum()) / told if told > 0 else 1.0
    return np.asarray(np.exp(log_level) * smearing)


def calendar_lines(
    days: LevelInput, figures: FloatArray, *, moving: BoolArray, trend: bool = False
) -> Lines:
    """
    The calendar's part of daily figures, upon a slowly moving level where asked for.

    The level is what the calendar leaves, averaged with weights that halve every four weeks to
    both sides; ahead it stays where it is. Without it the rest would draw the forecast back to
    the mean of the whole history, which a growing channel has left long ago.

    Parameters
    ----------
    days
        W days.
    figures
        K figures of the known days, e.g. log totals, shape (n, K); all of a day's are unknown
        (NaN) or none is.
    moving
        Whose level moves, shape (K,).
    trend
        Whether they grow steadily.
    """
    known = len(figures)
    design, penalty = _design(days, known, trend=trend)
    seen = np.isfinite(figures[:, 0])
    x, y = design[:known][seen], figures[seen]
    inverse = np.linalg.inv(np.einsum("nj,nk->jk", x, x) + np.diag(penalty))
    waves = np.arange(_MONTH.start, design.shape[1] - trend)
    groups = [group for group in (waves[:4], waves[4:]) if len(group) and len(y)]
    first, others = _weekdays_after_closed(design)
    prior = np.zeros((design.shape[1], figures.shape[1]))
    near = _both_sides(seen.astype(float)[:, None])
    level = np.zeros(figures.shape)
    coefficients = np.zeros(prior.shape)
    for _ in range(_ROUNDS):
        steady = y - level[seen]
        prior[:7] = steady.mean(axis=0) if len(y) else 0.0
        if first.any() and others.any():
            # The day after a holiday is expected to be what that after a closed weekend is.
            weekday = coefficients[:7]
            prior[_AFTER] = weekday[first].mean(axis=0) - weekday[others].mean(axis=0)
        right = np.einsum("nj,nk->jk", x, steady) + penalty[:, None] * prior
        coefficients = np.einsum("ji,ik->jk", inverse, right)
        for group in groups:
            coefficients[group] *= _belief(x, steady, coefficients, group)
        if moving.any():
            left = np.zeros(figures.shape)
            left[seen] = y - np.einsum("nj,jk->nk", x, coefficients)
            level = np.where(moving, _both_sides(left) / near, 0.0)
    told = np.einsum("nj,jk->nk", design, coefficients)
    told[:known] += level
    told[known:] += level[-1]
    special = np.einsum("nj,jk->nk", design[:, _SPECIAL], coefficients[_SPECIAL])
    return Lines(told, special, coefficients)


def _weekdays_after_closed(design: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Open weekdays before which the channel is closed, and the other open ones, (7,) each."""
    is_open = design[:, :7].any(axis=0)
    first = is_open & ~np.roll(is_open, 1)
    return first, is_open & ~first


def _belief(x: FloatArray, y: FloatArray, coefficients: FloatArray, waves: IntArray) -> FloatArray:
    """
    How far some waves are believed, in [0, 1]: not at all where noise makes as many; (K,).

    Positive-part shrinkage of James and Stein: what the waves explain against what they would
    explain by accident.
    """
    explained = np.einsum("nj,jk->nk", x[:, waves], coefficients[waves])
    noise = (y - np.einsum("nj,jk->nk", x, coefficients)).var(axis=0)
    by_accident = _WAVES_DOUBT * len(waves) * noise
    found = (explained**2).sum(axis=0)
    ratio = np.divide(by_accident, found, out=np.ones_like(found), where=found > 0)
    return np.asarray(np.maximum(1 - ratio, 0.0))


def _both_sides(values: FloatArray) -> FloatArray:
    """Sums about each day (row) with weights that halve every `_LEVEL_HALF_LIFE` days."""
    from scipy.signal import lfilter

    fade = 0.5 ** (1 / _LEVEL_HALF_LIFE)
    both = np.concatenate([values, values[::-1]], axis=1)
    summed = lfilter([1.0], [1.0, -fade], both, axis=0)
    width = values.shape[1]
    return np.asarray(summed[:, :width] + summed[::-1, width:] - values)


def _design(days: LevelInput, known: int, *, trend: bool) -> tuple[FloatArray, FloatArray]:
    """Regressors and the ridge penalty of each, in days of evidence."""
    columns = [(days.weekday == weekday).astype(float) for weekday in range(7)]
    # Weekdays that were never seen take the mean of the others.
    penalty = [0.05] * 7
    for flag, weight in ((days.holiday, 0.3), (days.eve, 0.5), (days.after, 1.0)):
        columns.append(flag.astype(float))
        penalty.append(weight)
    waves = [(days.month_phase, 2)] if known >= _CONFIDENT_DAYS else []
    a_year = 365.25 / 7 * len(np.unique(days.weekday))
    if known >= _TWO_YEARS * a_year:
        waves.append((days.year_phase, _YEAR_WAVES))
    for phase, count in waves:
        for harmonic in range(1, count + 1):
            angle = 2 * np.pi * harmonic * phase
            columns += [np.cos(angle), np.sin(angle)]
            penalty += [0.4 * harmonic**2] * 2
    if trend:
        weeks = (np.arange(len(days.weekday)) - known) / 5
        ahead = _GROWTH_WEEKS * (1 - np.exp(-np.maximum(weeks, 0.0) / _GROWTH_WEEKS))
        columns.append(np.minimum(weeks, 0.0) + ahead)
        penalty.append(_TREND_PENALTY)
    return np.stack(columns, axis=1), np.array(penalty)


def winsorised(days: LevelInput, known: int) -> FloatArray:
    """
    Log totals with outliers pulled in to 3.5 median absolute deviations.

    The deviation is from a rolling median level with the weekdays' medians taken out.
    Holidays and days after a closure are unusual by nature and stay as they are.

    Parameters
    ----------
    days
        W days.
    known
        How many of them are of the past.

    Returns
    -------
    ndarray
        Shape (known,); NaN where the total is.
    """
    observed = np.log(np.maximum(days.total[:known], _FLOOR))
    weekday = days.weekday[:known]
    ordinary = ~(days.holiday | days.after)[:known]
    plain = np.where(ordinary, observed, np.nan)
    if np.isfinite(plain).sum() < 7:
        return np.asarray(observed)
    offset = np.zeros(7)
    for _ in range(2):
        apart = plain - _rolling_median(plain - offset[weekday])
        offset = weekday_medians(apart, weekday, offset)
    middle = _rolling_median(plain - offset[weekday]) + offset[weekday]
    apart = plain - middle
    reach = _OUTLIER_MADS * float(np.median(np.abs(apart[np.isfinite(apart)])))
    inside = middle + np.clip(apart, -reach, reach)
    return np.asarray(np.where(ordinary & np.isfinite(observed), inside, observed))


def weekday_medians(values: FloatArray, weekday: IntArray, otherwise: FloatArray) -> FloatArray:
    """Median of the known values of each weekday, shape (7,)."""
    known = np.isfinite(values)
    count = np.bincount(weekday[known], minlength=7)
    ordered = values[known][np.lexsort((values[known], weekday[known]))]
    first = np.cumsum(count) - count
    met = count > 0
    medians = otherwise.copy()
    low, high = (first + (count - 1) // 2)[met], (first + count // 2)[met]
    medians[met] = 0.5 * (ordered[low] + ordered[high])
    return medians


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
