"""How results leave the library: contacts as a table, and tables as JSON records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Horizon
from scenario.calendar import MICROSECONDS
from simulate.log import Cause, Ending


def contact_table(
    logs: Sequence[tuple[int, NDArray[Any]]],
    period: Horizon,
    channels: Sequence[str],
    groups: Sequence[str],
) -> pd.DataFrame:
    """
    Every contact of every replication.

    Parameters
    ----------
    logs
        Number of each replication with its contacts, dtype `simulate.log.CONTACT`.
    period
        The whole horizon, warm-up and cool-down included.
    channels, groups
        Names by number.

    Returns
    -------
    DataFrame
        A row per contact, sorted by replication and id: `replication`, `id`, `parent` (-1: a
        first contact), `channel`, `interval_start` (NaT: opening backlog), `offered`,
        `first_offered`, `deadline`, `arrived_closed`, `start`, `end` (local times, NaT where
        there is none), `wait_s` (offer to start, abandonment, conversion or block), `work_s`
        (solo agent time), `agent` (-1: nobody), `group`, `tries`, `put_aside` (times), `silent`
        (left unnoticed), `silent_s` (agent time until that was noticed), `reach` (followers),
        `cause` (why it exists: first, backlog, endless, callback, redial, repeat, repost,
        spread, handoff, closing), `attempt` (1, or one more than that of its parent),
        `comes_back` (when the customer comes back for it), `moves` (when the customer comes in on
        a private channel) and `ending` (lower case).
    """
    contacts = np.concatenate([log for _, log in logs])
    numbers = np.repeat([number for number, _ in logs], [len(log) for _, log in logs])

    def instants(name: str) -> pd.Series:
        offsets = contacts[name]
        absent = (offsets < 0) & (name not in {"offered_us", "first_offered_us"})
        if name == "deadline_us":
            # A deadline before the horizon is one of the opening backlog.
            absent &= contacts["interval"] >= 0
        stamps = pd.Series(np.where(absent, 0, offsets)).astype("timedelta64[us]") + period.start
        return stamps.where(~absent)

    start, end = contacts["start_us"], contacts["end_us"]
    left = np.where(start >= 0, start, end)
    waited = np.where(left >= 0, (left - contacts["offered_us"]) / MICROSECONDS, np.nan)
    endings = {int(ending): ending.name.lower() for ending in Ending}
    causes = {int(cause): cause.name.lower() for cause in Cause}
    interval = contacts["interval"]
    starts = pd.Series(period.starts[np.maximum(interval, 0)]).where(interval >= 0)
    return pd.DataFrame(
        {
            "replication": numbers,
            "id": contacts["id"],
            "parent": contacts["parent"],
            "channel": np.asarray(channels, dtype=object)[contacts["channel"]],
            "interval_start": starts,
            "offered": instants("offered_us"),
            "first_offered": instants("first_offered_us"),
            "deadline": instants("deadline_us"),
            "arrived_closed": contacts["arrived_closed"],
            "start": instants("start_us"),
            "end": instants("end_us"),
            "wait_s": waited,
            "work_s": contacts["work_us"] / MICROSECONDS,
            "agent": contacts["agent"],
            "group": [groups[number] if number >= 0 else "" for number in contacts["group"]],
            "tries": contacts["tries"],
            "put_aside": contacts["put_aside"],
            "silent": contacts["silent"],
            "silent_s": contacts["silent_us"] / MICROSECONDS,
            "reach": contacts["reach"],
            "cause": [causes[int(number)] for number in contacts["cause"]],
            "attempt": contacts["attempt"],
            "comes_back": instants("comes_back_us"),
            "moves": instants("moves_us"),
            "ending": [endings[int(number)] for number in contacts["ending"]],
        }
    )


def as_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as a list of records for JSON: undefined values None, times as ISO text."""
    columns = {str(name): [_plain(value) for value in table[name]] for name in table.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.isoformat() if isinstance(value, pd.Timestamp) else value
