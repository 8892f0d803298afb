"""
How exact is the floor: simulated against exact values, as a table.

    python -m benchmarks.validation --write docs/validation.md
    python -m benchmarks.validation --json
    python -m benchmarks.validation --only erlang_a
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.exact_cases import cases
from benchmarks.exact_sampling import Run, document_of, run
from benchmarks.validation_page import agrees, page, summary
from simulate import Workers

SEED = 20_260_413
LARGEST = 300e6


def validate(workers: Workers, only: str = "", largest: float = LARGEST) -> Iterator[Run]:
    """
    Simulate every case until its intervals are as narrow as wanted.

    Parameters
    ----------
    workers
        Processes.
    only
        Part of the names of the cases wanted.
    largest
        Contacts after which a case ends in any case.
    """
    for case in cases():
        if only in case.name:
            yield run(case, SEED, workers, largest)


def document(runs: list[Run], seconds: float) -> dict[str, Any]:
    """What was found, for JSON."""
    return {
        **summary(runs),
        "rows": [document_of(row) for one in runs for row in one.rows],
        "cases": [
            {
                "case": one.case,
                "contacts": one.contacts,
                "replications": one.replications,
                "seconds": one.seconds,
            }
            for one in runs
        ],
        "seed": SEED,
        "contacts": sum(one.contacts for one in runs),
        "seconds": seconds,
        "machine_load": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "pandas", "simpy", "numba")},
    }


def main() -> None:
    """Run from the command line; exit status 1 where a number disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="Markdown file to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--only", default="", help="part of a case's name")
    parser.add_argument("--contacts", type=float, default=LARGEST, help="most contacts of a case")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()

    began, runs = time.monotonic(), []
    with Workers(given.workers) as workers:
        for one in validate(workers, given.only, given.contacts):
            worst = max(abs(row.standard_errors) for row in one.rows)
            wide = sum(not row.narrow for row in one.rows)
            told = f"{one.case}: {one.contacts:,} contacts, {one.seconds:.0f} s, worst {worst:.1f}"
            print(told + f", {wide} too wide" * bool(wide), file=sys.stderr, flush=True)
            runs.append(one)
    seconds = time.monotonic() - began
    text = page(runs, SEED)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    if given.json:
        print(json.dumps(document(runs, seconds), allow_nan=False))
    elif not given.write:
        print(text)
    if not all(agrees(row) for one in runs for row in one.rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
