"""Shifts that stay as they are: who has been promised to whom before a plan is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.errors import Fault, InvalidInputError
from scenario.staff import Shift, read_staffing

if TYPE_CHECKING:
    from scenario.model import Scenario


def fixed_shifts(scenario: Scenario) -> tuple[Shift, ...]:
    """
    The fixed shifts of all groups that touch the scenario's time.

    Raises
    ------
    InvalidInputError
        When a file cannot be read as one of shifts, names an unknown group, or holds no shift
        of its group within the scenario's time.
    """
    names = tuple(scenario.groups)
    period = scenario.period
    fixed: list[Shift] = []
    for name, group in scenario.groups.items():
        if group.fixed_shifts is None:
            continue
        file = group.fixed_shifts
        filed = read_staffing(scenario.path_of(file), period, names).shifts
        mine = [
            shift
            for shift in filed
            if shift.group == name
            and shift.agents > 0
            and shift.end > period.start
            and shift.start < period.end
        ]
        if not mine:
            rule = (
                f"shifts (group, start, end, agents) of {name} between {period.start} and"
                f" {period.end}, the time that is planned"
            )
            raise InvalidInputError([Fault(file, "", f"groups.{name}.fixed_shifts", "", rule)])
        fixed += mine
    return tuple(sorted(fixed, key=lambda shift: (shift.start, shift.group, shift.end)))
