"""The words of a covering: shifts to choose from, sums to keep within, the people behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


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

    def within(self, intervals: BoolArray) -> Option:
        """The same shift seen in some of the intervals only."""
        breaks = tuple(ways[:, intervals] for ways in self.breaks)
        return Option(self.cost, self.present[intervals], breaks)


@dataclass(frozen=True)
class Bound:
    """
    A sum over options that is kept within limits.

    Parameters
    ----------
    options
        Numbers of the options.
    weights
        What an agent on each of them counts.
    most
        Greatest sum; never exceeded.
    least
        Least sum that is wanted. Falling short of it is dear and not forbidden, so that there
        is always an answer.
    or_none
        Whether a sum of 0 is as good as `least`: a call-out of so many agents or of nobody,
        and then never of fewer.
    """

    options: Sequence[int]
    weights: ArrayLike
    most: float = np.inf
    least: float = 0.0
    or_none: bool = False


@dataclass(frozen=True)
class Team:
    """
    People of whom each works only some of the days.

    Parameters
    ----------
    options
        Numbers of the options that they work.
    weights
        People behind an agent on each of them.
    days
        Day on which each of the options starts, in [0, D).
    squads
        (people, patterns) for those with the same rules: how many they are, and the ways to
        spread the days of work of one person, shape (P, D).
    taken
        People who work on each day already, shape (D,).
    """

    options: Sequence[int]
    weights: ArrayLike
    days: Sequence[int]
    squads: tuple[tuple[int, BoolArray], ...]
    taken: FloatArray


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
    objective, bound
        Cost with shortage priced in, and what no roster can be cheaper than.
    """

    agents: IntArray
    breaks: tuple[tuple[IntArray, ...], ...]
    scheduled: IntArray
    short: IntArray
    cost: float
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Proven relative distance from the optimum, 0 when optimal."""
        if self.objective <= self.bound:
            return 0.0
        return (self.objective - self.bound) / abs(self.objective)


def nobody(required: IntArray) -> Cover:
    """The covering of a time that no shift reaches."""
    empty = np.zeros_like(required)
    return Cover(empty[:0], (), empty, required.copy(), 0.0, 0.0, 0.0)
