"""The floor as an array program, compiled: the fast twin of the SimPy model, equal to the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an engine is loaded when it runs
    from simulate.floor_input import FloorInput
    from simulate.log import FloorLog
    from simulate.measures import Counts

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
    from simulate.kernel.run import live_through, log_of
    from simulate.warm_up import warm_up

    warm_up(cancel)
    floor = live_through(floor_input, seed, replication, cancel, keeps_log=True)
    return log_of(floor_input, seed, replication, floor)


def count_replication(
    floor_input: FloorInput, seed: int, replication: int, cancel: Cancel | None = None
) -> Counts:
    """
    Live through one replication and count on the way; no contact is kept once it has gone.

    Parameters
    ----------
    floor_input, seed, replication, cancel
        As for `run_replication`.

    Returns
    -------
    Counts
        The same as `simulate.measures.measure` makes of the log.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    from simulate.kernel.counting import counts_of
    from simulate.kernel.run import live_through, log_of
    from simulate.warm_up import warm_up

    warm_up(cancel)
    floor = live_through(floor_input, seed, replication, cancel, keeps_log=False)
    return counts_of(floor_input, floor, log_of(floor_input, seed, replication, floor))
