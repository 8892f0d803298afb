"""Who stays away: agents absent for a whole day or shift, the same whatever else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.compiled import compiled
from simulate.draws import ABSENCE, key_of, uniform
from simulate.floor_input import BoolArray, FloorInput, IntArray


@compiled
def is_absent(root: int, group_key: int, day: int, number: int, absence: float) -> bool:
    """
    Whether an agent stays away.

    Parameters
    ----------
    root
        Of the replication; see `draws.root_of`.
    group_key
        Key of the agent's group.
    day
        Local day of the horizon, from 0; 0 for shifts.
    number
        The agent's place in the group, from 0.
    absence
        Probability.
    """
    return uniform(root, ABSENCE, key_of(group_key, ABSENCE, day, number)) < absence


@compiled
def _attending(
    root: int,
    scheduled: NDArray[Any],
    day: NDArray[Any],
    group_key: int,
    absence: float,
    attending: NDArray[Any],
) -> None:
    """Fill in how many of the scheduled agents of one group come in each interval."""
    come = np.zeros(scheduled.max() + 1, dtype=np.int64)  # of the first n agents, on one day
    for interval in range(len(scheduled)):
        if interval == 0 or day[interval] != day[interval - 1]:
            for number in range(len(come) - 1):
                away = is_absent(root, group_key, day[interval], number, absence)
                come[number + 1] = come[number] + (not away)
        attending[interval] = come[scheduled[interval]]


def attending(floor_input: FloorInput, root: int) -> IntArray:
    """
    Agents who come, of groups that work by numbers, shape (I, G); 0 for groups by shifts.

    Of the n agents scheduled in an interval, those numbered 0 to n - 1 come who are not absent
    on that day.

    Parameters
    ----------
    floor_input
        Tells who is scheduled, and how likely absence is.
    root
        Of the replication; see `draws.root_of`.
    """
    staff = floor_input.staff.copy()
    day = np.ascontiguousarray(floor_input.period.day_of_interval)
    for number, group in enumerate(floor_input.groups):
        scheduled = np.ascontiguousarray(floor_input.staff[:, number])
        if group.told_absent is not None:
            away = group.told_absent
            staff[:, number] = [sum(k not in away for k in range(n)) for n in scheduled.tolist()]
        elif group.absence > 0 and scheduled.any():
            come = np.empty_like(scheduled)
            _attending(root, scheduled, day, group.key, group.absence, come)
            staff[:, number] = come
    return staff


def absent_shifts(floor_input: FloorInput, root: int) -> BoolArray:
    """
    Whether the agent of each row of `shifts` is absent for the whole shift, shape (N,).

    Parameters
    ----------
    floor_input, root
        As for `attending`.
    """
    shifts = floor_input.shifts
    absent = np.zeros(len(shifts.group), dtype=np.bool_)
    number, previous = 0, -1
    for row, column in enumerate(shifts.group.tolist()):
        number = number + 1 if column == previous else 0
        previous = column
        group = floor_input.groups[column]
        if group.told_absent is not None:
            absent[row] = number in group.told_absent
        elif group.absence > 0:
            absent[row] = is_absent(root, group.key, 0, number, group.absence)
    return absent


def absent_us(floor_input: FloorInput, root: int) -> IntArray:
    """
    Scheduled time of the absent by interval and group, planned breaks included, shape (I, G).

    Parameters
    ----------
    floor_input, root
        As for `attending`.
    """
    period = floor_input.period
    away = (floor_input.staff - attending(floor_input, root)) * period.interval_us
    rows = absent_shifts(floor_input, root)
    return away + floor_input.shifts.length_us(period, len(floor_input.groups), rows)
