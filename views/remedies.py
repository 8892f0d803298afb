"""What would mend the worst miss: tried out in the background, told in one sentence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from scenario import Scenario
from views.answer import answer_of
from views.files import scenario_content
from views.in_turns import in_turns
from views.jobs import Job, State, board, fingerprint
from views.progress import CALM_POLL_S
from views.rehearsal import Rehearsal
from views.session import session_id
from views.words import UNKNOWN, heading, money, name_of, percent, unmarked
from views.work import app_version

if TYPE_CHECKING:
    from staffing.remedy import Remedy, Stretch

SLOT = "remedy"
COUNTS = {1: "one more agent", 2: "two more agents", 3: "three more agents"}


def ask(scenario: Scenario, rehearsal: Job, demand: Job) -> Job:
    """
    Try more agents where a promise is missed worst; answers with a sentence, empty for none.

    Parameters
    ----------
    scenario
        What was rehearsed.
    rehearsal, demand
        The jobs that answer with its `Rehearsal`, or an `Answer` of it, and with its demand; the
        trial comes after both.
    """

    def work(job: Job) -> str:
        from staffing.remedy import remedy, worst_stretch

        contacts = job.wait_for(demand)
        # Whoever stops the rehearsal stops this too.
        found = job.wait_for(rehearsal, keep=False)
        if isinstance(found, Rehearsal):
            found = replace(answer_of(found.latest), stretch=worst_stretch(found.latest))
        if found.stretch is None:
            return ""
        run = in_turns(job, contacts, found.seed)
        scenario = found.scenario
        mended = remedy(found, contacts, found.stretch, run=partial(run, scenario))
        return told(found.stretch, mended, found.scenario.currency)

    key = fingerprint("remedy", app_version(), scenario_content(scenario))
    label = "Looking for what would mend it"
    return board().request(session_id(), SLOT, key, label, work)


def draw(job: Job) -> None:
    """Draw the sentence, or that it is being looked for."""
    if job.running:
        _watch()
    elif job.state is State.DONE and job.result:
        st.markdown("▸ " + unmarked(job.result).replace(" %", "\u00a0%"))
    elif job.state is State.FAILED:
        st.caption("What would mend it could not be worked out.")


@st.fragment(run_every=CALM_POLL_S)
def _watch() -> None:
    job = board().of(session_id(), SLOT)
    if job is None or not job.running:
        st.rerun()
    st.caption("◔ Looking for what would mend the worst miss …")


def told(stretch: Stretch, found: Remedy | None, currency: str) -> str:
    """
    The miss and its remedy in one sentence.

    Parameters
    ----------
    stretch
        Where the promise is missed.
    found
        What more agents would do; None where nobody could be added.
    currency
        Of the cost.
    """
    hours = f"{stretch.start:%a %d %b} {stretch.start:%H:%M}–{stretch.end:%H:%M}"
    miss = (
        f"{heading(stretch.channel)} misses {hours}: {percent(stretch.level)} in time,"
        f" {percent(stretch.target, 0)} promised"
    )
    if found is None:
        return f"{miss}. Those who serve it leave by their shifts: see the plan."
    cost = money(found.cost, currency)
    price = f", for {cost}" if found.cost and cost != UNKNOWN else ""
    if found.extra is None:
        return (
            f"{miss}; even {COUNTS.get(found.tried, f'{found.tried} more agents')}"
            f" ({name_of(found.group)}) in these hours are not enough: {percent(found.achieved)}."
        )
    who = COUNTS.get(found.extra, f"{found.extra} more agents")
    return (
        f"{miss}; {who} ({name_of(found.group)}) in these hours would fix it:"
        f" {percent(found.achieved)}{price}."
    )
