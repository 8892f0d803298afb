"""Base and flex staff: windows of the day, thresholds, and plans that hold in other weathers."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.documents import as_json
from scenario import InvalidInputError, InvalidValueError, Scenario, Staff
from simulate import simulate
from simulate.by_replication import simulate_each
from small_scenarios import demand_of
from staffing.flex_days import flex_kinds, with_changes
from staffing.flex_policy import kept_by_day
from staffing.triggers import called_when, sent_home_when
from staffing.weather import weather_plan

STORMS = """
name = "A stormy day"
seed = 5
replications = 20
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand]
uncertainty = "day_factor"
day_factor = { cv = 0.3, shared = 1.0 }
[demand.rates]
chat = 40.0
[channels.chat]
kind = "live"
open = { daily = "09:00-17:00" }
handle_time = { mean_s = 400 }
patience = { mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[groups.team]
cost_per_hour = 20
skills.chat = {}
[groups.team.flex.on_call]
agents = 3
decide_at = "10:00"
notice_minutes = 60
length_minutes = 360
cost_per_hour = 26
[groups.team.flex.time_off]
action = "send_home"
agents = 2
decide_at = "11:00"
length_minutes = 300
cost_per_hour = 15
"""


@pytest.fixture(scope="module")
def scenario():
    return Scenario.parse(STORMS)


def test_a_decision_sees_the_day_so_far_and_changes_whole_intervals_after_the_notice(scenario):
    call, home = flex_kinds(scenario)
    assert (call.name, home.name) == ("on_call", "time_off")
    (day,) = call.days
    assert day.seen.tolist() == list(range(10))
    assert day.changed.tolist() == [11, 12, 13, 14, 15, 16]
    assert call.price(day) == 26 * 6
    assert home.price(home.days[0]) == -15 * 5


def test_days_on_which_nothing_can_be_changed_are_left_out(scenario):
    closed = scenario.with_changes({"groups.team.flex.on_call.decide_at": "16:30"})
    assert [kind.name for kind in flex_kinds(closed)] == ["time_off"]
    sundays = scenario.with_changes({"groups.team.flex.on_call.days": "sun"})
    assert [kind.name for kind in flex_kinds(sundays)] == ["time_off"]


def test_desks_bound_who_is_called_and_the_last_one_is_not_sent_home(scenario):
    call, home = flex_kinds(scenario)
    agents = np.zeros((24, 1), dtype=np.int64)
    agents[9:17] = 2
    most = np.full((24, 1), 4)
    called = with_changes(agents, call, np.array([3]), most)
    assert called[:, 0].tolist() == [0] * 9 + [2, 2] + [4] * 6 + [0] * 7
    sent = with_changes(agents, home, np.array([2]), most)
    assert sent[:, 0].tolist() == [0] * 9 + [2] * 3 + [1] * 5 + [0] * 7


def test_as_few_are_called_as_keep_the_promise():
    signal = np.arange(10.0)
    kept = np.ones((3, 10, 1), dtype=bool)
    kept[0, 6:] = False  # the four busiest break it with nobody called,
    kept[1, 9:] = False  # the busiest with one
    trigger, missing = called_when(signal, kept, 1.0)
    assert missing == 0
    assert trigger.thresholds.tolist() == [6.0, 9.0]
    assert trigger.numbers(signal).tolist() == [0] * 6 + [1] * 3 + [2]
    trigger, missing = called_when(signal, kept, 0.8)
    assert missing == 0
    assert trigger.numbers(signal).tolist() == [0] * 7 + [1] * 3  # the busiest in vain


def test_nobody_is_called_in_vain_and_what_is_missing_is_told():
    trigger, missing = called_when(np.arange(10.0), np.zeros((3, 10, 2), dtype=bool), 0.5)
    assert missing == 10
    assert np.isinf(trigger.thresholds).all()


def test_as_many_are_sent_home_as_the_promise_allows():
    signal = np.arange(10.0)
    kept = np.ones((2, 10, 1), dtype=bool)
    kept[1, 4:] = False
    trigger, missing = sent_home_when(signal, kept, 0.9)
    assert missing == 0
    assert trigger.numbers(signal).tolist() == [1] * 5 + [0] * 5


@given(st.integers(0, 10_000), st.floats(0.05, 0.95))
def test_calling_never_keeps_less_than_asked_if_calling_everybody_keeps_it(seed, probability):
    rng = np.random.default_rng(seed)
    signal = np.round(rng.normal(50, 10, 30))
    alone = rng.random((30, 2)) < 0.6
    kept = np.stack([alone, alone | (rng.random((30, 2)) < 0.5), np.ones((30, 2), dtype=bool)])
    trigger, missing = called_when(signal, kept, probability)
    numbers = trigger.numbers(signal)
    share = kept[numbers, np.arange(30)].mean(axis=0)
    assert missing == 0
    assert (share >= probability - 1e-9).all()
    assert (np.diff(trigger.thresholds[np.isfinite(trigger.thresholds)]) >= 0).all()


def test_each_replication_meets_the_customers_of_its_number(scenario):
    demand = demand_of(scenario)
    agents = np.zeros((24, 1), dtype=np.int64)
    agents[9:17] = 4
    few, many = (Staff(scenario.period, ("team",), agents + more * (agents > 0)) for more in (0, 3))
    mixed = simulate_each(scenario, demand, [few, many, few, many], seed=5)
    for staff, places in ((few, [0, 2]), (many, [1, 3])):
        plain = simulate(scenario, demand, staff, replications=4, seed=5)
        for name, counts in plain.data.contacts.items():
            assert (mixed.data.contacts[name][places] == counts[places]).all()


def test_a_promise_of_a_week_is_kept_or_broken_on_all_its_days(scenario):
    week = scenario.with_changes({"horizon.length": "7d", "channels.chat.target.period": "week"})
    agents = np.where(week.period.starts.hour.isin(range(9, 17)), 6, 0)[:, None]
    staff = Staff(week.period, ("team",), agents)
    kept = kept_by_day(simulate_each(week, demand_of(week), [staff] * 6, seed=5))
    assert kept.shape == (6, 7, 1)
    assert (kept == kept[:, :1]).all()
    assert 0 < kept.mean() < 1


@pytest.mark.slow
def test_flex_staff_keeps_the_promise_for_no_more_than_base_shifts_alone(scenario):
    found = weather_plan(scenario, demand_of(scenario), probability=0.9, paths=60)
    assert found.expected_cost <= found.base_only_cost
    assert found.probability_kept >= 0.9
    assert not found.flex.empty
    assert any("call 1 (on_call, 11:00-17:00)" in told for told in found.triggers)
    assert found.weather["days"].sum() == pytest.approx(1)
    calm, stormy = (found.weather.set_index("weather").loc[name] for name in ("calm", "stormy"))
    assert calm["changed_agents"] < stormy["changed_agents"]
    document = json.loads(as_json(found.document()))
    assert document["expected_cost"] == found.expected_cost
    assert len(document["flex"]) == len(found.flex)


@pytest.mark.parametrize(
    ("changes", "options", "rule"),
    [
        ({}, {"probability": 1.0}, "probability must be above 0 and below 1"),
        ({}, {"paths": 5}, "paths must be at least 20"),
        ({"routing.blend": "separate"}, {}, "routing.blend"),
        ({"groups.team.flex": {}}, {}, "declared for some group"),
    ],
)
def test_what_cannot_be_planned_is_told(scenario, changes, options, rule):
    changed = scenario.with_changes(changes)
    with pytest.raises(InvalidValueError, match=rule):
        weather_plan(changed, demand_of(changed), **options)


def test_a_time_that_is_no_time_is_told_with_its_key():
    with pytest.raises(InvalidInputError, match=r"groups\.team\.flex\.on_call"):
        Scenario.parse(STORMS.replace('"10:00"', '"late"'))
