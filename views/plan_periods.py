"""Every day, week or interval of every promise: how many it takes, what it reaches, how surely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from report.tables import plan_csv
from views.words import UNKNOWN, heading, limit, moment, number, percent

if TYPE_CHECKING:
    from staffing import Plan

ALL = "All promises"
KEPT, MISSED = "●", "▼"
HEIGHT = 320  # pixels: a week of a few promises


def period_rows(plan: Plan, promise: str = ALL, *, only_short: bool = False) -> pd.DataFrame:
    """
    A row a period and promise, for people.

    Parameters
    ----------
    plan
        The plan; of an edited one what the search saw is unknown.
    promise
        One of `promises_of`, or all.
    only_short
        Leave out the periods that keep their promise.
    """
    rows = []
    for row, name in zip(plan.periods.to_dict("records"), _promises(plan), strict=True):
        if promise not in {ALL, name} or (only_short and row["met"]):
            continue
        rows.append(
            {
                "Kept": KEPT if row["met"] else MISSED,
                "When": when(row["interval_start"], row["period"]),
                "Promise": name,
                "Contacts": number(row["contacts"], 1 if row["contacts"] < 100 else 0),
                "Agent hours": number(row["agent_hours"], 1),
                "Planned": _with_interval(row, ""),
                "Chance": percent(row["probability_met"], 0),
                "Fresh check": _with_interval(row, "fresh_"),
                "Fresh chance": percent(row["fresh_probability_met"], 0),
            }
        )
    return pd.DataFrame(rows)


def promises_of(plan: Plan) -> list[str]:
    """The promises of a plan as planners say them, e.g. "Chat: 80 % in 60 s"."""
    return list(dict.fromkeys(_promises(plan)))


def draw(plan: Plan) -> None:
    """The table, with what it may be narrowed to and a file of it."""
    if not len(plan.periods):
        return
    st.subheader("Period by period")
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    promise = left.selectbox(
        "Promise",
        [ALL, *promises_of(plan)],
        key="plan-period-promise",
        help="One promise, or all of them. Each is judged in every period it is made for: a"
        " half-hour, a day or the week.",
    )
    short = middle.toggle(
        "Only what falls short",
        key="plan-period-short",
        help="Leaves out the periods that keep their promise in the fresh check.",
    )
    right.download_button(
        "Periods, CSV",
        lambda: plan_csv(plan, "periods"),
        "plan_periods.csv",
        "text/csv",
        on_click="ignore",
        help="Every period of every promise as numbers, with the ends of the intervals.",
        width="stretch",
    )
    rows = period_rows(plan, promise, only_short=short)
    if not len(rows):
        st.caption("No period falls short.")
        return
    st.dataframe(
        rows if promise == ALL else rows.drop(columns="Promise"),
        hide_index=True,
        width="stretch",
        height="content" if len(rows) <= 8 else HEIGHT,
        column_config={
            "Kept": st.column_config.TextColumn(
                "", width=30, help="● kept in the fresh check, ▼ not."
            ),
            "Contacts": st.column_config.TextColumn(help="Expected, that the promise is made to."),
            "Agent hours": st.column_config.TextColumn(
                help="Required on the floor in this period, of all who serve the channel; what"
                " whole shifts add to it stands below."
            ),
            "Planned": st.column_config.TextColumn(
                help="Share in time as the search saw it, with its 95 % interval in brackets."
            ),
            "Chance": st.column_config.TextColumn(
                help="In what share of the rehearsals this one period keeps the promise."
            ),
            "Fresh check": st.column_config.TextColumn(
                help="The same with random numbers that the search never saw: what to expect."
            ),
            "Fresh chance": st.column_config.TextColumn(
                help="The chance by the fresh check. A mean above the promise can go with a"
                " chance far below 100 %: days differ."
            ),
        },
    )


def _promises(plan: Plan) -> list[str]:
    """The promise of each row of `plan.periods`."""
    asked = {
        (row["channel"], row["arrived_closed"]): f"{heading(row['channel'])}"
        f"{', arrived closed' if row['arrived_closed'] else ''}:"
        f" {percent(row['target'], 0)} in {limit(row['within_s'])}"
        for row in plan.targets.to_dict("records")
    }
    keys = zip(plan.periods["channel"], plan.periods["arrived_closed"], strict=True)
    return [asked[key] for key in keys]


def when(start: pd.Timestamp, period: str) -> str:
    """When a period is: a half-hour with its time, a day or a week by its first day."""
    match period:
        case "interval":
            return moment(start)
        case "week":
            return f"week of {start:%a %d %b}"
        case _:
            return f"{start:%a %d %b}"


def _with_interval(row: dict[str, float], prefix: str) -> str:
    """A share with its 95 % interval, e.g. "84.1 % (83.2–85.0)"."""
    reached = row[f"{prefix}achieved"]
    if pd.isna(reached):
        return UNKNOWN
    low, high = (100 * row[f"{prefix}{end}"] for end in ("low", "high"))
    return f"{percent(reached)} ({low:.1f}–{high:.1f})"
