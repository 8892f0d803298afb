"""Where would an agent more have helped, and where would one fewer have hurt least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.model import Scenario
from staffing.backlog import last_open, next_open
from staffing.limits import Limits
from staffing.promises import Promise, Verdict

if TYPE_CHECKING:
    from simulate.replications import Replications

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

QUEUED = 1.0  # mean contacts waiting from which an agent earlier would have helped too
SLACK = 1e-9  # shares nearer than this are equal
TOUCHED = 0.1  # share of a period's contacts that a block must serve to answer for the period


@dataclass(frozen=True)
class Windows:
    """
    Intervals in which work on a contact keeps its promise.

    Parameters
    ----------
    first, last
        By interval of the offer, shape (I,), both included; -1 where nobody can keep it.
    """

    first: IntArray
    last: IntArray


def windows_of(scenario: Scenario, promise: Promise, is_open: NDArray[np.bool_]) -> Windows:
    """
    When contacts of a promise must be worked on.

    Parameters
    ----------
    scenario
        Names the interval length.
    promise
        The promise.
    is_open
        Whether its channel is open in each interval, shape (I,).
    """
    channel = scenario.channels[promise.channel]
    count = len(is_open)
    number = np.arange(count)
    if channel.kind == "live":
        first = np.where(is_open, number, -1)
        return Windows(first, first.copy())
    opening = next_open(is_open)
    wanted = ~is_open if promise.closed else is_open
    reachable = wanted & (opening < count)
    if channel.callback is not None:
        ahead_s = channel.callback.not_before_s + channel.callback.window_s
        reachable = opening < count
    else:
        ahead_s = promise.target.within_s
    ahead = ahead_s / (scenario.horizon.interval_minutes * 60)
    first = np.where(reachable, opening, -1)
    last = np.full(count, -1, dtype=np.int64)
    for interval in np.flatnonzero(reachable):
        begin = int(first[interval])
        # Arrivals are half an interval into it on average; closed ones start at opening.
        due = begin + int(ahead + (0.0 if begin > interval else 0.5))
        last[interval] = last_open(is_open, begin, min(due, count - 1))
    return Windows(first, last)


@dataclass(frozen=True)
class Pressure:
    """
    What one evaluation says about every block of intervals (a day, or a week).

    Parameters
    ----------
    short
        Agent intervals that the failing promises ask for, by block, shape (B,); 0 where all
        hold.
    spare
        Agent intervals that the promises leave to take away, by block, shape (B,).
    helps
        How much an agent more would help, by interval and channel, shape (I, C).
    idle
        Mean agents without a contact in hand, less those that missed contacts would have
        kept busy, by interval and group, shape (I, G).
    """

    short: FloatArray
    spare: FloatArray
    helps: FloatArray
    idle: FloatArray


def pressure_of(
    verdicts: tuple[Verdict, ...],
    replications: Replications,
    limits: Limits,
    effort_s: FloatArray,
    blocks: IntArray,
    asked: tuple[FloatArray, ...],
    errors: float,
) -> Pressure:
    """
    Read an evaluation.

    Parameters
    ----------
    verdicts
        Promises held against the replications.
    replications
        What was simulated.
    limits
        Tells the opening hours.
    effort_s
        Agent seconds of a contact by channel, what several at once save taken off, shape (C,).
    blocks
        Block of each interval of the whole horizon, shape (I,).
    asked
        Share asked of each promise in each of its periods, shapes (P,).
    errors
        Standard errors by which a promise must hold to count as kept.
    """
    scenario = replications.scenario
    warm, _ = scenario.edge_counts
    interval_s = scenario.horizon.interval_minutes * 60
    count = len(blocks)
    names = list(scenario.channels)
    short = np.zeros(blocks.max() + 1)
    spare = np.full(blocks.max() + 1, np.inf)
    helps = np.zeros((count, len(names)))
    missed_work = np.zeros(count)
    for verdict, share in zip(verdicts, asked, strict=True):
        column = names.index(verdict.promise.channel)
        windows = windows_of(scenario, verdict.promise, limits.open_now[:, column])
        measured = np.arange(len(verdict.labels)) + warm
        served = windows.last[measured] >= 0
        missing = np.nan_to_num(share - verdict.reached(errors))
        work = missing * verdict.contacts * effort_s[column] / interval_s
        part = parts_by_block(verdict, blocks[windows.last[measured]], served, len(short))
        fails = missing > SLACK
        asks = np.where(fails, np.maximum(work, 1e-3), 0.0)[:, np.newaxis] * part
        short = np.maximum(short, asks.sum(axis=0))
        leaves = np.where(
            part >= TOUCHED, np.where(fails, 0.0, -work)[:, np.newaxis] * part, np.inf
        )
        spare = np.minimum(spare, leaves.min(axis=0, initial=np.inf))
        queue = _measured(replications.contacts["backlog"], column, warm, count)
        missed = np.where(served, verdict.missed_by_interval, 0.0) * effort_s[column] / interval_s
        is_open = limits.open_now[:, column]
        missed_work += _over_windows(missed, windows, measured, queue, is_open)
        # Periods that keep their promise need no help.
        unkept = missed * fails[verdict.labels]
        helps[:, column] += _over_windows(unkept, windows, measured, queue, is_open)
    spare[~np.isfinite(spare)] = count * 1.0  # blocks without any promised contact
    idle = _idle(replications, warm, count)
    return Pressure(short, spare, helps, idle - missed_work[:, np.newaxis])


def parts_by_block(
    verdict: Verdict, block: IntArray, served: NDArray[np.bool_], count: int
) -> FloatArray:
    """Share of each period's contacts that each block has to serve, shape (P, B)."""
    periods = int(verdict.labels.max()) + 1
    weight = np.where(served, verdict.below.mean(axis=0), 0.0)
    parts = np.zeros((periods, count))
    np.add.at(parts, (verdict.labels, block), weight)
    total = np.maximum(verdict.contacts, 1e-12)[:, np.newaxis]
    shares: FloatArray = parts / total
    return shares


