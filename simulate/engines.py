"""Which engines there are, and how replications are run and counted with any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from scenario.errors import InvalidValueError, RunCancelledError
from simulate.batches import Batch
from simulate.log import FloorLog
from simulate.measures import measure

Cancel = Callable[[], bool]
Run = Callable[[Any, int, int, Cancel | None], FloorLog]
"""Floor input, seed, replication and cancel to the log of that replication."""
Count = Callable[[Any, int, Iterable[int], Cancel | None], Iterator[Batch]]
"""Floor input, seed, replications and cancel to what they amount to, batch by batch."""

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
    count = getattr(home, "count_replications", None)
    return Engine(home.run_replication, count, frees_interpreter=name == "kernel")


def replicate(
    engine: Engine,
    floor_input: Any,
    seed: int,
    numbers: Iterable[int],
    cancel: Cancel | None,
    *,
    records: bool = False,
) -> Iterator[Batch]:
    """
    Run replications and count them; every contact is kept only where records are wanted.

    Parameters
    ----------
    engine, floor_input, seed, records
        As in `simulate.run.simulate`.
    numbers
        Of the replications; the next one is asked for when the one before it is finished.
    cancel
        Asked on the way; True ends the run with what is finished.

    Yields
    ------
    Batch
        Those finished since the last one.
    """
    if engine.count is not None and not records:
        yield from engine.count(floor_input, seed, numbers, cancel)
        return
    for number in numbers:
        try:
            if cancel is not None and cancel():
                return
            log = engine.run(floor_input, seed, number, cancel)
        except RunCancelledError:
            return
        yield Batch.of(number, measure(log, floor_input), log.contacts if records else None)
