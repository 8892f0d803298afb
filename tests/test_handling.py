"""Log-normal handle times are found again, by group and by contacts in hand."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import handle_time_laws
from forecast.handling import contacts_in_hand
from scenario.errors import InvalidValueError
from support import need

MONDAY = pd.Timestamp("2026-03-02 09:00", tz="Europe/London")


def log_of(seconds, **more):
    return pd.DataFrame({"channel": "chat", "handle_time_s": seconds, **more})


def test_a_law_that_was_put_in_is_found():
    seconds = np.random.default_rng(1).lognormal(5.8, 0.7, 20_000)
    law = handle_time_laws(log_of(seconds)).iloc[0]
    assert law["mu"] == pytest.approx(5.8, abs=4 * 0.7 / np.sqrt(20_000))
    assert law["sigma"] == pytest.approx(0.7, abs=0.015)
    assert law["mean_s"] == pytest.approx(np.exp(5.8 + 0.245), rel=0.02)
    assert law["cv"] == pytest.approx(np.sqrt(np.expm1(0.49)), rel=0.03)


def test_groups_have_their_own_laws_and_small_ones_lean_on_the_channel():
    rng = np.random.default_rng(2)
    seconds = np.concatenate([rng.lognormal(5.5, 0.5, 4000), rng.lognormal(6.0, 0.5, 50)])
    agent = np.repeat(["Ann", "Bob"], [4000, 50])
    laws = handle_time_laws(
        log_of(seconds, agent=agent), groups={"Ann": "office", "Bob": "home"}
    ).set_index("group")
    assert laws.loc["office", "mu"] == pytest.approx(5.5, abs=0.03)
    # Fifty contacts beside fifty borrowed ones: half way.
    assert laws.loc["home", "mu"] == pytest.approx(5.75, abs=0.15)


def test_hang_ups_are_left_out_and_told():
    seconds = np.concatenate([np.full(50, 4.0), np.random.default_rng(3).lognormal(5, 0.4, 950)])
    law = handle_time_laws(log_of(seconds)).iloc[0]
    assert law["short"] == pytest.approx(0.05)
    assert law["mu"] == pytest.approx(5.0, abs=0.06)


def test_contacts_in_hand_by_hand():
    """0-10 alone until 4, then two until 10, the second one alone until 12."""
    held = contacts_in_hand(np.array([0.0, 4.0]), np.array([10.0, 12.0]))
    assert held == pytest.approx([(4 + 2 * 6) / 10, (2 * 6 + 2) / 8])


def test_slowdown_is_found_from_a_log():
    """Pairs of chats begin together and take a quarter longer than single ones."""
    rng = np.random.default_rng(4)
    alone, pairs = rng.lognormal(5.5, 0.1, 400), rng.lognormal(5.5, 0.1, 400) * 1.25
    start = [MONDAY + pd.Timedelta(hours=hour) for hour in range(400)]
    start += [MONDAY + pd.Timedelta(hours=hour) for hour in np.repeat(np.arange(200), 2)]
    agent = np.repeat(["Ann", "Bob"], 400)
    table = log_of(np.concatenate([alone, pairs]), agent=agent, start=start)
    laws = handle_time_laws(table).set_index("in_hand")
    assert laws.loc[2, "slowdown"] == pytest.approx(1.25, rel=0.05)
    assert laws.loc[1, "slowdown"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "table",
    [pd.DataFrame({"channel": ["chat"]}), log_of([0.0]), log_of([np.inf])],
    ids=["no handle time", "zero", "infinite"],
)
def test_bad_logs_are_refused_by_name(table):
    with pytest.raises(InvalidValueError, match="handle_time_s"):
        handle_time_laws(table)


def test_calls_to_a_bank_are_near_log_normal():
    """Brown et al. (2005) give a mean of the logarithm of about 4.84 and a deviation of 0.95."""
    folder = os.environ.get("ALLWEATHER_DATA", "")
    path = Path(folder) / "bank_call_log_1999.parquet"
    need("data", bool(folder) and path.is_file(), "ALLWEATHER_DATA names no real data")
    log = pd.read_parquet(path, columns=["outcome", "service_s"])
    seconds = log.loc[(log["outcome"] == "AGENT") & (log["service_s"] > 0), "service_s"]
    law = handle_time_laws(log_of(seconds.to_numpy(float))).iloc[0]
    assert law["mu"] == pytest.approx(4.84, abs=0.1)
    assert law["sigma"] == pytest.approx(0.95, abs=0.1)
    assert 0.02 < law["short"] < 0.09
