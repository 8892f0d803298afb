"""The forecast against histories of known truth, and what it does with odd ones."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import predict
from forecast.arma import STEADY, Arma, fit, predict_rest
from forecast.days import days_between
from forecast.handle_time import expected_handle_time
from forecast.level import LevelInput, winsorised
from forecast.profile import ProfileChoice, profiles
from made_histories import SLOTS, chat_rates, counts, history_of, post_rates
from scenario import Demand, PlanningError, Scenario
from scenario.errors import InvalidValueError
from scenario.model import CalendarKeys

WEEKS = 20


@pytest.fixture(scope="module")
def centre():
    """Twenty weeks of chats and posts; each day is 12 % busier or calmer, chat and posts apart."""
    rng = np.random.default_rng(7)
    chat = counts(chat_rates(7 * WEEKS), rng, day_cv=0.12)
    post = counts(post_rates(7 * WEEKS), rng, day_cv=0.12)
    return history_of(np.stack([chat, post], axis=-1), channels=("chat", "x"), start="2025-05-05")


@pytest.fixture(scope="module")
def told(centre):
    return predict(centre, horizon="14d", seed=3)


def by_day(values):
    """Half-hours of whole days without a clock change, as days × slots."""
    return values.reshape(-1, SLOTS)


def test_expected_contacts_come_near_the_truth(told):
    truth = np.stack([chat_rates(14).ravel(), post_rates(14).ravel()], axis=-1)
    off = np.abs(told.mean - truth).sum(axis=0) / truth.sum(axis=0)
    # 120 days of 12 % and 110 contacts a slot leave 2 % of the level and 3-5 % of the shape.
    assert np.all(off < 0.10)
    assert abs(told.mean.sum(axis=0) / truth.sum(axis=0) - 1).max() < 0.06


def test_nothing_is_told_for_closed_hours(told):
    closed = chat_rates(14).ravel() == 0
    assert told.mean[closed, 0].max() == 0
    assert told.paths[:, closed, 0].max() == 0
    assert told.quantiles[0.95][closed, 0].max() == 0
    assert told.mean[:, 1].min() > 0


def test_quantiles_rise_with_their_level_and_hold_the_mean(told):
    stacked = np.stack([told.quantiles[level] for level in sorted(told.quantiles)])
    assert np.all(np.diff(stacked, axis=0) >= 0)
    busy = told.mean > 2
    assert np.all(told.quantiles[0.05][busy] < told.mean[busy])
    assert np.all(told.quantiles[0.95][busy] > told.mean[busy])


def test_poisson_counts_on_the_paths_fill_the_bands(told):
    drawn = np.random.default_rng(5).poisson(told.paths)
    busy = told.mean > 5  # a band of one or two contacts cannot hold exactly 80 %
    for low, high, held in ((0.10, 0.90, 0.80), (0.05, 0.95, 0.90), (0.25, 0.75, 0.50)):
        inside = (drawn >= told.quantiles[low]) & (drawn <= told.quantiles[high])
        assert inside[:, busy].mean() == pytest.approx(held, abs=0.02)


def test_paths_keep_the_mean_and_are_never_negative(told):
    assert told.paths.min() >= 0
    np.testing.assert_allclose(told.paths.mean(axis=0), told.mean, rtol=1e-9)


def test_neighbouring_half_hours_err_together(told):
    """The truth is a factor a day: rates of neighbours move as one; the paths nearly so."""
    relative = told.paths[:, :, 1] / told.mean[:, 1] - 1
    now, then = relative[:, 1:].ravel(), relative[:, :-1].ravel()
    assert 0.7 < np.corrcoef(now, then)[0, 1] < 0.97


def test_days_and_weeks_spread_as_in_the_truth(told):
    """A day's factor of 12 % is 12 % of a day and 12 / √7 = 4.5 % of a week, the level's apart."""
    posts = told.paths[:, :, 1]
    day = posts.reshape(len(posts), 14, SLOTS).sum(axis=2)
    week = posts[:, : 7 * SLOTS].sum(axis=1)
    assert 0.09 < (day.std(axis=0) / day.mean(axis=0)).mean() < 0.17
    assert 0.035 < week.std() / week.mean() < 0.09


def test_the_same_seed_gives_the_same_numbers(centre, told):
    again = predict(centre, horizon="14d", seed=3)
    other = predict(centre, horizon="14d", seed=4)
    np.testing.assert_array_equal(again.paths, told.paths)
    np.testing.assert_array_equal(other.mean, told.mean)
    assert not np.array_equal(other.paths, told.paths)


def test_parts_multiply_to_the_mean(told):
    for column, channel in enumerate(told.channels):
        part = told.parts[channel]
        product = part["level"] * part["share"] * part["event_factor"]
        np.testing.assert_allclose(product, told.mean[:, column], atol=1e-9)
    assert set(told.parts["chat"]["day_type"]) == {
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
        "closed",
    }


def test_method_and_reasons_are_told(told):
    assert set(told.methods) == {"chat", "x"}
    assert any("past origins" in reason for reason in told.reasons)


def test_a_forecast_is_a_demand(told, tmp_path):
    told.save(tmp_path / "forecast.parquet")
    loaded = Demand.load(tmp_path / "forecast.parquet", "Europe/London")
    np.testing.assert_allclose(loaded.mean, told.mean)
    np.testing.assert_allclose(loaded.paths, told.paths)


def test_start_within_the_history_does_not_see_what_followed(centre):
    start = "2025-09-01"
    changed = centre.table.copy()
    after = changed["interval_start"] >= pd.Timestamp(start, tz="Europe/London")
    changed.loc[after, "offered"] *= 9
    later = type(centre)(centre.timezone, 30, centre.channels, changed)
    told = predict(centre, start=start, horizon="7d", paths=50)
    np.testing.assert_array_equal(
        told.paths, predict(later, start=start, horizon="7d", paths=50).paths
    )
    assert told.horizon.start == pd.Timestamp(start, tz="Europe/London")


def test_the_day_of_a_clock_change_has_its_own_length():
    rng = np.random.default_rng(2)
    history = history_of(counts(post_rates(84), rng), start="2025-08-02")
    told = predict(history, start="2025-10-26", horizon="1d", paths=50)
    assert told.horizon.count == 50  # the hour from 01:00 comes twice
    np.testing.assert_array_equal(told.mean[2:4], told.mean[4:6])


def test_holidays_are_less_busy_when_they_were():
    """Christmas Day closed, other English holidays at 45 %: so is the next one told."""
    days = days_between(20240, 20240 + 209, CalendarKeys(country="GB", region="ENG"))
    rates = post_rates(len(days))
    for row, name in enumerate(days.holiday):
        rates[row] *= 0.0 if name == "Christmas Day" else 0.45 if name else 1.0
    history = history_of(counts(rates, np.random.default_rng(3)), start=str(days.date(0)))
    told = predict(
        history,
        start=days.date(len(days) - 1),
        horizon="28d",
        calendar=CalendarKeys(country="GB", region="ENG"),
        paths=50,
    )
    level = told.parts["chat"].groupby(told.horizon.starts.date)["level"].first()
    kind = told.parts["chat"].groupby(told.horizon.starts.date)["day_type"].first()
    share = level[kind == "public holiday"].mean() / level[kind != "public holiday"].mean()
    assert share == pytest.approx(0.45, abs=0.08)


# Odd histories: a forecast with a warning, or a refusal that says what is needed.


def test_less_than_two_weeks_is_refused():
    with pytest.raises(PlanningError, match="at least 14 days"):
        predict(history_of(post_rates(10)))


def test_two_weeks_are_enough_and_the_bands_wide():
    rng = np.random.default_rng(1)
    told = predict(history_of(counts(post_rates(14), rng)), horizon="7d")
    assert told.mean.sum() == pytest.approx(post_rates(7).sum(), rel=0.1)
    assert any("too short a history" in text for text in told.warnings)


def test_a_weekday_that_is_missing_is_told_closed_and_said_so():
    volume = counts(post_rates(70), np.random.default_rng(1))
    volume[2::7] = np.nan
    told = predict(history_of(volume), horizon="7d")
    assert by_day(told.mean[:, 0])[2].sum() == 0
    assert by_day(told.mean[:, 0])[3].sum() > 250
    assert any("Wednesday" in text for text in told.warnings)


def test_a_channel_that_began_last_week_takes_the_mean_of_its_days():
    rng = np.random.default_rng(1)
    volume = np.stack([counts(post_rates(70), rng), counts(post_rates(70), rng)], axis=-1)
    volume[:-6, :, 1] = np.nan
    told = predict(history_of(volume, channels=("x", "forum")), horizon="7d")
    assert told.mean[:, 1].sum() == pytest.approx(post_rates(7).sum(), rel=0.1)
    assert any(text.startswith("forum: only 6 days") for text in told.warnings)


def test_no_contacts_at_all_are_forecast_as_none():
    told = predict(history_of(np.zeros((70, SLOTS))), horizon="7d")
    assert told.mean.max() == 0
    assert told.paths.max() == 0
    assert told.warnings


def test_a_constant_is_forecast_as_itself():
    told = predict(history_of(np.full((70, SLOTS), 5.0)), horizon="7d")
    np.testing.assert_allclose(told.mean, 5.0, rtol=1e-6)


def test_one_enormous_day_is_not_learned():
    volume = counts(post_rates(70), np.random.default_rng(1))
    calm = predict(history_of(volume), horizon="7d").mean.sum()
    volume[40] *= 50
    wild = predict(history_of(volume), horizon="7d").mean.sum()
    assert wild == pytest.approx(calm, rel=0.05)


def test_a_burst_is_not_learned_and_is_told():
    volume = counts(post_rates(70), np.random.default_rng(1))
    volume[40, 28:36] *= 6
    told = predict(history_of(volume), horizon="7d")
    assert told.mean.sum() == pytest.approx(post_rates(7).sum(), rel=0.05)
    assert any("2025-07-12" in text for text in told.reasons)


def test_a_history_that_ended_months_ago_is_told_so():
    volume = counts(post_rates(70), np.random.default_rng(1))
    history = history_of(volume)
    near = predict(history, horizon="7d")
    far = predict(history, start="2025-12-01", horizon="7d")
    assert any("ends 112 days before" in text for text in far.warnings)
    width = [(t.quantiles[0.9] - t.quantiles[0.1]).mean() for t in (near, far)]
    assert width[1] > width[0]


def test_a_channel_that_stopped_is_forecast_as_closed():
    volume = counts(post_rates(105), np.random.default_rng(1))
    volume[70:] = 0
    told = predict(history_of(volume), horizon="7d")
    assert told.mean.max() == 0
    assert any("last four weeks" in text for text in told.warnings)


def test_a_gap_of_weeks_is_bridged():
    volume = counts(post_rates(84), np.random.default_rng(1))
    volume[30:51] = np.nan
    told = predict(history_of(volume), horizon="7d")
    assert told.mean.sum() == pytest.approx(post_rates(7).sum(), rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"horizon": "0d"}, "horizon"),
        ({"horizon": "45min"}, "horizon"),
        ({"horizon": "900d"}, "horizon"),
        ({"start": "soon"}, "start"),
        ({"start": "2025-11-01 00:10"}, "start"),
        ({"paths": 0}, "paths"),
        ({"calendar": CalendarKeys(country="XX")}, "country"),
        ({"calendar": CalendarKeys(region="ENG")}, "calendar.region must be beside a country"),
        ({"calendar": CalendarKeys(country="GB", region="ZZ")}, "country"),
    ],
)
def test_bad_arguments_are_refused_by_name(centre, arguments, named):
    with pytest.raises(InvalidValueError, match=named):
        predict(centre, **arguments)


@settings(max_examples=12)
@given(
    days=st.integers(14, 60),
    scale=st.sampled_from([0.01, 0.5, 20.0, 1e5]),
    unknown=st.floats(0, 0.9),
    zero_days=st.floats(0, 0.9),
    seed=st.integers(0, 10),
)
def test_whatever_was_seen_the_forecast_is_finite(days, scale, unknown, zero_days, seed):
    rng = np.random.default_rng(seed)
    volume = rng.poisson(scale * rng.random((days, SLOTS))).astype(float)
    volume[rng.random(days) < zero_days] = 0
    volume[rng.random((days, SLOTS)) < unknown] = np.nan
    told = predict(history_of(volume), horizon="3d", paths=10)  # Demand checks the rest
    assert told.mean.max() <= 50 * scale + 10


# Parts.


def test_rest_is_filtered_as_statsmodels_does():
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    rng = np.random.default_rng(4)
    rest = rng.normal(size=60).cumsum() * 0.1
    rest[[5, 20, 21]] = np.nan
    result = SARIMAX(rest, order=(1, 0, 1)).smooth([0.8, -0.3, 1.0])
    ahead, fitted = predict_rest(rest, Arma(0.8, -0.3), 5)
    np.testing.assert_allclose(fitted, result.filter_results.forecasts[0], atol=1e-9)
    np.testing.assert_allclose(ahead, result.forecast(5), atol=1e-9)


def test_a_memory_that_was_put_in_is_found():
    rng = np.random.default_rng(4)
    noise = rng.normal(size=3001)
    rest = np.zeros(3000)
    for day in range(1, 3000):
        rest[day] = 0.9 * rest[day - 1] + noise[day] - 0.5 * noise[day - 1]
    found = fit(rest)
    assert found.ar == pytest.approx(0.9, abs=0.03)
    assert found.ma == pytest.approx(-0.5, abs=0.06)


def test_a_fit_that_does_not_settle_is_replaced_and_told(monkeypatch):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    result = SimpleNamespace(mle_retvals={"converged": False}, params=np.array([0.5, 0.1, 1.0]))
    monkeypatch.setattr(SARIMAX, "fit", lambda *_, **__: result)
    found = fit(np.random.default_rng(1).normal(size=60))
    assert (found.ar, found.ma) == (STEADY.ar, STEADY.ma)
    assert "did not settle" in found.note


def test_only_the_outlier_is_pulled_in():
    rng = np.random.default_rng(1)
    usual = rng.normal(5, 0.05, 70)
    usual[30] = 7.0
    nothing = np.zeros(70, dtype=bool)
    days = LevelInput(
        np.exp(usual), np.arange(70) % 7, nothing, nothing, nothing, *[np.zeros(70)] * 2
    )
    pulled = winsorised(days, 70)
    assert pulled[30] < 5.4
    assert (np.abs(pulled - usual) > 1e-12).sum() < 5


def test_profiles_sum_to_one_and_closed_slots_stay_closed():
    kind = np.arange(140) % 7
    shares = profiles(chat_rates(140), kind, [ProfileChoice(8, 8)])
    np.testing.assert_allclose(shares[:6].sum(axis=1), 1)
    assert shares[5, 16] == 0  # Saturday opens an hour later than the days it borrows from


def test_handle_time_of_a_rare_slot_is_drawn_to_the_others():
    mean = np.full((70, SLOTS), 300.0)
    contacts = np.full((70, SLOTS), 10.0)
    mean += np.random.default_rng(1).normal(0, 80, mean.shape)
    contacts[:, 0] = 0
    contacts[3, 0], mean[3, 0] = 1, 900.0
    told = expected_handle_time(mean, contacts, np.arange(70) % 7, np.arange(7))
    assert np.all(np.abs(told - 300) < 40)


def test_handle_time_follows_a_slow_trend():
    fall = 400 * 0.99 ** (np.arange(140) / 7)
    mean = np.repeat(fall[:, None], SLOTS, axis=1)
    told = expected_handle_time(mean, np.full(mean.shape, 5.0), np.arange(140) % 7, np.arange(7))
    assert told.mean() == pytest.approx(fall[-1], rel=0.05)


def test_handle_time_that_nobody_measured_is_unknown():
    nothing = np.full((20, SLOTS), np.nan)
    told = expected_handle_time(nothing, np.zeros((20, SLOTS)), np.arange(20) % 7, np.arange(7))
    assert np.isnan(told).all()


# Where a scenario's demand comes from.

SCENARIO = """
[horizon]
start = 2025-09-22
length = "2d"
[demand]
{demand}
[channels.chat]
kind = "live"
handle_time = {{ mean_s = 300 }}
[groups.team]
agents = 3
skills = {{ chat = {{}} }}
"""


def test_stated_rates_need_no_statistics():
    """Workers that simulate stated rates do not pay for the import of statsmodels."""
    text = SCENARIO.format(demand="rates = { chat = 4.5 }")
    code = (
        "import sys\nfrom forecast import demand_for\nfrom scenario import Scenario\n"
        f"demand = demand_for(Scenario.parse('''{text}'''))\n"
        "assert demand.mean.min() == demand.mean.max() == 4.5\n"
        "assert not {'statsmodels', 'holidays', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_named_history_is_forecast_up_to_the_period_alone(centre, tmp_path):
    from forecast import demand_for

    centre.table.to_parquet(tmp_path / "history.parquet")
    text = 'timezone = "Europe/London"\n' + SCENARIO.format(demand='history = "history.parquet"')
    demand = demand_for(Scenario.parse(text, tmp_path))
    assert demand.horizon.count == 96
    assert demand.channels == ("chat", "x")
    assert demand.mean[:, 0].sum() == pytest.approx(chat_rates(2).sum(), rel=0.1)
    assert demand.paths is not None


def test_what_was_learned_is_taken_over_as_it_is(centre, told):
    """The same history gives the same numbers; a later one is told with the same members."""
    again = predict(centre, horizon="14d", seed=3, like=told)
    np.testing.assert_allclose(again.mean, told.mean, rtol=1e-9)
    np.testing.assert_allclose(again.paths, told.paths, rtol=1e-9)
    assert again.methods == told.methods
    sooner = predict(centre, start="2025-09-01", horizon="7d", like=told, paths=20)
    assert abs(sooner.mean[:, 0].sum() / chat_rates(7).sum() - 1) < 0.1
