"""
The worked study of docs/social.md, computed again: answer posts sooner, or later?

    python -m benchmarks.response_study --write docs/social.md

writes the page's tables between its markers and draws its picture beside it; `--json` prints the
figures, and `--figures FILE` writes the page from those. It takes some minutes of one processor.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.response_floor import (
    CHANNEL,
    RUNS,
    Least,
    Policy,
    half_interval,
    least_staff,
    scenario_of,
)
from benchmarks.response_page import filled
from benchmarks.response_rules import more_staff, orders
from scenario import Scenario
from simulate.estimates import Parts, estimate

MINUTE, HOUR = 60, 3600
TIMES_S = (15 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR)
SWEPT_TIMES_S = (HOUR, 4 * HOUR, 24 * HOUR)
SOONEST = Policy(TIMES_S[0])
HOURS_A_WEEK = 168
REPEAT, REPOST, SPREAD = (f"channels.{CHANNEL}.{name}" for name in ("repeat", "repost", "spread"))
ASSUMED: dict[str, dict[str, Any]] = {
    "as assumed": {},
    "posts beget nothing, all is settled": {
        f"{SPREAD}.ratio": 0.0, f"{REPOST}.share": 1e-9, f"{REPEAT}.fcr": 1.0,
    },
    "posts do not spread": {f"{SPREAD}.ratio": 0.0},
    "ten posts beget one": {f"{SPREAD}.ratio": 0.1},
    "ten posts beget four": {f"{SPREAD}.ratio": 0.4, f"{REPOST}.max_times": 5},
    "posts spread within 20 min": {f"{SPREAD}.delay.mean_s": 20 * MINUTE},
    "posts spread within 12 h": {f"{SPREAD}.delay.mean_s": 12 * HOUR},
    "answers do not stop them": {f"{SPREAD}.until_answered": False},
    "nobody writes again": {f"{REPOST}.share": 1e-9},
    "twice as many write again": {f"{REPOST}.share": 0.2, f"{REPOST}.max_times": 3},
    "FCR 70 %": {f"{REPEAT}.fcr": 0.7},
    "FCR 90 %": {f"{REPEAT}.fcr": 0.9},
}  # fmt: skip


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--write", type=Path, help="page whose tables to write")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--figures", type=Path, help="what an earlier run printed, to write the page from it"
    )
    given = parser.parse_args()
    found = json.loads(given.figures.read_text()) if given.figures else measured()
    if given.write:
        from report.response import response_figure

        page = given.write.read_text(encoding="utf-8")
        given.write.write_text(filled(page, found), encoding="utf-8")
        picture = given.write.with_suffix(".png")
        response_figure(found["base"]).savefig(picture)
    if given.json:
        print(json.dumps(found, allow_nan=False))


def measured() -> dict[str, Any]:
    """The figures, and what they took."""
    began, processor = time.monotonic(), time.process_time()
    return {
        **figures(),
        "seconds": time.monotonic() - began,
        "processor_s": time.process_time() - processor,
        "machine_load": os.getloadavg()[0],
    }


def figures(runs: int = RUNS) -> dict[str, Any]:
    """Every table of the page."""
    return {
        "base": list(base_rows(runs)),
        "sweep": list(sweep_rows(runs)),
        "order": [told(row) for row in orders(scenario_of(), runs)],
        "law": [told(row) for row in more_staff(scenario_of(), runs)],
    }


def base_rows(runs: int = RUNS, times_s: tuple[int, ...] = TIMES_S) -> Iterator[dict[str, Any]]:
    """As assumed: each promise, answered as soon as somebody is free, and late."""
    scenario = scenario_of()
    soonest = least_staff(scenario, SOONEST, runs=runs)
    assert soonest is not None
    for late in (False, True):
        for within_s in times_s:
            policy = Policy(within_s, late)
            found = soonest if policy == SOONEST else least_staff(scenario, policy, runs=runs)
            assert found is not None
            yield told(row_of(found, soonest))


def sweep_rows(
    runs: int = RUNS,
    assumed: dict[str, dict[str, Any]] | None = None,
    times_s: tuple[int, ...] = SWEPT_TIMES_S,
) -> Iterator[dict[str, Any]]:
    """Other assumptions, one at a time: the soonest answers beside late ones."""
    for name, changes in (ASSUMED if assumed is None else assumed).items():
        scenario = scenario_of(changes)
        soonest = least_staff(scenario, SOONEST, runs=runs, follow_only=True)
        assert soonest is not None
        late = [late_beside(scenario, soonest, within_s, runs) for within_s in times_s]
        yield told({"assumed": name, "soonest": row_of(soonest, soonest), "late": late})


def late_beside(
    scenario: Scenario, soonest: Least, within_s: int, runs: int
) -> dict[str, Any] | None:
    """A team that answers late, beside the one that answers soonest; None if there is no end."""
    found = least_staff(scenario, Policy(within_s, late=True), runs=runs, follow_only=True)
    return None if found is None else row_of(found, soonest)


def row_of(found: Least, soonest: Least) -> dict[str, Any]:
    """What a policy takes and gives; pairs are a value and half its 95 % interval."""
    total = found.check.totals.iloc[0]
    ratio_of_staff = found.batches / soonest.batches
    return {
        "within_s": found.policy.within_s,
        "late": found.policy.late,
        "steady": found.steady,
        "hours": [found.level * HOURS_A_WEEK, half_interval(found.batches) * HOURS_A_WEEK],
        "hours_change": [found.level / soonest.level - 1, half_interval(ratio_of_staff)],
        "service_level": float(total["service_level"]),
        "response_p50_s": float(total["response_p50_s"]),
        "offered": per_first(found, "offered"),
        **{name: per_first(found, name) for name in ("repeats", "reposts", "spread")},
        "impressions": per_first(found, "impressions_s", scale=60.0),
        "cost_per_resolved": found.check.cost_per_resolved,
    }


def per_first(found: Least, name: str, scale: float = 1.0) -> list[float]:
    """A count for every post that comes by itself, and half of its 95 % interval."""
    tallies = found.check.data.tallies(CHANNEL, "horizon")
    parts = Parts.of(tallies[name][:, 0] / scale, tallies["first_attempts"][:, 0])
    known = estimate(parts, found.check.data.batches)
    return [float(known.value), float(known.high - known.low) / 2]


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row, told on standard error as it comes."""
    print(row, file=sys.stderr, flush=True)
    return row


if __name__ == "__main__":
    main()
