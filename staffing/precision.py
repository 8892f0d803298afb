"""How many replications does it take to tell whether a promise is kept?"""

from __future__ import annotations

import math

import numpy as np

from staffing.promises import BATCHES, Verdict
from staffing.task import Task

SURE = 0.005  # standard error of a service level that is sure enough: half a percentage point
NEAR = 0.03  # service levels farther from what is asked need not be so sure
MOST_DAYS = 1_600  # replications at most where an interval is promised something
MOST_TIMES = 4  # times the scenario's replications at most where days or weeks are
MOST_CONTACTS = 20_000_000  # in one rehearsal
AROUND = 1.5  # times as many at most, where every path of a demand is met equally often then


def enough_replications(task: Task, verdicts: tuple[Verdict, ...]) -> int:
    """
    Replications with which every service level near its promise is sure to half a point.

    Parameters
    ----------
    task
        What is worked on.
    verdicts
        Promises held against a first rehearsal.

    Notes
    -----
    The spread from day to day decides, not the volume: a day of 25 agents takes about 1,600, of
    230 agents about 800, of which half-hours are promised something.
    """
    least = task.replications
    wanted, by_interval = float(least), False
    for verdict in verdicts:
        target = verdict.promise.target
        by_interval |= target.period == "interval"
        near = np.abs(verdict.mean - target.share) < NEAR + 2 * verdict.error
        if target.confidence is not None or not near.any():
            continue
        wanted = max(wanted, verdict.count * (verdict.error[near].max() / SURE) ** 2)
    if wanted <= least:
        return least
    contacts = float(task.expected.mean.sum())
    most = max(MOST_DAYS if by_interval else 0, MOST_TIMES * least)
    most = min(most, max(least, math.floor(MOST_CONTACTS / max(contacts, 1.0))))
    paths = _paths(task)
    if paths and paths <= AROUND * most:
        # Every path as often as any other: the check meets the same weather, then.
        return max(
            least, min(math.floor(AROUND * most) // paths, math.ceil(wanted / paths)) * paths
        )
    # Stratified days are even in runs of a power of two.
    return max(least, min(most, BATCHES * math.ceil(wanted / BATCHES)))


def _paths(task: Task) -> int:
    """Paths of the demand that replications follow in turn; 0 where they follow none."""
    follows = task.scenario.demand.uncertainty == "paths" and task.expected.paths is not None
    return len(task.expected.paths) if follows and task.expected.paths is not None else 0
