"""From checked rows to a full grid: repeated rows, the interval length, missing intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import FIRST_ROW, Findings, plural
from forecast.request import LENGTHS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LONGEST_SPAN = pd.Timedelta(days=366 * 20)
OPEN_SHARE = 0.5  # a slot of the week is open when half of its weeks have a row
# A run without rows is a hole, not a lull, when so many contacts were to be expected in it.
# Were contacts independent 10 would do (chance e^-10); days differ, so there is a margin.
SURPRISING_LULL = 20.0
EXPECTED_ZEROS = 5.0
FEW_WEEKS = 3
RUNS_TOLD = 4


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
        for position, value, other in zip(again.index, shown, others, strict=True):
            rule = f"named once a channel (row {int(other) + FIRST_ROW} says something else)"
            findings.fault(f"row {int(str(position)) + FIRST_ROW}", "interval_start", value, rule)
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
    distinct = np.unique(_minutes(starts))
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
    minute = _minutes(starts)
    phases, sizes = np.unique(minute % length, return_counts=True)
    phase = phases[np.argmax(sizes)]
    off_grid = minute % length != phase
    off_grid |= np.asarray(starts.dt.second + starts.dt.microsecond) != 0
    findings.fault_rows(
        off_grid, "interval_start", starts, f"on the file's grid of {length} minutes"
    )
    return length


def check_span(rows: pd.DataFrame, findings: Findings) -> None:
    """A date far away from all others is a slip of the pen, not a history."""
    starts = rows["interval_start"]
    if starts.max() - starts.min() <= LONGEST_SPAN:
        return
    middle = starts.sort_values().iloc[len(starts) // 2]
    far = ((starts - middle).abs() > LONGEST_SPAN / 2).to_numpy()
    findings.fault_rows(far, "interval_start", starts, "within ten years of most other rows")


def _minutes(starts: pd.Series) -> NDArray[np.int64]:
    utc = starts.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[m]")
    minutes: NDArray[np.int64] = utc.astype(np.int64)
    return minutes


@dataclass(frozen=True)
class Grid:
    """
    Every interval of a span for every channel.

    Parameters
    ----------
    starts
        T interval starts, local.
    channels
        C names.
    values
        By column, each of shape (T, C), NaN where not known.
    filled
        True where the file had no row, shape (T, C).
    """

    starts: pd.DatetimeIndex
    channels: tuple[str, ...]
    values: dict[str, FloatArray]
    filled: BoolArray


def complete(
    rows: pd.DataFrame,
    minutes: int,
    channels: tuple[str, ...],
    findings: Findings,
    *,
    first: pd.Timestamp,
    end: pd.Timestamp,
    absent_is_zero: bool = False,
) -> Grid:
    """
    Fill the intervals that have no row: nothing came, or nobody knows.

    Parameters
    ----------
    rows
        Sorted, each interval and channel once, on one grid.
    minutes
        Length of an interval.
    channels
        C channels in the order wanted.
    findings
        Takes what was filled, in words.
    first, end
        The span to cover: first interval start, and the instant after the last interval.
    absent_is_zero
        Whether an interval without contacts has no row by nature, as in a contact log.

    Returns
    -------
    Grid
        Complete.

    Notes
    -----
    A channel that has rows with nothing offered writes its empty intervals down: an interval
    without a row is unknown where at least half of the weeks have a row in that slot of the
    week (normally open), and zero elsewhere (normally closed). A channel that never writes a
    zero where several were to be expected leaves its empty intervals out: there a missing
    interval is zero, unless it is normally open and so long a run is missing that twenty or
    more contacts were to be expected.
    """
    utc = pd.date_range(
        first.tz_convert("UTC"), end.tz_convert("UTC"), freq=f"{minutes}min", inclusive="left"
    )
    starts = utc.as_unit("us").tz_convert(first.tz).rename("interval_start")
    at = (_minutes(rows["interval_start"]) - _minutes(starts[:1].to_series())[0]) // minutes
    column = pd.Index(channels).get_indexer(pd.Index(rows["channel"]))
    names = [name for name in rows.columns if name not in {"interval_start", "channel"}]
    values = {name: np.full((len(starts), len(channels)), np.nan) for name in names}
    for name in names:
        values[name][at, column] = rows[name].to_numpy(float)
    filled = np.ones((len(starts), len(channels)), dtype=bool)
    filled[at, column] = False

    slot = slot_of_week(starts, minutes)
    for c, channel in enumerate(channels):
        missing = filled[:, c]
        if missing.any():
            unknown = _unknown(values["offered"][:, c], missing, slot, minutes, absent_is_zero)
            for table in values.values():
                table[missing & ~unknown, c] = 0.0
            _tell_filled(channel, starts, missing, unknown, minutes, findings)
    return Grid(starts, channels, values, filled)


def slot_of_week(starts: pd.DatetimeIndex, minutes: int) -> NDArray[np.int64]:
    """Number of the slot of the local week of each interval, 0 for Monday at midnight."""
    minute = np.asarray(starts.hour * 60 + starts.minute, dtype=np.int64)
    slot: NDArray[np.int64] = np.asarray(starts.day_of_week) * (1440 // minutes) + minute // minutes
    return slot


def _unknown(
    offered: FloatArray,
    missing: BoolArray,
    slot: NDArray[np.int64],
    minutes: int,
    absent_is_zero: bool,
) -> BoolArray:
    """Which missing intervals are unknown; the other ones are zero."""
    present = np.flatnonzero(~missing)
    if not len(present):
        return missing
    own = np.zeros(len(missing), dtype=bool)
    own[present[0] : present[-1] + 1] = True  # before its first row a channel shows no habits
    slots = 7 * 1440 // minutes
    weeks = np.bincount(slot[own], minlength=slots).astype(float)
    seen = np.bincount(slot[~missing], minlength=slots).astype(float)
    known = ~missing & np.isfinite(offered)
    total = np.bincount(slot[known], weights=offered[known], minlength=slots)
    share = np.divide(seen, weeks, out=np.zeros(slots), where=weeks > 0)
    pooled = _over_working_days(seen) / np.maximum(_over_working_days(weeks), 1)
    share = np.where(weeks < FEW_WEEKS, pooled, share)

    mean_where_seen = np.divide(total, seen, out=np.zeros(slots), where=seen > 0)
    zeros_expected = float(np.exp(-mean_where_seen[slot[known]]).sum())
    has_zeros = bool((offered[known] == 0).any())
    if not absent_is_zero and (has_zeros or zeros_expected < EXPECTED_ZEROS):
        habitual: BoolArray = missing & (share[slot] >= OPEN_SHARE)
        return habitual

    rate = np.divide(total, weeks, out=np.zeros(slots), where=weeks > 0)
    expected = np.where(missing, rate[slot], 0.0)
    run = np.cumsum(np.diff(missing, prepend=False))
    in_run = np.bincount(run, weights=expected)[run]
    open_now = share[slot] >= OPEN_SHARE
    surprising: BoolArray = missing & (in_run >= SURPRISING_LULL) & open_now
    return surprising


def _over_working_days(by_slot: FloatArray) -> FloatArray:
    """Monday to Friday added up slot by slot; Saturday and Sunday as they are."""
    by_day = by_slot.reshape(7, -1).copy()
    by_day[:5] = by_day[:5].sum(axis=0)
    return by_day.ravel()


def _tell_filled(
    channel: str,
    starts: pd.DatetimeIndex,
    missing: BoolArray,
    unknown: BoolArray,
    minutes: int,
    findings: Findings,
) -> None:
    zeros = int((missing & ~unknown).sum())
    if zeros:
        findings.told(
            f"{channel}: {plural(zeros, 'interval')} without a row, in hours normally closed or"
            " without contacts: taken as 0 contacts."
        )
    if not unknown.any():
        return
    edges = np.flatnonzero(np.diff(unknown, prepend=False, append=False))
    runs = list(zip(edges[::2], edges[1::2], strict=True))
    longest = sorted(sorted(runs, key=lambda run: run[0] - run[1])[:RUNS_TOLD])
    length = pd.Timedelta(minutes=minutes)
    told = "; ".join(span_words(starts[begin], starts[end - 1] + length) for begin, end in longest)
    further = f" and {plural(len(runs) - RUNS_TOLD, 'shorter gap')}" * (len(runs) > RUNS_TOLD)
    findings.told(
        f"{channel}: {plural(int(unknown.sum()), 'interval')} missing in hours normally open:"
        f" taken as unknown, not as 0 contacts ({told}{further})."
    )


def span_words(begin: pd.Timestamp, end: pd.Timestamp) -> str:
    """A stretch of time as people write it: "20 Nov 2025 11:00 to 15:00"."""
    day = f"{begin.day} {begin:%b %Y %H:%M}"
    if begin.date() == end.date():
        return f"{day} to {end:%H:%M}"
    return f"{day} to {end.day} {end:%b %Y %H:%M}"
