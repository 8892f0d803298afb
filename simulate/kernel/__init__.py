"""The floor as an array program, compiled: the fast twin of the SimPy model, equal to the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an engine is loaded when it runs
    from simulate.encode import FloorInput
    from simulate.log import FloorLog


def run_replication(
    floor_input: FloorInput,
    seed: int,
    replication: int,
    cancel: Callable[[], bool] | None = None,
) -> FloorLog:
    """
    Live through one replication.

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
    from simulate.kernel.run import run
    from simulate.warm_up import warm_up

    warm_up(cancel)
    return run(floor_input, seed, replication, cancel)
