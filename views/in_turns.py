"""A way to rehearse in the background that lets everybody's levers go first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scenario import Demand, Scenario, Staff
from views.attention import attention
from views.jobs import Job
from views.work import processors

if TYPE_CHECKING:
    from simulate.outcome import Outcome

RANK = 9  # after every look that somebody waits for
AT_ONCE = 2  # replications in one turn


def in_turns(
    job: Job, demand: Demand, seed: int
) -> Callable[[Scenario, Staff | None, int], Outcome]:
    """
    Rehearse few replications at a time, each when nobody else wants the processor.

    Parameters
    ----------
    job
        Whose work it is; it may be cancelled on the way.
    demand, seed
        Of every rehearsal.

    Returns
    -------
    callable
        Takes a scenario, its staff (None for the current one) and a number of replications.

    Raises
    ------
    RunCancelledError
        From the callable, when the job is cancelled.
    """
    places = processors()
    age = places.age()

    def run(scenario: Scenario, staff: Staff | None, replications: int) -> Outcome:
        from simulate.growing import GrowingRun

        growing = GrowingRun(scenario, demand, staff, seed=seed)
        while growing.replications < replications:
            with places.taken(RANK, age, job.cancelled, most=1):
                upto = min(growing.replications + AT_ONCE, replications)
                growing.grow(upto, cancel=job.cancelled, rest=attention.rest)
        return growing.outcome()

    return run
