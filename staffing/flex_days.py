"""On which days can who be called or sent home, known from what, and for which intervals?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import local_instant, minutes_in, weekdays_in
from scenario.flex import FlexStaff
from scenario.model import Scenario
from staffing.limits import limits_of

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FlexDay:
    """
    One day on which a decision is taken.

    Parameters
    ----------
    day
        Local day, counted from the horizon's first.
    decided
        When the day is looked at.
    start, end
        First and last instant of the change on the floor.
    seen
        Intervals of the day that are over when it is decided, shape (S,).
    changed
        Intervals in which the change holds, shape (W,).
    """

    day: int
    decided: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp
    seen: IntArray
    changed: IntArray

    @property
    def hours(self) -> float:
        """Length of the change."""
        return (self.end - self.start) / pd.Timedelta(hours=1)


@dataclass(frozen=True, eq=False)
class FlexKind:
    """
    One way to change a group's staff, with the days on which it is possible.

    Parameters
    ----------
    group, name
        Names of the group and of the way.
    column
        Number of the group.
    terms
        As declared.
    days
        Days on which there is something to see and something to change.
    """

    group: str
    name: str
    column: int
    terms: FlexStaff
    days: tuple[FlexDay, ...]

    @property
    def sign(self) -> int:
        """1 where agents come, -1 where they leave."""
        return 1 if self.terms.action == "call" else -1

    def price(self, day: FlexDay) -> float:
        """Cost of one agent called on a day; negative where sending home saves."""
        return self.sign * self.terms.cost_per_hour * day.hours


def flex_kinds(scenario: Scenario) -> tuple[FlexKind, ...]:
    """Every way that can be used in the horizon: calls first, the cheapest hour first."""
    kinds = [
        FlexKind(group, name, column, terms, _days(scenario, column, terms))
        for column, (group, declared) in enumerate(scenario.groups.items())
        for name, terms in declared.flex.items()
    ]
    usable = [kind for kind in kinds if kind.days]
    return tuple(sorted(usable, key=lambda kind: (-kind.sign, kind.terms.cost_per_hour)))


def _days(scenario: Scenario, column: int, terms: FlexStaff) -> tuple[FlexDay, ...]:
    period = scenario.period
    works = limits_of(scenario).most[:, column] > 0
    begins = np.arange(period.count, dtype=np.int64) * period.interval_us
    asked = set(weekdays_in(terms.days))
    first_date = period.starts[0].date()
    days = []
    for number in range(int(period.day_of_interval[-1]) + 1):
        date = first_date + pd.Timedelta(days=number)
        if date.weekday() not in asked:
            continue
        decided = local_instant(date, minutes_in(terms.decide_at), period.timezone)
        start = decided + pd.Timedelta(minutes=terms.notice_minutes)
        end = min(start + pd.Timedelta(minutes=terms.length_minutes), period.end)
        upto, begin, stop = (period.offset_us(instant) for instant in (decided, start, end))
        seen = (period.day_of_interval == number) & (begins + period.interval_us <= upto)
        changed = (begins >= begin) & (begins + period.interval_us <= stop) & works
        if seen.any() and changed.any():
            days.append(
                FlexDay(number, decided, start, end, np.flatnonzero(seen), np.flatnonzero(changed))
            )
    return tuple(days)


def with_changes(agents: IntArray, kind: FlexKind, numbers: IntArray, most: IntArray) -> IntArray:
    """
    Agents on the floor after a decision a day.

    Parameters
    ----------
    agents
        Before, shape (I, G).
    kind
        Who is called or sent home.
    numbers
        How many on each of the kind's days, shape (D,).
    most
        Most agents on the floor, shape (I, G): desks bound those who are called.
    """
    changed = agents.copy()
    for day, number in zip(kind.days, numbers.tolist(), strict=True):
        if not number:
            continue
        rows, column = day.changed, kind.column
        there = agents[rows, column]
        if kind.sign > 0:
            room = np.maximum(most[rows, column], there)
            changed[rows, column] = np.minimum(changed[rows, column] + number, room)
        else:
            # The last one who may take a contact stays.
            changed[rows, column] = np.maximum(changed[rows, column] - number, np.minimum(there, 1))
    return changed
