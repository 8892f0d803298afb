"""
How fast is the floor: its two engines beside Ciw and a plain `simpy.Resource`, in one run.

    python -m benchmarks.floor --json

The queue is M/M/c+M at 92 % load, the most that all of them can express. The kernel counts as
it does in every plan: all rules at hand, its draws included, no contact kept. `docs/speed.md`
tells how each figure is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks import differences, fresh, proofs
from benchmarks.floor_team import contacts_of, counting, queue, team
from benchmarks.peers import PEERS
from simulate import arrivals, draws
from simulate.batches import Batch
from simulate.encode import FloorInput
from simulate.engines import engine_named, replicate
from simulate.measures import measure

SHORT_DAYS = 400
THREAD_RUNS = 6
ROUNDS = 20  # of the kernel, a few tenths of a second each: a busy machine spoils some
THREAD_ROUNDS = 5


@dataclass(frozen=True)
class Size:
    """
    How long each runs, so that it takes seconds at most.

    Parameters
    ----------
    agents
        Size of the team.
    kernel, simpy
        Lengths as scenarios write them; on the shorter one both engines run and must agree.
    resource_s, ciw_s
        Lengths in seconds.
    """

    agents: int
    kernel: str
    simpy: str
    resource_s: float
    ciw_s: float


SIZES = (
    Size(20, "56d", "7d", 7 * 86_400, 2 * 86_400),
    Size(200, "14d", "2d", 86_400, 43_200),
    Size(2_000, "1d", "3h", 7_200, 1_800),
    Size(20_000, "4h", "1h", 1_200, 90),
)


def fastest(call: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Seconds of the fastest of so many calls, and what the last gave."""
    best, result = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - begun)
    return best, result


def side_by_side(size: Size) -> dict[str, Any]:
    """Everybody on a floor of one size."""
    kernel = counting("kernel")
    long, short = team(size.agents, size.kernel), team(size.agents, size.simpy)
    kernel_s, counts = fastest(lambda: kernel(long, 1, 0), ROUNDS)
    contacts = contacts_of(counts)
    short_s, kernel_counts = fastest(lambda: kernel(short, 1, 0), ROUNDS)
    simpy_s, log = fastest(lambda: engine_named("simpy").run(short, 1, 0, None), 2)
    measure_s, simpy_counts = fastest(lambda: Batch.of(0, measure(log, short)), 1)
    kernel_log = engine_named("kernel").run(short, 1, 0, None)
    found: dict[str, Any] = {
        "agents": size.agents,
        "kernel_contacts": contacts,
        "kernel_contacts_per_s": contacts / kernel_s,
        "kernel_ns_per_contact": kernel_s / contacts * 1e9,
        "simpy_contacts": len(log.contacts),
        "simpy_contacts_per_s": len(log.contacts) / (simpy_s + measure_s),
        "ratio_to_simpy": (simpy_s + measure_s) / short_s,
        "disagreements": differences.unlike_contacts(log, kernel_log)
        + len(differences.of_counts(simpy_counts, kernel_counts)),
        **fresh.memory(size.agents, size.kernel),
    }
    for name, length_s in (("resource", size.resource_s), ("ciw", size.ciw_s)):
        found |= _peer(name, size.agents, length_s, contacts / kernel_s)
    return found


def _peer(name: str, agents: int, length_s: float, ours: float) -> dict[str, Any]:
    """A peer's rate and the kernel's over it; None with a reason where it is not installed."""
    asked = queue(agents, length_s)
    try:
        seconds, served = fastest(lambda: PEERS[name](asked, 1), 2)
    except ImportError as missing:
        nothing = dict.fromkeys((f"{name}_contacts_per_s", f"ratio_to_{name}"))
        return {**nothing, f"{name}_reason": str(missing)}
    rate = served.contacts / seconds
    return {
        f"{name}_contacts": served.contacts,
        f"{name}_contacts_per_s": rate,
        f"ratio_to_{name}": ours / rate,
    }


