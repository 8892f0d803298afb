"""Serving the loud first: who is loud, what it buys them, and who pays."""

import numpy as np
import pytest

from random_scenarios import encoded
from scenario import Scenario
from scenario.channels import Reach
from simulate import simulate
from simulate.kernel import count_replications, run_replication
from small_scenarios import demand_of
from support import assert_mean_near

DAY = """
seed = 5
replications = 20
[horizon]
start = 2026-04-13
length = "12h"
interval_minutes = 60
[demand]
rates = { x = 110.0 }
[channels.x]
kind = "deferred"
handle_time = { mean_s = 120, distribution = "exponential" }
target = { share = 0.8, within_s = 600 }
order = "fifo"
reach = { mean = 1000, cv = 1 }
[groups.team]
agents = 4
skills = { x = {} }
"""


def day(**changes):
    return Scenario.parse(DAY).with_changes({f"channels.x.{key}": changes[key] for key in changes})


def test_the_loud_are_those_from_the_ninetieth_percentile_on():
    """sigma = sqrt(ln 2) = 0.832555, 1000 exp(1.281552 sigma - sigma^2 / 2) = 2055.4."""
    assert Reach(mean=1000, cv=1).loud_from == 2055
    assert Reach(mean=1000.5, cv=0).loud_from == 1000  # all alike: all are loud
    (batch,) = count_replications(encoded(day()), 1, [0])
    rows = run_replication(encoded(day()), 1, 0).contacts
    assert batch.contacts["loud"].sum() == (rows["reach"] >= 2055).sum()


def test_one_in_ten_is_loud():
    outcome = simulate(day(), demand_of(day()), engine="kernel")
    sums = outcome.data.tallies("x", "horizon")
    # Around the exact share, so that the spread of the volume plays no part.
    assert_mean_near(sums["loud"][:, 0] - 0.1 * sums["offered"][:, 0], 0.0)


def test_first_come_first_served_knows_no_loud_and_the_order_reach_does():
    fifo, reach = (
        simulate(day(order=order), demand_of(day()), engine="kernel").totals.loc[0]
        for order in ("fifo", "reach")
    )
    assert fifo["service_level_loud"] == pytest.approx(fifo["service_level_quiet"], abs=0.05)
    assert reach["service_level_loud"] > fifo["service_level_loud"]
    assert reach["wait_mean_loud_s"] < fifo["wait_mean_loud_s"]
    assert reach["wait_mean_quiet_s"] > fifo["wait_mean_quiet_s"]
    assert reach["loud"] == fifo["loud"]


def test_loud_and_quiet_make_up_everybody():
    outcome = simulate(day(order="reach"), demand_of(day()), engine="kernel")
    sums, row = outcome.data.tallies("x", "horizon"), outcome.totals.loc[0]
    due, loud_due = sums["due"].sum(), sums["loud_due"].sum()
    loud, quiet = row["service_level_loud"] * loud_due, row["service_level_quiet"]
    assert loud + quiet * (due - loud_due) == pytest.approx(row["service_level"] * due)
    offered, many = sums["offered"].sum(), sums["loud"].sum()
    waited = row["wait_mean_loud_s"] * many + row["wait_mean_quiet_s"] * (offered - many)
    assert waited == pytest.approx(row["wait_mean_s"] * offered)


def test_channels_without_followers_have_no_loud():
    scenario = Scenario.parse(DAY.replace("reach = { mean = 1000, cv = 1 }\n", ""))
    row = simulate(scenario, demand_of(scenario), engine="kernel", replications=2).totals.loc[0]
    assert row["loud"] == 0
    assert np.isnan(row["service_level_loud"])
    assert np.isnan(row["wait_mean_quiet_s"])
