"""A staff of its own for each replication: what is decided on the day depends on the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scenario import Demand, InvalidValueError, RunCancelledError, Scenario, Staff
from simulate.batches import Batch, finished
from simulate.engines import Cancel, engine_named, replicate
from simulate.outcome import Outcome
from simulate.run import outcome_of
from simulate.threads import in_threads


def simulate_each(
    scenario: Scenario,
    demand: Demand,
    staffs: Sequence[Staff],
    *,
    seed: int,
    engine: str = "kernel",
    workers: int = 1,
    cancel: Cancel | None = None,
) -> Outcome:
    """
    Rehearse a scenario, replication r with the r-th staff.

    Parameters
    ----------
    scenario, demand
        As for `simulate.simulate`.
    staffs
        One for each replication; equal objects are encoded once.
    seed
        Of every random number: replication r meets the customers that replication r of
        `simulate.simulate` meets.
    engine
        Name of the engine.
    workers
        Threads, for an engine that frees the interpreter.
    cancel
        Asked on the way, in the caller's thread.

    Raises
    ------
    InvalidValueError
        When there is no staff at all.
    RunCancelledError
        When cancelled.
    """
    from simulate.encode import encode

    if not staffs:
        raise InvalidValueError("staffs", "one for each replication", "none")
    run_engine = engine_named(engine)
    of_number = [id(staff) for staff in staffs]
    encoded = {id(staff): encode(scenario, demand, staff) for staff in _once(staffs)}
    together = {staff: place for place, staff in enumerate(encoded)}

    def run(numbers: Iterable[int], stop: Cancel) -> Iterator[Batch]:
        for staff, same in groupby(numbers, of_number.__getitem__):
            if stop():
                return
            yield from replicate(run_engine, encoded[staff], seed, same, stop)

    batches = in_threads(
        run,
        sorted(range(len(staffs)), key=lambda number: together[of_number[number]]),
        threads=workers if run_engine.frees_interpreter else 1,
        progress=None,
        cancel=cancel,
    )
    if finished(batches) < len(staffs):
        raise RunCancelledError
    return outcome_of(scenario, staffs[0], engine, seed, encoded[id(staffs[0])], batches)


def _once(staffs: Sequence[Staff]) -> Iterable[Staff]:
    return {id(staff): staff for staff in staffs}.values()
