"""How a planner brings a history, or new weeks for one that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from scenario import Fault, InvalidInputError, PlanningError, Scenario
from store import ConflictError
from views import files, mapping, people, save_box, session
from views.drafts import origin_of
from views.faults import told_faults
from views.saved import shelf, shelf_to_save
from views.uploads import own_rows, read_upload, renamed, template, with_history
from views.words import unmarked

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from forecast import History, Joined
    from store import Version

HISTORY_TYPES = ["csv", "gz", "xlsx", "parquet"]
SO_FAR = ""  # the choice of the history that the scenario has
JOINED = "history-joined"  # sentences on the last append
NOTES_SHOWN = 12


def draw() -> None:
    """The upload, what its columns hold, and whether it stands alone or is appended."""
    scenario = session.scenario()
    left, right = st.columns([3, 2])
    with left:
        file = st.file_uploader(
            "History file",
            type=HISTORY_TYPES,
            key="history-file",
            help="CSV (also .gz), XLSX or Parquet, at most 150 MB: a row an interval and channel"
            " in the project's own layout, or a contact log with a row a contact.",
        )
    with right:
        _samples(scenario)
    if file is None:
        return
    reading = mapping.ask(file, scenario)
    more = st.toggle(
        "Append to the history so far",
        key="history-append",
        help="For last week's file, or for a correction of some days: what is new is added, and"
        " where both tell of an interval the new file is believed.",
    )
    to = _which_history() if more else SO_FAR
    if st.button("Use this history", type="primary", key="history-use"):
        with told_faults(), st.spinner("Reading and checking the file"):
            history = _read(file, reading, scenario)
            mapping.remember(mapping.columns_of(file), reading, file.name, people.name())
            if more:
                _append(file.name, history, to)
            else:
                rest = {k: found for k, found in session.origins().items() if k != "history"}
                session.open_scenario(with_history(scenario, history), rest)
                st.session_state.pop(JOINED, None)
                st.session_state["opened"] = f"{file.name} is the history from now on."
            st.rerun()


def tell_joined() -> None:
    """What became of the rows of the last append; stays until the next file."""
    told: tuple[str, ...] = st.session_state.get(JOINED, ())
    if not told:
        return
    with st.expander(f"What became of the new weeks ({len(told)})", expanded=True):
        for sentence in told[:NOTES_SHOWN]:
            st.text(sentence)
        if len(told) > NOTES_SHOWN:
            st.caption(f"… and {len(told) - NOTES_SHOWN} more")


def _samples(scenario: Scenario) -> None:
    st.caption("Not sure how it must look?")
    st.download_button(
        "Template",
        lambda: template(scenario),
        "history_template.csv",
        "text/csv",
        help="The columns of the own layout with your channels, to be filled in.",
        on_click="ignore",
    )
    shipped = files.shipped(session.first_scenario())
    if shipped.demand.history is not None:
        path = shipped.path_of(shipped.demand.history)
        st.download_button(
            "The sample",
            path.read_bytes,
            "sample_history.csv",
            "text/csv",
            help="26 weeks of the sample team, as a file to look at.",
            on_click="ignore",
        )
    if scenario != shipped:
        st.button("Back to the sample", on_click=session.open_scenario, args=(shipped, {}))


def _which_history() -> str:
    """The history that the new weeks are put to: the scenario's, or a saved one by its name."""
    try:
        saved = shelf().latest("history")
    except PlanningError:
        saved = ()
    origin = session.origins().get("history")
    own = f"the one here (“{origin.name}”)" if origin else "the one here"
    labels = {SO_FAR: own} | {
        version.name: f"“{version.name}”, version {version.number}"
        for version in saved
        if origin is None or version.name != origin.name
    }
    chosen: str = st.selectbox(
        "History to append to",
        list(labels),
        format_func=labels.get,
        key="history-append-to",
        help="The history of this scenario, or a saved one; a saved one gets a new version.",
    )
    return chosen


def _read(file: UploadedFile, reading: mapping.Reading, scenario: Scenario) -> History:
    options: dict[str, Any] = dict(reading.options)
    history = read_upload(file.name, file.getvalue(), scenario.timezone, options)
    if reading.names:
        history = renamed(history, reading.names, scenario.timezone)
    return history


def _append(file: str, more: History, to: str) -> None:
    """
    Put new weeks to a history and go on with both.

    Raises
    ------
    PlanningError
        When there is none, or the weeks do not fit it.
    """
    from forecast import joined

    scenario, origins = session.scenario(), session.origins()
    origin = origins.get("history")
    name = to or (origin.name if origin else "")
    if to:
        saved = shelf().load("history", to)
        expected = saved.version.number
        before = read_upload(f"{to}.csv", saved.content, scenario.timezone, {})
    else:
        job = session.history_job()
        if job is None or job.result is None:
            raise InvalidInputError([Fault(file, "", "", "", "given with a history to append to")])
        before, expected = job.result, origin.number if origin else 0
    both = joined(before, more)
    told = both.told
    if name:
        version, sentence = _save(name, both, expected, f"{file} appended")
        told = (*told, sentence)
        if version is not None:
            origins["history"] = origin_of(version, "")
    session.open_scenario(with_history(scenario, both.history), origins)
    st.session_state[JOINED] = told
    whose = f" to “{unmarked(name)}”" if name else ""
    st.session_state["opened"] = f"{file} is appended{whose}; the forecast is made anew."


def _save(name: str, both: Joined, expected: int, note: str) -> tuple[Version | None, str]:
    """Save a history with its new weeks as the next version, unless another was first."""
    content = own_rows(both.history).to_csv(index=False)
    try:
        version = shelf_to_save().save(
            "history", name, content, expected_version=expected, author=people.name(), note=note
        )
    except ConflictError as conflict:
        st.session_state[save_box.CONFLICT] = conflict.latest
        return None, f"▲ Not saved: {conflict}"
    except people.ViewerError as refused:
        return None, f"▲ Not saved: {refused}"
    return version, f"Saved as version {version.number} of the history “{name}”."
