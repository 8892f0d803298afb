"""The commands about staff: how many, when, why so many, and what would change it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import arguments
from commands.bundles import unbundled
from commands.options import AsJson, ScenarioFile
from commands.print_plan import print_plan
from commands.print_study import (
    print_blending,
    print_concurrency,
    print_frontier,
    print_ladder,
    print_sensitivity,
    print_weather,
)
from commands.rehearsing import Runs, Search
from commands.terminal import err, give, tell
from report.documents import as_json


@unbundled
def plan(
    scenario: ScenarioFile,
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds after which the search ends with the best so far.", min=1),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the plan's tables and its scenario.")
    ] = None,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Find the least staff that keeps the promises: requirement, shifts, cost and outcome."""
    from staffing import plan as make_plan

    if folder is not None:
        arguments.make_folder("--out", folder)
    declared, demand = runs.assumed(scenario)
    made = runs.ask("Planning", make_plan, declared, demand, time_limit_s=time_limit)
    tell(made.notes)
    if folder is not None:
        from report.folder import save_plan

        save_plan(made, folder)
        err.print(f"Wrote the plan to {folder}", markup=False)
        if made.assigned.shifts_open:
            tell([made.assigned.sentence])
    give(made, print_plan, json=json)


@unbundled
def explain(
    scenario: ScenarioFile,
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIME",
            help="Local time whose agents are explained; as many as wanted. Default: the busiest.",
        ),
    ] = None,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell why so many agents and not fewer, from the work alone to what is paid."""
    from staffing import plan as make_plan

    declared, demand = runs.assumed(scenario)
    moments = [arguments.instant("--at", text, declared.timezone) for text in at or ()]
    for moment in moments:
        arguments.require_within("--at", moment, declared.period)
    made = runs.ask("Planning", make_plan, declared, demand)
    tell(made.notes)
    chosen = moments or [made.why.busiest]
    if json:
        print(as_json(made.why.document(chosen)))
        return
    print_ladder(made.why, chosen)


@unbundled
def frontier(
    scenario: ScenarioFile,
    target: Annotated[
        str, typer.Option(metavar="CHANNEL", help="Channel whose promise is varied.")
    ],
    shares: Annotated[
        str | None,
        typer.Option(metavar="60,70,80", help="Shares to promise in per cent; default: 60 to 95."),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            metavar="60,120,300", help="Times to promise in seconds; the share stays as it is."
        ),
    ] = None,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell what a better promise costs: least staff by share in time, or by response time."""
    from staffing.frontier import SHARES
    from staffing.frontier import frontier as curve

    times = arguments.numbers("--within", within)
    percents = arguments.numbers("--shares", shares)
    wanted = SHARES if percents is None else [percent / 100 for percent in percents]
    declared, demand = runs.assumed(scenario)
    found = runs.ask(
        "Working out the curve", curve, declared, demand, target, shares=wanted, within_s=times
    )
    tell(found.notes)
    give(found, print_frontier, json=json)


@unbundled
def sensitivity(
    scenario: ScenarioFile,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell which assumption moves the staff most: each at its plausible low and high."""
    from staffing.sensitivity import sensitivity as tornado

    declared, demand = runs.assumed(scenario)
    found = runs.ask("Varying assumptions", tornado, declared, demand)
    give(found, print_sensitivity, json=json)


@unbundled
def concurrency(
    scenario: ScenarioFile,
    channel: Annotated[
        str, typer.Option(metavar="CHANNEL", help="Channel whose contacts are held at once.")
    ],
    caps: Annotated[
        str, typer.Option(metavar="1,2,3", help="Contacts at once to try.")
    ] = "1,2,3,4",
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell how many contacts an agent should hold at once: cost and response time of each cap."""
    from staffing.concurrency import best_concurrency

    tried = arguments.whole_numbers("--caps", caps)
    declared, demand = runs.assumed(scenario)
    found = runs.ask("Trying caps", best_concurrency, declared, demand, channel, caps=tried)
    tell(found.notes)
    give(found, print_concurrency, json=json)


@unbundled
def blending(
    scenario: ScenarioFile,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell what blending is worth: one team against separate ones, with and without callbacks."""
    from staffing.blending import value_of_blending

    declared, demand = runs.assumed(scenario)
    found = runs.ask("Weighing arrangements", value_of_blending, declared, demand)
    tell(found.notes)
    give(found, print_blending, json=json)


@unbundled
def weather(
    scenario: ScenarioFile,
    probability: Annotated[
        float,
        typer.Option(help="Share of the days on which each promise must be kept.", min=0, max=1),
    ] = 0.9,
    paths: Annotated[
        int, typer.Option(help="Futures to learn from; four times as many check.", min=20)
    ] = 100,
    *,
    search: Search,
    json: AsJson = False,
) -> None:
    """Fix base shifts now, and tell when to call flex staff or send people home on the day."""
    from staffing.weather import weather_plan

    declared, demand = search.assumed(scenario)
    found = search.ask(
        "Planning for any weather",
        weather_plan,
        declared,
        demand,
        probability=probability,
        paths=paths,
    )
    tell(found.notes)
    give(found, print_weather, json=json)
