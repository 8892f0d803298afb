"""A plan for any weather: base shifts fixed now, flex staff called or sent home on the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.assumptions import expected_demand
from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.model import Scenario
from scenario.targets import Target
from staffing.document import records
from staffing.flex_days import flex_kinds
from staffing.flex_learning import least_kept, mean_cost, surely_learned
from staffing.flex_policy import (
    Rule,
    Weather,
    flex_cost,
    follow,
    kept_by_day,
    sentence,
)
from staffing.pay import paid_of
from staffing.planning import Plan, plan
from staffing.promises import promises_of
from staffing.rehearsal import Progress
from staffing.requirement import effort_of, requirement_only
from staffing.search import fresh_seed
from staffing.weather_tables import flex_table, promise_table, weather_table

if TYPE_CHECKING:
    pass

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BASE_PROBABILITIES = (None, 0.6, 0.75, 0.85)
FRESH_RUNS = 4  # times the paths, for the check


@dataclass(frozen=True, eq=False)
class WeatherPlan:
    """
    Base shifts, and when to change them on the day.

    Parameters
    ----------
    base
        Shifts that are fixed now.
    base_only
        The plan that keeps the promises as often without any flex staff.
    probability
        Share of the days in which each promise was to be kept.
    flex
        A row for each number of agents on each day: `date`, `group`, `kind`, `action` ("call" or
        "send_home"), `start`, `end`, `agents`, `signal` (channel counted, or "workload": over
        what is expected), `threshold` (from which on, or up to which), `probability` (that it
        comes to this) and `cost` (then; negative where it saves).
    triggers
        The same in sentences.
    weather
        `weather` (calm, normal, stormy, viral: the day's work below 0.9, 1.1, 1.5 times the
        expected or above), `days` (share of them), `kept` (share of these in which every
        promise is kept), `base_only_kept` and `changed_agents` (mean number called less those
        sent home).
    promises
        `channel`, `arrived_closed`, `probability_kept`, `base_only_probability` and
        `worst_day` with `worst_day_kept`.
    expected_cost, base_cost, base_only_cost
        Of the horizon: with flex staff as often as it is called, of the base shifts alone, and
        of the plan without flex staff.
    probability_kept, base_only_probability
        Of the promise that is kept least often, over the days; on futures that the search never
        saw.
    paths
        Futures that were learned from; four times as many were checked.
    notes
        What should be known beside it.
    """

    base: Plan
    base_only: Plan
    probability: float
    flex: pd.DataFrame
    triggers: tuple[str, ...]
    weather: pd.DataFrame
    promises: pd.DataFrame
    expected_cost: float
    base_cost: float
    base_only_cost: float
    probability_kept: float
    base_only_probability: float
    paths: int
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What it comes to, for a planner."""
        unit = self.base.scenario.currency
        if self.flex.empty:
            return (
                f"No flex staff is worth calling: base shifts alone for {unit}"
                f" {self.base_only_cost:,.0f} keep the promise on"
                f" {self.base_only_probability:.0%} of the days."
            )
        return (
            f"Base shifts for {unit} {self.base_cost:,.0f} and flex staff as the day asks for it"
            f" cost {unit} {self.expected_cost:,.0f} on average and keep the promise on"
            f" {self.probability_kept:.0%} of the days; without flex staff that takes {unit}"
            f" {self.base_only_cost:,.0f} ({self.base_only_probability:.0%} kept)."
        )

    def document(self) -> dict[str, Any]:
        """The plan as one JSON-ready document."""
        return {
            "probability": self.probability,
            "probability_kept": self.probability_kept,
            "base_only_probability": self.base_only_probability,
            "expected_cost": self.expected_cost,
            "base_cost": self.base_cost,
            "base_only_cost": self.base_only_cost,
            "flex": records(self.flex),
            "triggers": list(self.triggers),
            "weather": records(self.weather),
            "promises": records(self.promises),
            "base": self.base.document(),
            "paths": self.paths,
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def weather_plan(
    scenario: Scenario,
    demand: Demand,
    *,
    probability: float = 0.9,
    paths: int = 100,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> WeatherPlan:
    """
    Base shifts and flex staff of least expected cost that keep the promises in most weathers.

    Parameters
    ----------
    scenario
        With `groups.<name>.flex`: who can be called or sent home, when, and at what cost.
    demand
        Expected contacts with their paths, before scale and bursts.
    probability
        Share of the days (or weeks, where a promise is of the week) on which each promise must
        be kept, in (0, 1); in place of the promises' own confidence.
    paths
        Futures to learn from, at least 20; four times as many others check the result.
    seed
        Of every random number; default: the scenario's.
    engine, workers, progress, cancel
        As for `staffing.plan`.

    Raises
    ------
    InvalidValueError
        When a number is out of range, no group declares flex staff that could be used in the
        horizon, or teams are separate.
    RunCancelledError
        When cancelled.

    Notes
    -----
    Two stages. Base staff is the least that keeps the promises less often than asked, for
    several such probabilities; for each the flex staff is learned: what to look at, and from
    which count on to call, so that each promise is kept often enough on each day as cheaply as
    these triggers can. The base of the least expected cost gets shifts, its triggers are learned
    again upon them, and all is checked on futures that nothing was learned from. Where no
    triggers are cheaper than base shifts alone, there are none.
    """
    _check(scenario, probability, paths)
    seed = scenario.seed if seed is None else seed
    tell = progress or (lambda _share, _sentence: None)
    learning = Weather(
        scenario,
        _paths(demand, slice(0, paths)),
        paths,
        seed,
        effort_of(scenario, expected_demand(scenario, demand)),
        engine,
        workers,
        cancel,
    )
    chance = _base_chance(learning, probability, _part(tell, 0.0, 0.4))
    base_only = _planned(learning, probability, _part(tell, 0.4, 0.65))
    base = base_only
    if chance != probability:
        base = _planned(learning, chance, _part(tell, 0.65, 0.9))
    tell(0.92, "Learning the triggers upon the shifts")
    rules, _ = surely_learned(learning, base.staff.agents, probability)
    tell(0.96, "Rehearsing both in other weathers")
    fresh = replace(
        learning,
        demand=_paths(demand, slice(paths, None)),
        replications=FRESH_RUNS * paths,
        seed=fresh_seed(seed),
    )
    found = _judged(fresh, base, base_only, rules, probability, paths, _notes(scenario, demand))
    tell(1.0, "Done")
    return found


def _part(tell: Progress, begin: float, end: float) -> Progress:
    """Tells a part of the work as its share of the whole."""
    return lambda share, sentence: tell(begin + share * (end - begin), sentence)


def _base_chance(learning: Weather, probability: float, tell: Progress) -> float | None:
    """How often the base staff alone should keep the promises: None for on average."""
    chances = [chance for chance in BASE_PROBABILITIES if (chance or 0.0) < probability]
    chances.append(probability)  # with those sent home on quiet days
    ranks: list[tuple[float, float]] = []
    near = None
    for place, chance in enumerate(chances):
        tell(place / len(chances), "Weighing base staff against flex staff")
        near = requirement_only(
            with_confidence(learning.scenario, chance),
            learning.demand,
            replications=learning.replications,
            seed=learning.seed,
            engine=learning.engine,
            workers=learning.workers,
            cancel=learning.cancel,
            near=near,
        )
        rules, short = surely_learned(learning, near.agents, probability)
        _, base_cost = paid_of(learning.scenario, near.agents)
        ranks.append((short, base_cost + mean_cost(learning, rules, near.agents)))
    return chances[ranks.index(min(ranks))]


def _planned(learning: Weather, chance: float | None, tell: Progress) -> Plan:
    """Shifts that keep the promises on such a share of the days, by the futures learned from."""
    return plan(
        with_confidence(learning.scenario, chance),
        learning.demand,
        replications=learning.replications,
        seed=learning.seed,
        engine=learning.engine,
        workers=learning.workers,
        progress=tell,
        cancel=learning.cancel,
    )


def with_confidence(scenario: Scenario, chance: float | None) -> Scenario:
    """The same scenario with every promise to be kept on such a share of its periods."""

    def changed(target: Target | None) -> Target | None:
        return target and target.model_copy(update={"confidence": chance})

    channels = {
        name: channel.model_copy(
            update={
                "target": changed(channel.target),
                "target_closed": changed(channel.target_closed),
            }
        )
        for name, channel in scenario.channels.items()
    }
    return scenario.model_copy(update={"channels": channels})


def _check(scenario: Scenario, probability: float, paths: int) -> None:
    if not 0 < probability < 1:
        raise InvalidValueError("probability", "above 0 and below 1", probability)
    if not paths >= 20:
        raise InvalidValueError("paths", "at least 20", paths)
    if scenario.routing.blend == "separate":
        rule = '"blended" where flex staff is planned: a person called serves all of a group\'s'
        raise InvalidValueError("routing.blend", rule, "separate")
    if not promises_of(scenario):
        raise InvalidValueError("channels", "with a target on one of them at least", "none")
    if not flex_kinds(scenario):
        rule = (
            'declared for some group, e.g. { on_call = { agents = 2, decide_at = "10:00",'
            " notice_minutes = 60, length_minutes = 240 } }, with days and hours that lie in the"
            " horizon"
        )
        raise InvalidValueError("groups.<name>.flex", rule, "none")


def _paths(demand: Demand, part: slice) -> Demand:
    """The demand with a part of its paths; all of them where there are too few to part."""
    if demand.paths is None or not len(demand.paths[part]):
        return demand
    return replace(demand, paths=demand.paths[part])


def _notes(scenario: Scenario, demand: Demand) -> tuple[str, ...]:
    notes = []
    if scenario.demand.uncertainty == "none":
        notes.append("The demand has no uncertainty: all weathers are one, but for chance.")
    if any(promise.target.period == "interval" for promise in promises_of(scenario)):
        notes.append("Promises of single intervals are held against the whole day.")
    if any(group.exit == "named" for group in scenario.groups.values()):
        notes.append("Flex staff is rehearsed as numbers of agents, without breaks of their own.")
    if scenario.demand.uncertainty == "paths" and demand.paths is None:
        notes.append("The demand has no paths: its days do not stray.")
    return tuple(notes)


def _judged(
    fresh: Weather,
    base: Plan,
    base_only: Plan,
    rules: Sequence[Rule],
    probability: float,
    paths: int,
    notes: tuple[str, ...],
) -> WeatherPlan:
    """What both plans give in other weathers; base shifts alone where flex staff costs more."""
    alone = fresh.rehearse([base_only.staff.agents] * fresh.replications)
    offered = fresh.offered(alone)
    agents, numbers = follow(fresh, rules, base.staff.agents, offered)
    with_flex = fresh.rehearse(agents)
    kept, alone_kept = kept_by_day(with_flex), kept_by_day(alone)
    cost = base.cost + flex_cost(rules, numbers)
    # A plan that costs more is no better, and one that keeps less is no plan for this promise.
    worth = cost <= base_only.cost and least_kept(kept) >= min(probability, least_kept(alone_kept))
    if not worth:
        base, rules, numbers, kept, cost = base_only, (), [], alone_kept, base_only.cost
    return WeatherPlan(
        base=base,
        base_only=base_only,
        probability=probability,
        flex=flex_table(rules, numbers),
        triggers=tuple(
            text
            for rule in rules
            for place in range(len(rule.kind.days))
            for text in sentence(rule, place)
        ),
        weather=weather_table(fresh, offered, kept, alone_kept, rules, numbers),
        promises=promise_table(fresh.scenario, kept, alone_kept),
        expected_cost=cost,
        base_cost=base.cost,
        base_only_cost=base_only.cost,
        probability_kept=least_kept(kept),
        base_only_probability=least_kept(alone_kept),
        paths=paths,
        notes=notes,
    )
