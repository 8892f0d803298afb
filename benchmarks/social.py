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

import argparse
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from benchmarks.proofs import begetting_scenarios
from benchmarks.social_history import calibration_error
from benchmarks.social_rules import contacts_per_s, slowdown_when_unused


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


PARTS: Mapping[str, Part] = {
    "calibration": Part(("calibration_error",), calibration_error),
    "agreement": Part(("disagreements",), begetting_scenarios),
    "speed": Part(("contacts_per_s",), contacts_per_s),
    "unused": Part(("slowdown_when_unused",), slowdown_when_unused),
}


def figures(parts: Mapping[str, Part] | None = None) -> dict[str, Any]:
    """
    Everything that this benchmark is named for.

    Parameters
    ----------
    parts
        Others than `PARTS`, for a test.
    """
    parts = PARTS if parts is None else parts
    found: dict[str, Any] = {key: None for part in parts.values() for key in part.keys}
    told: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for name, part in parts.items():
        began, load = time.monotonic(), os.getloadavg()[0]
        try:
            measured = part.measure()
        except Exception as error:  # one part must not take the others with it
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
            measured = {}
        found |= {key: measured.get(key) for key in part.keys}
        beside = {key: value for key, value in measured.items() if key not in part.keys}
        told[name] = {
            **beside,
            "seconds": time.monotonic() - began,
            "machine_load": [load, os.getloadavg()[0]],
        }
        print(name, {key: found[key] for key in part.keys}, file=sys.stderr, flush=True)
    return {
        **found,
        "failed": failed,
        "parts": told,
        "machine_load": os.getloadavg()[0],
        "processors": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "simpy")},
        },
    }


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    for name in PARTS:
        parser.add_argument(f"--without-{name}", action="store_true", help="leave this part out")
    asked = vars(parser.parse_args())
    found = figures({name: part for name, part in PARTS.items() if not asked[f"without_{name}"]})
    if asked["json"]:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
