"""Durations, opening hours and horizons, over clock changes too."""

import pandas as pd
import pytest

from scenario import Horizon, InvalidValueError, Scenario, parse_duration
from scenario.calendar import local_instant, minutes_in, weekdays_in, weekly_spans

HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "hours"), [("28d", 672), ("8w", 1344), ("12h", 12), ("1h 30min", 1.5), ("90s", 0.025)]
)
def test_duration_is_read_as_planners_write_it(text, hours):
    assert parse_duration(text) == pd.Timedelta(hours=hours)


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "1 fortnight", "1d2", "nan"])
def test_what_is_no_duration_is_told(text):
    with pytest.raises(InvalidValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon", [0]), ("Mon-Fri", [0, 1, 2, 3, 4]), ("sat,sun", [5, 6]), ("fri-mon", [4, 5, 6, 0])],
)
def test_weekdays_are_named_or_ranged(text, days):
    assert weekdays_in(text) == days


@pytest.mark.parametrize(("clock", "minutes"), [("00:00", 0), ("8:30", 510), ("24:00", 1440)])
def test_time_of_day_in_minutes(clock, minutes):
    assert minutes_in(clock) == minutes


@pytest.mark.parametrize("clock", ["24:01", "08:60", "8", "08:5", "-1:00", "noon"])
def test_what_is_no_time_of_day_is_told(clock):
    with pytest.raises(InvalidValueError, match="time of day"):
        minutes_in(clock)


def test_hours_may_have_several_spans_and_closed_days():
    spans = list(weekly_spans({"mon": "09:00-12:00, 13:00-17:00", "sun": "closed"}))
    assert spans == [(0, 540, 720), (0, 780, 1020)]


DAYS = [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)]


@pytest.mark.parametrize(("day", "hours"), DAYS)
@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_a_local_day_has_23_24_or_25_hours(day, hours, minutes):
    """British Summer Time begins on 29 March 2026 and ends on 25 October."""
    period = Scenario.parse(
        f"""
        timezone = "Europe/London"
        [horizon]
        start = {day}
        length = "1d"
        interval_minutes = {minutes}
        [demand.rates]
        chat = 1
        [channels.chat]
        kind = "live"
        handle_time = {{ mean_s = 60 }}
        [groups.team]
        skills = {{ chat = {{}} }}
        """
    ).period
    assert period.count == hours * 60 // minutes
    assert set(period.day_of_interval) == {0}
    assert period.end == pd.Timestamp(day, tz="Europe/London") + pd.DateOffset(days=1)


def test_interval_starts_step_through_the_repeated_hour():
    horizon = Horizon(pd.Timestamp("2026-10-25", tz="Europe/London"), 60, 25)
    assert [start.hour for start in horizon.starts[:4]] == [0, 1, 1, 2]
    assert horizon.starts.is_unique


def test_opening_hours_follow_the_clock_through_a_change():
    """Nine o'clock comes 33 hours after Saturday's midnight when the clocks go forward."""
    horizon = Horizon(pd.Timestamp("2026-03-28", tz="Europe/London"), 30, 47 * 2)
    spans = horizon.open_spans_us({"daily": "09:00-10:00"})
    assert (9 * HOUR_US, 10 * HOUR_US) in spans
    assert (32 * HOUR_US, 33 * HOUR_US) in spans


def test_round_the_clock_is_one_span_over_a_clock_change():
    horizon = Horizon(pd.Timestamp("2026-10-24", tz="Europe/London"), 30, 49 * 2)
    ((opens, closes),) = horizon.open_spans_us({"daily": "00:00-24:00"})
    assert opens <= 0
    assert closes >= horizon.length_us


def test_closed_days_are_left_out():
    horizon = Horizon(pd.Timestamp("2026-04-13", tz="Europe/London"), 30, 96)
    closed = frozenset({pd.Timestamp("2026-04-13").date()})
    spans = horizon.open_spans_us({"daily": "09:00-10:00"}, closed)
    assert (9 * HOUR_US, 10 * HOUR_US) not in spans
    assert (33 * HOUR_US, 34 * HOUR_US) in spans


def test_skipped_time_moves_on_and_repeated_time_is_its_first():
    skipped = local_instant(pd.Timestamp("2026-03-29").date(), 90, "Europe/London")
    assert skipped == pd.Timestamp("2026-03-29 02:00", tz="Europe/London")
    repeated = local_instant(pd.Timestamp("2026-10-25").date(), 90, "Europe/London")
    assert repeated.utcoffset() == pd.Timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "minutes", "count", "field"),
    [
        (pd.Timestamp("2026-04-13"), 30, 48, "horizon start"),
        (pd.Timestamp("2026-04-13", tz="UTC"), 0, 48, "interval_minutes"),
        (pd.Timestamp("2026-04-13", tz="UTC"), 30, 0, "horizon"),
    ],
)
def test_horizon_that_cannot_be_is_told(start, minutes, count, field):
    with pytest.raises(InvalidValueError, match=field):
        Horizon(start, minutes, count)
