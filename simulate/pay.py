"""What does the floor cost: from hours on the floor to paid hours, cost and full-time posts."""

from __future__ import annotations

import pandas as pd

from scenario import Scenario, Staff
from scenario.groups import Group

WEEK_HOURS = 7 * 24


def paid_hours(group: Group, floor_hours: float) -> float:
    """
    Paid hours behind hours on the floor: shrinkage is applied here and nowhere else.

    Parameters
    ----------
    group
        Tells the shrinkage, as a share of paid time.
    floor_hours
        Agent hours on the floor, at least 0.

    Examples
    --------
    >>> from scenario.groups import Group, Skill
    >>> paid_hours(Group(skills={"chat": Skill()}, shrinkage={"leave": 0.3}), 70)
    100.0
    """
    return floor_hours / (1 - group.total_shrinkage)


def pay(scenario: Scenario, staff: Staff) -> pd.DataFrame:
    """
    Hours and cost of the measured part of a scenario's horizon.

    Parameters
    ----------
    scenario
        Tells shrinkage, rates, the hours of a full-time week, and warm-up and cool-down.
    staff
        Agents on the floor over the scenario's horizon.

    Returns
    -------
    DataFrame
        A row per group with `group`, `floor_hours`, `paid_hours`, `fte` (paid hours a week over
        those of a full-time week) and `cost` (in the scenario's currency).
    """
    warm, cool = scenario.edge_counts
    agents = staff.agents[warm : staff.horizon.count - cool]
    hours = staff.horizon.interval_minutes / 60
    weeks = len(agents) * hours / WEEK_HOURS
    rows = []
    for column, name in enumerate(staff.groups):
        group = scenario.groups[name]
        on_floor = float(agents[:, column].sum() * hours)
        paid = paid_hours(group, on_floor)
        rows.append(
            {
                "group": name,
                "floor_hours": on_floor,
                "paid_hours": paid,
                "fte": paid / weeks / scenario.full_time_hours,
                "cost": paid * group.rate,
            }
        )
    return pd.DataFrame(rows)
