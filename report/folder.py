"""A plan as a folder: its tables, its document, and the scenario that produced it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from report.documents import as_json
from report.tables import PLAN_TABLES, plan_xlsx, safe_csv
from scenario import Scenario

if TYPE_CHECKING:
    from staffing import Plan


def save_plan(plan: Plan, folder: str | Path) -> None:
    """
    Write a plan to a folder that is made where needed.

    Parameters
    ----------
    plan
        The plan.
    folder
        Receives a CSV file for each table, `plan.xlsx`, `plan.json` and `scenario.toml`,
        which gives the same plan again; files of the same names are replaced.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in PLAN_TABLES:
        (folder / f"{name}.csv").write_bytes(safe_csv(getattr(plan, name)))
    (folder / "plan.xlsx").write_bytes(plan_xlsx(plan))
    (folder / "plan.json").write_text(as_json(plan.document()), encoding="utf-8")
    relocated(plan.scenario, folder).save(folder / "scenario.toml")


def relocated(scenario: Scenario, folder: Path) -> Scenario:
    """The same scenario with its file names told from another folder."""
    named = {
        "staffing": scenario.staffing,
        "demand.history": scenario.demand.history,
        "demand.forecast": scenario.demand.forecast,
        "demand.events": scenario.demand.events,
        "demand.edits": scenario.demand.edits,
        **{
            f"groups.{name}.fixed_shifts": group.fixed_shifts
            for name, group in scenario.groups.items()
        },
    }
    return scenario.with_changes(
        {
            key: Path(os.path.relpath(scenario.path_of(file), folder)).as_posix()
            for key, file in named.items()
            if file is not None
        }
    )
