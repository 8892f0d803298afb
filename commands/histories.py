"""The commands about histories: are they good, what will come, how good was that told?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import arguments
from commands.bundles import unbundled
from commands.options import AsJson, EditsFile, HistoryFile, Horizon
from commands.print_forecast import print_backtest, print_layers, print_today
from commands.reading import Known, Reading
from commands.terminal import BAD_INPUT, err, give, out, print_table, tell
from report.documents import as_json
from scenario import Demand

if TYPE_CHECKING:
    from forecast.accuracy import WeeklySpread


@unbundled
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario, history, staffing or events files.")
    ],
    *,
    reading: Reading,
    json: AsJson = False,
) -> None:
    """Tell every fault of scenario, history, staffing and events files."""
    from report.checks import check_file

    logged = reading.logged()
    checks = [check_file(file, reading.zone, logged) for file in files]
    for one in checks:
        if one.kind != "scenario":
            reading.tell_zone(one.file)
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


@unbundled
def forecast(
    history: HistoryFile,
    horizon: Horizon = "28d",
    edits: EditsFile = None,
    seed: Annotated[int, typer.Option(help="Seed of the paths.", min=0)] = 1,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", help="Write a forecast file: .parquet (with paths) or .csv."),
    ] = None,
    *,
    reading: Reading,
    known: Known,
    json: AsJson = False,
) -> None:
    """Forecast volume and handle time per interval and channel, with their spread."""
    from forecast import predict
    from report.documents import forecast_document

    if out_file is not None:
        arguments.check_destination("--out", out_file, (".parquet", ".csv", ".csv.gz"))
    reading.tell_zone(history)
    read = reading.history(history)
    tell((*read.repairs, *read.suspicions))
    demand = predict(read, horizon=horizon, seed=seed, **known.read(reading.zone))
    demand = arguments.edits(edits).applied(demand)
    tell(demand.warnings)
    if out_file is not None:
        demand.save(out_file)
        err.print(f"Wrote {out_file}", markup=False)
    if json:
        print(as_json(forecast_document(demand)))
    elif out_file is None:
        print_table(demand.frame(), f"Forecast of {history.name}")


@unbundled
def backtest(
    history: HistoryFile,
    horizon: Horizon = "28d",
    origins: Annotated[int, typer.Option(help="Past days to forecast from.", min=1)] = 8,
    methods: Annotated[
        str | None, typer.Option(help="Methods to compare, separated by commas.")
    ] = None,
    spread: Annotated[
        bool, typer.Option(help="Draw paths at every origin, too: do weeks stray as they say?")
    ] = False,
    *,
    reading: Reading,
    known: Known,
    json: AsJson = False,
) -> None:
    """Measure the forecast on the history itself, beside the weekly naive forecast."""
    from forecast import backtest as run_backtest
    from forecast.grains import accuracy_by_grain, spread_figures, spreads_at_origins

    reading.tell_zone(history)
    read = reading.history(history)
    tell((*read.repairs, *read.suspicions))
    beside = known.read(reading.zone)
    chosen = methods.split(",") if methods else None
    result = run_backtest(read, horizon=horizon, origins=origins, methods=chosen, **beside)
    grains = accuracy_by_grain(result)
    weekly: Mapping[str, WeeklySpread] = {}
    if spread:
        days = int(result.horizon_days)
        weekly = spreads_at_origins(read, result.origins, horizon_days=days, **beside)
    if json:
        told = {name: spread_figures(one) for name, one in weekly.items()}
        extra = {"weekly_spread": told} if spread else {}
        print(as_json(result.document() | {"accuracy": grains} | extra))
        return
    print_backtest(result, grains, weekly)


@unbundled
def today(
    history: HistoryFile,
    so_far: Annotated[
        Path | None,
        typer.Argument(help="Contacts counted today, read as a history; default: its last day."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Known up to this local time; default: the last count.")
    ] = None,
    edits: EditsFile = None,
    *,
    reading: Reading,
    known: Known,
    json: AsJson = False,
) -> None:
    """Tell the rest of the day from what has come in so far; say what leaves its band."""
    from forecast import predict, rest_of_day
    from forecast.day_so_far import known_until

    reading.tell_zone(history)
    read = reading.history(history)
    counted = read
    if so_far is not None:
        counted = reading.history(so_far, interval_minutes=read.interval_minutes)
    known_to = arguments.instant("--at", at, reading.zone) if at else known_until(counted)
    start = arguments.day_of(known_to)
    told = predict(read, horizon="1d", start=start, **known.read(reading.zone))
    tell(told.warnings)
    found = rest_of_day(arguments.edits(edits).applied(told), counted, at=known_to)
    tell(found.notes)
    give(found, print_today, json=json)


@unbundled
def review(
    forecast: Annotated[Path, typer.Argument(help="Forecast file, as it was made.")],
    history: HistoryFile,
    edits: EditsFile = None,
    *,
    reading: Reading,
    json: AsJson = False,
) -> None:
    """Measure a forecast and each edit of it on what came, beside last week repeated."""
    from forecast import layer_accuracy

    reading.tell_zone(history)
    told = Demand.load(forecast, reading.zone)
    read = reading.history(history, interval_minutes=told.horizon.interval_minutes)
    layers = layer_accuracy(read, told, arguments.edits(edits))
    if json:
        print(as_json({"layers": layers}))
        return
    print_layers(layers)
