"""
How exact is the floor: simulated against exact values, as a table.

    python -m benchmarks.validation --write docs/validation.md
    python -m benchmarks.validation --json
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.exact_cases import Case, cases, demand_of
from benchmarks.exact_checks import Check
from simulate import Outcome, Workers, simulate
from simulate.estimates import estimate

REPLICATIONS = 64
FEWER_REPLICATIONS = 16  # where the warm-up is long,
HEAVIER = 10  # and so many times the contacts, since they resemble each other more
PILOT_CONTACTS = 60_000
WANTED_SHARE = 0.005  # half-width: half a percentage point,
WANTED_RELATIVE = 0.01  # or a hundredth of the value
SEED = 20_260_413


@dataclass(frozen=True)
class Row:
    """One number: ours with the half-width of its 95 % interval, and the exact one."""

    case: str
    setting: str
    name: str
    unit: str
    ours: float
    half_width: float
    exact: float
    standard_errors: float
    source: str


@dataclass(frozen=True)
class Run:
    """One case with its rows."""

    case: str
    contacts: int
    seconds: float
    rows: tuple[Row, ...]


def validate(largest: float, workers: Workers, only: str = "") -> Iterator[Run]:
    """
    Simulate every case until its intervals are as narrow as wanted.

    Parameters
    ----------
    largest
        Most contacts a case may take; a queue in heavy traffic would want days.
    workers
        Processes.
    only
        Part of the names of the cases wanted.
    """
    for case in cases():
        if only not in case.name:
            continue
        began = time.monotonic()
        contacts = HEAVIER * largest
        if _replications(case) == REPLICATIONS:
            pilot = _simulate(case, PILOT_CONTACTS, workers)
            grow = max(_too_wide(check, pilot) for check in case.checks) ** 2
            contacts = min(PILOT_CONTACTS * max(1.0, 1.2 * grow), largest)
        outcome = _simulate(case, contacts, workers)
        rows = tuple(_row(case, check, outcome) for check in case.checks)
        offered = round(float(outcome.totals["offered"].sum()) * outcome.replications)
        yield Run(case.name, offered, time.monotonic() - began, rows)


def _replications(case: Case) -> int:
    """Fewer and longer ones where the warm-up would be most of the work."""
    warm_up = case.warm_up_h * 60 * case.contacts_per_min
    return FEWER_REPLICATIONS if warm_up > PILOT_CONTACTS / 4 else REPLICATIONS


def _simulate(case: Case, contacts: float, workers: Workers) -> Outcome:
    count = _replications(case)
    scenario = case.scenario(contacts / count)
    return simulate(scenario, demand_of(scenario), replications=count, seed=SEED, workers=workers)


def _too_wide(check: Check, outcome: Outcome) -> float:
    """How many times wider than wanted the interval is; waits follow where shares lead."""
    if check.unit != "share":
        return 0.0
    found = estimate(check.parts(outcome), outcome.data.batches)
    return float(found.high - found.value) / WANTED_SHARE


def _row(case: Case, check: Check, outcome: Outcome) -> Row:
    found = estimate(check.parts(outcome), outcome.data.batches)
    value, error = float(found.value), float(found.error)
    return Row(
        case=case.name,
        setting=case.setting,
        name=check.name,
        unit=check.unit,
        ours=value,
        half_width=float(found.high) - value,
        exact=check.exact,
        standard_errors=(value - check.exact) / error if error else 0.0,
        source=case.source,
    )


def page(runs: list[Run], largest: float) -> str:
    """The table as a page of the documentation, with the most contacts that a case took."""
    rows = [row for run in runs for row in run.rows]
    within = sum(abs(row.standard_errors) <= 4 for row in rows)
    inside = sum(abs(row.ours - row.exact) <= row.half_width for row in rows)
    wide = sum(not _narrow(row) for row in rows)
    lines = [
        "# Validation",
        "",
        "The floor, set up through scenario files like any other, against queues whose exact",
        "values are known. Made by",
        f"`python -m benchmarks.validation --contacts {largest:.0f} --write docs/validation.md`.",
        "",
        f"- {len(rows)} numbers of {len(runs)} queues: {within} lie within four standard errors of"
        f" the exact value, {inside} within their own 95 % interval"
        f" ({100 * inside / len(rows):.0f} %).",
        f"- Every case: {REPLICATIONS} independent replications ({FEWER_REPLICATIONS} where the"
        f" warm-up is long; seed {SEED}), a warm-up of 20 relaxation times, conservation of"
        " contacts and agent time checked in each.",
        f"- ± is half the 95 % interval. {len(rows) - wide} of the {len(rows)} are no wider than"
        " half a percentage point or a hundredth of the value; the others, marked ~, are queues so"
        " busy that this would take far more contacts than the table was given.",
        "",
    ]
    for run in runs:
        first = run.rows[0]
        title = run.case.replace("_", " ")
        lines += [
            f"## {title[0].upper()}{title[1:]}",
            "",
            f"{first.setting}. {run.contacts:,} contacts measured.",
            "",
            "| measure | ours | ± | exact | standard errors |",
            "|---|---:|---:|---:|---:|",
            *(_line(row) for row in run.rows),
            "",
            f"Source of the exact values: {first.source}.",
            "",
        ]
    return "\n".join(lines)


def _narrow(row: Row) -> bool:
    wanted = WANTED_RELATIVE * abs(row.exact)
    if row.unit == "share":
        wanted = max(wanted, WANTED_SHARE)
    # Half-widths are estimates themselves: a tenth more is not another accuracy.
    return row.half_width <= 1.1 * wanted + 1e-12


def _line(row: Row) -> str:
    scale, unit = {"share": (100, " %"), "seconds": (1, " s"), "contacts": (1, "")}[row.unit]
    digits = 2 if scale * row.exact >= 10 else 3
    mark = "" if _narrow(row) else " ~"
    ours, exact = (f"{scale * value:.{digits}f}{unit}" for value in (row.ours, row.exact))
    width = f"{scale * row.half_width:.{digits}f}{mark}"
    return f"| {row.name} | {ours} | {width} | {exact} | {row.standard_errors:+.1f} |"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--only", default="", help="part of a case's name")
    parser.add_argument("--contacts", type=float, default=3e6, help="most contacts a case takes")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()

    began, runs = time.monotonic(), []
    with Workers(given.workers) as workers:
        for run in validate(given.contacts, workers, given.only):
            worst = max(abs(row.standard_errors) for row in run.rows)
            told = f"{run.case}: {run.contacts:,} contacts, {run.seconds:.0f} s, worst {worst:.1f}"
            print(told, file=sys.stderr, flush=True)
            runs.append(run)
    if given.write:
        given.write.write_text(page(runs, given.contacts), encoding="utf-8")
    if given.json:
        document = {
            "rows": [asdict(row) for run in runs for row in run.rows],
            "seconds": time.monotonic() - began,
            "machine_load": os.getloadavg()[0],
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("numpy", "pandas", "simpy", "numba")},
        }
        print(json.dumps(document, allow_nan=False, default=str))
    elif not given.write:
        print(page(runs, given.contacts))
    if any(not math.isfinite(row.ours) for run in runs for row in run.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
