"""Run a scenario: many replications, one by one or several at once, into one outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scenario import Demand, InvalidValueError, RunCancelledError, Scenario, Staff
from simulate.batches import Batch, finished, logs_of, without_gaps
from simulate.engines import Cancel, Engine, engine_named, replicate
from simulate.outcome import Outcome
from simulate.records import contact_table
from simulate.replications import Replications
from simulate.threads import in_threads
from simulate.workers import Progress, Workers

if TYPE_CHECKING:  # encoding loads the compiled draws
    import pandas as pd

    from simulate.encode import FloorInput
    from simulate.floor.policy import Policy

FEWEST_AFTER_CANCEL = 2  # with one replication nothing can be said about its error


def simulate(
    scenario: Scenario,
    demand: Demand,
    staff: Staff | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    records: bool = False,
    policy: Policy | None = None,
) -> Outcome:
    """
    Rehearse a scenario.

    Parameters
    ----------
    scenario
        Everything that is assumed.
    demand
        Expected contacts, before the scenario's scale and bursts.
    staff
        Agents on the floor; default: the scenario's current staffing.
    replications, seed
        Number of runs and the seed of every random number; default: the scenario's.
    engine
        Name of the engine: "kernel" is the fast one, "simpy" the one to read and extend. The
        numbers are the same.
    workers
        How many replications run at once: in threads of this process (kernel) or in processes
        of their own (SimPy); or a pool of processes to share. The numbers are the same
        whatever it is.
    progress
        Told how many replications are finished, of how many, in the caller's thread.
    cancel
        Asked on the way, in the caller's thread; True stops the run within a second.
    records
        Keep every contact.
    policy
        Decides who takes what, in place of the ordinary rule; with the engine "simpy" and one
        worker only.

    Returns
    -------
    Outcome
        When cancelled with at least two replications finished: of those.

    Raises
    ------
    InvalidValueError
        When the engine is unknown or cannot follow a policy, a number is out of range, demand
        and staff do not cover the scenario's horizon, or a policy breaks a rule of the floor.
    RunCancelledError
        When cancelled before two replications were finished.

    Notes
    -----
    Runs with the same seed meet the same customers, so two outcomes can be compared in pairs;
    see `simulate.compare.paired`.
    """
    from simulate.encode import encode

    run_engine = engine_named(engine)
    if policy is not None:
        run_engine = _following(policy, engine, workers)
    replications = scenario.replications if replications is None else replications
    seed = scenario.seed if seed is None else seed
    if not replications >= 1:
        raise InvalidValueError("replications", "at least 1", replications)
    if not 0 <= seed < 2**63:
        raise InvalidValueError("seed", "between 0 and 2**63 - 1", seed)
    if isinstance(workers, int) and not workers >= 1:
        raise InvalidValueError("workers", "at least 1", workers)
    staff = scenario.staff() if staff is None else staff
    floor_input = encode(scenario, demand, staff)

    wishes = _Wishes(engine, seed, range(replications), records, progress, cancel)
    if isinstance(workers, Workers):
        batches = wishes.in_pool(workers, floor_input)
    elif min(workers, replications) == 1:
        batches = wishes.here(run_engine, floor_input)
    elif run_engine.frees_interpreter:
        batches = wishes.in_threads(run_engine, floor_input, min(workers, replications))
    else:
        with Workers(min(workers, replications)) as pool:
            batches = wishes.in_pool(pool, floor_input)

    cancelled = finished(batches) < replications
    batches = without_gaps(batches)
    if cancelled and finished(batches) < FEWEST_AFTER_CANCEL:
        raise RunCancelledError
    contacts = None
    if records:
        contacts = contact_table(
            logs_of(batches), scenario.period, floor_input.channel_names, floor_input.group_names
        )
    return outcome_of(
        scenario, staff, engine, seed, floor_input, batches, cancelled=cancelled, contacts=contacts
    )


def outcome_of(
    scenario: Scenario,
    staff: Staff,
    engine: str,
    seed: int,
    floor_input: FloorInput,
    batches: Sequence[Batch],
    *,
    cancelled: bool = False,
    contacts: pd.DataFrame | None = None,
) -> Outcome:
    """What the replications of a floor input amount to, told of the scenario it was made of."""
    from simulate.customers import fingerprint

    if floor_input.group_names != staff.groups:  # separate teams
        scenario = floor_input.scenario
        staff = Staff(floor_input.period, floor_input.group_names, floor_input.staff)
    stratified = floor_input.rates.common_cv > 0 or floor_input.rates.own_cv > 0
    data = Replications.of(scenario, batches, stratified=stratified)
    customers = fingerprint(floor_input.rates)
    return Outcome(scenario, staff, engine, seed, data, cancelled, contacts, customers)


def _following(policy: Policy, engine: str, workers: int | Workers) -> Engine:
    """The SimPy engine with a policy in place of its dispatch rule."""
    from simulate.floor import run_replication

    if engine != "simpy":
        rule = '"simpy" where a policy is given: the kernel knows the ordinary rule only'
        raise InvalidValueError("engine", rule, engine)
    if workers != 1:
        rule = "1 where a policy is given: a function of yours stays in its own process"
        raise InvalidValueError("workers", rule, workers)
    return Engine(partial(run_replication, policy=policy))


@dataclass(frozen=True)
class _Wishes:
    """What the caller wants run, wherever it is run."""

    engine: str
    seed: int
    replications: range
    records: bool
    progress: Progress | None
    cancel: Cancel | None

    def in_pool(self, pool: Workers, floor_input: FloorInput) -> list[Batch]:
        return pool.run(
            floor_input,
            engine=self.engine,
            seed=self.seed,
            replications=self.replications,
            records=self.records,
            progress=self.progress,
            cancel=self.cancel,
        )

    def in_threads(self, engine: Engine, floor_input: FloorInput, threads: int) -> list[Batch]:
        def run(numbers: Iterable[int], cancel: Cancel) -> Iterator[Batch]:
            return replicate(engine, floor_input, self.seed, numbers, cancel, records=self.records)

        return in_threads(
            run, self.replications, threads=threads, progress=self.progress, cancel=self.cancel
        )

    def here(self, engine: Engine, floor_input: FloorInput) -> list[Batch]:
        batches: list[Batch] = []
        done = 0
        for batch in replicate(
            engine, floor_input, self.seed, self.replications, self.cancel, records=self.records
        ):
            batches.append(batch)
            done += batch.count
            if self.progress is not None:
                self.progress(done, len(self.replications))
        return batches
