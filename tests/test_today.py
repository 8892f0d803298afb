"""The rest of the day: what an update learns, when it holds back, and when it calls."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import demand_for, predict, rest_of_day
from forecast.accuracy import wape
from made_histories import LONDON, SLOTS, counts, history_of, post_rates
from scenario import Scenario
from scenario.demand import Demand
from scenario.errors import InvalidValueError
from support import need

DAYS = 112
NOON = 24  # slot


def told_and_came(day_cv, *, days=28, seed=3, scale=6):
    """A forecast of four weeks, and the counts that came: days busier or calmer as a whole."""
    rng = np.random.default_rng(seed)
    whole = history_of(counts(scale * post_rates(DAYS + days), rng, day_cv=day_cv))
    forecast = predict(whole.until(whole.starts[DAYS * SLOTS]), horizon=f"{days}d", paths=60)
    return forecast, whole.between(forecast.horizon.start, forecast.horizon.end)


@pytest.fixture(scope="module")
def lively():
    """Days of one factor each, 15 % busier or calmer."""
    return told_and_came(0.15)


@pytest.fixture(scope="module")
def steady():
    """Days that differ by counting noise alone: a morning says nothing."""
    return told_and_came(0.0)


def at_noon(told, day):
    return told.horizon.starts[day * SLOTS + NOON]


def errors_of_rest(told, came, slot):
    """Summed absolute misses of the rest of each day, without and with the update."""
    plain = updated = 0.0
    for day in range(28):
        first = day * SLOTS
        today = rest_of_day(told, came, at=told.horizon.starts[first + slot])
        rest = came.volume[first + slot : first + SLOTS, 0].sum()
        plain += abs(today.totals["rest_forecast"].iloc[0] - rest)
        updated += abs(today.totals["rest"].iloc[0] - rest)
    return plain, updated


def test_a_morning_tells_the_afternoon_where_days_are_busy_as_a_whole(lively):
    """By noon 100 posts of 290 came: the day's factor is told to 10 %, where it strays by 15 %."""
    plain, updated = errors_of_rest(*lively, NOON)
    assert updated < 0.85 * plain


def test_a_morning_that_says_nothing_changes_nothing(steady):
    plain, updated = errors_of_rest(*steady, NOON)
    assert updated < 1.01 * plain


@pytest.mark.parametrize("days", ["lively", "steady"])
def test_no_half_hour_is_worse_for_the_update(days, request):
    """Over four weeks, every third half-hour; interval by interval as forecasts are measured."""
    slots = range(1, SLOTS, 3)
    told, came = request.getfixturevalue(days)
    actual = came.volume[:, 0].reshape(28, SLOTS)
    mean = told.mean[:, 0].reshape(28, SLOTS)
    updated = np.repeat(mean[None], SLOTS, axis=0)
    for day in range(28):
        for slot in slots:
            today = rest_of_day(told, came, at=told.horizon.starts[day * SLOTS + slot])
            updated[slot, day, slot:] = today.rest.mean[:, 0]
    for slot in slots:
        off = wape(updated[slot, :, slot:], actual[:, slot:])
        assert off < 1.01 * wape(mean[:, slot:], actual[:, slot:])


def test_the_rest_moves_with_the_day_but_less(lively):
    told, came = lively
    for day in range(28):
        row = rest_of_day(told, came, at=at_noon(told, day)).totals.iloc[0]
        so_far = row["so_far"] / row["so_far_forecast"] - 1
        assert abs(row["change"]) < abs(so_far) + 0.12
        assert row["day"] == pytest.approx(row["so_far"] + row["rest"])
        if abs(so_far) > 0.2:
            assert np.sign(row["change"]) == np.sign(so_far)


def test_bands_narrow_and_hold_the_rest(lively):
    told, came = lively
    narrower, inside = [], []
    for day in range(28):
        today = rest_of_day(told, came, at=at_noon(told, day))
        row = today.totals.iloc[0]
        rows = slice(day * SLOTS + NOON, (day + 1) * SLOTS)
        before = told.paths[:, rows, 0].sum(axis=1)
        after = today.rest.paths[:, :, 0].sum(axis=1)
        narrower.append((after.std() / after.mean()) / (before.std() / before.mean()))
        inside.append(row["rest_low"] <= came.volume[rows, 0].sum() <= row["rest_high"])
        np.testing.assert_allclose(today.rest.paths.mean(axis=0), today.rest.mean)
    assert np.mean(narrower) < 0.95
    # Nine in ten of 28 days: 4 standard errors of 5.7 %.
    assert np.mean(inside) > 0.67


def test_the_table_holds_what_came_and_what_is_told(lively):
    told, came = lively
    table = rest_of_day(told, came, at=at_noon(told, 2)).table
    assert len(table) == SLOTS
    counted = table.iloc[:NOON]
    np.testing.assert_array_equal(counted["actual"], came.volume[2 * SLOTS :, 0][:NOON])
    np.testing.assert_array_equal(counted["expected"], counted["actual"])
    assert counted["p50"].isna().all()
    ahead = table.iloc[NOON:]
    assert ahead["actual"].isna().all()
    assert (ahead["p05"] <= ahead["p95"]).all()
    assert ahead[["expected", "p05", "p95"]].notna().all(axis=None)


def test_counts_of_an_interval_that_has_not_ended_are_not_believed(lively):
    told, came = lively
    at = at_noon(told, 0)
    full = rest_of_day(told, came, at=at)
    later = rest_of_day(told, came, at=at + pd.Timedelta(minutes=29))
    pd.testing.assert_frame_equal(full.table, later.table)


