"""Who works which shift, what is paid for it, and how does it cover the requirement?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.groups import Contract, Group
from scenario.model import Scenario
from scenario.shrinkage import shrinkage_of
from scenario.staff import Shift
from staffing.covering import Cover, Maximum, cover
from staffing.limits import shift_shrinkage
from staffing.shifts import PossibleShift, possible_shifts

IntArray = NDArray[np.int64]

SHORT_PRICE = 40.0  # an agent missing for an hour, in paid hours
SURPLUS_PRICE = 0.01  # an agent too many for an hour: surplus where it is needed least
TIME_LIMIT_S = 20.0


@dataclass(frozen=True)
class Roster:
    """
    Shifts of all groups, and agents per interval of groups that have no kinds of shift.

    Parameters
    ----------
    shifts
        Sorted by start.
    scheduled
        Agents on the floor, not on a break, shape (I, G).
    paid_hours, cost
        By group, absence paid, shape (G,).
    gap
        Greatest proven relative distance of a group's cost from the optimum.
    """

    shifts: tuple[Shift, ...]
    scheduled: IntArray
    paid_hours: NDArray[np.float64]
    cost: NDArray[np.float64]
    gap: float


def roster(
    scenario: Scenario,
    required: IntArray,
    *,
    time_limit_s: float = TIME_LIMIT_S,
    cancel: Callable[[], bool] | None = None,
) -> Roster:
    """
    Shifts that cover a requirement at the least cost, group by group.

    Parameters
    ----------
    scenario
        Names groups, kinds of shift, contracts and shrinkage.
    required
        Agents on the floor, shape (I, G).
    time_limit_s
        Time for each group and week.
    cancel
        Asked whether to stop.

    Notes
    -----
    Behind an agent on shift stand more who are paid; `scenario.shrinkage` says how many. A
    group without kinds of shift is taken to be planned interval by interval.
    """
    hours = scenario.horizon.interval_minutes / 60
    scheduled = required.copy()
    shifts: list[Shift] = []
    count = len(scenario.groups)
    paid, cost = np.zeros(count), np.zeros(count)
    gap = 0.0
    for column, (name, group) in enumerate(scenario.groups.items()):
        if not group.shifts:
            on_floor = float(required[:, column].sum() * hours)
            paid[column] = shrinkage_of(group).paid(on_floor)
            cost[column] = paid[column] * group.rate
            continue
        worked, covered, distance = _group_roster(
            scenario, name, group, required[:, column], time_limit_s, cancel
        )
        scheduled[:, column] = covered
        gap = max(gap, distance)
        for possible, found in worked:
            shifts += found
            agents = sum(shift.agents for shift in found)
            hours_paid = agents * possible.paid_hours * possible.paid_factor
            paid[column] += hours_paid
            cost[column] += hours_paid * possible.rate
    shifts.sort(key=lambda shift: (shift.start, shift.group, shift.end, shift.kind))
    return Roster(tuple(shifts), scheduled, paid, cost, gap)


def _group_roster(
    scenario: Scenario,
    name: str,
    group: Group,
    required: IntArray,
    time_limit_s: float,
    cancel: Callable[[], bool] | None,
) -> tuple[list[tuple[PossibleShift, list[Shift]]], IntArray, float]:
    """Shifts of one group, week by week; a shift over the week's end covers the next too."""
    period = scenario.period
    possible = possible_shifts(group, period, required > 0)
    dear = max((shift.rate * shift.paid_factor for shift in possible), default=0.0) or 1.0
    hours = period.interval_minutes / 60
    covered = np.zeros_like(required)
    worked: list[tuple[PossibleShift, list[Shift]]] = []
    gap = 0.0
    for week in np.unique(period.week_of_interval):
        mine = [shift for shift in possible if shift.day // 7 == week]
        inside = period.week_of_interval == week
        wanted = np.where(inside, np.maximum(required - covered, 0), 0)
        found = cover(
            wanted,
            [shift.option for shift in mine],
            maxima=_maxima(group, mine),
            days=period.day_of_interval,
            short_price=SHORT_PRICE * dear * hours,
            surplus_price=SURPLUS_PRICE * dear * hours,
            time_limit_s=time_limit_s,
            cancel=cancel,
        )
        gap = max(gap, found.gap)
        covered += found.scheduled
        worked += [
            (shift, _placed(name, shift, found, number))
            for number, shift in enumerate(mine)
            if found.agents[number]
        ]
    return worked, covered, gap


def _maxima(group: Group, possible: list[PossibleShift]) -> list[Maximum]:
    """Most of each kind a day; people of each contract a day, and their hours in the week."""
    maxima = []
    days = sorted({shift.day for shift in possible})
    for name, kind in group.shifts.items():
        if kind.max_agents is None:
            continue
        for day in days:
            chosen = [n for n, s in enumerate(possible) if s.kind == name and s.day == day]
            factor = shift_shrinkage(group, kind).paid(1.0)
            maxima.append(Maximum(chosen, factor, kind.max_agents))
    kinds = {name: kind.contract for name, kind in group.shifts.items()}
    bound: list[tuple[set[str | None], list[Contract]]] = [
        ({name}, [contract]) for name, contract in group.contracts.items()
    ]
    if group.contracts:
        # Kinds of no contract draw on all of them.
        bound.append(({*group.contracts, None}, list(group.contracts.values())))
    for names, members in bound:
        chosen = [n for n, shift in enumerate(possible) if kinds[shift.kind] in names]
        hours = np.array([possible[n].paid_hours * possible[n].paid_factor for n in chosen])
        maxima.append(Maximum(chosen, hours, sum(c.agents * c.hours_per_week for c in members)))
        people = sum(contract.agents for contract in members)
        for day in days:
            starting = [n for n in chosen if possible[n].day == day]
            factors = np.array([possible[n].paid_factor for n in starting])
            maxima.append(Maximum(starting, factors, people))
    return maxima


def _placed(group: str, possible: PossibleShift, found: Cover, number: int) -> list[Shift]:
    """The agents of one possible shift with their breaks; those with the same breaks together."""
    agents = int(found.agents[number])
    columns = [np.repeat(np.arange(len(taken)), taken).tolist() for taken in found.breaks[number]]
    combined = Counter(zip(*columns, strict=True)) if columns else Counter({(): agents})
    shifts = []
    for ways, together in sorted(combined.items()):
        pauses = sorted(
            pause for run, way in zip(possible.pauses, ways, strict=True) for pause in run[way]
        )
        breaks = tuple(
            (
                possible.start + pd.Timedelta(minutes=minute),
                possible.start + pd.Timedelta(minutes=minute + length),
            )
            for minute, length in pauses
        )
        shifts.append(
            Shift(
                group, possible.kind, possible.start, possible.end, breaks, together,
                possible.paid_hours,
            )
        )  # fmt: skip
    return shifts


def paid_of(
    scenario: Scenario, agents: IntArray, shifts: Iterable[Shift] = ()
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
