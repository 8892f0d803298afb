"""One channel's expected contacts by day and slot: when it is open, its level, its profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from forecast.arma import STEADY, Arma
from forecast.days import HOLIDAY, BoolArray, Days, FloatArray, IntArray, weighted_sums
from forecast.level import LevelInput, fit_level
from forecast.opening import Opening
from forecast.profile import ProfileChoice, choose, profiles

Method = Literal["level_profile", "trend_profile", "weekday_mean", "seasonal_naive"]
METHODS: tuple[Method, ...] = (
    "level_profile",
    "trend_profile",
    "weekday_mean",
    "seasonal_naive",
)

_NAIVE_DAYS = 56
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
    arma
        Parameters of the level; given back to tell an earlier origin without estimating again.
    notes
        Sentences about what was done.
    effects
        Factors on a day's volume by name.
    """

    rates: FloatArray
    open_day: BoolArray
    level: FloatArray
    arma: Arma
    notes: tuple[str, ...] = ()
    effects: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Basis:
    """
    What every method starts from: totals, opening and the chosen profile.

    Parameters
    ----------
    past
        What is known.
    total
        Contacts of each past day, gaps filled by the profile; NaN where too little is known.
    opening
        When the channel is open.
    choices, profile
        Ways of averaging past days and what they give, (8, S).
    shares
        Share of the day by slot for each of the N days, (N, S).
    """

    past: Past
    total: FloatArray
    opening: Opening
    choices: tuple[ProfileChoice, ...]
    profile: FloatArray
    shares: FloatArray

    @classmethod
    def of(cls, past: Past, choices: Sequence[ProfileChoice] | None = None) -> Basis:
        """Work it out; `choices` are kept where they are given, for backtests."""
        total = _day_totals(past)
        opening = Opening.of(total, past.days)
        known = len(past.grid)
        kind = _types(past.days)[:known]
        shapes = np.where(opening.shut[:known, None], np.nan, past.grid)
        chosen = tuple(choose(shapes, kind) if choices is None else choices)
        profile = profiles(shapes, kind, chosen)
        shares = _shares(profile, shapes, past.days)
        return cls(past, total, opening, chosen, profile, shares)


def tell(basis: Basis, method: Method, arma: Arma | None = None) -> Told:
    """
    Expected contacts of every day, from the past alone.

    Parameters
    ----------
    basis
        What is known, prepared.
    method
        `level_profile`: regression and ARMA on daily totals times a chosen profile;
        `trend_profile`: the same with a trend up to today, held from there on;
        `weekday_mean`: mean of the same weekday's days, recent ones counting more;
        `seasonal_naive`: the same day of the last known week.
    arma
        Parameters of the level to keep instead of estimating them, for backtests.
    """
    past, opening = basis.past, basis.opening
    if method == "seasonal_naive":
        rates = last_week_repeated(past.grid, past.days)
        level = rates.sum(axis=1)
        return Told(rates, level > 0, level, STEADY)
    known = len(past.grid)
    working = np.flatnonzero(opening.open_weekday[past.days.weekday])
    count = int(np.searchsorted(working, known))
    total = np.where(opening.shut[:known], np.nan, basis.total)
    daily = np.zeros(len(past.days))
    used, effects, notes = STEADY, {}, list(opening.notes)
    if count and np.isfinite(total[working[:count]]).any():
        if method == "weekday_mean":
            daily = _weekday_means(past.days, total)
        else:
            table = _level_input(past.days, total, opening, working)
            level = fit_level(table, count, trend=method == "trend_profile", arma=arma)
            daily[working], used, effects = level.expected, level.arma, level.effects
            if used.note:
                notes.append(used.note)
    # What an unknown day would have brought is told: an event's effect is measured against it.
    closed = opening.shut.copy()
    closed[:known] &= np.isfinite(basis.total)
    open_day = opening.open_weekday[past.days.weekday] & ~closed
    daily = np.where(open_day, daily, 0.0)
    return Told(daily[:, None] * basis.shares, open_day, daily, used, tuple(notes), effects)


def _level_input(days: Days, total: FloatArray, opening: Opening, working: IntArray) -> LevelInput:
    totals = np.full(len(days), np.nan)
    totals[: len(total)] = total
    # The day after a stretch of closed days: the last working day before it was unusual.
    unusual = opening.shut | days.is_holiday
    after = np.zeros(len(days), dtype=np.bool_)
    after[working[1:]] = unusual[working[:-1]]
    return LevelInput(
        totals[working],
        days.weekday[working],
        days.is_holiday[working],
        days.is_eve[working],
        (after & ~unusual)[working],
        days.month_phase[working],
    )


def _day_totals(past: Past) -> FloatArray:
    """Contacts of each past day; gaps filled by the weekday's profile, NaN if too little known."""
    known = np.isfinite(past.grid)
    volume = np.where(known, past.grid, 0.0)
    weekday = past.days.weekday[: len(past.grid)]
    member = (weekday == np.arange(7)[:, None]).astype(float)
    count = weighted_sums(member, known.astype(float))
    mean = np.divide(
        weighted_sums(member, volume), count, out=np.zeros_like(count), where=count > 0
    )
    usual = mean[weekday]
    whole = usual.sum(axis=1)
    seen = np.where(known, usual, 0.0).sum(axis=1)
    part = np.divide(seen, whole, out=known.any(axis=1).astype(float), where=whole > 0)
    total = volume.sum(axis=1)
    enough = part >= _KNOWN_PART
    return np.asarray(np.divide(total, part, out=np.full(len(total), np.nan), where=enough))


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
    # A weekday that a short history has not met is taken as the mean of the others.
    means = np.full(7, float(np.average(volume, weights=weight)) if weight.any() else 0.0)
    for number in range(7):
        of_day = days.weekday[:known] == number
        if weight[of_day].sum() > 0:
            means[number] = float(np.average(volume[of_day], weights=weight[of_day]))
    return np.asarray(means[days.weekday])


def last_week_repeated(grid: FloatArray, days: Days) -> FloatArray:
    """
    Each slot as in the last week in which it was known on that weekday: the seasonal naive.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    days
        At least those D days.

    Returns
    -------
    ndarray
        Shape (N, S), for every one of the days.
    """
    known = len(grid)
    weekday = days.weekday
    latest = np.zeros((7, grid.shape[1]))
    for index in range(max(0, known - _NAIVE_DAYS), known):
        row = grid[index]
        latest[weekday[index]] = np.where(np.isfinite(row), row, latest[weekday[index]])
    return np.asarray(latest[weekday])


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
