"""Which shifts must somebody take, one post a person?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from scenario.calendar import Horizon
from scenario.groups import Group
from scenario.staff import Shift
from staffing.pay import shrinkage_behind

MICROSECONDS_A_MINUTE = 60_000_000


@dataclass(frozen=True)
class Post:
    """
    A shift that one person has to take.

    Parameters
    ----------
    shift
        The shift; its `agents` are those of the whole plan.
    contract
        Contract that works it; None for any.
    day
        Local day of its start, counted from the horizon's first.
    begin, end
        Minutes from the horizon's start.
    paid_minutes
        Paid time.
    """

    shift: Shift
    contract: str | None
    day: int
    begin: int
    end: int
    paid_minutes: int


def posts_of(group: Group, shifts: Iterable[Shift], period: Horizon) -> list[Post]:
    """
    A post for everybody whom the shifts of one group need, those who will be absent included.

    Parameters
    ----------
    group
        Tells the contract of each kind, and the shrinkage.
    shifts
        Shifts of the group, with agents on the floor.
    period
        The horizon.

    Notes
    -----
    Behind n agents on the floor stand n / (1 - shrinkage) people. Fractions are carried from
    shift to shift of a kind in the order of their starts, so that a week has as many people as
    the plan pays, to within one half, and no shift fewer than its agents on the floor.
    """
    posts = []
    owed: dict[str, float] = {}
    for shift in sorted(shifts, key=lambda one: (one.start, one.end)):
        known = group.shifts.get(shift.kind)
        before = owed.get(shift.kind, 0.0)
        after = before + shrinkage_behind(group, shift).paid(shift.agents)
        owed[shift.kind] = after
        begin, end = (
            period.offset_us(moment) // MICROSECONDS_A_MINUTE for moment in (shift.start, shift.end)
        )
        local = shift.start.tz_convert(period.timezone).date()
        post = Post(
            shift,
            None if known is None else known.contract,
            max(0, (local - period.start.date()).days),
            begin,
            end,
            round(60 * shift.paid_hours),
        )
        posts += [post] * (_nearest(after) - _nearest(before))
    return posts


def _nearest(people: float) -> int:
    return math.floor(people + 0.5 + 1e-9)
