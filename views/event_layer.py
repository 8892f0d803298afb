"""Events and bursts on the Forecast page: what was found, what the planner says of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from forecast import read_events
from forecast.events import OPTIONAL, REQUIRED
from scenario import PlanningError, Scenario
from scenario.tables import as_texts, read_table
from views import session
from views.faults import show_faults
from views.files import keep
from views.words import heading, moment_of_year, number

if TYPE_CHECKING:
    from forecast import Forecast

FOUND, LEARN, LEAVE = "pulled in, as found", "learn it after all", "leave it out"
COLUMNS = [*REQUIRED, *OPTIONAL]


def events_table(scenario: Scenario) -> pd.DataFrame:
    """The scenario's events as texts, a row an event; empty where it names no file."""
    if scenario.demand.events is None:
        return pd.DataFrame(columns=COLUMNS, dtype=str)
    table = as_texts(read_table(scenario.path_of(scenario.demand.events)))
    return table.reindex(columns=[*COLUMNS, *table.columns.difference(COLUMNS)], fill_value="")


def with_events(scenario: Scenario, table: pd.DataFrame) -> Scenario:
    """The scenario with another table of events; without the key where none is left."""
    if not len(table):
        return scenario.with_changes({"demand.events": None})
    path = keep("events.csv", table.to_csv(index=False).encode())
    return scenario.with_changes({"demand.events": str(path)})


def decided(bursts: pd.DataFrame, choices: list[str]) -> list[dict[str, Any]]:
    """Events that say what a planner decided about bursts; those left as found need none."""
    rows = []
    for burst, choice in zip(bursts.to_dict("records"), choices, strict=True):
        if choice == FOUND:
            continue
        usual = "usual" if choice == LEARN else "left out"
        rows.append(
            {
                "name": f"{usual}, {burst['start']:%d %b %Y %H:%M}",
                "channel": burst["channel"],
                "start": burst["start"].isoformat(),
                "end": burst["end"].isoformat(),
                # Factor 1 is a day like any other; without a factor it is not learned at all.
                "factor": "1" if choice == LEARN else "",
                "half_life_h": "",
                "known": "no",
            }
        )
    return rows


def draw(forecast: Forecast, channel: str) -> None:
    """Bursts of a channel to confirm or undo, and its events to look at or take away."""
    scenario = session.scenario()
    bursts = getattr(forecast, "bursts", pd.DataFrame())
    if len(bursts):
        _bursts(scenario, bursts[bursts["channel"] == channel], channel)
    _events(scenario, channel)
    _form(scenario, channel)


def _bursts(scenario: Scenario, bursts: pd.DataFrame, channel: str) -> None:
    if not len(bursts):
        return
    st.caption(
        "Bursts found in the past, not learned as pattern. Leave them as found, or say otherwise:"
        " learn it after all (it was usual), or leave it out altogether (it was no customer)."
    )
    told = pd.DataFrame(
        {
            "From": [f"{start:%a %d %b %Y %H:%M}" for start in bursts["start"]],
            "Until": [f"{end:%a %d %b %H:%M}" for end in bursts["end"]],
            "Contacts": [number(value) for value in bursts["contacts"]],
            "Usual": [number(value, 1) for value in bursts["usual"]],
            "My word": FOUND,
        }
    )
    with st.form(f"bursts-{channel}", border=False):
        edited = st.data_editor(
            told,
            hide_index=True,
            width="stretch",
            disabled=["From", "Until", "Contacts", "Usual"],
            key=f"bursts-table-{channel}-{len(bursts)}",
            column_config={
                "My word": st.column_config.SelectboxColumn(
                    options=[FOUND, LEARN, LEAVE], required=True
                )
            },
        )
        if st.form_submit_button("Say so", help="The forecast is made anew with what you say."):
            rows = decided(bursts, edited["My word"].tolist())
            if rows:
                table = pd.concat([events_table(scenario), pd.DataFrame(rows)], ignore_index=True)
                _take(with_events(scenario, table.fillna("")))


def _events(scenario: Scenario, channel: str) -> None:
    table = events_table(scenario)
    named = table["channel"].str.split(";").map(lambda parts: [part.strip() for part in parts])
    own = table[[not "".join(parts) or channel in parts for parts in named]]
    if not len(own):
        st.caption(f"No events of {heading(channel)} are known.")
        return
    told = pd.DataFrame(
        {
            "Take away": False,
            "Event": own["name"],
            "From": [_when(text) for text in own["start"]],
            "Until": [_when(text) for text in own["end"]],
            "Volume ×": own["factor"].where(own["factor"] != "", "not given"),
            "Half-life, h": own["half_life_h"],
        }
    )
    with st.form(f"events-{channel}", border=False):
        edited = st.data_editor(
            told,
            hide_index=True,
            width="stretch",
            disabled=["Event", "From", "Until", "Volume ×", "Half-life, h"],
            key=f"events-table-{channel}-{len(own)}",
        )
        if st.form_submit_button("Take the ticked away", help="Undoes your word on a burst, too."):
            gone = own.index[edited["Take away"].to_numpy(dtype=bool)]
            if len(gone):
                _take(with_events(scenario, table.drop(index=gone)))


def _when(text: str) -> str:
    """A time of the file for people; what cannot be read stands as it is."""
    try:
        return moment_of_year(pd.Timestamp(text))
    except ValueError:
        return text


def _form(scenario: Scenario, channel: str) -> None:
    with st.expander("Add an event", key="event-more"), st.form("event-form", border=False):
        name = st.text_input(
            "Name",
            max_chars=80,
            help="Events of one name are of one sort: the last tells the next.",
        )
        begin, end, factor, half = st.columns(4)
        start = begin.datetime_input("From", value=None, step=1800)
        until = end.datetime_input("Until", value=None, step=1800)
        by = factor.number_input(
            "Volume ×",
            0.0,
            999.0,
            None,
            0.1,
            help="Empty: not known; an earlier event of the same name tells it.",
        )
        hours = half.number_input(
            "Half-life, h", 0.0, 10_000.0, None, 1.0, help="Empty: the effect holds until the end."
        )
        everywhere = st.checkbox("All channels", help=f"Else {heading(channel)} alone.")
        if not st.form_submit_button("Add this event", type="primary"):
            return
        row = {
            "name": name.strip(),
            "channel": "" if everywhere else channel,
            "start": "" if start is None else start.isoformat(),
            "end": "" if until is None else until.isoformat(),
            "factor": "" if by is None else f"{by:g}",
            "half_life_h": "" if not hours else f"{hours:g}",
            "known": "yes",
        }
        table = pd.concat([events_table(scenario), pd.DataFrame([row])], ignore_index=True)
        try:
            content = io.BytesIO(table.fillna("").to_csv(index=False).encode())
            read_events(content, timezone=scenario.timezone, name="events.csv")
        except PlanningError as error:
            show_faults(error)
            return
    _take(with_events(scenario, table.fillna("")))


def _take(opened: Scenario) -> None:
    session.open_scenario(opened)
    st.rerun()
