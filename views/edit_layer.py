"""The planner's edits on the Forecast page: add one, look at them, undo them, take them away."""

from __future__ import annotations

import io
from datetime import time
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from forecast import Edit, Edits, layer_accuracy, read_edits
from forecast.edits_file import edits_frame
from forecast.sources import edits_of
from scenario import Demand, PlanningError, Scenario
from views import people, session
from views.faults import show_faults
from views.files import keep
from views.words import heading, number, percent, points

if TYPE_CHECKING:
    from forecast import History

KINDS = {
    "scale": "Multiply by",
    "set": "Set to, contacts a day",
    "add": "Add, contacts a day",
    "shift": "Move later by, minutes",
}
ALL_DAY = (time(0, 0), time(0, 0))


def with_layer(scenario: Scenario, edits: Edits) -> Scenario:
    """The scenario with these edits; without the key where none is left."""
    if not edits:
        return scenario.with_changes({"demand.edits": None})
    path = keep("edits.csv", edits_frame(edits).to_csv(index=False).encode())
    return scenario.with_changes({"demand.edits": str(path)})


def draw(demand: Demand, plain: Demand | None, history: History | None) -> None:
    """
    The layer: a table with undo, a form for one more, and what each was worth where it came in.

    Parameters
    ----------
    demand
        As it is planned with, edits on it.
    plain
        As it was made; None while that is not known.
    history
        What came, as far as there is a history.
    """
    scenario = session.scenario()
    edits = edits_of(scenario)
    if edits:
        _table(scenario, edits)
    else:
        st.caption(
            "No edits so far. What you know and the history does not, such as a campaign or a"
            " product that ends, is put on top of the forecast and never into it."
        )
    with st.expander("Add an edit, or load a file of edits", key="edit-more"):
        one, several = st.tabs(["One edit", "A file"])
        with one:
            _form(scenario, edits, demand)
        with several:
            _file(scenario)
    if edits and plain is not None and history is not None:
        _worth(plain, history, edits)


def _table(scenario: Scenario, edits: Edits) -> None:
    told = [
        {
            "Undo": False,
            "Channel": ", ".join(heading(name) for name in edit.channels) or "all",
            "From": f"{edit.first_day:%a %d %b %Y}",
            "To": f"{edit.last_day:%a %d %b %Y}",
            "Times": "all day"
            if (edit.start, edit.end) == ("00:00", "24:00")
            else f"{edit.start} – {edit.end}",
            "Days": edit.days,
            "Change": f"{KINDS[edit.change]} {edit.value:g}",
            "Reason": edit.reason,
            "Author": edit.author,
        }
        for edit in edits.edits
    ]
    with st.form("edit-table", border=False):
        table = st.data_editor(
            pd.DataFrame(told),
            hide_index=True,
            width="stretch",
            disabled=[name for name in told[0] if name != "Undo"],
            key=f"edit-table-{hash(edits)}",
        )
        left, right = st.columns([1, 4])
        if left.form_submit_button("Undo the ticked", width="stretch"):
            gone = [place for place, ticked in enumerate(table["Undo"]) if ticked]
            if gone:
                _take(scenario, edits.without(gone))
        right.caption("Edits apply from top to bottom; the forecast below them stays as made.")
    st.download_button(
        "Edits as CSV",
        lambda: edits_frame(edits).to_csv(index=False),
        "edits.csv",
        "text/csv",
        on_click="ignore",
        help="For `demand.edits` of a scenario, and for `allweather review` later on.",
    )


def _form(scenario: Scenario, edits: Edits, demand: Demand) -> None:
    first, last = demand.horizon.starts[0].date(), demand.horizon.starts[-1].date()
    with st.form("edit-form", border=False, clear_on_submit=True):
        where, when, clock = st.columns([2, 2, 2])
        channels = where.multiselect(
            "Channels", demand.channels, format_func=heading, help="None chosen means all."
        )
        days = when.date_input(
            "Days", (first, last), min_value=first, max_value=last, help="First and last day."
        )
        begin, end = (
            place.time_input(label, value, step=1800)
            for place, label, value in zip(
                clock.columns(2), ("From", "Until"), ALL_DAY, strict=True
            )
        )
        kind, much, weekdays = st.columns([2, 2, 2])
        change = kind.selectbox(
            "Change", list(KINDS), format_func=KINDS.get, help="Contacts of each day and channel."
        )
        value = much.number_input("Value", value=1.0, step=0.1, format="%g", key="edit-value")
        only = weekdays.text_input("Weekdays", "daily", help='Such as "mon-fri" or "sat,sun".')
        why, who = st.columns([4, 2])
        reason = why.text_input(
            "Reason", max_chars=200, placeholder="e.g. newsletter to 40,000", key="edit-reason"
        )
        author = people.field("edit-person", who)
        if not st.form_submit_button("Add this edit", type="primary"):
            return
        try:
            span = days if isinstance(days, tuple) else (days, days)
            added = Edit(
                tuple(channels),
                span[0],
                span[-1],
                change,
                float(value),
                f"{begin:%H:%M}",
                # Midnight as an end is the end of the day.
                f"{end:%H:%M}" if end != time(0, 0) else "24:00",
                only.strip() or "daily",
                author,
                reason.strip(),
                f"{pd.Timestamp.now('UTC'):%Y-%m-%dT%H:%MZ}",
            )
            edits.plus(added).applied(demand)
        except PlanningError as error:
            show_faults(error)
            return
    _take(scenario, edits.plus(added))


def _file(scenario: Scenario) -> None:
    file = st.file_uploader(
        "File of edits",
        type=["csv", "xlsx", "parquet"],
        key="edit-file",
        help="Columns first_day, change, value, and where wanted channel, last_day, start, end,"
        " days, author, reason. It takes the place of the edits so far.",
    )
    if file is not None and st.button("Use this file of edits", type="primary"):
        try:
            _take(scenario, read_edits(io.BytesIO(file.getvalue()), name=file.name))
        except PlanningError as error:
            show_faults(error)


def _worth(plain: Demand, history: History, edits: Edits) -> None:
    """Later on: what the forecast and each edit were worth, as far as the days have come in."""
    try:
        found = layer_accuracy(history, plain, edits)
    except PlanningError:
        return  # nothing of the planned time has come in yet
    told = [
        {
            "Channel": heading(str(row["channel"])),
            "What": row["what"],
            "Contacts": number(row["actual"]),
            "Last week repeated": percent(row["naive_wape"]),
            "Forecast": percent(row["forecast_wape"]),
            "Edited": percent(row["edited_wape"]),
            "Edits took off": points(row["edits_add"]),
        }
        for row in found.to_dict("records")
    ]
    st.caption("What each layer was worth on the days that have come in: errors by interval.")
    st.dataframe(pd.DataFrame(told), hide_index=True, width="stretch")


def _take(scenario: Scenario, edits: Edits) -> None:
    session.open_scenario(with_layer(scenario, edits))
    st.rerun()
