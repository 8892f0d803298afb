"""How a planner brings a history, the staffing of now, or a whole scenario."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from scenario import Fault, InvalidInputError, PlanningError, Scenario
from scenario.tables import read_table
from views import session
from views.faults import show_faults
from views.jobs import fingerprint
from views.uploads import (
    appended,
    guessed_names,
    read_upload,
    renamed,
    scenario_from,
    template,
    with_history,
    with_staffing,
)
from views.words import heading

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

HISTORY_TYPES = ["csv", "gz", "xlsx", "parquet"]
LOG_FIELDS = {
    "arrival": "When it arrived",
    "channel": "Channel",
    "wait": "Wait",
    "outcome": "What became of it",
    "handle_time": "Handle time",
}
NONE = "(none)"
MOST_NAMES = 50


def draw() -> None:
    """The three uploads, folded away; faults stand below them and nothing is lost."""
    # The place is there from the start: a message that pushed the rest down would fold it.
    place = st.container()
    told = st.session_state.get("opened")
    if told:
        place.success(told)
    with st.expander("Use your own data: history, staffing, scenario", key="own-data"):
        history, staffing, whole = st.tabs(["History", "Staffing now", "Scenario"], key="own-tabs")
        with history:
            _history()
        with staffing:
            _staffing()
        with whole:
            _scenario()


def _history() -> None:
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
        st.caption("Not sure how it must look?")
        st.download_button(
            "Template",
            lambda: template(scenario),
            "history_template.csv",
            "text/csv",
            help="The columns of the own layout with your channels, to be filled in.",
            on_click="ignore",
        )
        sample = session.first_scenario()
        shipped = Scenario.load(sample)
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
            st.button("Back to the sample", on_click=session.open_scenario, args=(shipped,))
    if file is None:
        return
    options = _options(file)
    names = _channel_names(file, options, scenario)
    more = st.toggle(
        "Append to the history so far",
        key="history-append",
        help="For last week's file: later rows are put behind, and believed where both tell.",
    )
    if st.button("Use this history", type="primary", key="history-use"):
        with _told_faults(), st.spinner("Reading and checking the file"):
            history = read_upload(file.name, file.getvalue(), scenario.timezone, options)
            if names:
                history = renamed(history, names, scenario.timezone)
            if more:
                before = session.history_job()
                if before is None or before.result is None:
                    fault = Fault(file.name, "", "", "", "given with a history to append to")
                    raise InvalidInputError([fault])
                history = appended(before.result, history, scenario.timezone)
            _open(with_history(scenario, history), f"{file.name} is the history from now on.")


def _options(file: UploadedFile) -> dict[str, Any]:
    """Choices about an upload that its header does not make; remembered for the same header."""
    try:
        columns = [str(column) for column in _columns(file.name, file.getvalue())]
    except PlanningError:
        return {}  # told when the file is used
    options: dict[str, Any] = {}
    if not {"interval_start", "channel", "offered"} <= set(columns):
        from forecast.layouts import suggest_mapping

        st.caption("These columns are not the own layout. If a row is one contact, say what holds:")
        guess = suggest_mapping(columns)
        mapping = {}
        for place, (field, label) in zip(
            st.columns(len(LOG_FIELDS)), LOG_FIELDS.items(), strict=True
        ):
            choices = [NONE, *columns]
            chosen = place.selectbox(
                label,
                choices,
                index=choices.index(guess[field]) if field in guess else 0,
                key=f"mapping-{field}-{fingerprint(*columns)[:8]}",
                persist_state="session",
            )
            if chosen != NONE:
                mapping[field] = chosen
        options |= {"layout": "contact_log", "mapping": mapping}
    left, right = st.columns(2)
    basis = left.selectbox(
        "Handle times are",
        ["solo", "elapsed"],
        key="history-basis",
        persist_state="session",
        help="Solo: as if handled alone. Elapsed: as suites log chats, overlaps with the agent's"
        " other chats included; they are converted.",
    )
    if basis == "elapsed":
        options["handle_time_basis"] = "elapsed"
        options["mean_concurrency"] = right.number_input(
            "Contacts in hand, on average",
            1.0,
            4.0,
            1.6,
            0.1,
            key="history-concurrency",
            persist_state="session",
            help="How many contacts an agent holds while handling one, itself included.",
        )
    return options


def _channel_names(
    file: UploadedFile, options: Mapping[str, Any], scenario: Scenario
) -> dict[str, str]:
    """The scenario's name of each channel of the file that is called otherwise there."""
    column = options.get("mapping", {}).get("channel", "channel")
    try:
        found = _values(file.name, file.getvalue(), column)
    except PlanningError:
        return {}  # told when the file is used
    strange = [channel for channel in scenario.channels if channel not in found]
    free = [name for name in found if name not in scenario.channels]
    if not strange or not free:
        return {}
    st.caption("The file calls its channels otherwise. Say which is which:")
    guess = guessed_names(strange, free)
    names = {}
    for place, channel in zip(st.columns(max(len(strange), 3)), strange, strict=False):
        choices = [NONE, *free]
        chosen = place.selectbox(
            heading(channel),
            choices,
            index=choices.index(guess[channel]) if channel in guess else 0,
            key=f"called-{channel}-{fingerprint(*free)[:8]}",
            persist_state="session",
            help="What the file calls this channel.",
        )
        if chosen != NONE:
            names[chosen] = channel
    return names


