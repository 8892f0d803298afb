"""What is seen on the day, what is decided by it, and what the floor gives then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.demand import Demand
from scenario.model import Scenario
from scenario.staff import Staff
from staffing.flex_days import FlexDay, FlexKind, with_changes
from staffing.limits import limits_of, serving
from staffing.promises import judge
from staffing.rehearsal import by_numbers
from staffing.triggers import Trigger, called_when, sent_home_when

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.replications import Span

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

WORKLOAD = "workload"  # the signal of all channels together


@dataclass(frozen=True, eq=False)
class Rule:
    """
    How one kind of flex staff is decided on.

    Parameters
    ----------
    kind
        Who is called or sent home.
    signal
        Channel whose contacts are counted, or "workload" for the agent time of all that the
        group serves, over what is expected.
    triggers
        One for each of the kind's days.
    missing
        Kept promises still missing over all days and replications of the search.
    """

    kind: FlexKind
    signal: str
    triggers: tuple[Trigger, ...]
    missing: int


@dataclass(frozen=True, eq=False)
class Weather:
    """
    The days that may come: replications of one demand, and how to rehearse them.

    Parameters
    ----------
    scenario, demand
        What is assumed.
    replications, seed
        How many futures, and which.
    effort_s
        Agent seconds of a contact by channel, shape (C,).
    engine, workers, cancel
        As for `simulate.simulate`.
    """

    scenario: Scenario
    demand: Demand
    replications: int
    seed: int
    effort_s: FloatArray
    engine: str
    workers: int
    cancel: Callable[[], bool] | None

    def rehearse(self, agents: Sequence[IntArray]) -> Outcome:
        """What comes of so many agents on the floor in each replication, each (I, G)."""
        from simulate.by_replication import simulate_each

        scenario = by_numbers(self.scenario)
        groups = tuple(scenario.groups)
        staffs = {one.tobytes(): Staff(scenario.period, groups, one) for one in agents}
        return simulate_each(
            scenario,
            self.demand,
            [staffs[one.tobytes()] for one in agents],
            seed=self.seed,
            engine=self.engine,
            workers=self.workers,
            cancel=self.cancel,
        )

    def offered(self, outcome: Outcome) -> IntArray:
        """Contacts offered, shape (R, I, C); nothing is seen outside the measured intervals."""
        warm, cool = self.scenario.edge_counts
        counts = outcome.data.contacts["offered"].astype(np.int64)
        return np.pad(counts, ((0, 0), (warm, cool), (0, 0)))

    def signals(self, offered: IntArray, kind: FlexKind) -> dict[str, FloatArray]:
        """What may be looked at, each of shape (R, D)."""
        serves = serving(self.scenario)[kind.column]
        names = list(self.scenario.channels)
        seen = np.stack([offered[:, day.seen].sum(axis=1) for day in kind.days], axis=1)
        found = {
            name: seen[:, :, column].astype(float)
            for column, name in enumerate(names)
            if serves[column]
        }
        work = (seen * np.where(serves, self.effort_s, 0.0)).sum(axis=2)
        usual = work.mean(axis=0)
        return {**found, WORKLOAD: np.divide(work, usual, out=np.ones_like(work), where=usual > 0)}


def kept_by_day(outcome: Outcome) -> BoolArray:
    """
    Whether each promise is kept on each day, shape (R, D, Q).

    A promise of a week is kept or broken on all its days; one of an interval is held against
    the whole day, since a single interval of a single day says nothing.
    """
    data, day = outcome.data, outcome.scenario.period.day_of_interval
    warm, _ = outcome.scenario.edge_counts
    measured = day[warm : warm + data.period.count]
    kept = []
    for verdict in judge(data):
        span: Span = "week" if verdict.promise.target.period == "week" else "day"
        labels = data.labels(span)
        held = verdict.judged_by(data.span_starts(span), labels).held
        # Days that are not measured break nothing.
        of_day = np.ones((data.count, int(day[-1]) + 1), dtype=np.bool_)
        for number in np.unique(measured).tolist():
            of_day[:, number] = held[:, np.unique(labels[measured == number])].all(axis=1)
        kept.append(of_day)
    return np.stack(kept, axis=2)


def learn_rule(
    weather: Weather, kind: FlexKind, before: Sequence[IntArray], probability: float
) -> Rule:
    """
    The signal and the thresholds that keep the promises at the least cost of one kind.

    Parameters
    ----------
    weather
        The futures to learn from.
    kind
        Who is called or sent home.
    before
        Agents in each replication without this kind, each (I, G).
    probability
        Share of the futures in which each promise must be kept on each day.
    """
    most = limits_of(weather.scenario).most
    kept: list[BoolArray] = []
    offered: IntArray | None = None
    for number in range(kind.terms.agents + 1):
        everywhere = np.full(len(kind.days), number)
        outcome = weather.rehearse(
            [with_changes(agents, kind, everywhere, most) for agents in before]
        )
        kept.append(kept_by_day(outcome))
        if offered is None:
            offered = weather.offered(outcome)
    assert offered is not None
    held = np.stack(kept)  # (N + 1, R, D, Q)
    fit = called_when if kind.sign > 0 else sent_home_when
    rules = []
    for name, signal in weather.signals(offered, kind).items():
        fitted = [
            fit(signal[:, place], held[:, :, day.day], probability)
            for place, day in enumerate(kind.days)
        ]
        triggers = tuple(trigger for trigger, _ in fitted)
        numbers = numbers_of(triggers, signal)
        cost = sum(
            kind.price(day) * float(numbers[:, place].sum()) for place, day in enumerate(kind.days)
        )
        rules.append((sum(short for _, short in fitted), cost, name, triggers))
    # The first of equals: a channel that can be counted is easier to watch than a workload.
    missing, _, name, triggers = min(rules, key=lambda rule: rule[:2])
    return Rule(kind, name, triggers, missing)


def numbers_of(triggers: Sequence[Trigger], signal: FloatArray) -> IntArray:
    """How many on each day of each replication, shape (R, D)."""
    return np.stack(
        [trigger.numbers(signal[:, place]) for place, trigger in enumerate(triggers)], axis=1
    )


def follow(
    weather: Weather, rules: Sequence[Rule], base: IntArray, offered: IntArray
) -> tuple[list[IntArray], list[IntArray]]:
    """
    Agents in each replication when the rules are followed.

    Parameters
    ----------
    weather
        The futures.
    rules
        In the order in which they are applied.
    base
        Agents without any flex staff, shape (I, G).
    offered
        Contacts offered in each future, shape (R, I, C): they do not depend on the staff.

    Returns
    -------
    tuple
        The agents of each replication, each (I, G), and the numbers by rule, each (R, D).
    """
    most = limits_of(weather.scenario).most
    agents = [base] * len(offered)
    told = []
    for rule in rules:
        signal = weather.signals(offered, rule.kind)[rule.signal]
        numbers = numbers_of(rule.triggers, signal)
        agents = [
            with_changes(one, rule.kind, row, most)
            for one, row in zip(agents, numbers, strict=True)
        ]
        told.append(numbers)
    return agents, told


def flex_cost(rules: Sequence[Rule], numbers: Sequence[IntArray]) -> float:
    """Mean cost of the flex staff over the replications, retainers included."""
    total = 0.0
    for rule, told in zip(rules, numbers, strict=True):
        for place, day in enumerate(rule.kind.days):
            total += rule.kind.price(day) * float(told[:, place].mean())
            total += rule.kind.terms.retainer * _on_the_list(rule, place)
    return total


def _on_the_list(rule: Rule, place: int) -> int:
    """How many must be ready on a day: as many as could be called at all."""
    return int(np.isfinite(rule.triggers[place].thresholds).sum())


def sentence(rule: Rule, place: int) -> list[str]:
    """What to do on one day, for the person who watches it."""
    day, kind, trigger = rule.kind.days[place], rule.kind, rule.triggers[place]
    verb = "call" if kind.sign > 0 else "send home"
    told = []
    for number, threshold in enumerate(trigger.thresholds.tolist(), start=1):
        if not np.isfinite(threshold):
            continue
        told.append(
            f"{_day(day)}: if {_seen(rule, threshold)} by {day.decided:%H:%M}, {verb} {number}"
            f" ({kind.name}, {day.start:%H:%M}-{day.end:%H:%M})"
        )
    return told


def _day(day: FlexDay) -> str:
    return f"{day.decided:%a} {day.decided.day} {day.decided:%b}"


def _seen(rule: Rule, threshold: float) -> str:
    rising = rule.kind.sign > 0
    if rule.signal == WORKLOAD:
        what = "reaches" if rising else "stays within"
        return f"the work offered {what} {threshold:.0%} of what is expected"
    bound = f"reach {threshold:.0f}" if rising else f"are at most {threshold:.0f}"
    return f"{rule.signal} contacts {bound}"
