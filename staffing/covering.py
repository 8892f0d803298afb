"""Which shifts cover a requirement at the least cost?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffing.program import Program

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]

GOOD_ENOUGH = 0.002  # relative gap at which a roster is taken
LAST_AGENT = 5.0  # the last agent missing is so many times worse than the first
# Missing agents up to each share of the requirement are so many times worse than the first:
# half the agents for an hour serve customers worse than three quarters for two.
SHORTAGE = ((0.25, 1.0), (0.5, 2.0), (1.0, 3.0))
# So many times the price comes on top once a day lacks more than a share of its agents:
# work that waits adds up over a day, so a day that lacks a tenth is worse than three that lack
# a thirtieth each.
DAY_SHORTAGE = ((0.02, 0.0), (0.04, 1.0), (0.08, 2.0), (0.16, 4.0), (np.inf, 8.0))


@dataclass(frozen=True)
class Option:
    """
    One shift that may be worked by any number of agents.

    Parameters
    ----------
    cost
        Of one agent.
    present
        Intervals of the shift, breaks included, shape (I,).
    breaks
        For each break, or run of breaks that could collide, the ways to place it: intervals
        away, shape (ways, I).
    """

    cost: float
    present: BoolArray
    breaks: tuple[BoolArray, ...] = ()


@dataclass(frozen=True)
class Maximum:
    """
    A sum over options that must not be exceeded.

    Parameters
    ----------
    options
        Numbers of the options.
    weights
        What an agent on each of them counts.
    most
        Greatest sum.
    """

    options: Sequence[int]
    weights: ArrayLike
    most: float


@dataclass(frozen=True)
class Cover:
    """
    Agents by shift.

    Parameters
    ----------
    agents
        Agents on each option, shape (O,).
    breaks
        For each option, for each of its breaks, agents by way to place it.
    scheduled
        Agents present and not on a break, shape (I,).
    short
        Agents missing, shape (I,).
    cost
        Cost of the shifts, shortage not priced in.
    gap
        Proven relative distance from the optimum.
    optimal
        Whether the solver finished.
    """

    agents: IntArray
    breaks: tuple[tuple[IntArray, ...], ...]
    scheduled: IntArray
    short: IntArray
    cost: float
    gap: float
    optimal: bool


def cover(
    required: IntArray,
    options: Sequence[Option],
    *,
    maxima: Sequence[Maximum] = (),
    days: IntArray | None = None,
    short_price: float,
    surplus_price: float = 0.0,
    gap: float = GOOD_ENOUGH,
    time_limit_s: float = 20.0,
    cancel: Callable[[], bool] | None = None,
) -> Cover:
    """
    Cover a requirement, or come as near as the maxima allow.

    Parameters
    ----------
    required
        Agents by interval, shape (I,), at least 0.
    options
        Shifts to choose from; none leaves everything short.
    maxima
        Sums that must not be exceeded.
    days
        Day of each interval, shape (I,), within which shortage adds up; default: all are one.
    short_price
        Price of the first agent missing in an interval: dear, so that shortage is the last
        resort. The more of an interval's or a day's agents are missing the dearer, so that a
        shortage that cannot be helped is spread.
    surplus_price
        Price of an agent too many in an interval, cost of the shift aside.
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
    Breaks are counted per shift and break, not per combination: a shift with two breaks of
    nine places each has eighteen counts instead of eighty-one. Breaks whose windows do not
    overlap can be combined in any way, so nothing is lost.

    References
    ----------
    .. [1] Aykin, T. (1996). Optimal shift scheduling with multiple break windows. Management
       Science, 42(4), 591-602.
    """
    count = len(required)
    if not options:
        nobody = np.zeros(count, dtype=np.int64)
        return Cover(nobody[:0], (), nobody, required.copy(), 0.0, 0.0, True)
    program = Program()
    costs = np.array([option.cost for option in options])
    agents = program.variables(len(options), costs, whole=True)
    shift, interval = np.nonzero(np.stack([option.present for option in options]))
    covering: list[tuple[IntArray, IntArray, float]] = [(interval, agents[shift], 1.0)]
    breaks: list[tuple[IntArray, ...]] = []
    for number, option in enumerate(options):
        placed = []
        for ways in option.breaks:
            resting = program.variables(len(ways), whole=True)
            together = np.append(resting, agents[number])
            signs = np.append(np.ones(len(ways)), -1.0)
            program.rows((together[np.newaxis, :], signs), low=0.0, high=0.0)
            way, away = np.nonzero(ways & option.present)
            covering.append((away, resting[way], -1.0))
            placed.append(resting)
        breaks.append(tuple(placed))
    every = np.arange(count)
    shortages = _shortages(program, required, short_price)
    surplus = program.variables(count, surplus_price)
    covering += [(every, short, 1.0) for short in shortages]
    covering.append((every, surplus, -1.0))
    program.sparse_rows(count, *covering, low=required, high=required)
    together = np.zeros(count, dtype=np.int64) if days is None else days
    _price_days(program, required, shortages, together, short_price)
    for maximum in maxima:
        members = agents[np.asarray(maximum.options, dtype=np.int64)]
        if members.size:
            weights = np.broadcast_to(np.asarray(maximum.weights, float), members.shape)
            program.rows((members[np.newaxis, :], weights), high=maximum.most + 1e-9)
    found = program.solve(time_limit_s=time_limit_s, gap=gap, cancel=cancel)

    def whole(variables: IntArray) -> IntArray:
        return np.rint(found.values[variables]).astype(np.int64)

    working = whole(agents)
    resting_of = tuple(tuple(whole(ways) for ways in placed) for placed in breaks)
    scheduled = np.zeros(count, dtype=np.int64)
    for number, option, places in zip(working, options, resting_of, strict=True):
        scheduled += number * option.present
        for taken, ways in zip(places, option.breaks, strict=True):
            scheduled -= taken @ (ways & option.present)
    return Cover(
        working,
        resting_of,
        scheduled,
        np.maximum(required - scheduled, 0),
        float(working @ costs),
        found.gap,
        found.optimal,
    )


def _shortages(program: Program, required: IntArray, price: float) -> list[IntArray]:
    """Agents missing by interval, in variables that cost the more the later they are needed."""
    shortages = []
    upto = np.zeros(len(required))
    for share, times in SHORTAGE:
        further = np.floor(share * np.maximum(required - 1, 0))
        shortages.append(program.variables(len(required), times * price, high=further - upto))
        upto = further
    last = np.minimum(required, 1)
    return [*shortages, program.variables(len(required), LAST_AGENT * price, high=last)]


def _price_days(
    program: Program,
    required: IntArray,
    shortages: list[IntArray],
    days: IntArray,
    price: float,
) -> None:
    """Let a day's shortage cost more the greater it is beside what the day requires."""
    names, day = np.unique(days, return_inverse=True)
    wanted = np.bincount(day, weights=required, minlength=len(names))
    sums: list[tuple[IntArray, IntArray, float]] = [(day, short, 1.0) for short in shortages]
    upto = 0.0
    for share, times in DAY_SHORTAGE:
        missing = program.variables(len(names), times * price, high=(share - upto) * (wanted + 1))
        sums.append((np.arange(len(names)), missing, -1.0))
        upto = share
    program.sparse_rows(len(names), *sums, low=0.0, high=0.0)
