"""Separate teams: the same agents, one channel each, by workload."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import Demand, Scenario, Staff
from scenario.separate import separated

TEXT = """
timezone = "Europe/London"
[horizon]
start = 2026-04-13
length = "1d"
[demand.rates]
chat = 10.0
x = 5.0
[routing]
blend = "separate"
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 480 }
[channels.x]
kind = "deferred"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 240 }
target = { share = 0.8, within_s = 900 }
target_closed = { share = 0.8, within_s = 7200 }
[groups.team]
agents = 8
cost_per_hour = 18
[groups.team.skills.chat]
max_concurrent = 2
[groups.team.skills.x]
keep_free = 2
"""
SCENARIO = Scenario.parse(TEXT)


def flat_demand(scenario, chat=10.0, x=5.0):
    mean = np.tile([chat, x], (scenario.period.count, 1))
    return Demand(scenario.period, ("chat", "x"), mean, np.full(mean.shape, np.nan))


def test_teams_follow_the_workload():
    """
    Ten chats of 480 s in pairs (1.25 / 2) are 3,000 s, five posts of 240 s are 1,200 s: of 8
    agents 5.7 and 2.3. In the first two hours the night's 80 posts (16 hours at 10) are spread over
    four half-hours: 5 + 20 posts are 6,000 s, two thirds of the work.
    """
    scenario, staff = separated(SCENARIO, flat_demand(SCENARIO), SCENARIO.staff())
    assert staff.groups == ("team: chat", "team: x")
    np.testing.assert_array_equal(staff.agents[24], [6, 2])
    np.testing.assert_array_equal(staff.agents[16:20], [[3, 5]] * 4)
    assert scenario.groups["team: x"].skills["x"].keep_free == 0


def test_separated_scenario_is_whole_and_stays_as_it_is():
    scenario, staff = separated(SCENARIO, flat_demand(SCENARIO), SCENARIO.staff())
    again = Scenario.parse(scenario.to_toml())
    np.testing.assert_array_equal(again.staff().agents, staff.agents)
    assert again.groups["team: chat"].rate == 18
    assert separated(again, flat_demand(SCENARIO), staff) == (again, staff)


def test_blended_scenario_comes_back_untouched():
    blended = SCENARIO.with_changes({"routing.blend": "blended"})
    staff = blended.staff()
    assert separated(blended, flat_demand(blended), staff) == (blended, staff)


def test_a_channel_that_two_groups_serve_is_shared_between_them():
    """Chat needs half the first group less where specialists take most of it."""
    specialists = {"agents": 24, "skills": {"chat": {"max_concurrent": 2}}}
    scenario = SCENARIO.with_changes({"groups.chatters": specialists})
    _, staff = separated(scenario, flat_demand(scenario), scenario.staff())
    team_chat = staff.agents[24, staff.groups.index("team: chat")]
    assert team_chat == round(8 * (3000 / 32) / (3000 / 32 + 1200 / 8))
    np.testing.assert_array_equal(staff.agents[:, staff.groups.index("chatters: chat")], 24)


def test_a_small_channel_gets_one_agent_and_a_closed_one_none():
    demand = flat_demand(SCENARIO, chat=50.0, x=0.1)
    closed = SCENARIO.with_changes({"channels.x.open": {"daily": "08:00-12:00"}})
    _, staff = separated(closed, demand, closed.staff())
    np.testing.assert_array_equal(staff.agents[20], [7, 1])
    np.testing.assert_array_equal(staff.agents[30], [8, 0])


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), most=st.integers(0, 12))
def test_no_agent_is_lost_or_made(seed, most):
    rng = np.random.default_rng(seed)
    period = SCENARIO.period
    agents = rng.integers(0, most + 1, (period.count, 1))
    demand = Demand(
        period,
        ("chat", "x"),
        rng.gamma(0.3, 10, (period.count, 2)),
        np.full((period.count, 2), np.nan),
    )
    _, staff = separated(SCENARIO, demand, Staff(period, ("team",), agents))
    np.testing.assert_array_equal(staff.agents.sum(axis=1), agents[:, 0])
    working = (agents[:, 0] >= 2) & (np.arange(period.count) // 2 >= 8)
    working &= np.arange(period.count) // 2 < 20
    assert (staff.agents[working] >= 1).all()


def test_nothing_to_do_still_places_every_agent():
    demand = flat_demand(SCENARIO, 0.0, 0.0)
    _, staff = separated(SCENARIO, demand, SCENARIO.staff())
    np.testing.assert_array_equal(staff.agents.sum(axis=1), 8)
    assert pd.Series(staff.groups).is_unique


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_levers_on_demand_move_the_split(scale):
    scenario = SCENARIO.with_changes({"demand.scale.x": scale})
    _, staff = separated(scenario, flat_demand(scenario), scenario.staff())
    assert (staff.agents[24, 1] > 2) == (scale > 1)


def test_novices_count_for_the_work_they_do():
    """
    All novices hold one chat at a time: ten chats of 480 s are 4,800 s instead of 3,000 s, five
    posts of 240 s are 1,200 s; of 8 agents 6.4 and 1.6. Teams come and go with the numbers.
    """
    changes = {"groups.team.novices": {"share": 1.0}, "groups.team.skills.chat.after_s": 30}
    novices = SCENARIO.with_changes(changes)
    scenario, staff = separated(novices, flat_demand(novices), novices.staff())
    np.testing.assert_array_equal(staff.agents[24], [6, 2])
    np.testing.assert_array_equal(staff.agents[18], [4, 4])
    chat = scenario.groups["team: chat"]
    assert (chat.exit, chat.novices.share, chat.skills["chat"].after_s) == ("first_free", 1.0, 30)
