"""When: durations as planners write them, opening hours, and the horizon's intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property, lru_cache
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, BeforeValidator

from scenario.errors import InvalidValueError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MICROSECONDS = 1_000_000  # in a second: the engines' unit of time
DAY_MINUTES = 24 * 60

_UNIT_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION_RULE = 'a duration such as "28d", "8w" or "12h"'
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:s|min|h|d|w)\s*)+")


def parse_duration(text: str, field: str = "duration") -> pd.Timedelta:
    """
    Read a duration as planners write it: "28d", "8w", "12h", "1h 30min".

    Raises
    ------
    InvalidValueError
        When the text is not a sum of numbers with units s, min, h, d or w.

    Examples
    --------
    >>> parse_duration("8w").days
    56
    """
    compact = text.strip().lower()
    if not _DURATION.fullmatch(compact):
        raise InvalidValueError(field, _DURATION_RULE, text)
    parts = re.findall(r"(\d+(?:\.\d+)?)(s|min|h|d|w)", compact)
    seconds = sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts)
    return pd.Timedelta(seconds=seconds)


def _as_duration_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be {_DURATION_RULE}")
    try:
        parse_duration(value)
    except InvalidValueError as error:
        raise ValueError(f"must be {error.rule}") from None
    return value


DurationText = Annotated[str, BeforeValidator(_as_duration_text)]


def weekdays_in(text: str) -> list[int]:
    """
    Weekday numbers (Monday 0) named by "mon", "mon-fri", "sat,sun" or "daily".

    Raises
    ------
    InvalidValueError
        When a name is not a weekday.
    """
    if text.strip().lower() == "daily":
        return list(range(7))
    days: list[int] = []
    for part in text.strip().lower().split(","):
        first, _, last = part.strip().partition("-")
        try:
            begin = WEEKDAYS.index(first.strip())
            end = WEEKDAYS.index(last.strip()) if last else begin
        except ValueError:
            rule = 'a weekday or a range such as "mon-fri", "sat,sun" or "daily"'
            raise InvalidValueError("day", rule, text) from None
        days.extend(range(begin, end + 1) if begin <= end else [*range(begin, 7), *range(end + 1)])
    return days


def minutes_in(clock: str) -> int:
    """
    Minutes after midnight of "08:30"; "24:00" is the end of the day.

    Raises
    ------
    InvalidValueError
        When the text is not a time of day.
    """
    hours, _, minutes = clock.strip().partition(":")
    if hours.isdigit() and minutes.isdigit() and len(minutes) == 2:
        value = int(hours) * 60 + int(minutes)
        if int(minutes) < 60 and value <= DAY_MINUTES:
            return value
    raise InvalidValueError("time of day", 'between "00:00" and "24:00"', clock)


def _check_hours(value: dict[str, str]) -> dict[str, str]:
    try:
        list(weekly_spans(value))
    except InvalidValueError as error:
        raise ValueError(str(error)) from None
    return value


WeeklyHours = Annotated[dict[str, str], AfterValidator(_check_hours)]
"""Opening hours: weekdays to spans, e.g. {"mon-fri" = "08:00-20:00", sat = "09:00-17:00"}."""

ALWAYS_OPEN = {"daily": "00:00-24:00"}


def weekly_spans(hours: dict[str, str]) -> Iterator[tuple[int, int, int]]:
    """
    Spans (weekday, first minute, last minute) of weekly opening hours.

    Several spans of a day are separated by commas, "closed" is none.

    Raises
    ------
    InvalidValueError
        When a day or a time cannot be read or a span does not end after its start.
    """
    for days, spans in hours.items():
        if spans.strip().lower() == "closed":
            weekdays_in(days)
            continue
        for weekday in weekdays_in(days):
            for span in spans.split(","):
                opens, separator, closes = span.partition("-")
                if not separator:
                    raise InvalidValueError("open", 'written like "08:00-20:00"', spans)
                begin, end = minutes_in(opens), minutes_in(closes)
                if not begin < end:
                    raise InvalidValueError("open", "a span that ends after its start", span)
                yield weekday, begin, end


@lru_cache(maxsize=4096)  # the same few hundred openings are asked for with every simulation
def local_instant(day: date, minute: int, timezone: str) -> pd.Timestamp:
    """
    The instant of a local time of day; a skipped hour moves on, a repeated one is its first.

    Parameters
    ----------
    day
        Local date.
    minute
        Minutes after midnight, 0 to 1440 (midnight of the next day).
    timezone
        IANA name.
    """
    days, rest = divmod(minute, DAY_MINUTES)
    naive = pd.Timestamp.combine(day, time(rest // 60, rest % 60)) + pd.Timedelta(days=days)
    return naive.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")


@dataclass(frozen=True)
class Horizon:
    """
    The planned time: a whole number of intervals of equal length.

    Parameters
    ----------
    start
        First instant, time-zone aware.
    interval_minutes
        Length of an interval; positive.
    count
        Number of intervals; positive. A day with a clock change has 23 or 25 hours of them.

    Raises
    ------
    InvalidValueError
        When the start has no time zone or a number is not positive.
    """

    start: pd.Timestamp
    interval_minutes: int
    count: int

    def __post_init__(self) -> None:
        if self.start.tzinfo is None:
            raise InvalidValueError("horizon start", "a time with a time zone", str(self.start))
        if not self.interval_minutes > 0:
            raise InvalidValueError("interval_minutes", "positive", self.interval_minutes)
        if not self.count > 0:
            raise InvalidValueError("horizon", "at least one interval long", self.count)

    @property
    def timezone(self) -> str:
        """IANA name of the time zone."""
        return str(self.start.tz)

    @property
    def interval_us(self) -> int:
        """Length of an interval in microseconds."""
        return self.interval_minutes * 60 * MICROSECONDS

    @property
    def length_us(self) -> int:
        """Length of the horizon in microseconds."""
        return self.count * self.interval_us

    @cached_property
    def starts(self) -> pd.DatetimeIndex:
        """Interval starts in local time, microsecond resolution, shape (count,)."""
        utc = pd.date_range(
            self.start.tz_convert("UTC"), periods=self.count, freq=f"{self.interval_minutes}min"
        )
        return utc.as_unit("us").tz_convert(self.timezone).rename("interval_start")

    @property
    def end(self) -> pd.Timestamp:
        """First instant after the horizon."""
        return self.start + pd.Timedelta(minutes=self.interval_minutes * self.count)

    @cached_property
    def day_of_interval(self) -> NDArray[np.int64]:
        """Number of the local day of each interval, 0 for the first, shape (count,)."""
        dates = self.starts.tz_localize(None).normalize()
        return np.asarray((dates - dates[0]) // pd.Timedelta(days=1), dtype=np.int64)

    @cached_property
    def week_of_interval(self) -> NDArray[np.int64]:
        """Number of the seven-day stretch of each interval, counted from the first day."""
        return self.day_of_interval // 7

    def offset_us(self, instant: pd.Timestamp) -> int:
        """Microseconds from the horizon's start to an instant; negative before it."""
        return int((instant - self.start) // pd.Timedelta(microseconds=1))

    def open_intervals(
        self, hours: dict[str, str], closed_dates: frozenset[date] = frozenset()
    ) -> NDArray[np.bool_]:
        """Whether each interval is open at some time of it, shape (count,)."""
        starts = np.arange(self.count, dtype=np.int64) * self.interval_us
        is_open = np.zeros(self.count, dtype=np.bool_)
        for opens, closes in self.open_spans_us(hours, closed_dates):
            is_open |= (starts < closes) & (starts + self.interval_us > opens)
        return is_open

    def open_spans_us(
        self, hours: dict[str, str], closed_dates: frozenset[date] = frozenset()
    ) -> list[tuple[int, int]]:
        """
        Open spans (from, to) in microseconds from the start, oldest first, not overlapping.

        Spans that touch are joined, so round-the-clock hours give one span. Spans may begin
        before the horizon (negative, at most a day) or end after it.
        """
        spans: list[tuple[int, int]] = []
        first = (self.start - pd.Timedelta(days=1)).date()
        last = (self.end + pd.Timedelta(days=8)).date()
        by_weekday: dict[int, list[tuple[int, int]]] = {}
        for weekday, begin, end in weekly_spans(hours):
            by_weekday.setdefault(weekday, []).append((begin, end))
        for stamp in pd.date_range(first, last, freq="D"):
            day = stamp.date()
            if day in closed_dates:
                continue
            for begin, end in sorted(by_weekday.get(day.weekday(), [])):
                opens = self.offset_us(local_instant(day, begin, self.timezone))
                closes = self.offset_us(local_instant(day, end, self.timezone))
                if spans and opens <= spans[-1][1]:
                    spans[-1] = (spans[-1][0], max(closes, spans[-1][1]))
                else:
                    spans.append((opens, closes))
        return [(opens, closes) for opens, closes in spans if closes > opens]
