"""Events: how they are read, what they do ahead, and that past ones are not learned."""

import io

import numpy as np
import pandas as pd
import pytest

from forecast import predict, read_events
from forecast.events import Event, Events
from made_histories import LONDON, counts, history_of, post_rates
from scenario.errors import InvalidInputError, InvalidValueError

DAYS = 84  # from Monday 2 June to Sunday 24 August 2025


def at(text):
    return pd.Timestamp(text, tz=LONDON)


def read(text):
    return read_events(io.BytesIO(text.encode()), timezone=LONDON, name="events.csv")


def posts(*bursts):
    """Twelve weeks of posts; each burst multiplies some rows (days) of the rates."""
    rates = post_rates(DAYS)
    for rows, factor in bursts:
        rates[rows] *= np.asarray(factor)
    return history_of(counts(rates, np.random.default_rng(8)), channels=("x",))


def test_events_are_read_with_local_times_and_offsets():
    found = read(
        "name,channel,start,end,factor,half_life_h,known\n"
        "Launch,chat;x,2026-02-03 09:00,2026-02-24,1.6,72,yes\n"
        "Outage,,2026-07-01T08:00:00Z,2026-07-01 12:00,,,no\n"
    ).events
    assert found[0] == Event(
        "Launch", ("chat", "x"), at("2026-02-03 09:00"), at("2026-02-24"), 1.6, 72.0, True
    )
    assert found[1].start == at("2026-07-01 09:00")
    assert found[1].meets("anything")
    assert not found[1].known


def test_every_fault_is_told_at_once():
    with pytest.raises(InvalidInputError) as told:
        read(
            "name,start,end,factor,half_life_h,known\n"
            ",2026-02-03,2026-02-01,-1,0,perhaps\n"
            "Launch,soon,2026-02-01,much,,\n"
        )
    places = [(fault.where, fault.field) for fault in told.value.faults]
    assert places == [
        ("row 2", "factor"),
        ("row 2", "half_life_h"),
        ("row 2", "name"),
        ("row 2", "known"),
        ("row 2", "end"),
        ("row 3", "start"),
        ("row 3", "factor"),
    ]


def test_numbers_of_a_parquet_file_may_be_unknown(tmp_path):
    texts = ["2026-01-14 14:00", "2026-02-03 08:00"]
    table = pd.DataFrame(
        {"name": "sale", "channel": "x", "start": texts, "end": "2026-03-01 00:00"}
    )
    table.assign(factor=[1.5, np.nan]).to_parquet(tmp_path / "events.parquet")
    first, second = read_events(tmp_path / "events.parquet", timezone=LONDON).events
    assert (first.factor, second.factor) == (1.5, None)


def test_missing_columns_are_told():
    with pytest.raises(InvalidInputError, match="end"):
        read("name,start\nLaunch,2026-02-03\n")


def test_an_event_that_ends_before_it_starts_is_refused():
    with pytest.raises(InvalidValueError, match="after its start"):
        Event("Launch", (), at("2026-02-03"), at("2026-02-03"))


def test_an_effect_falls_back_by_half_every_half_life():
    starts = pd.date_range(at("2026-02-03"), periods=4, freq="72h")
    event = Event("Launch", (), at("2026-02-03"), at("2026-02-10"), 1.8, 72.0)
    np.testing.assert_allclose(Events((event,)).factors("x", starts), [1.8, 1.4, 1.2, 1.0])


def test_a_coming_event_multiplies_the_forecast():
    history = posts()
    event = Event("Launch", ("x",), at("2025-08-26"), at("2025-08-27"), 2.0)
    with_it = predict(history, horizon="7d", events=Events((event,)), paths=50)
    without = predict(history, horizon="7d", paths=50)
    ratio = (with_it.mean / without.mean)[:, 0]
    np.testing.assert_allclose(ratio[48:96], 2.0)
    np.testing.assert_allclose(np.delete(ratio, np.s_[48:96]), 1.0)
    assert with_it.parts["x"]["event_factor"].max() == 2.0


def test_a_past_event_with_a_factor_is_taken_out():
    """Three weeks at 1.8 times the volume just before the forecast leave no trace."""
    event = Event("Campaign", ("x",), at("2025-08-04"), at("2025-08-25"), 1.8)
    told = predict(posts((slice(63, 84), 1.8)), horizon="7d", events=Events((event,)), paths=50)
    assert told.mean.sum() == pytest.approx(post_rates(7).sum(), rel=0.05)


def test_what_an_event_did_is_expected_of_the_next_of_its_name():
    past = Event("Newsletter", ("x",), at("2025-07-14"), at("2025-07-16"))
    coming = Event("newsletter", ("x",), at("2025-08-27"), at("2025-08-28"))
    history = posts((slice(42, 44), 2.5))
    told = predict(history, horizon="7d", events=Events((past, coming)), paths=50)
    factor = told.parts["x"]["event_factor"]
    assert factor.max() == pytest.approx(2.5, rel=0.15)
    assert any("newsletter" in text for text in told.reasons)


def test_an_event_of_unknown_effect_is_told_to_have_none():
    coming = Event("Strike", ("x",), at("2025-08-27"), at("2025-08-28"))
    told = predict(posts(), horizon="7d", events=Events((coming,)), paths=50)
    assert told.parts["x"]["event_factor"].max() == 1
    assert any("Strike" in text for text in told.warnings)


def test_a_surprise_is_not_known_before_it_happens():
    surprise = Event("Outage", (), at("2025-08-26"), at("2025-08-28"), 3.0, known=False)
    announced = Event("Launch", (), at("2025-08-26"), at("2025-08-28"), 3.0)
    both = Events((surprise, announced))
    assert both.told_until(at("2025-08-26")).events == (announced,)
    running = both.told_until(at("2025-08-27")).events
    assert running[0].end == at("2025-08-27")
    assert running[1] == announced
