"""What does the floor need under other assumptions? The same search, again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scenario.checks import one_of
from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.model import Scenario
from scenario.staff import Staff
from scenario.targets import Target
from staffing.limits import limits_of
from staffing.pay import paid_of
from staffing.promises import judge, kept
from staffing.rehearsal import Progress, Rehearsal, Telling, by_numbers
from staffing.requirement import Requirement, broken, requirement_only, teams_of
from staffing.search import FRESH_RUNS, fresh_seed

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers


BEYOND = "The least staff is more people at once, or more hours, than there are today"
NOISE = 0.03  # of the hours: two searches for the same staff may end so far apart
MOST_TRIED = 4  # of the staff found for other assumptions, where one search ended dearer


@dataclass(frozen=True, eq=False)
class Sized:
    """
    Least staff on the floor for one set of assumptions, as if agents came by the interval.

    Parameters
    ----------
    scenario
        What was assumed; with `blend = "separate"` its groups are the separate teams.
    required
        The agents, and what they keep.
    paid_hours, cost
        Behind those agents, all shrinkage applied.
    """

    scenario: Scenario
    required: Requirement
    paid_hours: float
    cost: float

    @property
    def floor_hours(self) -> float:
        """Agent hours on the floor."""
        return float(self.required.agents.sum()) * self.scenario.horizon.interval_minutes / 60

    @property
    def price(self) -> float:
        """What is compared: the cost, or paid hours where no rate is known."""
        return self.cost or self.paid_hours


@dataclass(frozen=True)
class Sizer:
    """
    Sizes the floor for scenarios that differ, always on the same random numbers.

    Parameters
    ----------
    demand
        Expected contacts, before scale and bursts.
    replications, seed
        Of each rehearsal.
    engine, workers
        As for `simulate`.
    progress
        Told a share from 0 to 1 and a sentence.
    cancel
        Asked whether to stop.
    """

    demand: Demand
    replications: int
    seed: int
    engine: str
    workers: int | Workers
    progress: Progress | None
    cancel: Callable[[], bool] | None

    def size(
        self, scenario: Scenario, sentence: str, begin: float, end: float, near: Sized | None = None
    ) -> Sized:
        """
        Find the least staff that keeps every promise of a scenario.

        Parameters
        ----------
        scenario
            What is assumed.
        sentence
            What is told meanwhile.
        begin, end
            Shares of the whole work before and after.
        near
            Staff for assumptions much like these, of the same groups: where the search begins,
            moved by what the formulas say of the difference.

        Raises
        ------
        RunCancelledError
            When cancelled.
        """
        told = self._part(sentence, begin, end)
        required = requirement_only(
            scenario,
            self.demand,
            replications=self.replications,
            seed=self.seed,
            engine=self.engine,
            workers=self.workers,
            progress=told,
            cancel=self.cancel,
            near=None if near is None else near.required,
        )
        teams, _ = teams_of(scenario, self.demand, None)
        return sized(teams, required)

    def fresh(self, found: Sized, sentence: str, begin: float, end: float) -> Outcome:
        """What a size gives with numbers that the search never saw, and four times as many."""
        runs, seed = FRESH_RUNS * self.replications, fresh_seed(self.seed)
        rehearsal = self._rehearsal(found.scenario, self._part(sentence, begin, end))
        return rehearsal.run(found.required.agents, runs, seed)

    def with_less(self, found: Sized, others: Iterable[Sized]) -> Sized:
        """
        The same size, or one found for other assumptions that keeps these promises for less.

        Parameters
        ----------
        found
            What the search found.
        others
            What it found for other assumptions, of the same groups. Of those cheaper by no more
            than chance may make it, the cheapest are rehearsed on the search's own customers.
        """
        least = (1 - 2 * NOISE) * found.price
        near = [other for other in others if least <= other.price < found.price - 1e-9]
        rehearsal = self._rehearsal(found.scenario, None)
        for other in sorted(near, key=lambda other: other.price)[:MOST_TRIED]:
            agents, runs = other.required.agents, found.required.replications
            verdicts = judge(rehearsal.run(agents, runs, self.seed).data)
            if not broken(verdicts, found.required.asked):
                required = replace(found.required, agents=agents, verdicts=verdicts)
                return sized(found.scenario, required)
        return found

    def again(self, found: Sized, replications: int) -> Outcome:
        """The first of the search's own replications, with every contact."""
        from simulate.run import simulate

        scenario = by_numbers(found.scenario)
        staff = Staff(scenario.period, tuple(scenario.groups), found.required.agents)
        return simulate(
            scenario,
            self.demand,
            staff,
            replications=min(replications, self.replications),
            seed=self.seed,
            engine=self.engine,
            workers=self.workers,
            cancel=self.cancel,
            records=True,
        )

    def _rehearsal(self, scenario: Scenario, told: Progress | None) -> Rehearsal:
        telling = Telling(told, part=1.0)
        return Rehearsal(scenario, self.demand, self.engine, self.workers, telling, self.cancel)

    def _part(self, sentence: str, begin: float, end: float) -> Progress | None:
        """Tells a part of the work as its share of the whole."""
        progress = self.progress
        if progress is None:
            return None
        return lambda share, _: progress(begin + share * (end - begin), sentence)


