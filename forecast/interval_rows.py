"""The own layout: a row an interval and channel, with counts and handle time, checked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.cells import channels_in, numbers_in, without_blank_rows
from forecast.clock import Clock, read_clock, skipped_rule, tell_doubtful
from forecast.findings import Findings, plural
from forecast.request import Request

COUNTS = ("offered", "answered", "abandoned", "handle_time_s")
OPTIONAL_COUNTS = ("wait_s", "within_target")
ROUNDING = 1e-6


def read_interval_rows(table: pd.DataFrame, request: Request, findings: Findings) -> pd.DataFrame:
    """
    Check the rows of a table in the own layout.

    Parameters
    ----------
    table
        Columns `interval_start`, `channel`, `offered` and any of `answered`, `abandoned`,
        `handle_time_s` (total of the interval, seconds), `wait_s`, `within_target`.
    request
        What the reader was asked for.
    findings
        Takes faults, repairs and suspicions.

    Returns
    -------
    DataFrame
        The same columns with instants and numbers, in the order of the file; NaN where a
        value is not known. Still with repeated rows.
    """
    table = without_blank_rows(table, findings)
    rows = pd.DataFrame(index=table.index)
    rows["channel"] = channels_in(table["channel"], request, findings)
    clock = read_clock(
        table["interval_start"],
        request.timezone,
        findings,
        field="interval_start",
        series=rows["channel"],
    )
    rows["interval_start"] = clock.instants
    for name in (*COUNTS, *OPTIONAL_COUNTS):
        if name in table.columns:
            rows[name] = numbers_in(
                table[name], name, findings, decimal_comma=request.decimal_comma
            )
        elif name in COUNTS:
            rows[name] = np.nan
    _check_counts(rows, table, findings)
    rows = _without_skipped_hours(rows, table, clock, request, findings)
    _tell_unknown_cells(rows, findings)
    rows = _without_zero_handle_times(rows, findings)
    return _with_repeated_hours(rows, clock, request, findings)


def _check_counts(rows: pd.DataFrame, table: pd.DataFrame, findings: Findings) -> None:
    """The laws that the numbers of one row obey."""
    offered, answered, abandoned = rows["offered"], rows["answered"], rows["abandoned"]
    limit = offered + ROUNDING
    for name in ("answered", "abandoned", "within_target"):
        if name in rows.columns and name in table.columns:
            above = (rows[name] > limit).to_numpy()
            findings.fault_rows(above, name, table[name], "at most offered")
    if {"answered", "abandoned"} <= set(table.columns):
        together = (answered + abandoned > limit) & (answered <= limit) & (abandoned <= limit)
        rule = "at most offered together with answered"
        findings.fault_rows(together.to_numpy(), "abandoned", table["abandoned"], rule)
    if "handle_time_s" in table.columns:
        idle = ((rows["handle_time_s"] > 0) & (answered == 0)).to_numpy()
        findings.fault_rows(idle, "handle_time_s", table["handle_time_s"], "0 with none answered")


def _without_skipped_hours(
    rows: pd.DataFrame, table: pd.DataFrame, clock: Clock, request: Request, findings: Findings
) -> pd.DataFrame:
    """Drop the hour that a clock change skipped where it is empty, and refuse it elsewhere."""
    if not clock.skipped.any():
        return rows
    empty = (rows["offered"].fillna(0) == 0).to_numpy()
    rule = skipped_rule(request.timezone)
    busy = clock.skipped & ~empty
    findings.fault_rows(busy, "interval_start", table["interval_start"], rule)
    dropped = int((clock.skipped & empty).sum())
    if dropped:
        findings.told(
            f"{plural(dropped, 'empty row')} left out of the hour that was skipped when the"
            " clocks went forward."
        )
    return rows[~clock.skipped]


def _with_repeated_hours(
    rows: pd.DataFrame, clock: Clock, request: Request, findings: Findings
) -> pd.DataFrame:
    """
    Rows that may be the first or the second pass of a repeated hour.

    Nothing was offered: nothing in both passes. Else nobody can tell whether the row holds
    one hour or both: both are unknown.
    """
    if not clock.doubtful.any():
        return rows
    doubtful = clock.doubtful[~clock.skipped]
    counts = [name for name in rows.columns if name not in {"channel", "interval_start"}]
    first = rows[doubtful]
    busy = (first["offered"] != 0).groupby([first["channel"], first["interval_start"]])
    unknown = busy.transform("any").to_numpy(bool)
    first = first.assign(**{name: first[name].mask(unknown) for name in counts})
    tell_doubtful(first.loc[unknown, "interval_start"], request.timezone, "row", findings)
    # Dropping here loses nothing: repeated rows of a doubtful hour are all zero or unknown.
    first = first.drop_duplicates(["interval_start", "channel"])
    second = first.assign(interval_start=clock.second_pass[first.index])
    return pd.concat([rows[~doubtful], first, second])


def _tell_unknown_cells(rows: pd.DataFrame, findings: Findings) -> None:
    for missing, alike in rows.groupby([rows[name].isna() for name in COUNTS]):
        empty = np.flatnonzero(np.asarray(missing, dtype=bool))
        if len(empty):
            names = ", ".join(findings.names.get(COUNTS[i], COUNTS[i]) for i in empty)
            findings.told(f"{plural(len(alike), 'row')} without {names}: taken as unknown.")


def _without_zero_handle_times(rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Contacts that took no time at all were not measured."""
    unmeasured = (rows["handle_time_s"] == 0) & (rows["answered"] > 0)
    if unmeasured.any():
        findings.told(
            f"{plural(int(unmeasured.sum()), 'row')} with contacts answered in 0 seconds: the"
            " handle time is taken as unknown."
        )
        rows = rows.assign(handle_time_s=rows["handle_time_s"].mask(unmeasured))
    return rows
