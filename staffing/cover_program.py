"""A covering written down for the solver, and its answer read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffing.cover_terms import Bound, Cover, Option, Team
from staffing.program import Program, Solution

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Entries = list[tuple[IntArray, IntArray, ArrayLike]]

LAST_AGENT = 5.0  # the last agent missing is so many times worse than the first
# Missing agents up to each share of the requirement are so many times worse than the first:
# half the agents for an hour serve customers worse than three quarters for two.
SHORTAGE = ((0.25, 1.0), (0.5, 2.0), (1.0, 3.0))
# So many times the price comes on top once a day lacks more than a share of its agents:
# work that waits adds up over a day, so a day that lacks a tenth is worse than three that lack
# a thirtieth each.
DAY_SHORTAGE = ((0.02, 0.0), (0.04, 1.0), (0.08, 2.0), (0.16, 4.0), (np.inf, 8.0))
BELOW_LEAST = 10.0  # an agent below a wanted minimum costs so many times the dearest shift


@dataclass(frozen=True)
class Written:
    """
    The variables that the answer is read from.

    Parameters
    ----------
    agents
        Of each option, shape (O,).
    breaks
        For each option, for each of its breaks, of every way to place it.
    """

    agents: IntArray
    breaks: tuple[tuple[IntArray, ...], ...]


def solve(
    required: IntArray,
    options: Sequence[Option],
    *,
    bounds: Sequence[Bound],
    teams: Sequence[Team],
    days: IntArray,
    most: IntArray | None,
    short_price: float,
    gap: float,
    time_limit_s: float,
    cancel: Callable[[], bool] | None,
) -> Cover:
    """Cover a requirement in one program; parameters as in `staffing.covering.cover`."""
    program = Program()
    costs = np.array([option.cost for option in options])
    written, on_floor = _shifts(program, options, costs)
    _cover_rows(program, required, on_floor, days, short_price)
    if most is not None:
        program.sparse_rows(len(required), *on_floor, high=most)
    dearest = BELOW_LEAST * float(costs.max())
    for bound in bounds:
        _bound_rows(program, bound, written.agents, dearest)
    for team in teams:
        members = written.agents[np.asarray(team.options, dtype=np.int64)]
        weights = np.broadcast_to(np.asarray(team.weights, float), members.shape)
        working: Entries = [(np.asarray(team.days, dtype=np.int64), members, weights)]
        team_rows(program, team, working, dearest)
    found = program.solve(time_limit_s=time_limit_s, gap=gap, cancel=cancel)
    return _read(required, options, costs, written, found)


def _shifts(
    program: Program, options: Sequence[Option], costs: FloatArray
) -> tuple[Written, Entries]:
    """
    Agents of every option and of every way to place its breaks; their sum by interval.

    Breaks are counted per shift and break, not per combination: a shift with two breaks of nine
    places each has eighteen counts instead of eighty-one. Breaks whose windows do not overlap
    can be combined in any way, so nothing is lost.
    """
    agents = program.variables(len(options), costs, whole=True)
    shift, interval = np.nonzero(np.stack([option.present for option in options]))
    on_floor: Entries = [(interval, agents[shift], 1.0)]
    breaks: list[tuple[IntArray, ...]] = []
    for number, option in enumerate(options):
        placed = []
        for ways in option.breaks:
            resting = program.variables(len(ways), whole=True)
            together = np.append(resting, agents[number])
            signs = np.append(np.ones(len(ways)), -1.0)
            program.rows((together[np.newaxis, :], signs), low=0.0, high=0.0)
            way, away = np.nonzero(ways & option.present)
            on_floor.append((away, resting[way], -1.0))
            placed.append(resting)
        breaks.append(tuple(placed))
    return Written(agents, tuple(breaks)), on_floor


def _cover_rows(
    program: Program, required: IntArray, on_floor: Entries, days: IntArray, short_price: float
) -> None:
    """Agents on the floor and agents missing are at least what is required."""
    every = np.arange(len(required))
    shortages = _shortages(program, required, short_price)
    entries = [*on_floor, *((every, short, 1.0) for short in shortages)]
    program.sparse_rows(len(required), *entries, low=required)
    _price_days(program, required, shortages, days, short_price)


def _shortages(program: Program, required: IntArray, price: float) -> list[IntArray]:
    """Agents missing by interval, in variables that cost the more the later they are needed."""
    shortages = []
    upto = np.zeros(len(required))
    for share, times in SHORTAGE:
        further = np.floor(share * np.maximum(required - 1, 0))
        part = program.variables(len(required), times * price, high=further - upto, whole=True)
        shortages.append(part)
        upto = further
    last = program.variables(
        len(required), LAST_AGENT * price, high=np.minimum(required, 1), whole=True
    )
    return [*shortages, last]


def _price_days(
    program: Program,
    required: IntArray,
    shortages: list[IntArray],
    days: IntArray,
    price: float,
) -> None:
    """
    Let a day's shortage cost more the greater it is beside what the day requires.

    Steps and amounts are whole: where all costs are multiples of one, so is the objective, and
    the solver can prove in seconds what it otherwise cannot in minutes.
    """
    names, day = np.unique(days, return_inverse=True)
    wanted = np.bincount(day, weights=required, minlength=len(names))
    sums: Entries = [(day, short, 1.0) for short in shortages]
    upto = np.zeros(len(names))
    for share, times in DAY_SHORTAGE:
        further = np.minimum(np.ceil(share * (wanted + 1)), wanted + 1)
        missing = program.variables(len(names), times * price, high=further - upto, whole=True)
        sums.append((np.arange(len(names)), missing, -1.0))
        upto = further
    program.sparse_rows(len(names), *sums, low=0.0, high=0.0)


def _bound_rows(program: Program, bound: Bound, agents: IntArray, price: float) -> None:
    """Keep a sum below its greatest value, and above its least where that can be had."""
    members = agents[np.asarray(bound.options, dtype=np.int64)]
    if not members.size:
        return
    weights = np.broadcast_to(np.asarray(bound.weights, float), members.shape)
    if np.isfinite(bound.most):
        program.rows((members[np.newaxis, :], weights), high=bound.most + 1e-9)
    if bound.least <= 0:
        return
    row = members[np.newaxis, :]
    if bound.or_none:
        # Nobody, or at least so many; 1,000 times as many is as good as no limit.
        used = program.variables(1, high=1, whole=True)
        most = min(bound.most, 1000 * bound.least)
        program.rows((row, weights), (used, -bound.least), low=-1e-9)
        program.rows((row, weights), (used, -most), high=1e-9)
    else:
        below = program.variables(1, price / float(weights.min()))
        program.rows((row, weights), (below, 1.0), low=bound.least - 1e-9)


def team_rows(program: Program, team: Team, working: Entries, price: float) -> None:
    """
    Let nobody work on more days than a pattern allows.

    Parameters
    ----------
    program
        Receives the rows.
    team
        People, their patterns, and who of them works already.
    working
        (days, variables, factors) of the people who work besides.
    price
        Of each person beyond the team, of whom there are never more than those taken already.
    """
    days = len(team.taken)
    entries = list(working)
    for people, patterns in team.squads:
        lines = program.variables(len(patterns))
        program.rows((lines[np.newaxis, :], 1.0), high=people)
        pattern, day = np.nonzero(patterns)
        entries.append((day, lines[pattern], -1.0))
    # What is fixed already may break the rules; that is no reason to find no plan.
    beyond = program.variables(days, price, high=team.taken)
    entries.append((np.arange(days), beyond, -1.0))
    program.sparse_rows(days, *entries, high=1e-9 - team.taken)


def _read(
    required: IntArray,
    options: Sequence[Option],
    costs: FloatArray,
    written: Written,
    found: Solution,
) -> Cover:
    def whole(variables: IntArray) -> IntArray:
        return np.rint(found.values[variables]).astype(np.int64)

    agents = whole(written.agents)
    breaks = tuple(tuple(whole(ways) for ways in placed) for placed in written.breaks)
    scheduled = np.zeros(len(required), dtype=np.int64)
    for number, option, places in zip(agents, options, breaks, strict=True):
        scheduled += number * option.present
        for taken, ways in zip(places, option.breaks, strict=True):
            scheduled -= taken @ (ways & option.present)
    short = np.maximum(required - scheduled, 0)
    cost = float(agents @ costs)
    return Cover(agents, breaks, scheduled, short, cost, found.cost, found.bound)
