"""What does the floor cost: from hours scheduled to paid hours, cost and full-time posts."""

from __future__ import annotations

import pandas as pd

from scenario import Horizon, Scenario, Shift, Staff
from scenario.groups import Group
from scenario.shrinkage import shrinkage_of

WEEK_HOURS = 7 * 24


def pay(scenario: Scenario, staff: Staff) -> pd.DataFrame:
    """
    Hours and cost of the measured part of a scenario's horizon.

    Agents who are absent are paid; unpaid breaks are not.

    Parameters
    ----------
    scenario
        Tells shrinkage, rates, the hours of a full-time week, and warm-up and cool-down.
    staff
        Agents scheduled over the scenario's horizon. Where agents leave by name their shifts
        are paid, by the part that is measured; else the numbers.

    Returns
    -------
    DataFrame
        A row per group with `group`, `floor_hours` (scheduled, not on a break), `paid_hours`,
        `fte` (paid hours a week over those of a full-time week), `cost` (in the scenario's
        currency) and `shrinkage_left_out` (parts of shrinkage that shifts plan or the floor
        simulates, so that they are not in the factor; separated by commas).
    """
    measured = _measured(scenario)
    weeks = measured.length_us / 3.6e9 / WEEK_HOURS
    rows = []
    for column, name in enumerate(staff.groups):
        group = scenario.groups[name]
        if group.exit == "named":
            shifts = [shift for shift in staff.shifts if shift.group == name]
            on_floor, paid, left_out = _of_shifts(group, shifts, measured)
        else:
            warm, _ = scenario.edge_counts
            agents = staff.agents[warm : warm + measured.count, column]
            on_floor = float(agents.sum() * measured.interval_minutes / 60)
            shrinkage = shrinkage_of(group)
            paid, left_out = shrinkage.paid(on_floor), shrinkage.left_out
        rows.append(
            {
                "group": name,
                "floor_hours": on_floor,
                "paid_hours": paid,
                "fte": paid / weeks / scenario.full_time_hours,
                "cost": paid * group.rate,
                "shrinkage_left_out": ", ".join(left_out),
            }
        )
    return pd.DataFrame(rows)


def _of_shifts(
    group: Group, shifts: list[Shift], measured: Horizon
) -> tuple[float, float, tuple[str, ...]]:
    """Hours on the floor, paid hours, and the parts of shrinkage left out of some shift."""
    on_floor = paid = 0.0
    left_out: dict[str, None] = {}
    for shift in shifts:
        agents = shift.agents * shift.share_within(measured.start, measured.end)
        shrinkage = shrinkage_of(group, plans_breaks=shift.has_paid_breaks)
        on_floor += agents * shift.floor_hours
        paid += shrinkage.paid(agents * shift.paid_hours)
        left_out |= dict.fromkeys(shrinkage.left_out)
    return on_floor, paid, tuple(left_out)


def _measured(scenario: Scenario) -> Horizon:
    """The intervals that are measured."""
    warm, _ = scenario.edge_counts
    whole = scenario.period
    start = whole.start + pd.Timedelta(minutes=warm * whole.interval_minutes)
    return Horizon(start, whole.interval_minutes, scenario.measured_count)
