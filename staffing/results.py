"""The tables of a plan: requirement, shifts, targets, and what is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.model import Scenario
from scenario.shrinkage import shrinkage_of
from scenario.targets import ratio
from staffing.limits import Limits, shrinkage_parts
from staffing.pay import shift_paid_hours, shift_rate
from staffing.promises import Verdict, judge
from staffing.roster import Roster

if TYPE_CHECKING:
    from simulate.outcome import Outcome

IntArray = NDArray[np.int64]

NOISE = 2.0  # standard errors by which a fresh check may miss a target by chance ...
TOLERANCE = 0.01  # ... but never by more than this
NEARLY_ALL = 0.98  # of the contracted hours: the last ones seldom make a whole shift


def requirement_table(scenario: Scenario, required: IntArray, scheduled: IntArray) -> pd.DataFrame:
    """`interval_start`, `group`, `required`, `scheduled`, sorted by time."""
    groups = list(scenario.groups)
    starts = scenario.period.starts
    return pd.DataFrame(
        {
            "interval_start": starts.repeat(len(groups)),
            "group": groups * len(starts),
            "required": required.ravel(),
            "scheduled": scheduled.ravel(),
        }
    )


def shift_table(scenario: Scenario, roster: Roster) -> pd.DataFrame:
    """Shifts by start, with the paid hours and cost of all agents behind them."""
    rows = []
    for shift in roster.shifts:
        group = scenario.groups[shift.group]
        paid = shift_paid_hours(group, shift, scenario.period)
        rows.append(
            {
                "group": shift.group,
                "kind": shift.kind,
                "start": shift.start,
                "end": shift.end,
                "breaks": shift.breaks,
                "agents": shift.agents,
                "paid_hours": paid,
                "cost": paid * shift_rate(group, shift),
                "fixed": shift in roster.fixed,
            }
        )
    return pd.DataFrame(rows, columns=SHIFT_COLUMNS)


def shrinkage_table(scenario: Scenario) -> pd.DataFrame:
    """Parts of shrinkage: which are in the factor, planned by shifts, simulated by the floor."""
    rows = []
    for name, group in scenario.groups.items():
        applied, planned = shrinkage_parts(group)
        rows += [
            {
                "group": name,
                "part": part,
                "share": share,
                "applied": part in applied,
                "planned": part in planned,
                "simulated": part in shrinkage_of(group).simulated,
            }
            for part, share in group.shrinkage.items()
        ]
    return pd.DataFrame(rows, columns=SHRINKAGE_COLUMNS)


def kept(fresh: Verdict) -> NDArray[np.bool_]:
    """
    Whether each period keeps its promise, shape (P,), judged by numbers the search never saw.

    A period that misses by no more than two standard errors, and by no more than one
    percentage point, cannot be told from one that keeps its promise.
    """
    spare = np.minimum(NOISE * fresh.error, TOLERANCE)
    held: NDArray[np.bool_] = ~(fresh.reached() < fresh.promise.target.share - spare - 1e-12)
    return held


def target_table(searched: tuple[Verdict, ...], fresh: tuple[Verdict, ...]) -> pd.DataFrame:
    """A row per promise with what the search saw and the fresh check beside it."""
    rows = []
    for before, after in zip(searched, fresh, strict=True):
        promise = before.promise
        reached = after.reached()
        known = np.isfinite(reached)
        worst = int(np.nanargmin(reached)) if known.any() else None
        rows.append(
            {
                "channel": promise.channel,
                "arrived_closed": promise.closed,
                "formula": promise.formula,
                "period": promise.target.period,
                "within_s": promise.target.within_s,
                "target": promise.target.share,
                "confidence": np.nan
                if promise.target.confidence is None
                else promise.target.confidence,
                "achieved": before.overall,
                "probability_met": before.overall_probability,
                "fresh_seed_achieved": after.overall,
                "fresh_probability_met": after.overall_probability,
                "worst_period": pd.NaT if worst is None else after.starts[worst],
                "worst_achieved": np.nan if worst is None else reached[worst],
                "met": bool(kept(after).all()),
            }
        )
    return pd.DataFrame(rows, columns=TARGET_COLUMNS)


SHIFT_COLUMNS = [
    "group", "kind", "start", "end", "breaks", "agents", "paid_hours", "cost", "fixed",
]  # fmt: skip
SHRINKAGE_COLUMNS = ["group", "part", "share", "applied", "planned", "simulated"]
TARGET_COLUMNS = [
    "channel", "arrived_closed", "formula", "period", "within_s", "target", "confidence",
    "achieved", "probability_met", "fresh_seed_achieved", "fresh_probability_met",
    "worst_period", "worst_achieved", "met",
]  # fmt: skip
UNMET_COLUMNS = [
    "interval_start", "period", "channel", "arrived_closed", "target", "achieved", "reason",
]  # fmt: skip


def unmet_table(
    scenario: Scenario, outcome: Outcome, scheduled: IntArray, limits: Limits
) -> pd.DataFrame:
    """Periods that break a promise, and live intervals in which nobody is scheduled."""
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
                }
            )
    rows += _nobody_there(scenario, fresh, scheduled, limits)
    table = pd.DataFrame(rows, columns=UNMET_COLUMNS)
    return table.sort_values(["interval_start", "channel"], kind="stable", ignore_index=True)


def _why(scenario: Scenario, channel: str, scheduled: IntArray, limits: Limits) -> str:
    """What keeps the groups that serve a channel from giving more, as far as limits tell."""
    able = [n for n, group in enumerate(scenario.groups.values()) if channel in group.skills]
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
    if np.all(((there >= most) & (most > 0)).any(axis=0)):
        return "no more people or desks"
    return "under target"


def _nobody_there(
    scenario: Scenario, fresh: tuple[Verdict, ...], scheduled: IntArray, limits: Limits
) -> list[dict[str, object]]:
    warm, cool = scenario.edge_counts
    names = list(scenario.channels)
    groups = list(scenario.groups.values())
    rows: list[dict[str, object]] = []
    for verdict in fresh:
        channel = verdict.promise.channel
        if scenario.channels[channel].kind != "live":
            continue
        column = names.index(channel)
        able = [place for place, group in enumerate(groups) if channel in group.skills]
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
                }
            )
    return rows
