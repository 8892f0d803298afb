"""The floor as a SimPy model, to read, trace and extend; the rules are in `simulate.rules`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # an engine is loaded when it runs
    from simulate.floor.policy import Policy
    from simulate.floor.recorder import Recorder
    from simulate.floor_input import FloorInput
    from simulate.log import FloorLog


def run_replication(
    floor_input: FloorInput,
    seed: int,
    replication: int,
    cancel: Callable[[], bool] | None = None,
    *,
    policy: Policy | None = None,
    recorder: Recorder | None = None,
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
        Asked every few milliseconds whether to stop.
    policy
        Decides who takes what, in place of the ordinary rule.
    recorder
        Told everything that happens.

    Returns
    -------
    FloorLog
        The same for the same arguments, whatever ran before.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    InvalidValueError
        When the policy's choice breaks a rule of the floor.
    """
    from simulate.floor.policy import followed
    from simulate.floor.world import Floor

    next_match = followed(policy) if policy is not None else None
    floor = Floor(floor_input, seed, replication, recorder=recorder, next_match=next_match)
    return floor.run(cancel)
