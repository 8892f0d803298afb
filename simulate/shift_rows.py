"""How the shifts of people become the floor's own units, a row an agent."""

from __future__ import annotations

import numpy as np

from scenario import Horizon, InvalidValueError, Scenario, Shift, Staff
from simulate.floor_input import AgentShifts

MOST_SHIFTS = 1_000_000  # of single agents over the horizon

Row = tuple[int, int, int, list[tuple[int, int]]]  # group, start, end, (start, length) of breaks


def agent_shifts(scenario: Scenario, staff: Staff) -> AgentShifts:
    """
    Shifts of the groups whose agents leave by name, sorted by group, then start.

    A shift of several agents gives as many rows. What lies outside the horizon is cut off: a
    shift under way at its start begins there, and so does a break, with what is left of it.

    Parameters
    ----------
    scenario
        Tells which groups those are.
    staff
        Who works when, over the scenario's period.

    Raises
    ------
    InvalidValueError
        When such a group has agents and no shifts, or more than a machine can hold.
    """
    numbers = {
        name: number
        for number, (name, group) in enumerate(scenario.groups.items())
        if group.exit == "named"
    }
    known = {shift.group for shift in staff.shifts}
    for name, number in numbers.items():
        if name not in known and staff.agents[:, number].any():
            rule = "first_free where it is known only how many work in each interval"
            raise InvalidValueError(f"groups.{name}.exit", rule, "named")
    total = sum(shift.agents for shift in staff.shifts if shift.group in numbers)
    if total > MOST_SHIFTS:
        raise InvalidValueError("shifts", f"at most {MOST_SHIFTS:,} of single agents", total)
    rows: list[Row] = []
    for shift in staff.shifts:
        if shift.group in numbers:
            rows += [row] * shift.agents if (row := _row(shift, numbers, staff.horizon)) else []
    rows.sort(key=lambda row: row[:2])  # stable: of one start, in the order given
    return _table(rows)


def _row(shift: Shift, numbers: dict[str, int], horizon: Horizon) -> Row | None:
    """One agent's shift within the horizon; None if it lies outside."""
    start = max(0, horizon.offset_us(shift.start))
    end = min(horizon.length_us, horizon.offset_us(shift.end))
    if start >= end:
        return None
    breaks = []
    for begin, finish in shift.breaks:
        first = max(start, horizon.offset_us(begin))
        length = horizon.offset_us(finish) - first
        if length > 0 and first < end:
            breaks.append((first, length))
    return numbers[shift.group], start, end, breaks


def _table(rows: list[Row]) -> AgentShifts:
    most = max((len(breaks) for *_, breaks in rows), default=0)
    breaks = np.zeros((2, len(rows), most), dtype=np.int64)
    for place, (*_, pauses) in enumerate(rows):
        for number, pause in enumerate(pauses):
            breaks[:, place, number] = pause
    group, start, end = (
        np.array([row[field] for row in rows], dtype=np.int64) for field in range(3)
    )
    return AgentShifts(group, start, end, breaks[0], breaks[1])
