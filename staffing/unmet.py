"""Which promises are not kept, why, and what would it take?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.model import Scenario
from scenario.targets import ratio
from staffing.approach import STEEP
from staffing.limits import Limits
from staffing.promises import Verdict, judge, kept

if TYPE_CHECKING:
    from simulate.outcome import Outcome

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

NEARLY_ALL = 0.98  # of the contracted hours: the last ones seldom make a whole shift
HARDER = 1.5  # hours that it takes to win back one that is missing, on a floor that is busy
COLUMNS = [
    "interval_start", "period", "channel", "arrived_closed", "target", "achieved", "reason",
    "needed",
]  # fmt: skip


def unmet_table(
    scenario: Scenario,
    outcome: Outcome,
    scheduled: IntArray,
    limits: Limits,
    effort_s: FloatArray,
) -> pd.DataFrame:
    """
    Periods that break a promise, and live intervals in which nobody is scheduled.

    Parameters
    ----------
    scenario
        Names promises, limits and contracts.
    outcome
        The fresh rehearsal.
    scheduled
        Agents on the floor, shape (I, G).
    limits
        Bounds of the agents.
    effort_s
        Agent seconds of a contact by channel, shape (C,).

    Returns
    -------
    DataFrame
        `interval_start` (first of the period), `period`, `channel`, `arrived_closed`, `target`,
        `achieved`, `reason` and `needed` (about how much more, in words), sorted by time.
    """
    rows = []
    fresh = judge(outcome.data)
    for after in fresh:
        promise = after.promise
        reached = after.reached()
        for period in np.flatnonzero(~kept(after)).tolist():
            rows.append(
                {
                    "interval_start": after.starts[period],
                    "period": promise.target.period,
                    "channel": promise.channel,
                    "arrived_closed": promise.closed,
                    "target": promise.target.share,
                    "achieved": reached[period],
                    "reason": _why(scenario, promise.channel, scheduled, limits),
                    "needed": _needed(scenario, after, period, scheduled, effort_s),
                }
            )
    rows += _nobody_there(scenario, fresh, scheduled, limits)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["interval_start", "channel"], kind="stable", ignore_index=True)


def _able(scenario: Scenario, channel: str) -> list[int]:
    """Groups that serve a channel."""
    groups = scenario.groups.values()
    return [number for number, group in enumerate(groups) if channel in group.skills]


def _why(scenario: Scenario, channel: str, scheduled: IntArray, limits: Limits) -> str:
    """What keeps the groups that serve a channel from giving more, as far as limits tell."""
    able = _able(scenario, channel)
    weeks = scenario.period.week_of_interval
    hours = np.stack(
        [
            np.bincount(weeks, weights=scheduled[:, group]) * scenario.period.interval_minutes / 60
            for group in able
        ]
    )
    if np.all(hours.max(axis=1) >= NEARLY_ALL * limits.hours_a_week[able]):
        return "contracts used up"
    most, there = limits.most[:, able], scheduled[:, able]
    may = most.max(axis=0, initial=0) > 0
    if np.all(((there >= most) & (most > 0)).any(axis=0) | ~may):
        return "no more people or desks"
    return "under target"


def _needed(
    scenario: Scenario, after: Verdict, period: int, scheduled: IntArray, effort_s: FloatArray
) -> str:
    """About how much more it would take, or that no number of agents is enough."""
    promise = after.promise
    channel = scenario.channels[promise.channel]
    speeds = [
        group.skills[promise.channel].speed
        for group in scenario.groups.values()
        if promise.channel in group.skills
    ]
    takes_s = channel.handle_time.mean_s * channel.handle_time.scale * min(speeds)
    if channel.kind == "deferred" and takes_s >= promise.target.within_s:
        return (
            f"no number of agents: a reply is {takes_s:,.0f} s of work and promised within"
            f" {promise.target.within_s:,.0f} s"
        )
    short = promise.target.share - float(after.reached()[period])
    if promise.target.period == "interval" and channel.kind == "live":
        warm, _ = scenario.edge_counts
        there = scheduled[period + warm, _able(scenario, promise.channel)].sum()
        more = max(1, math.ceil(short * math.sqrt(max(int(there), 1)) / STEEP))
        return f"about {more} more {'agent' if more == 1 else 'agents'} in it"
    column = list(scenario.channels).index(promise.channel)
    work_s = short * float(after.contacts[period]) * float(effort_s[column])
    hours = math.ceil(2 * HARDER * work_s / 3600) / 2
    return f"about {hours:g} agent hours more in it"


def _nobody_there(
    scenario: Scenario, fresh: tuple[Verdict, ...], scheduled: IntArray, limits: Limits
) -> list[dict[str, object]]:
    warm, cool = scenario.edge_counts
    names = list(scenario.channels)
    rows: list[dict[str, object]] = []
    for verdict in fresh:
        channel = verdict.promise.channel
        if scenario.channels[channel].kind != "live":
            continue
        column = names.index(channel)
        able = _able(scenario, channel)
        empty = limits.open_now[:, column] & (scheduled[:, able].sum(axis=1) == 0)
        levels = ratio(verdict.above.sum(axis=0), verdict.below.sum(axis=0))
        for interval in np.flatnonzero(empty[warm : len(empty) - cool]).tolist():
            rows.append(
                {
                    "interval_start": scenario.period.starts[interval + warm],
                    "period": "interval",
                    "channel": channel,
                    "arrived_closed": False,
                    "target": verdict.promise.target.share,
                    "achieved": levels[interval],
                    "reason": "nobody scheduled",
                    "needed": "somebody there while the channel is open",
                }
            )
    return rows
