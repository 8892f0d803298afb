"""Scenario: everything that is assumed about one planned time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pydantic import PrivateAttr, field_validator, model_validator

from scenario.attainable import require_attainable
from scenario.calendar import DurationText, Horizon, parse_duration
from scenario.called_in import CalledIn, with_called_in
from scenario.channels import Channel
from scenario.checks import broken_rules
from scenario.errors import InvalidInputError, InvalidValueError
from scenario.groups import Group
from scenario.keys import BrokenRulesError, Declared, key
from scenario.staff import Staff, staffing_in
from scenario.volume import DemandKeys


class HorizonKeys(Declared):
    """The planned time."""

    start: date | datetime = key("First local day, or local time, of the horizon.")
    length: DurationText = key("Length, a whole number of intervals.", "7d")
    interval_minutes: Literal[15, 30, 60] = key("Length of an interval.", 30, unit="minutes")
    warm_up: DurationText = key("Leading time simulated and not measured.", "0h")
    cool_down: DurationText = key("Trailing time simulated, whose contacts are not measured.", "0h")


class Burst(Declared):
    """Contacts beyond the forecast: a viral post, an outage, a campaign."""

    channel: str = key("Channel that it meets.")
    start: datetime = key("Local start.")
    factors: tuple[float, ...] = key(
        "Volume multiplies by these, one factor for every step_minutes from the start.",
        (),
        unit="ratio",
    )
    step_minutes: int = key("Time that each factor holds.", 60, gt=0, unit="minutes")
    peak: float | None = key(
        "Volume multiplies by this at the start and falls back by halves.", None, ge=1, unit="ratio"
    )
    half_life_h: float | None = key("Half-life of the peak.", None, gt=0, unit="hours")

    @model_validator(mode="after")
    def _one_shape(self) -> Burst:
        if bool(self.factors) == (self.peak is not None):
            raise ValueError("exactly one of factors and peak must be given")
        if (self.peak is None) != (self.half_life_h is None):
            raise ValueError("peak and half_life_h belong together")
        if any(not factor >= 0 for factor in self.factors):
            raise ValueError("factors must be at least 0")
        return self


class Routing(Declared):
    """How contacts and agents meet."""

    choice: Literal["load_first", "preference_first", "random"] = key(
        "Which eligible agent takes a contact: by contacts in hand, by group preference, or any.",
        "load_first",
    )
    load: Literal["spread", "pack"] = key(
        "With load_first: the agent with the fewest contacts in hand, or with the most.", "spread"
    )
    blend: Literal["blended", "separate"] = key(
        "separate splits every group's agents by workload into one team a channel; teams are set"
        " interval by interval, whatever `exit` says.",
        "blended",
    )


class CalendarKeys(Declared):
    """Public holidays and closed days."""

    country: str | None = key("Country whose public holidays count, e.g. GB.", None)
    region: str | None = key("Region within the country, e.g. ENG.", None)
    closed: tuple[date, ...] = key("Days on which nothing is open.", ())


class Scenario(Declared):
    """Everything that is assumed: horizon, demand, channels, groups, rules, targets, seed."""

    name: str = key("Name shown to people.", "Scenario")
    description: str = key("What the scenario is about.", "")
    timezone: str = key("IANA time zone of every local time.", "UTC")
    currency: str = key("Currency of every cost.", "GBP")
    seed: int = key("Seed of every random number.", 1, ge=0, lt=2**63)
    replications: int = key("Simulated runs.", 20, ge=1, le=1_000_000)
    grain_us: int = key("Durations are rounded to this.", 1, ge=1, unit="microseconds")
    full_time_hours: float = key("Contracted hours of a full-time week.", 37.5, gt=0, unit="hours")
    horizon: HorizonKeys = key("The planned time.")
    calendar: CalendarKeys = key("Holidays and closed days.", default_factory=CalendarKeys)
    demand: DemandKeys = key("Expected contacts.")
    bursts: dict[str, Burst] = key("Contacts beyond the forecast.", default_factory=dict)
    called_in: tuple[CalledIn, ...] = key(
        "People who come beside the current staffing, on the day itself; a plan leaves them out.",
        (),
    )
    channels: dict[str, Channel] = key("Channels by name.")
    groups: dict[str, Group] = key("Agent groups by name.")
    routing: Routing = key("How contacts and agents meet.", default_factory=Routing)
    staffing: str | None = key(
        "File with the current staffing, relative to the scenario; the baseline of every plan.",
        None,
    )

    _folder: Path = PrivateAttr(default_factory=Path)

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("must be an IANA name such as Europe/London") from None
        return value

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Scenario:
        if broken := broken_rules(self):
            raise BrokenRulesError(broken)
        return self

    @property
    def interval_count(self) -> int:
        """Intervals of the horizon; "7d" is seven local days, be they of 23, 24 or 25 hours."""
        return self.period.count

    @property
    def measured_count(self) -> int:
        """Intervals that are measured: without warm-up and cool-down."""
        return self.period.count - sum(self.edge_counts)

    @property
    def edge_counts(self) -> tuple[int, int]:
        """Intervals of warm-up and of cool-down."""
        interval = self.horizon.interval_minutes * 60
        warm, cool = (
            int(parse_duration(text).total_seconds() // interval)
            for text in (self.horizon.warm_up, self.horizon.cool_down)
        )
        return warm, cool

    @cached_property
    def period(self) -> Horizon:
        """The horizon's intervals."""
        start = self.local(self.horizon.start)
        length = parse_duration(self.horizon.length)
        end = start + length
        if length % pd.Timedelta(days=1) == pd.Timedelta(0):
            end = self.local(start.tz_localize(None) + length)
        count = int((end - start).total_seconds() // (self.horizon.interval_minutes * 60))
        return Horizon(start.as_unit("us"), self.horizon.interval_minutes, count)

    def local(self, moment: date | datetime) -> pd.Timestamp:
        """
        A moment in the scenario's time zone; one without a zone is local time.

        A skipped local hour moves on to the next that exists, a repeated one is its first.
        """
        stamp = pd.Timestamp(moment)
        if stamp.tzinfo is None:
            return stamp.tz_localize(self.timezone, ambiguous=True, nonexistent="shift_forward")
        return stamp.tz_convert(self.timezone)

    @property
    def closed_dates(self) -> frozenset[date]:
        """Days on which nothing is open."""
        return frozenset(self.calendar.closed)

    def path_of(self, file: str) -> Path:
        """A file named in the scenario, relative to the scenario's own folder."""
        return self._folder / file

    @classmethod
    def load(cls, path: str | Path, changes: Mapping[str, Any] | None = None) -> Scenario:
        """
        Read a scenario file.

        Parameters
        ----------
        path
            TOML file.
        changes
            Values to put in place of the file's, by dotted key, e.g.
            {"channels.chat.patience.mean_s": 180}.

        Raises
        ------
        InvalidInputError
            With every fault: file, line, key, value and rule; an unknown key is told with
            the nearest known one.
        """
        from scenario.toml import load

        return load(Path(path), changes or {})

    @classmethod
    def parse(cls, text: str, folder: str | Path = ".", name: str = "scenario.toml") -> Scenario:
        """Read a scenario from TOML text; files in it are relative to `folder`."""
        from scenario.toml import parse

        return parse(text, Path(folder), name, {})

    def with_changes(self, changes: Mapping[str, Any]) -> Scenario:
        """
        The same scenario with other values, by dotted key; checked again.

        Raises
        ------
        InvalidInputError
            When a key is unknown or a value breaks its rule.
        """
        from scenario.toml import validated, with_changes

        document = with_changes(self.model_dump(exclude_unset=True), changes, self.name)
        return validated(document, self._folder, self.name, None)

    def to_toml(self) -> str:
        """The scenario as a TOML document; reading it gives an equal scenario."""
        from scenario.toml import dump

        return dump(self)

    def save(self, path: str | Path) -> None:
        """Write the scenario as a TOML file; files that it names are relative to its place."""
        Path(path).write_text(self.to_toml(), encoding="utf-8")

    def staff(self) -> Staff:
        """
        The current staffing on the floor, each group's `agents_change` and whoever is called in.

        Groups whose agents leave by name keep their shifts; of the others the numbers lead, so
        that a change of theirs holds.

        Raises
        ------
        InvalidInputError
            When the staffing file has faults.
        InvalidValueError
            When a group has neither `agents` nor a staffing file, one whose agents leave by
            name has no shifts in it, or one keeps more free than there ever is.
        """
        period = self.period
        names = tuple(self.groups)
        filed = None
        if self.staffing is not None:
            filed = staffing_in(self.path_of(self.staffing), period, names)
        agents = np.zeros((period.count, len(names)), dtype=np.int64)
        for column, (name, group) in enumerate(self.groups.items()):
            if group.agents is not None:
                agents[:, column] = group.agents
            elif filed is not None:
                agents[:, column] = filed.agents[:, column]
            else:
                rule = "given, or a staffing file named"
                raise InvalidValueError(f"groups.{name}.agents", rule, None)
            working = agents[:, column] > 0
            agents[working, column] = np.maximum(agents[working, column] + group.agents_change, 0)
        shifts = () if filed is None else filed.shifts
        named = {name for name, group in self.groups.items() if group.exit == "named"}
        for name in named - {shift.group for shift in shifts}:
            rule = "first_free, or the staffing file one of shifts (group, start, end, agents)"
            raise InvalidValueError(f"groups.{name}.exit", rule, "named")
        staff = Staff(period, names, agents, tuple(s for s in shifts if s.group in named))
        staff = with_called_in(self, staff, self.called_in)
        require_attainable(self, staff)
        return staff


__all__ = ["InvalidInputError", "Scenario"]
