"""The least staff of a floor, let free by the interval or flat all day, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast import demand_for
from scenario import Demand, Scenario, Staff
from simulate.estimates import Estimate, Parts, estimate
from simulate.outcome import Outcome
from simulate.run import simulate
from staffing.promises import judge
from staffing.requirement import requirement_only
from staffing.search import fresh_seed
from staffing.sizing import all_kept

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"
SEARCH_RUNS = 32  # replications of the search; half of them for large floors, whose days vary less
FRESH_TIMES = 4  # as many for the check, with a seed that the search never saw
LARGE = 60  # agents on the floor at a time

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Search = Callable[["Floor", int], IntArray]


@dataclass(frozen=True)
class Floor:
    """
    Agents and channels that share no work with anybody else.

    Parameters
    ----------
    scenario
        What is assumed of them.
    demand
        Contacts of all floors; a floor takes those of its own channels.
    """

    scenario: Scenario
    demand: Demand

    @property
    def runs(self) -> int:
        """Replications of a search."""
        small = int(self.scenario.staff().agents.sum(axis=1).max()) < LARGE
        return SEARCH_RUNS if small else SEARCH_RUNS // 2

    @classmethod
    def load(cls, name: str, changes: dict[str, Any] | None = None) -> Floor:
        """The floor of a scenario file of data/cases, with other values of some keys."""
        scenario = Scenario.load(CASES / f"{name}.toml", changes or {})
        return cls(scenario, demand_for(scenario))

    def part(self, channels: Iterable[str], groups: Iterable[str]) -> Floor:
        """Some of the groups, for some of the channels only."""
        names = tuple(channels)
        chosen = {}
        for name in groups:
            group = self.scenario.groups[name]
            skills = {channel: group.skills[channel] for channel in names}
            chosen[name] = group.model_copy(update={"skills": skills})
        served = {name: self.scenario.channels[name] for name in names}
        update = {"channels": served, "groups": chosen}
        return Floor(self.scenario.model_copy(update=update), self.demand)

    def hours(self, agents: IntArray) -> float:
        """Agent hours of a staffing, shape (I, G)."""
        return float(agents.sum()) * self.scenario.horizon.interval_minutes / 60

    def run(self, agents: IntArray, runs: int, seed: int, *, records: bool = False) -> Outcome:
        """Rehearse a staffing."""
        staff = Staff(self.scenario.period, tuple(self.scenario.groups), agents)
        return simulate(
            self.scenario, self.demand, staff, replications=runs, seed=seed, records=records
        )


def free(floor: Floor, replications: int) -> IntArray:
    """Least staff if agents came and went by the interval: well tuned to the day."""
    return requirement_only(floor.scenario, floor.demand, replications=replications).agents


def flat(floor: Floor, replications: int) -> IntArray:
    """Least staff that is the same all day, divided among the groups as in the scenario file."""
    declared = floor.scenario.staff().agents
    weights = declared.max(axis=0)

    def keeps(total: int) -> bool:
        outcome = floor.run(_divided(total, declared, weights), replications, floor.scenario.seed)
        return all(
            bool((verdict.mean - verdict.error >= verdict.promise.target.share).all())
            for verdict in judge(outcome.data)
        )

    most = int(weights.sum())
    while not keeps(most):
        most *= 2
    least = 1
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if keeps(middle) else (middle + 1, most)
    return _divided(most, declared, weights)


def _divided(total: int, declared: IntArray, weights: IntArray) -> IntArray:
    """So many agents over the groups by weight, whenever a group is there at all."""
    quota = total * weights / weights.sum()
    parts = np.floor(quota).astype(np.int64)
    order = np.argsort(parts - quota, kind="stable")
    parts[order[: total - parts.sum()]] += 1
    return np.where(declared > 0, parts, 0)


@dataclass(frozen=True)
class Found:
    """
    What staffed floors give, side by side, with numbers that no search saw.

    Parameters
    ----------
    hours
        Agent hours of all floors.
    busy
        Share of their time with a contact in hand.
    kept
        Whether every promise holds in the check.
    levels
        Service level of each channel.
    longest_s
        Longest wait of each day followed in seconds, shape (R,); empty where none was.
    """

    hours: float
    busy: Estimate
    kept: bool
    levels: dict[str, Estimate]
    longest_s: FloatArray


def check(
    floors: Sequence[Floor], staffed: Sequence[IntArray], *, runs: int, follow: int = 0
) -> Found:
    """Rehearse floors with a fresh seed; `follow` replications contact by contact."""
    busy, present = np.zeros(runs), np.zeros(runs)
    longest: FloatArray = np.zeros(follow)
    kept = True
    levels: dict[str, Estimate] = {}
    batches = np.zeros(0, dtype=np.int64)
    for floor, agents in zip(floors, staffed, strict=True):
        seed = fresh_seed(floor.scenario.seed)
        outcome = floor.run(agents, runs, seed)
        kept = kept and all_kept(outcome)
        batches = outcome.data.batches
        for verdict in judge(outcome.data):
            kept_on_time = Parts.of(verdict.above.sum(axis=1), verdict.below.sum(axis=1))
            levels[verdict.promise.channel] = estimate(kept_on_time, batches)
        for group in floor.scenario.groups:
            time = outcome.data.agent_time(group, "horizon")
            busy, present = busy + time["busy_us"], present + time["present_us"]
        if follow:
            longest = np.maximum(longest, _longest_s(floor.run(agents, follow, seed, records=True)))
    hours = sum(floor.hours(agents) for floor, agents in zip(floors, staffed, strict=True))
    return Found(hours, estimate(Parts.of(busy, present), batches), kept, levels, longest)


def _longest_s(outcome: Outcome) -> FloatArray:
    """Longest wait of each replication, whether it ended with an answer or not."""
    contacts = outcome.contacts
    assert contacts is not None
    until = contacts["start"].fillna(contacts["end"])
    waited = (until - contacts["offered"]).dt.total_seconds()
    longest: FloatArray = waited.groupby(contacts["replication"]).max().to_numpy(dtype=np.float64)
    return longest
