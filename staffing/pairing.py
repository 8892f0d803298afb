"""What would slightly different staff keep? A few replications more on the same customers tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.targets import ratio
from staffing.promises import Verdict, batch_size, judge
from staffing.rehearsal import Rounds
from staffing.task import Task

if TYPE_CHECKING:
    from simulate.replications import Replications

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PART = 0.25  # of the replications, to tell a difference
FEWEST = 64


@dataclass(frozen=True)
class PairedVerdict(Verdict):
    """
    A promise under staff that was rehearsed a few times, beside others rehearsed often.

    Parameters
    ----------
    base
        The promise under the other staff; its first replications met the same customers as
        these.

    Notes
    -----
    What the other staff kept in all its replications, plus the difference in those that both
    went through: the customers are the same, so the difference is sure with far fewer. Its
    standard error is added to that of the other staff.
    """

    base: Verdict | None = None

    @cached_property
    def _twin(self) -> Verdict:
        assert self.base is not None
        return self.base.first(self.count)

    @property
    def mean(self) -> FloatArray:
        """Service level of each period, shape (P,); NaN of nothing."""
        assert self.base is not None
        change = super().mean - self._twin.mean
        return self.base.mean + change

    @property
    def error(self) -> FloatArray:
        """Standard error of `mean`, shape (P,)."""
        assert self.base is not None
        size = batch_size(self.count) if self.stratified else 1
        firsts = np.arange(0, self.count, size)
        parts = [
            np.add.reduceat(self._by_period(values), firsts)
            for values in (self.above, self.below, self._twin.above, self._twin.below)
        ]
        above, below, above_twin, below_twin = parts
        level, level_twin = super().mean, self._twin.mean
        change = ratio(above - np.nan_to_num(level) * below, below.mean(axis=0)[np.newaxis])
        change -= ratio(
            above_twin - np.nan_to_num(level_twin) * below_twin,
            below_twin.mean(axis=0)[np.newaxis],
        )
        count = len(firsts)
        spread = np.nan_to_num((change**2).sum(axis=0)) / max(count * (count - 1), 1)
        error: FloatArray = np.sqrt(self.base.error**2 + spread)
        return error

    def reached(self, errors: float = 0.0) -> FloatArray:
        """What is held against the promised share, shape (P,)."""
        if self.promise.target.confidence is None:
            return super().reached(errors)
        assert self.base is not None
        return self.base.reached(errors) + super().reached() - self._twin.reached()


class Pairing:
    """
    The rehearsals of one search, of which nothing is done twice.

    Parameters
    ----------
    task
        What is worked on.
    rounds
        Where the rehearsals are told.
    """

    def __init__(self, task: Task, rounds: Rounds) -> None:
        self.task = task
        self.rounds = rounds
        self._seen: dict[tuple[bytes, int], tuple[Verdict, ...]] = {}
        self._base: tuple[bytes, tuple[Verdict, ...]] | None = None
        self._last: tuple[tuple[bytes, int], Replications] | None = None

    @property
    def rehearsals(self) -> int:
        """How many it took so far."""
        return len(self._seen)

    @property
    def base_runs(self) -> int:
        """Replications of the staff that others are compared with."""
        return self._base[1][0].count if self._base and self._base[1] else 0

    @property
    def probes(self) -> int:
        """Replications that tell a difference."""
        return min(self.base_runs, max(FEWEST, int(np.ceil(PART * self.base_runs))))

    def run(self, agents: IntArray, runs: int) -> Replications:
        """Rehearse so many agents, shape (I, G); the last ones are remembered whole."""
        key = agents.tobytes(), runs
        if self._last is not None and self._last[0] == key:
            return self._last[1]
        self.rounds.next(agents)
        data = self.task.rehearsal.run(agents, runs, self.task.seed).data
        self._seen[key], self._last = judge(data), (key, data)
        return data

    def verdicts(self, agents: IntArray, runs: int) -> tuple[Verdict, ...]:
        """What so many agents keep in so many replications."""
        if (agents.tobytes(), runs) not in self._seen:
            self.run(agents, runs)
        return self._seen[agents.tobytes(), runs]

    def found_on(self, agents: IntArray, runs: int) -> tuple[Verdict, ...]:
        """The same, and these agents are what others are compared with from now on."""
        verdicts = self.verdicts(agents, runs)
        self._base = agents.tobytes(), verdicts
        return verdicts

    def estimate(self, agents: IntArray) -> tuple[Verdict, ...]:
        """What so many agents seem to keep, beside those that were rehearsed often."""
        assert self._base is not None
        key, base = self._base
        if agents.tobytes() == key:
            return base
        after = self.verdicts(agents, self.probes)
        return tuple(
            PairedVerdict(
                one.promise, one.starts, one.labels, one.above, one.below, one.stratified, two
            )
            for one, two in zip(after, base, strict=True)
        )


Estimate = Callable[[IntArray], tuple[Verdict, ...]]
"""Agents, shape (I, G), to what they seem to keep."""
