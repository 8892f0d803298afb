"""What a search for staff works on: a floor to rehearse, its limits, and how often."""

from __future__ import annotations

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
from staffing.guess import with_average_agents
from staffing.limits import Limits, limits_of
from staffing.live_need import solo_gain
from staffing.rehearsal import Rehearsal
from staffing.repair import Floor

if TYPE_CHECKING:
    from simulate.replications import Replications

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


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
        Of every rehearsal of the search, at least.
    grows
        Whether more replications may be taken where they are too few to tell.
    thorough
        Whether agents are tried away again and again, or once.
    """

    rehearsal: Rehearsal
    expected: Demand
    limits: Limits
    effort_s: FloatArray
    replications: int
    seed: int
    grows: bool = False
    thorough: bool = True

    @property
    def scenario(self) -> Scenario:
        """What is assumed."""
        return self.rehearsal.scenario

    def floor(self, simulate: Callable[[IntArray], Replications]) -> Floor:
        """The floor that a repair works on, rehearsed in the given way."""
        return Floor(self.scenario, self.limits, self.effort_s, simulate)


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


def task_of(rehearsal: Rehearsal, replications: int | None, seed: int | None) -> Task:
    """
    Put together what a search works on.

    Parameters
    ----------
    rehearsal
        The floor.
    replications, seed
        Of the rehearsals; None: the scenario's, and more replications where those cannot tell.

    Raises
    ------
    InvalidValueError
        When there are no replications.
    """
    scenario = rehearsal.scenario
    if replications is not None and not replications >= 1:
        raise InvalidValueError("replications", "at least 1", replications)
    expected = expected_demand(scenario, rehearsal.demand)
    return Task(
        rehearsal,
        expected,
        limits_of(scenario),
        effort_of(scenario, expected),
        scenario.replications if replications is None else replications,
        scenario.seed if seed is None else seed,
        grows=replications is None,
    )


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
