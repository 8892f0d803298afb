"""The tornado: each assumption between stated ends, all else as it is, the widest first."""

import json
from dataclasses import replace

import numpy as np
import pytest

from scenario import Demand, Scenario
from scenario.assumptions import expected_demand, handle_time_s
from small_scenarios import MORNING, OFFERING, demand_of
from staffing.live_need import mean_patience_s
from staffing.sensitivity import sensitivity
from staffing.sizing import sized, sizer, unlimited
from staffing.varied import BY_PATHS, variations


@pytest.fixture(scope="module")
def morning():
    return Scenario.parse(MORNING)


@pytest.fixture(scope="module")
def tornado(morning):
    return sensitivity(morning, demand_of(morning), replications=4)


def varied(scenario, demand=None):
    demand = demand_of(scenario) if demand is None else demand
    found = variations(scenario, expected_demand(scenario, demand))
    return {(change.assumption, change.subject): change for change in found}


def test_every_assumption_of_the_scenario_is_varied_between_stated_ends():
    found = varied(Scenario.parse(OFFERING).with_changes({"groups.team.absence": 0.05}))
    assert set(found) == {
        ("volume", "chat"), ("handle time", "chat"), ("patience", "chat"), ("slowdown", "chat"),
        ("acceptance", "chat"), ("volume", "posts"), ("handle time", "posts"),
        ("handle time", "calls"), ("shrinkage", "team"), ("absence", "team"),
    }  # fmt: skip
    for change in found.values():
        assert change.low < change.now < change.high
        assert change.source


def test_ends_are_put_into_the_scenario(morning):
    demand, found = demand_of(morning), varied(Scenario.parse(OFFERING))
    volume = found["volume", "chat"]
    base = expected_demand(Scenario.parse(OFFERING), demand).mean[:, 0]
    assert expected_demand(volume.at_high, demand).mean[:, 0] == pytest.approx(1.1 * base)
    assert volume.now == pytest.approx(base.sum())
    handle = found["handle time", "posts"].at_low
    assert handle_time_s(handle, expected_demand(handle, demand))[0, 2] == pytest.approx(216)
    patience = found["patience", "chat"]
    assert mean_patience_s(patience.at_high.channels["chat"].patience) == pytest.approx(480)
    acceptance = found["acceptance", "chat"].at_low.channels["chat"].offer_callback
    assert acceptance is not None
    assert acceptance.accept == 0.125
    slowdown = found["slowdown", "chat"]
    skills = [one.groups["team"].skills["chat"] for one in (slowdown.at_low, slowdown.at_high)]
    assert skills[0].slowdown == (1.0, 1.04)
    assert skills[1].slowdown == pytest.approx((1.0, 1.375))
    shrinkage = found["shrinkage", "team"].at_high.groups["team"].shrinkage
    assert shrinkage == pytest.approx({"leave": 0.25})


def test_patience_as_a_survival_curve_is_stretched(morning):
    curve = {"distribution": "survival", "survival": [[0.0, 1.0], [100.0, 0.5], [300.0, 0.1]]}
    scenario = morning.with_changes({"channels.chat.patience": curve})
    change = varied(scenario)["patience", "chat"]
    stretched = change.at_high.channels["chat"].patience
    assert stretched.survival == ((0.0, 1.0), (200.0, 0.5), (600.0, 0.1))
    assert mean_patience_s(stretched) == pytest.approx(2 * change.now)


def test_the_forecasts_own_paths_say_how_far_volume_may_stray(morning):
    scenario = morning.with_changes({"demand.uncertainty": "paths"})
    demand = demand_of(scenario)
    factors = np.linspace(0.8, 1.2, 41)
    paths = factors[:, np.newaxis, np.newaxis] * demand.mean
    told = Demand(demand.horizon, demand.channels, demand.mean, demand.handle_time_s, paths)
    change = varied(scenario, told)["volume", "chat"]
    assert (change.low, change.high) == pytest.approx((0.84 * 144, 1.16 * 144))
    assert change.source == BY_PATHS


def test_the_widest_swing_comes_first(tornado):
    swings = tornado.table["swing_hours"]
    assert swings.tolist() == sorted(swings, reverse=True)
    assert swings.to_numpy() == pytest.approx(
        (tornado.table["paid_hours_high"] - tornado.table["paid_hours_low"]).abs()
    )
    assert tornado.sentence.split(" moves the staff most")[0].startswith(
        tornado.table["assumption"].iloc[0].capitalize()
    )


def test_shrinkage_is_worked_out_exactly(tornado):
    row = tornado.table.set_index("assumption").loc["shrinkage"]
    floor = tornado.paid_hours * 0.8
    assert row["paid_hours_low"] == pytest.approx(floor / 0.85)
    assert row["paid_hours_high"] == pytest.approx(floor / 0.75)


def test_more_work_never_takes_fewer_hours(tornado):
    table = tornado.table[tornado.table["assumption"].isin(["volume", "handle time", "slowdown"])]
    interval_paid = 0.5 / 0.8  # one agent for one interval is what the search may miss by
    assert (table["paid_hours_high"] >= table["paid_hours_low"] - interval_paid).all()
    assert table["cost_high"].to_numpy() == pytest.approx(20 * table["paid_hours_high"])


def test_staff_found_for_other_assumptions_is_taken_where_it_keeps_these_promises(morning):
    """A search that ended dearer by chance takes its neighbour's staff, and no staff that fails."""
    with sizer(
        morning, demand_of(morning), replications=4, seed=None, engine="kernel", workers=1,
        progress=None, cancel=None,
    ) as sizes:  # fmt: skip
        free = unlimited(morning)
        found = sizes.size(free, "", 0.0, 1.0)
        agents = found.required.agents.copy()
        busiest = np.unravel_index(agents.argmax(), agents.shape)
        agents[busiest] += 1
        dearer = sized(free, replace(found.required, agents=agents))
        assert sizes.with_less(dearer, [dearer, found]).paid_hours == found.paid_hours
        agents[busiest] -= 2
        agents[np.unravel_index((agents * (agents < agents.max())).argmax(), agents.shape)] -= 1
        too_few = sized(free, replace(found.required, agents=agents))
        assert sizes.with_less(found, [too_few]) is found


def test_a_swing_that_chance_may_make_is_called_so(tornado):
    searched = tornado.table[tornado.table["assumption"] != "shrinkage"]
    noise = 0.03 * tornado.paid_hours
    assert (searched["real"] == (searched["swing_hours"] > noise)).all()


def test_the_document_is_json_and_nobody_needs_nothing(tornado, morning):
    document = json.loads(json.dumps(tornado.document()))
    assert {"paid_hours", "cost", "rows", "sentence"} == set(document)
    nobody = morning.with_changes({"demand.rates": {"chat": 0.0, "posts": 0.0}})
    rows = sensitivity(nobody, demand_of(nobody), replications=2).table
    assert set(rows["assumption"]) == {"shrinkage"}
