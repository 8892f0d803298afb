"""Customers who come back and customers who never come: measures, laws and exact values."""

import numpy as np
import pytest

from random_scenarios import encoded
from scenario import Demand, Scenario
from scenario.assumptions import expected_demand, handle_time_s
from simulate import simulate
from simulate.encode import encode
from simulate.kernel import count_replications, run_replication
from simulate.log import Cause, Ending
from small_scenarios import demand_of
from support import assert_ratio_near

DAY = """
seed = 5
replications = 30
[horizon]
start = 2026-04-13
length = "12h"
warm_up = "2h"
interval_minutes = 60
[demand]
rates = { chat = 60.0, x = 10.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 240, distribution = "exponential" }
patience = { mean_s = 120 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
handle_time = { mean_s = 120 }
target = { share = 0.8, within_s = 900 }
[groups.team]
agents = 4
skills = { chat = {}, x = {} }
"""
REDIAL = {"after_abandonment": 0.6, "delay": {"mean_s": 300}}


def day(**channels):
    """The day with further keys of some channels, e.g. `chat_repeat={"fcr": 0.7}`."""
    return Scenario.parse(DAY).with_changes(
        {f"channels.{key.replace('_', '.')}": value for key, value in channels.items()}
    )


def outcome_of(scenario, **keys):
    return simulate(scenario, demand_of(scenario), engine="kernel", **keys)


def counts_of(scenario, replication=0):
    (batch,) = count_replications(encoded(scenario), 1, [replication])
    return {name: counts[0] for name, counts in batch.contacts.items()}


def test_deflection_of_everybody_leaves_nothing():
    scenario = day(chat_deflection={"share": 1.0}, x_deflection={"share": 1.0})
    counts = counts_of(scenario)
    assert counts["offered"].sum() == 0
    assert (counts["deflected"].sum(axis=0) == counts_of(day())["offered"].sum(axis=0)).all()


def test_more_deflection_takes_contacts_away_and_brings_none():
    half, most = (
        run_replication(encoded(day(chat_deflection={"share": share})), 1, 0).contacts
        for share in (0.5, 0.8)
    )
    assert (half["offered_us"] == most["offered_us"]).all()
    deflected = half["ending"] == Ending.DEFLECTED
    assert 0 < deflected.sum() < (most["ending"] == Ending.DEFLECTED).sum()
    assert (most["ending"][deflected] == Ending.DEFLECTED).all()


def test_what_deflection_leaves_is_planned_for_with_its_own_handle_time():
    scenario = day(chat_deflection={"share": 0.3, "handle_time": {"mean_s": 400}})
    known = demand_of(scenario)
    known = Demand(known.horizon, known.channels, known.mean, np.full_like(known.mean, 90.0))
    expected = expected_demand(scenario, known)
    assert expected.mean[0] == pytest.approx([42.0, 10.0])
    assert handle_time_s(scenario, expected)[0] == pytest.approx([400.0, 90.0])
    assert encode(scenario, known, scenario.staff()).channels[0].work_mean_us[0] == 400e6


def test_redials_meet_the_same_customers():
    """Who comes by himself is the same, whoever else comes back."""
    plain, again = (
        run_replication(encoded(scenario), 1, 0).contacts
        for scenario in (day(), day(chat_redial=REDIAL))
    )
    came = again[again["cause"] == Cause.FIRST]
    assert (plain["offered_us"] == came["offered_us"]).all()
    assert (plain["reach"] == came["reach"]).all()
    assert len(again) > len(plain)


def test_all_who_are_offered_have_a_reason():
    scenario = day(
        chat_redial=REDIAL,
        chat_repeat={"fcr": 0.7, "delay": {"mean_s": 900}},
        x_repeat={"fcr": 0.5, "delay": {"mean_s": 900}, "channel": "chat"},
    )
    counts = counts_of(scenario)
    parts = ("first_attempts", "redials", "repeats")
    assert (sum(counts[name] for name in parts) == counts["offered"]).all()
    assert counts["caused"].sum() == (counts["redials"] + counts["repeats"]).sum()
    assert counts["repeats"][:, 1].sum() == 0
    assert counts["caused"][:, 1].sum() > 0


