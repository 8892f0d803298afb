"""How sure a quantile of waits is, alone and beside another scenario's."""

import numpy as np
import pytest

from forecast import demand_for
from simulate.compare import paired
from simulate.estimates import estimate_from_influence
from simulate.quantile_influence import SHARES, influence_of
from simulate.run import simulate
from simulate.waits import WaitHistogram
from small_scenarios import small_desk

ONE = np.zeros(1, dtype=np.int64)  # one interval of one channel


@pytest.fixture(scope="module")
def small():
    return small_desk()


def histogram(times_s):
    times = np.asarray(np.round(1e6 * np.asarray(times_s)), dtype=np.int64)
    return WaitHistogram.of(np.zeros(len(times), dtype=np.int64), times)


def test_the_error_of_a_quantile_is_the_one_that_many_samples_show():
    """
    The 90 % point of 30 × 200 exponential times of mean 60 s has the standard error
    60 × sqrt(p / (1 - p) / n) = 2.32 s.

    DasGupta, A. (2008). Asymptotic Theory of Statistics and Probability, theorem 7.1. Springer.
    """
    rng = np.random.default_rng(5)
    exact = 60 * np.sqrt(0.9 / 0.1 / (30 * 200))
    errors = []
    for _ in range(20):
        parts = [histogram(rng.exponential(60, 200)) for _ in range(30)]
        influence = influence_of(parts, ONE, 1)[:, 0, SHARES.index(0.90)]
        assert influence.sum() == pytest.approx(0, abs=1e-9)
        errors.append(float(estimate_from_influence(0.0, influence, np.arange(30)).error))
    assert np.mean(errors) == pytest.approx(exact, rel=0.08)


def test_replications_that_differ_as_wholes_are_less_sure_than_their_contacts_look():
    """Times that are long together count as few, however many there are."""
    rng = np.random.default_rng(7)
    parts = [histogram(rng.exponential(60 * rng.lognormal(0, 0.5), 500)) for _ in range(30)]
    influence = influence_of(parts, ONE, 1)[:, 0, SHARES.index(0.90)]
    error = float(estimate_from_influence(0.0, influence, np.arange(30)).error)
    assert error > 3 * 60 * np.sqrt(0.9 / 0.1 / (30 * 500))


def test_times_that_are_all_alike_or_not_there_move_nothing():
    alike = [histogram([30.0] * 10) for _ in range(4)]
    nobody = [histogram([]) for _ in range(4)]
    for parts in (alike, nobody):
        assert np.all(influence_of(parts, ONE, 1) == 0)


def test_one_replication_says_nothing_about_its_error():
    found = estimate_from_influence(3.0, np.zeros(1), np.zeros(1, dtype=np.int64))
    assert found.value == 3.0
    assert np.isnan(found.low)
    assert np.isnan(found.high)


def test_paired_quantiles_are_the_differences_of_the_totals(small):
    demand = demand_for(small)
    now = simulate(small, demand, replications=12)
    busier = simulate(
        small.with_changes({"demand.scale.chat": 1.5, "demand.scale.x": 1.2}),
        demand,
        replications=12,
    )
    rows = paired(now, busier).set_index(["measure", "channel"])
    for measure, channel in (
        ("wait_p90_s", "chat"),
        ("response_p50_s", "x"),
        ("response_p90_s", "x"),
    ):
        here, before = (one.totals.set_index("channel")[measure] for one in (busier, now))
        row = rows.loc[(measure, channel)]
        assert row["difference"] == pytest.approx(here[channel] - before[channel])
        assert row["low"] <= row["difference"] <= row["high"]
    assert rows.loc[("wait_p90_s", "chat"), "real"]
    assert "9 in 10 answered" in rows.loc[("wait_p90_s", "chat"), "sentence"]


def test_pairs_know_more_of_a_quantile_than_two_runs_apart(small):
    """What both met cancels: the interval is narrower than from the two errors alone."""
    demand = demand_for(small)
    now = simulate(small, demand, replications=40)
    slower = simulate(
        small.with_changes({"channels.chat.handle_time.scale": 1.05}), demand, replications=40
    )
    rows = paired(now, slower).set_index(["measure", "channel"])
    row = rows.loc[("wait_p90_s", "chat")]
    place = SHARES.index(0.90)
    alone = [
        float(
            estimate_from_influence(
                0.0, one.data.wait_influence[:, 0, place], one.data.batches
            ).error
        )
        for one in (now, slower)
    ]
    apart = 2 * 2.02 * np.hypot(*alone)
    assert row["high"] - row["low"] < 0.8 * apart


def test_runs_of_different_length_have_no_paired_quantiles(small):
    demand = demand_for(small)
    runs = [simulate(small, demand, replications=count) for count in (4, 6)]
    assert "wait_p90_s" not in set(paired(*runs)["measure"])
