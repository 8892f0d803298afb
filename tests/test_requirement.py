"""The search for the least staff: steps, agents tried away, paired estimates, exact finishes."""

from dataclasses import replace

import numpy as np
import pytest

import staffing
from scenario import Scenario
from scenario.assumptions import expected_demand
from small_scenarios import demand_of
from staffing.approach import Approach
from staffing.limits import limits_of
from staffing.pairing import PairedVerdict, Pairing
from staffing.precision import enough_replications
from staffing.promises import Verdict, judge, promises_of
from staffing.rehearsal import Rehearsal, Rounds, Telling
from staffing.repair import MARGIN
from staffing.requirement import broken, requirement_only, task_of
from staffing.single_queue import single_queue
from staffing.trimming import Trimming

POOLS = """
name = "Two pools that overlap"
seed = 11
replications = 40
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand]
rates = { chat = 40.0, voice = 40.0 }
uncertainty = "none"
[channels.chat]
kind = "live"
open = { daily = "08:00-16:00" }
handle_time = { mean_s = 360 }
patience = { mean_s = 200 }
target = { share = 0.8, within_s = 30, period = "interval" }
[channels.voice]
kind = "live"
open = { daily = "08:00-16:00" }
handle_time = { mean_s = 360 }
patience = { mean_s = 200 }
target = { share = 0.8, within_s = 30, period = "interval" }
[groups.chatters]
cost_per_hour = 16
skills.chat = {}
[groups.callers]
cost_per_hour = 16
skills.voice = {}
[groups.both]
cost_per_hour = 20
skills.chat = { preference = 2 }
skills.voice = { preference = 2 }
"""


@pytest.fixture(scope="module")
def pools():
    return Scenario.parse(POOLS)


def told(scenario: Scenario, levels: np.ndarray, runs: int = 4) -> tuple[Verdict, ...]:
    """Verdicts without noise, from service levels by interval and channel, shape (I, C)."""
    verdicts = []
    for column, promise in enumerate(promises_of(scenario)):
        below = np.full((runs, len(levels)), 100.0)
        number = np.arange(len(levels))
        verdicts.append(
            Verdict(promise, scenario.period.starts, number, below * levels[:, column], below)
        )
    return tuple(verdicts)


class CalmFloor:
    """A floor whose service level is a formula of its agents; it counts what is asked."""

    probes = 4

    def __init__(self, scenario: Scenario, least: int) -> None:
        self.scenario, self.least, self.asked = scenario, least, 0

    def verdicts(self, agents: np.ndarray, _: int) -> tuple[Verdict, ...]:
        self.asked += 1
        own, both = agents[:, :2], agents[:, 2:]
        there = own + np.maximum(both - np.maximum(self.least - own, 0).sum(1, keepdims=True), 0)
        there = np.where(own < self.least, own + both / 2, there)
        levels = 0.8 + 0.04 * (there - self.least)
        levels[agents.sum(axis=1) == 0] = 0.9  # closed
        return told(self.scenario, np.clip(levels, 0.0, 1.0))

    def estimate(self, agents: np.ndarray) -> tuple[Verdict, ...]:
        return self.verdicts(agents, 4)


def test_steps_reach_the_least_from_below_and_from_above(pools):
    limits, floor = limits_of(pools), CalmFloor(pools, 7)
    approach = Approach(pools, limits)
    start = np.where(limits.most > 0, np.array([[2, 15, 0]]), 0)
    staged = approach.settle(start, floor.estimate, 8, lambda: False, errors=0.0, only_up=False)
    open_now = limits.live_open
    assert (staged.agents[open_now][:, :2] == 7).all()
    assert (staged.agents[open_now][:, 2] == 0).all()


def test_only_as_much_is_asked_as_additions_bring(pools):
    """Voice is out of reach: after two useless steps no more is asked than has been reached."""
    limits = limits_of(pools)

    def floor(agents: np.ndarray) -> tuple[Verdict, ...]:
        levels = np.full((len(agents), 2), 0.9)
        levels[:, 1] = 0.5
        return told(pools, levels)

    start = np.where(limits.most > 0, 5, 0)
    staged = Approach(pools, limits).settle(
        start, floor, 12, lambda: False, errors=0.0, only_up=True
    )
    assert staged.agents.max() < 30
    assert staged.asked[1][limits.live_open] == pytest.approx(0.5)
    assert staged.asked[0] == pytest.approx(0.8)


def test_everybody_goes_whom_no_promise_needs_and_nobody_else(pools):
    limits, floor = limits_of(pools), CalmFloor(pools, 7)
    agents = np.where(limits.most > 0, np.array([[9, 8, 1]]), 0)
    asked = tuple(np.full(len(agents), 0.8) for _ in range(2))
    trimmed = Trimming(pools, limits, floor, asked, lambda: False).run(agents)
    assert (trimmed[limits.live_open] == [7, 7, 0]).all()
    assert floor.asked < 40  # of some 200 agents, tried many at a time


def test_without_time_nobody_is_tried_away(pools):
    limits, floor = limits_of(pools), CalmFloor(pools, 7)
    agents = np.where(limits.most > 0, 9, 0)
    asked = tuple(np.full(len(agents), 0.8) for _ in range(2))
    trimmed = Trimming(pools, limits, floor, asked, lambda: True).run(agents)
    assert (trimmed == agents).all()


