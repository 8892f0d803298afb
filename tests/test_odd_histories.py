"""Odd histories: a forecast that says what was done, or a refusal, and never nonsense."""

import numpy as np
import pandas as pd
import pytest

from forecast import History, predict, read_events, read_history
from forecast.events import Event, Events
from made_histories import LONDON, SLOTS, chat_rates, counts, history_of, post_rates
from scenario import PlanningError
from scenario.errors import InvalidInputError


def sound(told):
    """Finite, never negative, quantiles in order; paths about the mean."""
    assert np.isfinite(told.mean).all()
    assert told.mean.min() >= 0
    assert told.paths.min() >= 0
    stacked = np.stack([told.quantiles[level] for level in sorted(told.quantiles)])
    assert np.isfinite(stacked).all()
    assert np.diff(stacked, axis=0).min() >= -1e-9
    return told


def said(told, text):
    return any(text in sentence for sentence in (*told.warnings, *told.reasons))


def made(rates, seed=1):
    return counts(rates, np.random.default_rng(seed))


def test_one_weekday_missing():
    volume = made(post_rates(70))
    volume[2::7] = np.nan
    told = sound(predict(history_of(volume), horizon="14d", paths=20))
    assert told.mean.reshape(14, SLOTS)[[2, 9]].sum() == 0
    assert said(told, "Wednesday")


def test_a_channel_that_started_last_week():
    both = np.stack([made(chat_rates(70)), made(chat_rates(70), 2)], axis=-1)
    both[:-5, :, 1] = 0
    told = sound(predict(history_of(both, channels=("old", "new")), horizon="7d", paths=20))
    assert told.mean[:, 1].sum() == pytest.approx(chat_rates(7).sum(), rel=0.3)
    assert said(told, "new: only 5 days")


@pytest.mark.parametrize(("value", "expected"), [(0.0, 0.0), (7.0, 7.0)])
def test_all_zeros_and_constants(value, expected):
    told = sound(predict(history_of(np.full((42, SLOTS), value)), horizon="7d", paths=20))
    np.testing.assert_allclose(told.mean, expected, rtol=1e-6)
    assert value or said(told, "forecast as 0")


def test_one_enormous_day():
    """Fifty times the contacts on one day, in the last week: not a new level, and told."""
    volume = made(post_rates(70))
    calm = predict(history_of(volume), horizon="7d", paths=20).mean.sum()
    volume[66] *= 50
    told = sound(predict(history_of(volume), horizon="7d", paths=20))
    assert told.mean.sum() == pytest.approx(calm, rel=0.1)
    assert said(told, "2025-08-07")
    assert (told.bursts["contacts"] > 10 * told.bursts["usual"]).any()


def test_hours_doubled_at_a_clock_change():
    """A file that names the repeated hour twice, without offsets, has both in their order."""
    starts = pd.date_range("2025-10-13", "2025-11-10", freq="30min", tz=LONDON, inclusive="left")
    table = pd.DataFrame(
        {
            "interval_start": starts.strftime("%Y-%m-%d %H:%M"),
            "channel": "chat",
            "offered": np.random.default_rng(1).poisson(10, len(starts)),
        }
    ).assign(answered="", abandoned="", handle_time_s="")
    import io

    history = read_history(
        io.BytesIO(table.to_csv(index=False).encode()), timezone=LONDON, name="history.csv"
    )
    told = sound(predict(history, horizon="7d", paths=20))
    assert told.mean.mean() == pytest.approx(10, rel=0.1)
    assert len(history.starts) == 28 * SLOTS + 2


@pytest.mark.parametrize("days", [1, 5, 13])
def test_shorter_than_two_weeks_is_refused_with_what_is_needed(days):
    with pytest.raises(PlanningError, match=r"at least 14 days.*state the contacts"):
        predict(history_of(post_rates(days)))


def test_ended_months_ago():
    told = sound(predict(history_of(made(post_rates(70))), start="2026-02-02", paths=20))
    assert said(told, "ends 175 days before")


def test_nothing_known_at_all():
    with pytest.raises(PlanningError, match="volume of some interval"):
        predict(history_of(np.full((42, SLOTS), np.nan)))


def test_one_known_interval():
    volume = np.full((42, SLOTS), np.nan)
    volume[20, 20] = 12.0
    told = predict(history_of(volume), horizon="7d", paths=20)
    sound(told)
    assert told.warnings


@pytest.mark.parametrize("scale", [1e-3, 1e6])
def test_hardly_any_and_very_many_contacts(scale):
    told = sound(predict(history_of(made(scale * chat_rates(70))), horizon="7d", paths=20))
    assert told.mean.sum() <= 3 * max(scale * chat_rates(7).sum(), 1)


