"""Who works which shift? The rota of a plan, or of the shifts as edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from report.tables import safe_csv
from views import session
from views.jobs import Board, Job, board, fingerprint
from views.progress import awaited
from views.words import heading

if TYPE_CHECKING:
    from staffing import Plan
    from staffing.rota import Rota

HEIGHT = 320  # pixels
COUNTED = {"group", "contract", "agent", "week", "shifts", "hours", "days_off"}
"""Columns of a rota that are no days."""


def ask_rota(board: Board, session_id: str, plan: Plan, key: str, *, again: bool = False) -> Job:
    """
    Give a plan's shifts to numbered agents; answers with a `Rota`.

    Parameters
    ----------
    board, session_id
        Where the job stands.
    plan
        The plan, edited or as found.
    key
        Of the job that made it.
    again
        Ask once more after a stop.
    """

    def work(job: Job) -> Rota:
        from staffing.rota import make_rota

        return make_rota(plan.scenario, plan.staff.shifts, cancel=job.cancelled)

    asked = fingerprint("rota", key)
    return board.request(session_id, "rota", asked, "Filling the rota", work, again=again)


def rota_rows(rota: Rota) -> pd.DataFrame:
    """A row a week for each agent, for people; nothing is a day off."""
    table = rota.table()
    days = [str(name) for name in table.columns if name not in COUNTED]
    shown = pd.DataFrame(
        {
            "Agent": [heading(str(agent)) for agent in table["agent"]],
            "Group": [heading(str(group)) for group in table["group"]],
            "Week of": table["week"],
            **{day.capitalize(): table[day].str.replace("-", "–") for day in days},
            "Shifts": table["shifts"],
            "Hours": table["hours"],
        }
    )
    alone = [name for name in ("Group", "Week of") if len(set(shown[name])) <= 1]
    return shown.drop(columns=alone)


def draw(plan: Plan, key: str, *, edited: bool) -> None:
    """
    The rota with its sentence and a file of it.

    Parameters
    ----------
    plan
        The plan whose shifts are given out.
    key
        Of the job that made it.
    edited
        Whether its shifts were edited.
    """
    if not plan.staff.shifts:
        return
    st.subheader("Rota")

    def ask(*, again: bool = False) -> Job:
        return ask_rota(board(), session.session_id(), plan, key, again=again)

    rota: Rota | None = awaited("rota", ask(), ask)
    if rota is None:
        return
    whose = "The shifts as edited" if edited else "The shifts as found"
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.text(f"{whose}, given to numbered agents. {rota.sentence}")
    name = "edited_rota.csv" if edited else "plan_rota.csv"
    right.download_button(
        "Rota, CSV",
        lambda: safe_csv(rota.table()),
        name,
        "text/csv",
        on_click="ignore",
        help="A line a week for each agent, those whose shifts nobody can take among them.",
        width="stretch",
    )
    rows = rota_rows(rota)
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height="content" if len(rows) <= 8 else HEIGHT,
        column_config={
            "Agent": st.column_config.TextColumn(
                pinned=True,
                help="Contract and number, with those who are away behind the agents on the floor"
                " among them. Open: shifts that nobody can take within the rules of the contracts.",
            ),
            "Hours": st.column_config.NumberColumn(
                format="%.1f", help="Paid hours of the shifts in this week."
            ),
        },
    )
