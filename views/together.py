"""Several jobs of one page, watched as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from views.jobs import Job, board
from views.progress import POLL_S, awaited
from views.session import session_id


def awaited_together(jobs: Mapping[str, Job], again: Callable[..., Job], label: str) -> list[Any]:
    """
    The answers of several jobs, or in their place what is known so far.

    Parameters
    ----------
    jobs
        Jobs by the session's slots in which they stand.
    again
        Asks for the job of a slot once more: `again(slot, again=True)`.
    label
        What is being done, for the person.

    Returns
    -------
    list
        An answer a job, or the early one while the work goes on; None while there is none.
    """
    running = {slot: job.version for slot, job in jobs.items() if job.running}
    if running:
        _watch(running, len(jobs), label)
    for slot, job in jobs.items():
        if not job.running:
            awaited(slot, job, partial(again, slot))
    return [job.result for job in jobs.values()]


@st.fragment(run_every=POLL_S)
def _watch(seen: Mapping[str, int], count: int, label: str) -> None:
    """Progress of all slots in one bar; the page follows every answer."""
    jobs = {slot: board().of(session_id(), slot) for slot in seen}
    for slot, job in jobs.items():
        if job is None or not job.running or job.version != seen[slot]:
            st.rerun()
    shares = [job.share for job in jobs.values() if job is not None]
    share = (count - len(seen) + sum(shares)) / count
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.progress(share, text=f"{label}: {count - len(seen)} of {count} ready")
    right.button(
        "Stop",
        key=f"stop-{'-'.join(seen)}",
        on_click=_stop,
        args=(tuple(seen),),
        help="Stops the work at once; what is on the screen stays.",
        width="stretch",
    )


def _stop(slots: tuple[str, ...]) -> None:
    for slot in slots:
        board().cancel(session_id(), slot)
