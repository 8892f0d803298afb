"""Errors by lead time and grain, their counting-noise floor, and weekly spread out of sample."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from forecast.accuracy import pooled_ratio
from forecast.grains import accuracy_by_grain, spreads_at_origins
from made_histories import LONDON, SLOTS, history_of, post_rates


def backtest_of(told, actual, *, days=14, naive=None):
    """A backtest's table of one origin and channel, half-hourly."""
    starts = pd.date_range("2025-06-02", periods=days * SLOTS, freq="30min", tz=LONDON)
    table = pd.DataFrame(
        {
            "origin": starts[0],
            "interval_start": starts,
            "channel": "chat",
            "actual": actual,
            "mean": told,
            "naive": told if naive is None else naive,
        }
    )
    return SimpleNamespace(table=table)


@pytest.fixture(scope="module")
def poisson():
    """Two weeks of counts on rates that were told exactly."""
    rates = post_rates(14).ravel()
    return backtest_of(rates, np.random.default_rng(1).poisson(rates).astype(float))


def by(found, week, grain):
    return found[(found["week"] == week) & (found["grain"] == grain)].iloc[0]


def test_errors_of_every_grain_are_those_of_a_plain_loop(poisson):
    found = accuracy_by_grain(poisson)
    table = poisson.table
    off = sums = 0.0
    for day in range(7, 14):
        own = table.iloc[day * SLOTS : (day + 1) * SLOTS]
        off += abs(own["mean"].sum() - own["actual"].sum())
        sums += own["actual"].sum()
    assert by(found, 2, "day")["wape"] == pytest.approx(off / sums)
    assert by(found, 2, "day")["sums"] == 7
    assert by(found, 0, "week")["sums"] == 2
    both = (table["mean"] - table["actual"]).abs().sum() / table["actual"].sum()
    assert by(found, 0, "interval")["wape"] == pytest.approx(both)


def test_the_true_rates_err_by_the_counting_noise(poisson):
    """672 intervals of six posts: their mean error is known to 3 %, four standard errors 12 %."""
    row = by(accuracy_by_grain(poisson), 0, "interval")
    assert row["wape"] == pytest.approx(row["counting_noise"], rel=0.12)


def test_days_that_are_known_in_part_are_not_compared_as_wholes(poisson):
    table = poisson.table.copy()
    table.loc[3, "actual"] = np.nan
    found = accuracy_by_grain(SimpleNamespace(table=table))
    assert by(found, 1, "day")["sums"] == 6
    assert by(found, 1, "week")["sums"] == 0
    assert np.isnan(by(found, 1, "week")["wape"])
    assert by(found, 1, "interval")["sums"] == 7 * SLOTS - 1


def test_unknown_intervals_that_nobody_expected_are_closed(poisson):
    table = poisson.table.copy()
    table.loc[3, ["actual", "mean"]] = np.nan, 0.0
    assert by(accuracy_by_grain(SimpleNamespace(table=table)), 1, "day")["sums"] == 7


def test_paths_drawn_at_past_origins_stray_as_what_came_after():
    """
    Weeks 10 % busier or calmer on four channels, told from four origins a fortnight apart.

    Eight weeks tell a spread to a quarter, four channels' mean to an eighth; paths learn theirs
    from a dozen weeks themselves: four standard errors of both together are 0.7.
    """
    rng = np.random.default_rng(12)
    week = np.exp(0.1 * rng.standard_normal((24, 4)) - 0.005)
    rates = post_rates(168)[:, :, None] * 10 * week.repeat(7, axis=0)[:, None, :]
    names = tuple(f"queue {number}" for number in range(4))
    history = history_of(rng.poisson(rates).astype(float), channels=names)
    origins = [history.end - pd.Timedelta(days=14 * back) for back in (4, 3, 2, 1)]
    found = spreads_at_origins(history, origins, horizon_days=14, paths=100)
    assert set(found) == set(names)
    assert {spread.weeks for spread in found.values()} == {8}
    ratio, error = pooled_ratio(list(found.values()))
    assert 0.5 < ratio < 1.9
    assert error < 0.2
