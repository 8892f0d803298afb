"""Backtests: honest origins, the measures, and the gates on real data."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import History, backtest
from forecast.accuracy import bias, coverage, pinball, scaled_error, wape
from made_histories import counts, history_of, post_rates
from scenario import PlanningError
from scenario.errors import InvalidValueError
from support import need

KEYS = {
    *("wape", "wape_week1", "bias", "mase", "naive_wape", "coverage_80", "coverage_95"),
    *("pinball", "method", "seconds"),
}


@pytest.fixture(scope="module")
def posts():
    """Fourteen weeks of posts whose days are 12 % busier or calmer."""
    return history_of(counts(post_rates(98), np.random.default_rng(6), day_cv=0.12))


@pytest.fixture(scope="module")
def tested(posts):
    return backtest(posts, horizon="14d", origins=3)


def test_document_has_the_promised_keys(tested):
    document = json.loads(json.dumps(tested.document()))
    assert document["horizon_days"] == 14
    assert len(document["origins"]) == 3
    assert set(document["channels"]["chat"]) >= KEYS


def test_origins_are_local_midnights_weeks_apart(tested, posts):
    assert tested.origins[-1] == posts.end - pd.Timedelta(days=14)
    assert {(b - a).days % 7 for a, b in zip(tested.origins, tested.origins[1:], strict=False)} == {
        0
    }


def test_level_and_profile_beat_repeating_last_week(tested):
    """Repeating a week repeats its noise: √2 of it, where a mean of many weeks has little."""
    figures = tested.channels["chat"]
    assert figures["wape"] < 0.85 * figures["naive_wape"]
    assert figures["value_added"] == pytest.approx(figures["naive_wape"] - figures["wape"])
    # 28 days of 12 %, seen after 80 such days: 4 standard errors.
    assert abs(figures["bias"]) < 0.11
    assert figures["coverage_80"] == pytest.approx(0.80, abs=0.08)
    assert figures["coverage_95"] == pytest.approx(0.95, abs=0.05)


def test_measures_are_those_of_the_table(tested):
    table = tested.table
    off = (table["mean"] - table["actual"]).abs().sum() / table["actual"].sum()
    naive = (table["naive"] - table["actual"]).abs().sum() / table["actual"].sum()
    figures = tested.channels["chat"]
    assert figures["wape"] == pytest.approx(off)
    assert figures["naive_wape"] == pytest.approx(naive)


@pytest.mark.parametrize("method", ["level_profile", "trend_profile", "weekday_mean"])
def test_nothing_after_an_origin_changes_its_forecast(posts, method):
    """Other values after the origin, and unknown ones, leave it the same bit for bit."""
    as_it_was = backtest(posts, horizon="14d", origins=2, methods=[method])
    first = as_it_was.origins[0]
    table = posts.table.copy()
    after = table["interval_start"] >= first
    table.loc[after, "offered"] *= np.random.default_rng(1).integers(0, 5, int(after.sum()))
    table.loc[after & (table["interval_start"].dt.day_of_week == 3), "offered"] = np.nan
    changed = backtest(
        History(posts.timezone, 30, posts.channels, table),
        horizon="14d",
        origins=2,
        methods=[method],
    )
    columns = ["mean", "p05", "p10", "p50", "p90", "p95", "naive"]
    before, now = (
        tested.table.loc[tested.table["origin"] == first, columns]
        for tested in (as_it_was, changed)
    )
    pd.testing.assert_frame_equal(before, now, check_exact=True)


def test_naive_method_adds_no_value_to_itself(posts):
    figures = backtest(posts, horizon="7d", origins=2, methods="seasonal_naive").channels["chat"]
    assert figures["method"] == "seasonal_naive"
    assert figures["value_added"] == pytest.approx(0)


def test_fewer_origins_where_history_is_short(posts):
    short = posts.until(posts.starts[0] + pd.Timedelta(days=35))
    assert len(backtest(short, horizon="7d", origins=8).origins) == 3


def test_history_too_short_for_one_origin_is_refused(posts):
    short = posts.until(posts.starts[0] + pd.Timedelta(days=20))
    with pytest.raises(PlanningError, match="at least 28 days"):
        backtest(short, horizon="14d")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"methods": "magic"}, "methods"),
        ({"origins": 0}, "origins"),
        ({"horizon": "12h"}, "horizon"),
    ],
)
def test_bad_arguments_are_refused_by_name(posts, arguments, named):
    with pytest.raises(InvalidValueError, match=named):
        backtest(posts, **arguments)


def test_measures_by_hand():
    told, actual = np.array([8.0, 12.0, 5.0]), np.array([10.0, 10.0, np.nan])
    assert wape(told, actual) == pytest.approx(4 / 20)
    assert bias(told, actual) == pytest.approx(0)
    assert scaled_error(told, actual, naive_error=4.0) == pytest.approx(0.5)
    assert coverage(told - 2, told, actual) == pytest.approx(0.5)
    # 10 % quantile 8 under 10: 0.1 × 2; over it by 2: 0.9 × 2.
    assert pinball({0.1: told}, actual) == pytest.approx((0.2 + 1.8) / 2)
    assert np.isnan(wape(told[2:], actual[2:]))


@pytest.mark.slow
def test_bank_calls_are_told_as_well_as_promised():
    """Calls to a bank, 3 March to 31 July 2003, half-hourly (R package fpp3, bank_calls)."""
    folder = os.environ.get("ALLWEATHER_DATA", "")
    path = Path(folder) / "bank_calls_5min_2003.csv"
    need("data", bool(folder) and path.is_file(), "ALLWEATHER_DATA names no real data")
    calls = pd.read_csv(path, parse_dates=["ts"]).set_index("ts")["calls"]
    half_hours = calls.resample("30min").sum(min_count=1)
    last = half_hours.index[-1].normalize() + pd.Timedelta(hours=23, minutes=30)
    whole = pd.date_range(half_hours.index[0].normalize(), last, freq="30min")
    history = history_of(half_hours.reindex(whole).to_numpy(), start="2003-03-03", timezone="UTC")
    figures = backtest(history).channels["chat"]
    assert figures["wape"] < 0.062
    assert figures["wape"] < 0.7 * figures["naive_wape"]
    assert 0.76 < figures["coverage_80"] < 0.87
    assert 0.92 < figures["coverage_95"] < 0.98