def test_what_comes_later_is_not_looked_at(lively):
    told, came = lively
    at = at_noon(told, 1)
    full = rest_of_day(told, came, at=at)
    known = rest_of_day(told, came.between(came.starts[0], at), at=at)
    pd.testing.assert_frame_equal(full.table, known.table)


def test_rows_that_are_still_empty_are_to_come(lively):
    """A file with the whole day's rows, filled in up to noon."""
    told, came = lively
    day = came.between(came.starts[0], came.starts[SLOTS])
    table = day.table.copy()
    table.loc[NOON:, "offered"] = np.nan
    blank = rest_of_day(told, replace(day, table=table))
    pd.testing.assert_frame_equal(blank.table, rest_of_day(told, came, at=at_noon(told, 0)).table)


def test_a_day_of_twice_the_contacts_raises_an_alarm(steady):
    told, came = steady
    table = came.table.copy()
    table["offered"] *= 2
    doubled = replace(came, table=table)
    today = rest_of_day(told, doubled, at=at_noon(told, 0))
    (alarm,) = today.alarms
    assert alarm.what == "day so far"
    assert alarm.counted > alarm.high
    assert "above the band" in alarm.sentence
    assert "rest of the day probably brings" in alarm.sentence


def test_a_burst_of_an_hour_raises_an_alarm(lively):
    told, came = lively
    first = next(
        day for day in range(28) if not rest_of_day(told, came, at=at_noon(told, day)).alarms
    )
    table = came.table.copy()
    hour = [first * SLOTS + NOON - 2, first * SLOTS + NOON - 1]
    table.loc[hour, "offered"] = 2.0 * told.mean[hour, 0] + 20
    today = rest_of_day(told, replace(came, table=table), at=at_noon(told, first))
    assert [alarm.what for alarm in today.alarms] == ["last hour"]


def test_usual_days_seldom_raise_an_alarm(steady):
    """Looked at once at noon, 99 % of days are quiet: of 28 days at most two are not."""
    told, came = steady
    loud = [day for day in range(28) if rest_of_day(told, came, at=at_noon(told, day)).alarms]
    assert len(loud) <= 2


def test_midnight_ends_the_day_that_was_counted(steady):
    told, came = steady
    day = came.between(came.starts[0], came.starts[SLOTS])
    today = rest_of_day(told, day)
    assert today.day == told.horizon.start.date()
    assert today.rest is None
    assert today.totals["rest"].iloc[0] == 0


def test_a_demand_without_past_errors_stands(steady):
    told, came = steady
    plain = Demand(told.horizon, told.channels, told.mean, told.handle_time_s)
    today = rest_of_day(plain, came, at=at_noon(told, 0))
    np.testing.assert_array_equal(today.rest.mean, told.mean[NOON:SLOTS])
    assert "no past errors" in today.notes[0]
    assert today.alarms == ()


def test_nothing_counted_leaves_the_forecast(steady):
    told, came = steady
    today = rest_of_day(told, came, at=told.horizon.start)
    np.testing.assert_array_equal(today.rest.mean, told.mean[:SLOTS])
    assert "nothing counted" in today.notes[0]


def test_a_day_outside_the_forecast_is_refused(steady):
    told, came = steady
    with pytest.raises(InvalidValueError, match="within the forecast"):
        rest_of_day(told, came, at=told.horizon.start - pd.Timedelta(days=3))


def test_another_interval_length_is_refused(steady):
    told, _ = steady
    text = """
    [horizon]
    start = 2026-04-13
    length = "1d"
    interval_minutes = 15
    [demand.rates]
    chat = 4.0
    [channels.chat]
    kind = "live"
    handle_time.mean_s = 300
    patience.mean_s = 240
    [groups.team]
    agents = 3
    skills.chat = {}
    """
    quarters = demand_for(Scenario.parse(text))
    with pytest.raises(InvalidValueError, match="15 minutes"):
        rest_of_day(quarters, history_of(np.ones(SLOTS), start="2026-04-13"))
    assert told.horizon.interval_minutes == 30


def test_a_day_of_25_hours_is_told_whole():
    """The repeated hour is two intervals of one slot; both are counted and both are told."""
    rng = np.random.default_rng(4)
    whole = history_of(counts(6 * post_rates(120), rng, day_cv=0.1), start="2025-07-07")
    told = predict(whole.until(pd.Timestamp("2025-10-20", tz=LONDON)), horizon="7d")
    came = whole.between(told.horizon.start, told.horizon.end)
    at = pd.Timestamp("2025-10-26 12:00", tz=LONDON)
    today = rest_of_day(told, came, at=at)
    assert len(today.table) == 50
    assert today.totals["so_far"].iloc[0] == came.volume[-50:-24, 0].sum()
    assert np.isfinite(today.rest.mean).all()


def test_the_document_is_plain_json(lively):
    told, came = lively
    document = rest_of_day(told, came, at=at_noon(told, 0)).document()
    assert set(document) == {"at", "rows", "totals", "alarms", "notes"}
    json.dumps(document, default=str)


@pytest.mark.slow
def test_bank_calls_known_to_eleven():
    """Calls to a bank 2003, half-hourly: the rest of the last 40 days, and every half-hour."""
    folder = os.environ.get("ALLWEATHER_DATA", "")
    path = Path(folder) / "bank_calls_5min_2003.csv"
    need("data", bool(folder) and path.is_file(), "ALLWEATHER_DATA names no real data")
    from benchmarks.forecast_series import bank_calls
    from benchmarks.forecast_today import replayed

    rows = replayed(bank_calls(Path(folder)), origins=8)
    eleven = rows[rows["clock"] == "11:00"].iloc[0]
    assert eleven["updated"] < 0.041
    assert (rows["updated_interval"] < 1.01 * rows["plain_interval"]).all()
