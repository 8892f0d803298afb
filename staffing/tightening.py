"""A requirement becomes shifts that keep it: rehearsed, asked for more where they miss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.model import Scenario
from scenario.staff import Staff
from staffing.limits import Limits
from staffing.promises import Verdict, judge
from staffing.rehearsal import Rehearsal, Rounds
from staffing.repair import MARGIN, Floor, repair
from staffing.roster import Roster, roster

if TYPE_CHECKING:
    from simulate.replications import Replications

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

SHIFT_ROUNDS = 5  # rehearsals of the shifts


@dataclass(frozen=True)
class Candidate:
    """
    Shifts that were rehearsed.

    Parameters
    ----------
    roster
        The shifts.
    verdicts
        What they kept.
    """

    roster: Roster
    verdicts: tuple[Verdict, ...]


def best_roster(
    rehearsal: Rehearsal,
    required: IntArray,
    current: Staff | None,
    limits: Limits,
    effort_s: FloatArray,
    replications: int,
    seed: int,
    out_of_time: Callable[[], bool],
) -> tuple[Candidate, int]:
    """
    Put a requirement into shifts and repair it by what the shifts give; the best one seen.

    Parameters
    ----------
    rehearsal
        The floor that rosters are rehearsed on.
    required
        Agents on the floor that keep the promises, shape (I, G).
    current
        The staffing of now; None where none is named.
    limits, effort_s
        Bounds of the agents, and agent seconds of a contact by channel, shape (C,).
    replications, seed
        Of each rehearsal.
    out_of_time
        Asked after every round whether to end with what has been found.

    Returns
    -------
    Candidate, int
        The best roster, and the rounds that its search took.

    Notes
    -----
    Where contracts give less than is asked, the staffing of now, put into shifts, may spread
    the shortage better than any repair did: it is the plan to beat.
    """
    scenario = rehearsal.scenario
    hours = scenario.horizon.interval_minutes / 60
    most = SHIFT_ROUNDS + 2  # and the best days together, and the current staffing
    rounds = Rounds(rehearsal.telling, 0.45, 0.75, most, hours, "Rehearsing the shifts")
    candidates: list[Candidate] = []
    tried: set[bytes] = set()

    def on_shifts(agents: IntArray) -> Replications:
        rounds.next(agents)
        tried.add(agents.tobytes())
        made = roster(scenario, agents, cancel=rehearsal.cancel)
        data = rehearsal.run(made.scheduled, replications, seed, made.shifts).data
        candidates.append(Candidate(made, judge(data)))
        return data

    floor = Floor(scenario, limits, effort_s, on_shifts, lambda: candidates[-1].roster.scheduled)
    repaired = repair(floor, required, rounds=SHIFT_ROUNDS, out_of_time=out_of_time)
    if repaired.agents.tobytes() not in tried and not out_of_time():
        on_shifts(repaired.agents)  # the best of every day, of different rounds
    if current is not None and not out_of_time():
        on_shifts(np.clip(current.agents, limits.fewest, limits.most))

    def rank(candidate: Candidate) -> tuple[float, float]:
        short = _short_hours(scenario, candidate.verdicts, repaired.asked, effort_s)
        cost, hours = candidate.roster.cost.sum(), candidate.roster.paid_hours.sum()
        return short, float(cost or hours)

    # First what is asked, as nearly as it can be had; then the cost.
    return min(candidates, key=rank), repaired.rounds


def _short_hours(
    scenario: Scenario,
    verdicts: tuple[Verdict, ...],
    asked: tuple[FloatArray, ...],
    effort_s: FloatArray,
) -> float:
    """Hours of work of the contacts that are short of what was asked, to a quarter of an hour."""
    names = list(scenario.channels)
    hours = 0.0
    for verdict, share in zip(verdicts, asked, strict=True):
        short = np.nan_to_num(share - verdict.reached(MARGIN))
        missed = float((np.maximum(short, 0) * verdict.contacts).sum())
        hours += missed * effort_s[names.index(verdict.promise.channel)] / 3600
    return math.ceil(4 * hours - 1e-6) / 4
