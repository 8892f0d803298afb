"""The long questions of the pages, as work for a job: nothing here touches a widget."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from scenario import Demand, Scenario
from views.files import scenario_content
from views.jobs import Board, Job, fingerprint

if TYPE_CHECKING:
    from forecast import History
    from simulate.outcome import Outcome
    from staffing.plan import Plan

FIRST_REPLICATIONS = 4  # enough for a first look while the rest is simulated
WORKERS = max(1, min(4, os.cpu_count() or 1))


def ask_history(board: Board, session: str, scenario: Scenario, *, again: bool = False) -> Job:
    """Read and check the scenario's history; answers with a `History`."""

    def work(_: Job) -> History:
        from forecast import read_history

        assert scenario.demand.history is not None
        path = scenario.path_of(scenario.demand.history)
        return read_history(path, timezone=scenario.timezone)

    key = _key("history", scenario)
    return board.request(session, "history", key, "Reading the history", work, again=again)


def ask_forecast(board: Board, session: str, scenario: Scenario, *, again: bool = False) -> Job:
    """Resolve the scenario's demand; answers with a `Demand`, a `Forecast` for a history."""

    def work(job: Job) -> Demand:
        from forecast import demand_for

        job.tell(0.1, "reading the history and fitting the days")
        return demand_for(scenario)

    key = _key("forecast", scenario)
    return board.request(session, "forecast", key, "Forecasting", work, again=again)


def ask_rehearsal(
    board: Board,
    session: str,
    slot: str,
    scenario: Scenario,
    demand: Job,
    *,
    again: bool = False,
) -> Job:
    """
    Simulate a scenario with its own staffing; answers with an `Outcome`.

    An early answer of a few replications is published while the rest runs.
    """

    def work(job: Job) -> Outcome:
        from simulate.run import simulate

        contacts = job.wait_for(demand)
        total = scenario.replications

        def run(count: int, done_before: int) -> Outcome:
            return simulate(
                scenario,
                contacts,
                replications=count,
                workers=pool(),
                progress=lambda done, _: job.count(max(done, done_before), total),
                cancel=job.cancelled,
            )

        if total > 2 * FIRST_REPLICATIONS:
            job.publish(run(FIRST_REPLICATIONS, 0))
            return run(total, FIRST_REPLICATIONS)
        return run(total, 0)

    key = _key("rehearsal", scenario)
    return board.request(session, slot, key, "Rehearsing the week", work, again=again)


def ask_plan(
    board: Board, session: str, scenario: Scenario, demand: Job, *, again: bool = False
) -> Job:
    """Find the least staff that keeps the promises; answers with a `Plan`."""

    def work(job: Job) -> Plan:
        from staffing import plan

        contacts = job.wait_for(demand)
        return plan(scenario, contacts, workers=WORKERS, progress=job.tell, cancel=job.cancelled)

    key = _key("plan", scenario)
    return board.request(session, "plan", key, "Planning the week", work, again=again)


@functools.cache
def pool() -> Any:
    """The worker processes of this app, started with the first simulation."""
    from simulate.workers import Workers

    return Workers(WORKERS)


def warm_up() -> Callable[[], None]:
    """Load what the pages need, so that the first click is as quick as the next."""
    import altair
    import pandas

    del altair, pandas
    return lambda: None


@functools.cache
def app_version() -> str:
    """Version of the project: another one may give other numbers."""
    return version("allweather")


def _key(what: str, scenario: Scenario) -> str:
    return fingerprint(what, app_version(), scenario_content(scenario))
