"""Moved levers as work for a job: rehearsed beside their baseline, told, and let go."""

from __future__ import annotations

from dataclasses import replace

from scenario import PlanningError, RunCancelledError, Scenario
from views.answer import Answer, answer_of
from views.files import scenario_content
from views.jobs import Board, Job, fingerprint
from views.rehearsal import Rehearsal, rehearse
from views.work import app_version, processors

LAST = 2  # rank of telling the last look: after everybody's earlier ones


def ask_what_if(
    board: Board,
    session: str,
    scenario: Scenario,
    demand: Job,
    baseline: Job,
    *,
    again: bool = False,
) -> Job:
    """
    Simulate moved levers beside the rehearsal of their baseline; answers with an `Answer`.

    Each look is told as soon as it is there, beside as many replications of the baseline. The
    counts are let go: what is shown is kept.
    """

    def work(job: Job) -> Answer:
        from staffing.remedy import worst_stretch

        turns = processors()
        contacts = job.wait_for(demand)
        known: Rehearsal | None = None

        def beside(here: Rehearsal) -> Answer:
            nonlocal known
            known = baseline.result or known
            if known is not None:
                outcome, before = here.beside(known)
                if outcome.replications == before.replications:
                    return answer_of(outcome, before)
            return answer_of(here.latest)

        found = rehearse(
            scenario,
            contacts,
            turns=turns,
            publish=lambda here: job.publish(beside(here)),
            count=job.count,
            cancelled=job.cancelled,
            all_looks=False,
        )
        _await_end(job, baseline)
        with turns.taken(LAST, turns.age(), job.cancelled, most=1):
            return replace(beside(found), stretch=worst_stretch(found.latest))

    key = fingerprint("what-if", app_version(), scenario_content(scenario), baseline.key)
    return board.request(session, "whatif", key, "Rehearsing the week", work, again=again)


def _await_end(job: Job, other: Job) -> None:
    """Wait until another job has ended, however that is."""
    try:
        job.wait_for(other)
    except (PlanningError, RunCancelledError):
        if job.cancelled():
            raise RunCancelledError from None
