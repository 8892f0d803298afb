"""One channel's expected contacts by day and slot: when it is open, its level, its profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from forecast.days import HOLIDAY, BoolArray, Days, FloatArray, IntArray
from forecast.level import STEADY, Arma, Level, LevelInput, fit_level
from forecast.profile import ProfileChoice, choose, profiles

Method = Literal["level_profile", "weekday_mean", "seasonal_naive"]
METHODS: tuple[Method, ...] = ("level_profile", "weekday_mean", "seasonal_naive")

_EMPTY_SHARE = 0.02  # of a usual day: below it an open day counts as closed
_MEAN_HALF_LIFE = 4.0  # weeks, of the weekday mean
_KNOWN_PART = 0.5  # of a day that must be known for its total to be told


@dataclass(frozen=True)
class Past:
    """
    What is known of one channel at an origin.

    Parameters
    ----------
    grid
        Contacts by day and slot with bursts pulled in and events taken out, shape (D, S);
        NaN where unknown.
    days
        At least the D days of the grid; those after it are to be told.
    """

    grid: FloatArray
    days: Days

    def until(self, count: int) -> Past:
        """The same with only the first `count` days known."""
        return Past(self.grid[:count], self.days)


@dataclass(frozen=True)
class Told:
    """
    What a method makes of the past.

    Parameters
    ----------
    rates
        Expected contacts by day and slot of all N days, history (fitted) and future, (N, S).
    open_day
        Days on which the channel is open, shape (N,).
    level
        Contacts a day, shape (N,).
    profile
        Shares by type of day, shape (8, S).
    choices, arma
        What was selected; given back to refit at an earlier origin without selecting again.
    notes
        Sentences about what was done.
    effects
        Factors on a day's volume by name.
    """

    rates: FloatArray
    open_day: BoolArray
    level: FloatArray
    profile: FloatArray
    choices: tuple[ProfileChoice, ...]
    arma: Arma
    notes: tuple[str, ...] = ()
    effects: dict[str, float] = field(default_factory=dict)


def tell(past: Past, method: Method, like: Told | None = None) -> Told:
    """
    Expected contacts of every day, from the past alone.

    Parameters
    ----------
    past
        What is known.
    method
        `level_profile`: regression and ARMA on daily totals times a chosen profile;
        `weekday_mean`: mean of the same weekday's days, recent ones counting more;
        `seasonal_naive`: the same day of the last known week.
    like
        An earlier answer whose selections are kept, for backtests.
    """
    if method == "seasonal_naive":
        return _seasonal_naive(past)
    total = _day_totals(past)
    opening = _Opening.of(past, total)
    kind = _types(past.days)
    known = len(past.grid)
    shut = opening.shut[:known]
    shapes = np.where(shut[:, None], np.nan, past.grid)
    choices = tuple(choose(shapes, kind[:known])) if like is None else like.choices
    profile = profiles(shapes, kind[:known], choices)
    shares = _shares(profile, shapes, past.days)
    working = np.flatnonzero(opening.open_weekday[past.days.weekday])
    count = int(np.searchsorted(working, known))
    daily = np.zeros(len(past.days))
    arma, effects, notes = STEADY, {}, list(opening.notes)
    if count and np.isfinite(total[working[:count]]).any():
        if method == "level_profile":
            level = _level(past.days, total, opening, working, count, like)
            daily[working], arma, effects = level.expected, level.arma, level.effects
            if arma.note:
                notes.append(arma.note)
        else:
            daily = _weekday_means(past.days, np.where(shut, np.nan, total[:known]))
    open_day = opening.open_weekday[past.days.weekday] & ~opening.shut
    daily = np.where(open_day, daily, 0.0)
    rates = daily[:, None] * shares
    return Told(rates, open_day, daily, profile, choices, arma, tuple(notes), effects)


def _level(
    days: Days,
    total: FloatArray,
    opening: _Opening,
    working: IntArray,
    count: int,
    like: Told | None,
) -> Level:
    totals = np.full(len(days), np.nan)
    totals[: len(total)] = np.where(opening.shut[: len(total)], np.nan, total)
    # The day after a stretch of closed days: the last working day before it was unusual.
    unusual = opening.shut | days.is_holiday
    after = np.zeros(len(days), dtype=np.bool_)
    after[working[1:]] = unusual[working[:-1]]
    table = LevelInput(
        totals[working],
        days.weekday[working],
        days.is_holiday[working],
        days.is_eve[working],
        (after & ~unusual)[working],
        days.month_phase[working],
    )
    return fit_level(table, count, None if like is None else like.arma)


def _day_totals(past: Past) -> FloatArray:
    """Contacts of each past day; gaps filled by the weekday's profile, NaN if too little known."""
    known = np.isfinite(past.grid)
    volume = np.where(known, past.grid, 0.0)
    weekday = past.days.weekday[: len(past.grid)]
    member = (weekday == np.arange(7)[:, None]).astype(float)
    count = member @ known
    mean = np.divide(member @ volume, count, out=np.zeros_like(count), where=count > 0)
    usual = mean[weekday]
    whole = usual.sum(axis=1)
    seen = np.where(known, usual, 0.0).sum(axis=1)
    part = np.divide(seen, whole, out=known.any(axis=1).astype(float), where=whole > 0)
    total = volume.sum(axis=1)
    enough = part >= _KNOWN_PART
    return np.asarray(np.divide(total, part, out=np.full(len(total), np.nan), where=enough))


