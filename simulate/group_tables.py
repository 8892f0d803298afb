"""How the agents fared: a row per group, of the whole measured time or of each interval."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenario import Staff
from scenario.calendar import MICROSECONDS
from scenario.targets import ratio
from simulate.estimates import estimate
from simulate.pay import pay
from simulate.replications import Replications, occupancy_of, slots_filled_of

HOUR_US = 3600 * MICROSECONDS


def group_table(replications: Replications, staff: Staff) -> pd.DataFrame:
    """
    A row per group.

    Parameters
    ----------
    replications
        What happened.
    staff
        Who was scheduled, over the scenario's horizon.

    Returns
    -------
    DataFrame
        `group`; `occupancy` with `occupancy_low` and `occupancy_high`, `slots_filled` and
        `utilisation` (time with a contact in hand over paid time), all shares; `floor_hours`,
        `paid_hours`, `fte`, `cost` and `not_in_shrinkage` of `simulate.pay.pay`; of a
        replication, on average: `break_hours` on breaks, `absent_hours` scheduled of agents
        who are absent, `drain_hours` worked past the agents' time or the horizon, and
        `leaving_hours`, the part of them within the horizon.
    """
    rows = []
    for number, name in enumerate(replications.scenario.groups):
        time = replications.agent_time(name, "horizon")
        occupancy = estimate(occupancy_of(time), replications.batches)
        rows.append(
            {
                "group": name,
                "occupancy": occupancy.value[0],
                "occupancy_low": max(occupancy.low[0], 0.0),
                "occupancy_high": min(occupancy.high[0], 1.0),
                "slots_filled": slots_filled_of(time).pooled()[0],
                **{
                    f"{what}_hours": float(time[f"{what}_us"].mean()) / HOUR_US
                    for what in ("busy", "break", "absent", "leaving")
                },
                "drain_hours": float(replications.drain_us[:, number].mean()) / HOUR_US,
            }
        )
    table = pd.DataFrame(rows).merge(pay(replications.scenario, staff), on="group")
    worked = table.pop("busy_hours") + table["leaving_hours"]
    table["utilisation"] = ratio(worked.to_numpy(), table["paid_hours"].to_numpy())
    return table


def group_interval_table(replications: Replications, staff: Staff) -> pd.DataFrame:
    """
    A row per measured interval and group.

    Parameters
    ----------
    replications, staff
        As for `group_table`.

    Returns
    -------
    DataFrame
        `interval_start`, `group`, `agents` (scheduled), `present` (mean agents there, not on a
        break and not leaving), `on_break`, `absent` (mean agents), `occupancy`,
        `slots_filled`; sorted by time.
    """
    warm, _ = replications.scenario.edge_counts
    period = replications.period
    frames = []
    for number, name in enumerate(replications.scenario.groups):
        time = replications.agent_time(name, "interval")
        frames.append(
            pd.DataFrame(
                {
                    "interval_start": period.starts,
                    "group": name,
                    "agents": staff.agents[warm : warm + period.count, number],
                    "present": time["present_us"].mean(axis=0) / period.interval_us,
                    "on_break": time["break_us"].mean(axis=0) / period.interval_us,
                    "absent": time["absent_us"].mean(axis=0) / period.interval_us,
                    "occupancy": occupancy_of(time).pooled(),
                    "slots_filled": slots_filled_of(time).pooled(),
                }
            )
        )
    table = pd.concat(frames, ignore_index=True)
    order = np.arange(len(table)).reshape(len(frames), -1).T.ravel()
    return table.iloc[order].reset_index(drop=True)


def in_hand_table(replications: Replications) -> pd.DataFrame:
    """
    How many contacts agents have in hand at once.

    Returns
    -------
    DataFrame
        A row per group and number: `group`, `contacts` (0: free), `hours` (of a replication,
        on average; what is worked past the agents' time is in it) and `share` of all of them.
    """
    tables = []
    for number, (name, group) in enumerate(replications.scenario.groups.items()):
        time = replications.agent_time(name, "horizon")
        free = (time["present_us"] - time["busy_us"]).mean()
        most = max(skill.max_concurrent for skill in group.skills.values())
        held = replications.in_hand_us[:, number, :most].mean(axis=0)
        hours = np.append(free, held) / HOUR_US
        table = pd.DataFrame({"contacts": np.arange(len(hours)), "hours": hours})
        table["share"] = ratio(hours, np.full(len(hours), hours.sum()))
        tables.append(table.assign(group=name)[["group", "contacts", "hours", "share"]])
    return pd.concat(tables, ignore_index=True)
