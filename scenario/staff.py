"""Who is there: agents per interval and group, and shifts; into the floor, out of staffing."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.cells import local_times, numbers_of
from scenario.errors import Fault, InvalidInputError, InvalidValueError
from scenario.tables import read_table

MOST_AGENTS = 100_000  # on the floor at once
KEPT_BYTES = 2_000_000  # a year of half-hours of two groups; larger files are read every time


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
    shifts
        Who works when, where that is known: what the floor reads of groups whose agents leave
        by name (`exit = "named"`); of others it reads the numbers.

    Raises
    ------
    InvalidValueError
        When the shape does not fit, a number is negative or more than a machine can hold, or a
        shift is of an unknown group.
    """

    horizon: Horizon
    groups: tuple[str, ...]
    agents: NDArray[np.int64]
    shifts: tuple[Shift, ...] = ()

    def __post_init__(self) -> None:
        shape = (self.horizon.count, len(self.groups))
        if self.agents.shape != shape:
            raise InvalidValueError("staff agents", f"of shape {shape}", self.agents.shape)
        if np.any(self.agents < 0):
            raise InvalidValueError("staff agents", "at least 0", int(self.agents.min()))
        if np.any(self.agents > MOST_AGENTS):
            rule = f"at most {MOST_AGENTS:,} a group"
            raise InvalidValueError("staff agents", rule, int(self.agents.max()))
        for shift in self.shifts:
            if shift.group not in self.groups:
                raise InvalidValueError("shift group", f"one of {list(self.groups)}", shift.group)

    @property
    def hours(self) -> NDArray[np.float64]:
        """Agent hours on the floor by group, shape (G,)."""
        total: NDArray[np.float64] = self.agents.sum(axis=0) * (self.horizon.interval_minutes / 60)
        return total

    def with_agents(self, agents: NDArray[np.int64]) -> Staff:
        """The same intervals and groups with other numbers; who works when is not known then."""
        return replace(self, agents=agents, shifts=())

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
        (start, end) instants of the breaks, in order of their starts, within the shift.
    agents
        Agents working it on the floor.
    paid_hours
        Paid hours of one agent, unpaid breaks taken out.

    Raises
    ------
    InvalidValueError
        When the shift does not end after its start, a break lies outside it or out of order,
        or the number of agents is negative.
    """

    group: str
    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    breaks: tuple[tuple[pd.Timestamp, pd.Timestamp], ...]
    agents: int
    paid_hours: float

    def __post_init__(self) -> None:
        if not self.end > self.start:
            raise InvalidValueError("shift end", f"after its start, {self.start}", str(self.end))
        if not self.agents >= 0:
            raise InvalidValueError("shift agents", "at least 0", self.agents)
        earliest = self.start
        for begin, end in self.breaks:
            if not earliest <= begin < end <= self.end:
                rule = f"in order and within {self.start} to {self.end}"
                raise InvalidValueError("shift breaks", rule, f"{begin} to {end}")
            earliest = begin

    @property
    def floor_hours(self) -> float:
        """Hours of one agent on shift and not on a break."""
        away = sum(((end - begin).total_seconds() for begin, end in self.breaks), 0.0)
        return ((self.end - self.start).total_seconds() - away) / 3600

    @property
    def has_paid_breaks(self) -> bool:
        """Whether some break is paid, so that shrinkage need not speak of breaks."""
        return bool(self.breaks) and self.paid_hours > self.floor_hours + 1e-6

    def share_within(self, begin: pd.Timestamp, end: pd.Timestamp) -> float:
        """Share of the shift that lies between two instants, in 0-1."""
        inside = min(self.end, end) - max(self.start, begin)
        return max(0.0, inside / (self.end - self.start))


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
            present &= ~touched_intervals(begin, end, horizon)
        agents[present, column] += shift.agents
    return agents


def _whole_intervals(begin: pd.Timestamp, end: pd.Timestamp, horizon: Horizon) -> NDArray[np.bool_]:
    starts = np.arange(horizon.count, dtype=np.int64) * horizon.interval_us
    whole: NDArray[np.bool_] = (starts >= horizon.offset_us(begin)) & (
        starts + horizon.interval_us <= horizon.offset_us(end)
    )
    return whole


def touched_intervals(
    begin: pd.Timestamp, end: pd.Timestamp, horizon: Horizon
) -> NDArray[np.bool_]:
    """Intervals of which some part lies between two instants, shape (I,)."""
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
        start, end, agents[, break_start, break_end]`, which keeps the shifts; see
        `scenario.shift_file`. Local times are in the horizon's time zone; intervals that the
        file does not name have nobody. The file's intervals may be longer than the horizon's
        by a whole multiple.
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
    from scenario.shift_file import from_shift_rows

    file = name or (Path(source).name if isinstance(source, (str, Path)) else "staffing")
    table = read_table(source, file)
    known = tuple(groups)
    if {"interval_start", "group", "agents"} <= set(table.columns):
        return _from_intervals(table, horizon, known, file)
    if {"group", "start", "end", "agents"} <= set(table.columns):
        return from_shift_rows(table, horizon, known, file)
    rule = "interval_start, group, agents or group, start, end, agents"
    raise InvalidInputError([Fault(file, "header", "", ", ".join(table.columns), rule)])


def staffing_in(path: Path, horizon: Horizon, groups: tuple[str, ...]) -> Staff:
    """
    The current staffing of a file; what stands in it is worked out once, until it changes.

    A lever that leaves the staffing alone must not wait for it to be read again.

    Parameters
    ----------
    path, horizon, groups
        As in `read_staffing`.

    Raises
    ------
    InvalidInputError
        As `read_staffing` does.
    """
    try:
        small = path.stat().st_size < KEPT_BYTES
        content = path.read_bytes() if small else b""
    except OSError:  # told as a fault where the file is read
        content = b""
    if not content:
        return read_staffing(path, horizon, groups)
    return _staffing_of(content, horizon, groups, path.name)


@lru_cache(maxsize=16)
def _staffing_of(content: bytes, horizon: Horizon, groups: tuple[str, ...], name: str) -> Staff:
    return read_staffing(io.BytesIO(content), horizon, groups, name=name)


def _from_intervals(
    table: pd.DataFrame, horizon: Horizon, groups: tuple[str, ...], file: str
) -> Staff:
    faults: list[Fault] = []
    starts = local_times(table["interval_start"], "interval_start", horizon.timezone, file, faults)
    agents = numbers_of(table["agents"], "agents", file, faults, least=0, whole=True)
    check_groups(table["group"], groups, file, faults)
    repeated = table.assign(interval_start=starts).duplicated(["interval_start", "group"])
    for row in np.flatnonzero(repeated & starts.notna()):
        value = str(table["interval_start"].iloc[row])
        faults.append(Fault(file, f"row {row + 2}", "interval_start", value, "named once a group"))
    if faults:
        raise InvalidInputError(faults)
    if not ((starts >= horizon.start) & (starts < horizon.end)).any():
        rule = f"rows between {horizon.start} and {horizon.end}, the time that is planned"
        raise InvalidInputError([Fault(file, "", "interval_start", "", f"told in {rule}")])

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
            grid[interval, groups.index(group)] = int(number)
    return Staff(horizon, groups, grid)


def check_groups(
    column: pd.Series, groups: tuple[str, ...], file: str, faults: list[Fault]
) -> None:
    """Add a fault for every cell that names no known group."""
    for row, group in enumerate(column.astype(str)):
        if group not in groups:
            rule = f"one of {list(groups)}"
            faults.append(Fault(file, f"row {row + 2}", "group", group, rule))
