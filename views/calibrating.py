"""A history that counts all contacts: its first attempts are found before anything is shown."""

from __future__ import annotations

import time
from typing import NoReturn

import streamlit as st

from scenario import RunCancelledError, Scenario
from views import session
from views.files import scenario_content
from views.jobs import Board, Job, board, fingerprint
from views.progress import awaited
from views.runaway import endless, longest_s
from views.work import app_version, processors

RANK = 1  # of a turn: after everybody's first looks
CONTACTS = 5_000_000  # in all rounds together, at most about


def settle(scenario: Scenario) -> NoReturn:
    """
    Find the first attempts, in place of a page, and work on with them.

    Parameters
    ----------
    scenario
        The baseline; its volume counts all contacts.
    """
    demand = session.forecast_job()

    def ask(*, again: bool = False) -> Job:
        return ask_calibrated(board(), session.session_id(), scenario, demand, again=again)

    st.title("First attempts")
    st.write(
        "The volume of this scenario counts all contacts, those of customers who come back, too."
        " The week is rehearsed with the present staff until first attempts and all that they"
        " cause amount to that volume; every what-if then starts from these first attempts."
    )
    found = awaited("calibration", ask(), ask)
    if found is not None:
        session.go_on_with(found)
        st.rerun()
    st.button(
        "Take the volume as first attempts",
        on_click=session.open_scenario,
        args=(scenario.with_changes({"demand.counts": "first"}),),
        help="Whoever comes back then comes on top of the volume.",
    )
    st.stop()


def ask_calibrated(
    board: Board, session_id: str, scenario: Scenario, demand: Job, *, again: bool = False
) -> Job:
    """Find what of a volume is first attempts; answers with the scenario that knows it."""

    def work(job: Job) -> Scenario:
        from simulate.calibration import calibrated

        contacts = job.wait_for(demand)
        with processors().taken(RANK, processors().age(), job.cancelled) as threads:
            until = time.monotonic() + longest_s(scenario, CONTACTS)
            try:
                return calibrated(
                    scenario,
                    contacts,
                    workers=threads,
                    progress=job.count,
                    cancel=lambda: job.cancelled() or time.monotonic() > until,
                )
            except RunCancelledError:
                if job.cancelled():
                    raise
                raise endless(scenario) from None

    key = fingerprint("calibration", app_version(), scenario_content(scenario))
    return board.request(
        session_id, "calibration", key, "Finding the first attempts", work, again=again
    )
