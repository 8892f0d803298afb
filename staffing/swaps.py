"""Would the promises be kept for less, with some agents at another time or of another group?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from staffing.limits import Limits, serving
from staffing.pairing import Pairing
from staffing.promises import Verdict
from staffing.repair import MARGIN, block_numbers
from staffing.task import Task

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STRETCHES = 12  # of a day (or week): each is swapped as a whole
ROUNDS = 8  # times that everybody's worth is looked at anew
DARES = 5  # times that a day's swaps are tried, each more careful than the last
FARTHEST = 0.08  # of the agents of a stretch, at most, in one round
PROBE = 0.04  # of them, whose going shows what one is worth
WORTH_IT = 0.003  # of the cost: a round that saves less is the last
FOR_ONE = 2  # agents who may come where one leaves
SURE = 0.9  # times what a leaving agent seems to be missed: bold at first ...
CARE = 1.3  # ... and so much surer, and smaller, where a day's swaps broke a promise
SLACK = 1e-9


@dataclass(frozen=True)
class Slot:
    """
    Agents who are swapped together.

    Parameters
    ----------
    rows
        Intervals of a stretch.
    group
        Number of the group.
    block
        Number of the day (or week) that the stretch is of.
    """

    rows: IntArray
    group: int
    block: int


@dataclass(frozen=True, eq=False)
class Look:
    """
    What a round knows before it swaps.

    Parameters
    ----------
    agents
        The agents there are, shape (I, G).
    verdicts
        What they keep.
    slots
        Who may be swapped.
    worth
        What one agent less in a slot takes from each promise, by number of the slot.
    """

    agents: IntArray
    verdicts: tuple[Verdict, ...]
    slots: list[Slot]
    worth: dict[int, list[FloatArray]]


@dataclass(eq=False)
class Swapping:
    """
    Swaps agents for others as long as that keeps every promise and saves something.

    Parameters
    ----------
    task
        What is worked on.
    pairing
        Its rehearsals, founded on agents with which every promise asked holds.
    asked
        Share asked of each promise in each period, shapes (P,).
    out_of_time
        Asked before every rehearsal.

    Notes
    -----
    Where nobody can go any more, a mix may still be dear: an agent who serves everything does
    what two cheap ones of one trade could do, or sits idle in the morning and is missed in the
    afternoon. So each day is cut into a few stretches, and an agent less in one stretch of one
    group, in all days at once, shows what he is worth to each promise there. A small linear
    program for each day finds the cheapest exchange that these worths allow, in steps that
    stay small, since worths hold only nearby. It is rehearsed in full; a day that then breaks a
    promise takes its swaps back, and dares less with more care.
    """

    task: Task
    pairing: Pairing
    asked: tuple[FloatArray, ...]
    out_of_time: Callable[[], bool]

    def run(self, agents: IntArray) -> IntArray:
        """
        Swap as long as it pays.

        Parameters
        ----------
        agents
            With which every promise asked holds, shape (I, G).

        Returns
        -------
        ndarray
            Agents that keep every promise asked, rehearsed in full, and cost no more.
        """
        if not self.task.thorough or not self._may_help(agents):
            return agents
        for _ in range(ROUNDS):
            before = self._cost(agents)
            agents = self._round(agents)
            if self.out_of_time() or self._cost(agents) > (1 - WORTH_IT) * before:
                break
        return agents

    @cached_property
    def _blocks(self) -> IntArray:
        """Number of the day (or week) of each interval."""
        return block_numbers(self.task.scenario)

    @property
    def _block_count(self) -> int:
        return int(self._blocks.max()) + 1

    @property
    def _limits(self) -> Limits:
        return self.task.limits

    @property
    def _runs(self) -> int:
        return self.pairing.base_runs

    def _may_help(self, agents: IntArray) -> bool:
        """
        Whether every promise asked holds, and there is anything to swap.

        That is so where a promise pools hours, or groups that share channels differ in price.
        """
        base = self.pairing.verdicts(agents, self._runs)
        if not base or self._failing(base).any() or self.out_of_time():
            return False
        serves, price = serving(self.task.scenario), self._limits.price
        dear_and_cheap = any(
            (serves[one] & serves[two]).any() and price[one] != price[two]
            for one in range(len(price))
            for two in range(one)
        )
        return dear_and_cheap or any(verdict.periods < len(verdict.labels) for verdict in base)

    def _cost(self, agents: IntArray) -> float:
        return float(agents.sum(axis=0) @ self._limits.price)

    def _round(self, agents: IntArray) -> IntArray:
        """Look at everybody's worth, and swap in each day as far as it goes well."""
        before = self.pairing.found_on(agents, self._runs)
        slots = self._slots(agents)
        look = Look(agents, before, slots, self._worth(agents, slots, before))
        care = np.ones(self._block_count)
        for _ in range(DARES):
            trial = agents.copy()
            for block in np.unique([slot.block for slot in slots]).tolist():
                for slot, move in self._exchange(look, block, care[block]):
                    trial[slot.rows, slot.group] += move
            if (trial == agents).all():
                break
            trial, broken = self._tried(agents, trial)
            if self._cost(trial) < self._cost(agents) and not broken.any():
                return trial
            if self.out_of_time():
                break
            care[broken] *= CARE
        return agents

    def _tried(self, agents: IntArray, trial: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """The swaps of the days that go well, and which days do not."""
        broken = np.zeros(self._block_count, dtype=np.bool_)
        for _ in range(len(broken) + 1):
            failing = self._failing(self.pairing.verdicts(trial, self._runs))
            if not failing.any():
                return trial, broken
            if self.out_of_time():
                break
            broken |= failing
            trial = np.where(broken[self._blocks][:, np.newaxis], agents, trial)
        return agents, np.ones_like(broken)

    def _failing(self, verdicts: tuple[Verdict, ...]) -> NDArray[np.bool_]:
        """Days in which a promise is not kept as far as it is asked for."""
        failing = np.zeros(self._block_count, dtype=np.bool_)
        for verdict, asked in zip(verdicts, self.asked, strict=True):
            missed = np.nan_to_num(asked - verdict.reached(MARGIN)) > SLACK
            failing[self._blocks_of(verdict)[missed]] = True
        return failing

    def _blocks_of(self, verdict: Verdict) -> IntArray:
        """Day of each period of a promise."""
        warm, _ = self.task.scenario.edge_counts
        blocks = self._blocks[warm : warm + len(verdict.labels)]
        firsts = np.flatnonzero(np.diff(verdict.labels, prepend=verdict.labels[0] - 1))
        return blocks[firsts]

    def _slots(self, agents: IntArray) -> list[Slot]:
        """Stretches of each day in which a group may be there, for each group."""
        slots = []
        for block in range(self._block_count):
            for group in self._unlike(agents):
                rows = np.flatnonzero((self._blocks == block) & (self._limits.most[:, group] > 0))
                slots += [
                    Slot(stretch, group, block)
                    for stretch in np.array_split(rows, min(STRETCHES, len(rows)) or 1)
                    if len(stretch)
                ]
        return slots

    def _unlike(self, agents: IntArray) -> list[int]:
        """Groups of which no two do the same for the same price: of twins, the larger one."""
        groups = list(self.task.scenario.groups.values())
        larger = np.argsort(-agents.sum(axis=0), kind="stable").tolist()
        chosen: list[int] = []
        for group in larger:
            mine = groups[group].skills, self._limits.price[group]
            if all((groups[one].skills, self._limits.price[one]) != mine for one in chosen):
                chosen.append(group)
        return sorted(chosen)

    def _worth(
        self, agents: IntArray, slots: list[Slot], before: tuple[Verdict, ...]
    ) -> dict[int, list[FloatArray]]:
        """
        What one agent less in a slot takes from each promise, by number of the slot.

        Days are looked at together: the first stretch of each, then the second.
        """
        probes = self.pairing.probes
        levels = [verdict.first(probes).mean for verdict in before]
        turns: dict[tuple[int, int], list[int]] = {}
        place: dict[tuple[int, int], int] = {}
        for number, slot in enumerate(slots):
            turn = place[slot.block, slot.group] = place.get((slot.block, slot.group), -1) + 1
            turns.setdefault((turn, slot.group), []).append(number)
        worth: dict[int, list[FloatArray]] = {}
        for together in turns.values():
            if self.out_of_time():
                break
            trial, moved = agents.copy(), {}
            for number in together:
                slot = slots[number]
                go, come = self._room(agents, slot)
                step = self._step(agents, slot, PROBE)
                moved[number] = -min(go, step) or min(come, step)
                trial[slot.rows, slot.group] += moved[number]
            after = self.pairing.verdicts(trial, probes)
            rises = [
                np.nan_to_num(verdict.mean - level)
                for level, verdict in zip(levels, after, strict=True)
            ]
            for number in together:
                if moved[number]:
                    worth[number] = [rise / moved[number] for rise in rises]
        return worth

    def _step(self, agents: IntArray, slot: Slot, part: float) -> int:
        """So large a part of all who are there, in whole agents, at least one."""
        return max(1, round(part * float(agents[slot.rows].sum(axis=1).mean())))

    def _exchange(self, look: Look, block: int, care: float) -> list[tuple[Slot, int]]:
        """The cheapest exchange of a day, as far as worths tell: slots, and how many more."""
        mine = [number for number in look.worth if look.slots[number].block == block]
        if not mine:
            return []
        falls, spare = [], []
        for place, (verdict, asked) in enumerate(zip(look.verdicts, self.asked, strict=True)):
            known = (self._blocks_of(verdict) == block) & np.isfinite(verdict.mean)
            spare.append((verdict.reached(MARGIN) - asked)[known])
            falls.append(np.stack([look.worth[number][place][known] for number in mine], axis=1))
        slots = [look.slots[number] for number in mine]
        moves = self._cheapest(
            look.agents, slots, care, np.concatenate(falls), np.concatenate(spare)
        )
        return list(zip(slots, moves.tolist(), strict=True))

    def _cheapest(
        self, agents: IntArray, slots: list[Slot], care: float, falls: FloatArray, spare: FloatArray
    ) -> IntArray:
        """
        Agents more or fewer in each slot: whole, and all nothing where none are cheaper.

        Leaving and coming are told apart, since who leaves is missed more than it seems.
        """
        from scipy.optimize import linprog

        sure = SURE * care
        price = np.array([len(s.rows) * self._limits.price[s.group] for s in slots])
        step = np.array([self._step(agents, slot, FARTHEST / care) for slot in slots])
        room = [self._room(agents, slot) for slot in slots]
        go = np.minimum(step, [least for least, _ in room])
        come = np.minimum(FOR_ONE * step, [most for _, most in room])
        found = linprog(
            np.concatenate([-price, price]),
            A_ub=np.concatenate([sure * falls, -falls / sure], axis=1),
            b_ub=np.maximum(spare, 0.0),
            bounds=[(0.0, float(most)) for most in (*go, *come)],
        )
        if found.status != 0:
            return np.zeros(len(slots), dtype=np.int64)
        leaving, coming = np.split(np.asarray(found.x), 2)
        moves = np.ceil(coming - 1e-6) - np.floor(leaving + 1e-6)
        if moves @ price >= -SLACK:
            return np.zeros(len(slots), dtype=np.int64)
        return np.asarray(moves, dtype=np.int64)

    def _room(self, agents: IntArray, slot: Slot) -> tuple[int, int]:
        """How many may leave a slot, and how many may come."""
        there = agents[slot.rows, slot.group]
        least = there - self._limits.fewest[slot.rows, slot.group]
        alone = self._limits.live_open[slot.rows]
        others = agents[slot.rows].sum(axis=1) - 1
        least = np.where(alone, np.minimum(least, others), least)
        most = self._limits.most[slot.rows, slot.group] - there
        return max(0, int(least.min())), max(0, int(most.min()))
