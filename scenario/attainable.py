"""Which rules a staffing can never meet, however quiet the floor: they are refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.errors import InvalidValueError
from scenario.groups import Group
from scenario.staff import Staff, touched_intervals

if TYPE_CHECKING:  # the model calls this
    from scenario.model import Scenario


def require_attainable(scenario: Scenario, staff: Staff) -> None:
    """
    Refuse a staffing under which some group could never start some work.

    Parameters
    ----------
    scenario
        Tells what each group keeps free for live contacts.
    staff
        Agents on the floor.

    Raises
    ------
    InvalidValueError
        When `keep_free` is larger than the floor ever is.
    """
    agents = _at_most(staff)
    slots = np.array([_live_slots(scenario, scenario.groups[name]) for name in staff.groups])
    for number, name in enumerate(staff.groups):
        group, present = scenario.groups[name], agents[:, number]
        for channel, skill in group.skills.items():
            if not present.any():
                continue
            if skill.keep_free_unit == "agents":
                most, what = int(present.max()) - 1, "the other agents of the group"
            else:
                open_slots = (agents @ slots)[present > 0] - slots[number]
                most, what = int(open_slots.max()), "the live slots open beside one agent"
            if skill.keep_free > most:
                raise InvalidValueError(
                    f"groups.{name}.skills.{channel}.keep_free",
                    f"at most {most}, {what} when most are there",
                    skill.keep_free,
                )


def _at_most(staff: Staff) -> NDArray[np.int64]:
    """Agents at most at any instant of each interval, shape (I, G)."""
    on_shift = np.zeros_like(staff.agents)
    for shift in staff.shifts:
        there = touched_intervals(shift.start, shift.end, staff.horizon)
        on_shift[there, staff.groups.index(shift.group)] += shift.agents
    return np.maximum(staff.agents, on_shift)


def _live_slots(scenario: Scenario, group: Group) -> int:
    """Live contacts that one agent of the group may hold."""
    live = {name for name, channel in scenario.channels.items() if channel.kind == "live"}
    return max(
        (skill.max_concurrent for name, skill in group.skills.items() if name in live), default=0
    )
