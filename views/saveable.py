"""What of a session can be saved under a name, and how each kind is opened again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from scenario import Scenario
from scenario.shift_file import shift_rows
from store import Saved
from views import edit_layer, session
from views.drafts import Origin, origin_of
from views.files import scenario_content
from views.jobs import fingerprint
from views.levers import changes_of, levers_of
from views.saving import (
    Moved,
    Parts,
    differences,
    moved_of,
    origins_in,
    parts_of,
    scenario_of,
    with_levers,
    with_origins,
)
from views.uploads import own_rows, read_upload, with_history, with_staffing

if TYPE_CHECKING:
    from store import Version

LABELS = {
    "scenario": "Scenarios",
    "history": "Histories",
    "edits": "Edits",
    "staffing": "Staffing",
    "plan": "Plans",
}
MEANINGS = {
    "scenario": "Everything that is assumed, with its history, events, edits, staffing and levers.",
    "history": "Contacts of the past, to which new weeks are appended.",
    "edits": "The layer of your own knowledge on top of the forecast.",
    "staffing": "Agents on the floor as they are scheduled.",
    "plan": "A plan as it was found: staffing, shifts, promises and cost.",
}
# Session keys of the what-if page that belong to what was imagined there.
PRESET, START, LEVERS_OF = "whatif-preset", "whatif-start", "whatif-levers-of"
LEVER = "lever-"  # begins the key of a lever's widget
AS_FORECAST, NOW = "as forecast", "as now"
STAFFING_FILE = "staffing.csv"
KEYS_TOLD = 3
PARTS_OF_IT = ("history", "edits", "staffing")  # what a scenario brings along from elsewhere


def present(kind: str) -> Parts | None:
    """
    What the session has of a kind, as parts to save; None where it has none, or not yet.

    Raises
    ------
    PlanningError
        When it cannot be saved, e.g. levers that do not fit together.
    """
    return {
        "scenario": _scenario,
        "history": _history,
        "edits": _edits,
        "staffing": _staffing,
        "plan": _plan,
    }[kind]()


def open_saved(kind: str, saved: Saved) -> None:
    """
    Work with a saved version from now on.

    Raises
    ------
    PlanningError
        When it cannot be used, e.g. a history without a channel of the scenario.
    """
    now, version = session.scenario(), saved.version
    if kind == "scenario":
        opened = scenario_of(saved.text, saved.files, version.name)
        opened.staff()
        moved = moved_of(saved.files)
        origins = {part: Origin(*which) for part, which in origins_in(saved.files).items()}
        origins[kind] = origin_of(version, state_of(opened, moved))
        session.open_scenario(opened, origins)
        _put_levers(moved)
        return
    if kind == "history":
        history = read_upload("history.csv", saved.content, now.timezone, {})
        changed = with_history(now, history)
    elif kind == "edits":
        from forecast import read_edits

        name = f"{version.name}.csv"
        changed = edit_layer.with_layer(now, read_edits(io.BytesIO(saved.content), name=name))
    else:
        content = saved.files[STAFFING_FILE] if kind == "plan" else saved.content
        changed = with_staffing(now, STAFFING_FILE, content)
    origins = session.origins()
    if kind != "plan":  # its staffing is used; the next plan is another one
        origins[kind] = origin_of(version, "")
    session.open_scenario(changed, origins)


def remember(kind: str, version: Version) -> None:
    """From now on the session's work of that kind began with this version."""
    content = state_of(session.scenario(), moved_now()) if kind == "scenario" else ""
    session.began_with(session.origins() | {kind: origin_of(version, content)})


def what_changed(parts: Parts, before: Saved) -> str:
    """In a few words what a scenario says otherwise than an older version, for its note."""
    keys = [key for key, _, _ in differences(parts, (before.text, dict(before.files)))]
    more = f" and {len(keys) - KEYS_TOLD} more" if len(keys) > KEYS_TOLD else ""
    return f"changed: {', '.join(keys[:KEYS_TOLD])}{more}" if keys else ""


def changed_since(origin: Origin) -> bool:
    """Whether anything of the scenario or its levers differs from what was saved."""
    return origin.content != state_of(session.scenario(), moved_now())


def state_of(scenario: Scenario, moved: Moved) -> str:
    """Fingerprint of a scenario and where its levers stand."""
    told = sorted((key, str(value)) for key, value in moved.values.items())
    return fingerprint(scenario_content(scenario), repr((told, moved.preset, moved.start)))[:16]


def moved_now() -> Moved:
    """Where this session's levers stand."""
    start = st.session_state.get(LEVERS_OF)
    preset = st.session_state.get(PRESET)
    staffed = st.session_state.get(START)
    values = {}
    for lever in levers_of(start) if start is not None else ():
        position = st.session_state.get(f"{LEVER}{lever.key}", lever.default)
        if position != lever.default:
            values[lever.key] = position
    return Moved(
        values,
        None if preset in (None, AS_FORECAST) else preset,
        None if staffed in (None, NOW) else staffed,
    )


def _put_levers(moved: Moved) -> None:
    for key, value in moved.values.items():
        st.session_state[f"{LEVER}{key}"] = value
    if moved.preset:
        st.session_state[PRESET] = moved.preset
    if moved.start:
        st.session_state[START] = moved.start


def _scenario() -> Parts:
    scenario, moved = session.scenario(), moved_now()
    start: Scenario | None = st.session_state.get(LEVERS_OF)
    imagined = None
    if moved and start is not None:
        imagined = start.with_changes(changes_of(start, moved.values))
        imagined.staff()
    began = {
        kind: (origin.name, origin.number)
        for kind, origin in session.origins().items()
        if kind in PARTS_OF_IT
    }
    return with_origins(with_levers(parts_of(scenario), imagined, moved), began)


def _history() -> Parts | None:
    job = session.history_job()
    if job is None or job.result is None:
        return None
    return own_rows(job.result).to_csv(index=False), {}


def _edits() -> Parts | None:
    from forecast.edits_file import edits_frame
    from forecast.sources import edits_of

    edits = edits_of(session.scenario())
    return (edits_frame(edits).to_csv(index=False), {}) if edits else None


def _staffing() -> Parts:
    staff = session.scenario().staff()
    table = shift_rows(staff.shifts) if staff.shifts else staff.frame()
    return table.to_csv(index=False), {}


def _plan() -> Parts | None:
    plan = session.plan_job().result
    if plan is None:
        return None
    from report.documents import as_json
    from report.tables import plan_csv

    shifts = plan.staff.shifts
    staffing = shift_rows(shifts) if shifts else plan.staff.frame()
    files = {
        STAFFING_FILE: staffing.to_csv(index=False).encode(),
        "requirement.csv": plan_csv(plan, "requirement"),
        "shifts.csv": plan_csv(plan, "shifts"),
    }
    return as_json(plan.document()), files


def plan_figures(document: Mapping[str, Any]) -> dict[str, Any]:
    """The few numbers that a saved plan is told by."""
    targets = document.get("targets", [])
    return {
        "Paid hours": document.get("paid_hours"),
        "Full-time posts": document.get("fte"),
        "Cost": document.get("cost"),
        "Promises kept": f"{sum(bool(row['met']) for row in targets)} of {len(targets)}",
    }
