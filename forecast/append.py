"""New weeks put to a history: what is added, which of two rows is believed, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings, nearest, plural
from forecast.gaps import Grid, complete, span_words
from forecast.history import COLUMNS, History
from forecast.suspicions import look_for_oddities
from scenario.errors import Fault, InvalidInputError

BoolArray = NDArray[np.bool_]
COUNTS = COLUMNS[2:]
NEW = "the new weeks"  # what faults call the later file


class Joined(NamedTuple):
    """
    Two histories as one.

    Parameters
    ----------
    history
        The span of both, complete.
    told
        What was added, overlaps and which of them is believed, gaps: in sentences.
    """

    history: History
    told: tuple[str, ...]


def joined(before: History, more: History) -> Joined:
    """
    A history with new weeks put to it; where both tell of an interval, the new ones are believed.

    Parameters
    ----------
    before
        The history so far.
    more
        New weeks, or old ones corrected; on the same grid of intervals.

    Returns
    -------
    Joined
        The history in the time zone of the one so far, and what became of the rows.

    Raises
    ------
    InvalidInputError
        When interval lengths or grids differ, or a channel looks like a misspelt one of the
        history so far that the new weeks lack.

    Notes
    -----
    An interval that only one of them tells of is taken from it, whichever it is: a correction
    of three days takes nothing away. Intervals without a row are judged anew from both together
    (see `forecast.gaps`): with more weeks it is surer which hours are normally open. What lies
    between the two and in neither is unknown in hours normally open.
    """
    _check(before, more)
    channels = (*before.channels, *(name for name in more.channels if name not in before.channels))
    first = min(before.starts[0], more.starts[0].tz_convert(before.timezone))
    end = max(before.end, more.end.tz_convert(before.timezone))
    step = pd.Timedelta(minutes=before.interval_minutes)
    starts = pd.date_range(
        first.tz_convert("UTC"), end.tz_convert("UTC"), freq=step, inclusive="left"
    )
    old, new = _placed(before, starts, channels), _placed(more, starts, channels)
    findings = Findings(NEW)
    local = starts.as_unit("us").tz_convert(before.timezone)
    _tell(local, channels, old, new, step, findings)
    told = tuple(findings.repairs)

    chosen = _chosen(old, new)
    rows = _rows(local, channels, chosen, old.present | new.present)
    grid = complete(rows, before.interval_minutes, channels, findings, first=first, end=end)
    _closed_stay_closed(grid, old, new)
    look_for_oddities(grid, before.interval_minutes, findings)
    return Joined(_history(before, grid, findings), told)


@dataclass(frozen=True)
class _Placed:
    """
    A history on the grid of both.

    Parameters
    ----------
    values
        By column, shape (T, C); NaN where it says nothing.
    present
        Where it has a row, be its cells empty, shape (T, C).
    told
        Where it has a count, shape (T, C).
    closed
        Where it has no row and was read as nothing offered, shape (T, C).
    covered
        Its span, shape (T,).
    channels
        Which of the channels it has, shape (C,).
    by_contact
        Whether it is a log of contacts, in which no row means no contact.
    """

    values: dict[str, NDArray[np.float64]]
    present: BoolArray
    told: BoolArray
    closed: BoolArray
    covered: BoolArray
    channels: BoolArray
    by_contact: bool

    def of(self, name: str) -> NDArray[np.float64]:
        """One column; unknown throughout where the history has no such column."""
        return self.values.get(name, np.full(self.told.shape, np.nan))


def _placed(history: History, starts: pd.DatetimeIndex, channels: tuple[str, ...]) -> _Placed:
    shape = (len(starts), len(channels))
    rows = starts.get_indexer(history.starts.tz_convert("UTC"))
    columns = pd.Index(channels).get_indexer(pd.Index(history.channels))
    place = np.ix_(rows, columns)
    values = {}
    for name in history.table.columns[2:]:
        values[name] = np.full(shape, np.nan)
        values[name][place] = history.counts(str(name))
    known: BoolArray = np.isfinite(history.volume)
    filled: BoolArray = np.zeros(known.shape, dtype=bool)
    if history.filled is not None:
        filled = history.filled
    present: BoolArray = np.zeros(shape, dtype=bool)
    told: BoolArray = np.zeros(shape, dtype=bool)
    closed: BoolArray = np.zeros(shape, dtype=bool)
    # In a log of contacts an interval without a row was counted too: nobody came.
    present[place] = known | ~filled if history.absent_is_zero else ~filled
    told[place] = present[place] & known
    closed[place] = filled & known
    covered: BoolArray = np.zeros(shape[0], dtype=bool)
    covered[rows] = True
    has = np.array([name in history.channels for name in channels])
    return _Placed(values, present, told, closed, covered, has, history.absent_is_zero)


def _chosen(old: _Placed, new: _Placed) -> dict[str, NDArray[np.float64]]:
    """The believed values by column: the new ones, and what they leave open beside equal counts."""
    alike = old.of("offered") == new.of("offered")
    chosen = {}
    for name in dict.fromkeys([*old.values, *new.values]):
        mine, theirs = old.of(name), new.of(name)
        open_still = new.told & alike & np.isnan(theirs)
        chosen[name] = np.where(new.told & ~open_still, theirs, mine)
    return chosen


def _check(before: History, more: History) -> None:
    faults = []
    length = before.interval_minutes
    if more.interval_minutes != length:
        rule = f"{length} minutes, as in the history so far"
        faults.append(Fault(NEW, "", "interval", f"{more.interval_minutes} minutes", rule))
    else:
        away = (more.starts[0] - before.starts[0]) % pd.Timedelta(minutes=length)
        if away != pd.Timedelta(0):
            rule = f"on the grid of the history so far, which has {before.starts[0]:%H:%M}"
            faults.append(Fault(NEW, "", "interval_start", f"{more.starts[0]:%H:%M}", rule))
    lacking = [name for name in before.channels if name not in more.channels]
    for name in more.channels:
        like = None if name in before.channels else nearest(name, lacking)
        if like is not None:
            rule = f'"{like}", as in the history so far; a new channel needs another name'
            faults.append(Fault(NEW, "", "channel", name, rule))
    if faults:
        raise InvalidInputError(faults)


def _tell(
    starts: pd.DatetimeIndex,
    channels: tuple[str, ...],
    old: _Placed,
    new: _Placed,
    step: pd.Timedelta,
    findings: Findings,
) -> None:
    """What becomes of the rows, channel by channel, and what neither file covers."""
    differ: BoolArray = np.zeros(old.told.shape, dtype=bool)
    for name in COUNTS:
        differ |= np.isfinite(new.of(name)) & (old.of(name) != new.of(name))
    for column, channel in enumerate(channels):
        if not new.channels[column]:
            findings.told(f"{channel}: not in the new weeks; what was known stays.")
            continue
        mine, theirs = old.told[:, column], new.told[:, column]
        added, both = theirs & ~mine, theirs & mine
        new_channel = "" if old.channels[column] else ", a channel that is new"
        if added.any():
            where = np.flatnonzero(added)
            span = span_words(starts[where[0]], starts[where[-1]] + step)
            count = plural(int(added.sum()), "interval")
            findings.told(f"{channel}: {count} added, {span}{new_channel}.")
        else:
            findings.told(f"{channel}: no interval added{new_channel}.")
        if both.any():
            findings.told(
                _overlap(channel, starts, both, both & differ[:, column], old, new, column)
            )
        kept = mine & ~theirs & new.covered
        if kept.any():
            count = plural(int(kept.sum()), "interval")
            findings.told(f"{channel}: {count} known so far and not in the new weeks: kept.")
    between = ~old.covered & ~new.covered
    if between.any():
        where = np.flatnonzero(between)
        span = span_words(starts[where[0]], starts[where[-1]] + step)
        findings.told(
            f"▲ Nothing is told of {span}: {plural(len(where), 'interval')} between the history so"
            " far and the new weeks."
        )


def _overlap(
    channel: str,
    starts: pd.DatetimeIndex,
    both: BoolArray,
    other: BoolArray,
    old: _Placed,
    new: _Placed,
    column: int,
) -> str:
    count = plural(int(both.sum()), "interval")
    if not other.any():
        return f"{channel}: {count} in both, saying the same."
    at = int(np.flatnonzero(other)[0])
    was, now = (found.of("offered")[at, column] for found in (old, new))
    changed = (
        f"{was:g} contacts became {now:g}" if was != now else "answers or handle times changed"
    )
    when = starts[at]
    return (
        f"{channel}: {count} in both; {plural(int(other.sum()), 'interval')} of them otherwise in"
        f" the new weeks, which are believed (the first on {when.day} {when:%b %Y %H:%M}:"
        f" {changed})."
    )


def _rows(
    starts: pd.DatetimeIndex,
    channels: tuple[str, ...],
    values: dict[str, NDArray[np.float64]],
    present: BoolArray,
) -> pd.DataFrame:
    at, column = np.nonzero(present)
    rows = pd.DataFrame(
        {
            "interval_start": starts[at],
            "channel": pd.Series(np.array(channels, dtype=object)[column], dtype=str),
        }
    )
    for name, table in values.items():
        rows[name] = table[at, column]
    return rows


def _closed_stay_closed(grid: Grid, old: _Placed, new: _Placed) -> None:
    """
    Beside a log of contacts, the other file's closed hours stay closed.

    The log counts every hour of the day, which looks as if it were always open.
    """
    if not old.by_contact and not new.by_contact:
        return
    closed = (old.closed | new.closed) & grid.filled
    for table in grid.values.values():
        table[closed & np.isnan(table)] = 0.0


def _history(before: History, grid: Grid, findings: Findings) -> History:
    count, width = grid.filled.shape
    table = pd.DataFrame(
        {
            "interval_start": grid.starts.repeat(width),
            "channel": pd.Series(np.tile(np.array(grid.channels, dtype=object), count), dtype=str),
        }
    )
    for name in (*COUNTS, *(name for name in grid.values if name not in COLUMNS)):
        table[name] = grid.values[name].ravel()
    return History(
        before.timezone,
        before.interval_minutes,
        grid.channels,
        table,
        tuple(findings.repairs),
        tuple(findings.suspicions),
        filled=grid.filled if grid.filled.any() else None,
    )
