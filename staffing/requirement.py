"""How many agents must be on the floor, if they could come and go by the interval?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.assumptions import expected_demand, handle_time_s
from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.model import Scenario
from scenario.separate import separated
from scenario.staff import Staff
from staffing.guess import FirstGuess, first_guess, solo_gain, with_average_agents
from staffing.limits import Limits, limits_of
from staffing.promises import Verdict, judge
from staffing.rehearsal import Progress, Rehearsal, Rounds, Telling
from staffing.repair import Floor, repair

if TYPE_CHECKING:
    from simulate.replications import Replications
    from simulate.workers import Workers

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

FLOOR_ROUNDS = 8  # rehearsals of the requirement


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
    """

    agents: IntArray
    guess: FirstGuess
    verdicts: tuple[Verdict, ...]
    rounds: int
    asked: tuple[FloatArray, ...]


@dataclass(frozen=True, eq=False)
class Task:
    """
    What a search for staff works on.

    Parameters
    ----------
    rehearsal
        The floor; its scenario has separate teams where the blend is separate.
    expected
        Expected demand of that scenario.
    limits
        Bounds of the agents.
    effort_s
        Agent seconds of a contact by channel, shape (C,).
    replications, seed
        Of every rehearsal of the search.
    """

    rehearsal: Rehearsal
    expected: Demand
    limits: Limits
    effort_s: FloatArray
    replications: int
    seed: int

    @property
    def scenario(self) -> Scenario:
        """What is assumed."""
        return self.rehearsal.scenario

    def floor(self, simulate: Callable[[IntArray], Replications]) -> Floor:
        """The floor that a repair works on, rehearsed in the given way."""
        return Floor(self.scenario, self.limits, self.effort_s, simulate)


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
        scenario.replications if replications is None else replications,
        scenario.seed if seed is None else seed,
    )
    found = find_requirement(task, 1.0, lambda: time.monotonic() - began > limit, near)
    telling.step(1.0, "Done")
    telling.within(1, 1)
    return found


def teams_of(
    scenario: Scenario, demand: Demand, current: Staff | None
) -> tuple[Scenario, Staff | None]:
    """
    The scenario, and its staffing of now, with a team for each channel if so routed.

    Raises
    ------
    InvalidValueError
        When agents leave by name and have no kinds of shift.
    """
    for name, group in scenario.groups.items():
        if group.exit == "named" and not group.shifts and scenario.routing.blend == "blended":
            rule = "given, since agents who leave by name work shifts"
            raise InvalidValueError(f"groups.{name}.shifts", rule, "none")
    if scenario.routing.blend != "separate":
        return scenario, current
    period, groups = scenario.period, tuple(scenario.groups)
    everybody = Staff(period, groups, np.ones((period.count, len(groups)), dtype=np.int64))
    teams, split = separated(scenario, demand, current or everybody)
    return teams, split if current is not None else None


def task_of(rehearsal: Rehearsal, replications: int, seed: int) -> Task:
    """
    Put together what a search works on.

    Raises
    ------
    InvalidValueError
        When there are no replications.
    """
    if not replications >= 1:
        raise InvalidValueError("replications", "at least 1", replications)
    scenario = rehearsal.scenario
    expected = expected_demand(scenario, rehearsal.demand)
    return Task(
        rehearsal,
        expected,
        limits_of(scenario),
        effort_of(scenario, expected),
        replications,
        seed,
    )


def find_requirement(
    task: Task, upto: float, out_of_time: Callable[[], bool], near: Requirement | None = None
) -> Requirement:
    """
    Guess, then rehearse and repair.

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
    """
    rehearsal, scenario = task.rehearsal, task.scenario
    guess = first_guess(scenario, task.expected, rehearsal.cancel)
    rehearsal.check()
    hours = scenario.horizon.interval_minutes / 60
    rounds = Rounds(rehearsal.telling, 0.03, upto, FLOOR_ROUNDS + 1, hours, "Rehearsing the floor")
    seen: dict[bytes, tuple[Verdict, ...]] = {}

    def on_floor(agents: IntArray) -> Replications:
        rounds.next(agents)
        data = rehearsal.run(agents, task.replications, task.seed).data
        seen[agents.tobytes()] = judge(data)
        return data

    start = guess.required
    if near is not None:
        start = near.agents + guess.required - near.guess.required
    found = repair(task.floor(on_floor), start, rounds=FLOOR_ROUNDS, out_of_time=out_of_time)
    if found.agents.tobytes() not in seen:
        on_floor(found.agents)
    verdicts = seen[found.agents.tobytes()]
    return Requirement(found.agents, guess, verdicts, len(seen), found.asked)


def effort_of(scenario: Scenario, expected: Demand) -> FloatArray:
    """Agent seconds of a contact by channel, what several at once save taken off, shape (C,)."""
    handle = handle_time_s(scenario, expected)
    weights = expected.mean + 1e-9
    mean = (handle * weights).sum(axis=0) / weights.sum(axis=0)
    gains = []
    scenario = with_average_agents(scenario)
    for name in scenario.channels:
        skills = [group.skills[name] for group in scenario.groups.values() if name in group.skills]
        gains.append(solo_gain(min(skills, key=lambda skill: skill.preference)))
    effort: FloatArray = mean / np.array(gains)
    return effort
