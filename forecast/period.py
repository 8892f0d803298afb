"""Which intervals are to be told: from where, how far, on the history's own grid."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from forecast.history import History
from scenario.calendar import Horizon, parse_duration
from scenario.errors import InvalidValueError

LONGEST_DAYS = 366


def asked_period(
    history: History, horizon: str, start: str | date | datetime | pd.Timestamp | None
) -> Horizon:
    """
    The intervals to tell, on the history's own grid; by default from its end on.

    Raises
    ------
    InvalidValueError
        When start or length are none, or do not lie on the grid.
    """
    first = history.end if start is None else local_instant(start, history.timezone)
    length = parse_duration(horizon, "horizon")
    if not pd.Timedelta(0) < length <= pd.Timedelta(days=LONGEST_DAYS):
        raise InvalidValueError("horizon", f"positive and at most {LONGEST_DAYS} days", horizon)
    end = first + length
    if length % pd.Timedelta(days=1) == pd.Timedelta(0):
        end = (first.tz_localize(None) + length).tz_localize(
            history.timezone, ambiguous=True, nonexistent="shift_forward"
        )
    step = pd.Timedelta(minutes=history.interval_minutes)
    if (first - history.starts[0]) % step != pd.Timedelta(0):
        rule = f"on the history's grid of {history.interval_minutes} minutes"
        raise InvalidValueError("start", rule, str(first))
    count = int((end - first) // step)
    if count < 1 or (end - first) % step != pd.Timedelta(0):
        rule = f"a whole number of the history's {history.interval_minutes}-minute intervals"
        raise InvalidValueError("horizon", rule, horizon)
    return Horizon(first.as_unit("us"), history.interval_minutes, count)


def local_instant(start: str | date | datetime | pd.Timestamp, timezone: str) -> pd.Timestamp:
    """
    A date or a time in a time zone, local unless it has one of its own.

    Raises
    ------
    InvalidValueError
        When it is neither.
    """
    try:
        instant = pd.Timestamp(start)
    except ValueError:
        raise InvalidValueError("start", "a date or a time", start) from None
    if instant.tzinfo is None:
        instant = instant.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return instant.tz_convert(timezone)
