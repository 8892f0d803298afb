"""The same library for the terminal: results on standard output, everything else on error."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from report.documents import as_json
from scenario import Demand, InvalidValueError, PlanningError, Scenario
from scenario.assumptions import unmatched
from terminal import err, out, print_outcome, print_plan, print_rows, print_table, progress, tell

if TYPE_CHECKING:
    import pandas as pd

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
        _check_destination("--out", out_file, (".parquet", ".csv", ".csv.gz"))
    _tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC")
    tell((*read.repairs, *read.suspicions))
    demand = predict(
        read,
        horizon=horizon,
        calendar=_calendar(country, region),
        events=_events(events, timezone or "UTC"),
        seed=seed,
    )
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
    json: AsJson = False,
) -> None:
    """Measure the forecast on the history itself, beside the weekly naive forecast."""
    from forecast import backtest as run_backtest
    from forecast import read_history

    _tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC")
    tell((*read.repairs, *read.suspicions))
    result = run_backtest(
        read,
        horizon=horizon,
        origins=origins,
        methods=methods.split(",") if methods else None,
        calendar=_calendar(country, region),
        events=_events(events, timezone or "UTC"),
    )
    document = result.document()
    if json:
        print(as_json(document))
        return
    rows = [{"channel": name, **figures} for name, figures in document["channels"].items()]
    print_rows(rows, f"{len(document['origins'])} origins, {document['horizon_days']} days ahead")


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
    json: AsJson = False,
) -> None:
    """Rehearse the scenario with its current staffing."""
    from simulate.run import simulate as run

    if records is not None:
        _check_destination("--records", records, (".parquet", ".csv"))
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
        _write_table(outcome.contacts, records)
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
        _make_folder("--out", folder)
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
    declared = Scenario.load(file, {**_parsed(changes), **given})
    demand = demand_for(declared)
    tell((*demand.warnings, *unmatched(declared, demand.channels)))
    return declared, demand


def _tell_timezone(file: str, timezone: str | None) -> None:
    if timezone is None:
        tell([f"Times without an offset in {file} are read in UTC; --timezone names another zone."])


def _check_destination(option: str, path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file that could not be written before minutes are spent on what goes into it."""
    if not path.name.endswith(suffixes):
        raise InvalidValueError(option, f"a {' or '.join(suffixes)} file", str(path))
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidValueError(option, "a file in an existing folder, both writable", str(path))


def _make_folder(option: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = f"a folder that can be made ({error.strerror})"
        raise InvalidValueError(option, rule, str(folder)) from None
    if not os.access(folder, os.W_OK):
        raise InvalidValueError(option, "a folder that can be written", str(folder))


def _calendar(country: str | None, region: str | None) -> Any:
    if country is None and region is None:
        return None
    from scenario.model import CalendarKeys

    return CalendarKeys(country=country, region=region)


def _events(file: Path | None, timezone: str) -> Any:
    if file is None:
        return None
    from forecast import read_events

    return read_events(file, timezone=timezone)


def _parsed(changes: Sequence[str] | None) -> Mapping[str, Any]:
    """
    Values of `--set key=value`, read as TOML and as plain text where they are none.

    Raises
    ------
    InvalidValueError
        When an equals sign is missing.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    parsed: dict[str, Any] = {}
    for change in changes or ():
        name, separator, text = change.partition("=")
        if not separator or not name.strip():
            raise InvalidValueError("--set", "written like key=value", change)
        try:
            parsed[name.strip()] = tomlkit.parse(f"value = {text}").unwrap()["value"]
        except TOMLKitError:
            parsed[name.strip()] = text
    return parsed


def _write_table(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_csv(path, index=False)
    err.print(f"Wrote {len(table):,} contacts to {path}", markup=False)


def main() -> None:
    """Run a command; exit status 2 for bad input, told in a clear message."""
    try:
        command_line()
    except PlanningError as error:
        err.print(str(error), markup=False, highlight=False)
        sys.exit(BAD_INPUT)


if __name__ == "__main__":
    main()
