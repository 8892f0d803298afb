"""The plan: least staff that keeps the promises, its shifts, its cost, and what it gives."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenario.demand import Demand
from scenario.fixed import fixed_shifts
from scenario.model import Scenario
from scenario.staff import Staff
from staffing.rehearsal import Progress

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers
    from staffing.ladder import Ladder
    from staffing.rota import Rota


@dataclass(frozen=True, eq=False)
class BaselineComparison:
    """
    The current staffing, rehearsed on the very same customers as the plan.

    Parameters
    ----------
    staff
        Agents on the floor now.
    outcome
        What they give.
    paid_hours, cost, fte
        What is paid for them, all shrinkage applied.
    differences
        Plan minus current staffing, in pairs; columns as in `simulate.compare.paired`. Cost and
        paid hours are not among them: compare those of the plan with those here.
    """

    staff: Staff
    outcome: Outcome
    paid_hours: float
    cost: float
    fte: float
    differences: pd.DataFrame

    @property
    def cost_per_contact(self) -> float:
        """Cost of the measured time divided by the contacts handled in it; NaN when none were."""
        return self.outcome.cost_per_contact


@dataclass(frozen=True, eq=False)
class Plan:
    """
    Who works when, and what that is expected to give.

    Parameters
    ----------
    scenario
        What was assumed; with `blend = "separate"` its groups are the separate teams.
    requirement
        `interval_start`, `group`, `required` (least agents on the floor), `scheduled` (agents
        on the floor with the shifts), sorted by time.
    shifts
        `group`, `kind`, `start`, `end`, `breaks` (tuple of (start, end)), `agents` (on the
        floor), `paid_hours` (of all paid agents behind them), `cost`, `fixed` (whether they
        were fixed before); sorted by start. Empty for groups without kinds of shift.
    targets
        A row per promise: `channel`, `arrived_closed`, `formula`, `period`, `within_s`,
        `target` (share), `confidence`, `achieved` and `probability_met` with the numbers that
        the search saw, `fresh_seed_achieved` and `fresh_probability_met` with others,
        `worst_period` and `worst_achieved` (with the fresh numbers), `met`.
    unmet
        What is not kept, by name: `interval_start` (first of the period), `period`,
        `channel`, `arrived_closed`, `target`, `achieved`, `reason`, `needed` (in words).
    ladder
        `step`, `agent_hours`, `total`, `meaning`; the steps add up to `paid_hours`.
    why
        The same ladder in every interval: `why.at(moment)`, and `why.sentence(moment)`.
    shrinkage
        `group`, `part`, `share`, `applied` (in the factor) and `planned` (by the shifts).
    cost, paid_hours, fte
        Of the whole horizon; FTE of full-time weeks.
    seconds
        Time that planning took.
    roster_gap
        Proven relative distance of the shifts' cost from the optimum for what was asked of
        them.
    staff
        Agents on the floor as scheduled.
    outcome
        What the scheduled staff gives, rehearsed with numbers that the search never saw.
    searched
        Rehearsals that the search took, each of so many replications.
    baseline
        The current staffing beside it; None when the scenario names none.
    periods
        A row per period of each promise: `interval_start`, `period`, `channel`,
        `arrived_closed`, `target`, `contacts`, `required` (mean agents who serve it),
        `agent_hours` (the same as hours), `achieved`, `low` and `high` (95 %),
        `probability_met`, the same with the prefix `fresh_` from the check, `met`.
    volume
        A row per channel: `channel`, `expected` (contacts that come by themselves), `guessed`
        (all contacts in the first guess, those that others beget included), and what the check
        gave, means of a replication: `first_attempts`, `redials`, `repeats`, `reposts`,
        `spread`, `handoffs`, `offered` (all), `caused`, `headed_off`, `closing_replies`.
    notes
        Sentences that the planner must know: a time limit that cut the search short.
    """

    scenario: Scenario
    requirement: pd.DataFrame
    shifts: pd.DataFrame
    targets: pd.DataFrame
    unmet: pd.DataFrame
    ladder: pd.DataFrame
    why: Ladder
    shrinkage: pd.DataFrame
    cost: float
    paid_hours: float
    fte: float
    seconds: float
    roster_gap: float
    staff: Staff
    outcome: Outcome
    searched: int
    baseline: BaselineComparison | None
    periods: pd.DataFrame = field(default_factory=pd.DataFrame)
    volume: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    @property
    def cost_per_contact(self) -> float:
        """Cost of the measured time divided by the contacts handled in it; NaN when none were."""
        warm, cool = self.scenario.edge_counts
        agents = self.staff.agents
        measured = agents[warm : len(agents) - cool].sum() / max(int(agents.sum()), 1)
        handled = float(self.outcome.data.contacts["answered"].sum()) / self.outcome.replications
        return self.cost * float(measured) / handled if handled else float("nan")

    @cached_property
    def assigned(self) -> Rota:
        """The shifts given to numbered agents, made on first use; its `sentence` sums it up."""
        from staffing.rota import make_rota

        return make_rota(self.scenario, self.staff.shifts)

    @cached_property
    def rota(self) -> pd.DataFrame:
        """A line a week for every numbered agent; columns as in `staffing.rota.Rota.table`."""
        return self.assigned.table()

    def document(self) -> dict[str, Any]:
        """The plan as one JSON-ready document; NaN stays NaN until it is written."""
        from staffing.document import plan_document

        return plan_document(self)


def plan(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    time_limit_s: float | None = None,
) -> Plan:
    """
    Least-cost staff so that every promise is kept with the asked confidence.

    Parameters
    ----------
    scenario
        Channels with their promises, groups with contracts and shifts, opening hours.
    demand
        Expected contacts, before the scenario's scale and bursts.
    replications, seed
        Runs of each rehearsal and the seed of every random number; default: the scenario's,
        and more runs where those cannot tell whether a promise is kept. The finished plan is
        checked with four times as many and a seed of its own.
    engine
        Name of the engine.
    workers
        Processes to use, or a pool to share. The plan is the same whatever it is.
    progress
        Told a share from 0 to 1 and a sentence, in the caller's thread.
    cancel
        Asked on the way, in the caller's thread; True stops within a second.
    time_limit_s
        Seconds after which the search ends with the best found until then, and says so in
        `notes`; then the plan depends on the machine's speed. The check comes after it. Left
        out, the number of rounds alone is limited.

    Returns
    -------
    Plan
        Always a plan: what cannot be kept is named in `unmet`.

    Raises
    ------
    InvalidValueError
        When a number is out of range or the demand does not cover the horizon.
    InvalidInputError
        When the file of the current staffing has faults.
    RunCancelledError
        When cancelled.

    Notes
    -----
    1. A first guess from queueing formulas and deadlines (`guess`).
    2. Rehearsed; agents added where promises break, taken away where they are idle (`repair`).
    3. Shifts that cover it (`roster`), themselves rehearsed and put right the same way.
    4. The finished plan, and the current staffing, rehearsed with a fresh seed.
    """
    from simulate.engines import engine_named
    from simulate.workers import Workers
    from staffing.search import search

    began = time.monotonic()
    fixed_shifts(scenario)  # faults of their file are told before anything is computed
    with ExitStack() as stack:
        # Threads cost nothing to begin; processes are begun once for the whole search.
        needs_processes = not engine_named(engine).frees_interpreter
        if isinstance(workers, int) and workers > 1 and needs_processes:
            workers = stack.enter_context(Workers(workers))
        return search(
            scenario,
            demand,
            replications=replications,
            seed=scenario.seed if seed is None else seed,
            engine=engine,
            workers=workers,
            progress=progress,
            cancel=cancel,
            began=began,
            time_limit_s=time_limit_s,
        )
