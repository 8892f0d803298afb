"""Who works which shift, what is paid for it, and how does it cover the requirement?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.fixed import fixed_shifts
from scenario.model import Scenario
from scenario.shrinkage import shrinkage_of
from scenario.staff import Shift, agents_from_shifts
from staffing.cover_terms import Cover
from staffing.covering import cover
from staffing.days_off import WEEK
from staffing.pay import shift_paid_hours, shift_rate
from staffing.shift_limits import bounds_of, fixed_parts, teams_of
from staffing.shifts import PossibleShift, possible_shifts

IntArray = NDArray[np.int64]

SHORT_PRICE = 40.0  # an agent missing for an hour, in paid hours
TIME_LIMIT_S = 20.0


@dataclass(frozen=True)
class Roster:
    """
    Shifts of all groups, and agents per interval of groups that have no kinds of shift.

    Parameters
    ----------
    shifts
        Sorted by start, the fixed ones among them.
    scheduled
        Agents on the floor, not on a break, shape (I, G).
    paid_hours, cost
        By group, absence paid, shape (G,).
    gap
        Greatest proven relative distance of a group's cost from the optimum.
    fixed
        Those of the shifts that were fixed before.
    """

    shifts: tuple[Shift, ...]
    scheduled: IntArray
    paid_hours: NDArray[np.float64]
    cost: NDArray[np.float64]
    gap: float
    fixed: tuple[Shift, ...] = ()


def roster(
    scenario: Scenario,
    required: IntArray,
    *,
    fixed: tuple[Shift, ...] | None = None,
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
    fixed
        Shifts that are worked whatever is required; None for those that the scenario names.
    time_limit_s
        Time for each group and week.
    cancel
        Asked whether to stop.

    Notes
    -----
    Behind an agent on shift stand more who are paid; `scenario.shrinkage` says how many. A
    group without kinds of shift is taken to be planned interval by interval.
    """
    period = scenario.period
    fixed = fixed_shifts(scenario) if fixed is None else fixed
    there = agents_from_shifts(fixed, period, tuple(scenario.groups))
    scheduled = np.maximum(required, there)
    shifts: list[Shift] = list(fixed)
    count = len(scenario.groups)
    paid, cost = np.zeros(count), np.zeros(count)
    gap = 0.0
    for column, (name, group) in enumerate(scenario.groups.items()):
        mine = [shift for shift in fixed if shift.group == name]
        if group.shifts:
            planned, covered, distance = _group_roster(
                scenario, name, required[:, column], mine, time_limit_s, cancel
            )
            scheduled[:, column] = covered
            gap = max(gap, distance)
            shifts += planned
            mine += planned
        else:
            beside = float((scheduled - there)[:, column].sum() * period.interval_minutes / 60)
            paid[column] = shrinkage_of(group).paid(beside)
            cost[column] = paid[column] * group.rate
        for shift in mine:
            hours = shift_paid_hours(group, shift, period)
            paid[column] += hours
            cost[column] += hours * shift_rate(group, shift)
    shifts.sort(key=lambda shift: (shift.start, shift.group, shift.end, shift.kind))
    return Roster(tuple(shifts), scheduled, paid, cost, gap, fixed)


def _group_roster(
    scenario: Scenario,
    name: str,
    required: IntArray,
    fixed: list[Shift],
    time_limit_s: float,
    cancel: Callable[[], bool] | None,
) -> tuple[list[Shift], IntArray, float]:
    """Shifts of one group, week by week; a shift over the week's end covers the next too."""
    period, group = scenario.period, scenario.groups[name]
    covered = agents_from_shifts(fixed, period, (name,))[:, 0]
    possible = possible_shifts(group, period, required > 0)
    taken = fixed_parts(group, fixed, period)
    dear = max((shift.option.cost / shift.paid_hours for shift in possible), default=0.0) or 1.0
    hours = period.interval_minutes / 60
    planned: list[Shift] = []
    gap = 0.0
    for week in np.unique(period.week_of_interval):
        mine = [shift for shift in possible if shift.day // WEEK == week]
        inside = period.week_of_interval == week
        days = np.unique(period.day_of_interval[inside]).tolist()
        found = cover(
            np.where(inside, np.maximum(required - covered, 0), 0),
            [shift.option for shift in mine],
            bounds=bounds_of(group, mine, taken, days),
            teams=teams_of(group, mine, taken, days),
            days=period.day_of_interval,
            most=None if group.max_agents is None else np.maximum(group.max_agents - covered, 0),
            short_price=SHORT_PRICE * dear * hours,
            time_limit_s=time_limit_s,
            cancel=cancel,
        )
        gap = max(gap, found.gap)
        covered = covered + found.scheduled
        for number, shift in enumerate(mine):
            planned += _placed(name, shift, found, number)
    return planned, covered, gap


def _placed(group: str, possible: PossibleShift, found: Cover, number: int) -> list[Shift]:
    """The agents of one possible shift with their breaks; those with the same breaks together."""
    agents = int(found.agents[number])
    if not agents:
        return []
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
