"""
The kernel's machine code is made once: one process compiles, the others wait for it.

    python -m simulate.warm_up
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from scenario.errors import RunCancelledError
from simulate.machine_code import SOURCES, cache_folder, compiled_sources

MOST_WAIT_S = 180.0  # for another process that compiles; then both do
POLL_S = 0.1
LINE = "Compiling the floor's kernel: half a minute to a minute, once."

_DAY = """
[horizon]
start = 2026-01-05
length = "1h"
interval_minutes = 30
[demand]
rates = { chat = 20.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
patience = { mean_s = 240 }
[groups.team]
agents = 2
skills = { chat = {} }
"""


def warm_up(
    cancel: Callable[[], bool] | None = None, tell: Callable[[str], None] | None = None
) -> None:
    """
    Make the kernel's machine code unless it is there; several processes make it once.

    Parameters
    ----------
    cancel
        Asked while another process compiles.
    tell
        Told a line before this process compiles.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return
    mark = _mark()
    if mark.exists():
        return
    with _alone(mark.with_name("lock"), cancel):
        if mark.exists():
            return
        if tell is not None:
            tell(LINE)
        live_an_hour()
        with contextlib.suppress(OSError):
            mark.touch()


@functools.cache
def _mark() -> Path:
    """
    The file that says that all is compiled.

    numba asks for machine code by the place and time of a source file as well: a copy of the
    project elsewhere, or a file that was written anew, compiles again.
    """
    import numba

    stamps = [(str(path), path.stat().st_mtime_ns) for path in compiled_sources(SOURCES)]
    told = repr((stamps, numba.__version__, sys.version))
    return cache_folder() / f"ready-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def live_an_hour() -> None:
    """
    Live through an hour, so that the machine code is there: made, or read from where it is kept.

    It is made for kinds of argument, whatever happens.
    """
    import numpy as np

    from scenario import Demand, Scenario
    from simulate.encode import encode
    from simulate.kernel.counting import counted
    from simulate.waits import WaitHistogram

    scenario = Scenario.parse(_DAY)
    mean = np.full((scenario.period.count, 1), 20.0)
    demand = Demand(scenario.period, ("chat",), mean, np.full_like(mean, np.nan))
    floor_input = encode(scenario, demand, scenario.staff())
    first, *_ = counted(floor_input, 1, range(1), None)
    WaitHistogram.sum([*first.waits, *first.waits])


@contextlib.contextmanager
def _alone(path: Path, cancel: Callable[[], bool] | None) -> Iterator[None]:
    """Wait until no other process is here; go in anyway when that takes too long."""
    try:
        file = path.open("ab")
    except OSError:
        yield
        return
    # The system gives the lock back when a process ends, however it ends.
    with file:
        last = time.monotonic() + MOST_WAIT_S
        while not _locked(file) and time.monotonic() < last:
            if cancel is not None and cancel():
                raise RunCancelledError
            time.sleep(POLL_S)
        yield


def _locked(file: BinaryIO) -> bool:
    """Take the lock if it is free; it goes with the file."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    warm_up(tell=lambda line: print(line, flush=True))
