"""The exact evaluator of a single queue against printed days, closed forms and the floor."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import InvalidValueError, Scenario
from scenario.assumptions import expected_demand
from scenario.staff import Staff
from small_scenarios import demand_of
from staffing.erlang import erlang_a
from staffing.exact import evaluate, least_staff
from staffing.limits import limits_of
from staffing.single_queue import single_queue

REFERENCE = json.loads(
    (Path(__file__).parent / "references/staffing_single_queue.json").read_text()
)
PRINTED = 5.1e-5  # levels are printed to four decimals


def a_day(name: str) -> dict:
    day = REFERENCE["days"][name]
    return {
        "rates": np.array(day["contacts"]) / day["interval_minutes"] / 60,
        "handle_s": 60 / day["completions_per_minute"],
        "patience_s": 60 / day["abandonments_per_minute"],
        "within_s": 60 * day["within_minutes"],
        "interval_s": 60 * day["interval_minutes"],
        "max_queue": day["max_queue"],
    }


@pytest.mark.parametrize("name", list(REFERENCE["days"]))
def test_printed_days_are_reproduced_interval_by_interval(name: str) -> None:
    for method in list(REFERENCE["days"][name]["methods"].values())[::2]:
        outcome = evaluate(staff=method["staff"], **a_day(name))
        assert np.abs(outcome.service_level - method["sl"]).max() < PRINTED
        assert outcome.service_level.min() == pytest.approx(method["min_sl"], abs=1e-6)
        assert outcome.overall == pytest.approx(method["day_sl"], abs=1e-6)


@pytest.mark.parametrize("name", list(REFERENCE["days"]))
def test_the_greedy_is_never_above_the_best_listed_method_by_more_than_one(name: str) -> None:
    methods = REFERENCE["days"][name]["methods"].values()
    best = min(method["agent_intervals"] for method in methods if not method["n_below"])
    agents = least_staff(share=REFERENCE["target"], **a_day(name))
    assert agents.sum() <= best + 1
    assert evaluate(staff=agents, **a_day(name)).service_level.min() >= REFERENCE["target"]


@pytest.mark.parametrize("number", range(0, len(REFERENCE["steady"]), 2))
def test_a_long_steady_day_ends_at_the_fewest_agents_of_erlang(number: int) -> None:
    case = REFERENCE["steady"][number]
    params, values = case["params"], case["values"]
    handle_s = 60.0 * params["aht_min"]
    day = {
        "rates": np.full(4, params["offered_load"] / handle_s),
        "handle_s": handle_s,
        "within_s": params["tau_s"],
        "interval_s": 7200.0,
    }
    patience_s = 60.0 * params["patience_min"]
    agents = least_staff(share=params["target"], patience_s=patience_s, **day)
    assert agents[-1] == values["erlangA_min_agents"]
    outcome = evaluate(staff=agents, patience_s=patience_s, **day)
    assert outcome.service_level[-1] == pytest.approx(
        values["erlangA_sl_answered_over_offered"], abs=1e-3
    )
    # Where nobody gives up the queue of one interval is work for the next.
    endless = least_staff(share=params["target"], patience_s=None, **day)
    assert endless.mean() == pytest.approx(values["erlangC_min_agents"], abs=1)
    assert evaluate(staff=endless, patience_s=None, **day).service_level.min() >= params["target"]


def test_a_steady_floor_comes_to_erlang_a() -> None:
    outcome = evaluate([10 / 180] * 4, 180, 120, [11] * 4, 20, 7200)
    steady = erlang_a(10, 11, handle_time_s=180, patience_s=120)
    assert outcome.service_level[-1] == pytest.approx(steady.answered_within(20), abs=1e-9)
    assert outcome.abandoned[-1] / outcome.contacts[-1] == pytest.approx(steady.abandoned, abs=1e-9)


def test_a_wait_over_many_changes_of_staff_is_followed() -> None:
    # Nobody is there for an hour, then enough: whoever comes within the last twenty minutes of
    # the first hour waits no longer than that. Nobody gives up.
    outcome = evaluate([0.001] * 6, 10.0, None, [0, 0, 0, 0, 30, 30], 1200, 900)
    assert outcome.service_level[:4] == pytest.approx([0, 0, 1 / 3, 1], abs=1e-6)


def test_an_interval_without_contacts_has_no_service_level() -> None:
    outcome = evaluate([0.0, 0.01, 0.0], 300, 100, [0, 5, 0], 20, 1800)
    assert np.isnan(outcome.service_level[[0, 2]]).all()
    assert np.isfinite(outcome.service_level[1])
    assert least_staff([0.0, 0.0], 300, 100, 20, 1800, 0.8).tolist() == [0, 0]


def test_a_share_out_of_reach_gets_the_fewest_that_do_as_well() -> None:
    agents = least_staff([0.02] * 3, 300, 100, 20, 1800, 1.0, most=3)
    assert agents.tolist() == [3, 3, 3]
    wide = least_staff([0.02] * 3, 300, 100, 20, 1800, 1.0)
    assert (wide < 60).all()
    assert evaluate([0.02] * 3, 300, 100, wide, 20, 1800).service_level.min() > 0.9999


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rates": [-1.0]}, "rates"),
        ({"handle_s": 0.0}, "handle_s"),
        ({"patience_s": 0.0}, "patience_s"),
        ({"staff": [1, 2]}, "staff"),
        ({"staff": [0.5]}, "staff"),
        ({"within_s": -1.0}, "within_s"),
    ],
)
def test_values_out_of_range_are_named(change: dict, field: str) -> None:
    given_values = {
        "rates": [0.01],
        "handle_s": 300.0,
        "patience_s": 100.0,
        "staff": [3],
        "within_s": 20.0,
        "interval_s": 1800.0,
    }
    with pytest.raises(InvalidValueError, match=field):
        evaluate(**{**given_values, **change})


@settings(max_examples=8, deadline=None)
@given(
    load=st.lists(st.floats(0.0, 6.0), min_size=2, max_size=5),
    patience_s=st.sampled_from([None, 60.0, 600.0]),
    share=st.floats(0.3, 0.95),
)
def test_one_agent_fewer_breaks_a_promise(load, patience_s, share) -> None:
    rates = np.array(load) / 240
    agents = least_staff(rates, 240, patience_s, 30, 1800, share)

    def kept(staff: np.ndarray) -> bool:
        levels = evaluate(rates, 240, patience_s, staff, 30, 1800).service_level
        return bool((np.nan_to_num(levels, nan=1.0) >= share - 1e-8).all())

    assert kept(agents)
    last = int(np.flatnonzero(agents > 0).max(initial=0))
    if agents[last]:
        fewer = agents.copy()
        fewer[last] -= 1
        assert not kept(fewer)


QUEUE = """
name = "One queue"
seed = 3
replications = 400
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 30
[demand]
uncertainty = "none"
[demand.rates]
voice = 20.0
[channels.voice]
kind = "live"
open = { daily = "09:00-12:00" }
handle_time = { distribution = "exponential", mean_s = 360 }
patience = { distribution = "exponential", mean_s = 180 }
target = { share = 0.8, within_s = 20, period = "interval" }
[groups.team.skills.voice]
"""


def test_the_floor_gives_what_the_evaluator_says() -> None:
    from simulate.run import simulate

    scenario = Scenario.parse(QUEUE)
    demand = demand_of(scenario)
    queue = single_queue(scenario, expected_demand(scenario, demand))
    assert queue is not None
    agents = queue.least(limits_of(scenario))
    agents[20:23] -= 1  # levels below and above, and a fall of the staff while many wait
    outcome = simulate(scenario, demand, Staff(scenario.period, ("team",), agents))
    exact = queue.levels(agents)
    found = outcome.intervals.query("channel == 'voice'")["service_level"].to_numpy()
    open_now = np.isfinite(exact)
    error = np.sqrt(exact * (1 - exact) / 400 / 20) * 3  # contacts of a day go together
    assert (np.abs(found - exact)[open_now] < 4 * error[open_now] + 1e-3).all()


@pytest.mark.parametrize(
    "change",
    [
        {"channels.voice.handle_time.distribution": "lognormal"},
        {"channels.voice.balk": 0.1},
        {"channels.voice.target.period": "day"},
        {"channels.voice.target.confidence": 0.9},
        {"channels.voice.order": "lifo"},
        {"channels.voice.redial": {"after_abandonment": 0.5}},
        {"channels.voice.repeat": {"fcr": 0.7}},
        {"groups.team.skills.voice.max_concurrent": 2},
        {"groups.team.absence": 0.1},
    ],
)
def test_whatever_is_more_than_a_plain_queue_is_left_to_the_simulation(change: dict) -> None:
    scenario = Scenario.parse(QUEUE).with_changes(change)
    assert single_queue(scenario, expected_demand(scenario, demand_of(scenario))) is None
