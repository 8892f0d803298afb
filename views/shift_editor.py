"""The table of shifts to edit: typed in, undone, rehearsed again, and what that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from scenario import PlanningError, Scenario
from staffing.edit_rows import edit_table, read_edit
from views import session
from views.edit_history import EditHistory
from views.edit_work import (
    ask_edit,
    edited_package,
    edited_pdf,
    edited_scenario,
    edited_xlsx,
    keep_edit,
    kept_edit,
    shifts_csv,
)
from views.faults import show_faults
from views.figures import Figure, tiles
from views.jobs import Job, board
from views.progress import awaited
from views.words import change, heading, money, name_of, number, unmarked

if TYPE_CHECKING:
    from staffing import Plan
    from staffing.edited import EditedPlan

ADDRESS = "edits"  # name in the page's address
HISTORY, BASE = "plan-edit-histories", "plan-edit-base"
DAY = "%a %d %b"
EDITED = "plan-edited"  # the scenario that was planned, and as the edited shifts staff it


def history_of(plan: Plan, plan_key: str) -> EditHistory:
    """
    The edits of a plan in this session; after a refresh those that the address names.

    Those of other plans are kept beside: whoever opens another scenario and comes back finds them.
    """
    known: dict[str, EditHistory] = st.session_state.setdefault(HISTORY, {})
    if plan_key not in known:
        known[plan_key] = EditHistory.of(plan_key, edit_table(plan.shifts))
        kept = kept_edit(st.query_params.get(ADDRESS, ""), plan_key)
        if kept is not None:
            known[plan_key].put(kept)
    return known[plan_key]


def edited_shifts(
    scenario: Scenario, plan: Plan, plan_key: str, demand: Job, day: str | None
) -> EditedPlan | None:
    """
    Draw the editor and what the edit changes.

    Parameters
    ----------
    scenario
        The opened scenario.
    plan, plan_key
        The plan as found, and the key of its job.
    demand
        The job that resolves the demand.
    day
        Label of the day whose shifts are shown, e.g. "Mon 13"; None for all.

    Returns
    -------
    EditedPlan or None
        None while nothing is edited, or the edit cannot be rehearsed.
    """
    history = history_of(plan, plan_key)
    buttons = st.container()
    typed = _editor(plan, history, day)
    history.put(typed)
    with buttons:  # after the edit: it can be undone at once
        _buttons(history)
    _keep_in_address(history)
    if history.is_as_found:
        st.session_state.pop(EDITED, None)
        st.caption("These are the shifts as found. Change a cell, or add a row at the foot.")
        return None
    try:
        read_edit(plan.scenario, typed)  # its rows are those of the screen, which faults name
    except PlanningError as error:
        st.error("These shifts cannot be worked. Nothing is lost: put the cells right, or undo.")
        show_faults(error)
        return None

    def ask(*, again: bool = False) -> Job:
        return ask_edit(
            board(), session.session_id(), plan, plan_key, demand, history.current, again=again
        )

    edited: EditedPlan | None = awaited("edit", ask(), ask)
    if edited is None:
        return None
    st.session_state[EDITED] = (scenario, edited_scenario(scenario, edited))
    _tell(plan, edited)
    _downloads(scenario, edited, demand)
    return edited


def edited_staffing(scenario: Scenario) -> Scenario | None:
    """A scenario as its edited plan staffs it; None where nothing is edited."""
    planned, edited = st.session_state.get(EDITED, (None, None))
    return edited if planned is scenario else None


def edit_key() -> str:
    """Key of the rehearsal of the shifts as edited; empty where there is none."""
    job = board().of(session.session_id(), "edit")
    return "" if job is None else job.key


def _buttons(history: EditHistory) -> None:
    left, middle, right, _ = st.columns([1, 1, 2, 4])
    left.button(
        "Undo",
        key="plan-undo",
        on_click=history.undo,
        disabled=not history.can_undo,
        help="Takes the last edit back.",
        width="stretch",
    )
    middle.button(
        "Redo",
        key="plan-redo",
        on_click=history.redo,
        disabled=not history.can_redo,
        help="Makes the edit that was undone once more.",
        width="stretch",
    )
    right.button(
        "Plan as found",
        key="plan-as-found",
        on_click=history.back,
        disabled=history.is_as_found,
        help="All edits at once; this can be undone too.",
        width="stretch",
    )


def _editor(plan: Plan, history: EditHistory, day: str | None) -> pd.DataFrame:
    """
    The table as it stands in the editor.

    What the editor gives back is never its own input: that stays the version which it began
    with, until an undo or another page makes it begin anew.
    """
    key = f"plan-shifts-{history.plan[:8]}-{history.epoch}-{day}"
    if key not in st.session_state or st.session_state.get(BASE, ("",))[0] != key:
        history.restart()
        key = f"plan-shifts-{history.plan[:8]}-{history.epoch}-{day}"
        st.session_state[BASE] = (key, *_split(history.current, day))
    _, shown, others = st.session_state[BASE]
    period = plan.scenario.period
    days = list(dict.fromkeys(period.starts.strftime(DAY)))
    groups = [name for name, group in plan.scenario.groups.items() if group.shifts]
    kinds = [kind for name in groups for kind in plan.scenario.groups[name].shifts]
    given = st.data_editor(
        _for_people(shown),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        height=360,
        column_config={
            "Group": st.column_config.SelectboxColumn(
                options=groups, format_func=heading, default=groups[0] if groups else None
            ),
            "Kind": st.column_config.SelectboxColumn(
                options=list(dict.fromkeys(kinds)),
                format_func=name_of,
                help="Decides contract, rate and which breaks are paid; empty: the group's rate,"
                " breaks unpaid.",
            ),
            "Day": st.column_config.SelectboxColumn(
                options=days,
                default=next((one for one in days if day and one.startswith(day)), None),
                help="The day on which the shift starts.",
            ),
            "From": st.column_config.TimeColumn(format="HH:mm", step=60),
            "To": st.column_config.TimeColumn(
                format="HH:mm", step=60, help="Not after the start: on the next day."
            ),
            "Breaks": st.column_config.TextColumn(
                help="Times of day, e.g. 12:00–12:30, 15:00–15:15. They do not move by themselves."
            ),
            "Agents": st.column_config.NumberColumn(
                "Agents on the floor", step=1, default=1, help="After shrinkage."
            ),
        },
    )
    dates = dict(zip(period.starts.strftime(DAY), period.starts.date, strict=True))
    return pd.concat([_for_reading(given, dates), others], ignore_index=True)


def _split(table: pd.DataFrame, day: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a day, and the others."""
    if day is None:
        return table, table.iloc[:0]
    own = [
        one is None or str(one) == "NaT" or f"{one:{DAY}}".startswith(day) for one in table["day"]
    ]
    chosen = pd.Series(own, index=table.index, dtype=bool)
    return table[chosen].reset_index(drop=True), table[~chosen].reset_index(drop=True)


