"""A planner's table of shifts: made from a plan, read back, every fault told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from scenario.calendar import local_instant
from scenario.errors import Fault, InvalidInputError
from scenario.groups import Group
from scenario.model import Scenario
from scenario.staff import MOST_AGENTS, Shift

COLUMNS = ("group", "kind", "day", "start", "end", "breaks", "agents")
OWN_KIND = "edited"
"""Kind of a shift that the planner gives none: paid at the group's rate, breaks unpaid."""

TABLE = "shifts"  # how faults call the table
_BREAK = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")
_DAY_MINUTES = 24 * 60

Breaks = tuple[tuple[pd.Timestamp, pd.Timestamp], ...]


def edit_table(shifts: pd.DataFrame) -> pd.DataFrame:
    """
    Shifts as a planner edits them.

    Parameters
    ----------
    shifts
        `Plan.shifts`.

    Returns
    -------
    DataFrame
        A row a shift that is not fixed, in the same order: `group`, `kind`, `day` (date of the
        start), `start` and `end` (times of day; an end that is not after the start is of the
        next day), `breaks` (text such as "12:00–12:30, 15:00–15:15") and `agents` (on the floor).
    """
    rows = [
        {
            "group": row["group"],
            "kind": row["kind"],
            "day": row["start"].date(),
            "start": row["start"].time(),
            "end": row["end"].time(),
            "breaks": ", ".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in row["breaks"]),
            "agents": int(row["agents"]),
        }
        for row in shifts.to_dict("records")
        if not row.get("fixed", False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_edit(scenario: Scenario, table: pd.DataFrame) -> tuple[Shift, ...]:
    """
    Shifts of a planner's table.

    Parameters
    ----------
    scenario
        Names groups, kinds of shift and the planned time.
    table
        As from `edit_table`; times also as text "08:30", days as "2026-04-13". Rows in which
        nothing stands are skipped, and rows of no agents.

    Returns
    -------
    tuple
        Shifts by start.

    Raises
    ------
    InvalidInputError
        With every fault found, rows counted from 1: a group or kind that is unknown, a day
        outside the planned time, a time that is none or not in whole minutes, breaks outside
        the shift, agents that are no whole number of at least 0.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise InvalidInputError([Fault(TABLE, "", name, "", "a column") for name in missing])
    faults: list[Fault] = []
    shifts = []
    for number, row in enumerate(table[list(COLUMNS)].to_dict("records"), start=1):
        if all(_is_empty(value) for value in row.values()):
            continue
        reader = _Row(scenario, row, f"row {number}", faults)
        shift = reader.shift()
        if shift is not None and shift.agents:
            shifts.append(shift)
    if faults:
        raise InvalidInputError(faults)
    return in_order(shifts)


def in_order(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Shifts by start, as a plan has them."""
    return tuple(sorted(shifts, key=lambda one: (one.start, one.group, one.end, one.kind)))


class _Row:
    """One row of the table being read."""

    def __init__(
        self, scenario: Scenario, row: dict[Any, Any], where: str, faults: list[Fault]
    ) -> None:
        self.scenario, self.row, self.where, self.faults = scenario, row, where, faults
        self.good = True

    def shift(self) -> Shift | None:
        """The shift of the row; None where something is wrong with it."""
        group, agents = self._group(), self._agents()
        kind = self._kind(group)
        day, start, end = self._day(), self._minute("start"), self._minute("end")
        if start is not None and start == end:
            self._fault("end", "another time than the start")
        if day is None or start is None or end is None or group is None:
            return None
        zone = self.scenario.period.timezone
        begin = local_instant(day, start, zone)
        finish = local_instant(day, end if end > start else end + _DAY_MINUTES, zone)
        breaks = self._breaks(day, start, begin, finish)
        if not self.good or agents is None or not finish > begin:
            return None
        unpaid = _unpaid(self.scenario.groups[group], kind, breaks)
        paid = (finish - begin).total_seconds() / 3600 - unpaid
        return Shift(group, kind, begin, finish, breaks, agents, paid)

    def _group(self) -> str | None:
        name = str(self.row["group"])
        groups = self.scenario.groups
        able = [one for one, group in groups.items() if group.shifts]
        if name in able:
            return name
        text = "" if _is_empty(self.row["group"]) else name
        self._fault("group", f"one of {able}", text)
        return None

    def _kind(self, group: str | None) -> str:
        if _is_empty(self.row["kind"]) or str(self.row["kind"]) == OWN_KIND:
            return OWN_KIND
        name = str(self.row["kind"])
        if group is not None and name not in self.scenario.groups[group].shifts:
            self._fault(
                "kind", f"empty, or one of {list(self.scenario.groups[group].shifts)}", name
            )
        return name

    def _day(self) -> date | None:
        value = self.row["day"]
        rule = "a day such as 2026-04-13"
        if _is_empty(value):
            self._fault("day", rule, "")
            return None
        try:
            found = pd.Timestamp(value).date()
        except (ValueError, TypeError):
            self._fault("day", rule, str(value))
            return None
        period = self.scenario.period
        last = (period.end - pd.Timedelta(microseconds=1)).date()
        if not period.start.date() <= found <= last:
            rule = f"between {period.start:%Y-%m-%d} and {last:%Y-%m-%d}, the planned time"
            self._fault("day", rule, str(found))
            return None
        return found

    def _minute(self, name: str) -> int | None:
        """Minutes after midnight of a time of day."""
        value = self.row[name]
        rule = "a time of day such as 08:30"
        if _is_empty(value):
            self._fault(name, rule, "")
            return None
        if not isinstance(value, time):
            try:
                value = time.fromisoformat(str(value).strip().zfill(5))
            except ValueError:
                self._fault(name, rule, str(self.row[name]))
                return None
        if value.second or value.microsecond:
            self._fault(name, "in whole minutes", str(value))
            return None
        return value.hour * 60 + value.minute

    def _agents(self) -> int | None:
        value = self.row["agents"]
        number = pd.to_numeric(str(value), errors="coerce")
        if not (number >= 0 and number % 1 == 0 and number <= MOST_AGENTS):
            text = "" if _is_empty(value) else str(value)
            self._fault("agents", f"a whole number between 0 and {MOST_AGENTS:,}", text)
            return None
        return int(number)

    def _breaks(self, day: date, start: int, begin: pd.Timestamp, end: pd.Timestamp) -> Breaks:
        """The breaks within the shift, in order; a time before the start is of the next day."""
        text = "" if _is_empty(self.row["breaks"]) else str(self.row["breaks"])
        zone = self.scenario.period.timezone
        breaks = []
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            match = _BREAK.fullmatch(part)
            minutes = [int(value) for value in match.groups()] if match else []
            if not minutes or max(minutes[::2]) > 24 or max(minutes[1::2]) > 59:
                self._fault("breaks", 'written like "12:00–12:30, 15:00–15:15", or empty', text)
                return ()
            first, last = (60 * hour + minute for hour, minute in (minutes[:2], minutes[2:]))
            first += 0 if first >= start else _DAY_MINUTES
            last += 0 if last > first else _DAY_MINUTES
            breaks.append((local_instant(day, first, zone), local_instant(day, last, zone)))
        breaks.sort()
        inside = all(begin <= one < other <= end for one, other in breaks)
        apart = all(former[1] <= later[0] for former, later in pairwise(breaks))
        if not (inside and apart):
            self._fault("breaks", f"within {begin:%H:%M} to {end:%H:%M}, one after the other", text)
        return tuple(breaks)

    def _fault(self, field: str, rule: str, value: str = "") -> None:
        self.good = False
        self.faults.append(Fault(TABLE, self.where, field, value, rule))


def _unpaid(group: Group, kind: str, breaks: Breaks) -> float:
    """Hours of breaks that are not paid: those that the kind declares so, and any others."""
    declared = group.shifts[kind].breaks if kind in group.shifts else ()
    left = [pause.minutes for pause in declared if pause.paid]
    unpaid = 0.0
    for begin, end in breaks:
        minutes = (end - begin).total_seconds() / 60
        if minutes in left:
            left.remove(int(minutes))
        else:
            unpaid += minutes / 60
    return unpaid


def _is_empty(value: Any) -> bool:
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NaT:
        return True
    return str(value).strip() in {"", "NaT", "nan", "None", "<NA>"}