@st.cache_data(max_entries=8, show_spinner=False)
def _columns(name: str, content: bytes) -> list[str]:
    return list(read_table(io.BytesIO(content), name).columns)


@st.cache_data(max_entries=8, show_spinner=False)
def _values(name: str, content: bytes, column: str) -> list[str]:
    """Different values of a column, at most as many as anybody would tell apart by hand."""
    table = read_table(io.BytesIO(content), name)
    if column not in table:
        return []
    return sorted({str(value).strip() for value in table[column].dropna()})[:MOST_NAMES]


def _staffing() -> None:
    scenario = session.scenario()
    left, right = st.columns([3, 2])
    with left:
        file = st.file_uploader(
            "Staffing file",
            type=HISTORY_TYPES,
            key="staffing-file",
            help="Agents on the floor as they are scheduled now: interval_start, group, agents; or"
            " shifts: group, start, end, agents, break_start, break_end.",
        )
    with right:
        groups = ", ".join(heading(group) for group in scenario.groups)
        st.caption(f"Groups of this scenario: {groups}")
        from report.tables import safe_csv

        st.download_button(
            "Staffing as it is now",
            lambda: safe_csv(scenario.staff().frame()),
            "staffing.csv",
            "text/csv",
            help="The current staffing in the layout that is read here.",
            on_click="ignore",
        )
    if file is not None and st.button("Use this staffing", type="primary", key="staffing-use"):
        with _told_faults():
            changed = with_staffing(scenario, file.name, file.getvalue())
            _open(changed, f"{file.name} is the staffing from now on.")


def _scenario() -> None:
    left, right = st.columns([3, 2])
    with left:
        files = st.file_uploader(
            "Scenario with the files it names",
            type=["toml", "zip", *HISTORY_TYPES],
            accept_multiple_files=True,
            key="scenario-files",
            help="A scenario (.toml) with its history, staffing and events; or a .zip from this"
            " app. Every key is explained in docs/scenario.md.",
        )
    with right:
        st.download_button(
            "Scenario of now",
            lambda: session.scenario().to_toml(),
            "scenario.toml",
            "text/plain",
            help="Everything that is assumed, to be edited and brought back here.",
            on_click="ignore",
        )
    if files and st.button("Use this scenario", type="primary", key="scenario-use"):
        with _told_faults():
            given = {file.name: file.getvalue() for file in files}
            opened = scenario_from(given, session.scenario())
            _open(opened, f"{opened.name} is the scenario from now on.")


def _open(opened: Scenario, told: str) -> None:
    session.open_scenario(opened)
    st.session_state["opened"] = told
    st.rerun()


@contextmanager
def _told_faults() -> Iterator[None]:
    """Show what is wrong with an upload in place of using it; what was there stays."""
    try:
        yield
    except PlanningError as error:
        st.error("This cannot be used. What was there before is still in use.")
        show_faults(error)
