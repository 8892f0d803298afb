"""What can be taken away: a scenario that gives the same numbers on the command line."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from scenario import Demand, Scenario
from scenario.fixed import fixed_shifts
from scenario.shift_file import shift_rows
from scenario.staff import Staff

FORECAST_FILE = "forecast.parquet"
STAFFING_FILE = "staffing.csv"
FIXED_FILE = "fixed_shifts.csv"
READ_ME = """This folder holds everything that the numbers came from.

    allweather simulate scenario.toml
    allweather plan scenario.toml

scenario.toml     what is assumed: channels, groups, rules, targets, staffing and the seed
forecast.parquet  expected contacts, their spread and handle times
staffing.csv      shifts, where agents leave at the end of theirs
fixed_shifts.csv  shifts that a plan leaves as they are, where there are any
"""


def package(scenario: Scenario, demand: Demand, replications: int | None = None) -> bytes:
    """
    A scenario with its forecast, as a ZIP that stands on its own.

    Parameters
    ----------
    scenario
        What was simulated; its staffing is written into it.
    demand
        What it was simulated with, before the scenario's scale and bursts.
    replications
        How many were run; default: the scenario's own number.

    Returns
    -------
    bytes
        `scenario.toml`, `forecast.parquet`, `staffing.csv` where agents leave by name,
        `fixed_shifts.csv` where there are any, and a note. `allweather simulate` on it gives the
        numbers of the app.
    """
    alone = standing_alone(scenario)
    if replications is not None:
        alone = alone.with_changes({"replications": replications})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scenario.toml", alone.to_toml())
        if shifts := shifts_file(scenario, scenario.staff()):
            archive.writestr(STAFFING_FILE, shifts)
        if fixed := fixed_shifts(scenario):
            archive.writestr(FIXED_FILE, shift_rows(fixed).to_csv(index=False))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FORECAST_FILE
            demand.save(path)
            archive.write(path, FORECAST_FILE)
        archive.writestr("README.txt", READ_ME)
    return packed.getvalue()


def packages(found: Mapping[str, tuple[Scenario, Demand]], replications: int) -> bytes:
    """
    Several scenarios, each a folder that stands on its own.

    Parameters
    ----------
    found
        Scenarios with their demand, by name for people.
    replications
        How many were run.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, (scenario, demand)) in enumerate(found.items(), 1):
            # A name given by a person may hold anything; a folder's may not.
            plain = "".join(sign if sign.isalnum() else "_" for sign in name)[:40]
            with zipfile.ZipFile(io.BytesIO(package(scenario, demand, replications))) as one:
                for member in one.namelist():
                    archive.writestr(f"{number}_{plain}/{member}", one.read(member))
    return packed.getvalue()


def standing_alone(scenario: Scenario) -> Scenario:
    """The same scenario with its staffing written out, its forecast and shifts named by file."""
    changes: dict[str, Any] = {
        "demand.forecast": FORECAST_FILE,
        "demand.history": None,
        "demand.events": None,
        "demand.edits": None,
        "demand.rates": None,
        "called_in": None,  # they are among the numbers
        "staffing": STAFFING_FILE if by_shifts(scenario) else None,
        **{
            f"groups.{name}.fixed_shifts": FIXED_FILE
            for name, group in scenario.groups.items()
            if group.fixed_shifts is not None
        },
    }
    return scenario.with_changes(changes | staffed(scenario.staff(), by_shifts(scenario)))


def staffed(staff: Staff, named: Collection[str] = ()) -> dict[str, Any]:
    """
    What puts a staffing into a scenario, by dotted key; the levers on it start from 0.

    Parameters
    ----------
    staff
        Agents on the floor.
    named
        Groups whose agents leave by name: a staffing file has their shifts.
    """
    changes: dict[str, Any] = {}
    for column, group in enumerate(staff.groups):
        numbers = None if group in named else staff.agents[:, column].tolist()
        changes[f"groups.{group}.agents"] = numbers
        changes[f"groups.{group}.agents_change"] = 0
    return changes


def by_shifts(scenario: Scenario) -> list[str]:
    """Groups whose agents leave by name."""
    return [name for name, group in scenario.groups.items() if group.exit == "named"]


def shifts_file(scenario: Scenario, staff: Staff) -> str | None:
    """Staffing file with the shifts of the agents who leave by name; None where none does."""
    shifts = [shift for shift in staff.shifts if shift.group in by_shifts(scenario)]
    return shift_rows(shifts).to_csv(index=False) if shifts else None