def test_contacts_every_few_days_only():
    """An intermittent channel: one contact in two days; no band excludes an empty interval."""
    volume = (np.random.default_rng(5).random((98, SLOTS)) < 0.5 / SLOTS).astype(float)
    told = sound(predict(history_of(volume), horizon="28d", paths=20))
    assert told.mean.sum() == pytest.approx(14, rel=0.5)
    assert told.quantiles[0.05].max() == 0


def test_poisson_counts_on_the_paths_fill_the_bands_of_thin_channels_too():
    """At two and at two hundred contacts an interval, within two points where it can be."""
    rng = np.random.default_rng(7)
    both = np.stack(
        [
            counts(0.3 * post_rates(98), rng, day_cv=0.1),
            counts(30 * post_rates(98), rng, day_cv=0.1),
        ],
        axis=-1,
    )
    told = predict(history_of(both, channels=("thin", "thick")), horizon="14d")
    drawn = np.random.default_rng(5).poisson(told.paths)
    for low, high, held in ((0.10, 0.90, 0.80), (0.05, 0.95, 0.90)):
        inside = (drawn >= told.quantiles[low]) & (drawn <= told.quantiles[high])
        assert inside[:, :, 1].mean() == pytest.approx(held, abs=0.02)
        # Whole numbers cannot hold exactly as much; they must not hold much less.
        assert inside[:, :, 0].mean() > held - 0.02


def test_a_burst_is_learned_after_all_where_the_planner_says_it_was_usual():
    volume = made(post_rates(70))
    volume[62:69, 20:30] *= 6
    history = history_of(volume, channels=("x",))
    told = predict(history, horizon="7d", paths=20, methods=("level_profile",))
    assert set(told.bursts.columns) == {"channel", "start", "end", "contacts", "usual"}
    assert len(told.bursts) >= 7
    usual = Event("not a burst", ("x",), told.bursts["start"].min(), told.bursts["end"].max(), 1.0)
    kept = predict(
        history, horizon="7d", paths=20, events=Events((usual,)), methods=("level_profile",)
    )
    assert kept.bursts.empty
    inside = np.arange(len(kept.mean)) % SLOTS // 10 == 2
    assert kept.mean[inside].sum() > 1.1 * told.mean[inside].sum()


def test_a_season_of_the_year_is_carried_on_from_two_years():
    """December brings half as much again as June, twice seen: so will the next one."""
    days = 2 * 365 + 150
    phase = 2 * np.pi * (np.arange(days + 56) - 200) / 365.25
    rates = post_rates(days + 56) * (1 + 0.4 * np.cos(phase))[:, None]
    volume = np.random.default_rng(3).poisson(rates[:days]).astype(float)
    told = predict(history_of(volume, start="2023-06-05", timezone="UTC"), horizon="56d", paths=20)
    truth = rates[days:].sum()
    flat = rates[days - 28 : days].sum() * 2
    assert abs(told.mean.sum() / truth - 1) < 0.35 * abs(flat / truth - 1)


def test_eves_have_a_profile_of_their_own():
    """Closed from noon on every eve: so is the next one."""
    from forecast.days import days_between
    from scenario.model import CalendarKeys

    england = CalendarKeys(country="GB", region="ENG")
    days = days_between(20240, 20240 + 209, england)  # to 27 December
    rates = 4 * post_rates(len(days))
    rates[days.is_eve, 24:] = 0
    history = history_of(made(rates), start=str(days.date(0)), timezone="UTC")
    told = predict(history, horizon="7d", calendar=england, paths=20)
    by_day = told.mean[:, 0].reshape(7, SLOTS)
    afternoon = by_day[:, 24:].sum(axis=1) / by_day.sum(axis=1)
    assert afternoon[3] < 0.6 * afternoon[2]  # New Year's Eve and the day before
    assert told.parts["chat"]["day_type"].iloc[4 * SLOTS] == "public holiday"


def test_an_events_file_with_faults_is_refused_with_all_of_them():
    import io

    with pytest.raises(InvalidInputError) as told:
        read_events(io.BytesIO(b"name,start,end\n,soon,later\n"), timezone=LONDON, name="e.csv")
    assert len(told.value.faults) >= 2


def test_a_table_with_a_hole_is_refused():
    history = history_of(post_rates(20))
    with pytest.raises(Exception, match="without gaps"):
        History(LONDON, 30, ("chat",), history.table.drop(index=[5]))
