"""What the planner knows of: campaigns, launches, outages, past and to come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from forecast.days import BoolArray, FloatArray
from scenario.errors import Fault, InvalidInputError, InvalidValueError
from scenario.tables import as_texts, read_table

REQUIRED = ("name", "start", "end")
OPTIONAL = ("channel", "factor", "half_life_h", "known")
_YES = frozenset({"", "yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class Event:
    """
    One event and what it does to the volume.

    Parameters
    ----------
    name
        Events of one name are of one sort: a past one tells what the next will do.
    channels
        Channels that it meets; empty means all.
    start, end
        Half-open stretch [start, end), time-zone aware.
    factor
        Volume multiplies by this, at the start where a half-life is given; None is not known.
    half_life_h
        Hours in which the effect falls back by half; None: it holds until the end.
    known
        Whether it was known beforehand, so that a forecast made before it may use it.

    Raises
    ------
    InvalidValueError
        When the end does not lie after the start or a number is out of range.
    """

    name: str
    channels: tuple[str, ...]
    start: pd.Timestamp
    end: pd.Timestamp
    factor: float | None = None
    half_life_h: float | None = None
    known: bool = True

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InvalidValueError("event start and end", "times with a time zone", self.name)
        if not self.start < self.end:
            raise InvalidValueError("event end", "after its start", str(self.end))
        if self.factor is not None and not 0 <= self.factor < 1000:
            raise InvalidValueError("event factor", "at least 0 and below 1000", self.factor)
        if self.half_life_h is not None and not self.half_life_h > 0:
            raise InvalidValueError("event half_life_h", "positive", self.half_life_h)

    def meets(self, channel: str) -> bool:
        """Whether the event changes this channel's volume."""
        return not self.channels or channel in self.channels

    def shape(self, starts: pd.DatetimeIndex) -> FloatArray:
        """Part of the full effect at each interval start, 0 outside the event, shape (T,)."""
        inside = np.asarray((starts >= self.start) & (starts < self.end))
        if self.half_life_h is None:
            return inside.astype(float)
        hours = np.asarray((starts - self.start) / pd.Timedelta(hours=1), dtype=float)
        return np.where(inside, 0.5 ** (np.maximum(hours, 0.0) / self.half_life_h), 0.0)


@dataclass(frozen=True)
class Events:
    """
    Events, past and to come.

    Parameters
    ----------
    events
        In any order.
    """

    events: tuple[Event, ...] = field(default_factory=tuple)

    def foreseen(self, origin: pd.Timestamp) -> Events:
        """What was known of at an instant: what had begun, and what was announced."""
        return Events(tuple(event for event in self.events if event.known or event.start < origin))

    def told_until(self, origin: pd.Timestamp) -> Events:
        """The same with surprises still running cut off at the instant."""
        return Events(
            tuple(
                event if event.known or event.end <= origin else replace(event, end=origin)
                for event in self.foreseen(origin).events
            )
        )

    def factors(self, channel: str, starts: pd.DatetimeIndex) -> FloatArray:
        """
        What the events with a factor do together, by interval; 1 where nothing happens.

        Returns
        -------
        ndarray
            Shape (T,); factors of events that meet are multiplied.
        """
        told = np.ones(len(starts))
        for event in self.events:
            if event.meets(channel) and event.factor is not None:
                told *= 1 + (event.factor - 1) * event.shape(starts)
        return told

    def unexplained(self, channel: str, starts: pd.DatetimeIndex) -> FloatArray:
        """Largest part of the effect of an event without a factor, by interval, shape (T,)."""
        most = np.zeros(len(starts))
        for event in self.events:
            if event.meets(channel) and event.factor is None:
                most = np.maximum(most, event.shape(starts))
        return most

    def ordinary(self, channel: str, starts: pd.DatetimeIndex) -> BoolArray:
        """Intervals that the planner says were usual, by an event with factor 1, shape (T,)."""
        told = np.zeros(len(starts), dtype=np.bool_)
        for event in self.events:
            if event.meets(channel) and event.factor == 1:
                told |= event.shape(starts) > 0
        return told

    def with_factors(self, channel: str, factors: dict[str, float]) -> Events:
        """Events of one channel with factors by name put where none was given."""
        return Events(
            tuple(
                replace(event, factor=factors[event.name.lower()])
                if event.factor is None and event.name.lower() in factors
                else event
                for event in self.events
                if event.meets(channel)
            )
        )


def read_events(
    source: str | Path | IO[bytes], *, timezone: str, name: str | None = None
) -> Events:
    """
    Read a table of events.

    Parameters
    ----------
    source
        CSV, XLSX or Parquet with the columns `name`, `start`, `end`, and where wanted
        `channel` (one, several separated by ";", empty for all), `factor`, `half_life_h`
        (hours) and `known` (beforehand: yes or no).
    timezone
        IANA name of the time zone of local times.
    name
        File name, where the source is an open file.

    Raises
    ------
    InvalidInputError
        With every fault: file, row, column, value and rule.
    """
    table = read_table(source, name)
    file = name or (Path(source).name if isinstance(source, (str, Path)) else "upload")
    missing = [column for column in REQUIRED if column not in table.columns]
    if missing:
        raise InvalidInputError(Fault(file, "header", name, "", "present") for name in missing)
    faults: list[Fault] = []
    events: list[Event] = []
    for number, row in enumerate(as_texts(table).to_dict("records"), start=2):
        cells = {str(key): value for key, value in row.items()}
        if not any(cells.values()):
            continue
        event = _event(cells, f"row {number}", file, timezone, faults)
        if event is not None:
            events.append(event)
    if faults:
        raise InvalidInputError(faults)
    return Events(tuple(events))


def _event(
    cells: dict[str, str], where: str, file: str, timezone: str, faults: list[Fault]
) -> Event | None:
    before = len(faults)

    def fault(column: str, rule: str) -> None:
        faults.append(Fault(file, where, column, cells.get(column, ""), rule))

    times: dict[str, pd.Timestamp] = {}
    for column in ("start", "end"):
        instant = _instant(cells[column], timezone)
        if instant is None:
            fault(column, "a time such as 2026-02-03 09:00, a local one or with its offset")
        else:
            times[column] = instant
    numbers: dict[str, float | None] = {}
    for column, rule in (
        ("factor", "a number of at least 0 and below 1000, or empty"),
        ("half_life_h", "a positive number of hours, or empty"),
    ):
        text = cells.get(column, "")
        try:
            numbers[column] = float(text) if text else None
        except ValueError:
            numbers[column] = float("nan")
        value = numbers[column]
        if value is not None and not (0 <= value < 1e3 if column == "factor" else 0 < value < 1e6):
            fault(column, rule)
    if not cells["name"]:
        fault("name", "a name")
    if cells.get("known", "").lower() not in _YES | _NO:
        fault("known", "yes or no")
    if len(times) == 2 and not times["start"] < times["end"]:
        fault("end", "after the start")
    if len(faults) > before:
        return None
    channels = tuple(part.strip() for part in cells.get("channel", "").split(";") if part.strip())
    return Event(
        cells["name"],
        channels,
        times["start"],
        times["end"],
        numbers["factor"],
        numbers["half_life_h"],
        cells.get("known", "").lower() in _YES,
    )


def _instant(text: str, timezone: str) -> pd.Timestamp | None:
    try:
        told = pd.Timestamp(text)
    except ValueError:
        return None
    if pd.isna(told):
        return None
    if told.tzinfo is None:
        told = told.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return told.tz_convert(timezone).as_unit("us")