def the_task(scenario: Scenario, replications: int | None = None):
    rehearsal = Rehearsal(scenario, demand_of(scenario), "kernel", 1, Telling(None), None)
    return task_of(rehearsal, replications, None)


def test_a_difference_is_surer_in_pairs(pools):
    """The estimate beside a base of 200 days agrees with 200 days of its own."""
    task = the_task(pools, 200)
    pairing = Pairing(task, Rounds(Telling(None), 0, 1, 9, 1.0, ""))
    agents = np.where(limits_of(pools).most > 0, np.array([[5, 5, 1]]), 0)
    pairing.found_on(agents, 200)
    fewer = agents.copy()
    fewer[10, 0] -= 1
    (paired, _), (alone, _) = pairing.estimate(fewer), pairing.verdicts(fewer, 200)
    assert isinstance(paired, PairedVerdict)
    assert paired.count < 200
    known = np.isfinite(alone.mean)
    gap = np.abs(paired.mean - alone.mean)[known]
    assert (gap <= 4 * paired.error[known] + 1e-9).all()
    assert gap[[0, 1, 7]].max() < gap[2] + 0.02  # hours later nothing is left of it
    assert (paired.error[known] >= pairing.estimate(agents)[0].error[known] - 1e-12).all()
    # Far fewer days alone would tell it much worse.
    assert paired.error[10] < alone.first(paired.count).error[10]


def test_more_replications_are_taken_only_near_a_promise(pools):
    task = the_task(pools)
    scenario = task.scenario
    rng = np.random.default_rng(1)

    def noisy(level: float) -> tuple[Verdict, ...]:
        verdicts = []
        for promise in promises_of(scenario):
            below = np.full((40, 24), 20.0)
            above = rng.binomial(20, level, below.shape).astype(float)
            verdicts.append(Verdict(promise, scenario.period.starts, np.arange(24), above, below))
        return tuple(verdicts)

    assert enough_replications(task, noisy(0.99)) == 40
    wanted = enough_replications(task, noisy(0.8))
    assert 200 <= wanted <= 1600
    assert enough_replications(the_task(pools, 40), noisy(0.99)) == 40


def test_every_path_of_a_demand_is_met_equally_often(pools):
    scenario = pools.with_changes({"demand.uncertainty": "paths"})
    demand = demand_of(scenario)
    demand = replace(demand, paths=np.repeat(demand.mean[np.newaxis], 150, axis=0))
    rehearsal = Rehearsal(scenario, demand, "kernel", 1, Telling(None), None)
    task = task_of(rehearsal, None, None)
    rng = np.random.default_rng(1)
    below = np.full((40, 24), 20.0)
    verdicts = tuple(
        Verdict(
            promise, scenario.period.starts, np.arange(24), rng.binomial(20, 0.8, (40, 24)), below
        )
        for promise in promises_of(scenario)
    )
    assert enough_replications(task, verdicts) % 150 == 0


def test_overlapping_groups_keep_every_promise_with_nobody_to_spare(pools):
    found = requirement_only(pools, demand_of(pools), replications=100)
    assert not broken(found.verdicts, found.asked)
    assert found.verdicts[0].count == 100
    # Sending home whoever is dearest breaks a promise.
    from scenario.staff import Staff
    from simulate.run import simulate

    broke = []
    for place in np.argwhere(found.agents > 0)[::5]:
        fewer = found.agents.copy()
        fewer[tuple(place)] -= 1
        staff = Staff(pools.period, tuple(pools.groups), fewer)
        outcome = simulate(pools, demand_of(pools), staff, replications=100)
        broke.append(
            any((verdict.reached(MARGIN) < 0.8 - 1e-9).any() for verdict in judge(outcome.data))
        )
    assert np.mean(broke) >= 0.8


def test_a_single_queue_is_finished_exactly():
    scenario = Scenario.parse(POOLS).with_changes(
        {
            "channels.voice": None,
            "groups.callers": None,
            "groups.both": None,
            "demand.rates": {"chat": 40.0},
            "channels.chat.handle_time.distribution": "exponential",
        }
    )
    plan = staffing.plan(scenario, demand_of(scenario))
    queue = single_queue(scenario, expected_demand(scenario, demand_of(scenario)))
    levels = queue.levels(plan.staff.agents)
    assert np.nanmin(levels) >= 0.8
    assert plan.searched == 1
    assert (plan.staff.agents[:, 0] == queue.least(limits_of(scenario))[:, 0]).all()
    periods = plan.periods.dropna(subset=["achieved"])
    assert len(periods) == 8
    assert (periods["fresh_low"] <= periods["fresh_achieved"]).all()


def test_promises_to_intervals_out_of_reach_are_named_with_what_they_would_take(pools):
    plan = staffing.plan(
        pools.with_changes({"groups.callers.max_agents": 3, "groups.both.max_agents": 0}),
        demand_of(pools),
        replications=16,
    )
    voice = plan.unmet[plan.unmet["channel"] == "voice"]
    assert len(voice) == 8
    assert set(voice["reason"]) == {"no more people or desks"}
    assert voice["needed"].str.match(r"about \d+ more agents? in it").all()
    assert plan.targets.set_index("channel").loc["chat", "met"]


def test_promises_of_different_periods_are_kept_together(pools):
    mixed = pools.with_changes(
        {"channels.voice.target.period": "day", "channels.chat.target.confidence": 0.5}
    )
    found = requirement_only(mixed, demand_of(mixed), replications=32)
    assert not broken(found.verdicts, found.asked)
