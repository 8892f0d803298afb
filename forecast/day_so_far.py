"""One day in the middle of it: what was forecast, what has been counted, what is still ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.days import BoolArray, FloatArray, IntArray, local_cells
from forecast.history import History
from scenario.calendar import Horizon
from scenario.demand import Demand
from scenario.errors import InvalidValueError

_NEAR_MINUTES = 120  # the next two hours follow the last one closer than the evening does
_LAST_MINUTES = 60


def known_until(so_far: History) -> pd.Timestamp:
    """End of the last interval of which a channel's contacts are known; empty rows tell nothing."""
    known = np.flatnonzero(np.isfinite(so_far.volume).any(axis=1))
    ended: pd.Timestamp = so_far.starts[0]
    if len(known):
        ended = so_far.starts[known[-1]] + pd.Timedelta(minutes=so_far.interval_minutes)
    return ended


@dataclass(frozen=True)
class DaySoFar:
    """
    One day of a forecast and what is known of it.

    Parameters
    ----------
    demand
        The forecast of the day's I intervals, as it stood.
    actual
        Contacts counted, shape (I, C); NaN where not known.
    ahead
        Intervals that have not ended, shape (I,).
    slot
        Slot of the day of each interval, shape (I,).
    at
        Instant up to which is known.
    lead_week
        Whole weeks from the forecast's begin to the day.
    """

    demand: Demand
    actual: FloatArray
    ahead: BoolArray
    slot: IntArray
    at: pd.Timestamp
    lead_week: int

    @classmethod
    def of(cls, forecast: Demand, so_far: History, at: pd.Timestamp) -> DaySoFar:
        """
        The day that an instant lies in; midnight ends the day that was counted up to it.

        Raises
        ------
        InvalidValueError
            When the forecast does not hold the day, or interval lengths differ.
        """
        minutes = forecast.horizon.interval_minutes
        if so_far.interval_minutes != minutes:
            rule = f"in intervals of {minutes} minutes, as the forecast"
            raise InvalidValueError("contacts so far", rule, f"{so_far.interval_minutes} minutes")
        if at.tzinfo is None:
            raise InvalidValueError("at", "a time with a time zone", str(at))
        starts = forecast.horizon.starts
        step = pd.Timedelta(minutes=minutes)
        at = at.tz_convert(starts.tz)
        ends = so_far.starts[0] < at == known_until(so_far)
        inside = at - pd.Timedelta(microseconds=1) if ends else at
        number, slot = local_cells(starts, minutes)
        wanted = local_cells(pd.DatetimeIndex([inside]), minutes)[0][0]
        rows = np.flatnonzero(number == wanted)
        if not len(rows):
            rule = f"within the forecast, {starts[0]} to {forecast.horizon.end}"
            raise InvalidValueError("at", rule, str(at))
        own = starts[rows]
        actual = np.full((len(rows), len(forecast.channels)), np.nan)
        place = so_far.starts.get_indexer(own)
        ended = (place >= 0) & np.asarray(own + step <= at)
        for column, channel in enumerate(forecast.channels):
            if channel in so_far.channels:
                counts = so_far.volume[:, so_far.channels.index(channel)]
                actual[ended, column] = counts[place[ended]]
        ahead = np.asarray(own + step > at)
        week = int(number[rows[0]] - number[0]) // 7
        return cls(cut(forecast, rows), actual, ahead, slot[rows], at, week)

    def stretches(self) -> list[BoolArray]:
        """The next two hours and what lies behind them, of the intervals ahead."""
        first = int(np.argmax(self.ahead)) if self.ahead.any() else len(self.ahead)
        steps = max(2, _NEAR_MINUTES // self.demand.horizon.interval_minutes)
        near = self.ahead.copy()
        near[first + steps :] = False
        return [one for one in (near, self.ahead & ~near) if one.any()]

    def last_hour(self, known: BoolArray) -> BoolArray:
        """The newest known intervals: an hour, two intervals at least."""
        steps = max(2, _LAST_MINUTES // self.demand.horizon.interval_minutes)
        last = np.zeros_like(known)
        last[np.flatnonzero(known)[-steps:]] = True
        return last


def cut(forecast: Demand, rows: IntArray) -> Demand:
    """Neighbouring intervals of a demand as one of their own."""
    horizon = Horizon(
        forecast.horizon.starts[rows[0]], forecast.horizon.interval_minutes, len(rows)
    )
    return Demand(
        horizon,
        forecast.channels,
        forecast.mean[rows],
        forecast.handle_time_s[rows],
        None if forecast.paths is None else forecast.paths[:, rows],
        {level: values[rows] for level, values in forecast.quantiles.items()},
    )
