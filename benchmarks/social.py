"""
What social channels ask of the simulation, measured: `python -m benchmarks.social --json`.

- `disagreements`: both engines on random scenarios in which contacts beget others in every way.
- `contacts_per_s`: of the kernel, 200 agents, with every such rule at work all the time.
- `slowdown_when_unused`: what the rules cost a scenario that uses none of them, 1 for nothing.
- `calibration_error`: how far the simulated volume of a calibrated baseline is from its history's,
  on customers that the calibration never met; the worst channel's share.

Each part tells how long it took; a part that fails is named in `failed` with its figures null,
and the others are measured all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import Any

from benchmarks.parts import Part, command, measured, versions
from benchmarks.proofs import begetting_scenarios
from benchmarks.social_history import calibration_error
from benchmarks.social_rules import contacts_per_s, slowdown_when_unused

PARTS: Mapping[str, Part] = {
    "calibration": Part(("calibration_error",), calibration_error),
    "agreement": Part(("disagreements",), begetting_scenarios),
    "speed": Part(("contacts_per_s",), contacts_per_s),
    "unused": Part(("slowdown_when_unused",), slowdown_when_unused),
}


def figures(
    without: Collection[str] = (), parts: Mapping[str, Part] | None = None
) -> dict[str, Any]:
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
    return found | {"versions": versions(("numpy", "numba", "simpy"))}


def main() -> int:
    """Measure, and print a table or one JSON document; 1 where a part failed."""
    return command(__doc__, PARTS, figures)


if __name__ == "__main__":
    sys.exit(main())
