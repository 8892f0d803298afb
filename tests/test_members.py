"""The ways of telling: each wins where the world is made its way, none without a pattern."""

import numpy as np
import pytest

from forecast import predict
from forecast.baselines import plain_mean
from forecast.days import days_between
from forecast.factors import main_directions
from forecast.lead import rest_ahead
from forecast.typical import typical_week
from made_histories import SLOTS, chat_rates, counts, history_of, post_rates

DAYS = 140


def weights(told, channel="chat"):
    table = told.members[told.members["channel"] == channel]
    return table.groupby("method")["weight"].mean()


def leading(volume):
    told = predict(history_of(volume), horizon="28d", paths=2)
    return told.methods["chat"], told


def ar_level(rng, memory, size, days=DAYS):
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = memory * level[day - 1] + np.sqrt(1 - memory**2) * size * rng.normal()
    return np.exp(level)


def test_a_level_that_moved_and_stayed_is_told_by_level_and_profile():
    """Two fifths more since the eighth week: neither a growth nor a deviation that fades."""
    level = np.where(np.arange(DAYS) < 56, 1.0, 1.4)
    volume = counts(10 * chat_rates(DAYS) * level[:, None], np.random.default_rng(1), day_cv=0.05)
    assert leading(volume)[0] == "level_profile"


def test_deviations_that_fade_are_told_lead_by_lead():
    """A busy day is followed by nine tenths of it: little is left of it after weeks."""
    rng = np.random.default_rng(5)
    rates = 10 * chat_rates(DAYS) * ar_level(rng, 0.9, 0.25)[:, None]
    assert leading(rng.poisson(rates).astype(float))[0] == "lead_regression"


def test_steady_growth_is_told_by_the_trend():
    """Two per cent a week, for twenty weeks."""
    rates = 10 * chat_rates(DAYS) * 1.02 ** (np.arange(DAYS) / 7)[:, None]
    method, told = leading(np.random.default_rng(2).poisson(rates).astype(float))
    assert method == "trend_profile"
    assert told.reasons[0].startswith("chat: level with a trend")


def test_growth_ahead_flattens():
    """Two per cent a week so far: the eighth week ahead grows by less than half of the first."""
    rates = 10 * post_rates(DAYS) * 1.02 ** (np.arange(DAYS) / 7)[:, None]
    history = history_of(rates, start="2025-04-07")
    told = predict(history, horizon="56d", paths=2, methods=("trend_profile",))
    growth = np.diff(np.log(told.mean.reshape(8, -1).sum(axis=1)))
    assert np.all(growth > 0)
    assert growth[-1] < 0.5 * growth[0]


def test_shapes_that_follow_the_month_are_told_by_main_shapes():
    """Mornings stay, evenings swell at the turn of the month: a profile by weekday cannot."""
    rng = np.random.default_rng(3)
    slot = np.arange(SLOTS)
    early = 60 * np.exp(-(((slot - 18) / 5) ** 2))
    late = 60 * np.exp(-(((slot - 38) / 5) ** 2))
    phase = days_between(20241, 20240 + DAYS, None).month_phase  # from 2 June 2025
    swell = 1 + 0.9 * np.cos(2 * np.pi * phase)
    volume = rng.poisson(early + swell[:, None] * late).astype(float)
    assert leading(volume)[0] == "svd_factors"


def test_weeks_that_last_are_told_lead_by_lead():
    """The last days' deviation tells the next days and not those in a month."""
    rng = np.random.default_rng(1)
    rest = np.repeat(rng.normal(0, 0.2, 60), 5) + rng.normal(0, 0.02, 300)
    ahead = rest_ahead(rest, np.arange(320), 300)
    steady = rest_ahead(np.full(300, 0.1), np.arange(320), 300)
    assert np.abs(ahead[-5:]).max() < 0.2
    assert steady == pytest.approx(0.1, abs=0.03)


def test_bursts_are_left_to_the_robust_mean():
    """One interval in twelve brings five times as much: the typical week tells best."""
    rng = np.random.default_rng(4)
    rates = 4 * post_rates(84)
    rates *= np.where(rng.random(rates.shape) < 1 / 12, 5.0, 1.0)
    method, told = leading(rng.poisson(rates).astype(float))
    assert method == "weekday_mean"
    assert any("in bursts on top of what is typical" in text for text in told.warnings)


def test_a_week_that_repeats_the_last_one_is_told_by_repeating_it():
    """Every week's every slot walks on from the last week's."""
    rng = np.random.default_rng(6)
    week = np.log(60 * np.ones((7, SLOTS)))
    weeks = []
    for _ in range(20):
        week = week + rng.normal(0, 0.5, week.shape)
        weeks.append(np.exp(week))
    assert leading(rng.poisson(np.concatenate(weeks)).astype(float))[0] == "seasonal_naive"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_shuffled_history_falls_back_to_the_baseline_and_says_so(seed):
    rng = np.random.default_rng(seed)
    volume = counts(post_rates(DAYS), rng, day_cv=0.2).ravel()
    rng.shuffle(volume)
    method, told = leading(volume)
    assert method == "plain_mean"
    assert any("baseline" in text for text in told.reasons)
    assert told.mean.max() == pytest.approx(told.mean.min())


def test_weights_are_shares_at_every_lead():
    told = predict(history_of(counts(chat_rates(70), np.random.default_rng(1))), horizon="7d")
    sums = told.members.groupby(["channel", "lead_week"])["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert set(told.members.columns) >= {"method", "error", "naive_error", "weight"}


def test_main_directions_are_singular_vectors():
    rng = np.random.default_rng(1)
    true = np.linalg.qr(rng.normal(size=(20, 3)))[0].T
    rows = (rng.normal(size=(80, 3)) * [9, 5, 2]) @ true + rng.normal(0, 0.01, (80, 20))
    found = main_directions(rows, 3)
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-9)
    np.testing.assert_allclose(found.T @ (found @ true.T), true.T, atol=0.01)


def test_a_typical_week_forgets_bursts_and_keeps_thin_slots():
    rng = np.random.default_rng(2)
    grid = rng.poisson(np.full((84, 24), 0.4)).astype(float)
    calm = typical_week(grid, days_between(20000, 20100, None))
    assert calm.mean() == pytest.approx(0.4, abs=0.05)
    grid[40:42] = 200
    burst = typical_week(grid, days_between(20000, 20100, None))
    assert burst.mean() == pytest.approx(calm.mean(), rel=0.2)


def test_a_plain_mean_leaves_closed_slots_closed():
    grid = chat_rates(70)
    told = plain_mean(grid, days_between(20240, 20340, None))
    assert (told[:7] > 0).sum() == (told[7:14] > 0).sum()
    assert len(np.unique(told[told > 0])) == 1
