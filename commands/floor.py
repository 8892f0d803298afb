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
from commands.print_plan import print_outcome
from commands.print_study import comparison_document, print_comparison
from commands.rehearsing import Runs
from commands.terminal import give, tell
from report.documents import as_json
from scenario import Demand, InvalidValueError, Scenario

if TYPE_CHECKING:
    from simulate.outcome import Outcome


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
    give(outcome, print_outcome, json=json)


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
    outcomes = []
    for file in scenarios:
        declared, demand = runs.assumed(file)
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
