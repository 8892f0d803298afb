"""What is left at closing time: the backlog of every day and the age of its oldest work."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
        for _, closes_us in period.open_spans_us(channel.open, scenario.closed_dates):
            if not 0 < closes_us <= period.length_us:
                continue
            last = -(-closes_us // period.interval_us) - 1
            column = list(scenario.channels).index(name)
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
