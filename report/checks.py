"""What is wrong with the files of a planner, and what should be known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from scenario import Demand, Fault, Horizon, InvalidInputError, PlanningError, Scenario
from scenario.assumptions import base_demand, begets, require_common_channel, unmatched
from scenario.cells import local_times
from scenario.fixed import fixed_shifts
from scenario.staff import read_staffing
from scenario.tables import read_table


@dataclass
class FileCheck:
    """
    One file, read as it would be for a forecast or a plan.

    Parameters
    ----------
    file
        Path as the person gave it.
    kind
        "scenario", "history", "staffing", "events" or "edits".
    faults
        Everything that makes it unusable; none when it is valid.
    notes
        What was repaired, assumed or looks odd, in sentences.
    """

    file: str
    kind: str
    faults: Sequence[Fault] = ()
    notes: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The check in JSON's types; each fault with its parts and as a sentence."""
        parts = ("file", "where", "field", "value", "rule")
        faults = [
            {**{part: getattr(fault, part) for part in parts}, "sentence": str(fault)}
            for fault in self.faults
        ]
        return {"file": self.file, "kind": self.kind, "faults": faults, "notes": self.notes}


def check_file(path: Path, timezone: str, reading: Mapping[str, Any] | None = None) -> FileCheck:
    """
    Read a file and tell every fault.

    Parameters
    ----------
    path
        A scenario (`.toml`), or a table whose columns tell whether it is a history, a
        staffing file, an events file or one of edits.
    timezone
        IANA name of the zone of local times in tables; a scenario names its own.
    reading
        Further arguments of `forecast.read_history`.
    """
    check = FileCheck(str(path), "scenario" if path.suffix == ".toml" else "history")
    try:
        if check.kind == "scenario":
            check.notes += _check_scenario(Scenario.load(path))
        else:
            check.kind, notes = _check_table(path, timezone, reading or {})
            check.notes += notes
    except InvalidInputError as error:
        check.faults = error.faults
    except PlanningError as error:
        check.faults = [Fault(path.name, "", "", "", str(error), whole=True)]
    return check


def _check_table(path: Path, timezone: str, reading: Mapping[str, Any]) -> tuple[str, list[str]]:
    from forecast import read_edits, read_events, read_history

    table = read_table(path)
    columns = set(table.columns)
    if {"group", "agents"} <= columns and "channel" not in columns:
        _check_staffing(path, table, timezone)
        return "staffing", []
    if {"name", "start", "end"} <= columns and "interval_start" not in columns:
        read_events(path, timezone=timezone)
        return "events", []
    if {"first_day", "change", "value"} <= columns:
        read_edits(path)
        return "edits", []
    read = read_history(path, timezone=timezone, **reading)
    return "history", [*read.repairs, *read.suspicions]


def _check_staffing(path: Path, table: pd.DataFrame, timezone: str) -> None:
    """Read a staffing file over all the time that it tells of, with the groups that it names."""
    unread: list[Fault] = []
    spans = [column for column in ("interval_start", "start", "end") if column in table.columns]
    found = [local_times(table[name], name, timezone, path.name, unread) for name in spans]
    times = pd.concat(found).dropna() if found else pd.Series(dtype=f"datetime64[us, {timezone}]")
    first = times.min() if len(times) else pd.Timestamp("2000-01-01", tz=timezone)
    last = times.max() if len(times) else first
    quarters = int((last - first) / pd.Timedelta(minutes=15)) + 1
    groups = sorted(set(table["group"].astype(str)))
    read_staffing(path, Horizon(first, 15, quarters), groups)


def _counted_twice(scenario: Scenario) -> Iterator[str]:
    """Customers who came back stand in a history, and journeys beget them once more."""
    journeys = [
        f"channels.{name}.{part}"
        for name, channel in scenario.channels.items()
        for part in channel.journeys
    ]
    if scenario.demand.counts == "first" and journeys:
        yield (
            "A history counts every contact, and so does a forecast of it; beside"
            f" {' and '.join(journeys)} that counts some of them twice."
            ' demand.counts = "all" takes first attempts out of the volume.'
        )


def _of_first_attempts(scenario: Scenario) -> Scenario:
    """The scenario before it is known which of all its contacts are first attempts."""
    if scenario.demand.counts == "first":
        return scenario
    return scenario.with_changes({"demand.counts": "first", "demand.first_share": None})


def _check_scenario(scenario: Scenario) -> list[str]:
    """Read the files that a scenario names, too; what does not fit between them, in sentences."""
    from forecast import read_edits, read_events, read_history
    from simulate.calibration import staff_to_calibrate

    if scenario.demand.counts == "all" and begets(scenario) and not scenario.demand.first_share:
        staff_to_calibrate(scenario)
    elif scenario.staffing is not None:
        scenario.staff()
    fixed_shifts(scenario)
    keys = scenario.demand
    if keys.events is not None:
        read_events(scenario.path_of(keys.events), timezone=scenario.timezone)
    if keys.edits is not None:
        read_edits(scenario.path_of(keys.edits))
    if keys.forecast is not None:
        told = Demand.load(scenario.path_of(keys.forecast), scenario.timezone)
        warnings = base_demand(_of_first_attempts(scenario), told).warnings
        return [*warnings, *_counted_twice(scenario)]
    if keys.history is not None:
        history = read_history(scenario.path_of(keys.history), timezone=scenario.timezone)
        require_common_channel(scenario, history.channels)
        return [*unmatched(scenario, history.channels), *_counted_twice(scenario)]
    return []
