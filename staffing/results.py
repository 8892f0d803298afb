"""The tables of a plan: requirement, shifts, volume, targets and their periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.demand import Demand
from scenario.model import Scenario
from scenario.shrinkage import shrinkage_of
from staffing.limits import limits_of, shrinkage_parts
from staffing.pay import shift_paid_hours, shift_rate
from staffing.promises import Verdict, kept
from staffing.roster import Roster

if TYPE_CHECKING:
    from simulate.outcome import Outcome

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

WIDE = 1.96  # standard errors of a 95 % interval


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


def volume_table(
    scenario: Scenario, expected: Demand, guessed: FloatArray, outcome: Outcome
) -> pd.DataFrame:
    """
    First attempts and all contacts of each channel over the measured time.

    Parameters
    ----------
    scenario
        Names channels and opening hours.
    expected
        Contacts that come by themselves.
    guessed
        All contacts as the first guess expects them, shape (I, C).
    outcome
        The fresh rehearsal of the plan.

    Returns
    -------
    DataFrame
        `channel`, `expected` (contacts that come by themselves; live ones in opening hours),
        `guessed` (with those that they beget while the promises are just kept), and what the
        plan gives, means of a replication: `first_attempts`, `redials`, `repeats`, `reposts`,
        `spread`, `handoffs`, `offered` (all), `caused`, `headed_off` and `closing_replies`.
    """
    warm, cool = scenario.edge_counts
    measured = slice(warm, scenario.period.count - cool)
    live = np.array([channel.kind == "live" for channel in scenario.channels.values()])
    there = limits_of(scenario).open_now | ~live
    table = pd.DataFrame(
        {
            "channel": list(scenario.channels),
            "expected": (expected.mean * there)[measured].sum(axis=0),
            "guessed": (guessed * there)[measured].sum(axis=0),
        }
    )
    return with_counts(table, outcome)


def with_counts(volume: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    """A volume table with the counts of a rehearsal in place of those that it may have."""
    counts = outcome.totals.set_index("channel").loc[volume["channel"], VOLUME_COUNTS]
    planned = volume[["channel", "expected", "guessed"]].reset_index(drop=True)
    return planned.join(counts.reset_index(drop=True))


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


VOLUME_COUNTS = [
    "first_attempts", "redials", "repeats", "reposts", "spread", "handoffs", "offered", "caused",
    "headed_off", "closing_replies",
]  # fmt: skip
SHIFT_COLUMNS = [
    "group", "kind", "start", "end", "breaks", "agents", "paid_hours", "cost", "fixed",
]  # fmt: skip
SHRINKAGE_COLUMNS = ["group", "part", "share", "applied", "planned", "simulated"]
TARGET_COLUMNS = [
    "channel", "arrived_closed", "formula", "period", "within_s", "target", "confidence",
    "achieved", "probability_met", "fresh_seed_achieved", "fresh_probability_met",
    "worst_period", "worst_achieved", "met",
]  # fmt: skip
PERIOD_COLUMNS = [
    "interval_start", "period", "channel", "arrived_closed", "target", "contacts", "required",
    "agent_hours", "achieved", "low", "high", "probability_met",
    "fresh_achieved", "fresh_low", "fresh_high", "fresh_probability_met", "met",
]  # fmt: skip


def period_table(
    scenario: Scenario,
    searched: tuple[Verdict, ...],
    fresh: tuple[Verdict, ...],
    required: IntArray,
) -> pd.DataFrame:
    """
    Every period of every promise: what the search saw and what the fresh check found.

    Parameters
    ----------
    scenario
        Names channels and groups.
    searched, fresh
        Promises held against the search's numbers and against others.
    required
        Least agents on the floor, shape (I, G).

    Returns
    -------
    DataFrame
        `interval_start` (first of the period), `period`, `channel`, `arrived_closed`,
        `target`, `contacts` (expected), `required` (mean agents who serve the channel) and
        `agent_hours` (the same as hours), `achieved` with its 95 % interval `low` and `high`,
        `probability_met`, the same with the prefix `fresh_`, and `met` (by the fresh check).
        Levels of periods without contacts are NaN.
    """
    warm, _ = scenario.edge_counts
    tables = []
    for before, after in zip(searched, fresh, strict=True):
        promise = after.promise
        groups = scenario.groups.values()
        able = [number for number, group in enumerate(groups) if promise.channel in group.skills]
        there = required[warm : warm + len(after.labels)][:, able].sum(axis=1)
        together = np.bincount(after.labels, there)
        columns: dict[str, object] = {
            "interval_start": after.starts,
            "period": promise.target.period,
            "channel": promise.channel,
            "arrived_closed": promise.closed,
            "target": promise.target.share,
            "contacts": after.contacts,
            "required": together / np.bincount(after.labels),
            "agent_hours": together * scenario.horizon.interval_minutes / 60,
        }
        for prefix, verdict in (("", before), ("fresh_", after)):
            columns[f"{prefix}achieved"] = verdict.mean
            columns[f"{prefix}low"] = np.maximum(verdict.mean - WIDE * verdict.error, 0.0)
            columns[f"{prefix}high"] = np.minimum(verdict.mean + WIDE * verdict.error, 1.0)
            columns[f"{prefix}probability_met"] = verdict.probability_met
        columns["met"] = kept(after)
        tables.append(pd.DataFrame(columns)[PERIOD_COLUMNS])
    if not tables:
        return pd.DataFrame(columns=PERIOD_COLUMNS)
    return pd.concat(tables, ignore_index=True)


__all__ = [
    "kept",
    "period_table",
    "requirement_table",
    "shift_table",
    "shrinkage_table",
    "target_table",
    "volume_table",
    "with_counts",
]
