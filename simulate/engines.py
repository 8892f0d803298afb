"""Which engines there are, and how one replication is run and counted with any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from scenario.errors import InvalidValueError
from simulate.log import FloorLog
from simulate.measures import Counts, measure

Cancel = Callable[[], bool]
Engine = Callable[[Any, int, int, Cancel | None], FloorLog]
"""Floor input, seed, replication and cancel to the log of that replication."""

_HOMES = {
    "kernel": "simulate.kernel:run_replication",
    "simpy": "simulate.floor:run_replication",
}
ENGINES = tuple(_HOMES)


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
    module, _, function = _HOMES[name].partition(":")
    return cast("Engine", getattr(import_module(module), function))


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
    Run one replication and count it; the log itself is let go unless records are kept.

    Raises
    ------
    RunCancelledError
        When `cancel` says so on the way.
    """
    log = engine(floor_input, seed, replication, cancel)
    return Result(replication, measure(log, floor_input), log.contacts if records else None)
