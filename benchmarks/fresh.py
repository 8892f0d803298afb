"""What only a process of its own can tell of the kernel: its first call, and its memory."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")

_FIRST_CALL = """
import time
from benchmarks.floor_team import counting, team
floor_input = team(20, "1d")
begun = time.perf_counter()
counting("kernel")(floor_input, 1, 0)
print(time.perf_counter() - begun)
"""

_MEMORY = """
import json, sys
from benchmarks.floor_team import contacts_of, counting, team
from benchmarks.fresh import forget_peak, peak_bytes
agents, length = int(sys.argv[1]), sys.argv[2]
count = counting("kernel")
count(team(agents, "1h"), 1, 0)
floor_input = team(agents, length)
forget_peak()
before = peak_bytes()
counts = count(floor_input, 1, 0)
print(json.dumps({"grown": peak_bytes() - before, "contacts": contacts_of(counts)}))
"""


def forget_peak() -> None:
    """From now on the peak is that of what comes: what loading took is no part of it."""
    gc.collect()
    CLEAR.write_text("5")


def peak_bytes() -> int:
    """Most memory that this process has had resident; Linux tells it by process."""
    for line in STATUS.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{STATUS} does not tell the peak")


def first_call_s() -> dict[str, float]:
    """
    Seconds of the first call in a new process: `cold`, and `cached`.

    The imports of the library are not in it; loading the compiler and the machine code is.
    """
    with tempfile.TemporaryDirectory() as empty:
        elsewhere = {**os.environ, "NUMBA_CACHE_DIR": empty}
        cold = float(_run(_FIRST_CALL, environment=elsewhere))
        cached = [float(_run(_FIRST_CALL, environment=elsewhere)) for _ in range(3)]
    return {"cold": cold, "cached": min(cached)}


def memory(agents: int, length: str) -> dict[str, Any]:
    """
    Memory of a replication that is counted and not kept.

    Returns
    -------
    dict
        `bytes_per_contact`: how much the peak of the resident memory of a new process grows
        in this replication, after a replication of an hour of the same floor, over the
        contacts. It holds everything: the contacts' draws, the agents' rows, the counts.
    """
    if not CLEAR.exists():
        return {"bytes_per_contact": None, "reason": f"{CLEAR} is not there"}
    found = json.loads(_run(_MEMORY, str(agents), length))
    return {"bytes_per_contact": found["grown"] / found["contacts"], **found}


def _run(program: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()[-1]