def test_first_contact_resolution_is_that_of_the_rule():
    """Patience never ends and the delays are short: 1 / fcr contacts a matter."""
    fcr = 0.75
    scenario = day(
        chat_patience={"distribution": "none"},
        chat_repeat={"fcr": fcr, "delay": {"mean_s": 60}},
    ).with_changes({"groups.team.agents": 12})
    outcome = outcome_of(scenario)
    found = outcome.data.tallies("chat", "horizon")
    assert_ratio_near(found["settled"][:, 0], found["replied"][:, 0], fcr)
    assert_ratio_near(found["first_attempts"][:, 0], found["offered"][:, 0], fcr)
    totals = outcome.totals.set_index("channel")
    assert totals.loc["chat", "fcr"] == pytest.approx(fcr, abs=0.05)
    assert np.isnan(totals.loc["x", "fcr"])


def test_who_comes_back_after_the_end_has_not_been_settled():
    """A delay of a day is past every end; one of a fortnight is past the seven days."""
    late, never = (
        counts_of(day(x_repeat={"fcr": 0.5, "delay": {"distribution": "constant", "mean_s": s}}))
        for s in (86_400, 14 * 86_400)
    )
    assert late["caused"].sum() == never["caused"].sum() == 0
    assert 0 < late["settled"][:, 1].sum() < late["replied"][:, 1].sum()
    assert (never["settled"] == never["replied"]).all()


def test_whoever_comes_by_himself_finds_all_agents_busy_as_often_as_they_are():
    """
    M/M/1/1 with redials: arrivals see time averages, 60 % (Falin and Templeton 1997).

    The share over all attempts, 69 %, is what redials make of it.
    """
    text = """
    [horizon]
    start = 2026-01-05
    length = "10d"
    warm_up = "1d"
    interval_minutes = 60
    [demand]
    rates = { chat = 36.0 }
    uncertainty = "none"
    [channels.chat]
    kind = "live"
    max_queue = 0
    handle_time = { mean_s = 60, distribution = "exponential" }
    redial = { after_blocking = 1, delay = { mean_s = 120 } }
    [groups.team]
    agents = 1
    skills = { chat = {} }
    """
    floor_input = encoded(Scenario.parse(text))
    blocked, first, all_blocked, attempts = [], [], [], []
    for replication in range(16):
        contacts = run_replication(floor_input, 3, replication).contacts
        contacts = contacts[contacts["interval"] >= 24]
        own = contacts["cause"] == Cause.FIRST
        gone = contacts["ending"] == Ending.BLOCKED
        blocked.append((own & gone).sum())
        first.append(own.sum())
        all_blocked.append(gone.sum())
        attempts.append(len(contacts))
    assert_ratio_near(blocked, first, 0.6)
    assert_ratio_near(all_blocked, attempts, 1 - 0.6 / 1.95)


def test_results_tell_who_came_back_and_why():
    scenario = day(chat_redial=REDIAL, x_deflection={"share": 0.4})
    outcome = outcome_of(scenario, replications=2, records=True)
    totals = outcome.totals.set_index("channel")
    for name in ("first_attempts", "redials", "repeats", "caused", "deflected"):
        assert name in outcome.intervals
    assert totals.loc["chat", "redials"] > 0
    assert totals.loc["x", "deflected"] > 0
    contacts = outcome.contacts
    assert set(contacts["cause"]) == {"first", "redial"}
    assert set(contacts["ending"]) >= {"answered", "abandoned", "deflected"}
    back = contacts[contacts["cause"] == "redial"]
    parents = contacts.set_index(["replication", "id"])
    for _, row in back.head(20).iterrows():
        parent = parents.loc[(row["replication"], row["parent"])]
        assert parent["comes_back"] == row["offered"]
        assert parent["ending"] == "abandoned"
        assert row["attempt"] == parent["attempt"] + 1
