"""Who comes beside the staffing: people called in on the day itself, from an instant on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario.errors import InvalidValueError
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
        "Local time at which they go; left out: when the last of the group's agents do, at"
        " midnight at the latest, and at midnight where nobody of it works any more that day.",
        None,
    )


def with_called_in(
    scenario: Scenario,
    staff: Staff,
    called: Iterable[CalledIn],
    *,
    names: Sequence[str] | None = None,
) -> Staff:
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
    names
        What a refusal calls each of them; default: the scenario's keys.

    Raises
    ------
    InvalidValueError
        When somebody would not be there at all.
    """
    agents, shifts = staff.agents.copy(), list(staff.shifts)
    starts = np.arange(staff.horizon.count, dtype=np.int64) * staff.horizon.interval_us
    for number, one in enumerate(called):
        column = staff.groups.index(one.group)
        begin, end = _hours(scenario, staff, one)
        first_us, last_us = (staff.horizon.offset_us(moment) for moment in (begin, end))
        there = (starts >= first_us) & (starts + staff.horizon.interval_us <= last_us)
        named = scenario.groups[one.group].exit == "named"
        to_the_minute = named and scenario.routing.blend == "blended" and end > begin
        if not (there.any() or to_the_minute):
            until_or_at = "at" if one.until is None else "until"
            name = names[number] if names else f"called_in.{number}.{until_or_at}"
            raise _in_vain(name, staff, begin, end)
        agents[there, column] += one.agents
        if named:
            hours = (end - begin).total_seconds() / 3600
            shifts.append(Shift(one.group, KIND, begin, end, (), one.agents, hours))
    return replace(staff, agents=agents, shifts=tuple(shifts))


def _in_vain(name: str, staff: Staff, begin: pd.Timestamp, end: pd.Timestamp) -> InvalidValueError:
    minutes = staff.horizon.interval_minutes
    rule = f"for a time in which a whole interval of {minutes} minutes lies"
    return InvalidValueError(name, rule, f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}")


def _hours(scenario: Scenario, staff: Staff, called: CalledIn) -> tuple[pd.Timestamp, pd.Timestamp]:
    """From when to when they are there, within the horizon."""
    horizon = staff.horizon
    begin = scenario.local(called.at)
    if called.until is not None:
        end = scenario.local(called.until)
    else:
        midnight = scenario.local(begin.tz_localize(None).normalize() + pd.Timedelta(days=1))
        end = _last_out(staff, called.group, begin, midnight)
    return max(begin, horizon.start), min(end, horizon.end)


def _last_out(
    staff: Staff, group: str, begin: pd.Timestamp, midnight: pd.Timestamp
) -> pd.Timestamp:
    """Until when agents of a group work between two instants; the second where none does."""
    horizon = staff.horizon
    worked = [
        (horizon.offset_us(shift.start), horizon.offset_us(shift.end))
        for shift in staff.shifts
        if shift.group == group and shift.agents
    ]
    if not worked:
        working = np.flatnonzero(staff.agents[:, staff.groups.index(group)])
        worked = [
            (n * horizon.interval_us, (n + 1) * horizon.interval_us) for n in working.tolist()
        ]
    first_us, last_us = horizon.offset_us(begin), horizon.offset_us(midnight)
    goings = [end for start, end in worked if start < last_us and end > first_us]
    until_us = min(max(goings, default=last_us), last_us)
    return horizon.start + pd.Timedelta(int(until_us), unit="us")
