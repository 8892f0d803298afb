"""What looks odd in a history and is left as it is: lone peaks, silent hours, wrong units."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings, plural
from forecast.gaps import Grid, slot_of_week

FloatArray = NDArray[np.float64]

FAR = 6.0  # in standard deviations of the channel's own usual scatter
TOLD = 5
SHORTEST_MEAN_S, LONGEST_MEAN_S = 10.0, 4 * 3600.0
ENOUGH_ROWS = 100
MEAN_NOT_TOTAL_SLOPE = 0.3


def look_for_oddities(grid: Grid, minutes: int, findings: Findings) -> None:
    """
    List what a planner should look at.

    Parameters
    ----------
    grid
        The complete history.
    minutes
        Length of an interval.
    findings
        Takes the sentences.
    """
    slot = slot_of_week(grid.starts, minutes)
    for c, channel in enumerate(grid.channels):
        _volumes(channel, grid.starts, grid.values["offered"][:, c], slot, findings)
        answered, total = grid.values["answered"][:, c], grid.values["handle_time_s"][:, c]
        _handle_times(channel, answered, total, findings)
    folded: dict[str, list[str]] = {}
    for channel in grid.channels:
        folded.setdefault(channel.casefold().replace(" ", ""), []).append(channel)
    for alike in folded.values():
        if len(alike) > 1:
            findings.suspect(f"Channels {alike} differ only in spelling: are they one?")


def _volumes(
    channel: str,
    starts: pd.DatetimeIndex,
    offered: FloatArray,
    slot: NDArray[np.int64],
    findings: Findings,
) -> None:
    """Intervals far from what the same slot of other weeks brought."""
    by_slot = pd.Series(offered).groupby(slot)
    usual = by_slot.transform("median").to_numpy(float)
    weeks = by_slot.transform("count").to_numpy()
    # Square roots of counts scatter alike, whatever their level.
    distance = 2 * (np.sqrt(offered + 0.375) - np.sqrt(usual + 0.375))
    judged = np.isfinite(distance) & (weeks >= 3)
    busy = judged & (usual > 0)
    if not judged.any():
        return
    middle = np.median(np.abs(distance[busy])) if busy.any() else 0.0
    scale = max(1.0, 1.4826 * float(middle))
    peak = judged & (distance > FAR * scale) & (offered > 3 * usual + 10)
    silent = judged & (offered == 0) & (distance < -FAR * scale)
    _tell_peaks(channel, starts, offered, usual, np.flatnonzero(peak), findings)
    if silent.any():
        first = starts[np.flatnonzero(silent)[0]]
        findings.suspect(
            f"{channel}: no contacts at all in {plural(int(silent.sum()), 'interval')} that are"
            f" normally busy, first on {_moment(first)}: if these were not counted, leave their"
            " cells empty."
        )


def _tell_peaks(
    channel: str,
    starts: pd.DatetimeIndex,
    offered: FloatArray,
    usual: FloatArray,
    at: NDArray[np.int64],
    findings: Findings,
) -> None:
    """One sentence a cluster of peaks, the highest first."""
    if not len(at):
        return
    day_apart = np.diff(starts[at].asi8) > pd.Timedelta(hours=12) // pd.Timedelta(microseconds=1)
    clusters = np.split(at, np.flatnonzero(day_apart) + 1)
    clusters.sort(key=lambda each: -float(offered[each].max()))
    for cluster in clusters[:TOLD]:
        top = cluster[np.argmax(offered[cluster])]
        others = f" (and {len(cluster) - 1} more nearby)" if len(cluster) > 1 else ""
        findings.suspect(
            f"{channel}: {offered[top]:,.6g} contacts on {_moment(starts[top])}{others}, where"
            f" about {usual[top]:,.3g} are usual."
        )
    if len(clusters) > TOLD:
        findings.suspect(f"{channel}: {plural(len(clusters) - TOLD, 'smaller peak')} besides.")


def _moment(at: pd.Timestamp) -> str:
    return f"{at.day} {at:%b %Y %H:%M}"


def _handle_times(
    channel: str, answered: FloatArray, total: FloatArray, findings: Findings
) -> None:
    """Handle times that no contact can have, or that look like means instead of totals."""
    measured = (answered > 0) & (total > 0)
    if not measured.any():
        return
    mean = float(total[measured].sum() / answered[measured].sum())
    if not SHORTEST_MEAN_S <= mean <= LONGEST_MEAN_S:
        findings.suspect(
            f"{channel}: the mean handle time is {mean:,.3g} seconds: is the column the total of"
            " the interval, in seconds?"
        )
        return
    several = measured & (answered >= 2)
    x, y = np.log(answered[several]), np.log(total[several])
    if several.sum() < ENOUGH_ROWS or np.std(x) < 0.3:
        return
    # Totals grow in step with the contacts (slope 1); means do not grow (slope 0).
    slope = float(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
    if slope < MEAN_NOT_TOTAL_SLOPE:
        findings.suspect(
            f"{channel}: the handle time does not grow with the contacts answered: is the column"
            " a mean instead of the total of the interval?"
        )
