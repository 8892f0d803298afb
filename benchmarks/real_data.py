"""Calls of a bank and mentions of a company, put on one calendar as one history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from scenario.errors import Fault, InvalidInputError
from scenario.tables import read_table

CALLS_FILE = "bank_calls_5min_2003.csv"
MENTIONS_FILE = "twitter_mentions_5min_2015.csv"
FILES = (CALLS_FILE, MENTIONS_FILE)

ZONE = "America/New_York"  # a North American bank; both files tell local time without zone
OPENS, CLOSES = 7, 21  # whole hours of the calls; five minutes after 21:00 are left out
COMPANY = "GOOG"
ACTIONABLE = 0.2  # of what is said about a company; a listening feed has 10-40 %
CHANNELS = ("calls", "mentions")
_ROWS_AN_HOUR = 12


@dataclass(frozen=True)
class RealData:
    """
    Both sources on the bank's dates.

    Parameters
    ----------
    history
        The `own` layout in half-hours: `interval_start` (local, with offset), `channel`,
        `offered`; `answered`, `abandoned` and `handle_time_s` are empty, since neither source
        tells them. The planned day is in it: a forecast must not look at it.
    planned_day
        The last day of the calls.
    mapping
        How the one became the other, in sentences.
    """

    history: pd.DataFrame
    planned_day: date
    mapping: tuple[str, ...]


def read_real_data(folder: Path) -> RealData:
    """
    Read both files and put the mentions on the bank's dates, weekday on weekday.

    Raises
    ------
    InvalidInputError
        When a file is missing or has other columns.
    """
    calls = _half_hourly_calls(folder / CALLS_FILE)
    mentions = _hourly_mentions(folder / MENTIONS_FILE)
    planned_day = calls.index[-1].date()
    source_day = _last_whole_day(mentions, planned_day.weekday())
    shift = planned_day - source_day
    moved = _split(mentions)
    moved.index += shift
    moved = moved[moved.index < pd.Timestamp(planned_day + timedelta(days=1))]
    mapping = (
        f"Calls: {CALLS_FILE}, 5-minute counts of handled calls, added up to half-hours from"
        f" {OPENS:02d}:00 to {CLOSES:02d}:00, {calls.index[0]:%d %b %Y} to {planned_day:%d %b %Y};"
        f" local time taken as {ZONE}.",
        f"Mentions: {MENTIONS_FILE}, column {COMPANY}, 5-minute counts added up to hours that have"
        f" all {_ROWS_AN_HOUR} of them, each hour split evenly into two half-hours.",
        f"Dates: mentions move {-shift.days} days back ({-shift.days // 7} weeks), so that"
        f" {source_day:%a %d %b %Y} falls on the planned {planned_day:%a %d %b %Y}; they then"
        f" begin {moved.index[0]:%d %b %Y}. Mentions after the planned day are left out.",
        f"Contacts: {ACTIONABLE:.0%} of the mentions need an answer (actionable).",
    )
    history = pd.concat([_rows(calls, "calls"), _rows(moved, "mentions")])
    history = history.sort_values(["instant", "channel"]).drop(columns="instant")
    return RealData(history, planned_day, mapping)


def _half_hourly_calls(path: Path) -> pd.Series:
    table = _columns(path, ("ts", "calls"))
    counts = pd.Series(table["calls"].astype(float).to_numpy(), pd.to_datetime(table["ts"]))
    counts = counts[(counts.index.hour >= OPENS) & (counts.index.hour < CLOSES)]
    half_hours = counts.groupby(counts.index.floor("30min")).agg(["sum", "size"])
    # A half-hour with five-minute counts missing is not known.
    return half_hours["sum"][half_hours["size"] == _ROWS_AN_HOUR // 2].astype(int)


def _hourly_mentions(path: Path) -> pd.Series:
    table = _columns(path, ("timestamp", "ts", "time"), COMPANY)
    numbers = pd.to_numeric(table[COMPANY], errors="coerce").to_numpy()
    counts = pd.Series(numbers, pd.to_datetime(table.iloc[:, 0])).dropna()
    hours = counts.groupby(counts.index.floor("60min")).agg(["sum", "size"])
    return hours["sum"][hours["size"] >= _ROWS_AN_HOUR].astype(int)


def _columns(path: Path, wanted: tuple[str, ...], *more: str) -> pd.DataFrame:
    table = read_table(path)
    names = set(table.columns)
    missing = [name for name in more if name not in names]
    missing += [] if names & set(wanted) else [wanted[0]]
    if missing:
        raise InvalidInputError(Fault(path.name, "header", name, "", "present") for name in missing)
    return table


def _last_whole_day(hourly: pd.Series, weekday: int) -> date:
    """The last date of a weekday on which every hour is known."""
    known = hourly.groupby(hourly.index.normalize()).size()
    whole = [day for day, hours in known.items() if hours == 24 and day.weekday() == weekday]
    return whole[-1].date()


def _split(hourly: pd.Series) -> pd.Series:
    """Each hour in two halves of whole contacts; odd ones go to either half by turns."""
    odd_first = hourly.index.hour % 2
    first = (hourly + odd_first) // 2
    second = hourly - first
    second.index += pd.Timedelta(minutes=30)
    return pd.concat([first, second]).sort_index()


def _rows(counts: pd.Series, channel: str) -> pd.DataFrame:
    # Moved by weeks, an hour may fall where the bank's clocks go forward: it has no place there.
    instants = counts.index.tz_localize(ZONE, ambiguous=True, nonexistent="NaT")
    counts, instants = counts[instants.notna()], instants[instants.notna()]
    return pd.DataFrame(
        {
            "instant": instants,
            "interval_start": [instant.isoformat() for instant in instants],
            "channel": channel,
            "offered": counts.to_numpy(),
            "answered": "",
            "abandoned": "",
            "handle_time_s": "",
        }
    )
