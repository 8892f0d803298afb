"""Which shifts cover a requirement at the least cost?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from staffing.cover_program import solve, team_rows
from staffing.cover_terms import Bound, Cover, Option, Team, nobody
from staffing.program import Program

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

GOOD_ENOUGH = 0.002  # relative gap at which a roster is taken
SLACK = 1e-6  # by which a sum may miss its limit before it counts as broken


def cover(
    required: IntArray,
    options: Sequence[Option],
    *,
    bounds: Sequence[Bound] = (),
    teams: Sequence[Team] = (),
    days: IntArray | None = None,
    most: IntArray | None = None,
    short_price: float,
    gap: float = GOOD_ENOUGH,
    time_limit_s: float = 20.0,
    cancel: Callable[[], bool] | None = None,
) -> Cover:
    """
    Cover a requirement, or come as near as the limits allow.

    Parameters
    ----------
    required
        Agents by interval, shape (I,), at least 0.
    options
        Shifts to choose from; none leaves everything short.
    bounds
        Sums that are kept within limits.
    teams
        People with days off, who work some of the options.
    days
        Day of each interval, shape (I,), within which shortage adds up; default: all are one.
    most
        Most agents on the floor, shape (I,); default: no limit.
    short_price
        Price of the first agent missing in an interval: dear, so that shortage is the last
        resort. The more of an interval's or a day's agents are missing the dearer, so that a
        shortage that cannot be helped is spread.
    gap
        Relative distance from the optimum that is good enough.
    time_limit_s
        Time after which the best roster so far is taken.
    cancel
        Asked whether to stop.

    Returns
    -------
    Cover
        Always an answer: what cannot be covered is in `short`.

    Notes
    -----
    Days that share no shift and no limit are solved one at a time. Where a limit joins them
    (hours of the week, days off) they are first solved without it: if all together then keep
    it, nothing cheaper exists, and the week is solved as one only if they do not.

    References
    ----------
    .. [1] Aykin, T. (1996). Optimal shift scheduling with multiple break windows. Management
       Science, 42(4), 591-602.
    """
    if not options:
        return nobody(required)
    together = np.zeros(len(required), dtype=np.int64) if days is None else days
    asked = _Asked(required, options, together, most, short_price, gap, cancel)
    found = _days_apart(asked, bounds, time_limit_s)
    if all(_kept(bound, found.agents) for bound in bounds) and all(
        _staffed(team, found.agents) for team in teams
    ):
        return found
    reached = np.logical_or.reduce([option.present for option in options])
    every = list(range(len(options)))
    week = _part(asked, reached, every, bounds, time_limit_s, teams)
    whole = _put_together(asked, [(reached, every, week)])
    # What the days cost apart, without the limits that join them, bounds the week too.
    return replace(whole, bound=max(whole.bound, found.bound))


Part = tuple[BoolArray, list[int], Cover]


@dataclass(frozen=True, eq=False)
class _Asked:
    """What `cover` is asked, whatever is solved at once; its parameters tell each."""

    required: IntArray
    options: Sequence[Option]
    days: IntArray
    most: IntArray | None
    short_price: float
    gap: float
    cancel: Callable[[], bool] | None


def _days_apart(asked: _Asked, bounds: Sequence[Bound], time_limit_s: float) -> Cover:
    """Days that no shift joins, one after the other, each with the limits that are its own."""
    blocks = _blocks(asked.options, asked.days)
    until = time.monotonic() + time_limit_s
    parts: list[Part] = []
    for number, intervals in enumerate(blocks):
        chosen = [n for n, one in enumerate(asked.options) if (one.present & intervals).any()]
        left = max(until - time.monotonic(), 0.1 * time_limit_s) / (len(blocks) - number)
        found = _part(asked, intervals, chosen, _inside(bounds, chosen), left)
        parts.append((intervals, chosen, found))
    return _put_together(asked, parts)


def _blocks(options: Sequence[Option], days: IntArray) -> list[BoolArray]:
    """Intervals of days that no shift joins, from the first day to the last."""
    names, day = np.unique(days, return_inverse=True)
    joined = np.zeros(len(names), dtype=np.bool_)  # with the day before
    for option in options:
        touched = day[option.present]
        if touched.size:
            joined[touched.min() + 1 : touched.max() + 1] = True
    block = np.cumsum(~joined)
    return [block[day] == number for number in np.unique(block)]


def _inside(bounds: Sequence[Bound], chosen: list[int]) -> list[Bound]:
    """Bounds on nothing but the chosen options, in their own numbers."""
    places = {number: place for place, number in enumerate(chosen)}
    return [
        replace(bound, options=[places[number] for number in bound.options])
        for bound in bounds
        if len(bound.options) and all(number in places for number in bound.options)
    ]


def _part(
    asked: _Asked,
    intervals: BoolArray,
    chosen: list[int],
    bounds: Sequence[Bound],
    time_limit_s: float,
    teams: Sequence[Team] = (),
) -> Cover:
    required = asked.required[intervals]
    if not chosen:
        return nobody(required)
    return solve(
        required,
        [asked.options[number].within(intervals) for number in chosen],
        bounds=bounds,
        teams=teams,
        days=asked.days[intervals],
        most=None if asked.most is None else asked.most[intervals],
        short_price=asked.short_price,
        gap=asked.gap,
        time_limit_s=time_limit_s,
        cancel=asked.cancel,
    )


def _put_together(asked: _Asked, parts: list[Part]) -> Cover:
    required, options = asked.required, asked.options
    agents = np.zeros(len(options), dtype=np.int64)
    breaks = [
        tuple(np.zeros(len(ways), dtype=np.int64) for ways in option.breaks) for option in options
    ]
    scheduled = np.zeros_like(required)
    for intervals, chosen, found in parts:
        scheduled[intervals] = found.scheduled
        for number, working, resting in zip(chosen, found.agents, found.breaks, strict=True):
            agents[number], breaks[number] = working, resting
    cost, objective, bound = (
        sum(getattr(found, name) for *_, found in parts) for name in ("cost", "objective", "bound")
    )
    short = np.maximum(required - scheduled, 0)
    return Cover(agents, tuple(breaks), scheduled, short, cost, objective, bound)


def _kept(bound: Bound, agents: IntArray) -> bool:
    members = np.asarray(bound.options, dtype=np.int64)
    total = float((agents[members] * np.asarray(bound.weights, float)).sum())
    if bound.or_none and total <= SLACK:
        return True
    return bound.least - SLACK <= total <= bound.most + SLACK


def _staffed(team: Team, agents: IntArray) -> bool:
    """Whether the team's people can work so many shifts, in whatever days each is there."""
    members = np.asarray(team.options, dtype=np.int64)
    working = agents[members] * np.broadcast_to(np.asarray(team.weights, float), members.shape)
    wanted = np.bincount(team.days, weights=working, minlength=len(team.taken))
    program = Program()
    filled = replace(team, taken=team.taken + wanted)
    team_rows(program, filled, [], 1.0)
    return program.solve().cost <= _beyond(team) + SLACK


def _beyond(team: Team) -> float:
    """People whom the shifts taken already need beyond the team."""
    program = Program()
    team_rows(program, team, [], 1.0)
    return program.solve().cost
