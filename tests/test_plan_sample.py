"""The team of 20, planned for its week: what a planner gets out of it."""

from pathlib import Path

import numpy as np
import pytest

import staffing
from benchmarks.readme import in_readme, shown
from forecast import demand_for
from scenario import Scenario
from scenario.staff import agents_from_shifts
from staffing.promises import judge

SAMPLE = Path(__file__).parents[1] / "data" / "scenarios" / "sample.toml"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def week():
    scenario = Scenario.load(SAMPLE)
    return staffing.plan(scenario, demand_for(scenario), workers=2)


def shortfalls(outcome):
    """Contacts of all promises and days that are short of the promised shares."""
    return sum(
        float(np.nansum(np.maximum(v.promise.target.share - v.mean, 0) * v.contacts))
        for v in judge(outcome.data)
    )


def test_every_promise_is_kept_or_its_days_are_named(week):
    named = {(row.channel, row.arrived_closed) for row in week.unmet.itertuples()}
    for row in week.targets.itertuples():
        assert row.met != ((row.channel, row.arrived_closed) in named)
    assert week.targets["met"].sum() >= 3
    assert week.targets["fresh_seed_achieved"].notna().all()


def test_the_plan_costs_no_more_than_now_and_misses_far_fewer_contacts(week):
    """The team is as large as it is: the plan moves its hours to where they are needed."""
    assert week.baseline is not None
    assert week.cost <= 1.005 * week.baseline.cost
    assert shortfalls(week.outcome) < 0.25 * shortfalls(week.baseline.outcome)


def test_contracts_and_desks_are_respected(week):
    team = week.scenario.groups["team"]
    assert week.staff.agents.max() <= team.max_agents
    contracted = sum(c.agents * c.hours_per_week for c in team.contracts.values())
    assert week.paid_hours <= contracted + 1e-6
    assert week.shifts["paid_hours"].sum() == pytest.approx(week.paid_hours)


def test_shifts_give_the_scheduled_agents(week):
    from scenario.staff import Shift

    shifts = [
        Shift(s.group, s.kind, s.start, s.end, s.breaks, s.agents, s.paid_hours)
        for s in week.shifts.itertuples()
    ]
    counted = agents_from_shifts(shifts, week.scenario.period, tuple(week.scenario.groups))
    assert (counted == week.staff.agents).all()


def test_blending_saves_and_the_ladder_adds_up(week):
    steps = week.ladder.set_index("step")["agent_hours"]
    assert steps["pooling and blending"] < -50
    assert steps.sum() == pytest.approx(week.paid_hours)


def test_the_readme_shows_this_plan(week):
    """Every figure of it, as `python -m benchmarks.readme --write` puts it there."""
    assert in_readme() == shown(week)
