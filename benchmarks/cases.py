"""
The worked cases of docs/cases.md, computed again.

    python -m benchmarks.cases --write docs/cases.md

writes their tables between the page's markers; `--json` prints the figures. It takes some
minutes on an idle machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.cases_centre import Blend, blends
from benchmarks.cases_floor import Found
from benchmarks.cases_page import filled
from benchmarks.cases_sites import Pool, pools
from simulate.estimates import Estimate


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--write", type=Path, help="page whose tables to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args()
    found: dict[str, Any] = {"centre": [], "sites": []}
    began = time.monotonic()
    for blend in blends():
        found["centre"].append(told(blend_figures(blend)))
    for pool in pools():
        found["sites"].append(told(pool_figures(pool)))
    found |= {"seconds": time.monotonic() - began, "machine_load": os.getloadavg()[0]}
    if given.write:
        page = given.write.read_text(encoding="utf-8")
        given.write.write_text(filled(page, found), encoding="utf-8")
    if given.json:
        print(json.dumps(found, allow_nan=False))


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row, told on standard error as it comes."""
    print(row, file=sys.stderr, flush=True)
    return row


def blend_figures(blend: Blend) -> dict[str, Any]:
    """A row of the first case in JSON's own types."""
    return {
        "agents": blend.agents,
        "assumed": blend.assumed,
        "staffed": blend.staffed,
        "apart": _found(blend.apart),
        "blended": _found(blend.blended),
        "same_staff": _found(blend.same_staff),
    }


def pool_figures(pool: Pool) -> dict[str, Any]:
    """A row of the second case in JSON's own types."""
    return {
        "sites": pool.sites,
        "seats": pool.seats,
        "day": pool.day,
        "staffed": pool.staffed,
        "apart": _found(pool.apart),
        "pooled": _found(pool.pooled),
        "same_staff": _found(pool.same_staff),
        "longest_apart_s": float(pool.apart.longest_s.mean()),
        "longest_pooled": _estimate(pool.longest(pool.pooled)),
        "longest_same_staff": _estimate(pool.longest(pool.same_staff)),
    }


def _found(found: Found) -> dict[str, Any]:
    return {
        "hours": found.hours,
        "kept": found.kept,
        "busy": _estimate(found.busy),
        "service_level": {name: _estimate(level) for name, level in found.levels.items()},
    }


def _estimate(estimate: Estimate) -> list[float]:
    """Value, low and high."""
    ends = (estimate.value, estimate.low, estimate.high)
    return [round(float(number.reshape(-1)[0]), 6) for number in ends]


if __name__ == "__main__":
    main()
