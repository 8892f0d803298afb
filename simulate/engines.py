"""Which engines there are, and how one replication is run and counted with any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario.errors import InvalidValueError
from simulate.log import FloorLog
from simulate.measures import Counts, measure

Cancel = Callable[[], bool]
Run = Callable[[Any, int, int, Cancel | None], FloorLog]
"""Floor input, seed, replication and cancel to the log of that replication."""
Count = Callable[[Any, int, int, Cancel | None], Counts]
"""The same to what that replication amounts to."""

_HOMES = {"kernel": "simulate.kernel", "simpy": "simulate.floor"}
ENGINES = tuple(_HOMES)


@dataclass(frozen=True)
class Engine:
    """
    One way to live through a replication.

    Parameters
    ----------
    run
        Writes down every contact.
    count
        Counts while it runs and keeps no contact; None where only a log can be counted.
    frees_interpreter
        Whether other threads of Python go on while it runs.
    """

    run: Run
    count: Count | None = None
    frees_interpreter: bool = False


@dataclass(frozen=True)
class Result:
    """
    One finished replication.

    Parameters
    ----------
    replication
        Its number, from 0.
    counts
        What it amounts to.
    contacts
        Every contact, dtype `simulate.log.CONTACT`, where records are kept.
    """

    replication: int
    counts: Counts
    contacts: NDArray[np.void] | None


def engine_named(name: str) -> Engine:
    """
    Load an engine.

    Raises
    ------
    InvalidValueError
        When there is none of that name.
    """
    if name not in _HOMES:
        raise InvalidValueError("engine", f"one of {list(ENGINES)}", name)
    home = import_module(_HOMES[name])
    count = getattr(home, "count_replication", None)
    return Engine(home.run_replication, count, frees_interpreter=name == "kernel")


def replicate(
    engine: Engine,
    floor_input: Any,
    seed: int,
    replication: int,
    cancel: Cancel | None,
    *,
    records: bool,
) -> Result:
    """
    Run one replication and count it; every contact is kept only where records are wanted.

    Raises
    ------
    RunCancelledError
        When `cancel` says so on the way.
    """
    if engine.count is not None and not records:
        return Result(replication, engine.count(floor_input, seed, replication, cancel), None)
    log = engine.run(floor_input, seed, replication, cancel)
    return Result(replication, measure(log, floor_input), log.contacts if records else None)
