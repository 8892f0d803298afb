"""Intervals that have no row: nothing came, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings, plural
from forecast.repair import minutes_of

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

OPEN_SHARE = 0.5  # a slot of the week is open when half of its weeks have a row
# A run without rows is a hole, not a lull, when so many contacts were to be expected in it.
# Were contacts independent 10 would do (chance e^-10); days differ, so there is a margin.
SURPRISING_LULL = 20.0
EXPECTED_ZEROS = 5.0
FEW_WEEKS = 3
RUNS_TOLD = 4


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
    at = (minutes_of(rows["interval_start"]) - minutes_of(starts[:1].to_series())[0]) // minutes
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
