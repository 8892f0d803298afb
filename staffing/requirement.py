"""How many agents must be on the floor, if they could come and go by the interval?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.demand import Demand
from scenario.model import Scenario
from staffing.approach import Approach, by_interval, shares_of
from staffing.guess import FirstGuess, first_guess, within_limits
from staffing.pairing import Pairing
from staffing.precision import enough_replications
from staffing.promises import Verdict
from staffing.rehearsal import Progress, Rehearsal, Rounds, Telling
from staffing.repair import LOST_EASE, MARGIN, repair
from staffing.single_queue import single_queue
from staffing.swaps import Swapping
from staffing.task import Task, effort_of, task_of, teams_of
from staffing.trimming import PASSES, Trimming

if TYPE_CHECKING:
    from simulate.workers import Workers

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

FLOOR_ROUNDS = 8  # rehearsals of a repair of the requirement
NEAR_ROUNDS = 4  # of the steps towards promises to intervals, with few replications
NEAR_RUNS = 96  # replications of these
SURE_ROUNDS = 5  # of the steps up with as many replications as it takes
MEND_ROUNDS = 3  # of a repair with as many
OUT_OF_REACH = 0.05  # a promise missed by more than this is not to be had
NEARLY = 0.001  # of one missed by less, so much of what is reached may be lost by chance
CONFIRMED = 5  # times that the result is rehearsed in full
TOLD = 24  # rehearsals that the progress reckons with


@dataclass(frozen=True, eq=False)
class Requirement:
    """
    Least agents on the floor, found by rehearsal.

    Parameters
    ----------
    agents
        By interval and group, shape (I, G).
    guess
        Where the search began.
    verdicts
        What the agents keep, by the numbers that the search saw.
    rounds
        Rehearsals that it took.
    asked
        Share asked of each promise in each of its periods in the end, shapes (P,): the
        promised one, or less where no addition helped.
    replications
        Of the rehearsal that the verdicts are from: as many as it took to be sure.
    """

    agents: IntArray
    guess: FirstGuess
    verdicts: tuple[Verdict, ...]
    rounds: int
    asked: tuple[FloatArray, ...]
    replications: int


def requirement_only(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
    time_limit_s: float | None = None,
    near: Requirement | None = None,
) -> Requirement:
    """
    Least agents on the floor that keep every promise, without shifts.

    Parameters
    ----------
    scenario, demand, replications, seed, engine, workers, progress, cancel, time_limit_s
        As for `staffing.plan`. With `blend = "separate"` the groups of the result are the
        separate teams, in the order of `scenario.separate.separated`.
    near
        Requirement of a scenario much like this one, of the same intervals and groups: where
        the search begins, moved by what the guesses say of the difference.

    Raises
    ------
    InvalidValueError
        When a number is out of range or the demand does not cover the horizon.
    RunCancelledError
        When cancelled.
    """
    began = time.monotonic()
    limit = float("inf") if time_limit_s is None else time_limit_s
    telling = Telling(progress)
    telling.step(0.03, "Guessing the staff from queueing formulas")
    teams, _ = teams_of(scenario, demand, None)
    task = task_of(
        Rehearsal(teams, demand, engine, workers, telling, cancel),
        replications,
        seed,
    )
    found = find_requirement(task, 1.0, lambda: time.monotonic() - began > limit, near)
    telling.step(1.0, "Done")
    telling.within(1, 1)
    return found


def find_requirement(
    task: Task, upto: float, out_of_time: Callable[[], bool], near: Requirement | None = None
) -> Requirement:
    """
    Guess, rehearse and repair, and take away whoever is not needed.

    Parameters
    ----------
    task
        What to work on.
    upto
        Share of the whole progress at which this is finished.
    out_of_time
        Asked after every rehearsal whether to end with what has been found.
    near
        Where to begin, as in `requirement_only`; default: the guess.

    Notes
    -----
    A floor that is one queue is solved exactly (`single_queue`) and rehearsed once. Otherwise
    promises to intervals are approached with few replications, the others repaired; then what
    is still broken is mended with as many replications as it takes to be sure, and everybody
    goes whom no promise needs (`trimming`).
    """
    guess = first_guess(task.scenario, task.expected, task.rehearsal.cancel)
    task.rehearsal.check()
    start = guess.required
    if near is not None:
        start = near.agents + guess.required - near.guess.required
    return _Finding(task, guess, upto, out_of_time).run(within_limits(start, task.limits))


class _Finding:
    """One search on its way."""

    def __init__(
        self, task: Task, guess: FirstGuess, upto: float, out_of_time: Callable[[], bool]
    ) -> None:
        self.task = task
        self.guess = guess
        self.out_of_time = out_of_time
        hours = task.scenario.horizon.interval_minutes / 60
        told = "Rehearsing the floor"
        self.pairing = Pairing(task, Rounds(task.rehearsal.telling, 0.03, upto, TOLD, hours, told))
        self.approach = Approach(task.scenario, task.limits)

    def run(self, agents: IntArray) -> Requirement:
        """Find the least agents, from those given on."""
        task, pairing = self.task, self.pairing
        queue = single_queue(task.scenario, task.expected)
        if queue is not None:
            agents = queue.least(task.limits)
            verdicts = pairing.verdicts(agents, task.replications)
            return self._found(agents, verdicts, shares_of(verdicts))
        agents = self._roughly(agents)
        verdicts = pairing.verdicts(agents, task.replications)
        runs = enough_replications(task, verdicts) if task.grows else task.replications
        verdicts = pairing.found_on(agents, runs)
        if broken(verdicts, shares_of(verdicts)) and not self.out_of_time():
            agents = self._mended(agents, runs)
        # What cannot be had is not asked for; what has been reached is not given up again.
        asked = attainable(pairing.estimate(agents))
        passes = PASSES if task.thorough else 1
        trimming = Trimming(task.scenario, task.limits, pairing, asked, self.out_of_time, passes)
        if not self.out_of_time():
            agents = trimming.run(agents)
        for _ in range(CONFIRMED):
            verdicts = pairing.found_on(agents, runs)
            if self.out_of_time() or not broken(verdicts, asked):
                break
            agents = self._confirmed(agents, verdicts, trimming)
        agents = Swapping(task, pairing, asked, self.out_of_time).run(agents)
        return self._found(agents, pairing.verdicts(agents, runs), asked)

    def _confirmed(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], trimming: Trimming
    ) -> IntArray:
        """Agents again whom a promise misses after all, when all is rehearsed in full."""
        restored = trimming.restored(agents, verdicts)
        if (restored != agents).any():
            return restored
        return self.approach.settle(
            agents, self.pairing.estimate, 2, self.out_of_time,
            errors=MARGIN, only_up=True, asked=trimming.asked,
        ).agents  # fmt: skip

    def _found(
        self, agents: IntArray, verdicts: tuple[Verdict, ...], asked: tuple[FloatArray, ...]
    ) -> Requirement:
        runs = verdicts[0].count if verdicts else self.task.replications
        return Requirement(agents, self.guess, verdicts, self.pairing.rehearsals, asked, runs)

    def _roughly(self, agents: IntArray) -> IntArray:
        """Near what is needed, with few replications."""
        task = self.task
        verdicts = self.pairing.verdicts(agents, task.replications)
        to_intervals = [by_interval(task.scenario, verdict) for verdict in verdicts]
        if any(to_intervals):
            runs = max(task.replications, NEAR_RUNS) if task.grows else task.replications
            agents = self.approach.settle(
                agents,
                lambda agents: self.pairing.verdicts(agents, runs),
                NEAR_ROUNDS,
                self.out_of_time,
                errors=0.0,
                only_up=False,
            ).agents
        if to_intervals and all(to_intervals):
            return agents
        return self._repaired(agents, task.replications, FLOOR_ROUNDS)

    def _mended(self, agents: IntArray, runs: int) -> IntArray:
        """Add where a promise is broken, with as many replications as it takes to tell."""
        staged = self.approach.settle(
            agents, self.pairing.estimate, SURE_ROUNDS, self.out_of_time,
            errors=MARGIN, only_up=True,
        )  # fmt: skip
        if not broken(staged.verdicts, staged.asked) or self.out_of_time():
            return staged.agents
        if all(by_interval(self.task.scenario, verdict) for verdict in staged.verdicts):
            return staged.agents
        agents = self._repaired(staged.agents, runs, MEND_ROUNDS)
        self.pairing.found_on(agents, runs)
        return agents

    def _repaired(self, agents: IntArray, runs: int, rounds: int) -> IntArray:
        floor = self.task.floor(lambda agents: self.pairing.run(agents, runs))
        return repair(floor, agents, rounds=rounds, out_of_time=self.out_of_time).agents


def attainable(verdicts: tuple[Verdict, ...]) -> tuple[FloatArray, ...]:
    """
    Share asked of each promise in each period, by what agents who were mended reach; shapes (P,).

    The promised share where it is reached, and a little less than what is reached elsewhere.
    """
    asked = []
    for verdict in verdicts:
        share, reached = verdict.promise.target.share, verdict.reached(MARGIN)
        ease = np.where(share - reached > OUT_OF_REACH, LOST_EASE * reached, NEARLY)
        asked.append(np.where(reached < share - 1e-9, reached - ease, share))
    return tuple(asked)


def broken(verdicts: tuple[Verdict, ...], asked: tuple[FloatArray, ...]) -> bool:
    """Whether a promise is not kept by a standard error, as far as it is asked for."""
    return any(
        bool((np.nan_to_num(share - verdict.reached(MARGIN)) > 1e-9).any())
        for verdict, share in zip(verdicts, asked, strict=True)
    )


__all__ = [
    "FLOOR_ROUNDS",
    "Requirement",
    "Task",
    "broken",
    "effort_of",
    "find_requirement",
    "requirement_only",
    "task_of",
    "teams_of",
]
