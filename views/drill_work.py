"""A crisis drill as work for a job, and the small tables of it that the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenario import Scenario
from views.files import scenario_content
from views.jobs import Board, Job, fingerprint
from views.turns import Turns
from views.work import app_version, processors

if TYPE_CHECKING:
    from simulate.drill import Drill
    from simulate.recovery import Recovery

NBYTES = 1_000_000  # of the tables, about
MOST_CONTACTS = 500_000  # of all replications of a day: some seconds' work
RANK = 1  # of a turn: after everybody's first looks


@dataclass(frozen=True)
class Asked:
    """
    The question of a drill.

    Parameters
    ----------
    channel
        Channel that the burst meets.
    at
        When it begins, local time.
    factor, half_life_h
        Times the volume at once, and hours in which that falls back by half.
    group, more, after_minutes
        Who is called in, how many, and how many minutes after the burst began they are there.
    """

    channel: str
    at: pd.Timestamp
    factor: float
    half_life_h: float
    group: str
    more: int
    after_minutes: int


@dataclass(frozen=True)
class Drilled:
    """
    What the page shows of a drill.

    Parameters
    ----------
    asked
        The question.
    rows, intervals, difference
        Tables of `simulate.drill.Drill`.
    recoveries
        When the channel has recovered, by arrangement.
    replications, seed
        Of each arrangement.
    """

    asked: Asked
    rows: Mapping[str, Mapping[str, Any]]
    intervals: pd.DataFrame
    difference: pd.DataFrame
    recoveries: Mapping[str, Recovery]
    replications: int
    seed: int

    @classmethod
    def of(cls, asked: Asked, found: Drill) -> Drilled:
        """Those of a drill; its counts are let go."""
        some = next(iter(found.outcomes.values()))
        rows = {str(row["arrangement"]): row for row in found.table.to_dict("records")}
        return cls(
            asked,
            rows,
            found.intervals,
            found.difference,
            dict(found.recoveries),
            some.replications,
            some.seed,
        )

    @property
    def nbytes(self) -> int:
        """Memory that it takes, about."""
        return NBYTES


def ask_drill(
    board: Board,
    session: str,
    scenario: Scenario,
    demand: Job,
    asked: Asked,
    *,
    again: bool = False,
) -> Job:
    """
    Rehearse a burst without and with people called in; answers with a `Drilled`.

    Parameters
    ----------
    board, session
        Where the job stands.
    scenario
        The calm day, with its own staffing.
    demand
        The job that resolves its demand.
    asked
        The question.
    again
        Ask once more after a stop.
    """

    def work(job: Job) -> Drilled:
        contacts = job.wait_for(demand)
        return drilled(scenario, contacts, asked, job, processors())

    key = fingerprint("drill", app_version(), scenario_content(scenario), repr(asked))
    return board.request(session, "drill", key, "Drilling the burst", work, again=again)


def drilled(scenario: Scenario, demand: Any, asked: Asked, job: Job, turns: Turns) -> Drilled:
    """Rehearse when a processor is free."""
    from simulate.drill import drill

    expected = float(demand.mean.sum())
    affordable = int(MOST_CONTACTS / max(expected, 1.0))
    count = max(2, min(scenario.replications, affordable))
    with turns.taken(RANK, turns.age(), job.cancelled) as threads:
        found = drill(
            scenario,
            demand,
            channel=asked.channel,
            at=asked.at,
            factor=asked.factor,
            half_life_h=asked.half_life_h,
            call_in={asked.group: asked.more},
            after_minutes=asked.after_minutes,
            replications=count,
            workers=threads,
            progress=job.count,
            cancel=job.cancelled,
        )
    return Drilled.of(asked, found)
