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

import os
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from benchmarks import staffing_days, staffing_rules, staffing_shifts
from benchmarks.parts import Part, command, measured, versions

CENTRE = Path(__file__).parents[1] / "data/scenarios/centre_200.toml"
OURS = ("allweather", "numpy", "scipy", "numba")
PEERS = ("pyworkforce", "ortools")


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
        "paid_hours": plan.paid_hours,
        "cost": plan.cost,
        "unmet": len(plan.unmet),
        "roster_gap": plan.roster_gap,
        "rehearsals": plan.searched,
        "replications": plan.outcome.replications,
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
    found = measured(PARTS if parts is None else parts, without)
    return found | {"versions": versions(OURS) | _peer_versions()}


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
    return command(__doc__, PARTS, figures)


if __name__ == "__main__":
    sys.exit(main())
