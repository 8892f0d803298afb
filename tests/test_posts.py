"""Posts that beget posts: a Hawkes process with nobody answering, and what answers head off."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from random_scenarios import encoded
from scenario import Scenario
from simulate.floor_input import GivenContacts
from simulate.kernel import count_replications, run_replication
from simulate.log import Cause
from support import assert_mean_near

HAWKES = json.loads((Path(__file__).parent / "references" / "hawkes.json").read_text())["cases"]
CASES = pytest.mark.parametrize("case", HAWKES, ids=["ratio 0.3", "ratio 0.6"])
WARM_UP_H = 54  # 20 relaxation times of the slower case are 50
HOUR_S = 3600


def posts_only(case, *, hours, agents=0, rate=True, **spread):
    """Posts that spread; a group that is never there, or is."""
    given = case["params"]
    delay_s = HOUR_S / given["beta_per_h"]
    return Scenario.parse(
        f"""
        [horizon]
        start = 2026-01-05
        length = "{hours}h"
        interval_minutes = 15
        [demand]
        rates = {{ x = {given["immigrant_rate_per_h"] / 4 if rate else 0.0} }}
        uncertainty = "none"
        [channels.x]
        kind = "deferred"
        handle_time = {{ mean_s = 240 }}
        spread = {{ ratio = {given["branching_ratio"]}, delay = {{ mean_s = {delay_s} }} }}
        [groups.team]
        agents = {agents}
        skills.x = {{}}
        """
    ).with_changes({f"channels.x.spread.{key}": value for key, value in spread.items()})


def offered_by(scenario, replications, seed=2):
    """Posts by replication and interval."""
    batches = count_replications(encoded(scenario), seed, range(replications))
    return np.concatenate([batch.contacts["offered"][:, :, 0] for batch in batches])


@CASES
def test_posts_that_nobody_answers_are_a_hawkes_process(case):
    """Mean and variance of the counts in windows of a quarter of an hour to a day."""
    quarters = offered_by(posts_only(case, hours=WARM_UP_H + 24), 300)[:, 4 * WARM_UP_H :]
    for hours, exact in case["values"]["window_h"].items():
        width = round(4 * float(hours))
        windows = quarters.reshape(len(quarters), -1, width).sum(axis=2)
        assert_mean_near(windows.mean(axis=1), exact["mean"])
        # Around the exact mean: windows of one replication go together, replications do not.
        assert_mean_near(((windows - exact["mean"]) ** 2).mean(axis=1), exact["var"])


@CASES
def test_a_shock_begets_as_many_as_it_should(case):
    """A hundred posts at once, and what has come of them after an hour and in all."""
    told = np.zeros(100, dtype=np.int64)
    chance = np.full(100, -1)
    shock = GivenContacts(told, told, told + 10**6, told, chance, chance, chance, chance)
    values = case["values"]
    totals = {1: values["shock100_extra_by_1h"], 72: values["shock100_extra_total"]}
    for hours, exact in totals.items():
        floor_input = encoded(posts_only(case, hours=hours, rate=False)).with_contacts(shock)
        batches = count_replications(floor_input, 3, range(200))
        begotten = [batch.contacts["spread"].sum(axis=(1, 2)) for batch in batches]
        assert_mean_near(np.concatenate(begotten), exact)


@CASES
def test_more_staff_never_means_more_posts_in_the_mean(case):
    """Answers head posts off; the same customers post, whoever answers."""
    volumes = []
    for agents in (0, 1, 2, 4, 12):
        counts = offered_by(posts_only(case, hours=24, agents=agents), 40)
        volumes.append(counts.sum(axis=1).mean())
    assert volumes == sorted(volumes, reverse=True)
    assert volumes[-1] < volumes[0]


def test_answers_make_no_difference_where_posts_spread_in_any_case():
    case = HAWKES[1]
    nobody, many = (
        offered_by(posts_only(case, hours=24, agents=agents, until_answered=False), 4)
        for agents in (0, 12)
    )
    assert (nobody == many).all()


def test_what_is_begotten_and_what_is_headed_off_are_all_that_was_to_come():
    """With deferred work answered at once, nothing comes; all that was due is headed off."""
    scenario = posts_only(HAWKES[1], hours=24, agents=60)
    log = run_replication(encoded(scenario), 1, 0)
    assert not np.any(log.contacts["cause"] == Cause.SPREAD)
    assert log.headed_off.sum() > 0
    free = replace(encoded(scenario), staff=np.zeros_like(encoded(scenario).staff))
    unanswered = run_replication(free, 1, 0)
    children = unanswered.contacts[unanswered.contacts["cause"] == Cause.SPREAD]
    first = unanswered.contacts["cause"] == Cause.FIRST
    ids = unanswered.contacts["id"][first]
    assert np.isin(children["parent"], ids).sum() == log.headed_off.sum()
    assert unanswered.headed_off.sum() == 0


def test_who_is_not_answered_writes_again_as_often_as_the_share_says():
    scenario = posts_only(HAWKES[0], hours=24, ratio=0.0).with_changes(
        {"channels.x.repost": {"after_s": HOUR_S, "share": 0.25, "max_times": 24}}
    )
    log = run_replication(encoded(scenario), 4, 0).contacts
    first = log[log["cause"] == Cause.FIRST]
    wrote = log[log["cause"] == Cause.REPOST]
    chances = ((24 * HOUR_S * 10**6 - 1 - first["offered_us"]) // (HOUR_S * 10**6)).sum()
    error = np.sqrt(chances * 0.25 * 0.75)
    assert abs(len(wrote) - 0.25 * chances) < 4 * error
    parents = log[np.searchsorted(log["id"], wrote["parent"])]
    assert not np.any((wrote["offered_us"] - parents["offered_us"]) % (HOUR_S * 10**6))
    assert (wrote["first_offered_us"] == parents["offered_us"]).all()
