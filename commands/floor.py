"""The commands that rehearse: how does the floor cope, and which of several copes better?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands import arguments
from commands.bundles import unbundled
from commands.options import AsJson, ScenarioFile
from commands.print_journeys import print_journeys
from commands.print_plan import print_outcome
from commands.print_study import comparison_document, print_comparison, print_drill
from commands.rehearsing import Runs
from commands.terminal import give, out, tell
from report.documents import as_json
from scenario import Demand, InvalidValueError, Scenario

if TYPE_CHECKING:
    from simulate.drill import Drill
    from simulate.outcome import Outcome
    from simulate.recovery import Recovery


@unbundled
def simulate(
    scenario: ScenarioFile,
    records: Annotated[
        Path | None, typer.Option(help="Write every contact to this CSV or Parquet file.")
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(help="Write every event of the first run to this CSV or Parquet file."),
    ] = None,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Rehearse the scenario with its current staffing."""
    for option, file in (("--records", records), ("--trace", trace)):
        if file is not None:
            arguments.check_destination(option, file, (".parquet", ".csv"))
    declared, demand = runs.assumed(scenario)
    outcome = _rehearsed(declared, demand, runs, "Simulating", records=records is not None)
    if records is not None and outcome.contacts is not None:
        arguments.write_table(outcome.contacts, records, "contacts")
    if trace is not None:
        from simulate.tracing import trace as trace_of

        arguments.write_table(trace_of(declared, demand), trace, "events")
    recovered = _recovered(declared, demand, outcome, runs)
    if json:
        told = [{"burst": name, **one.document()} for name, one in recovered.items()]
        print(as_json({**outcome.document(), "recovery": told}))
        return
    print_outcome(outcome)
    print_journeys(outcome)
    for name, one in recovered.items():
        out.print(f"Burst {name}: {one.sentence}", markup=False)


@unbundled
def drill(
    scenario: ScenarioFile,
    channel: Annotated[str, typer.Option(metavar="CHANNEL", help="Channel that the burst meets.")],
    at: Annotated[str, typer.Option(metavar="TIME", help="Local time at which it begins.")],
    factor: Annotated[
        float,
        typer.Option(help="Volume multiplies by this at once and falls back by halves.", min=1),
    ] = 5.0,
    half_life: Annotated[
        float, typer.Option(help="Hours in which it falls back by a half.", min=0.01)
    ] = 2.0,
    call_in: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GROUP=AGENTS",
            help="People called in beside the current staffing; as many groups as wanted.",
        ),
    ] = None,
    after: Annotated[
        float, typer.Option(metavar="MINUTES", help="From the burst until they are there.", min=0)
    ] = 30.0,
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Tell how the current staffing copes with a burst, and what calling people in changes."""
    from simulate.drill import drill as rehearse

    called = arguments.agents_by_group("--call-in", call_in)
    declared, demand = runs.assumed(scenario)

    def drilled(*, progress: Callable[[float, str], None], **options: Any) -> Drill:
        return rehearse(
            declared,
            demand,
            channel=channel,
            at=arguments.instant("--at", at, declared.timezone),
            factor=factor,
            half_life_h=half_life,
            call_in=called,
            after_minutes=after,
            progress=lambda done, total: progress(done / total, "Drilling"),
            **options,
        )

    give(runs.ask("Drilling", drilled), print_drill, json=json)


@unbundled
def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(help="Scenario files (TOML); the first is the baseline.")
    ],
    *,
    runs: Runs,
    json: AsJson = False,
) -> None:
    """Rehearse scenarios on the same customers; tell which differences are real."""
    from report.comparison import Comparison

    if len(scenarios) < 2:
        raise InvalidValueError("scenarios", "at least two, to be compared", len(scenarios))
    outcomes: list[Outcome] = []
    for file in scenarios:
        declared, demand = runs.assumed(file, outcomes[0].scenario if outcomes else None)
        # Only the same seed and as many runs give pairs: the baseline's, where none are given.
        runs = replace(runs, seed=declared.seed, replications=declared.replications)
        outcomes.append(_rehearsed(declared, demand, runs, f"Simulating {declared.name}"))
    names = arguments.distinct_names([one.scenario.name for one in outcomes], scenarios)
    found = Comparison(dict(zip(names, outcomes, strict=True)), {})
    for name in found.others:
        if reason := found.unpaired(name):
            tell([f"{name} has no paired differences: {reason}."])
    if json:
        print(as_json(comparison_document(found)))
        return
    print_comparison(found)


def _recovered(
    declared: Scenario, demand: Demand, outcome: Outcome, runs: Runs
) -> dict[str, Recovery]:
    """When the floor has recovered from each of the scenario's bursts."""
    from simulate.recovery import recoveries

    def rehearse(*, progress: Callable[[float, str], None], **options: Any) -> dict[str, Recovery]:
        return recoveries(
            declared,
            demand,
            outcome,
            progress=lambda done, total: progress(done / total, "Simulating calm days"),
            **options,
        )

    return runs.ask("Simulating calm days", rehearse) if declared.bursts else {}


def _rehearsed(
    declared: Scenario, demand: Demand, runs: Runs, label: str, *, records: bool = False
) -> Outcome:
    """The outcome of a scenario with its current staffing."""
    from simulate.run import simulate as run

    def rehearse(*, progress: Callable[[float, str], None], **options: Any) -> Outcome:
        return run(
            declared,
            demand,
            records=records,
            progress=lambda done, total: progress(done / total, label),
            **options,
        )

    return runs.ask(label, rehearse)
