"""
Weeks of 432 possible shifts a day at quarter-hours: how near the optimum, in what time?

    python -m benchmarks.staffing_shifts --json --peers PEERS/bin/python

`--peers` is the Python of an environment made from `benchmarks/staffing_peers.txt` (default: that
in ALLWEATHER_STAFFING_PEERS): pyworkforce then gets one of the weeks, and as much time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.cover_terms import Option
from staffing.covering import cover

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DAYS, PERIODS = 7, 96
LIMIT_S = 60.0
OPEN = (24, 92)  # quarter-hours of the day: 06:00 to 23:00
WEEK = (1.1, 1.05, 1.0, 1.0, 0.95, 0.6, 0.5)
PEERS = Path(__file__).with_name("staffing_peers.py")
SHORT = 400.0  # price of an agent missing for a quarter-hour: never worth it where one can come


@dataclass(frozen=True)
class Kind:
    """
    A kind of shift, times in quarter-hours.

    Parameters
    ----------
    starts
        Possible starts in the day.
    length
        Breaks included.
    cost
        Of one agent, in tenths of an hour's pay.
    breaks
        (earliest, latest, length) of each, counted from the start.
    """

    starts: range
    length: int
    cost: int
    breaks: tuple[tuple[int, int, int], ...] = ()

    def options(self) -> list[Option]:
        """A shift for every day and start, its breaks placed by the solver."""
        return [
            Option(
                float(self.cost),
                _span(PERIODS * day + start, self.length),
                tuple(
                    np.stack(
                        [_span(PERIODS * day + start + at, long) for at in range(low, high + 1)]
                    )
                    for low, high, long in self.breaks
                ),
            )
            for day in range(DAYS)
            for start in self.starts
        ]

    def explicit(self) -> list[tuple[int, list[int]]]:
        """Cost and presence in one day of every start and every way to place the breaks."""
        shifts = []
        for start in self.starts:
            ways = [_span(start, self.length)[:PERIODS]]
            for low, high, long in self.breaks:
                ways = [
                    way & ~_span(start + at, long)[:PERIODS]
                    for way in ways
                    for at in window(low, high)
                ]
            shifts += [(self.cost, way.astype(int).tolist()) for way in ways]
        return shifts


REST, LUNCH = (6, 9, 1), (13, 18, 2)  # quarter of an hour, and half an hour
PROBLEMS = {
    # 18 starts, 4 places of the rest, 6 of the lunch.
    "two breaks": (Kind(range(24, 60, 2), 32, 75, (REST, LUNCH)),),
    # 12 starts x 4 x 6, and 36 starts x 4.
    "full and part time": (
        Kind(range(24, 60, 3), 32, 75, (REST, LUNCH)),
        Kind(range(24, 60), 16, 44, (REST,)),
    ),
    # 54 starts of 8 lengths from 3 to 6.5 hours.
    "many lengths": tuple(
        Kind(range(12, 66), length, 10 * length // 4) for length in range(12, 28, 2)
    ),
}
CRESTS = (40, 150)
PEER_WEEK = ("full and part time", 150)


def week_of(crest: int) -> IntArray:
    """Agents required by quarter-hour, shape (672,): two crests a day and some noise."""
    rng = np.random.default_rng(crest)
    hour = (np.arange(PERIODS) + 0.5) / 4
    shape = (
        0.25
        + np.exp(-(((hour - 10.5) / 2.5) ** 2))
        + 0.85 * np.exp(-(((hour - 16) / 2.7) ** 2))
        + 0.3 * np.exp(-(((hour - 20) / 2) ** 2))
    )
    shape = np.where((np.arange(PERIODS) >= OPEN[0]) & (np.arange(PERIODS) < OPEN[1]), shape, 0)
    days = np.outer(WEEK, crest * shape / shape.max())
    required: IntArray = np.rint(days * rng.normal(1, 0.05, days.shape)).astype(np.int64).ravel()
    return required


def solved(name: str, crest: int) -> dict[str, Any]:
    """One week: cost, proven gap, agent quarter-hours missing, seconds."""
    required = reached(name, week_of(crest))
    options = [option for kind in PROBLEMS[name] for option in kind.options()]
    begun = time.perf_counter()
    found = cover(
        required, options, days=np.repeat(np.arange(DAYS), PERIODS), short_price=SHORT,
        time_limit_s=LIMIT_S - 5,
    )  # fmt: skip
    return {
        "problem": name,
        "crest": crest,
        "possible_shifts": sum(len(kind.explicit()) for kind in PROBLEMS[name]),
        "agents": int(found.agents.sum()),
        "cost": found.cost,
        "short": int(found.short.sum()),
        "gap": found.gap,
        "seconds": time.perf_counter() - begun,
    }


def reached(name: str, required: IntArray) -> IntArray:
    """The requirement where some shift reaches it: what none does would be short in any plan."""
    present = np.logical_or.reduce([o.present for kind in PROBLEMS[name] for o in kind.options()])
    return np.where(present, required, 0)


def peers_on(name: str, crest: int, python: str | None) -> dict[str, Any]:
    """What pyworkforce's two schedulers find for the same week; None with the reason if absent."""
    if python is None:
        reason = "no Python with pyworkforce named: --peers or ALLWEATHER_STAFFING_PEERS"
        return {"schedulers": None, "reason": reason}
    required = reached(name, week_of(crest))
    shifts = [shift for kind in PROBLEMS[name] for shift in kind.explicit()]
    question = {
        "required": required.reshape(DAYS, PERIODS).tolist(),
        "shifts": [present for _, present in shifts],
        "costs": [cost for cost, _ in shifts],
        "limit_s": LIMIT_S,
    }
    answer = subprocess.run(
        [python, str(PEERS)], input=json.dumps(question), capture_output=True, text=True
    )
    if answer.returncode:
        return {"schedulers": None, "reason": answer.stderr.strip().splitlines()[-1]}
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def figures(peers: str | None = None) -> dict[str, Any]:
    """
    All weeks, the worst gap and the longest time, and pyworkforce beside one of them.

    Parameters
    ----------
    peers
        Python of the peers' environment; default: that in ALLWEATHER_STAFFING_PEERS.
    """
    weeks = [solved(name, crest) for name in PROBLEMS for crest in CRESTS]
    python = peers or os.environ.get("ALLWEATHER_STAFFING_PEERS")
    ours = next(week for week in weeks if (week["problem"], week["crest"]) == PEER_WEEK)
    return {
        "shifts_432_gap": max(week["gap"] for week in weeks),
        "shifts_432_s": max(week["seconds"] for week in weeks),
        "shifts_432_weeks": weeks,
        "shifts_432_peers": {"ours": ours, **peers_on(*PEER_WEEK, python)},
    }


def window(earliest: int, latest: int) -> range:
    """Starts from the earliest to the latest, both among them."""
    return range(earliest, latest + 1)


def _span(begin: int, length: int) -> BoolArray:
    present = np.zeros(DAYS * PERIODS, dtype=np.bool_)
    present[begin : begin + length] = True
    return present


def main() -> None:
    """Answer on standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--peers", help="Python of an environment with pyworkforce")
    chosen = parser.parse_args()
    load_before = os.getloadavg()[0]
    document = figures(chosen.peers)
    document["machine_load"] = [load_before, os.getloadavg()[0]]
    if chosen.json:
        print(json.dumps(document, indent=1))
        return
    for week in document["shifts_432_weeks"]:
        told = f"{week['problem']}, crest {week['crest']}"
        print(
            f"{told:28} gap {week['gap']:.2%}  {week['seconds']:5.1f} s  cost {week['cost']:,.0f}"
        )
    for one in document["shifts_432_peers"].get("schedulers") or ():
        print(one)


if __name__ == "__main__":
    main()
