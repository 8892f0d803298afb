"""The floor that a plan is rehearsed on: one demand, one engine, one person who may stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.demand import Demand
from scenario.errors import RunCancelledError
from scenario.model import Scenario
from scenario.staff import Shift, Staff

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

Progress = Callable[[float, str], None]
IntArray = NDArray[np.int64]


@dataclass
class Telling:
    """
    How far a plan has come, told as a share and a sentence.

    Parameters
    ----------
    progress
        Receives them; None tells nobody.
    done, part
        Share before the present step, and share that this step is.
    sentence
        What is being done.
    """

    progress: Progress | None
    done: float = 0.0
    part: float = 0.0
    sentence: str = ""

    def step(self, upto: float, sentence: str, begin: float = 0.0) -> None:
        """Begin a step that ends at the share `upto`, and begins no earlier than `begin`."""
        self.done = max(self.done + self.part, begin)
        self.part = max(0.0, upto - self.done)
        self.sentence = sentence
        self.within(0, 1)

    def within(self, finished: int, of: int) -> None:
        """Tell how much of the step is finished."""
        if self.progress is not None:
            share = self.done + self.part * finished / max(of, 1)
            self.progress(round(min(1.0, share), 6), self.sentence)


@dataclass
class Rounds:
    """
    Tells the rounds of a stage as they come.

    Parameters
    ----------
    telling
        Where they are told.
    begin, end
        Shares of the whole between which the stage lies.
    most
        Rounds at most.
    interval_hours
        Length of an interval.
    sentence
        What is being done.
    number
        Rounds begun.
    """

    telling: Telling
    begin: float
    end: float
    most: int
    interval_hours: float
    sentence: str
    number: int = 0

    def next(self, agents: IntArray) -> None:
        """Begin the next round, with so many agents asked for, shape (I, G)."""
        begin, upto = (
            self.begin + (self.end - self.begin) * min(number / self.most, 1.0)
            for number in (self.number, self.number + 1)
        )
        self.number += 1
        hours = agents.sum() * self.interval_hours
        told = f"{self.sentence}: round {self.number}, {hours:,.0f} agent hours asked for"
        self.telling.step(upto, told, begin)


@dataclass(frozen=True)
class Rehearsal:
    """
    Runs of one scenario and demand with different staff.

    Parameters
    ----------
    scenario, demand
        What is rehearsed; the demand before scale and bursts.
    engine
        Name of the engine.
    workers
        Processes, or a pool to share.
    telling
        Where progress is told.
    cancel
        Asked whether to stop.
    """

    scenario: Scenario
    demand: Demand
    engine: str
    workers: int | Workers
    telling: Telling
    cancel: Callable[[], bool] | None

    def run(
        self,
        agents: IntArray,
        replications: int,
        seed: int,
        shifts: tuple[Shift, ...] | None = None,
    ) -> Outcome:
        """
        Rehearse so many agents on the floor.

        Parameters
        ----------
        agents
            By interval and group, shape (I, G).
        replications, seed
            Number of runs and seed.
        shifts
            Who works when. While it is not known, agents who leave by name come and go with
            the numbers.

        Raises
        ------
        RunCancelledError
            When the person stopped it, even with some replications finished.
        """
        from simulate.run import simulate

        scenario = by_numbers(self.scenario) if shifts is None else self.scenario
        staff = Staff(scenario.period, tuple(scenario.groups), agents, shifts or ())
        outcome = simulate(
            scenario,
            self.demand,
            staff,
            replications=replications,
            seed=seed,
            engine=self.engine,
            workers=self.workers,
            progress=self.telling.within,
            cancel=self.cancel,
        )
        if outcome.cancelled:
            raise RunCancelledError
        return outcome

    def check(self) -> None:
        """Raise RunCancelledError when the person has stopped the plan."""
        if self.cancel is not None and self.cancel():
            raise RunCancelledError


def by_numbers(scenario: Scenario) -> Scenario:
    """The same scenario with all agents coming and going with the numbers of each interval."""
    if all(group.exit == "first_free" for group in scenario.groups.values()):
        return scenario
    groups = {
        name: group.model_copy(update={"exit": "first_free"})
        for name, group in scenario.groups.items()
    }
    return scenario.model_copy(update={"groups": groups})
