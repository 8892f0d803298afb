"""The same library for the terminal: results on standard output, everything else on error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import arguments
from report.documents import as_json
from scenario import Demand, PlanningError, Scenario
from scenario.assumptions import unmatched
from terminal import (
    err,
    out,
    print_backtest,
    print_layers,
    print_outcome,
    print_plan,
    print_table,
    print_today,
    progress,
    tell,
)

BAD_INPUT = 2

command_line = typer.Typer(
    name="allweather",
    help="Forecast the contacts, rehearse the day, staff for any weather.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
HistoryFile = Annotated[Path, typer.Argument(help="History: CSV (also gz), XLSX or Parquet.")]
ScenarioFile = Annotated[Path, typer.Argument(help="Scenario file (TOML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Horizon = Annotated[str, typer.Option(help="How far to look ahead, e.g. 28d, 8w or 12h.")]
TimeZone = Annotated[
    str | None, typer.Option(help="IANA time zone of local times in the file; default: UTC.")
]
EventsFile = Annotated[Path | None, typer.Option("--events", help="Events file (CSV).")]
EditsFile = Annotated[Path | None, typer.Option("--edits", help="Planner's edits (CSV).")]
Country = Annotated[str | None, typer.Option(help="Country of public holidays, e.g. GB.")]
Region = Annotated[str | None, typer.Option(help="Region within the country, e.g. ENG.")]
Seed = Annotated[int | None, typer.Option(help="Seed; default: the scenario's.", min=0)]
Replications = Annotated[
    int | None, typer.Option(help="Simulated runs; default: the scenario's.", min=1)
]
Engine = Annotated[str, typer.Option(help="Engine of the floor: kernel or simpy.")]
Workers = Annotated[int, typer.Option(help="Processes to use; the numbers stay the same.", min=1)]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Put a value in place of the scenario's."),
]


@command_line.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario, history, staffing or events files.")
    ],
    timezone: TimeZone = None,
    json: AsJson = False,
) -> None:
    """Tell every fault of scenario, history, staffing and events files."""
    from report.checks import check_file

    checks = [check_file(file, timezone or "UTC") for file in files]
    for one in checks:
        if one.kind != "scenario":
            _tell_timezone(one.file, timezone)
    if json:
        print(as_json({"files": [one.document() for one in checks]}))
    else:
        for one in checks:
            verdict = "valid" if not one.faults else f"{len(one.faults)} fault(s)"
            out.print(f"{one.file}: {one.kind}, {verdict}", markup=False)
            for sentence in [*map(str, one.faults), *one.notes]:
                out.print(f"  {sentence}", markup=False)
    if any(one.faults for one in checks):
        raise typer.Exit(BAD_INPUT)


@command_line.command()
def forecast(
    history: HistoryFile,
    horizon: Horizon = "28d",
    timezone: TimeZone = None,
    events: EventsFile = None,
    country: Country = None,
    region: Region = None,
    edits: EditsFile = None,
    seed: Annotated[int, typer.Option(help="Seed of the paths.", min=0)] = 1,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help="Write a forecast file: .parquet (with paths) or .csv."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Forecast volume and handle time per interval and channel, with their spread."""
    from forecast import predict, read_history
    from report.documents import forecast_document

    if out_file is not None:
        arguments.check_destination("--out", out_file, (".parquet", ".csv", ".csv.gz"))
    _tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC")
    tell((*read.repairs, *read.suspicions))
    demand = predict(
        read,
        horizon=horizon,
        calendar=arguments.calendar(country, region),
        events=arguments.events(events, timezone or "UTC"),
        seed=seed,
    )
    demand = arguments.edits(edits).applied(demand)
    tell(demand.warnings)
    if out_file is not None:
        demand.save(out_file)
        err.print(f"Wrote {out_file}", markup=False)
    if json:
        print(as_json(forecast_document(demand)))
    elif out_file is None:
        print_table(demand.frame(), f"Forecast of {history.name}")


@command_line.command()
def backtest(
    history: HistoryFile,
    horizon: Horizon = "28d",
    origins: Annotated[int, typer.Option(help="Past days to forecast from.", min=1)] = 8,
    methods: Annotated[
        str | None, typer.Option(help="Methods to compare, separated by commas.")
    ] = None,
    timezone: TimeZone = None,
    events: EventsFile = None,
    country: Country = None,
    region: Region = None,
    spread: Annotated[
        bool, typer.Option(help="Draw paths at every origin, too: do weeks stray as they say?")
    ] = False,
    json: AsJson = False,
) -> None:
    """Measure the forecast on the history itself, beside the weekly naive forecast."""
    from forecast import backtest as run_backtest
    from forecast import read_history
    from forecast.grains import accuracy_by_grain, spread_figures, spreads_at_origins

    _tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC")
    tell((*read.repairs, *read.suspicions))
    result = run_backtest(
        read,
        horizon=horizon,
        origins=origins,
        methods=methods.split(",") if methods else None,
        calendar=arguments.calendar(country, region),
        events=arguments.events(events, timezone or "UTC"),
    )
    grains = accuracy_by_grain(result)
    weekly = {}
    if spread:
        weekly = spreads_at_origins(
            read,
            result.origins,
            horizon_days=int(result.horizon_days),
            calendar=arguments.calendar(country, region),
            events=arguments.events(events, timezone or "UTC"),
        )
    if json:
        told = {name: spread_figures(one) for name, one in weekly.items()}
        extra = {"weekly_spread": told} if spread else {}
        print(as_json(result.document() | {"accuracy": grains} | extra))
        return
    print_backtest(result, grains, weekly)


