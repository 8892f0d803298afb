"""When is somebody needed at all, and how many can a group put on the floor?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.groups import Group
from scenario.model import Scenario
from scenario.shrinkage import BREAKS, shrinkage_of
from staffing.pay import shift_shrinkage


@dataclass(frozen=True)
class Limits:
    """
    Bounds of the agents on the floor.

    Parameters
    ----------
    open_now
        Whether each channel is open in each interval, shape (I, C).
    fewest, most
        Agents of each group at least and at most, shape (I, G); both 0 while all that the
        group serves is closed.
    live_open
        Whether a live channel is open, shape (I,): somebody must be there.
    hours_a_week
        Floor hours that the contracts of each group give in a week, shape (G,); infinite
        without contracts.
    price
        Cost of an hour on the floor by group, absence paid, shape (G,); 1 where no rate is
        known.
    """

    open_now: NDArray[np.bool_]
    fewest: NDArray[np.int64]
    most: NDArray[np.int64]
    live_open: NDArray[np.bool_]
    hours_a_week: NDArray[np.float64]
    price: NDArray[np.float64]


NO_LIMIT = 1_000_000


def limits_of(scenario: Scenario) -> Limits:
    """The limits that a scenario's opening hours, groups and contracts set."""
    channels, groups = scenario.channels, scenario.groups
    period, closed = scenario.period, scenario.closed_dates
    open_now = np.stack([period.open_intervals(c.open, closed) for c in channels.values()], axis=1)
    serves = serving(scenario)
    works = open_now @ serves.T  # shape (I, G)
    fewest = np.where(works, [g.min_agents for g in groups.values()], 0)
    most = np.where(works, [_most_at_once(g) for g in groups.values()], 0)
    live = np.array([c.kind == "live" for c in channels.values()])
    return Limits(
        open_now,
        np.minimum(fewest, most).astype(np.int64),
        most.astype(np.int64),
        (open_now & live).any(axis=1),
        np.array([_hours_a_week(g) for g in groups.values()]),
        np.array([shrinkage_of(g).paid(g.rate or 1.0) for g in groups.values()]),
    )


def serving(scenario: Scenario) -> NDArray[np.bool_]:
    """Whether each group serves each channel, shape (G, C)."""
    return np.array(
        [[name in group.skills for name in scenario.channels] for group in scenario.groups.values()]
    )


def shrinkage_parts(group: Group) -> tuple[list[str], list[str]]:
    """
    Names of the parts of shrinkage that are applied, and of those that shifts plan themselves.

    The part `breaks` is in both where only some kinds of shift have paid breaks; parts that the
    floor simulates are in neither.
    """
    behind = [shift_shrinkage(group, kind) for kind in group.shifts.values()]
    behind = behind or [shrinkage_of(group)]
    applied = [name for name in group.shrinkage if any(name in one.parts for one in behind)]
    return applied, [BREAKS] if any(one.planned for one in behind) else []


def _most_at_once(group: Group) -> int:
    most = NO_LIMIT if group.max_agents is None else group.max_agents
    people = sum(contract.agents for contract in group.contracts.values())
    if group.contracts:
        at_once = max(
            (shift_shrinkage(group, kind).scheduled(people) for kind in group.shifts.values()),
            default=shrinkage_of(group).scheduled(people),
        )
        most = min(most, math.floor(at_once + 1e-9))
    return most


def _hours_a_week(group: Group) -> float:
    if not group.contracts:
        return math.inf
    paid = sum(c.agents * c.most_hours for c in group.contracts.values())
    return shrinkage_of(group).scheduled(paid)