@contextmanager
def sizer(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int | None,
    seed: int | None,
    engine: str,
    workers: int | Workers,
    progress: Progress | None,
    cancel: Callable[[], bool] | None,
) -> Iterator[Sizer]:
    """A sizer with the scenario's own replications and seed where none are given."""
    from simulate.engines import engine_named
    from simulate.workers import Workers

    replications = scenario.replications if replications is None else replications
    if not replications >= 2:
        raise InvalidValueError("replications", "at least 2, to tell noise from news", replications)
    seed = scenario.seed if seed is None else seed

    def made(workers: int | Workers) -> Sizer:
        return Sizer(demand, replications, seed, engine, workers, progress, cancel)

    needs_processes = not engine_named(engine).frees_interpreter
    if isinstance(workers, int) and workers > 1 and needs_processes:
        with Workers(workers) as pool:
            yield made(pool)
    else:
        yield made(workers)
    if progress is not None:
        progress(1.0, "Done")


def sized(scenario: Scenario, required: Requirement) -> Sized:
    """A requirement with what is paid for it."""
    paid, cost = paid_of(by_numbers(scenario), required.agents)
    return Sized(scenario, required, paid, cost)


def all_kept(outcome: Outcome, channel: str | None = None) -> bool:
    """Whether a fresh rehearsal keeps the promises of a channel, or of all."""
    return all(
        bool(kept(verdict).all())
        for verdict in judge(outcome.data)
        if channel in {None, verdict.promise.channel}
    )


def promised_channel(scenario: Scenario, channel: str) -> Target:
    """
    The target of a channel.

    Raises
    ------
    InvalidValueError
        When the channel is unknown, has no target, or nobody serves it.
    """
    served_channel(scenario, channel)
    target = scenario.channels[channel].target
    if target is None:
        raise InvalidValueError(f"channels.{channel}.target", "given, to be varied", None)
    return target


def served_channel(scenario: Scenario, channel: str) -> None:
    """Refuse a channel that is unknown or that nobody serves."""
    if channel not in scenario.channels:
        raise InvalidValueError("channel", one_of(scenario.channels, channel), channel)
    if not any(channel in group.skills for group in scenario.groups.values()):
        raise InvalidValueError("channel", "served by some group", channel)


def unlimited(scenario: Scenario) -> Scenario:
    """
    The same scenario as if people and desks could be had, at each group's mean rate.

    What a promise or an assumption costs is then told even where the people of today do not
    reach; `beyond_limits` says where that is.
    """
    return with_groups(
        scenario,
        {
            name: {
                "max_agents": None,
                "contracts": {},
                "cost_per_hour": group.rate,
                "shifts": {
                    kind: shift.model_copy(update={"contract": None})
                    for kind, shift in group.shifts.items()
                },
            }
            for name, group in scenario.groups.items()
        },
    )


def beyond_limits(scenario: Scenario, found: Sized) -> bool:
    """Whether a size without limits asks for more desks or contracted hours than there are."""
    if tuple(found.scenario.groups) != tuple(scenario.groups):
        return False  # separate teams: limits are of the groups they are made of
    limits, agents = limits_of(scenario), found.required.agents
    weeks = scenario.period.week_of_interval
    hours = np.stack([agents[weeks == week].sum(axis=0) for week in np.unique(weeks)])
    hours = hours * (scenario.horizon.interval_minutes / 60)
    return bool((agents > limits.most).any() or (hours > limits.hours_a_week + 1e-9).any())


def told_hours(hours: float) -> str:
    """Hours as planners say them, a decimal where they are few."""
    return f"{hours:,.0f}" if abs(hours) >= 100 else f"{hours:,.1f}"


def told_price(price: float, currency: str, *, in_money: bool, sign: str = "") -> str:
    """A cost, or paid hours where no rate is known; with `sign` "+" a difference."""
    if in_money:
        return f"{currency} {price:{sign},.0f}"
    return f"{'+' if sign and price >= 0 else ''}{told_hours(price)} paid hours"


def with_target(scenario: Scenario, channel: str, **changes: float) -> Scenario:
    """The same scenario with another promise on a channel."""
    declared = scenario.channels[channel]
    assert declared.target is not None
    target = declared.target.model_copy(update=changes)
    return with_channel(scenario, channel, target=target)


def with_channel(scenario: Scenario, channel: str, **changes: object) -> Scenario:
    """The same scenario with other values of a channel."""
    declared = scenario.channels[channel].model_copy(update=changes)
    return scenario.model_copy(update={"channels": {**scenario.channels, channel: declared}})


def with_groups(scenario: Scenario, changes: dict[str, dict[str, object]]) -> Scenario:
    """The same scenario with other values of some groups."""
    groups = {
        name: group.model_copy(update=changes.get(name, {}))
        for name, group in scenario.groups.items()
    }
    return scenario.model_copy(update={"groups": groups})


__all__ = [
    "BEYOND",
    "NOISE",
    "Sized",
    "Sizer",
    "all_kept",
    "beyond_limits",
    "promised_channel",
    "served_channel",
    "sized",
    "sizer",
    "told_hours",
    "told_price",
    "unlimited",
    "with_channel",
    "with_groups",
    "with_target",
]
