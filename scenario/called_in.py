"""Who comes beside the staffing: people called in on the day itself, from an instant on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario.keys import Declared, key
from scenario.staff import Shift, Staff

if TYPE_CHECKING:  # the model declares these
    from scenario.model import Scenario

KIND = "called in"


class CalledIn(Declared):
    """Some agents of a group who come beside the current staffing."""

    group: str = key("Group that they work in.")
    agents: int = key("How many come.", ge=1, le=10_000, unit="agents")
    at: datetime = key(
        "Local time from which they are there. A group that is staffed by interval has them from"
        " the first interval that begins then or later."
    )
    until: datetime | None = key(
        "Local time at which they go; left out: when the last of the group's agents of that day"
        " do, or at midnight where there are none.",
        None,
    )


def with_called_in(scenario: Scenario, staff: Staff, called: Iterable[CalledIn]) -> Staff:
    """
    A staffing and the people called in beside it.

    Parameters
    ----------
    scenario
        Tells the time zone, and which groups work by name.
    staff
        Who is there anyway.
    called
        Who comes. Those of a group whose agents leave by name work a shift of their own; of
        other groups the numbers rise in the intervals for the whole of which they are there.
    """
    agents, shifts = staff.agents.copy(), list(staff.shifts)
    starts = np.arange(staff.horizon.count, dtype=np.int64) * staff.horizon.interval_us
    for one in called:
        column = staff.groups.index(one.group)
        begin, end = _hours(scenario, staff, one)
        if not end > begin:
            continue
        first_us, last_us = (staff.horizon.offset_us(moment) for moment in (begin, end))
        there = (starts >= first_us) & (starts + staff.horizon.interval_us <= last_us)
        agents[there, column] += one.agents
        if scenario.groups[one.group].exit == "named":
            hours = (end - begin).total_seconds() / 3600
            shifts.append(Shift(one.group, KIND, begin, end, (), one.agents, hours))
    return replace(staff, agents=agents, shifts=tuple(shifts))


def _hours(scenario: Scenario, staff: Staff, called: CalledIn) -> tuple[pd.Timestamp, pd.Timestamp]:
    """From when to when they are there, within the horizon."""
    horizon = staff.horizon
    begin = scenario.local(called.at)
    if called.until is not None:
        end = scenario.local(called.until)
    else:
        midnight = scenario.local(begin.tz_localize(None).normalize() + pd.Timedelta(days=1))
        end = min(_last_out(staff, called.group, begin, midnight), midnight)
    return max(begin, horizon.start), min(end, horizon.end)


def _last_out(
    staff: Staff, group: str, begin: pd.Timestamp, midnight: pd.Timestamp
) -> pd.Timestamp:
    """When the last agents of a group go between two instants; the second where there are none."""
    horizon = staff.horizon
    goings = [shift.end for shift in staff.shifts if shift.group == group and shift.agents]
    if not goings:
        working = np.flatnonzero(staff.agents[:, staff.groups.index(group)])
        ends_us = (working + 1) * horizon.interval_us
        goings = [horizon.start + pd.Timedelta(int(us), unit="us") for us in ends_us]
    return max((moment for moment in goings if begin < moment <= midnight), default=midnight)