def periods_served(
    scenario: Scenario,
    limits: Limits,
    verdict: Verdict,
    blocks: IntArray,
    chosen: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """
    Periods of a promise that at least one chosen block serves, shape (P,).

    Parameters
    ----------
    scenario, limits, verdict, blocks
        As in `pressure_of`.
    chosen
        Which blocks, shape (B,).
    """
    warm, _ = scenario.edge_counts
    column = list(scenario.channels).index(verdict.promise.channel)
    windows = windows_of(scenario, verdict.promise, limits.open_now[:, column])
    last = windows.last[warm : warm + len(verdict.labels)]
    part = parts_by_block(verdict, blocks[last], last >= 0, len(chosen))
    return np.asarray((part[:, chosen] >= TOUCHED).any(axis=1), dtype=np.bool_)


def _over_windows(
    work: FloatArray,
    windows: Windows,
    measured: IntArray,
    queue: FloatArray,
    is_open: NDArray[np.bool_],
) -> FloatArray:
    """Work spread evenly over the intervals in which an agent would have helped it, shape (I,)."""
    spread = np.zeros(len(is_open))
    for row in np.flatnonzero(work > 0):
        begin, end = int(windows.first[measured[row]]), int(windows.last[measured[row]])
        # In a queue that does not empty, an agent earlier is as good.
        while begin > 0 and is_open[begin - 1] and queue[begin - 1] >= QUEUED:
            begin -= 1
        helped = np.flatnonzero(is_open[begin : end + 1]) + begin
        if helped.size:
            spread[helped] += work[row] / helped.size
    return spread


def _measured(values: NDArray[np.int64], column: int, warm: int, count: int) -> FloatArray:
    """Mean over replications on the whole horizon, 0 where nothing was measured, shape (I,)."""
    mean = np.zeros(count)
    part = values[:, :, column].mean(axis=0)
    mean[warm : warm + len(part)] = part
    return mean


def _idle(replications: Replications, warm: int, count: int) -> FloatArray:
    """Mean agents without a contact in hand by interval and group, shape (I, G)."""
    free_us = (replications.groups["present_us"] - replications.groups["busy_us"]).mean(axis=0)
    idle = np.zeros((count, free_us.shape[1]))
    idle[warm : warm + len(free_us)] = free_us / replications.period.interval_us
    return idle
