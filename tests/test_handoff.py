"""Customers who are taken from public to private, and replies that close what began in public."""

import numpy as np
import pytest

from random_scenarios import encoded
from scenario import Scenario
from simulate import simulate
from simulate.kernel import count_replications, run_replication
from simulate.log import Cause, Ending
from small_scenarios import demand_of
from support import assert_ratio_near

DAY = """
seed = 5
replications = 20
[horizon]
start = 2026-04-13
length = "24h"
interval_minutes = 60
[demand]
rates = { x = 40.0, dm = 5.0 }
[channels.x]
kind = "deferred"
handle_time = { mean_s = 120 }
target = { share = 0.8, within_s = 900 }
[channels.x.handoff]
share = 0.3
channel = "dm"
delay = { mean_s = 300 }
closing_handle_time = { mean_s = 30 }
[channels.dm]
kind = "deferred"
handle_time = { mean_s = 300 }
target = { share = 0.8, within_s = 900 }
[groups.team]
agents = 6
skills = { x = {}, dm = {} }
"""
X, DM = 0, 1


def day(changes=None):
    """The day with changed keys of its channels."""
    changes = changes or {}
    return Scenario.parse(DAY).with_changes({f"channels.{key}": changes[key] for key in changes})


def sums_of(scenario, replications=20):
    """Counts by replication and channel."""
    batches = count_replications(encoded(scenario), 1, range(replications))
    tables = [batch.contacts for batch in batches]
    return {name: np.concatenate([t[name].sum(axis=1) for t in tables]) for name in tables[0]}


def test_as_many_are_handed_over_as_the_share_says():
    sums = sums_of(day())
    assert_ratio_near(sums["handed_over"][:, X], sums["replied"][:, X], 0.3)
    assert not sums["handed_over"][:, DM].any()
    # Whoever is taken to private in the last minutes does not get there before the end.
    assert (sums["handed_over"][:, X] - sums["handoffs"][:, DM]).min() >= 0
    assert (sums["offered"] == sums["first_attempts"] + sums["handoffs"]).all()
    assert not sums["caused"].any()


def test_a_closing_reply_is_work_and_no_contact():
    """It is in the agents' time and the handle time; nothing that is offered knows of it."""
    given = encoded(day())
    log = run_replication(given, 1, 0)
    rows = log.contacts
    closing = rows["cause"] == Cause.CLOSING
    (batch,) = count_replications(given, 1, [0])
    counts = {name: table[0].sum(axis=0) for name, table in batch.contacts.items()}
    assert counts["closing_replies"].tolist() == [closing.sum(), 0]
    assert counts["offered"].sum() == (~closing).sum()
    answered = rows["ending"] == Ending.ANSWERED
    assert counts["answered"].sum() == (answered & ~closing).sum()
    work = rows["work_us"][answered & (rows["channel"] == X)].sum()
    assert counts["handle_us"][X] == work
    assert counts["closing_us"][X] == rows["work_us"][closing & answered].sum() > 0
    inside = np.minimum(rows["end_us"], given.period.length_us) - rows["start_us"]
    assert log.busy_us.sum() == inside[answered & (rows["end_us"] >= 0)].sum()


def test_every_matter_settled_in_private_is_closed_once():
    rows = run_replication(
        encoded(day({"dm.repeat": {"fcr": 0.6, "delay": {"mean_s": 300}}})), 1, 0
    )
    rows = rows.contacts
    closing = rows[rows["cause"] == Cause.CLOSING]
    ends = (rows["end_us"] >= 0) & (rows["end_us"] < 24 * 3600 * 10**6)
    settled = ends & (rows["comes_back_us"] < 0) & (rows["channel"] == DM)
    began = np.flatnonzero(rows["cause"] == Cause.HANDOFF)
    for _ in range(20):  # and all who came back for those
        began = np.union1d(
            began, np.flatnonzero(np.isin(rows["parent"], began) & (rows["channel"] == DM))
        )
    assert sorted(closing["parent"]) == np.intersect1d(began, np.flatnonzero(settled)).tolist()
    assert (closing["channel"] == X).all()
    assert (rows["cause"][closing["parent"]] == Cause.REPEAT).any()


def test_closing_replies_wait_where_nobody_has_time():
    """In the backlog and the queue, and neither offered nor judged."""
    busy = day({"x.priority": 1}).with_changes({"groups.team.agents": 2})
    free = busy.with_changes({"channels.x.handoff.closing_handle_time": {"mean_s": 1.0}})
    for scenario in (busy, free):
        rows = run_replication(encoded(scenario), 1, 0).contacts
        (batch,) = count_replications(encoded(scenario), 1, [0])
        waits = (rows["ending"] == Ending.WAITING) & (rows["channel"] == X)
        assert batch.contacts["backlog"][0, -1, X] == waits.sum()
        of_customers = waits & (rows["cause"] != Cause.CLOSING)
        assert batch.contacts["waiting"][0, :, X].sum() == of_customers.sum() < waits.sum()


def test_who_is_handed_over_is_left_out_of_first_contact_resolution():
    repeat = {"fcr": 0.75, "delay": {"mean_s": 60}}
    outcome = _outcome(day({"x.repeat": repeat, "dm.repeat": repeat}))
    for channel in ("x", "dm"):
        sums = outcome.data.tallies(channel, "horizon")
        concluded = sums["replied"] - sums["handed_over"]
        assert_ratio_near(sums["settled"][:, 0], concluded[:, 0], 0.75)
    totals = outcome.totals.set_index("channel")
    assert totals["fcr"].tolist() == pytest.approx([0.75, 0.75], abs=0.05)


def test_closing_replies_are_told_where_channels_hand_over():
    totals = _outcome(day()).totals.set_index("channel")
    assert totals.loc["x", "closing_replies"] > 100
    mean_s = totals.loc["x", "closing_s"] / totals.loc["x", "closing_replies"]
    assert mean_s == pytest.approx(30, rel=0.1)
    assert np.isnan(totals.loc["dm", "closing_s"])
    assert totals.loc["dm", "handoffs"] == pytest.approx(totals.loc["x", "handed_over"], abs=5)


def test_without_a_handle_time_no_closing_reply_is_posted():
    handoff = {"share": 0.3, "channel": "dm"}
    sums = sums_of(day({"x.handoff": handoff}), replications=2)
    assert sums["handoffs"][:, DM].all()
    assert not sums["closing_replies"].any()


def test_the_same_customers_come_whether_they_are_handed_over_or_not():
    more, fewer = (
        run_replication(encoded(day({"x.handoff.share": share})), 1, 0).contacts
        for share in (0.6, 0.2)
    )
    more, fewer = more[more["parent"] < 0], fewer[fewer["parent"] < 0]
    assert (more["offered_us"] == fewer["offered_us"]).all()
    assert (more["moves_us"][fewer["moves_us"] >= 0] >= 0).mean() > 0.99  # but for the very last


def _outcome(scenario):
    return simulate(scenario, demand_of(scenario), engine="kernel")
