"""What one floor spares its customers, beside another that meets the same ones."""

import numpy as np
import pytest

from scenario import Scenario
from simulate.compare import paired
from simulate.journey_pairs import same_customers
from simulate.resolved import customers_resolved
from simulate.run import simulate
from small_scenarios import MORNING, demand_of

SOCIAL = Scenario.parse(
    MORNING.replace(
        "[channels.posts]",
        "redial = { after_abandonment = 0.8, delay = { mean_s = 300 } }\n[channels.posts]\n"
        "repeat = { fcr = 0.7, delay = { mean_s = 1200 } }\n"
        "repost = { share = 0.4, after_s = 900, max_times = 1 }\n"
        "spread = { ratio = 0.4, delay = { mean_s = 1800 } }\n"
        "reach = {}",
    )
)


def run(**changes):
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    scenario = SOCIAL.with_changes(dotted)
    return simulate(scenario, demand_of(scenario), replications=16)


@pytest.fixture(scope="module")
def baseline():
    return run()


@pytest.fixture(scope="module")
def better():
    return run(groups__team__agents=9, channels__posts__repeat__fcr=0.9)


@pytest.fixture(scope="module")
def rows(baseline, better):
    table = paired(baseline, better, ("today", "better"))
    return table.set_index(["measure", "channel"])


def test_heads_off_is_what_the_same_customers_caused_on_the_baseline(baseline, better, rows):
    caused = [float(one.totals["caused"].sum()) for one in (baseline, better)]
    total = rows.loc[("heads_off", "")]
    assert total["difference"] == pytest.approx(caused[0] - caused[1])
    assert total["real"]
    assert total["sentence"].startswith("all together heads off")
    parts = rows.loc["heads_off"]["difference"]
    assert parts["chat"] + parts["posts"] == pytest.approx(total["difference"])


def test_contacts_begotten_are_told_where_they_come_in(rows):
    """Nobody comes by himself less often: the whole difference in volume is begotten."""
    for channel in ("chat", "posts"):
        begotten, offered = (rows.loc[(name, channel)] for name in ("begotten", "offered"))
        assert begotten["difference"] == pytest.approx(offered["difference"])
        assert begotten["low"] == pytest.approx(offered["low"])
    assert rows.loc[("fcr", "posts"), "difference"] == pytest.approx(0.2, abs=0.08)
    assert ("fcr", "chat") not in rows.index
    assert "follower-minutes" in rows.loc[("impressions_waiting", "posts"), "sentence"]


def test_turned_round_more_is_caused_and_not_headed_off(baseline, better, rows):
    worse = paired(better, baseline).set_index(["measure", "channel"])
    there = worse.loc[("heads_off", "")]
    assert there["difference"] == pytest.approx(-rows.loc[("heads_off", ""), "difference"])
    assert "causes" in there["sentence"]
    assert "more than the same customers did" in there["sentence"]


def test_other_customers_head_nothing_off(baseline):
    for changes in ({"demand__scale__chat": 1.2}, {"demand__counts": "all"}):
        if "demand__counts" in changes:
            changes["demand__first_share"] = {"chat": 1.0, "posts": 0.8}
        other = run(**changes)
        assert not same_customers(baseline, other)
        assert "heads_off" not in set(paired(baseline, other)["measure"])


def test_what_was_simulated_decides_who_the_customers_are(baseline):
    """Equal keys with another volume, as from two files of one name, are other customers."""
    demand = demand_of(SOCIAL)
    fewer = simulate(SOCIAL, demand.scaled({"posts": 0.5}), replications=16)
    assert not same_customers(baseline, fewer)
    assert "heads_off" not in set(paired(baseline, fewer)["measure"])
    doubled = SOCIAL.with_changes({"demand.scale": {"posts": 2.0}})
    halved = simulate(doubled, demand.scaled({"posts": 0.5}), replications=2)
    assert same_customers(baseline, halved)
    turned = dict(reversed(SOCIAL.channels.items()))
    assert same_customers(baseline, run(channels=turned))


def test_journeys_and_staff_leave_the_customers_the_same(baseline):
    for changes in (
        {"groups__team__agents": 9, "seed": SOCIAL.seed},
        {"channels__posts__deflection": {"share": 0.3}},
        {"channels__posts__repost": None, "channels__chat__handle_time__mean_s": 60},
        {"routing__blend": "separate"},
    ):
        assert same_customers(baseline, run(**changes)), changes
    burst = {"channel": "posts", "start": "2026-04-13T10:00:00", "peak": 3, "half_life_h": 1}
    assert not same_customers(baseline, run(bursts__viral=burst))


def test_scenario_without_journeys_has_none_of_their_measures():
    plain = [
        simulate(one, demand_of(one), replications=2)
        for one in (Scenario.parse(MORNING), Scenario.parse(MORNING.replace("= 6", "= 7")))
    ]
    told = set(paired(*plain)["measure"])
    assert not told & {"heads_off", "begotten", "fcr", "deflected", "cost_per_resolved"}


def test_what_a_channel_does_not_declare_is_not_compared(rows):
    """Chats have no followers, so none of them is loud or quiet."""
    loud = {measure for measure, channel in rows.index if channel == "posts" and "loud" in measure}
    assert loud
    assert not any("loud" in m or "quiet" in m for m, channel in rows.index if channel == "chat")


def test_resolved_customers_are_those_after_whose_contact_nobody_comes_back(baseline):
    """Settled contacts, without the second one of those who wrote twice; cost is per customer."""
    totals = baseline.data.contacts
    settled = totals["settled"].sum(axis=1).astype(float)
    again = totals["reposts"].sum(axis=1) / totals["offered"].sum(axis=1)
    expected = (settled * (1 - again)).sum(axis=1)
    np.testing.assert_allclose(customers_resolved(baseline.data), expected)
    assert baseline.customers_resolved == pytest.approx(expected.mean())
    assert baseline.cost_per_resolved == pytest.approx(baseline.cost / expected.mean())
    assert baseline.cost_per_resolved > baseline.cost_per_contact
    assert baseline.document()["cost_per_resolved"] == baseline.cost_per_resolved


def test_nobody_resolved_costs_nothing_that_can_be_told():
    idle = run(groups__team__agents=0)
    assert np.isnan(idle.cost_per_resolved)
    assert idle.document()["cost_per_resolved"] is None


def test_better_service_makes_a_resolved_customer_cheaper_where_silence_costs(rows):
    """A contact costs more with nine agents than with six; both are told, each with its sign."""
    assert rows.loc[("cost_per_contact", ""), "difference"] > 0
    assert "a customer resolved costs" in rows.loc[("cost_per_resolved", ""), "sentence"]
