"""How many agents does each interval need, if every one of them has been promised something?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.model import Scenario
from staffing.limits import Limits, serving
from staffing.promises import Verdict

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Rehearse = Callable[[IntArray], tuple[Verdict, ...]]
"""Agents, shape (I, G), to what they keep."""

STEEP = 0.35  # points that one more agent among n brings near a promise, times the root of n
STEEPER = 4.0  # what is learned of that stays within this of it, both ways
FARTHEST = 0.34  # part of an interval's agents that one step changes at most
USELESS = 0.15  # a step that closes less of a gap than this has not helped
USELESS_IN_A_ROW = 2


@dataclass(frozen=True)
class Staged:
    """
    Agents on the way, and what is still asked.

    Parameters
    ----------
    agents
        Shape (I, G).
    verdicts
        What they keep.
    asked
        Share asked of each promise in each period, shapes (P,).
    """

    agents: IntArray
    verdicts: tuple[Verdict, ...]
    asked: tuple[FloatArray, ...]


def shares_of(verdicts: tuple[Verdict, ...]) -> tuple[FloatArray, ...]:
    """What is promised, in each period of each promise, shapes (P,)."""
    return tuple(np.full(verdict.periods, verdict.promise.target.share) for verdict in verdicts)


def by_interval(scenario: Scenario, verdict: Verdict) -> bool:
    """Whether a promise is one to each interval, of customers who wait there."""
    live = scenario.channels[verdict.promise.channel].kind == "live"
    return live and verdict.promise.target.period == "interval"


@dataclass(eq=False)
class Approach:
    """
    Steps towards the agents with which promises to intervals just hold.

    Parameters
    ----------
    scenario, limits
        Who serves what, and within which bounds.

    Notes
    -----
    Every interval takes a step up or down in every round, by its own gap and by what an agent
    has been seen to change there (a secant). Few replications do while gaps are wide.
    """

    scenario: Scenario
    limits: Limits

    def __post_init__(self) -> None:
        self._serves = serving(self.scenario)
        self._steep: dict[int, FloatArray] = {}
        self._lost: dict[int, IntArray] = {}
        self._before: tuple[IntArray, tuple[Verdict, ...]] | None = None

    def settle(
        self,
        agents: IntArray,
        rehearse: Rehearse,
        rounds: int,
        out_of_time: Callable[[], bool],
        *,
        errors: float,
        only_up: bool,
        asked: tuple[FloatArray, ...] | None = None,
    ) -> Staged:
        """
        Step until nothing changes, or so many rounds.

        Parameters
        ----------
        agents
            Where to begin, shape (I, G).
        rehearse
            Tells what they keep.
        rounds
            Most rehearsals, at least 1.
        out_of_time
            Asked after each.
        errors
            Standard errors by which a promise must hold.
        only_up
            Whether agents are only added, where promises are broken.
        asked
            Share asked of each promise in each period; default: what is promised.

        Notes
        -----
        Where additions bring a promise no nearer, no more is asked of that interval than it has
        reached.
        """
        verdicts = rehearse(agents)
        asked = tuple(share.copy() for share in asked or shares_of(verdicts))
        for _ in range(rounds - 1):
            self._learn(agents, verdicts, asked, errors)
            step = self._step(agents, verdicts, asked, errors, only_up=only_up)
            self._before = agents, verdicts
            if not step.any() or out_of_time():
                break
            agents = agents + step
            verdicts = rehearse(agents)
        return Staged(agents, verdicts, asked)

    def _learn(
        self,
        agents: IntArray,
        verdicts: tuple[Verdict, ...],
        asked: tuple[FloatArray, ...],
        errors: float,
    ) -> None:
        """See what the last step changed where, and give up where it changed nothing."""
        warm, _ = self.scenario.edge_counts
        names = list(self.scenario.channels)
        for number, verdict in enumerate(verdicts):
            if not by_interval(self.scenario, verdict):
                continue
            rows = np.arange(verdict.periods) + warm
            able = self._serves[:, names.index(verdict.promise.channel)]
            present = agents[rows][:, able].sum(axis=1)
            usual = STEEP / np.sqrt(np.maximum(present, 1))
            if self._before is None or number not in self._steep:
                self._steep[number] = usual
                self._lost[number] = np.zeros(verdict.periods, dtype=np.int64)
                continue
            earlier = self._before[0][rows][:, able].sum(axis=1)
            more = present - earlier
            gained = np.nan_to_num(verdict.mean - self._before[1][number].mean)
            secant = np.divide(gained, more, out=usual.copy(), where=more != 0)
            learned = np.clip(secant, usual / STEEPER, usual * STEEPER)
            self._steep[number] = np.where(more != 0, learned, self._steep[number])
            gap = np.nan_to_num(asked[number] - self._before[1][number].reached(errors))
            useless = (more > 0) & (gap > 0) & (gained < USELESS * gap)
            self._lost[number] = np.where(useless, self._lost[number] + 1, 0)
            given_up = self._lost[number] >= USELESS_IN_A_ROW
            asked[number][given_up] = np.fmin(
                asked[number], np.nan_to_num(verdict.reached(errors))
            )[given_up]

    def _step(
        self,
        agents: IntArray,
        verdicts: tuple[Verdict, ...],
        asked: tuple[FloatArray, ...],
        errors: float,
        *,
        only_up: bool,
    ) -> IntArray:
        """Agents to add or take away, shape (I, G)."""
        warm, _ = self.scenario.edge_counts
        names = list(self.scenario.channels)
        wanted = np.full((len(agents), len(names)), np.nan)
        for number, verdict in enumerate(verdicts):
            if by_interval(self.scenario, verdict):
                rows = np.arange(verdict.periods) + warm
                gap = asked[number] - verdict.reached(errors)
                gap = np.where(np.abs(gap) < 1e-9, 0.0, gap)
                wanted[rows, names.index(verdict.promise.channel)] = gap / self._steep[number]
        return _moved(agents, wanted, self._serves, self.limits, only_up=only_up)


def _moved(
    agents: IntArray,
    wanted: FloatArray,
    serves: NDArray[np.bool_],
    limits: Limits,
    *,
    only_up: bool,
) -> IntArray:
    """Wishes of channels, with fraction, as whole steps of groups: the cheapest come first."""
    step = np.zeros_like(agents)
    cheap_first = np.argsort(limits.price, kind="stable")
    for row in np.flatnonzero(np.isfinite(wanted).any(axis=1)):
        wish = wanted[row].copy()
        most = max(1, int(np.ceil(FARTHEST * agents[row].sum())))
        for channel in np.flatnonzero(wish > 0):
            more = min(int(np.ceil(wish[channel] - 1e-9)), most)
            for group in cheap_first:
                if serves[group, channel] and more > 0:
                    room = limits.most[row, group] - agents[row, group] - step[row, group]
                    given = max(0, min(more, int(room)))
                    step[row, group] += given
                    more -= given
        if only_up:
            continue
        for group in cheap_first[::-1]:
            mine = wish[serves[group]]
            if step[row, group] or not np.isfinite(mine).any():
                continue
            # A whole agent is taken away only where that seems to leave enough.
            spare = int(np.floor(-np.nanmax(mine) + 0.5))
            left = agents[row, group] - limits.fewest[row, group]
            if limits.live_open[row]:
                left = min(left, agents[row].sum() + step[row].sum() - 1)
            taken = max(0, min(spare, int(left), most))
            step[row, group] -= taken
            wish[serves[group]] += taken
    return step
