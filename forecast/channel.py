"""What is known of one channel at an origin: its days, when it is open, its profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecast.arma import Arma
from forecast.days import BoolArray, Days, FloatArray, IntArray, weighted_sums
from forecast.level import Level, LevelInput, Lines, calendar_lines, level_upon, winsorised
from forecast.opening import Opening
from forecast.profile import ProfileChoice, choose, main_shapes, profiles, trust_in_special

_MOVING, _STILL = 0, 1  # columns of the lines
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

    @property
    def known(self) -> int:
        """Days of the past, D."""
        return len(self.grid)


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
    working
        Numbers of those of the N days on whose weekday it is, shape (W,).
    table
        Calendar and totals of the working days.
    calm
        Their log totals as far as known, outliers pulled in; NaN where closed or unknown.
    choices
        Ways of averaging past days for the profile.
    arma
        Memory of the level where it is known already; None to estimate it.
    """

    past: Past
    total: FloatArray
    opening: Opening
    working: IntArray
    table: LevelInput
    calm: FloatArray
    choices: tuple[ProfileChoice, ...]
    arma: Arma | None = None

    @classmethod
    def of(
        cls, past: Past, choices: Sequence[ProfileChoice] | None = None, arma: Arma | None = None
    ) -> Basis:
        """Work it out; what is given of an earlier choice is kept."""
        known, days = past.known, past.days
        total = _day_totals(past)
        opening = Opening.of(total, days)
        if choices is None:
            choices = choose(_shapes(past, opening), days.kind[:known])
        working = np.flatnonzero(opening.open_weekday[days.weekday])
        table = _level_input(days, total, opening, working)
        calm = winsorised(table, int(np.searchsorted(working, known)))
        return cls(past, total, opening, working, table, calm, tuple(choices), arma)

    def until(self, cut: int) -> Basis:
        """The same with only the first `cut` days known, for trials with today's selections."""
        count = int(np.searchsorted(self.working, cut))
        past = Past(self.past.grid[:cut], self.past.days)
        return Basis(
            past,
            self.total[:cut],
            self.opening,
            self.working,
            self.table,
            self.calm[:count],
            self.choices,
            self.level.arma if self.has_level else self.arma,
        )

    @cached_property
    def level(self) -> Level:
        """Contacts a day on a level that moves slowly."""
        return level_upon(self.lines, _MOVING, self.table, self.calm, self.arma)

    @property
    def still_line(self) -> FloatArray:
        """The calendar's part of the log totals upon one level for all days, shape (W,)."""
        return self.lines.told[:, _STILL]

    @cached_property
    def lines(self) -> Lines:
        """The calendar's part of the log totals, upon a moving level and upon a still one."""
        figures = np.repeat(self.calm[:, None], 2, axis=1)
        return calendar_lines(self.table, figures, moving=np.array([True, False]))

    @cached_property
    def shapes(self) -> FloatArray:
        """The grid without the days that were shut, shape (D, S)."""
        return _shapes(self.past, self.opening)

    @cached_property
    def shares(self) -> FloatArray:
        """Share of the day by slot for each of the N days, shape (N, S)."""
        return _shares(self.shapes, self.past.days, self.choices, self.main)

    @cached_property
    def main(self) -> FloatArray:
        """Main shapes of the days, shape (3, S) or (0, S)."""
        return main_shapes(self.shapes)

    @cached_property
    def open_day(self) -> BoolArray:
        """Days on which the channel is open, shape (N,); unknown ones as the calendar says."""
        known = self.past.known
        closed = self.opening.shut.copy()
        # What an unknown day would have brought is told: an event is measured against it.
        closed[:known] &= np.isfinite(self.total)
        return np.asarray(self.opening.open_weekday[self.past.days.weekday] & ~closed)

    @property
    def has_level(self) -> bool:
        """Whether the total of any working day is known."""
        return bool(np.isfinite(self.calm).any())


def _shapes(past: Past, opening: Opening) -> FloatArray:
    return np.where(opening.shut[: past.known, None], np.nan, past.grid)


def _level_input(days: Days, total: FloatArray, opening: Opening, working: IntArray) -> LevelInput:
    totals = np.full(len(days), np.nan)
    totals[: len(total)] = np.where(opening.shut[: len(total)], np.nan, total)
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
        days.year_phase[working],
    )


def _day_totals(past: Past) -> FloatArray:
    """Contacts of each past day; gaps filled by the weekday's profile, NaN if too little known."""
    known = np.isfinite(past.grid)
    volume = np.where(known, past.grid, 0.0)
    weekday = past.days.weekday[: past.known]
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


def _shares(
    shapes: FloatArray, days: Days, choices: Sequence[ProfileChoice], main: FloatArray
) -> FloatArray:
    """Profile of each day; a holiday's or an eve's as far as it is believed."""
    known, kind = len(shapes), days.kind
    profile = profiles(shapes, kind[:known], choices, main)
    shares = profile[days.weekday].copy()
    trust = trust_in_special(shapes, kind[:known], days.weekday[:known], profile)
    for special, believed in trust.items():
        of_kind = kind == special
        own = profile[days.weekday[of_kind]]
        mixed = believed * profile[special] + (1 - believed) * own
        # A slot closed on that weekday stays closed on a holiday.
        mixed = np.where(own > 0, mixed, 0.0)
        total = mixed.sum(axis=1, keepdims=True)
        shares[of_kind] = np.divide(mixed, total, out=mixed.copy(), where=total > 0)
    return shares
