"""What can be taken away: a scenario that gives the same numbers on the command line."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from scenario import Demand, Scenario
from scenario.staff import Staff

FORECAST_FILE = "forecast.parquet"
READ_ME = """This folder holds everything that the numbers came from.

    allweather simulate scenario.toml
    allweather plan scenario.toml

scenario.toml     what is assumed: channels, groups, rules, targets, staffing and the seed
forecast.parquet  expected contacts, their spread and handle times
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
        `scenario.toml`, `forecast.parquet` and a note. `allweather simulate` on it gives the
        numbers of the app.
    """
    alone = standing_alone(scenario)
    if replications is not None:
        alone = alone.with_changes({"replications": replications})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("scenario.toml", alone.to_toml())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FORECAST_FILE
            demand.save(path)
            archive.write(path, FORECAST_FILE)
        archive.writestr("README.txt", READ_ME)
    return packed.getvalue()


def standing_alone(scenario: Scenario) -> Scenario:
    """The same scenario with its staffing written out and its forecast named by file."""
    changes: dict[str, Any] = {
        "demand.forecast": FORECAST_FILE,
        "demand.history": None,
        "demand.events": None,
        "demand.edits": None,
        "demand.rates": None,
        "staffing": None,
    }
    return scenario.with_changes(changes | staffed(scenario.staff()))


def staffed(staff: Staff) -> dict[str, Any]:
    """What puts a staffing into a scenario, by dotted key; the levers on it start from 0."""
    changes: dict[str, Any] = {}
    for column, group in enumerate(staff.groups):
        changes[f"groups.{group}.agents"] = staff.agents[:, column].tolist()
        changes[f"groups.{group}.agents_change"] = 0
    return changes
