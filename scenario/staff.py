"""Who is there: agents per interval and group, and shifts; into the floor, out of staffing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.errors import Fault, InvalidInputError, InvalidValueError
from scenario.tables import read_table


@dataclass(frozen=True)
class Staff:
    """
    Agents on the floor, after shrinkage.

    Parameters
    ----------
    horizon
        The I intervals.
    groups
        G group names.
    agents
        Whole agents present, shape (I, G), at least 0.

    Raises
    ------
    InvalidValueError
        When the shape does not fit or a number is negative.
    """

    horizon: Horizon
    groups: tuple[str, ...]
    agents: NDArray[np.int64]

    def __post_init__(self) -> None:
        shape = (self.horizon.count, len(self.groups))
        if self.agents.shape != shape:
            raise InvalidValueError("staff agents", f"of shape {shape}", self.agents.shape)
        if np.any(self.agents < 0):
            raise InvalidValueError("staff agents", "at least 0", int(self.agents.min()))

    @property
    def hours(self) -> NDArray[np.float64]:
        """Agent hours on the floor by group, shape (G,)."""
        total: NDArray[np.float64] = self.agents.sum(axis=0) * (self.horizon.interval_minutes / 60)
        return total

    def with_agents(self, agents: NDArray[np.int64]) -> Staff:
        """The same intervals and groups with other numbers."""
        return replace(self, agents=agents)

    def frame(self) -> pd.DataFrame:
        """Long table `interval_start`, `group`, `agents`, sorted by time."""
        return pd.DataFrame(
            {
                "interval_start": self.horizon.starts.repeat(len(self.groups)),
                "group": list(self.groups) * self.horizon.count,
                "agents": self.agents.ravel(),
            }
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """
    Some agents of one group working the same hours.

    Parameters
    ----------
    group
        Group name.
    kind
        Name of the shift kind.
    start, end
        Time-zone-aware instants; the end comes after the start.
    breaks
        (start, end) instants of the breaks, in order.
    agents
        Agents working it on the floor.
    paid_hours
        Paid hours of one agent, unpaid breaks taken out.
    """

    group: str
    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    breaks: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]
    agents: int
    paid_hours: float


def agents_from_shifts(
    shifts: Iterable[Shift], horizon: Horizon, groups: tuple[str, ...]
) -> NDArray[np.int64]:
    """
    Agents on the floor per interval, shape (I, G): on shift and not on break.

    An agent counts in an interval when present for the whole of it.
    """
    agents = np.zeros((horizon.count, len(groups)), dtype=np.int64)
    for shift in shifts:
        column = groups.index(shift.group)
        present = _whole_intervals(shift.start, shift.end, horizon)
        for begin, end in shift.breaks:
            present &= ~_touched_intervals(begin, end, horizon)
        agents[present, column] += shift.agents
    return agents


def _whole_intervals(begin: pd.Timestamp, end: pd.Timestamp, horizon: Horizon) -> NDArray[np.bool_]:
    starts = np.arange(horizon.count, dtype=np.int64) * horizon.interval_us
    whole: NDArray[np.bool_] = (starts >= horizon.offset_us(begin)) & (
        starts + horizon.interval_us <= horizon.offset_us(end)
    )
    return whole


def _touched_intervals(
    begin: pd.Timestamp, end: pd.Timestamp, horizon: Horizon
) -> NDArray[np.bool_]:
    starts = np.arange(horizon.count, dtype=np.int64) * horizon.interval_us
    touched: NDArray[np.bool_] = (starts < horizon.offset_us(end)) & (
        starts + horizon.interval_us > horizon.offset_us(begin)
    )
    return touched


def read_staffing(
    source: str | Path | IO[bytes],
    horizon: Horizon,
    groups: Iterable[str],
    *,
    name: str | None = None,
) -> Staff:
    """
    Read the current staffing: per interval, or as shifts.

    Parameters
    ----------
    source
        Table with `interval_start, group, agents` (agents on the floor), or with `group,
        start, end, agents[, break_start, break_end]`. Local times are in the horizon's time
        zone; intervals that the file does not name have nobody. The file's intervals may be
        longer than the horizon's by a whole multiple.
    horizon
        Intervals wanted; rows outside it are left out.
    groups
        Known groups; a row of another is a fault.
    name
        File name in faults.

    Raises
    ------
    InvalidInputError
        With every fault found: missing columns, unknown groups, numbers or times that
        cannot be read, negative or fractional agents, repeated rows.
    """
    file = name or (Path(source).name if isinstance(source, (str, Path)) else "staffing")
    table = read_table(source, file)
    known = tuple(groups)
    if {"interval_start", "group", "agents"} <= set(table.columns):
        return _from_intervals(table, horizon, known, file)
    if {"group", "start", "end", "agents"} <= set(table.columns):
        return _from_shift_rows(table, horizon, known, file)
    rule = "interval_start, group, agents or group, start, end, agents"
    raise InvalidInputError([Fault(file, "header", "", ", ".join(table.columns), rule)])


def _from_intervals(
    table: pd.DataFrame, horizon: Horizon, groups: tuple[str, ...], file: str
) -> Staff:
    faults: list[Fault] = []
    starts = _local_times(table["interval_start"], "interval_start", horizon, file, faults)
    agents = _whole_numbers(table["agents"], file, faults)
    _check_groups(table["group"], groups, file, faults)
    repeated = table.assign(interval_start=starts).duplicated(["interval_start", "group"])
    for row in np.flatnonzero(repeated & starts.notna()):
        value = str(table["interval_start"].iloc[row])
        faults.append(Fault(file, f"row {row + 2}", "interval_start", value, "named once a group"))
    if faults:
        raise InvalidInputError(faults)

    distinct = pd.DatetimeIndex(sorted(starts.unique()))
    steps = (distinct[1:] - distinct[:-1]).total_seconds() // 60
    minutes = int(min(steps, default=horizon.interval_minutes))
    if minutes % horizon.interval_minutes:
        rule = f"a whole multiple of the {horizon.interval_minutes} minutes of the horizon"
        raise InvalidInputError([Fault(file, "", "interval_start", f"{minutes} minutes", rule)])
    repeats = minutes // horizon.interval_minutes

    grid = np.zeros((horizon.count, len(groups)), dtype=np.int64)
    for start, group, number in zip(starts, table["group"].astype(str), agents, strict=True):
        first = horizon.offset_us(start) // horizon.interval_us
        for interval in range(max(0, first), min(horizon.count, first + repeats)):
            grid[interval, groups.index(group)] = number
    return Staff(horizon, groups, grid)


def _from_shift_rows(
    table: pd.DataFrame, horizon: Horizon, groups: tuple[str, ...], file: str
) -> Staff:
    faults: list[Fault] = []
    instants: Mapping[str, pd.Series] = {
        name: _local_times(table[name], name, horizon, file, faults, optional="break" in name)
        for name in ("start", "end", "break_start", "break_end")
        if name in table.columns
    }
    agents = _whole_numbers(table["agents"], file, faults)
    _check_groups(table["group"], groups, file, faults)
    for row, (begin, end) in enumerate(zip(instants["start"], instants["end"], strict=True)):
        if pd.notna(begin) and pd.notna(end) and not end > begin:
            faults.append(
                Fault(file, f"row {row + 2}", "end", str(table["end"].iloc[row]), "after start")
            )
    if faults:
        raise InvalidInputError(faults)

    shifts = []
    for row, number in enumerate(agents):
        begin, end = instants["start"].iloc[row], instants["end"].iloc[row]
        pause: tuple[tuple[pd.Timestamp, pd.Timestamp], ...] = ()
        if "break_start" in instants and "break_end" in instants:
            away = (instants["break_start"].iloc[row], instants["break_end"].iloc[row])
            pause = (away,) if all(pd.notna(moment) for moment in away) else ()
        hours = (end - begin).total_seconds() / 3600
        group = str(table["group"].iloc[row])
        shifts.append(Shift(group, "existing", begin, end, pause, int(number), hours))
    return Staff(horizon, groups, agents_from_shifts(shifts, horizon, groups))


def _local_times(
    column: pd.Series,
    field: str,
    horizon: Horizon,
    file: str,
    faults: list[Fault],
    *,
    optional: bool = False,
) -> pd.Series:
    """Instants in the horizon's time zone; NaT with a fault where a cell cannot be read."""
    found: list[Any] = []
    for row, cell in enumerate(column):
        instant: Any = pd.NaT
        if not (optional and str(cell).strip() in {"", "NaT", "None"}):
            try:
                stamp = pd.Timestamp(cell)
                if stamp.tzinfo is None:
                    instant = stamp.tz_localize(horizon.timezone, ambiguous=True)
                else:
                    instant = stamp.tz_convert(horizon.timezone)
            except (ValueError, TypeError):
                rule = "a date and time that exists"
                faults.append(Fault(file, f"row {row + 2}", field, str(cell), rule))
        found.append(instant)
    return pd.Series(found, dtype=f"datetime64[us, {horizon.timezone}]")


def _whole_numbers(column: pd.Series, file: str, faults: list[Fault]) -> NDArray[np.int64]:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(float)
    for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0))):
        value, rule = str(column.iloc[row]), "a whole number of at least 0"
        faults.append(Fault(file, f"row {row + 2}", "agents", value, rule))
    whole: NDArray[np.int64] = np.nan_to_num(numbers, posinf=0, neginf=0).astype(np.int64)
    return whole


def _check_groups(
    column: pd.Series, groups: tuple[str, ...], file: str, faults: list[Fault]
) -> None:
    for row, group in enumerate(column.astype(str)):
        if group not in groups:
            rule = f"one of {list(groups)}"
            faults.append(Fault(file, f"row {row + 2}", "group", group, rule))