def _for_people(table: pd.DataFrame) -> pd.DataFrame:
    """Types that the editor's columns want."""
    return pd.DataFrame(
        {
            "Day": [None if pd.isna(one) else f"{one:{DAY}}" for one in table["day"]],
            "From": table["start"].to_numpy(object),
            "To": table["end"].to_numpy(object),
            "Breaks": [str(one or "") for one in table["breaks"]],
            "Group": table["group"].to_numpy(object),
            "Kind": [one or None for one in table["kind"]],
            "Agents": pd.to_numeric(table["agents"], errors="coerce").astype("Int64"),
        }
    )


def _for_reading(given: pd.DataFrame, dates: dict[str, Any]) -> pd.DataFrame:
    """What the editor holds as the library's table."""

    def plain(value: Any) -> Any:
        return None if value is None or value is pd.NA or pd.isna(value) else value

    return pd.DataFrame(
        {
            "group": [plain(one) for one in given["Group"]],
            "kind": [plain(one) for one in given["Kind"]],
            "day": [dates.get(one) for one in given["Day"]],
            "start": [plain(one) for one in given["From"]],
            "end": [plain(one) for one in given["To"]],
            "breaks": [plain(one) or "" for one in given["Breaks"]],
            "agents": [plain(one) for one in given["Agents"]],
        },
        dtype=object,
    )


def _keep_in_address(history: EditHistory) -> None:
    key = "" if history.is_as_found else keep_edit(history.plan, history.current)
    if key and st.query_params.get(ADDRESS) != key:
        st.query_params[ADDRESS] = key
    elif not key and ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def _tell(plan: Plan, edited: EditedPlan) -> None:
    """What the edit changes: tiles and sentences."""
    currency = plan.scenario.currency
    kept, before = int(edited.promises["met"].sum()), int(edited.promises["met_as_found"].sum())
    st.markdown("**What the edit changes**")
    tiles(
        [
            Figure(
                "Paid hours",
                number(edited.paid_hours, 1),
                change(edited.paid_hours - plan.paid_hours, 1),
                "Before shrinkage; the change is against the plan as found.",
            ),
            Figure(
                "Full-time posts",
                number(edited.fte, 1),
                change(edited.fte - plan.fte, 1),
                "Paid hours over those of a full-time week.",
            ),
            Figure(
                "Cost",
                money(edited.cost, currency),
                change(edited.cost - plan.cost),
                "Paid hours times the rates of the contracts.",
            ),
            Figure(
                "Promises kept",
                f"{kept} of {len(edited.promises)}",
                change(kept - before),
                "On the customers that checked the plan as found.",
            ),
        ]
    )
    for note in edited.notes:
        st.warning(unmarked(heading(note)))
    for sentence in edited.sentences:
        st.text(f"● {heading(sentence)}")


def _downloads(scenario: Scenario, edited: EditedPlan, demand: Job) -> None:
    """The edited plan as files: for a planning tool, a spreadsheet, the wall, the command line."""
    columns = st.columns(4)
    columns[0].download_button(
        "Edited shifts, CSV",
        lambda: shifts_csv(edited),
        "edited_shifts.csv",
        "text/csv",
        on_click="ignore",
        help="A staffing file: it can be brought back as Staffing now, or named in a scenario.",
        width="stretch",
    )
    columns[1].download_button(
        "Edited plan, XLSX",
        lambda: edited_xlsx(edited),
        "edited_plan.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        help="Every table of the edited plan, the rota among them, with assumptions and seed.",
        width="stretch",
    )
    columns[2].download_button(
        "Edited plan, PDF",
        lambda: edited_pdf(edited),
        "edited_plan.pdf",
        "application/pdf",
        on_click="ignore",
        help="One page to print: the edited plan beside the plan as found and the staffing of now.",
        width="stretch",
    )
    if demand.result is not None:
        columns[3].download_button(
            "Edited plan, ZIP",
            lambda: edited_package(scenario, edited, demand.result),
            "edited_plan.zip",
            "application/zip",
            on_click="ignore",
            help="Scenario, forecast and shifts: `allweather simulate scenario.toml` gives these"
            " service levels.",
            width="stretch",
        )
