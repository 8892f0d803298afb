"""The way of a file to a history: open, name, check, repair, convert, complete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from forecast.conversion import actionable_contacts, solo_handle_times
from forecast.findings import Findings
from forecast.gaps import Grid, complete
from forecast.history import COLUMNS, History
from forecast.layouts import choose, with_our_names
from forecast.repair import check_span, interval_length, without_repeats
from forecast.request import Request
from forecast.suspicions import look_for_oddities
from scenario.tables import read_table


def read(
    source: str | Path | IO[bytes], name: str | None, layout: str | None, request: Request
) -> History:
    """`forecast.read_history` with its options put together and checked."""
    file = name or (Path(source).name if isinstance(source, (str, Path)) else "upload")
    findings = Findings(file)
    table = read_table(source, name)
    if table.attrs.get("separator") == ";":  # countries that write 12,5 cannot separate by commas
        request = replace(request, decimal_comma=True)
    for note in table.attrs.get("notes", ()):
        findings.told(note)

    chosen = choose(list(table.columns), layout, request)
    if chosen.default_minutes and request.interval_minutes is None:
        findings.told(f"Contacts are counted in intervals of {chosen.default_minutes} minutes.")
    named = with_our_names(table, chosen, request, findings)
    findings.raise_faults()
    if named.empty:
        findings.fault("", "", "", "a table with at least one row below the header")
        findings.raise_faults()
    rows = chosen.read(named, request, findings)
    if rows.empty:
        findings.fault("", "", "", "a table with at least one row that is not blank")
    findings.raise_faults()

    known = tuple(rows["channel"].unique())
    rows = without_repeats(rows, findings)
    check_span(rows["interval_start"], "interval_start", findings)
    findings.raise_faults()
    minutes = chosen.default_minutes and (request.interval_minutes or chosen.default_minutes)
    if minutes is None:
        minutes = interval_length(rows, request.interval_minutes, findings)
    findings.raise_faults()
    rows = solo_handle_times(rows, request, findings)
    rows = actionable_contacts(rows, request, findings)

    wanted = request.interval_minutes or minutes
    first, end = _span(rows, minutes, wanted)
    grid = complete(
        rows,
        minutes,
        known,
        findings,
        first=first,
        end=end,
        absent_is_zero=chosen.absent_is_zero,
    )
    if wanted != minutes:
        findings.told(f"Intervals of {minutes} minutes added up to {wanted} minutes.")
        _edges_unknown(grid, rows)
        grid = _added_up(grid, wanted // minutes)
    look_for_oddities(grid, wanted, findings)
    return _history(grid, wanted, request, findings, absent_is_zero=chosen.absent_is_zero)


def _span(rows: pd.DataFrame, minutes: int, wanted: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First start and last end, widened to whole intervals of the wanted length."""
    first, last = rows["interval_start"].min(), rows["interval_start"].max()
    end = last + pd.Timedelta(minutes=minutes)
    if wanted == minutes:
        return first, end
    before = (first.hour * 60 + first.minute) % wanted
    after = -(end.hour * 60 + end.minute) % wanted
    return first - pd.Timedelta(minutes=before), end + pd.Timedelta(minutes=after)


def _edges_unknown(grid: Grid, rows: pd.DataFrame) -> None:
    """What a wider interval holds beyond the file's first and last row is not known."""
    first, last = rows["interval_start"].min(), rows["interval_start"].max()
    beyond = np.asarray((grid.starts < first) | (grid.starts > last))
    for table in grid.values.values():
        table[beyond] = np.nan


def _added_up(grid: Grid, parts: int) -> Grid:
    """Every `parts` intervals as one; unknown when one of them is."""
    count = len(grid.starts) // parts
    width = len(grid.channels)
    values = {
        name: table.reshape(count, parts, width).sum(axis=1) for name, table in grid.values.items()
    }
    filled = np.asarray(grid.filled.reshape(count, parts, width).all(axis=1))
    return Grid(grid.starts[::parts], grid.channels, values, filled)


def _history(
    grid: Grid, minutes: int, request: Request, findings: Findings, *, absent_is_zero: bool
) -> History:
    count, width = grid.filled.shape
    table = pd.DataFrame(
        {
            "interval_start": grid.starts.repeat(width),
            "channel": pd.Series(np.tile(np.array(grid.channels, dtype=object), count), dtype=str),
        }
    )
    for name in (*COLUMNS[2:], *(name for name in grid.values if name not in COLUMNS)):
        table[name] = grid.values[name].ravel()
    return History(
        request.timezone,
        minutes,
        grid.channels,
        table,
        tuple(findings.repairs),
        tuple(findings.suspicions),
        filled=grid.filled if grid.filled.any() else None,
        absent_is_zero=absent_is_zero,
    )
