"""Why 43 and not 39: the steps are plans of their own, add up, and vanish where they should."""

import numpy as np
import pandas as pd
import pytest

import staffing
from scenario import InvalidValueError, Scenario
from small_scenarios import MORNING, demand_of
from staffing.blend import MOST_OCCUPIED
from staffing.ladder import has_spread

STEPS = [
    "pure workload", "occupancy ceiling", "waiting", "concurrency and slowdown",
    "pooling and blending", "rehearsal", "forecast uncertainty", "shift shape",
    "absence and shrinkage",
]  # fmt: skip


def planned(text, **changes):
    scenario = Scenario.parse(text).with_changes(changes)
    return staffing.plan(scenario, demand_of(scenario))


@pytest.fixture(scope="module")
def plan():
    return planned(MORNING)


def agents_of(plan, step):
    return next(rung.agents for rung in plan.why.rungs if rung.step == step)


def added_by(plan, step):
    place = STEPS.index(step)
    return agents_of(plan, step) - agents_of(plan, STEPS[place - 1])


def test_the_steps_are_those_of_the_design_and_add_up_to_what_is_paid(plan):
    assert plan.ladder["step"].tolist() == STEPS
    assert plan.ladder["agent_hours"].sum() == pytest.approx(plan.paid_hours)
    assert plan.ladder["total"].iloc[-1] == pytest.approx(plan.paid_hours)


def test_the_steps_of_every_interval_add_up_to_those_of_the_whole(plan):
    period = plan.scenario.period
    by_interval = np.array([plan.why.at(start)["agents"] for start in period.starts])
    assert by_interval.sum(axis=0) / 2 == pytest.approx(plan.ladder["agent_hours"])
    scheduled = plan.staff.agents.sum(axis=1)
    assert by_interval[:, :-1].sum(axis=1) == pytest.approx(scheduled)


def test_every_step_is_a_plan_that_was_computed(plan):
    """Work from rates and handle times alone; the last three from the plan's own tables."""
    work = 2 * (24 * 420 / 2 + 8 * 240) / 3600
    assert agents_of(plan, "pure workload")[1:].mean() == pytest.approx(work, rel=0.05)
    assert agents_of(plan, "occupancy ceiling") == pytest.approx(
        agents_of(plan, "pure workload") / MOST_OCCUPIED
    )
    requirement = plan.requirement
    assert (agents_of(plan, "forecast uncertainty") == requirement["required"]).all()
    assert (agents_of(plan, "shift shape") == requirement["scheduled"]).all()
    assert agents_of(plan, "absence and shrinkage") == pytest.approx(
        requirement["scheduled"].to_numpy() / 0.8
    )


def test_slowing_down_costs_agents(plan):
    assert added_by(plan, "concurrency and slowdown").sum() > 0


@pytest.mark.parametrize(
    "skill",
    [
        {"max_concurrent": 3, "slowdown": [1.0, 1.0, 1.0]},
        {"max_concurrent": 1, "slowdown": [1.0, 1.25]},
    ],
    ids=["slowdown 1", "one at a time"],
)
def test_without_slowdown_that_step_is_exactly_nothing(skill):
    plan = planned(MORNING, **{"groups.team.skills.chat": skill})
    assert (added_by(plan, "concurrency and slowdown") == 0).all()


def test_without_spread_uncertainty_is_exactly_nothing():
    plan = planned(MORNING, **{"demand.uncertainty": "none"})
    assert not has_spread(plan.scenario, demand_of(plan.scenario))
    assert (added_by(plan, "forecast uncertainty") == 0).all()


def test_a_single_channel_has_nothing_to_blend_with():
    alone = MORNING.replace(", posts = 8.0", "").replace("posts = {}\n", "")
    start, end = alone.index("[channels.posts]"), alone.index("[groups.team]")
    plan = planned(alone[:start] + alone[end:])
    assert (added_by(plan, "pooling and blending") == 0).all()


def test_a_moment_is_explained_in_words(plan):
    moment = pd.Timestamp("2026-04-13T09:10")
    required = int(plan.requirement["required"][2])
    sentence = plan.why.sentence(moment)
    assert sentence.startswith("Mon 13 Apr 09:00: the work alone fills ")
    assert f"{required} are required" in sentence
    assert plan.why.at(moment.tz_localize("Europe/London")).equals(plan.why.at(moment))
    document = plan.why.document([plan.why.busiest])
    assert document["intervals"][0]["ladder"][0]["step"] == "pure workload"


@pytest.mark.parametrize("moment", ["2026-04-13T07:59", "2026-04-13T11:00"])
def test_a_moment_outside_the_horizon_is_refused(plan, moment):
    with pytest.raises(InvalidValueError, match="moment must be between"):
        plan.why.at(pd.Timestamp(moment))
