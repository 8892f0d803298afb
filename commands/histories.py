"""The commands about histories: are they good, what will come, how good was that told?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import arguments
from commands.options import (
    Actionable,
    AsJson,
    Basis,
    Country,
    EditsFile,
    EventsFile,
    HistoryFile,
    Horizon,
    MeanConcurrency,
    Region,
    TimeZone,
)
from commands.print_forecast import print_backtest, print_layers, print_today
from commands.terminal import err, out, print_table, tell
from report.documents import as_json
from scenario import Demand

BAD_INPUT = 2


def check(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario, history, staffing or events files.")
    ],
    timezone: TimeZone = None,
    basis: Basis = None,
    mean_concurrency: MeanConcurrency = None,
    actionable: Actionable = None,
    json: AsJson = False,
) -> None:
    """Tell every fault of scenario, history, staffing and events files."""
    from report.checks import check_file

    reading = arguments.reading(basis, mean_concurrency, actionable)
    checks = [check_file(file, timezone or "UTC", reading) for file in files]
    for one in checks:
        if one.kind != "scenario":
            arguments.tell_timezone(one.file, timezone)
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


def forecast(
    history: HistoryFile,
    horizon: Horizon = "28d",
    timezone: TimeZone = None,
    basis: Basis = None,
    mean_concurrency: MeanConcurrency = None,
    actionable: Actionable = None,
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
    reading = arguments.reading(basis, mean_concurrency, actionable)
    arguments.tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC", **reading)
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


def backtest(
    history: HistoryFile,
    horizon: Horizon = "28d",
    origins: Annotated[int, typer.Option(help="Past days to forecast from.", min=1)] = 8,
    methods: Annotated[
        str | None, typer.Option(help="Methods to compare, separated by commas.")
    ] = None,
    timezone: TimeZone = None,
    basis: Basis = None,
    mean_concurrency: MeanConcurrency = None,
    actionable: Actionable = None,
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

    reading = arguments.reading(basis, mean_concurrency, actionable)
    arguments.tell_timezone(str(history), timezone)
    read = read_history(history, timezone=timezone or "UTC", **reading)
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
    basis: Basis = None,
    mean_concurrency: MeanConcurrency = None,
    actionable: Actionable = None,
    events: EventsFile = None,
    country: Country = None,
    region: Region = None,
    edits: EditsFile = None,
    json: AsJson = False,
) -> None:
    """Tell the rest of the day from what has come in so far; say what leaves its band."""
    from forecast import predict, read_history, rest_of_day
    from forecast.day_so_far import known_until

    reading = arguments.reading(basis, mean_concurrency, actionable)
    arguments.tell_timezone(str(history), timezone)
    zone = timezone or "UTC"
    read = read_history(history, timezone=zone, **reading)
    counted = read
    if so_far is not None:
        counted = read_history(
            so_far, timezone=zone, interval_minutes=read.interval_minutes, **reading
        )
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


def review(
    forecast: Annotated[Path, typer.Argument(help="Forecast file, as it was made.")],
    history: HistoryFile,
    edits: EditsFile = None,
    timezone: TimeZone = None,
    basis: Basis = None,
    mean_concurrency: MeanConcurrency = None,
    actionable: Actionable = None,
    json: AsJson = False,
) -> None:
    """Measure a forecast and each edit of it on what came, beside last week repeated."""
    from forecast import layer_accuracy, read_history

    arguments.tell_timezone(str(history), timezone)
    told = Demand.load(forecast, timezone or "UTC")
    read = read_history(
        history,
        timezone=timezone or "UTC",
        interval_minutes=told.horizon.interval_minutes,
        **arguments.reading(basis, mean_concurrency, actionable),
    )
    layers = layer_accuracy(read, told, arguments.edits(edits))
    if json:
        print(as_json({"layers": layers}))
        return
    print_layers(layers)
