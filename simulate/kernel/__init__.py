"""The floor as an array program, compiled: the fast twin of the SimPy model, equal to the event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an engine is loaded when it runs
    from simulate.batches import Batch
    from simulate.floor_input import FloorInput
    from simulate.log import FloorLog

Cancel = Callable[[], bool]


def run_replication(
    floor_input: FloorInput, seed: int, replication: int, cancel: Cancel | None = None
) -> FloorLog:
    """
    Live through one replication and write down every contact.

    Parameters
    ----------
    floor_input
        From `simulate.encode.encode`.
    seed
        Seed of the whole run, at least 0.
    replication
        Number of the replication, from 0.
    cancel
        Asked about twenty times a second whether to stop.

    Returns
    -------
    FloorLog
        The same as that of `simulate.floor.run_replication` for the same arguments.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    from simulate.kernel.premises import Premises
    from simulate.kernel.run import live_through, log_of
    from simulate.warm_up import warm_up

    warm_up(cancel)
    premises = Premises(floor_input, keeps_log=True)
    live_through(premises, seed, replication, cancel)
    return log_of(premises)


def count_replications(
    floor_input: FloorInput, seed: int, numbers: Iterable[int], cancel: Cancel | None = None
) -> Iterator[Batch]:
    """
    Live through replications and count on the way; no contact is kept once it has gone.

    Parameters
    ----------
    floor_input, seed, cancel
        As for `run_replication`.
    numbers
        Of the replications, each asked for when the one before it is finished: several threads
        can share one iterator.

    Yields
    ------
    Batch
        Those finished since the last one, each counted as `simulate.measures.measure` counts
        its log; when `cancel` says so, those finished until then are the last.
    """
    from simulate.kernel.counting import counted
    from simulate.warm_up import warm_up

    warm_up(cancel)
    yield from counted(floor_input, seed, numbers, cancel)
