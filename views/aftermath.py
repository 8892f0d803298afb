"""When the bursts of a what-if are over: rehearsed in the background, told in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from scenario import Demand, Scenario
from views.files import scenario_content
from views.in_turns import in_turns
from views.jobs import Job, State, board, fingerprint
from views.progress import CALM_POLL_S
from views.recovery_words import over
from views.session import session_id
from views.words import heading, moment, unmarked
from views.work import app_version

if TYPE_CHECKING:
    from simulate.recovery import Recovery

SLOT = "aftermath"
MOST_REPLICATIONS = 40  # tells nine of ten to within one in twenty
MOST_CONTACTS = 800_000  # of all replications of an arrangement


def ask(scenario: Scenario, rehearsal: Job, demand: Job) -> Job:
    """
    Rehearse with and without every burst; answers with a sentence for each, in its order.

    Parameters
    ----------
    scenario
        What was rehearsed.
    rehearsal, demand
        The jobs that answer with its rehearsal and with its demand; this comes after both.
    """

    def work(job: Job) -> tuple[str, ...]:
        contacts = job.wait_for(demand)
        # Whoever stops the rehearsal stops this too.
        job.wait_for(rehearsal, keep=False)
        return tuple(told(*one) for one in recovered(job, scenario, contacts))

    key = fingerprint("aftermath", app_version(), scenario_content(scenario))
    return board().request(session_id(), SLOT, key, "Seeing when bursts are over", work)


def told(channel: str, begin: str, found: Recovery) -> str:
    """E.g. "Burst on X from Wed 15 Apr 14:00: over after 4 h in half of the runs, …"."""
    return f"Burst on {heading(channel)} from {begin}: {over(found)}"


def draw(job: Job) -> None:
    """Draw the sentences, or that they are being worked out."""
    if job.running:
        _watch()
    elif job.state is State.DONE:
        for sentence in job.result:
            st.markdown("▸ " + unmarked(sentence).replace(" %", "\u00a0%"))
    elif job.state is State.FAILED:
        st.caption("When the bursts are over could not be worked out.")


@st.fragment(run_every=CALM_POLL_S)
def _watch() -> None:
    job = board().of(session_id(), SLOT)
    if job is None or not job.running:
        st.rerun()
    st.caption("◔ Seeing when the bursts are over …")


def recovered(job: Job, scenario: Scenario, demand: Demand) -> list[tuple[str, str, Recovery]]:
    """
    Rehearse with all bursts, and without each.

    Returns
    -------
    list of tuple
        Channel, beginning in words and recovery of every burst that begins within the measured
        time.

    Raises
    ------
    RunCancelledError
        When the job is cancelled.
    """
    from simulate.recovery import recovery

    run = in_turns(job, demand, scenario.seed)
    affordable = int(MOST_CONTACTS / max(float(demand.mean.sum()), 1.0))
    count = max(2, min(MOST_REPLICATIONS, scenario.replications, affordable))
    stricken = run(scenario, None, count)
    found = []
    for name, burst in scenario.bursts.items():
        begin = scenario.local(burst.start)
        if begin >= stricken.data.period.end:
            continue
        others = {other: one for other, one in scenario.bursts.items() if other != name}
        # Separate teams stay those of the stricken day: nobody knows of a burst before.
        calm = run(stricken.scenario.model_copy(update={"bursts": others}), stricken.staff, count)
        found.append((burst.channel, moment(begin), recovery(calm, stricken, burst.channel, begin)))
    return found
