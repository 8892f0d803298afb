"""How a plan comes about: guess, rehearse and repair, put into shifts, check with fresh numbers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scenario.demand import Demand
from scenario.model import Scenario
from scenario.staff import Staff
from staffing.ladder import ladder, without_spread
from staffing.pay import paid_of
from staffing.planning import BaselineComparison, Plan
from staffing.promises import judge
from staffing.rehearsal import Progress, Rehearsal, Telling
from staffing.requirement import (
    FLOOR_ROUNDS,
    Requirement,
    Task,
    effort_of,
    find_requirement,
    requirement_only,
    task_of,
    teams_of,
)
from staffing.results import (
    period_table,
    requirement_table,
    shift_table,
    shrinkage_table,
    target_table,
    volume_table,
)
from staffing.roster import Roster, roster
from staffing.tightening import Candidate, best_roster
from staffing.unmet import unmet_table

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
    replications: int | None,
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
    task = task_of(
        Rehearsal(scenario, demand, engine, workers, telling, cancel), replications, seed
    )
    clock = Clock(began, time_limit_s)
    required = find_requirement(task, 0.45, clock.late(0.5, "the requirement"))
    calm = without_spread(task, required, 0.5, clock.late(0.55, "the ladder's calm days"))
    best, searched = _in_shifts(task, required, current, clock.late(0.75, "the shifts"))
    planned = best.roster
    outcome, now = _checked(task, required.replications, planned, current)
    baseline = None
    if current is not None and now is not None:
        baseline = _baseline(scenario, current, now, outcome)
    paid, cost = float(planned.paid_hours.sum()), float(planned.cost.sum())
    why, fresh = ladder(task, required, calm, planned), judge(outcome.data)
    telling.step(1.0, "Done")
    telling.within(1, 1)
    return Plan(
        scenario=scenario,
        requirement=requirement_table(scenario, required.agents, planned.scheduled),
        shifts=shift_table(scenario, planned),
        targets=target_table(best.verdicts, fresh),
        periods=period_table(scenario, best.verdicts, fresh, required.agents),
        unmet=unmet_table(scenario, outcome, planned.scheduled, task.limits, task.effort_s),
        ladder=why.table,
        why=why,
        shrinkage=shrinkage_table(scenario),
        volume=volume_table(scenario, task.expected, required.guess.contacts, outcome),
        cost=cost,
        paid_hours=paid,
        fte=paid / _weeks(scenario) / scenario.full_time_hours,
        seconds=time.monotonic() - began,
        roster_gap=planned.gap,
        staff=outcome.staff,
        outcome=outcome,
        searched=required.rounds + searched,
        baseline=baseline,
        notes=clock.notes,
    )


@dataclass
class Clock:
    """
    Whether a stage is out of time, and which ones were.

    Parameters
    ----------
    began
        When the search began, by `time.monotonic`.
    limit_s
        Seconds that it may take; None is no limit.
    cut
        Stages that were cut short.
    """

    began: float
    limit_s: float | None
    cut: list[str] = field(default_factory=list)

    def late(self, share: float, stage: str) -> Callable[[], bool]:
        """Tells whether so much of the time has gone; a stage that asks in vain is noted."""

        def out_of_time() -> bool:
            if self.limit_s is None or time.monotonic() - self.began <= share * self.limit_s:
                return False
            if stage not in self.cut:
                self.cut.append(stage)
            return True

        return out_of_time

    @property
    def notes(self) -> tuple[str, ...]:
        """What the planner must know about a search that had to hurry."""
        if not self.cut:
            return ()
        return (
            f"The time limit of {self.limit_s:g} s was reached: the search for"
            f" {' and '.join(self.cut)} ended with the best found until then. More time may"
            " find a cheaper plan, or one that keeps more promises.",
        )


def _in_shifts(
    task: Task, required: Requirement, current: Staff | None, out_of_time: Callable[[], bool]
) -> tuple[Candidate, int]:
    """The requirement in shifts; as it stands where no group has kinds of shift."""
    scenario = task.scenario
    if any(group.shifts for group in scenario.groups.values()):
        return best_roster(
            task.rehearsal, required.agents, current, task.limits, task.effort_s,
            required.replications, task.seed, out_of_time,
        )  # fmt: skip
    return Candidate(roster(scenario, required.agents), required.verdicts), 0


def _checked(
    task: Task, replications: int, planned: Roster, current: Staff | None
) -> tuple[Outcome, Outcome | None]:
    """The plan, and the staffing of now beside it, with numbers that the search never saw."""
    rehearsal = task.rehearsal
    runs, seed = FRESH_RUNS * replications, fresh_seed(task.seed)
    rehearsal.telling.step(0.9, "Rehearsing the plan with a fresh seed", 0.75)
    outcome = rehearsal.run(planned.scheduled, runs, seed, planned.shifts)
    if current is None:
        return outcome, None
    rehearsal.telling.step(1.0, "Rehearsing the current staffing beside it")
    return outcome, rehearsal.run(current.agents, runs, seed, current.shifts)


def fresh_seed(seed: int) -> int:
    """A seed that has nothing to do with the search's and follows from it."""
    return int(np.random.SeedSequence([seed, 0xF2E5]).generate_state(1, np.uint64)[0] >> 1)


def _current_staff(scenario: Scenario) -> Staff | None:
    """Staffing of now without people called in, None where the scenario names none."""
    groups = scenario.groups.values()
    if scenario.staffing is None and any(group.agents is None for group in groups):
        return None
    return scenario.with_changes({"called_in": None}).staff()


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
