"""
How good are the plans, and how fast? `python -m benchmarks.staffing --json`.

- `day_25_agents_s`, `day_230_agents_s`: a day of two pools planned, its check included.
- `week_200_agents_s`: the sample centre of 200, shifts and check included.
- `fresh_worst_gap_pp`, `fresh_share_under`, `fresh_surely_under`: those days with numbers that the
  search never saw.
- `decrement_breaks_share`: of single agents sent home, how many break a promise.
- `shifts_…`: `benchmarks.staffing_shifts`.
- `vs_pyworkforce`: three days of one queue by rules of ours and of others, scored exactly.

pyworkforce answers where `ALLWEATHER_STAFFING_PEERS` names a Python that has it. Each part tells
the machine's load before and after it, and how long it took; a part that fails is named in `failed`
with its figures null, and the others are measured all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks import staffing_days, staffing_rules, staffing_shifts

CENTRE = Path(__file__).parents[1] / "data/scenarios/centre_200.toml"
OURS = ("allweather", "numpy", "scipy", "numba")
PEERS = ("pyworkforce", "ortools")


@dataclass(frozen=True)
class Part:
    """
    Some of the figures, measured together.

    Parameters
    ----------
    keys
        What it must answer.
    measure
        Answers with these keys, and others beside them.
    """

    keys: tuple[str, ...]
    measure: Callable[[], dict[str, Any]]


def week_of_200(workers: int = 2) -> dict[str, Any]:
    """Plan the week of the sample centre; its forecast is made beforehand."""
    import forecast
    import staffing
    from scenario import Scenario

    scenario = Scenario.load(CENTRE)
    demand = forecast.demand_for(scenario)
    began = time.perf_counter()
    plan = staffing.plan(scenario, demand, workers=workers)
    return {
        "week_200_agents_s": time.perf_counter() - began,
        "week_200": {
            "paid_hours": plan.paid_hours,
            "cost": plan.cost,
            "unmet": len(plan.unmet),
            "roster_gap": plan.roster_gap,
            "rehearsals": plan.searched,
            "replications": plan.outcome.replications,
        },
    }


PARTS = {
    "rules": Part(("vs_pyworkforce",), lambda: {"vs_pyworkforce": staffing_rules.figures()}),
    "shifts": Part(("shifts_432_gap", "shifts_432_s"), staffing_shifts.figures),
    "days": Part(
        (
            "day_25_agents_s", "day_230_agents_s", "fresh_worst_gap_pp", "fresh_share_under",
            "fresh_surely_under", "decrement_breaks_share",
        ),
        staffing_days.figures,
    ),
    "week": Part(("week_200_agents_s",), week_of_200),
}  # fmt: skip
"""The quick ones first: whoever stops a run has most of it."""


def figures(without: Collection[str] = (), parts: dict[str, Part] | None = None) -> dict[str, Any]:
    """
    Everything that this benchmark is named for.

    Parameters
    ----------
    without
        Names of parts that are left out; their figures are null.
    parts
        Others than `PARTS`, for a test.
    """
    parts = PARTS if parts is None else parts
    found: dict[str, Any] = {key: None for part in parts.values() for key in part.keys}
    took: dict[str, Any] = {}
    failed: dict[str, str] = {}
    began = os.getloadavg()[0]
    for name, part in parts.items():
        if name in without:
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        load, start = os.getloadavg()[0], time.perf_counter()
        try:
            found |= part.measure()
        except Exception as error:  # one part must not take the others with it
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
        took[name] = {
            "seconds": time.perf_counter() - start,
            "machine_load": [load, os.getloadavg()[0]],
        }
    return found | {
        "parts": took,
        "failed": failed,
        "left_out": sorted(without),
        "machine_load": [began, os.getloadavg()[0]],
        "processors": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in OURS},
            **_peer_versions(),
        },
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _peer_versions() -> dict[str, str | None]:
    """Versions of the peers in the Python that the environment names; None where there is none."""
    python = os.environ.get(staffing_rules.PEERS_PYTHON)
    if not python:
        return dict.fromkeys(PEERS)
    asked = f"import importlib.metadata as m; print(*(m.version(name) for name in {PEERS!r}))"
    answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    told = answer.stdout.split()
    return dict(zip(PEERS, told, strict=True)) if len(told) == len(PEERS) else dict.fromkeys(PEERS)


def main() -> int:
    """Measure, and print a table or one JSON document; 1 where a part failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    for name in PARTS:
        parser.add_argument(f"--without-{name}", action="store_true", help=f"leave out the {name}")
    asked = parser.parse_args()
    found = figures([name for name in PARTS if getattr(asked, f"without_{name}")])
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name}: {value:,.4g}" if isinstance(value, float) else f"{name}: {value}")
    return 1 if found["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
