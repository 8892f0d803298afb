"""What has been: contacts and handle times per interval and channel, read, checked, repaired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings
from forecast.request import DEFAULT_SLOWDOWN, Request
from scenario.errors import InvalidValueError

FloatArray = NDArray[np.float64]
COLUMNS = ("interval_start", "channel", "offered", "answered", "abandoned", "handle_time_s")


@dataclass(frozen=True, eq=False)
class History:
    """
    Contacts and handle times of the past.

    Parameters
    ----------
    timezone
        IANA name of the time zone that the intervals are told in.
    interval_minutes
        Length of an interval: 15, 30 or 60.
    channels
        C channel names, in the order of the file.
    table
        T x C rows sorted by time, then channel: `interval_start` (time-zone aware),
        `channel`, `offered`, `answered`, `abandoned` (contacts), `handle_time_s` (solo, total of
        the interval), and where the file has them `wait_s` and `within_target`. Every
        interval of the span is there for every channel; NaN where nothing is known.
    repairs
        What was put right or assumed while reading, in sentences.
    suspicions
        What looks odd and was left as it is, in sentences.
    counting
        Where a contact counts: `arrival`, in the interval in which it was offered, with its
        whole handle time.
    filled
        True where the file had no row and zero or unknown was filled in, shape (T, C); None
        when every row was there.
    absent_is_zero
        Whether an interval without contacts had no row by nature, as in a contact log.

    Raises
    ------
    InvalidValueError
        When the table does not hold every interval of the span for every channel.
    """

    timezone: str
    interval_minutes: int
    channels: tuple[str, ...]
    table: pd.DataFrame
    repairs: tuple[str, ...] = ()
    suspicions: tuple[str, ...] = ()
    counting: Literal["arrival"] = "arrival"
    filled: NDArray[np.bool_] | None = None
    absent_is_zero: bool = False

    def __post_init__(self) -> None:
        width = len(self.channels)
        if not width or not len(self.table) or len(self.table) % width:
            rule = "a row for every interval and channel, at least one"
            raise InvalidValueError("history table", rule, f"{len(self.table)} rows")
        steps = np.diff(self.starts.tz_convert("UTC").tz_localize(None).to_numpy())
        step = np.timedelta64(self.interval_minutes, "m")
        if (steps != step).any() or list(self.table["channel"][:width]) != list(self.channels):
            rule = "sorted by time and channel, without gaps"
            raise InvalidValueError("history table", rule, "another order")

    @cached_property
    def starts(self) -> pd.DatetimeIndex:
        """Interval starts in local time, shape (T,)."""
        each = self.table["interval_start"].iloc[:: len(self.channels)]
        return pd.DatetimeIndex(each).rename("interval_start")

    @property
    def end(self) -> pd.Timestamp:
        """First instant after the last interval."""
        return self.starts[-1] + pd.Timedelta(minutes=self.interval_minutes)

    @cached_property
    def volume(self) -> FloatArray:
        """Contacts offered, shape (T, C); NaN where not known."""
        return self.counts("offered")

    @cached_property
    def mean_handle_time_s(self) -> FloatArray:
        """Mean solo handle time in seconds, shape (T, C); NaN where none was answered."""
        answered, total = self.counts("answered"), self.counts("handle_time_s")
        measured = (answered > 0) & (total > 0)
        mean: FloatArray = np.full(total.shape, np.nan)
        np.divide(total, answered, out=mean, where=measured)
        return mean

    @property
    def weeks(self) -> float:
        """Length of the span in weeks."""
        return len(self.starts) * self.interval_minutes / (7 * 24 * 60)

    def counts(self, column: str) -> FloatArray:
        """One number column of the table, shape (T, C); NaN where not known."""
        return self.table[column].to_numpy(float).reshape(len(self.starts), len(self.channels))

    def between(self, start: pd.Timestamp, end: pd.Timestamp) -> History:
        """
        The intervals that lie wholly in [start, end).

        Raises
        ------
        InvalidValueError
            When none does.
        """
        length = pd.Timedelta(minutes=self.interval_minutes)
        inside = (self.starts >= start) & (self.starts + length <= end)
        if not inside.any():
            raise InvalidValueError("history", f"between {start} and {end}", "no interval")
        return self._cut(np.asarray(inside))

    def until(self, instant: pd.Timestamp) -> History:
        """
        What was known at an instant: the intervals that had ended by then, nothing after.

        Missing intervals are filled anew from the rows before the instant alone, so that a
        backtest cannot learn from later ones what was unknown and what was closed.

        Raises
        ------
        InvalidValueError
            When no interval had ended.
        """
        cut = self.between(self.starts[0], instant)
        if cut.filled is None or not cut.filled.any():
            return cut
        from forecast.gaps import complete

        grid = complete(
            cut.table[~cut.filled.ravel()],
            self.interval_minutes,
            self.channels,
            Findings("history"),
            first=cut.starts[0],
            end=cut.end,
            absent_is_zero=self.absent_is_zero,
        )
        table = cut.table.assign(**{name: flat.ravel() for name, flat in grid.values.items()})
        return _replaced(cut, table, cut.filled)

    def _cut(self, inside: NDArray[np.bool_]) -> History:
        table = self.table[np.repeat(inside, len(self.channels))].reset_index(drop=True)
        return _replaced(self, table, None if self.filled is None else self.filled[inside])


def nothing_known(channels: tuple[str, ...], end: pd.Timestamp, interval_minutes: int) -> History:
    """The day before an instant, of which nothing is known."""
    step = pd.Timedelta(minutes=interval_minutes)
    starts = pd.date_range(end - pd.Timedelta(days=1), end - step, freq=step).as_unit("us")
    table = pd.DataFrame(
        {
            "interval_start": starts.repeat(len(channels)),
            "channel": pd.Series(list(channels) * len(starts), dtype=str),
            **dict.fromkeys(COLUMNS[2:], np.nan),
        }
    )
    return History(str(end.tz), interval_minutes, channels, table)


def _replaced(history: History, table: pd.DataFrame, filled: NDArray[np.bool_] | None) -> History:
    return History(
        history.timezone,
        history.interval_minutes,
        history.channels,
        table,
        history.repairs,
        history.suspicions,
        history.counting,
        filled,
        history.absent_is_zero,
    )


def read_history(
    source: str | Path | IO[bytes],
    *,
    timezone: str,
    name: str | None = None,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    channel: str | None = None,
    outcomes: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    channels: Mapping[str, str] | None = None,
    interval_minutes: int | None = None,
    handle_time_basis: str | Mapping[str, str] = "solo",
    mean_concurrency: float | Mapping[str, float] = 1.0,
    slowdown: tuple[float, ...] = DEFAULT_SLOWDOWN,
    actionable: Mapping[str, float] | None = None,
    counting: str = "arrival",
) -> History:
    """
    Read, check and repair a file of past contacts.

    Parameters
    ----------
    source
        Path, or an open binary file such as a browser upload: CSV (also .gz), XLSX, Parquet.
    timezone
        IANA name of the time zone of local times; times with an offset are converted to it.
    name
        File name that decides the format and is named in faults; default: the path's.
    layout
        "own" (a row an interval and channel) or "contact_log" (a row a contact); default:
        the header and the mapping decide.
    mapping
        Our field to the file's column. Of a contact log: `arrival`, `channel`, `wait`,
        `outcome`, `handle_time`, `agent`, `reach`; of a table of intervals: the columns of
        the own layout. Fields left out are not known.
    channel
        Name of the only channel, where the file has no such column.
    outcomes
        Text of a contact log's outcome to "answered", "abandoned", "other" (offered, and
        neither: blocked, a callback that reached nobody) or "ignored" (not a contact);
        common words are known.
    units
        Unit of the numbers in "wait" and "handle_time" of a contact log: "ms", "s" (default),
        "min" or "h"; h:mm:ss texts are read as such.
    channels
        The file's channel name to ours, where they differ; other options use ours.
    interval_minutes
        Wanted length of an interval, 15, 30 or 60: shorter intervals of the file are added
        up. Default: the file's own; 30 for a contact log.
    handle_time_basis
        "solo" (a contact handled alone) or "elapsed" (overlaps with the agent's other
        contacts included), for all channels or by channel.
    mean_concurrency
        Contacts an agent held on average while handling one, itself included; at least 1;
        only for elapsed handle times, for all channels or by channel.
    slowdown
        How many times longer a contact takes with 1, 2, 3 ... in hand; the default is that of a
        scenario's skills.
    actionable
        Share of what was heard on a channel that are contacts, in [0, 1], by channel.
    counting
        Where the file counts a contact: "arrival" only.

    Returns
    -------
    History
        Complete: every interval of the span for every channel.

    Raises
    ------
    InvalidInputError
        With every fault of the file: file, row, column, value and rule.
    InvalidValueError
        When an option is outside its range.

    Notes
    -----
    Elapsed handle times are divided by the slowdown at the mean concurrency (straight lines
    between the whole numbers): chats of 600 s handled in pairs, where each takes 1.25 times
    as long, are 480 s solo.
    """
    from forecast.reading import read

    request = Request(
        timezone=timezone,
        mapping=mapping or {},
        channel=channel,
        outcomes=outcomes or {},
        units=units or {},
        channels=channels or {},
        interval_minutes=interval_minutes,
        handle_time_basis=handle_time_basis,
        mean_concurrency=mean_concurrency,
        slowdown=slowdown,
        actionable=actionable or {},
        counting=counting,
    )
    return read(source, name, layout, request)
