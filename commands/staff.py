"""The commands about staff: how many, when, why so many, and what would change it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import arguments
from commands.options import AsJson, Changes, Engine, Replications, ScenarioFile, Seed, Workers
from commands.print_plan import print_plan
from commands.print_study import (
    print_blending,
    print_concurrency,
    print_frontier,
    print_ladder,
    print_sensitivity,
    print_weather,
)
from commands.terminal import err, progress, tell
from report.documents import as_json


def plan(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help="Seconds after which the search ends with the best so far.", min=1),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the plan's tables and its scenario.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Find the least staff that keeps the promises: requirement, shifts, cost and outcome."""
    from staffing import plan as make_plan

    if folder is not None:
        arguments.make_folder("--out", folder)
    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Planning") as show:
        made = make_plan(
            declared,
            demand,
            engine=engine,
            workers=workers,
            progress=show,
            time_limit_s=time_limit,
        )
    tell(made.notes)
    if folder is not None:
        from report.folder import save_plan

        save_plan(made, folder)
        err.print(f"Wrote the plan to {folder}", markup=False)
        if made.assigned.shifts_open:
            tell([made.assigned.sentence])
    if json:
        print(as_json(made.document()))
        return
    print_plan(made)


def explain(
    scenario: ScenarioFile,
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIME",
            help="Local time whose agents are explained; as many as wanted. Default: the busiest.",
        ),
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Tell why so many agents and not fewer, from the work alone to what is paid."""
    from staffing import plan as make_plan

    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    moments = [arguments.instant("--at", text, declared.timezone) for text in at or ()]
    for moment in moments:
        arguments.require_within("--at", moment, declared.period)
    with progress("Planning") as show:
        made = make_plan(declared, demand, engine=engine, workers=workers, progress=show)
    tell(made.notes)
    chosen = [moment for moment in moments if moment is not None] or [made.why.busiest]
    if json:
        print(as_json(made.why.document(chosen)))
        return
    print_ladder(made.why, chosen)


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
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Tell what a better promise costs: least staff by share in time, or by response time."""
    from staffing.frontier import SHARES
    from staffing.frontier import frontier as curve

    times = arguments.numbers("--within", within)
    percents = arguments.numbers("--shares", shares)
    wanted = SHARES if percents is None else [percent / 100 for percent in percents]
    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Working out the curve") as show:
        found = curve(
            declared,
            demand,
            target,
            shares=wanted,
            within_s=times,
            engine=engine,
            workers=workers,
            progress=show,
        )
    tell(found.notes)
    if json:
        print(as_json(found.document()))
        return
    print_frontier(found)


def sensitivity(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Tell which assumption moves the staff most: each at its plausible low and high."""
    from staffing.sensitivity import sensitivity as tornado

    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Varying assumptions") as show:
        found = tornado(
            declared,
            demand,
            engine=engine,
            workers=workers,
            progress=show,
        )
    if json:
        print(as_json(found.document()))
        return
    print_sensitivity(found)


def concurrency(
    scenario: ScenarioFile,
    channel: Annotated[
        str, typer.Option(metavar="CHANNEL", help="Channel whose contacts are held at once.")
    ],
    caps: Annotated[
        str, typer.Option(metavar="1,2,3", help="Contacts at once to try.")
    ] = "1,2,3,4",
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Tell how many contacts an agent should hold at once: cost and response time of each cap."""
    from staffing.concurrency import best_concurrency

    tried = arguments.whole_numbers("--caps", caps)
    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Trying caps") as show:
        found = best_concurrency(
            declared,
            demand,
            channel,
            caps=tried,
            engine=engine,
            workers=workers,
            progress=show,
        )
    tell(found.notes)
    if json:
        print(as_json(found.document()))
        return
    print_concurrency(found)


def blending(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Tell what blending is worth: one team against separate ones, with and without callbacks."""
    from staffing.blending import value_of_blending

    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Weighing arrangements") as show:
        found = value_of_blending(
            declared,
            demand,
            engine=engine,
            workers=workers,
            progress=show,
        )
    tell(found.notes)
    if json:
        print(as_json(found.document()))
        return
    print_blending(found)


def weather(
    scenario: ScenarioFile,
    probability: Annotated[
        float,
        typer.Option(help="Share of the days on which each promise must be kept.", min=0, max=1),
    ] = 0.9,
    paths: Annotated[
        int, typer.Option(help="Futures to learn from; four times as many check.", min=20)
    ] = 100,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Fix base shifts now, and tell when to call flex staff or send people home on the day."""
    from staffing.weather import weather_plan

    declared, demand = arguments.assumed(scenario, changes, seed=seed)
    with progress("Planning for any weather") as show:
        found = weather_plan(
            declared,
            demand,
            probability=probability,
            paths=paths,
            engine=engine,
            workers=workers,
            progress=show,
        )
    tell(found.notes)
    if json:
        print(as_json(found.document()))
        return
    print_weather(found)
