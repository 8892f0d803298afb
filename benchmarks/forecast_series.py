"""The histories that forecasts are compared on: two banks, five listening feeds, the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecast import History, read_events, read_history
from forecast.days import day_grid, local_cells
from forecast.events import Events
from scenario.model import CalendarKeys

CALLS_2003 = "bank_calls_5min_2003.csv"
LOG_1999 = "bank_call_log_1999.parquet"
MENTIONS_2015 = "twitter_mentions_5min_2015.csv"
SAMPLE = Path(__file__).resolve().parent.parent / "data" / "team_20"
_ROWS_AN_HOUR = 12
_MOSTLY = 0.05  # of the days: a slot with contacts on fewer is not open


@dataclass(frozen=True)
class Source:
    """
    A history with what is known about its days.

    Parameters
    ----------
    name
        Short name; a series is named "name" or "name: channel".
    history
        What was counted.
    calendar, events
        As a planner would state them.
    """

    name: str
    history: History
    calendar: CalendarKeys | None = None
    events: Events | None = None

    def series(self, channel: str) -> str:
        """Name of one channel's series."""
        return self.name if len(self.history.channels) == 1 else f"{self.name}: {channel}"


def sources(folder: Path | None) -> Iterator[Source]:
    """
    Every source that is there: the sample always, real data where the folder holds them.

    Parameters
    ----------
    folder
        With the files named above; None: the sample alone.
    """
    if folder is not None and (folder / CALLS_2003).is_file():
        yield Source("bank 2003", bank_calls(folder), CalendarKeys(country="US"))
    if folder is not None and (folder / LOG_1999).is_file():
        yield Source("bank 1999", bank_log(folder), CalendarKeys(country="IL"))
    if folder is not None and (folder / MENTIONS_2015).is_file():
        yield Source("mentions 2015", mentions(folder))
    yield Source(
        "sample",
        read_history(SAMPLE / "history.csv", timezone="Europe/London"),
        CalendarKeys(country="GB", region="ENG"),
        read_events(SAMPLE / "events.csv", timezone="Europe/London"),
    )


def bank_calls(folder: Path) -> History:
    """Calls to a North American bank by half-hour, March to July 2003 (R package fpp3)."""
    calls = pd.read_csv(folder / CALLS_2003, parse_dates=["ts"]).set_index("ts")["calls"]
    return _history(calls.resample("30min").sum(min_count=1), 30, "calls")


def bank_log(folder: Path) -> History:
    """Calls to an Israeli bank by half-hour, January to June 1999, without phantom rows."""
    log = pd.read_parquet(folder / LOG_1999, columns=["arrival", "outcome"])
    arrival = pd.to_datetime(log.loc[log["outcome"] != "PHANTOM", "arrival"])
    counts = arrival.dt.floor("30min").value_counts().sort_index().astype(float)
    whole = _whole_days(counts.index, 30)
    counts = counts.reindex(whole).fillna(0.0)
    # Two days of January are not in the log; nobody knows what they brought.
    counts[counts.index.normalize().isin(pd.to_datetime(["1999-01-11", "1999-01-12"]))] = np.nan
    return _history(counts, 30, "calls")


def mentions(folder: Path) -> History:
    """Mentions of five companies on Twitter by hour, February to April 2015 (Numenta)."""
    table = pd.read_csv(folder / MENTIONS_2015, parse_dates=["ts"]).set_index("ts")
    hours = table.groupby(table.index.floor("60min"))
    # An hour with counts missing is not known.
    counts = hours.sum().where(hours.size().ge(_ROWS_AN_HOUR), np.nan)
    return _history(counts, 60)


def _whole_days(times: pd.DatetimeIndex, minutes: int) -> pd.DatetimeIndex:
    last = times[-1].normalize() + pd.Timedelta(days=1) - pd.Timedelta(minutes=minutes)
    return pd.date_range(times[0].normalize(), last, freq=f"{minutes}min")


