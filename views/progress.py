"""How work that takes its time is shown: progress, a way to stop it, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from scenario.errors import InvalidInputError, PlanningError
from views.faults import show_faults
from views.jobs import Job, State, board
from views.session import session_id

POLL_S = 0.25
CALM_POLL_S = 1.0  # where an answer is shown already, and grows surer


def awaited(slot: str, job: Job, again: Callable[..., Job]) -> Any | None:
    """
    The answer of a job, or in its place what is known so far.

    Parameters
    ----------
    slot
        The session's slot that the job stands in.
    job
        The job.
    again
        Asks for the job once more, with `again=True`; for the button after a stop.

    Returns
    -------
    object or None
        The answer, or the early one while the work goes on; None while there is none.
    """
    if job.running:
        watch = _watch if job.result is None else _watch_calmly
        watch(slot, job.version, again)
    elif job.state is State.STOPPED:
        _tell_stop(slot, job, again)
    elif job.state is State.FAILED:
        _tell_failure(job)
        st.button("Try again", key=f"again-{slot}", on_click=again, kwargs={"again": True})
    return job.result


@st.fragment(run_every=POLL_S)
def _watch(slot: str, seen: int, again: Callable[..., Job]) -> None:
    """Progress of the slot's job, looked up four times a second; the page follows its end."""
    _look(slot, seen, again)


@st.fragment(run_every=CALM_POLL_S)
def _watch_calmly(slot: str, seen: int, again: Callable[..., Job]) -> None:
    """The same, once a second: twenty open pages must not be busy with looking up."""
    _look(slot, seen, again)


def _look(slot: str, seen: int, again: Callable[..., Job]) -> None:
    job = board().of(session_id(), slot)
    told = f"stop-told-{slot}"
    if job is not None and job.state is State.STOPPED and not st.session_state.get(told):
        # The button is back at once; the page follows with the next look.
        st.session_state[told] = True
        _tell_stop(slot, job, again)
        return
    st.session_state.pop(told, None)
    if job is None or not job.running or job.version != seen:
        st.rerun()
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(job.share, text=f"{job.label}: {job.sentence or 'starting'}")
    right.button(
        "Stop",
        key=f"stop-{slot}",
        on_click=board().cancel,
        args=(session_id(), slot),
        help="Stops the work at once; what is on the screen stays.",
        width="stretch",
    )


def _tell_stop(slot: str, job: Job, again: Callable[..., Job]) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    stands = "Nothing else has changed" if job.result is None else "What it had found is shown"
    left.info(f"{job.label} was stopped. {stands}.")
    right.button(
        "Run",
        key=f"again-{slot}",
        on_click=again,
        kwargs={"again": True},
        help="Starts the work anew.",
        width="stretch",
    )


def _tell_failure(job: Job) -> None:
    if isinstance(job.error, InvalidInputError):
        st.error(f"{job.label} is not possible with these data.")
        show_faults(job.error)
    elif isinstance(job.error, PlanningError):
        st.error(str(job.error))
    else:
        st.error(f"{job.label} failed because of a fault in this program; its log has the details.")


def background() -> None:
    """One line a job of this session, for the foot of the sidebar."""
    jobs = {slot: board().of(session_id(), slot) for slot in ("forecast", "baseline", "plan")}
    if any(job is not None and job.running for job in jobs.values()):
        _background_moving()
    else:
        _background_lines()


@st.fragment(run_every=2 * CALM_POLL_S)
def _background_moving() -> None:
    if not _background_lines():
        st.rerun()


def _background_lines() -> bool:
    """Draw the lines; whether any work still goes on."""
    names = {"forecast": "Forecast", "baseline": "As staffed now", "plan": "Plan"}
    going = False
    for slot, name in names.items():
        job = board().of(session_id(), slot)
        if job is None:
            continue
        if job.running:
            going = True
            st.caption(f"◔ {name}: {100 * job.share:.0f} %")
        elif job.state is State.DONE:
            st.caption(f"● {name}: ready")
        elif job.state is State.STOPPED:
            st.caption(f"○ {name}: stopped")
        else:
            st.caption(f"▲ {name}: failed")
    return going
