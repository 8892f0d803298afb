"""The commands that rehearse: how does the floor cope, and which of several copes better?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands import arguments
from commands.options import AsJson, Changes, Engine, Replications, ScenarioFile, Seed, Workers
from commands.print_plan import print_outcome
from commands.print_study import comparison_document, print_comparison
from commands.terminal import progress, tell
from report.documents import as_json
from scenario import InvalidValueError


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
    declared, demand = arguments.assumed(scenario, changes, seed=seed, replications=replications)
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


def compare(
    scenarios: Annotated[
        list[Path], typer.Argument(help="Scenario files (TOML); the first is the baseline.")
    ],
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = "kernel",
    workers: Workers = 2,
    changes: Changes = None,
    json: AsJson = False,
) -> None:
    """Rehearse scenarios on the same customers; tell which differences are real."""
    from report.comparison import Comparison
    from simulate.run import simulate as run

    if len(scenarios) < 2:
        raise InvalidValueError("scenarios", "at least two, to be compared", len(scenarios))
    outcomes = []
    for file in scenarios:
        declared, demand = arguments.assumed(file, changes, seed=seed, replications=replications)
        # Only the same seed and as many runs give pairs: the baseline's, where none are given.
        seed, replications = declared.seed, declared.replications
        with progress(f"Simulating {declared.name}") as show:
            outcome = run(
                declared,
                demand,
                engine=engine,
                workers=workers,
                progress=lambda done, total, show=show, name=declared.name: show(
                    done / total, f"Simulating {name}"
                ),
            )
        outcomes.append(outcome)
    names = arguments.distinct_names([one.scenario.name for one in outcomes], scenarios)
    found = Comparison(dict(zip(names, outcomes, strict=True)), {})
    for name in found.others:
        if reason := found.unpaired(name):
            tell([f"{name} has no paired differences: {reason}."])
    if json:
        print(as_json(comparison_document(found)))
        return
    print_comparison(found)
