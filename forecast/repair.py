"""Checked rows in order: repeated rows, the interval length, a sensible span."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import FIRST_ROW, MOST_ROWS_OF_ONE_RULE, Findings, plural
from forecast.request import LENGTHS
from scenario.tables import FIRST_YEAR, LAST_YEAR

LONGEST_SPAN = pd.Timedelta(days=366 * 20)


def without_repeats(rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """
    Rows in time order, each interval and channel once.

    A row repeated word for word is left out and told; one that says something else is a
    fault, since nobody can know which is right.
    """
    key = ["interval_start", "channel"]
    in_file = rows[~rows.index.duplicated()].sort_index()
    steps = in_file.groupby("channel", sort=False)["interval_start"].diff()
    if (steps < pd.Timedelta(0)).any():
        way = "out of time order" if (steps > pd.Timedelta(0)).any() else "newest first"
        findings.told(f"Rows stood {way}: sorted.")
    identical = rows.duplicated().to_numpy()
    if identical.any():
        findings.told(f"{plural(int(identical.sum()), 'repeated identical row')} left out.")
        rows = rows[~identical]
    conflict = rows.duplicated(key).to_numpy()
    if conflict.any():
        first = rows[rows.duplicated(key, keep=False)].copy()
        first["position"] = np.asarray(first.index)
        original = first.groupby(key)["position"].transform("first")
        again = first[first.duplicated(key)]
        shown = again["interval_start"].astype("str") + " " + again["channel"]
        others = original[np.asarray(first.duplicated(key))]
        for other, cells in shown.groupby(others):
            rule = f"named once a channel (row {int(str(other)) + FIRST_ROW} says something else)"
            findings.fault_rows(np.ones(len(cells), dtype=bool), "interval_start", cells, rule)
            if len(findings) > MOST_ROWS_OF_ONE_RULE:
                break
    return rows.sort_values("interval_start", kind="stable")


def interval_length(rows: pd.DataFrame, wanted: int | None, findings: Findings) -> int:
    """
    Minutes of an interval, read from the starts; every start must lie on that grid.

    Parameters
    ----------
    rows
        With `interval_start`; the index holds positions in the file.
    wanted
        Length asked for, 15, 30 or 60; the file's must divide it.
    findings
        Takes the faults.

    Returns
    -------
    int
        The file's own length; meaningless when faults were added.
    """
    starts = rows["interval_start"]
    distinct = np.unique(minutes_of(starts))
    if len(distinct) < 2:
        if wanted is None:
            rule = "at least two intervals, or the interval length given"
            findings.fault("", "interval_start", plural(len(starts), "row"), rule)
        return wanted or LENGTHS[0]
    steps, counts = np.unique(np.diff(distinct), return_counts=True)
    length = int(steps[np.argmax(counts)]) if counts.max() * 2 > counts.sum() else int(steps.min())
    if wanted is None and length not in LENGTHS:
        rule = "15, 30 or 60 minutes apart"
        findings.fault("", "interval_start", f"mostly {length} minutes apart", rule)
        return length
    if wanted is not None and (length > wanted or wanted % length):
        rule = f"so far apart that the {wanted} minutes asked for are a whole number of them"
        findings.fault("", "interval_start", f"{length} minutes", rule)
        return length
    minute = minutes_of(starts)
    phases, sizes = np.unique(minute % length, return_counts=True)
    phase = phases[np.argmax(sizes)]
    off_grid = minute % length != phase
    off_grid |= np.asarray(starts.dt.second + starts.dt.microsecond) != 0
    findings.fault_rows(
        off_grid, "interval_start", starts, f"on the file's grid of {length} minutes"
    )
    return length


def check_span(starts: pd.Series, field: str, findings: Findings) -> None:
    """A date far away from all others is a slip of the pen, not a history; so is year 9999."""
    if starts.empty or starts.max() - starts.min() <= LONGEST_SPAN:
        strange = ~starts.dt.year.between(FIRST_YEAR, LAST_YEAR).to_numpy()
        rule = f"a time of the years {FIRST_YEAR} to {LAST_YEAR}"
        findings.fault_rows(strange, field, starts, rule)
        return
    middle = starts.sort_values().iloc[len(starts) // 2]
    far = ((starts - middle).abs() > LONGEST_SPAN / 2).to_numpy()
    findings.fault_rows(far, field, starts, "within ten years of most other rows")


def minutes_of(starts: pd.Series) -> NDArray[np.int64]:
    """Whole minutes since 1970, in UTC, where no hour repeats."""
    utc = starts.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[m]")
    minutes: NDArray[np.int64] = utc.astype(np.int64)
    return minutes
