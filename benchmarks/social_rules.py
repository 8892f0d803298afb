"""
How fast the kernel is where contacts beget contacts, and what that costs where they do not.

    python -m benchmarks.social_rules

Seconds are those of the processor in one thread, so that other work on the machine disturbs
little. A scenario that uses none of the rules is lived through by the kernel as it is and by a
copy from which they have been cut, in two processes by turns.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.floor_team import counting, team
from scenario import Demand, Scenario, Staff
from simulate.batches import Batch
from simulate.encode import FloorInput, encode

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 12
TURNS = 30
COPIED = ("simulate", "scenario", "benchmarks")
CAME = ("offered", "closed", "deflected", "closing_replies")
BEGOTTEN = ("redials", "repeats", "reposts", "spread", "handoffs", "closing_replies")

_SWING = 0.25  # of the volume over the day: at noon there is more than 200 agents can do
_RATES = {"chat": 316.0, "x": 567.0, "dm": 49.0}  # contacts of half an hour, on the average
_SCENARIO = """
[horizon]
start = 2026-04-13
length = "{length}"
interval_minutes = 30

[demand]
rates = {{ chat = 0.0 }}

[bursts.outage]
channel = "x"
start = 2026-04-13T11:00:00
peak = 1.3
half_life_h = 1.0

[channels.chat]
kind = "live"
open = {{ daily = "04:00-22:00" }}
handle_time = {{ mean_s = 300 }}
patience = {{ mean_s = 15 }}
max_queue = 1
target = {{ share = 0.8, within_s = 60 }}
deflection = {{ share = 0.2 }}
repeat = {{ fcr = 0.75, delay = {{ mean_s = 28800 }} }}

[channels.chat.redial]
after_abandonment = 0.5
after_blocking = 0.7
after_closed = 0.3
delay = {{ mean_s = 1200 }}

[channels.x]
kind = "deferred"
order = "reach"
reach = {{ mean = 1300, cv = 3.0 }}
handle_time = {{ mean_s = 200 }}
target = {{ share = 0.8, within_s = 900 }}
deflection = {{ share = 0.15 }}
repost = {{ after_s = 15, share = 0.25 }}
spread = {{ ratio = 0.4, delay = {{ mean_s = 60 }} }}
repeat = {{ fcr = 0.75, delay = {{ mean_s = 14400 }} }}

[channels.x.handoff]
share = 0.3
channel = "dm"
delay = {{ mean_s = 600 }}
closing_handle_time = {{ mean_s = 45 }}

[channels.dm]
kind = "deferred"
handle_time = {{ mean_s = 200 }}
target = {{ share = 0.8, within_s = 3600 }}
repost = {{ after_s = 15, share = 0.25, channel = "chat" }}
repeat = {{ fcr = 0.7, delay = {{ mean_s = 14400 }} }}

[groups.team]
agents = 200
skills = {{ chat = {{}}, x = {{}}, dm = {{}} }}
"""


def everything_on(length: str = "7d") -> tuple[Scenario, Demand, Staff]:
    """
    Two hundred agents where every rule by which contacts beget contacts happens all the time.

    Parameters
    ----------
    length
        As scenarios write it.

    Returns
    -------
    tuple
        The scenario, its demand and its staff. The volume swings over the day, so that queues
        grow past all patience at noon and are gone at night.
    """
    scenario = Scenario.parse(_SCENARIO.format(length=length))
    names = tuple(scenario.channels)
    hours = np.arange(scenario.period.count) * scenario.period.interval_minutes / 60
    swing = 1 - _SWING * np.cos(2 * np.pi * (hours % 24 - 1) / 24)
    mean = swing[:, None] * np.array([_RATES[name] for name in names])
    demand = Demand(scenario.period, names, mean, np.full_like(mean, np.nan))
    return scenario, demand, scenario.staff()


def came_in(counts: Batch) -> int:
    """Everything that came in: offered, deflected, before a closed door, and closing replies."""
    return int(sum(counts.contacts[name].sum() for name in CAME))


def contacts_per_s() -> dict[str, Any]:
    """
    Contacts a second in a week of `everything_on`, in one thread, and what came of them.

    Returns
    -------
    dict
        `contacts_per_s` over the fastest of some calls; `offered_per_s`, of the offered alone;
        `contacts`, and the share of them that each rule begot or kept away.
    """
    given = encode(*everything_on())
    count = counting("kernel")
    counts = count(given, 1, 0)  # compiled, if it was not
    seconds = min(_seconds(given) for _ in range(ROUNDS))
    contacts = came_in(counts)
    sums = {name: int(table.sum()) for name, table in counts.contacts.items()}
    told = (*BEGOTTEN, "deflected", "headed_off", "blocked", "abandoned", "closed")
    return {
        "contacts_per_s": contacts / seconds,
        "offered_per_s": sums["offered"] / seconds,
        "contacts": contacts,
        "shares": {name: sums[name] / contacts for name in told},
        "occupancy": float(counts.groups["busy_us"].sum() / counts.groups["present_us"].sum()),
    }


def slowdown_when_unused() -> dict[str, Any]:
    """
    What the rules cost a scenario that uses none: time with them over time without.

    Returns
    -------
    dict
        `slowdown_when_unused`, 1 for none: the median over the rounds of the ratio between the
        kernel as it is and one without the rules, which take turns; `slowdowns`, its quartiles.
    """
    with ExitStack() as stack:
        ours = stack.enter_context(_kernel(ROOT))
        cut = stack.enter_context(_kernel(stack.enter_context(_without_the_rules())))
        for process in (ours, cut):  # compiles
            _time_of(process)
        ratios = []
        for number in range(TURNS):
            pair = (ours, cut) if number % 2 else (cut, ours)
            times = {id(process): _time_of(process) for process in pair}
            ratios.append(times[id(ours)] / times[id(cut)])
    return {
        "slowdown_when_unused": statistics.median(ratios),
        "slowdowns": [float(q) for q in np.quantile(ratios, [0.25, 0.75])],
    }


@contextmanager
def _without_the_rules() -> Iterator[Path]:
    """A copy of the project whose kernel never asks whether there are such rules."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in COPIED:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        cut = 0
        for path in (folder / "simulate" / "kernel").glob("*.py"):
            text = path.read_text(encoding="utf-8")
            cut += text.count("state[JOURNEYS]")
            text = text.replace("floor.state[JOURNEYS]", "False")
            path.write_text(text.replace("state[JOURNEYS]", "False"), encoding="utf-8")
        if not cut:
            raise ValueError("nothing to cut: the kernel asks in other words")
        yield folder


@contextmanager
def _kernel(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that lives through days of a floor, as the project in a folder does."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", _DAYS]
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


_DAYS = """
import time
from benchmarks.floor_team import counting, team
count, given = counting("kernel"), team(200, "7d")
count(given, 1, 0)
while input():
    begun = time.thread_time()
    count(given, 1, 0)
    print(time.thread_time() - begun, flush=True)
"""


def _time_of(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def _seconds(given: FloorInput) -> float:
    """Seconds of the processor that one replication takes."""
    begun = time.thread_time()
    counting("kernel")(given, 1, 0)
    return time.thread_time() - begun


def main() -> None:
    """Print the figures as one JSON document."""
    alone = min(_seconds(team(200, "7d")) for _ in range(3))
    found = {"team_s": alone, **contacts_per_s(), **slowdown_when_unused()}
    print(json.dumps({**found, "machine_load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
