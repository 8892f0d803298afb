"""Little history or none: a borrowed shape of the week, a stated total, wider bands, said so."""

import numpy as np
import pandas as pd
import pytest

from forecast import Statement, predict, predict_without_history
from forecast.borrowed import SHIPPED, shipped_week
from made_histories import LONDON, SLOTS, chat_rates, counts, history_of, post_rates
from scenario import PlanningError
from scenario.errors import InvalidValueError


def width(told, column=0):
    """Mean width of the 80 % band beside the mean, where more than one contact is expected."""
    busy = told.mean[:, column] > 1
    band = told.quantiles[0.9][busy, column] - told.quantiles[0.1][busy, column]
    return (band / told.mean[busy, column]).mean()


def test_nothing_but_a_weekly_total_is_spread_over_a_shipped_week():
    told = predict_without_history(
        {"chat": Statement(2300, "working_hours")},
        start="2026-03-02",
        timezone=LONDON,
        horizon="14d",
        paths=60,
    )
    assert told.mean.sum() == pytest.approx(2 * 2300)
    by_day = told.mean.reshape(14, SLOTS)
    assert by_day[5].sum() == by_day[6].sum() == 0
    assert by_day[:, :16].sum() == 0  # before 8:00
    assert told.methods["chat"] == "borrowed_profile"
    assert any("working_hours" in text and "wide bands" in text for text in told.warnings)


def test_a_new_channel_takes_the_shape_of_one_of_the_same_centre():
    """Forty chats on its only day, on the week of an older chat."""
    rng = np.random.default_rng(1)
    old = counts(chat_rates(70), rng)
    new = np.full(old.shape, np.nan)
    new[-6:] = counts(0.5 * chat_rates(70)[-6:], rng)
    told = predict(
        history_of(np.stack([old, new], axis=-1), channels=("chat", "voice")), horizon="7d"
    )
    assert told.methods["voice"] == "borrowed_profile"
    off = np.abs(told.mean[:, 1] - 0.5 * told.mean[:, 0]).sum() / told.mean[:, 1].sum()
    assert off < 0.25
    assert told.mean[chat_rates(7).ravel() == 0, 1].max() == 0
    assert width(told, 1) > width(told, 0)


def test_own_days_pull_at_a_stated_total():
    """Ten days of 300 posts a day say more than a stated 700 a week, and not everything."""
    rng = np.random.default_rng(1)
    history = history_of(counts(post_rates(10), rng), channels=("x",))
    told = predict(history, horizon="7d", stated={"x": 700.0}, paths=60)
    own = post_rates(7).sum()
    assert 700 < told.mean.sum() < own
    assert told.mean.sum() > 0.5 * (700 + own)
    longer = predict(history_of(counts(post_rates(70), rng), channels=("x",)), horizon="7d")
    assert width(told) > width(longer)


def test_bands_narrow_as_days_come_in():
    volume = counts(post_rates(70), np.random.default_rng(3), day_cv=0.12)
    widths = [
        width(predict(history_of(volume[:days]), horizon="7d", stated=stated))
        for days, stated in ((7, {"chat": 2000.0}), (70, None))
    ]
    assert widths[0] > 1.2 * widths[1]


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("slots", [24, 48, 96])
def test_shipped_weeks_are_shares(name, slots):
    week = shipped_week(name, slots)
    assert week.shape == (7, slots)
    assert week.sum() == pytest.approx(1)
    assert week.min() >= 0


def test_a_short_history_without_a_statement_is_refused_with_what_is_needed():
    with pytest.raises(PlanningError, match="ordinary week of each channel"):
        predict(history_of(post_rates(10)))


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({"voice": 10.0}, "stated channel"),
        ({"chat": -1.0}, "weekly total"),
        ({"chat": float("nan")}, "weekly total"),
        ({"chat": Statement(10, "chat")}, "shape of 'chat'"),
        ({"chat": Statement(10, "nobody")}, "working_hours"),
    ],
)
def test_bad_statements_are_refused_by_name(stated, named):
    with pytest.raises(InvalidValueError, match=named):
        predict(history_of(post_rates(20)), stated=stated)


def test_a_total_must_come_from_somewhere():
    with pytest.raises(PlanningError, match="neither"):
        predict_without_history(
            {"chat": Statement(like="working_hours")},
            start=pd.Timestamp("2026-03-02"),
            timezone=LONDON,
        )
