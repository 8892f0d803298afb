"""What is paid for agents on the floor and for shifts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.groups import Group
from scenario.model import Scenario
from scenario.shift_kinds import ShiftKind
from scenario.shrinkage import Shrinkage, shrinkage_of
from scenario.staff import Shift


def shift_shrinkage(group: Group, kind: ShiftKind) -> Shrinkage:
    """Shrinkage behind an agent on such a shift: without `breaks` where it plans them itself."""
    return shrinkage_of(group, plans_breaks=kind.plans_paid_breaks)


def shrinkage_behind(group: Group, shift: Shift) -> Shrinkage:
    """Shrinkage behind an agent on a shift, of a kind of the group's or of none of them."""
    if shift.kind in group.shifts:
        return shift_shrinkage(group, group.shifts[shift.kind])
    return shrinkage_of(group, plans_breaks=shift.has_paid_breaks)


def rate_of(group: Group, kind: ShiftKind) -> float:
    """Cost of a paid hour of a shift kind: its own, else its contract's, else the group's."""
    if kind.cost_per_hour is not None:
        return kind.cost_per_hour
    if kind.contract is not None:
        return group.contracts[kind.contract].cost_per_hour
    return group.rate


def shift_rate(group: Group, shift: Shift) -> float:
    """Cost of a paid hour of a shift, of a kind of the group's or of none of them."""
    if shift.kind in group.shifts:
        return rate_of(group, group.shifts[shift.kind])
    return group.rate


def shift_paid_hours(group: Group, shift: Shift, period: Horizon) -> float:
    """
    Paid hours of all agents behind a shift.

    A shift that began before the horizon is paid from there on; one that ends after it in full.
    """
    hours = shift.agents * shift.paid_hours * shift.share_within(period.start, shift.end)
    return shrinkage_behind(group, shift).paid(hours)


def paid_of(
    scenario: Scenario, agents: NDArray[np.int64], shifts: Iterable[Shift] = ()
) -> tuple[float, float]:
    """
    Paid hours and cost of agents on the floor.

    Parameters
    ----------
    scenario
        Names groups, shrinkage and rates.
    agents
        Agents on the floor, shape (I, G); what is paid of groups whose agents leave with the
        numbers, as if no breaks were planned.
    shifts
        What is paid of groups whose agents leave by name.
    """
    period = scenario.period
    paid = dict.fromkeys(scenario.groups, 0.0)
    for (name, group), number in zip(scenario.groups.items(), agents.sum(axis=0), strict=True):
        if group.exit == "first_free":
            paid[name] = shrinkage_of(group).paid(float(number) * period.interval_minutes / 60)
    for shift in shifts:
        group = scenario.groups[shift.group]
        if group.exit == "named":
            hours = shift.agents * shift.paid_hours * shift.share_within(period.start, period.end)
            behind = shrinkage_of(group, plans_breaks=shift.has_paid_breaks)
            paid[shift.group] += behind.paid(hours)
    cost = math.fsum(hours * scenario.groups[name].rate for name, hours in paid.items())
    return math.fsum(paid.values()), cost
