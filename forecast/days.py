"""What kind of day it is: local days and slots of a history, holidays, eves and closed days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.errors import InvalidValueError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

HOLIDAY, EVE = 7, 8  # types of day beside the weekdays 0 (Monday) to 6
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


class Calendar(Protocol):
    """What the forecast needs to know of a scenario's calendar."""

    @property
    def country(self) -> str | None:
        """Country whose public holidays count, e.g. GB."""

    @property
    def region(self) -> str | None:
        """Region within the country, e.g. ENG."""

    @property
    def closed(self) -> Sequence[date]:
        """Days on which nothing is open."""


@dataclass(frozen=True)
class Days:
    """
    Consecutive local days and what is special about them.

    Parameters
    ----------
    ordinal
        Days since 1 January 1970, shape (N,).
    holiday
        Names of public holidays, "" on other days; N of them.
    closed
        Days declared closed, shape (N,).
    """

    ordinal: IntArray
    holiday: tuple[str, ...]
    closed: BoolArray

    def __len__(self) -> int:
        return len(self.ordinal)

    @property
    def weekday(self) -> IntArray:
        """Monday 0 to Sunday 6, shape (N,)."""
        return (self.ordinal + _EPOCH_WEEKDAY) % 7

    @property
    def is_holiday(self) -> BoolArray:
        """Public holidays, shape (N,)."""
        return np.array([bool(name) for name in self.holiday], dtype=np.bool_)

    @property
    def is_eve(self) -> BoolArray:
        """Days before a public holiday that are none themselves, shape (N,)."""
        holiday = self.is_holiday
        eve = np.zeros(len(self), dtype=np.bool_)
        eve[:-1] = holiday[1:] & ~holiday[:-1]
        return eve

    @property
    def kind(self) -> IntArray:
        """Type of each day: its weekday, a public holiday or the eve of one, shape (N,)."""
        return np.select([self.is_holiday, self.is_eve], [HOLIDAY, EVE], self.weekday)

    @property
    def month_phase(self) -> FloatArray:
        """Position within the month in (0, 1), shape (N,)."""
        days = self.ordinal.astype("datetime64[D]")
        months = days.astype("datetime64[M]")
        first = months.astype("datetime64[D]")
        length = ((months + 1).astype("datetime64[D]") - first).astype(float)
        return np.asarray(((days - first).astype(float) + 0.5) / length)

    @property
    def year_phase(self) -> FloatArray:
        """Position within the year in (0, 1), shape (N,)."""
        days = self.ordinal.astype("datetime64[D]")
        years = days.astype("datetime64[Y]")
        first = years.astype("datetime64[D]")
        length = ((years + 1).astype("datetime64[D]") - first).astype(float)
        return np.asarray(((days - first).astype(float) + 0.5) / length)

    def date(self, index: int) -> date:
        """One of the days as a date."""
        return date.fromordinal(int(self.ordinal[index]) + date(1970, 1, 1).toordinal())


def days_between(first: int, last: int, calendar: Calendar | None) -> Days:
    """
    The days from `first` to `last`, both included, as days since 1970.

    Raises
    ------
    InvalidValueError
        When the calendar's country or region is unknown, or a region has no country.
    """
    ordinal = np.arange(first, last + 1, dtype=np.int64)
    # One day more, so that the last day can be an eve.
    names = _holiday_names(first, last + 1, calendar)
    closed = np.zeros(len(ordinal), dtype=np.bool_)
    if calendar is not None:
        shut = {_ordinal(day) for day in calendar.closed}
        closed = np.array([day in shut for day in ordinal.tolist()], dtype=np.bool_)
    return Days(ordinal, tuple(names.get(int(day), "") for day in ordinal), closed)


def _ordinal(day: date) -> int:
    return date(day.year, day.month, day.day).toordinal() - date(1970, 1, 1).toordinal()


def _holiday_names(first: int, last: int, calendar: Calendar | None) -> dict[int, str]:
    if calendar is None:
        return {}
    if calendar.country is None:
        if calendar.region is not None:
            raise InvalidValueError("calendar.region", "beside a country", calendar.region)
        return {}
    import holidays

    epoch = date(1970, 1, 1).toordinal()
    years = range(date.fromordinal(first + epoch).year, date.fromordinal(last + epoch).year + 1)
    try:
        found = holidays.country_holidays(
            calendar.country, subdiv=calendar.region, years=years, language="en_US"
        )
    except NotImplementedError:
        rule = "a country, with a region of it, whose public holidays are known"
        raise InvalidValueError(
            "calendar.country", rule, f"{calendar.country}, {calendar.region}"
        ) from None
    return {_ordinal(day): str(name) for day, name in found.items()}


def local_cells(starts: pd.DatetimeIndex, interval_minutes: int) -> tuple[IntArray, IntArray]:
    """
    Local day (since 1970) and slot of the day of each interval, shapes (T,).

    Both passes of a repeated hour fall into the same slots; the slots of a skipped hour
    do not occur.
    """
    local = starts.tz_localize(None)
    microseconds = local.as_unit("us").asi8
    day, rest = np.divmod(microseconds, 86_400_000_000)
    return day.astype(np.int64), (rest // (interval_minutes * 60_000_000)).astype(np.int64)


def day_grid(values: FloatArray, day: IntArray, slot: IntArray, slots: int) -> FloatArray:
    """
    Interval values as days × slots; cells without a known value are NaN.

    Parameters
    ----------
    values
        Shape (T,), NaN where unknown.
    day, slot
        From `local_cells`, shape (T,).
    slots
        Slots of a day.

    Returns
    -------
    ndarray
        Shape (D, slots), from the first to the last day; a slot that occurs twice holds the
        mean of both.
    """
    row = day - day[0]
    shape = (int(row[-1]) + 1, slots)
    known = np.isfinite(values)
    flat = row[known] * slots + slot[known]
    size = shape[0] * slots
    total = np.bincount(flat, values[known], minlength=size)
    count = np.bincount(flat, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / count).reshape(shape)


def weighted_sums(weight: FloatArray, grid: FloatArray) -> FloatArray:
    """
    Sums over days, (K, D) weights times a (D, S) grid, shape (K, S).

    Not by the linear algebra library: its threads cost more than so small a product, and
    a hundred times more on a machine that is busy with something else.
    """
    return np.asarray(np.einsum("kd,ds->ks", weight, grid))
