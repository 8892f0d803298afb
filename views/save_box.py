"""Saving from the sidebar: under which name, by whom, and what to do where somebody was first."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from scenario import PlanningError
from store import ConflictError, NotSavedError, Version
from views import people, saveable, session
from views.jobs import board
from views.saved import shelf, shelf_to_save
from views.words import unmarked

if TYPE_CHECKING:
    import pandas as pd

CONFLICT, TOLD, FAULT = "save-conflict", "save-told", "save-fault"
LOOK_EACH_S = 20.0  # how soon one is told of another's save without doing anything
SAVES = "saves"  # how often this session has saved from the sidebar
LOOK_AT = "shelf-look"  # what the Saved page shows first
SHELF = "views/shelf.py"


def draw() -> None:
    """Which saved scenario this is, a way to save it, and what stands in the way."""
    scenario = session.scenario()
    origin = session.origins().get("scenario")
    try:
        shelf()
    except PlanningError as error:
        st.caption("▲ Not saved: the place for saved work cannot be used.", help=str(error))
        return
    if origin is None:
        st.caption("○ Not saved under a name yet; the address keeps it.")
    else:
        _line()
    if not people.may_save():
        st.caption("You may look and try everything; planners save.", help=people.LOOKING)
        return
    # Another key makes another popover, which is closed: what was saved is told below it.
    popover = st.popover(
        "Save",
        width="stretch",
        key=f"save-popover-{st.session_state.get(SAVES, 0)}",
        help="Keep this work under a name.",
    )
    with popover, st.form("save-form", border=False, enter_to_submit=False):
        people.field("save-person")
        name = st.text_input(
            "Name",
            origin.name if origin else scenario.name,
            key=f"save-name-{origin.name if origin else ''}",
            help="The same name makes a new version; the older ones stay.",
        )
        with_plan = False
        plan = board().of(session.session_id(), "plan")
        if plan is not None and plan.result is not None and not plan.running:
            with_plan = st.checkbox(
                "The plan too", key="save-with-plan", help="Under the same name, among the plans."
            )
        if st.form_submit_button("Save the scenario", width="stretch"):
            if save("scenario", name) and with_plan:
                _save_plan(name)
            st.session_state[SAVES] = st.session_state.get(SAVES, 0) + 1
            st.rerun()
    messages()


def save(kind: str, name: str, *, over: int | None = None, note: str = "") -> Version | None:
    """
    Save the session's work of a kind; what stands in the way is told by `messages`.

    Parameters
    ----------
    kind
        One of `saveable.LABELS`.
    name
        Under which name.
    over
        Version to save over knowingly; default: the one that this work began with, and none
        where it has another name.
    note
        What was done.
    """
    for key in (TOLD, FAULT):
        st.session_state.pop(key, None)
    origin = session.origins().get(kind)
    expected = over
    if expected is None:
        expected = origin.number if origin and origin.name == name.strip() else 0
    try:
        parts = saveable.present(kind)
        if parts is None:
            st.session_state[FAULT] = "There is nothing of this kind to save yet; try again soon."
            return None
        if kind == "scenario" and expected and not note:
            with suppress(NotSavedError):  # it was deleted meanwhile
                note = saveable.what_changed(parts, shelf().load(kind, name, expected))
        content, files = parts
        version = shelf_to_save().save(
            kind,
            name,
            content,
            files=files,
            expected_version=expected,
            author=people.name(),
            note=note,
        )
    except ConflictError as conflict:
        st.session_state[CONFLICT] = conflict.latest
        return None
    except PlanningError as error:
        st.session_state[FAULT] = str(error)
        return None
    st.session_state.pop(CONFLICT, None)
    saveable.remember(kind, version)
    st.session_state[TOLD] = f"Saved as version {version.number} of “{unmarked(version.name)}”."
    return version


def messages() -> None:
    """What became of the last save: saved, impossible, or somebody was first."""
    if told := st.session_state.pop(TOLD, None):
        st.success(told)
    if fault := st.session_state.pop(FAULT, None):
        st.error(fault)
    latest: Version | None = st.session_state.get(CONFLICT)
    if latest is None:
        return
    st.warning(
        f"{unmarked(told_of(latest))}. Yours is not saved: look at it, save as another name, or"
        " save over it."
    )
    if st.button("Look at it", key="conflict-look", width="stretch"):
        st.session_state[LOOK_AT] = (latest.kind, latest.name, latest.number)
        st.switch_page(SHELF)
    other = st.text_input(
        "Another name",
        f"{latest.name} ({people.name() or 'mine'})"[:120],
        max_chars=120,
        key="conflict-name",
    )
    st.button(
        "Save as another name",
        key="conflict-other",
        on_click=_save_as,
        args=(latest.kind, other),
        width="stretch",
    )
    st.button(
        "Save over it",
        key="conflict-over",
        on_click=save,
        args=(latest.kind, latest.name),
        kwargs={"over": latest.number},
        width="stretch",
        help=f"Makes version {latest.number + 1}; version {latest.number} stays in the list.",
    )
    st.button("Not now", key="conflict-not", on_click=_forget, width="stretch")


def told_of(version: Version) -> str:
    """E.g. "Anna saved version 4 at 10:32"."""
    did = "deleted it" if version.deleted else f"saved version {version.number}"
    return f"{version.by} {did} {at(version)}"


def at(version: Version) -> str:
    """When a version was saved, by the clock of the scenario's time zone: "at 10:32"."""
    import pandas as pd

    zone = session.scenario().timezone
    when, now = pd.Timestamp(version.saved_at).tz_convert(zone), pd.Timestamp.now(zone)
    return f"at {when:%H:%M}" + ("" if when.date() == now.date() else f" on {_day(when)}")


def _day(when: pd.Timestamp) -> str:
    return f"{when:%a} {when.day} {when:%b %Y}"


@st.fragment(run_every=LOOK_EACH_S)
def _line() -> None:
    """Which saved version this is, whether it was changed, and whether somebody was quicker."""
    origin = session.origins().get("scenario")
    if origin is None:
        return
    try:
        versions = shelf().versions("scenario", origin.name)
    except PlanningError:
        return  # told with the next look at the page
    since = "changed since" if saveable.changed_since(origin) else "as saved"
    st.caption(f"● {unmarked(origin.name)}, version {origin.number}, {since}.")
    if versions and versions[0].number > origin.number and CONFLICT not in st.session_state:
        st.caption(f"▲ {unmarked(told_of(versions[0]))}: newer than yours.")


def _save_plan(name: str) -> None:
    """Save the plan beside the scenario, as one more version of the plans of that name."""
    try:
        content, files = saveable.present("plan") or ("", {})
        shelf_to_save().save(
            "plan",
            name,
            content,
            files=files,
            author=people.name(),
            note="saved with the scenario",
        )
    except PlanningError as error:
        st.session_state[FAULT] = f"The scenario is saved, its plan is not: {error}"


def _save_as(kind: str, name: str) -> None:
    save(kind, name, over=0)


def _forget() -> None:
    st.session_state.pop(CONFLICT, None)
