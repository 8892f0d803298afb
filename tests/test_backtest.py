"""Backtests: honest origins, the measures, and the gates on real data."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import History, backtest, predict, read_events, read_history
from forecast.accuracy import (
    bias,
    coverage,
    pinball,
    pooled_ratio,
    scaled_error,
    wape,
    weekly_spread,
)
from made_histories import counts, history_of, post_rates
from scenario import PlanningError
from scenario.errors import InvalidValueError
from scenario.model import CalendarKeys
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


def test_weekly_spread_by_hand():
    """Errors of 10 % up and down; paths of 6 % on top of 8 % counting noise: also 10 %."""
    expected = np.full(4, 156.25)
    actual = expected * np.array([1.1, 0.9, 1.1, 0.9])
    totals = np.array([[94.0, 188.0], [106.0, 212.0]])
    found = weekly_spread(expected, actual, totals, weeks=8)
    assert found.errors == pytest.approx(0.10)
    assert found.paths == pytest.approx(0.10)
    assert found.ratio == pytest.approx(1.0)
    assert found.standard_error == pytest.approx(0.25)
    other = weekly_spread(expected, 2 * actual - expected, totals, weeks=8)
    assert pooled_ratio([found, other])[0] == pytest.approx(0.75)
    assert np.isnan(weekly_spread(expected * 0, actual, totals, weeks=4).ratio)


def test_paths_of_a_day_or_none_have_no_weekly_spread(posts, tested):
    with pytest.raises(InvalidValueError, match="week"):
        tested.weekly_spreads(predict(posts, horizon="1d", paths=10))


def test_weeks_of_the_paths_stray_as_weeks_of_known_spread():
    """Each week is 8 % busier or calmer on each of eight channels, told by its mean so far."""
    rng = np.random.default_rng(11)
    week = np.exp(0.08 * rng.standard_normal((26, 8)) - 0.0032)
    rates = post_rates(182)[:, :, None] * 10 * week.repeat(7, axis=0)[:, None, :]
    volume = rng.poisson(rates).astype(float)
    names = tuple(f"queue {number}" for number in range(8))
    told = predict(history_of(volume, channels=names), horizon="28d")
    totals = told.paths.reshape(200, 4, -1, 8).sum(axis=2)
    spread = (totals / totals.mean(axis=0)).std(axis=0)
    off = told.mean.sum(axis=0) / (40 * post_rates(7).sum()) - 1
    truth = np.sqrt(0.08**2 + off**2)
    # Eleven weeks tell a spread to a fifth; eight channels' mean to a fourteenth: three of those.
    assert (spread.mean(axis=0) / truth).mean() == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("folder", ["team_20", "centre_200"])
def test_paths_of_the_sample_stray_as_its_backtest_erred(folder):
    """Pooled over the channels; a single one's eleven weeks tell its spread to a fifth only."""
    data = Path(__file__).parents[1] / "data" / folder
    known = {
        "calendar": CalendarKeys(country="GB", region="ENG"),
        "events": read_events(data / "events.csv", timezone="Europe/London"),
    }
    history = read_history(data / "history.csv", timezone="Europe/London")
    told = predict(history, **known)
    spreads = backtest(history, **known).weekly_spreads(told)
    ratio, error = pooled_ratio(list(spreads.values()))
    assert ratio == pytest.approx(1.0, abs=0.15)
    assert error < 0.15
    for spread in spreads.values():
        assert abs(spread.ratio - 1) < 3 * spread.standard_error
    for column in range(len(told.channels)):
        assert 0.7 < neighbours_alike(told, column) < 0.9


def neighbours_alike(told, column):
    """Correlation of the relative residuals of neighbouring half-hours in trade."""
    per = 30 // told.horizon.interval_minutes
    mean = told.mean[:, column].reshape(-1, per).sum(axis=1)
    paths = told.paths[:, :, column].reshape(len(told.paths), -1, per).sum(axis=2)
    busy = mean > 0.3 * mean.mean()
    both = busy[1:] & busy[:-1]
    off = paths / np.where(busy, mean, 1) - 1
    return np.corrcoef(off[:, 1:][:, both].ravel(), off[:, :-1][:, both].ravel())[0, 1]


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
    states = CalendarKeys(country="US")
    tested = backtest(history, calendar=states)
    figures = tested.channels["chat"]
    assert figures["wape"] < 0.059
    assert figures["wape_week1"] < 0.058
    assert abs(figures["bias"]) < 0.025
    assert figures["wape"] < 0.7 * figures["naive_wape"]
    assert 0.78 < figures["coverage_80"] < 0.84
    assert 0.94 < figures["coverage_95"] < 0.97
    told = predict(history, calendar=states)
    assert tested.weekly_spreads(told)["chat"].ratio == pytest.approx(1.0, abs=0.15)
    assert 0.7 < neighbours_alike(told, 0) < 0.9


@pytest.mark.slow
def test_a_log_of_1999_is_told_as_well_as_promised():
    """Calls to an Israeli bank, January to June 1999 (Technion, "Anonymous Bank")."""
    from benchmarks.forecast_series import LOG_1999, bank_log

    folder = Path(os.environ.get("ALLWEATHER_DATA", ""))
    need("data", (folder / LOG_1999).is_file(), "ALLWEATHER_DATA names no real data")
    israel = CalendarKeys(country="IL")
    figures = backtest(bank_log(folder), calendar=israel).channels["calls"]
    assert figures["wape"] < 0.245
    assert figures["wape"] < 0.65 * figures["naive_wape"]
    assert 0.78 < figures["coverage_80"] < 0.88
    assert 0.92 < figures["coverage_95"] < 0.97


@pytest.mark.slow
def test_mentions_are_told_better_than_by_repeating_the_week():
    """Hourly mentions of five companies, 2015 (Numenta Anomaly Benchmark)."""
    from benchmarks.forecast_series import MENTIONS_2015, mentions

    folder = Path(os.environ.get("ALLWEATHER_DATA", ""))
    need("data", (folder / MENTIONS_2015).is_file(), "ALLWEATHER_DATA names no real data")
    figures = backtest(mentions(folder), horizon="14d").channels.values()
    assert np.mean([each["wape"] / each["naive_wape"] for each in figures]) < 0.74
    assert 0.75 < np.mean([each["coverage_80"] for each in figures]) < 0.88
    assert 0.90 < np.mean([each["coverage_95"] for each in figures]) < 0.98