@dataclass(frozen=True)
class _Opening:
    """
    When a channel is open.

    Parameters
    ----------
    open_weekday
        Weekdays on which it normally is, shape (7,).
    shut
        Days on which it is not although the weekday is open, of all N days.
    notes
        Sentences.
    """

    open_weekday: BoolArray
    shut: BoolArray
    notes: tuple[str, ...]

    @classmethod
    def of(cls, past: Past, total: FloatArray) -> _Opening:
        known = len(past.grid)
        days = past.days
        weekday = days.weekday[:known]
        usual = np.zeros(7)
        open_weekday = np.zeros(7, dtype=np.bool_)
        for number in range(7):
            of_day = total[weekday == number]
            of_day = of_day[np.isfinite(of_day)]
            working = of_day[of_day > 0]
            usual[number] = float(np.median(working)) if len(working) else 0.0
            # The last four weeks say whether a weekday is open now.
            open_weekday[number] = bool(len(of_day) and (of_day[-4:] > 0).any())
        with np.errstate(invalid="ignore"):
            empty = np.nan_to_num(total, nan=0.0) < _EMPTY_SHARE * usual[weekday]
        # One or two empty days are no closure where a usual day has but a few contacts.
        empty &= ~((total == 0) & (usual[weekday] < 6))
        shut = days.closed.copy()
        shut[:known] |= empty
        holiday_shut = _shut_holidays(days, shut[:known], open_weekday, known)
        shut[known:] |= holiday_shut[known:]
        return cls(open_weekday, shut, _opening_notes(days, open_weekday, weekday))


def _shut_holidays(days: Days, shut: BoolArray, open_weekday: BoolArray, known: int) -> BoolArray:
    """Holidays that are closed: as the same one was last time, else as most of the others were."""
    asked = open_weekday[days.weekday] & days.is_holiday
    seen: dict[str, bool] = {
        days.holiday[index]: bool(shut[index]) for index in np.flatnonzero(asked[:known])
    }
    mostly = sum(seen.values()) * 2 > len(seen)
    return np.array(
        [bool(name) and seen.get(name, mostly) for name in days.holiday], dtype=np.bool_
    )


def _opening_notes(days: Days, open_weekday: BoolArray, weekday: IntArray) -> tuple[str, ...]:
    notes = []
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    absent = [name for name, is_open in zip(names, open_weekday, strict=True) if not is_open]
    if absent and len(absent) < 7:
        notes.append(f"no contacts on a {', '.join(absent)} lately: forecast as closed")
    known = len(weekday)
    future = days.is_holiday[known:].any()
    if future and not days.is_holiday[:known].any():
        notes.append("no public holiday in the history: holidays are forecast as ordinary days")
    return tuple(notes)


def _types(days: Days) -> IntArray:
    return np.asarray(np.where(days.is_holiday, HOLIDAY, days.weekday))


def _shares(profile: FloatArray, shapes: FloatArray, days: Days) -> FloatArray:
    """Profile of each day; a holiday's is half its weekday's own, as holidays are few."""
    kind = _types(days)
    shares = profile[days.weekday].copy()
    holiday = kind == HOLIDAY
    if (holiday[: len(shapes)] & np.isfinite(shapes).any(axis=1)).any():
        mixed = 0.5 * (profile[HOLIDAY] + profile[days.weekday[holiday]])
        # A slot closed on that weekday stays closed on a holiday.
        mixed = np.where(profile[days.weekday[holiday]] > 0, mixed, 0.0)
        total = mixed.sum(axis=1, keepdims=True)
        shares[holiday] = np.divide(mixed, total, out=mixed.copy(), where=total > 0)
    return shares


def _weekday_means(days: Days, total: FloatArray) -> FloatArray:
    """Recency-weighted mean of the same weekday's ordinary days, for all N days."""
    known = len(total)
    age_weeks = (known - 1 - np.arange(known)) / 7
    ordinary = np.isfinite(total) & ~days.is_holiday[:known]
    weight = np.where(ordinary, 0.5 ** (age_weeks / _MEAN_HALF_LIFE), 0.0)
    volume = np.where(ordinary, total, 0.0)
    means = np.zeros(7)
    for number in range(7):
        of_day = days.weekday[:known] == number
        if weight[of_day].sum() > 0:
            means[number] = float(np.average(volume[of_day], weights=weight[of_day]))
    return np.asarray(means[days.weekday])


def _seasonal_naive(past: Past) -> Told:
    """Each slot as in the last week in which it was known on that weekday."""
    known = len(past.grid)
    weekday = past.days.weekday
    latest = np.zeros((7, past.grid.shape[1]))
    for index in range(max(0, known - 56), known):
        row = past.grid[index]
        latest[weekday[index]] = np.where(np.isfinite(row), row, latest[weekday[index]])
    rates = latest[weekday]
    level = rates.sum(axis=1)
    profile = np.zeros((HOLIDAY + 1, past.grid.shape[1]))
    return Told(rates, level > 0, level, profile, (), STEADY)


def methods_named(names: Sequence[str]) -> tuple[Method, ...]:
    """
    Methods by name, in the order given.

    Raises
    ------
    InvalidValueError
        When a name is unknown.
    """
    from scenario.errors import InvalidValueError

    chosen: list[Method] = []
    for name in names:
        for method in METHODS:
            if name.strip() == method:
                chosen.append(method)
                break
        else:
            raise InvalidValueError("methods", f"of {', '.join(METHODS)}", name)
    return tuple(chosen)
