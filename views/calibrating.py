"""A history that counts all contacts: its first attempts are found before anything is shown."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from scenario import Scenario, Staff
from views import session
from views.files import scenario_content
from views.jobs import Board, Job, board, fingerprint
from views.progress import awaited
from views.work import app_version, processors

RANK = 1  # of a turn: after everybody's first looks


def settle(scenario: Scenario) -> NoReturn:
    """
    Find the first attempts, in place of a page, and work on with them.

    Parameters
    ----------
    scenario
        The baseline; its volume counts all contacts.
    """
    demand = session.forecast_job()
    former = session.former()
    # Who made the what-if the baseline has counted who came while the former staff was there.
    present = scenario if former is None else former.scenario

    def ask(*, again: bool = False) -> Job:
        return ask_calibrated(board(), session.session_id(), scenario, demand, present, again=again)

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
        kwargs={"former": former},
        help="Whoever comes back then comes on top of the volume.",
    )
    st.stop()


def ask_calibrated(
    board: Board,
    session_id: str,
    scenario: Scenario,
    demand: Job,
    present: Scenario,
    *,
    again: bool = False,
) -> Job:
    """Find what of a volume is first attempts, as staffed at present; answers with the scenario."""

    def work(job: Job) -> Scenario:
        from simulate.calibration import calibrated

        contacts = job.wait_for(demand)
        staff = _staff_of(present, scenario)
        with processors().taken(RANK, processors().age(), job.cancelled) as threads:
            return calibrated(
                scenario,
                contacts,
                staff,
                workers=threads,
                progress=job.count,
                cancel=job.cancelled,
            )

    contents = [scenario_content(one) for one in (scenario, present)]
    key = fingerprint("calibration", app_version(), *contents)
    return board.request(
        session_id, "calibration", key, "Finding the first attempts", work, again=again
    )


def _staff_of(present: Scenario, scenario: Scenario) -> Staff | None:
    """Agents on the floor at present; None, the scenario's own, where its groups are others."""
    if present is scenario or tuple(present.groups) != tuple(scenario.groups):
        return None
    return present.staff()
