"""How a planner brings a history, the staffing of now, or a whole scenario."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from scenario import Scenario
from views import own_history, session
from views.drafts import Origin
from views.faults import told_faults
from views.own_history import HISTORY_TYPES
from views.uploads import scenario_from, with_staffing
from views.words import heading


def draw() -> None:
    """The three uploads, folded away; faults stand below them and nothing is lost."""
    # The place is there from the start: a message that pushed the rest down would fold it.
    place = st.container()
    told = st.session_state.get("opened")
    if told:
        place.success(told)
    with place:
        own_history.tell_joined()
    with st.expander("Use your own data: history, staffing, scenario", key="own-data"):
        history, staffing, whole = st.tabs(["History", "Staffing now", "Scenario"], key="own-tabs")
        with history:
            own_history.draw()
        with staffing:
            _staffing()
        with whole:
            _scenario()


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
        with told_faults():
            changed = with_staffing(scenario, file.name, file.getvalue())
            rest = {k: found for k, found in session.origins().items() if k != "staffing"}
            _open(changed, f"{file.name} is the staffing from now on.", rest)


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
        with told_faults():
            given = {file.name: file.getvalue() for file in files}
            opened = scenario_from(given, session.scenario())
            _open(opened, f"{opened.name} is the scenario from now on.", {})


def _open(opened: Scenario, told: str, origins: Mapping[str, Origin]) -> None:
    session.open_scenario(opened, origins)
    st.session_state.pop(own_history.JOINED, None)
    st.session_state["opened"] = told
    st.rerun()
