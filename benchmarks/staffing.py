"""
How good are the plans, and how fast? `python -m benchmarks.staffing --json`.

- `day_25_agents_s`, `day_230_agents_s`: a day of two pools planned, its check included.
- `week_200_agents_s`: the sample centre of 200, shifts and check included.
- `fresh_worst_gap_pp`, `fresh_share_under`, `fresh_surely_under`: those days with numbers that the
  search never saw.
- `decrement_breaks_share`: of single agents sent home, how many break a promise.
- `shifts_…`: `benchmarks.staffing_shifts`.
- `vs_pyworkforce`: three days of one queue by rules of ours and of others, scored exactly.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks import staffing_days, staffing_rules

CENTRE = Path(__file__).parents[1] / "data/scenarios/centre_200.toml"


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


def figures(*, week: bool = True, shifts: bool = True) -> dict[str, Any]:
    """Everything that this benchmark is named for."""
    load = os.getloadavg()[0]
    found = staffing_days.figures()
    if week:
        found |= week_of_200()
    if shifts:
        from benchmarks import staffing_shifts

        found |= staffing_shifts.figures()
    return found | {
        "vs_pyworkforce": staffing_rules.figures(),
        "machine_load": [load, os.getloadavg()[0]],
        "processors": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in ("numpy", "scipy", "numba", "pyworkforce")},
        },
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--without-week", action="store_true", help="leave out the week")
    parser.add_argument("--without-shifts", action="store_true", help="leave out the shifts")
    asked = parser.parse_args()
    found = figures(week=not asked.without_week, shifts=not asked.without_shifts)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name}: {value:,.4g}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    sys.exit(main())
