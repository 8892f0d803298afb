"""
How fast is the floor: both engines side by side, on the same inputs and with the same results.

    python -m benchmarks.floor --json
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

from scenario import Demand, Scenario
from simulate.encode import FloorInput, encode
from simulate.engines import engine_named
from simulate.log import FloorLog
from simulate.measures import measure

SIZES = {20: "7d", 200: "2d", 2000: "6h"}  # agents, length
LOAD = 0.92  # work offered per agent
HANDLE_S = 300.0

_SCENARIO = """
[horizon]
start = 2026-04-13
length = "{length}"
interval_minutes = 30
[demand]
rates = {{ chat = {rate} }}
[channels.chat]
kind = "live"
handle_time = {{ mean_s = {handle_s}, distribution = "lognormal", cv = 0.8 }}
patience = {{ mean_s = 240 }}
[groups.team]
agents = {agents}
skills.chat = {{}}
"""


def team(agents: int, length: str) -> FloorInput:
    """A team that takes one live channel."""
    rate = LOAD * agents * 1800 / HANDLE_S
    text = _SCENARIO.format(length=length, rate=rate, handle_s=HANDLE_S, agents=agents)
    scenario = Scenario.parse(text)
    mean = np.full((scenario.period.count, 1), rate)
    demand = Demand(scenario.period, ("chat",), mean, np.full_like(mean, np.nan))
    return encode(scenario, demand, scenario.staff())


def fastest(call: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Seconds of the fastest of so many calls, and what the last gave."""
    best, result = float("inf"), None
    for _ in range(times):
        begun = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - begun)
    return best, result


def differences(one: FloorLog, other: FloorLog) -> int:
    """Contacts whose fate two logs tell differently."""
    return int(np.count_nonzero(one.contacts != other.contacts))


def side_by_side(agents: int, length: str) -> dict[str, float]:
    """Both engines on one input."""
    floor_input = team(agents, length)
    kernel, simpy = engine_named("kernel"), engine_named("simpy")
    kernel_s, log = fastest(lambda: kernel(floor_input, 1, 0, None), 5)
    simpy_s, simpy_log = fastest(lambda: simpy(floor_input, 1, 0, None), 1)
    measure_s, _ = fastest(lambda: measure(log, floor_input), 3)
    contacts = len(log.contacts)
    return {
        "agents": agents,
        "contacts": contacts,
        "kernel_contacts_per_s": contacts / kernel_s,
        "simpy_contacts_per_s": contacts / simpy_s,
        "ratio_to_simpy": simpy_s / kernel_s,
        "measure_ns": measure_s / contacts * 1e9,
        "disagreements": differences(log, simpy_log),
    }


_FIRST_CALL = """
import time
from benchmarks.floor import team
floor_input = team(20, "1d")
begun = time.perf_counter()
from simulate.kernel import run_replication
run_replication(floor_input, 1, 0)
print(time.perf_counter() - begun)
"""


def first_call_s() -> float:
    """Seconds of the first call in a new process, its machine code being kept from earlier."""
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_CALL], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def figures() -> dict[str, Any]:
    """Everything that this benchmark is named for."""
    load_before = os.getloadavg()[0]
    sizes = [side_by_side(agents, length) for agents, length in SIZES.items()]
    kernel = engine_named("kernel")
    four_weeks = team(200, "28d")
    four_weeks_s, _ = fastest(lambda: kernel(four_weeks, 1, 0, None), 2)
    middle = sizes[1]
    return {
        "kernel_contacts_per_s": middle["kernel_contacts_per_s"],
        "ratio_to_simpy": middle["ratio_to_simpy"],
        "scaling_2000_to_20": sizes[0]["kernel_contacts_per_s"] / sizes[2]["kernel_contacts_per_s"],
        "four_weeks_s": four_weeks_s,
        "first_call_s": first_call_s(),
        "disagreements": sum(size["disagreements"] for size in sizes),
        "sizes": sizes,
        "machine_load": [load_before, os.getloadavg()[0]],
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "simpy")},
        },
    }


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    found = figures()
    if parser.parse_args().json:
        print(json.dumps(found, indent=2))
        return
    for size in found.pop("sizes"):
        print("  ".join(f"{name} {value:,.0f}" for name, value in size.items()))
    for name, value in found.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
