"""What is left at closing time: the backlog of every day and the age of its oldest work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from simulate.replications import Replications


def closing_table(replications: Replications) -> pd.DataFrame:
    """
    Deferred and callback work waiting at each closing time within the measured time.

    Returns
    -------
    DataFrame
        `channel`, `closes` (local time), `backlog` (contacts), `backlog_p90` (exceeded in a
        tenth of the replications), `oldest_s` (mean age of the oldest) and `cleared` (share of
        the replications in which nothing was left); counted at the end of the interval in
        which the channel closes. Channels that never close have no rows.
    """
    scenario, period = replications.scenario, replications.period
    rows = []
    for name, channel in scenario.channels.items():
        if channel.kind == "live":
            continue
        column = list(scenario.channels).index(name)
        for closes_us, last in _closings(replications, name):
            backlog = replications.contacts["backlog"][:, last, column]
            oldest = replications.contacts["oldest_us"][:, last, column]
            rows.append(
                {
                    "channel": name,
                    "closes": period.start + pd.Timedelta(microseconds=closes_us),
                    "backlog": float(backlog.mean()),
                    "backlog_p90": float(np.quantile(backlog, 0.9)),
                    "oldest_s": float(oldest.mean()) / MICROSECONDS,
                    "cleared": float((backlog == 0).mean()),
                }
            )
    columns = ["channel", "closes", "backlog", "backlog_p90", "oldest_s", "cleared"]
    return pd.DataFrame(rows, columns=columns)


def backlog_at_closings(replications: Replications, channel: str) -> NDArray[np.int64]:
    """Work of a channel that waits at each of its closing times, shape (R, closing times)."""
    column = list(replications.scenario.channels).index(channel)
    lasts = [last for _, last in _closings(replications, channel)]
    return replications.contacts["backlog"][:, lasts, column]


def _closings(replications: Replications, channel: str) -> Iterator[tuple[int, int]]:
    """Closing times of a channel in microseconds, and the measured interval that each ends."""
    scenario, period = replications.scenario, replications.period
    hours = scenario.channels[channel].open
    for _, closes_us in period.open_spans_us(hours, scenario.closed_dates):
        if 0 < closes_us <= period.length_us:
            yield closes_us, -(-closes_us // period.interval_us) - 1
