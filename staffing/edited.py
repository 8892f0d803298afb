"""A plan whose shifts a planner has edited: who is there, what it costs, what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.assumptions import expected_demand
from scenario.demand import Demand
from scenario.errors import RunCancelledError
from scenario.model import Scenario
from scenario.staff import Shift, Staff, agents_from_shifts
from staffing.document import records
from staffing.edit_rows import in_order, read_edit
from staffing.limits import limits_of
from staffing.planning import Plan
from staffing.promises import judge
from staffing.results import kept, shift_table
from staffing.roster import Roster
from staffing.task import effort_of
from staffing.unmet import unmet_table

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

IntArray = NDArray[np.int64]

AS_FOUND, EDITED = "plan as found", "edited plan"
PAY = ("cost", "paid_hours", "cost_per_contact")
TOLD = ("service_level", "service_level_closed", "abandonment", "occupancy")
"""Measures whose real differences are told in sentences; the others stand in the table."""
_NAMES = ("group", "kind", "start", "end", "breaks", "agents")
PROMISE_COLUMNS = [
    "channel", "arrived_closed", "period", "within_s", "target", "confidence",
    "as_found", "achieved", "met_as_found", "met",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class EditedPlan:
    """
    A plan with shifts of the planner's own.

    Parameters
    ----------
    plan
        The plan as found.
    shifts
        Columns as in `Plan.shifts`.
    roster
        The same shifts, as a staffing file or the floor takes them.
    staff
        Agents on the floor.
    requirement
        As in `Plan`, with what the edited shifts schedule.
    paid_hours, cost, fte
        As in `Plan`.
    outcome
        What this staff gives, on the very customers that checked the plan as found.
    promises
        A row per promise: `channel`, `arrived_closed`, `period`, `within_s`, `target`,
        `confidence`, `as_found` and `achieved` (shares), `met_as_found`, `met`.
    unmet
        What is not kept, by name, and what it would take; columns as in `Plan.unmet`.
    differences
        Edited less as found, in pairs; columns as in `simulate.compare.paired`, without the
        rows of cost and paid hours: `paid_hours` and `cost` of the two tell these.
    notes
        Limits that the edit goes beyond, a sentence each: more people at once than there are,
        more hours than the contracts give, nobody there while a live channel is open.
    """

    plan: Plan
    shifts: pd.DataFrame
    roster: tuple[Shift, ...]
    staff: Staff
    requirement: pd.DataFrame
    paid_hours: float
    cost: float
    fte: float
    outcome: Outcome
    promises: pd.DataFrame
    unmet: pd.DataFrame
    differences: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def scenario(self) -> Scenario:
        """What was assumed."""
        return self.plan.scenario

    @cached_property
    def whole(self) -> Plan:
        """The edited plan as a plan, rota and all, made on first use."""
        from staffing.redone import as_plan

        return as_plan(self)

    @property
    def sentences(self) -> list[str]:
        """What changes: cost and hours, promises broken and kept again, whatever else is real."""
        hours = self.paid_hours - self.plan.paid_hours
        cost = self.cost - self.plan.cost
        currency = self.plan.scenario.currency
        told = [f"It costs {_cost(cost, currency)}, with {_hours(hours)}."]
        for row in self.promises.to_dict("records"):
            if row["met"] != row["met_as_found"]:
                late = ", arrived closed," if row["arrived_closed"] else ""
                verb = "is kept now" if row["met"] else "is no longer kept"
                near = row["met"] and row["achieved"] < row["target"]
                chance = ", nearer than chance can tell" if near else ""
                told.append(
                    f"The promise of {row['channel']}{late} {verb}: {100 * row['achieved']:.1f} %"
                    f" after {100 * row['as_found']:.1f} %,"
                    f" {100 * row['target']:.0f} % promised{chance}."
                )
        real = self.differences[self.differences["real"]]
        told += real["sentence"][real["measure"].isin(TOLD)].tolist()
        if not len(real):
            told.append("Nothing else changes by more than chance.")
        return told

    def document(self) -> dict[str, Any]:
        """What the edit changes as one JSON-ready document, undefined values None."""
        return {
            "shifts": records(self.shifts),
            "promises": records(self.promises),
            "unmet": records(self.unmet),
            "differences": records(self.differences),
            "paid_hours": self.paid_hours,
            "cost": self.cost,
            "fte": self.fte,
            "paid_hours_difference": self.paid_hours - self.plan.paid_hours,
            "cost_difference": self.cost - self.plan.cost,
            "notes": list(self.notes),
            "sentences": self.sentences,
        }


def edited_plan(
    plan: Plan,
    demand: Demand,
    table: pd.DataFrame,
    *,
    engine: str | None = None,
    workers: int | Workers = 1,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> EditedPlan:
    """
    Put a planner's shifts in place of a plan's and rehearse them.

    Parameters
    ----------
    plan
        The plan as found.
    demand
        What it was made for, before the scenario's scale and bursts.
    table
        The shifts; see `staffing.edit_rows.edit_table`. Groups that are planned interval by
        interval keep their numbers.
    engine
        Name of the engine; default: the plan's.
    workers
        How many replications run at once, or a pool to share.
    progress
        Told how many replications are finished, of how many.
    cancel
        Asked on the way.

    Raises
    ------
    InvalidInputError
        With every fault of the table.
    RunCancelledError
        When cancelled.

    Notes
    -----
    Seed and number of replications are those of the plan's own check, so both met the same
    customers and what differs is the edit.
    """
    from simulate.compare import paired
    from simulate.run import simulate

    scenario = plan.scenario
    fixed = fixed_shifts(plan)
    shifts = in_order((*read_edit(scenario, table), *fixed))
    staff = staff_of(plan, shifts)
    outcome = simulate(
        scenario,
        demand,
        staff,
        replications=plan.outcome.replications,
        seed=plan.outcome.seed,
        engine=plan.outcome.engine if engine is None else engine,
        workers=workers,
        progress=progress,
        cancel=cancel,
    )
    if outcome.cancelled:
        raise RunCancelledError
    paid = paid_table(scenario, shifts, fixed)
    elsewhere = plan.paid_hours - float(plan.shifts["paid_hours"].sum())
    paid_hours = elsewhere + float(paid["paid_hours"].sum())
    cost = plan.cost - float(plan.shifts["cost"].sum()) + float(paid["cost"].sum())
    differences = paired(plan.outcome, outcome, (AS_FOUND, EDITED))
    # What shifts cost is known better here: the floor does not know their kinds and contracts.
    differences = differences[~differences["measure"].isin(PAY)]
    effort_s = effort_of(scenario, expected_demand(scenario, demand))
    return EditedPlan(
        plan=plan,
        shifts=paid,
        roster=shifts,
        staff=staff,
        requirement=plan.requirement.assign(scheduled=staff.agents.ravel()),
        paid_hours=paid_hours,
        cost=cost,
        fte=plan.fte * paid_hours / plan.paid_hours if plan.paid_hours else float("nan"),
        outcome=outcome,
        promises=_promises(plan.outcome, outcome),
        unmet=unmet_table(scenario, outcome, staff.agents, limits_of(scenario), effort_s),
        differences=differences.reset_index(drop=True),
        notes=tuple(notes_of(scenario, staff)),
    )


def staff_of(plan: Plan, shifts: Iterable[Shift]) -> Staff:
    """Agents on the floor of edited shifts; groups without kinds of shift as planned."""
    scenario, shifts = plan.scenario, tuple(shifts)
    groups = tuple(scenario.groups)
    agents = agents_from_shifts(shifts, scenario.period, groups)
    for column, group in enumerate(scenario.groups.values()):
        if not group.shifts:
            agents[:, column] = plan.staff.agents[:, column]
    return Staff(scenario.period, groups, agents, shifts)


def paid_table(
    scenario: Scenario, shifts: Iterable[Shift], fixed: Iterable[Shift] = ()
) -> pd.DataFrame:
    """Shifts by start with paid hours and cost, as in `Plan.shifts`."""
    none = np.zeros(len(scenario.groups))
    nobody = np.zeros((scenario.period.count, len(scenario.groups)), dtype=np.int64)
    return shift_table(scenario, Roster(tuple(shifts), nobody, none, none, 0.0, tuple(fixed)))


def fixed_shifts(plan: Plan) -> tuple[Shift, ...]:
    """Shifts that the scenario fixes: nobody edits them, and they stay."""
    rows = plan.shifts[plan.shifts["fixed"].astype(bool)].to_dict("records")
    told = {tuple(row[name] for name in _NAMES) for row in rows}
    return tuple(
        shift
        for shift in plan.staff.shifts
        if tuple(getattr(shift, name) for name in _NAMES) in told
    )


def notes_of(scenario: Scenario, staff: Staff) -> list[str]:
    """Limits of the scenario that a staffing goes beyond, in sentences."""
    limits, agents = limits_of(scenario), staff.agents
    period = scenario.period
    told = []
    for column, name in enumerate(staff.groups):
        most = limits.most[:, column]
        over = np.flatnonzero((agents[:, column] > most) & (most > 0))  # 0: all is closed
        if len(over):
            worst = int(over[np.argmax(agents[over, column])])
            told.append(
                f"{name}: {agents[worst, column]} agents at once on"
                f" {period.starts[worst]:%a %d %b %H:%M}, {most[worst]} at most."
            )
        weekly = np.bincount(period.week_of_interval, weights=agents[:, column])
        hours = weekly.max() * period.interval_minutes / 60
        if hours > limits.hours_a_week[column] + 1e-6:
            told.append(
                f"{name}: {hours:,.1f} hours on the floor in a week, the contracts give"
                f" {limits.hours_a_week[column]:,.1f}."
            )
    empty = np.flatnonzero(limits.live_open & (agents.sum(axis=1) == 0))
    if len(empty):
        told.append(
            f"Nobody is there in {len(empty)} intervals in which a live channel is open, the first"
            f" on {period.starts[empty[0]]:%a %d %b %H:%M}."
        )
    return told


def _promises(as_found: Outcome, outcome: Outcome) -> pd.DataFrame:
    rows = []
    for before, after in zip(judge(as_found.data), judge(outcome.data), strict=True):
        target = after.promise.target
        rows.append(
            {
                "channel": after.promise.channel,
                "arrived_closed": after.promise.closed,
                "period": target.period,
                "within_s": target.within_s,
                "target": target.share,
                "confidence": np.nan if target.confidence is None else target.confidence,
                "as_found": before.overall,
                "achieved": after.overall,
                "met_as_found": bool(kept(before).all()),
                "met": bool(kept(after).all()),
            }
        )
    return pd.DataFrame(rows, columns=PROMISE_COLUMNS)


def _cost(difference: float, currency: str) -> str:
    if not round(difference):
        return "the same"
    return f"{abs(difference):,.0f} {currency} {'more' if difference > 0 else 'less'}"


def _hours(difference: float) -> str:
    if not round(difference, 1):
        return "as many paid hours"
    return f"{abs(difference):,.1f} {'more' if difference > 0 else 'fewer'} paid hours"
