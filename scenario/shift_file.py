"""Shifts in a table, a row for agents who work the same hours: read, checked, written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.cells import local_times, numbers_of
from scenario.errors import Fault, InvalidInputError
from scenario.staff import Shift, Staff, agents_from_shifts, check_groups

Breaks = tuple[tuple[pd.Timestamp, pd.Timestamp], ...]

COLUMNS = ("group", "start", "end", "agents")
_BREAK = re.compile(r"break_(start|end)(_\d+)?$")


def from_shift_rows(
    table: pd.DataFrame, horizon: Horizon, groups: tuple[str, ...], file: str
) -> Staff:
    """
    Staff of a table of shifts.

    Parameters
    ----------
    table
        `group`, `start`, `end`, `agents`; of the breaks `break_start`, `break_end`, further ones
        `break_start_2`, `break_end_2` and so on, cells empty for none; `kind` (its name, else
        "existing") and `paid_hours` (of one agent; left out: all breaks are unpaid).
    horizon
        Intervals wanted; shifts that touch none are kept and count nowhere.
    groups
        Known groups.
    file
        Name in faults.

    Raises
    ------
    InvalidInputError
        With every fault found.
    """
    faults: list[Fault] = []
    instants: Mapping[str, pd.Series] = {
        name: local_times(
            table[name], name, horizon.timezone, file, faults, optional="break" in name
        )
        for name in table.columns
        if name in {"start", "end"} or _BREAK.match(name)
    }
    agents = numbers_of(table["agents"], "agents", file, faults, least=0, whole=True)
    check_groups(table["group"], groups, file, faults)
    paid_hours = _paid_hours(table, file, faults)
    for row, (begin, end) in enumerate(zip(instants["start"], instants["end"], strict=True)):
        if pd.notna(begin) and pd.notna(end) and not end > begin:
            faults.append(
                Fault(file, f"row {row + 2}", "end", str(table["end"].iloc[row]), "after start")
            )
    breaks = _breaks(instants, file, faults)
    if faults:
        raise InvalidInputError(faults)
    if not ((instants["end"] > horizon.start) & (instants["start"] < horizon.end)).any():
        rule = f"shifts between {horizon.start} and {horizon.end}, the time that is planned"
        raise InvalidInputError([Fault(file, "", "start", "", f"told in {rule}")])

    names = table["group"].astype(str)
    kinds = table["kind"].astype(str) if "kind" in table else pd.Series(["existing"] * len(table))
    shifts = []
    for row, number in enumerate(agents):
        begin, end = instants["start"].iloc[row], instants["end"].iloc[row]
        away = sum((stop - pause for pause, stop in breaks[row]), pd.Timedelta(0))
        paid = paid_hours[row]
        if np.isnan(paid):
            paid = (end - begin - away).total_seconds() / 3600
        shifts.append(
            Shift(
                names.iloc[row], kinds.iloc[row], begin, end, breaks[row], int(number), float(paid)
            )
        )
    return Staff(horizon, groups, agents_from_shifts(shifts, horizon, groups), tuple(shifts))


def shift_rows(shifts: Iterable[Shift]) -> pd.DataFrame:
    """
    A table of shifts that `from_shift_rows` reads back.

    Returns
    -------
    DataFrame
        `group`, `kind`, `start`, `end`, `agents`, `paid_hours` and as many columns of breaks as
        are needed; times as ISO text with their offset, empty where a shift has no such break.
    """
    return pd.DataFrame(
        [
            {
                "group": shift.group,
                "kind": shift.kind,
                "start": shift.start.isoformat(),
                "end": shift.end.isoformat(),
                "agents": shift.agents,
                "paid_hours": shift.paid_hours,
                **dict(_break_cells(shift.breaks)),
            }
            for shift in shifts
        ]
    ).fillna("")


def _break_cells(breaks: Breaks) -> Iterator[tuple[str, str]]:
    for number, (begin, end) in enumerate(breaks, start=1):
        ending = "" if number == 1 else f"_{number}"
        yield f"break_start{ending}", begin.isoformat()
        yield f"break_end{ending}", end.isoformat()


def _paid_hours(table: pd.DataFrame, file: str, faults: list[Fault]) -> NDArray[np.float64]:
    """Paid hours of one agent of each row, NaN where they are not told."""
    if "paid_hours" not in table:
        return np.full(len(table), np.nan)
    return numbers_of(table["paid_hours"], "paid_hours", file, faults, least=0, optional=True)


def _pauses(instants: Mapping[str, pd.Series]) -> list[tuple[pd.Series, pd.Series]]:
    """Starts and ends of the first breaks, the second ones and so on."""
    nothing = pd.Series(pd.NaT, index=instants["start"].index)
    endings = dict.fromkeys(match[2] or "" for name in instants if (match := _BREAK.match(name)))
    return [
        (instants.get(f"break_start{ending}", nothing), instants.get(f"break_end{ending}", nothing))
        for ending in endings
    ]


def _breaks(instants: Mapping[str, pd.Series], file: str, faults: list[Fault]) -> list[Breaks]:
    """The breaks of each row in order; a fault where one has one end or leaves its shift."""
    breaks: list[list[tuple[pd.Timestamp, pd.Timestamp]]] = [[] for _ in instants["start"]]
    for away in _pauses(instants):
        rows = zip(instants["start"], *away, instants["end"], strict=True)
        for row, (start, begin, finish, end) in enumerate(rows):
            if pd.isna(begin) and pd.isna(finish):
                continue
            breaks[row].append((begin, finish))
            if not start <= begin < finish <= end:
                rule = "a start and an end within the shift"
                faults.append(Fault(file, f"row {row + 2}", "break", f"{begin} to {finish}", rule))
    return [tuple(sorted(of_row)) for of_row in breaks] if not faults else []
