"""Which agents must be added, and which can go, until every promise just holds on the floor."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.model import Scenario
from staffing.guess import within_limits
from staffing.limits import Limits, serving
from staffing.pressure import Pressure, periods_served, pressure_of
from staffing.promises import Verdict, judge, promises_of

if TYPE_CHECKING:
    from simulate.replications import Replications

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MARGIN = 1.0  # standard errors that a promise must hold by, so that fresh seeds find it kept
MOST_ROUNDS = 12
FIRST_CUT = 0.6  # part of what seems to spare that is taken away at once
HARDER = 1.5  # an addition that was not enough is followed by one this much greater
USELESS = 0.15  # an addition that closes less of a gap than this has not helped
USELESS_IN_A_ROW = 2  # after which a promise counts as out of reach
SINGLE_CUTS = 2  # single agents whose going broke a promise, after which a day is settled
LOST_EASE = 0.01  # part of what an unreachable promise reached that may be lost again
FASTEST_RISE = 0.5  # at most so much of an interval's agents is added in one round


@dataclass
class Block:
    """
    A day, or a week, on the way to its least staff.

    Parameters
    ----------
    rows
        Its intervals.
    best
        Cheapest agents so far with which its promises held, shape (rows, G); None before.
    cut
        Agent intervals to take away next; None before the first time all promises held.
    tried
        Places (interval, group) that were taken away last.
    kept
        Places whose single agent is needed.
    gain
        Grows while additions are not enough.
    added
        Whether the last step added agents.
    settled
        Whether nothing is taken away any more.
    """

    rows: IntArray
    best: IntArray | None = None
    cut: int | None = None
    tried: list[tuple[int, int]] = field(default_factory=list)
    kept: set[tuple[int, int]] = field(default_factory=set)
    gain: float = 1.0
    added: bool = False
    settled: bool = False


@dataclass
class Ask:
    """
    What is asked of one promise in each period, lowered where no addition helps.

    Parameters
    ----------
    share
        Share asked, shape (P,); at first the promised one.
    gap
        What was missing when agents were last added, shape (P,).
    useless
        Additions in a row that did not close it, shape (P,).
    highest
        Most that any evaluation reached, shape (P,).
    """

    share: FloatArray
    gap: FloatArray
    useless: IntArray
    highest: FloatArray

    @classmethod
    def of(cls, verdict: Verdict) -> Ask:
        """The promise as it stands."""
        count = verdict.periods
        share = np.full(count, verdict.promise.target.share)
        nothing = np.zeros(count, dtype=np.int64)
        return cls(share, np.full(count, np.inf), nothing, np.zeros(count))

    def learn(self, verdict: Verdict, touched: NDArray[np.bool_]) -> None:
        """
        See whether the last additions helped; ask for what can be had where they did not.

        Parameters
        ----------
        verdict
            The promise after the additions.
        touched
            Periods that agents were added for, shape (P,).
        """
        reached = verdict.reached(MARGIN)
        gap = np.nan_to_num(self.share - reached)
        failing = touched & (gap > 0)
        self.useless = np.where(failing & (gap > (1 - USELESS) * self.gap), self.useless + 1, 0)
        self.gap = np.where(failing, np.minimum(gap, self.gap), self.gap)
        # Where contracts are used up, agents added here are taken from elsewhere: the present
        # evaluation may be worse than an earlier one, and what that one reached can be had.
        self.highest = np.fmax(self.highest, reached)
        lost = self.useless >= USELESS_IN_A_ROW
        self.share = np.where(lost, self.highest * (1 - LOST_EASE), self.share)


@dataclass(frozen=True)
class Repaired:
    """
    Staff that keeps the promises, or comes as near as it can.

    Parameters
    ----------
    agents
        Agents on the floor, shape (I, G).
    rounds
        Evaluations that it took.
    asked
        Share asked of each promise in each of its periods in the end, shapes (P,): the
        promised one, or less where no addition helped.
    """

    agents: IntArray
    rounds: int
    asked: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Floor:
    """
    What the repair may ask for and what it must respect.

    Parameters
    ----------
    scenario
        Channels, groups and promises.
    limits
        Bounds of the agents.
    effort_s
        Agent seconds of a contact by channel, shape (C,).
    simulate
        Counts with so many agents on the floor, shape (I, G); always with the same random
        numbers, so that a difference between two rounds is the agents' doing.
    given
        Agents that were on the floor in the last simulation, shape (I, G), where that may be
        more than was asked for (whole shifts); None where it is what was asked for.
    """

    scenario: Scenario
    limits: Limits
    effort_s: FloatArray
    simulate: Callable[[IntArray], Replications]
    given: Callable[[], IntArray] | None = None


def repair(
    floor: Floor,
    start: IntArray,
    *,
    rounds: int = MOST_ROUNDS,
    out_of_time: Callable[[], bool] = lambda: False,
    asked: tuple[FloatArray, ...] | None = None,
) -> Repaired:
    """
    Add agents where promises are broken and take them away where there is room, by simulation.

    Parameters
    ----------
    floor
        The floor to rehearse on.
    start
        First guess, shape (I, G).
    rounds
        Most evaluations, at least 1.
    out_of_time
        Asked after every round whether to end with what has been found.
    asked
        Share asked of each promise in each of its periods; default: what is promised.

    Notes
    -----
    All days are worked on in every round, since one day hardly touches another. A day that
    breaks a promise gets what its missed contacts would have taken, where they waited. A day
    that keeps all gives up agents where most are idle, half as many each time that this went
    too far. Where additions bring a promise no nearer, no more is asked of that day than it
    has reached, so that an impossible promise neither empties the purse nor hides the others.
    """
    blocks = block_numbers(floor.scenario)
    states = [Block(np.flatnonzero(blocks == number)) for number in range(blocks.max() + 1)]
    asks: list[Ask] = []
    agents = within_limits(start, floor.limits)
    done = 0
    while done < rounds:
        counts = floor.simulate(agents)
        done += 1
        verdicts = judge(counts)
        asks = asks or [Ask.of(verdict) for verdict in verdicts]
        if asked is not None and done == 1:
            for ask, share in zip(asks, asked, strict=True):
                ask.share = share.copy()
        added = np.array([block.added for block in states])
        for verdict, ask in zip(verdicts, asks, strict=True):
            touched = periods_served(floor.scenario, floor.limits, verdict, blocks, added)
            ask.learn(verdict, touched)
        shares = tuple(ask.share for ask in asks)
        pressure = pressure_of(
            verdicts, counts, floor.limits, floor.effort_s, blocks, shares, MARGIN
        )
        proposal = agents.copy()
        for number, block in enumerate(states):
            _next(block, number, proposal, pressure, floor)
        if (proposal == agents).all() or out_of_time():
            break
        agents = proposal
    # The last proposal was not rehearsed: take what was.
    for block in states:
        if block.best is not None:
            agents[block.rows] = block.best
    return Repaired(agents, done, tuple(ask.share for ask in asks))


def block_numbers(scenario: Scenario) -> IntArray:
    """Day of every interval, or its week where a promise is judged by the week, shape (I,)."""
    periods = {promise.target.period for promise in promises_of(scenario)}
    period = scenario.period
    return period.week_of_interval if "week" in periods else period.day_of_interval


def _next(block: Block, number: int, agents: IntArray, pressure: Pressure, floor: Floor) -> None:
    """Put a block's next agents in place; `agents` holds those just rehearsed."""
    rehearsed = agents[block.rows].copy()
    block.added = False
    if pressure.short[number] == 0:
        block.best, block.gain = rehearsed, 1.0
        if block.cut is not None and block.tried:
            block.cut *= 2  # it went well: dare more
        if not block.settled:
            _cut(block, agents, float(pressure.spare[number]), pressure.idle, floor)
    elif block.best is not None and block.tried:
        # Taking away went too far.
        agents[block.rows] = block.best
        if len(block.tried) == 1:
            block.kept.update(block.tried)
        block.cut = max(1, len(block.tried) // 2)
        block.settled = len(block.kept) >= SINGLE_CUTS
        block.tried = []
        if not block.settled:
            _cut(block, agents, float(block.cut), pressure.idle, floor)
    else:
        # Nothing was taken away: it never held, or its neighbours' changes broke it.
        block.best = None
        wanted = math.ceil(pressure.short[number] * block.gain)
        block.gain *= HARDER
        helps = pressure.helps
        if floor.given is not None:
            given = floor.given()
            # Where whole shifts gave less than was asked, asking for more gives no more: help must
            # come in the hours beside.
            beside = np.all(given >= agents, axis=1, keepdims=True) * helps
            if beside[block.rows].any():
                helps = beside
            # One more than what was asked for would be no more than what was there already.
            waiting = block.rows[helps[block.rows].sum(axis=1) > 0]
            agents[waiting] = np.maximum(agents[waiting], given[waiting])
        add_agents(agents, block.rows, wanted, helps, floor)
        block.added = True


def add_agents(
    agents: IntArray, rows: IntArray, wanted: int, helps: FloatArray, floor: Floor
) -> None:
    """
    Add agents where they help, in place.

    Parameters
    ----------
    agents
        Agents on the floor, shape (I, G).
    rows
        Intervals that may get some.
    wanted
        Agent intervals to add, at least 0.
    helps
        How much an agent would help, by interval and channel, shape (I, C).
    floor
        Tells limits, prices and who serves what.
    """
    weight = helps[rows].sum(axis=1)
    if not weight.sum() > 0:
        return
    quota = wanted * weight / weight.sum()
    serves = serving(floor.scenario)
    present = agents[rows].sum(axis=1)
    whole = np.floor(quota).astype(np.int64)
    order = np.argsort(-(quota - whole), kind="stable")
    whole[order[: wanted - int(whole.sum())]] += 1
    whole = np.minimum(whole, np.ceil(FASTEST_RISE * np.maximum(present, 2)).astype(np.int64))
    hours = floor.scenario.horizon.interval_minutes / 60
    weeks = floor.scenario.period.week_of_interval
    for place in np.flatnonzero(whole):
        row = int(rows[place])
        channel = int(np.argmax(helps[row]))
        used = agents[weeks == weeks[row]].sum(axis=0) * hours
        beyond = used >= floor.limits.hours_a_week  # their contracts are used up
        able = [int(group) for group in np.flatnonzero(serves[:, channel])]
        ranks = {group: (bool(beyond[group]), float(floor.limits.price[group])) for group in able}
        for group in sorted(able, key=ranks.__getitem__):
            room = int(floor.limits.most[row, group] - agents[row, group])
            given = min(room, int(whole[place]))
            agents[row, group] += given
            whole[place] -= given


def _cut(block: Block, agents: IntArray, spare: float, idle: FloatArray, floor: Floor) -> None:
    """Take agents away where most are idle, at most one of each group in an interval."""
    wanted = max(1, math.floor(FIRST_CUT * spare)) if block.cut is None else block.cut
    block.cut = min(wanted, max(1, math.floor(spare)))
    places = [
        (int(row), group)
        for row in block.rows
        for group in range(agents.shape[1])
        if agents[row, group] > floor.limits.fewest[row, group]
        and not (floor.limits.live_open[row] and agents[row].sum() <= 1)
        and (int(row), group) not in block.kept
    ]
    places.sort(key=lambda place: -idle[place])
    block.tried = []
    for place in places:
        if len(block.tried) == block.cut:
            break
        if not any(row == place[0] for row, _ in block.tried):
            agents[place] -= 1
            block.tried.append(place)
    if not block.tried:
        block.settled = True
