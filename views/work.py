"""The long questions of the pages, as work for a job: nothing here touches a widget."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from scenario import Demand, InvalidValueError, Scenario
from views.apart import apart
from views.files import demand_content, edited_content, history_content, scenario_content
from views.jobs import Board, Job, fingerprint
from views.rehearsal import Rehearsal, rehearse
from views.turns import Turns

if TYPE_CHECKING:
    from forecast import History
    from forecast.backtesting import Backtest
    from staffing import Plan
    from staffing.frontier import Frontier
    from staffing.weather import WeatherPlan

OUTLOOK = "28d"
WORKERS = max(1, min(4, os.cpu_count() or 1))
LONG_AT_ONCE = max(1, WORKERS // 2) + 1  # plans, curves and backtests; the others wait


def ask_history(board: Board, session: str, scenario: Scenario, *, again: bool = False) -> Job:
    """Read and check the scenario's history; answers with a `History`."""

    def work(job: Job) -> History:
        return apart(history_of, scenario, cancelled=job.cancelled)

    key = _key("history", history_content(scenario))
    return board.request(session, "history", key, "Reading the history", work, again=again)


def ask_unedited(
    board: Board, session: str, scenario: Scenario, *, slot: str = "unedited", again: bool = False
) -> Job:
    """Resolve the scenario's demand without edits: a `Demand`, a `Forecast` for a history."""

    def work(job: Job) -> Demand:
        from forecast.sources import without_edits

        job.tell(0.1, "fitting days and profiles of every channel")
        return apart(without_edits, scenario, cancelled=job.cancelled)

    key = _key("forecast", demand_content(scenario))
    return board.request(session, slot, key, "Forecasting", work, again=again)


def ask_forecast(
    board: Board, session: str, scenario: Scenario, *, slot: str = "forecast", again: bool = False
) -> Job:
    """The scenario's demand with the planner's edits on it; nothing is fitted again for them."""
    if scenario.demand.edits is None:
        return ask_unedited(board, session, scenario, slot=slot, again=again)
    before = "unedited" if slot == "forecast" else f"{slot}-unedited"
    plain = ask_unedited(board, session, scenario, slot=before, again=again)

    def work(job: Job) -> Demand:
        from forecast.sources import edits_of

        edits = edits_of(scenario)
        edited: Demand = edits.applied(job.wait_for(plain))
        return edited

    key = _key("edited", edited_content(scenario))
    return board.request(session, slot, key, "Forecasting", work, again=again)


def ask_outlook(board: Board, session: str, scenario: Scenario, *, again: bool = False) -> Job:
    """Forecast four weeks from the start of the planned time; answers with a `Forecast`."""

    def work(job: Job) -> Demand:
        job.tell(0.1, "fitting days and profiles of every channel")
        return apart(outlook_of, scenario, cancelled=job.cancelled)

    key = _key("outlook", edited_content(scenario))
    return board.request(session, "outlook", key, "Forecasting four weeks", work, again=again)