def _history(counts: pd.Series | pd.DataFrame, minutes: int, channel: str = "") -> History:
    """A history of local times without a stated zone, told in UTC, whole days."""
    table = counts.to_frame(channel) if isinstance(counts, pd.Series) else counts
    table = table.reindex(_whole_days(pd.DatetimeIndex(table.index), minutes))
    starts = pd.DatetimeIndex(table.index).as_unit("us").tz_localize("UTC")
    channels = tuple(str(name) for name in table.columns)
    offered = table.to_numpy(float).ravel()
    rows = pd.DataFrame(
        {
            "interval_start": starts.repeat(len(channels)),
            "channel": pd.Series(list(channels) * len(table), dtype=str),
            "offered": offered,
            "answered": offered,
            "abandoned": 0.0,
            "handle_time_s": np.nan,
        }
    )
    return History("UTC", minutes, channels, rows)


@dataclass(frozen=True)
class Task:
    """
    What a peer is given: the past on the open slots alone, which serves every peer best.

    Parameters
    ----------
    past
        Contacts, days × slots laid end to end, gaps filled with the week before.
    past_times, future_times
        Local times of the cells as ISO text.
    slots, days
        Slots of a day and open days of a week: the seasons are `slots` and `slots × days`.
    minutes
        Length of an interval.
    country
        Whose holidays count, or None.
    day, slot
        Where the future cells lie: rows from the first day told, and slots.
    """

    past: list[float]
    past_times: list[str]
    future_times: list[str]
    slots: int
    days: int
    minutes: int
    country: str | None
    day: np.ndarray
    slot: np.ndarray

    def document(self) -> dict[str, object]:
        """What goes to the peer's process."""
        return {key: value for key, value in vars(self).items() if key not in {"day", "slot"}}


def task(source: Source, channel: str, origin: pd.Timestamp, horizon_days: int) -> Task:
    """One channel's past up to an origin, and the times to tell."""
    known = source.history.until(origin)
    minutes = known.interval_minutes
    day, slot = local_cells(known.starts, minutes)
    column = known.channels.index(channel)
    grid = day_grid(known.volume[:, column], day, slot, 24 * 60 // minutes)
    ordinal = np.arange(day[0], day[0] + len(grid))
    weekday = (ordinal + 3) % 7
    busy = np.nan_to_num(grid) > 0
    slots = np.flatnonzero(busy.mean(axis=0) > _MOSTLY)
    open_days = [number for number in range(7) if busy[weekday == number].any()]
    grid = _filled(grid)
    kept = np.isin(weekday, open_days)
    first = int(local_cells(pd.DatetimeIndex([origin]), minutes)[0][0])
    ahead = np.arange(first, first + horizon_days)
    ahead = ahead[np.isin((ahead + 3) % 7, open_days)]
    return Task(
        grid[kept][:, slots].ravel().tolist(),
        _times(ordinal[kept], slots, minutes),
        _times(ahead, slots, minutes),
        len(slots),
        len(open_days),
        minutes,
        None if source.calendar is None else source.calendar.country,
        np.repeat(ahead - first, len(slots)),
        np.tile(slots, len(ahead)),
    )


def _filled(grid: np.ndarray) -> np.ndarray:
    """Gaps filled with the week before, or the week after, or nothing."""
    filled = grid.copy()
    for row in range(7, len(filled)):
        filled[row] = np.where(np.isfinite(filled[row]), filled[row], filled[row - 7])
    for row in range(len(filled) - 8, -1, -1):
        filled[row] = np.where(np.isfinite(filled[row]), filled[row], filled[row + 7])
    return np.nan_to_num(filled)


def _times(ordinal: np.ndarray, slots: np.ndarray, minutes: int) -> list[str]:
    days = ordinal.astype("datetime64[D]").astype("datetime64[m]")
    times = days[:, None] + (slots * minutes).astype("timedelta64[m]")[None]
    return [str(time) for time in times.ravel()]
