"""When a channel is open: its weekdays, the holidays it keeps, the days it was shut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.days import BoolArray, Days, FloatArray, IntArray

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_YOUNG_DAYS = 14
_EMPTY_SHARE = 0.02  # of a usual day: below it an open day counts as closed


@dataclass(frozen=True)
class Opening:
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
    def of(cls, total: FloatArray, days: Days) -> Opening:
        """Opening as the known totals (D,) of N days show it."""
        known = len(total)
        weekday = days.weekday[:known]
        usual = np.zeros(7)
        open_weekday = np.zeros(7, dtype=np.bool_)
        young = 0 < np.isfinite(total).sum() < _YOUNG_DAYS
        for number in range(7):
            of_day = total[weekday == number]
            of_day = of_day[np.isfinite(of_day)]
            working = of_day[of_day > 0]
            usual[number] = float(np.median(working)) if len(working) else 0.0
            # The last four weeks say whether a weekday is open now; a short history has
            # simply not met them all.
            open_weekday[number] = bool((of_day[-4:] > 0).any()) if len(of_day) else young
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
    absent = [name for name, is_open in zip(WEEKDAYS, open_weekday, strict=True) if not is_open]
    if len(absent) == 7:
        notes.append("no contacts in the last four weeks: forecast as 0")
    elif absent:
        notes.append(f"no contacts on a {', '.join(absent)} lately: forecast as closed")
    known = len(weekday)
    future = days.is_holiday[known:].any()
    if future and not days.is_holiday[:known].any():
        notes.append("no public holiday in the history: holidays are forecast as ordinary days")
    return tuple(notes)
