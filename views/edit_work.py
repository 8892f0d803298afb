"""Edited shifts as work for a job, kept over a refresh, and taken away as files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd

from report.plan_page import plan_page
from report.tables import plan_xlsx
from scenario import Demand, PlanningError, Scenario, Staff
from scenario.shift_file import shift_rows
from views import uploads
from views.downloads import package
from views.edit_history import as_text, from_text
from views.jobs import Board, Job, fingerprint
from views.saved import shelf
from views.work import app_version, processors

if TYPE_CHECKING:
    from staffing import Plan
    from staffing.edited import EditedPlan


def ask_edit(
    board: Board,
    session: str,
    plan: Plan,
    plan_key: str,
    demand: Job,
    table: pd.DataFrame,
    *,
    again: bool = False,
) -> Job:
    """
    Rehearse edited shifts; answers with an `EditedPlan`.

    Parameters
    ----------
    board, session
        Where the job stands.
    plan, plan_key
        The plan as found, and the key of the job that made it.
    demand
        The job that resolves the demand.
    table
        The shifts.
    again
        Ask once more after a stop.
    """

    def work(job: Job) -> EditedPlan:
        from staffing.edited import edited_plan

        contacts = job.wait_for(demand)
        turns = processors()
        with turns.taken(0, turns.age(), job.cancelled) as threads:
            edited = edited_plan(
                plan, contacts, table, workers=threads, progress=job.count, cancel=job.cancelled
            )
        job.tell(1.0, f"{edited.whole.paid_hours:,.0f} paid hours")  # its tables are made here
        return edited

    key = fingerprint("edit", app_version(), plan_key, as_text(table))
    return board.request(session, "edit", key, "Rehearsing the edited shifts", work, again=again)


def keep_edit(plan_key: str, table: pd.DataFrame) -> str:
    """Keep a table so that a refresh, or a link, finds it again; its key in the address."""
    text = json.dumps({"plan": plan_key, "table": as_text(table)})
    key = fingerprint("edits", text)[:16]
    try:
        shelf().keep_draft(key, text, {})
    except PlanningError:
        return ""  # the store cannot be written: the edits last as long as the page is open
    return key


def kept_edit(key: str, plan_key: str) -> pd.DataFrame | None:
    """The table that was kept under a key; None where it is gone or of another plan."""
    try:
        saved = shelf().draft(key) if key else None
    except PlanningError:
        return None
    if saved is None:
        return None
    told = json.loads(saved.text)
    return from_text(told["table"]) if told.get("plan") == plan_key else None


def shifts_csv(edited: EditedPlan) -> bytes:
    """The shifts as a staffing file, which `allweather` and the History page read."""
    return shift_rows(edited.roster).to_csv(index=False).encode()


def edited_pdf(edited: EditedPlan) -> bytes:
    """The edited plan on a page to print, with the plan as found beside it."""
    return plan_page(edited.whole, edited.plan)


def edited_xlsx(edited: EditedPlan) -> bytes:
    """Every table of the edited plan as a workbook, its rota among them."""
    return plan_xlsx(edited.whole)


def planned_scenario(scenario: Scenario, plan: Plan, staff: Staff | None = None) -> Scenario:
    """
    The scenario as a plan staffs it, or other staff of the same groups.

    Where teams work apart the plan's groups are these teams, and so are the result's.
    """
    staff = plan.staff if staff is None else staff
    own = scenario if tuple(scenario.groups) == staff.groups else plan.scenario
    return uploads.with_plan(own, staff)


def edited_scenario(scenario: Scenario, edited: EditedPlan) -> Scenario:
    """
    The scenario as the edited plan staffs it, to be rehearsed as the page shows it.

    Seed and replications are those of the plan's own check.
    """
    outcome = edited.outcome
    changes = {"seed": outcome.seed, "replications": outcome.replications}
    return planned_scenario(scenario, edited.plan, edited.staff).with_changes(changes)


def edited_package(scenario: Scenario, edited: EditedPlan, demand: Demand) -> bytes:
    """The edited plan as a ZIP: `allweather simulate` on it gives the page's figures."""
    return package(edited_scenario(scenario, edited), demand)