@command_line.command()
def today(
    history: HistoryFile,
    so_far: Annotated[
        Path | None,
        typer.Argument(help="Contacts counted today, read as a history; default: its last day."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Known up to this local time; default: the last count.")
    ] = None,
    timezone: TimeZone = None,
    events: EventsFile = None,
    country: Country = None,
    region: Region = None,
    edits: EditsFile = None,
    json: AsJson = False,
) -> None:
    """Tell the rest of the day from what has come in so far; say what leaves its band."""
    from forecast import predict, read_history, rest_of_day
    from forecast.day_so_far import known_until

    _tell_timezone(str(history), timezone)
    zone = timezone or "UTC"
    read = read_history(history, timezone=zone)
    counted = read
    if so_far is not None:
        counted = read_history(so_far, timezone=zone, interval_minutes=read.interval_minutes)
    known_to = arguments.instant("--at", at, zone) or known_until(counted)
    told = predict(
        read,
        horizon="1d",
        start=arguments.day_of(known_to),
        calendar=arguments.calendar(country, region),
        events=arguments.events(events, zone),
    )
    tell(told.warnings)
    found = rest_of_day(arguments.edits(edits).applied(told), counted, at=known_to)
    tell(found.notes)
    if json:
        print(as_json(found.document()))
        return
    print_today(found)


@command_line.command()
def review(
    forecast: Annotated[Path, typer.Argument(help="Forecast file, as it was made.")],
    history: HistoryFile,
    edits: EditsFile = None,
    timezone: TimeZone = None,
    json: AsJson = False,
) -> None:
    """Measure a forecast and each edit of it on what came, beside last week repeated."""
    from forecast import layer_accuracy, read_history

    _tell_timezone(str(history), timezone)
    told = Demand.load(forecast, timezone or "UTC")
    read = read_history(
        history, timezone=timezone or "UTC", interval_minutes=told.horizon.interval_minutes
    )
    layers = layer_accuracy(read, told, arguments.edits(edits))
    if json:
        print(as_json({"layers": layers}))
        return
    print_layers(layers)


@command_line.command()
def simulate(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    records: Annotated[
        Path | None, typer.Option(help="Write every contact to this CSV or Parquet file.")
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(help="Write every event of the first run to this CSV or Parquet file."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Rehearse the scenario with its current staffing."""
    from simulate.run import simulate as run

    for option, file in (("--records", records), ("--trace", trace)):
        if file is not None:
            arguments.check_destination(option, file, (".parquet", ".csv"))
    declared, demand = _assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Simulating") as show:
        outcome = run(
            declared,
            demand,
            engine=engine,
            workers=workers,
            progress=lambda done, total: show(done / total, "Simulating"),
            records=records is not None,
        )
    if records is not None:
        arguments.write_table(outcome.contacts, records)
    if trace is not None:
        from simulate.tracing import trace as trace_of

        arguments.write_table(trace_of(declared, demand), trace)
    if json:
        print(as_json(outcome.document()))
        return
    print_outcome(outcome)


@command_line.command()
def plan(
    scenario: ScenarioFile,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for the plan's tables and its scenario.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Find the least staff that keeps the promises: requirement, shifts, cost and outcome."""
    from staffing import plan as make_plan

    if folder is not None:
        arguments.make_folder("--out", folder)
    declared, demand = _assumed(scenario, changes, seed=seed, replications=replications)
    with progress("Planning") as show:
        made = make_plan(
            declared,
            demand,
            engine=engine,
            workers=workers,
            progress=show,
        )
    if folder is not None:
        from report.folder import save_plan

        save_plan(made, folder)
        err.print(f"Wrote the plan to {folder}", markup=False)
    if json:
        print(as_json(made.document()))
        return
    print_plan(made)


@command_line.command()
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from scenario.schema import schema as scenario_schema

    print(as_json(scenario_schema()))


@command_line.command()
def app(
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65535)] = 8501,
    headless: Annotated[bool, typer.Option(help="Do not open a browser window.")] = False,
) -> None:
    """Open the what-if app in the browser; it listens on this machine only."""
    from streamlit.web import cli as streamlit

    root = Path(__file__).resolve().parent
    arguments = ["run", str(root / "app.py"), f"--server.port={port}"]
    arguments += ["--server.address=127.0.0.1", f"--server.headless={str(headless).lower()}"]
    streamlit.main(arguments)


def _assumed(
    file: Path, changes: Sequence[str] | None, **options: int | None
) -> tuple[Scenario, Demand]:
    """
    A scenario and the demand that it names; what does not fit between them is told.

    Options that are given go into the scenario: a plan's folder then gives the plan again.
    """
    from forecast import demand_for

    given = {name: value for name, value in options.items() if value is not None}
    declared = Scenario.load(file, {**arguments.parsed(changes), **given})
    demand = demand_for(declared)
    tell((*demand.warnings, *unmatched(declared, demand.channels)))
    return declared, demand


def _tell_timezone(file: str, timezone: str | None) -> None:
    if timezone is None:
        tell([f"Times without an offset in {file} are read in UTC; --timezone names another zone."])


def main() -> None:
    """Run a command; exit status 2 for bad input, told in a clear message."""
    try:
        command_line()
    except PlanningError as error:
        err.print(str(error), markup=False, highlight=False)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
