"""How a plan comes about: guess, rehearse and repair, put into shifts, check with fresh numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from scenario.demand import Demand
from scenario.model import Scenario
from scenario.staff import Staff
from staffing.ladder import ladder, without_spread
from staffing.planning import BaselineComparison, Plan
from staffing.promises import judge
from staffing.rehearsal import Progress, Rehearsal, Telling
from staffing.requirement import (
    FLOOR_ROUNDS,
    Requirement,
    effort_of,
    find_requirement,
    requirement_only,
    task_of,
    teams_of,
)
from staffing.results import (
    requirement_table,
    shift_table,
    shrinkage_table,
    target_table,
    unmet_table,
)
from staffing.roster import paid_of
from staffing.tightening import best_roster

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

__all__ = [
    "FLOOR_ROUNDS",
    "Requirement",
    "effort_of",
    "fresh_seed",
    "requirement_only",
    "search",
]

FRESH_RUNS = 4  # times the replications, for the check
WEEK_HOURS = 168


def search(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int,
    seed: int,
    engine: str,
    workers: int | Workers,
    progress: Progress | None,
    cancel: Callable[[], bool] | None,
    began: float,
    time_limit_s: float | None,
) -> Plan:
    """Make a plan; see `staffing.plan`."""
    telling = Telling(progress)
    telling.step(0.03, "Guessing the staff from queueing formulas")
    scenario, current = teams_of(scenario, demand, _current_staff(scenario))
    rehearsal = Rehearsal(scenario, demand, engine, workers, telling, cancel)
    task = task_of(rehearsal, replications, seed)
    limits, effort_s = task.limits, task.effort_s

    def late(share: float) -> Callable[[], bool]:
        return lambda: time.monotonic() - began > share * (time_limit_s or float("inf"))

    required = find_requirement(task, 0.45, late(0.5))
    calm = without_spread(task, required, 0.5, late(0.55))

    best, searched = best_roster(
        rehearsal, required.agents, current, limits, effort_s, replications, seed, late(0.75)
    )
    planned = best.roster
    plan_staff = Staff(scenario.period, tuple(scenario.groups), planned.scheduled, planned.shifts)
    telling.step(0.9, "Rehearsing the plan with a fresh seed", 0.75)
    fresh = fresh_seed(seed)
    outcome = rehearsal.run(planned.scheduled, FRESH_RUNS * replications, fresh, planned.shifts)
    baseline = None
    if current is not None:
        telling.step(1.0, "Rehearsing the current staffing beside it")
        now = rehearsal.run(current.agents, FRESH_RUNS * replications, fresh, current.shifts)
        baseline = _baseline(scenario, current, now, outcome)
    targets = target_table(best.verdicts, judge(outcome.data))
    paid, cost = float(best.roster.paid_hours.sum()), float(best.roster.cost.sum())
    why = ladder(task, required, calm, best.roster)
    telling.step(1.0, "Done")
    telling.within(1, 1)
    return Plan(
        scenario=scenario,
        requirement=requirement_table(scenario, required.agents, best.roster.scheduled),
        shifts=shift_table(scenario, best.roster),
        targets=targets,
        unmet=unmet_table(scenario, outcome, best.roster.scheduled, limits),
        ladder=why.table,
        why=why,
        shrinkage=shrinkage_table(scenario),
        cost=cost,
        paid_hours=paid,
        fte=paid / _weeks(scenario) / scenario.full_time_hours,
        seconds=time.monotonic() - began,
        roster_gap=best.roster.gap,
        staff=plan_staff,
        outcome=outcome,
        searched=required.rounds + searched,
        baseline=baseline,
    )


def fresh_seed(seed: int) -> int:
    """A seed that has nothing to do with the search's and follows from it."""
    return int(np.random.SeedSequence([seed, 0xF2E5]).generate_state(1, np.uint64)[0] >> 1)


def _current_staff(scenario: Scenario) -> Staff | None:
    """Staffing of now, None where the scenario names none."""
    groups = scenario.groups.values()
    if scenario.staffing is None and any(group.agents is None for group in groups):
        return None
    return scenario.staff()


def _baseline(
    scenario: Scenario, current: Staff, now: Outcome, outcome: Outcome
) -> BaselineComparison:
    from simulate.compare import paired

    paid, cost = paid_of(scenario, current.agents, current.shifts)
    fte = paid / _weeks(scenario) / scenario.full_time_hours
    differences = paired(now, outcome, ("current staffing", "plan"))
    # What shifts cost is known better here: the floor does not know their planned breaks.
    differences = differences[~differences["measure"].isin(["cost", "paid_hours"])]
    return BaselineComparison(current, now, paid, cost, fte, differences.reset_index(drop=True))


def _weeks(scenario: Scenario) -> float:
    return scenario.period.count * scenario.horizon.interval_minutes / 60 / WEEK_HOURS
