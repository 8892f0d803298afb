"""A run that can be made longer: what was simulated stays, and so does what was prepared."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from scenario import Demand, RunCancelledError, Scenario, Staff
from simulate.batches import Batch, finished
from simulate.encode import encode
from simulate.engines import Cancel, engine_named, replicate
from simulate.outcome import Outcome
from simulate.run import outcome_of
from simulate.threads import in_threads

REST_EVERY_S = 0.002


class GrowingRun:
    """
    One scenario with more and more replications, as somebody looks on.

    Parameters
    ----------
    scenario, demand, staff, seed, engine
        As in `simulate.run.simulate`. The engine should leave the interpreter free, or its
        replications do not run side by side.

    Raises
    ------
    InvalidValueError
        As `simulate.run.simulate` does.

    Notes
    -----
    The outcome after n replications is the one that `simulate` gives for n: replications are
    numbered, and a longer run begins with the shorter one.

    Examples
    --------
    >>> run = GrowingRun(scenario, demand)  # doctest: +SKIP
    >>> run.grow(4, threads=2)  # doctest: +SKIP
    >>> first_look = run.outcome()  # doctest: +SKIP
    >>> run.grow(100, threads=2)  # doctest: +SKIP
    """

    def __init__(
        self,
        scenario: Scenario,
        demand: Demand,
        staff: Staff | None = None,
        *,
        seed: int | None = None,
        engine: str = "kernel",
    ) -> None:
        self._scenario = scenario
        self._staff = scenario.staff() if staff is None else staff
        self._seed = scenario.seed if seed is None else seed
        self._engine = engine
        self._input = encode(scenario, demand, self._staff)
        self._batches: list[Batch] = []

    @property
    def replications(self) -> int:
        """How many are simulated so far."""
        return finished(self._batches)

    def grow(
        self,
        replications: int,
        *,
        threads: int = 1,
        progress: Callable[[int, int], None] | None = None,
        cancel: Cancel | None = None,
        rest: Callable[[], None] | None = None,
    ) -> None:
        """
        Simulate until there are so many replications.

        Parameters
        ----------
        replications
            How many there are then; nothing happens where there are as many already.
        threads
            How many run at once.
        progress
            Told how many there are, of how many, in the caller's thread.
        cancel
            Asked about twenty times a second, in the caller's thread.
        rest
            Called every few milliseconds between replications, in the threads that run them, to
            make room for others.

        Raises
        ------
        RunCancelledError
            When `cancel` says so; what was there before this call stays.
        """
        engine, before = engine_named(self._engine), self.replications

        def run(numbers: Iterable[int], stop: Cancel) -> Iterator[Batch]:
            return replicate(engine, self._input, self._seed, numbers, _resting(stop, rest))

        def tell(done: int, _: int) -> None:
            if progress is not None:
                progress(before + done, replications)

        missing = range(before, replications)
        batches = in_threads(
            run, missing, threads=max(1, min(threads, len(missing))), progress=tell, cancel=cancel
        )
        if finished(batches) < len(missing):
            raise RunCancelledError
        self._batches += batches

    def outcome(self) -> Outcome:
        """What the replications so far amount to; at least one."""
        return outcome_of(
            self._scenario, self._staff, self._engine, self._seed, self._input, self._batches
        )


def _resting(stop: Cancel, rest: Callable[[], None] | None) -> Cancel:
    """The same question, with a rest now and then before it is answered."""
    if rest is None:
        return stop
    rested = time.perf_counter()

    def ask() -> bool:
        nonlocal rested
        if time.perf_counter() - rested > REST_EVERY_S:
            rest()
            rested = time.perf_counter()
        return stop()

    return ask