def thread_speedup(floor_input: FloorInput) -> dict[str, Any]:
    """
    The same replications one after the other and in two threads.

    Both are measured in every round, so that other work on the machine disturbs both; the
    figure is the median of the rounds' ratios.
    """
    count = counting("kernel")

    def replicate(number: int) -> None:
        count(floor_input, 1, number)

    def in_threads() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(replicate, range(THREAD_RUNS)))

    ones, ratios = [], []
    for _ in range(THREAD_ROUNDS):
        ones.append(fastest(lambda: list(map(replicate, range(THREAD_RUNS))), 1)[0])
        ratios.append(ones[-1] / fastest(in_threads, 1)[0])
    return {
        "thread_speedup": statistics.median(ratios),
        "thread_speedups": ratios,
        "thread_replication_s": min(ones) / THREAD_RUNS,
    }


def short_days(floor_input: FloorInput) -> dict[str, float]:
    """Many short replications of a run: how many a second, and how many contacts."""
    kernel = engine_named("kernel")

    def run() -> list[Batch]:
        return list(replicate(kernel, floor_input, 1, range(SHORT_DAYS), None))

    seconds, batches = fastest(run, 3)
    contacts = sum(map(contacts_of, batches))
    return {"days_per_s": SHORT_DAYS / seconds, "days_contacts_per_s": contacts / seconds}


def draw_ns(floor_input: FloorInput) -> float:
    """Nanoseconds to draw a contact: its arrival, work and patience."""
    channel, rates = floor_input.channels[0], floor_input.rates
    root = draws.root_of(1, 0)
    means = rates.of_replication(1, 0)

    def draw() -> int:
        counts = arrivals.contact_counts(root, means, rates.channel_keys)
        rows = np.empty((int(counts.sum()), 5), dtype=np.int64)
        interval_us, grain = floor_input.period.interval_us, floor_input.grain_us
        arrivals.fill_first_contacts(root, counts, rates.channel_keys, interval_us, grain, rows)
        keys = np.ascontiguousarray(rows[:, 3])
        works, patience = channel.work, channel.patience
        mean = np.full(len(keys), channel.work_mean_us[0])
        arrivals.works(root, keys, mean, works.shape, works.cv, works.values, grain)
        arrivals.patiences(
            root,
            keys,
            patience.mean_us,
            patience.shape,
            patience.cv,
            patience.values,
            patience.shares,
            grain,
        )
        return len(keys)

    draw()
    seconds, contacts = fastest(draw, 5)
    return seconds / contacts * 1e9


def figures(*, mutants: bool = True) -> dict[str, Any]:
    """Everything that this benchmark is named for; `mutants` takes some minutes."""
    load_before = os.getloadavg()[0]
    engine_named("kernel").run(team(2, "1h"), 1, 0, None)  # compiled, if it was not
    sizes = [side_by_side(size) for size in SIZES]
    small, middle, _, large = sizes
    four_weeks = team(200, "28d")
    count = counting("kernel")
    four_weeks_s, _ = fastest(lambda: count(four_weeks, 1, 0), ROUNDS)
    calls = fresh.first_call_s()
    random = proofs.random_scenarios()
    return {
        "kernel_contacts_per_s": middle["kernel_contacts_per_s"],
        "ratio_to_simpy": middle["ratio_to_simpy"],
        "ratio_to_resource": middle["ratio_to_resource"],
        "ratio_to_ciw": middle["ratio_to_ciw"],
        "scaling_20000_to_20": large["kernel_ns_per_contact"] / small["kernel_ns_per_contact"],
        "draw_ns": draw_ns(team(200, "7d")),
        "four_weeks_s": four_weeks_s,
        **short_days(team(20, "1d")),
        **thread_speedup(four_weeks),
        **fresh.memory(200, "28d"),
        "first_call_s": calls["cached"],
        "first_call_cold_s": calls["cold"],
        "disagreements": sum(size["disagreements"] for size in sizes)
        + random.get("disagreements", 0),
        "random_scenarios": random,
        **(proofs.mutants() if mutants else {"mutants_alive": None}),
        "sizes": sizes,
        "machine_load": [load_before, os.getloadavg()[0]],
        "processors": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in ("numpy", "numba", "simpy", "ciw")},
        },
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except ImportError:
        return None


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--without-mutants", action="store_true", help="leave out what takes some minutes"
    )
    asked = parser.parse_args()
    found = figures(mutants=not asked.without_mutants)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    for size in found.pop("sizes"):
        print("  ".join(f"{name} {_told(value)}" for name, value in size.items()))
    for name, value in found.items():
        print(f"{name}: {_told(value)}")


def _told(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