def ask_backtest(board: Board, session: str, scenario: Scenario, *, again: bool = False) -> Job:
    """Measure the forecast on the scenario's own history; answers with a `Backtest`."""

    def work(job: Job) -> Backtest:
        job.tell(0.1, "forecasting from past days")
        return _at_length(job, backtest_of, scenario)

    key = _key("backtest", demand_content(scenario))
    return board.request(session, "backtest", key, "Measuring the forecast", work, again=again)


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
    Simulate a scenario with its own staffing; answers with a `Rehearsal`.

    The first look is published within half a second, the others follow.
    """

    def work(job: Job) -> Rehearsal:
        contacts = job.wait_for(demand)
        return rehearse(
            scenario,
            contacts,
            turns=processors(),
            publish=job.publish,
            count=job.count,
            cancelled=job.cancelled,
        )

    key = _key("rehearsal", scenario_content(scenario))
    return board.request(session, slot, key, "Rehearsing the week", work, again=again)


def ask_rest(
    board: Board,
    session: str,
    slot: str,
    scenario: Scenario,
    rest: Demand,
    *,
    again: bool = False,
) -> Job:
    """Rehearse the rest of a day; answers with a `Rehearsal`."""

    def work(job: Job) -> Rehearsal:
        return rehearse(
            scenario,
            rest,
            turns=processors(),
            publish=job.publish,
            count=job.count,
            cancelled=job.cancelled,
        )

    paths = b"" if rest.paths is None else rest.paths.tobytes()
    key = fingerprint("rest", app_version(), scenario_content(scenario), rest.mean.tobytes(), paths)
    return board.request(session, slot, key, "Rehearsing the rest of the day", work, again=again)


def ask_plan(
    board: Board, session: str, scenario: Scenario, demand: Job, *, again: bool = False
) -> Job:
    """Find the least staff that keeps the promises; answers with a `Plan`."""

    def work(job: Job) -> Plan:
        contacts = job.wait_for(demand)
        return _at_length(job, plan_of, scenario, contacts, tells=True)

    key = _key("plan", scenario_content(scenario))
    return board.request(session, "plan", key, "Planning the week", work, again=again)


def ask_frontier(
    board: Board,
    session: str,
    scenario: Scenario,
    demand: Job,
    channel: str,
    within_s: tuple[float, ...] | None = None,
    *,
    again: bool = False,
) -> Job:
    """What better promises on a channel would cost; answers with a `Frontier`."""

    def work(job: Job) -> Frontier:
        contacts = job.wait_for(demand)
        return _at_length(job, frontier_of, scenario, contacts, channel, within_s, tells=True)

    key = _key(f"frontier {channel} {within_s}", scenario_content(scenario))
    label = "Working out the curve"
    return board.request(session, "frontier", key, label, work, again=again)


def ask_weather(
    board: Board,
    session: str,
    scenario: Scenario,
    demand: Job,
    probability: float,
    *,
    again: bool = False,
) -> Job:
    """Base shifts and flex staff for any weather; answers with a `WeatherPlan`."""

    def work(job: Job) -> WeatherPlan:
        contacts = job.wait_for(demand)
        return _at_length(job, weather_of, scenario, contacts, probability, tells=True)

    key = _key(f"weather {probability}", scenario_content(scenario))
    return board.request(session, "weather", key, "Planning for any weather", work, again=again)


@functools.cache
def processors() -> Turns:
    """Where rehearsals wait for a processor, whoever asked for them."""
    return Turns()


@functools.cache
def _long_places() -> Turns:
    """Where work of minutes waits, so that a few people's plans do not slow everybody down."""
    return Turns(LONG_AT_ONCE)


def _at_length(job: Job, function: Callable[..., Any], *args: Any, tells: bool = False) -> Any:
    """Call a function that takes minutes, in a process of its own, when a place is free."""
    places = _long_places()
    if places.busy:
        job.tell(job.share, "waiting until other long work is done")
    with places.taken(0, places.age(), job.cancelled, most=1):
        tell = job.tell if tells else None
        return apart(function, *args, cancelled=job.cancelled, tell=tell)


def history_of(scenario: Scenario) -> History:
    """
    The history that a scenario names.

    Raises
    ------
    PlanningError
        When it cannot be used, with every fault.
    """
    from forecast import read_history

    if scenario.demand.history is None:
        raise InvalidValueError("demand.history", "named by the scenario", None)
    return read_history(scenario.path_of(scenario.demand.history), timezone=scenario.timezone)


def outlook_of(scenario: Scenario) -> Demand:
    """What `demand_for` tells of a history, for four weeks in place of the planned time."""
    from forecast import demand_for

    return demand_for(
        scenario.with_changes({"horizon.length": OUTLOOK} | _nothing_inline(scenario))
    )


def backtest_of(scenario: Scenario) -> Backtest:
    """The forecast measured on the scenario's history."""
    from forecast import backtest, read_events

    events = None
    if scenario.demand.events is not None:
        file = scenario.path_of(scenario.demand.events)
        events = read_events(file, timezone=scenario.timezone)
    return backtest(history_of(scenario), calendar=scenario.calendar, events=events)


def plan_of(scenario: Scenario, demand: Demand, *, tell: Callable[[float, str], None]) -> Plan:
    """The least staff that keeps the promises."""
    from staffing import plan

    return plan(scenario, demand, workers=WORKERS, progress=tell)


def frontier_of(
    scenario: Scenario,
    demand: Demand,
    channel: str,
    within_s: tuple[float, ...] | None,
    *,
    tell: Callable[[float, str], None],
) -> Frontier:
    """What better promises on a channel would cost."""
    from staffing.frontier import frontier

    return frontier(scenario, demand, channel, within_s=within_s, workers=WORKERS, progress=tell)


def weather_of(
    scenario: Scenario, demand: Demand, probability: float, *, tell: Callable[[float, str], None]
) -> WeatherPlan:
    """Base shifts and flex staff that keep the promises on such a share of the days."""
    from staffing.weather import weather_plan

    return weather_plan(scenario, demand, probability=probability, workers=WORKERS, progress=tell)


def _nothing_inline(scenario: Scenario) -> dict[str, Any]:
    """Takes numbers for every interval away, which do not fit another length."""
    return {
        f"groups.{name}.agents": None
        for name, group in scenario.groups.items()
        if isinstance(group.agents, tuple)
    }


@functools.cache
def app_version() -> str:
    """Version of the project: another one may give other numbers."""
    return version("allweather")


def _key(what: str, content: str) -> str:
    return fingerprint(what, app_version(), content)
