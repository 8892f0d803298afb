"""The comparison with other forecasters: what peers are given, and how figures are told."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecast import MARK, OURS, Answers, compared, table, write_table
from benchmarks.forecast_series import Source, sources, task
from made_histories import SLOTS, chat_rates, counts, history_of


@pytest.fixture(scope="module")
def chats():
    """Ten weeks of chats, open Monday to Saturday in the day."""
    history = history_of(counts(chat_rates(70), np.random.default_rng(9)))
    return Source("chats", history)


def test_peers_get_open_slots_of_open_days_with_gaps_filled(chats):
    volume = chats.history.volume.copy()
    volume[7 * SLOTS : 8 * SLOTS] = np.nan  # a Monday is not known
    gappy = Source("chats", history_of(volume))
    origin = gappy.history.starts[0] + pd.DateOffset(days=56)
    asked = task(gappy, "chat", origin, 14)
    assert (asked.days, asked.slots) == (6, 20)
    past = np.array(asked.past).reshape(-1, asked.slots)
    assert past.shape == (48, 20)
    np.testing.assert_array_equal(past[6], past[0], "the week before stands in")
    assert len(asked.future_times) == 12 * 20
    assert asked.future_times[0] == f"{origin.date()}T08:00"
    json.dumps(asked.document())


def test_ours_and_the_naive_forecast_are_measured_without_peers(chats):
    ((name, figures),) = compared(chats, None, 2, ("Prophet",))
    assert name == "chats"
    assert figures[OURS]["wape"] < figures["last week repeated"]["wape"]
    assert set(figures[OURS]) >= {
        *("wape", "wape_week1", "bias", "coverage_80", "coverage_95", "cpu_s"),
    }


def test_answers_that_were_kept_are_put_on_the_intervals(chats, tmp_path):
    """A peer that tells twenty chats in every open cell, read from the folder of answers."""
    answers = Answers(tmp_path, tmp_path, asks=False)
    origin = chats.history.end - pd.Timedelta(days=28)
    asked = task(chats, "chat", origin, 28)
    path = answers._kept("Prophet", json.dumps(asked.document()))
    told = {"mean": [20.0] * len(asked.future_times), "cpu_s": 1.5}
    bounds = {"low_80": 10.0, "high_80": 30.0, "low_95": 0.0, "high_95": 1e3}
    told |= {name: [value] * len(asked.future_times) for name, value in bounds.items()}
    path.write_text(json.dumps(told))
    ((_, figures),) = compared(chats, answers, 1, ("Prophet",))
    actual = chats.history.volume[-28 * SLOTS :, 0].reshape(28, SLOTS)
    flat = np.zeros((28, SLOTS))
    flat[np.ix_(np.arange(28) % 7 != 6, range(16, 36))] = 20
    found = figures["Prophet"]
    assert found["wape"] == pytest.approx(np.abs(flat - actual).sum() / actual.sum())
    assert found["cpu_s"] == 1.5
    assert found["coverage_95"] > 0.99


def test_the_sample_is_always_there():
    assert [source.name for source in sources(None)] == ["sample"]


def test_the_best_is_told_at_equal_origins(tmp_path):
    figures = {"coverage_80": 0.8, "coverage_95": 0.95, "cpu_s": 0.1, "origins": 8}
    few = {"wape": 0.09, "origins": 2, "ours_at_these_origins": 0.08, "cpu_s": 9.0}
    missing = {"wape": None, "origins": 0, "cpu_s": None}
    document = {
        "peers": ["slow", "late"],
        "series": {
            "bank": {
                OURS: figures | {"wape": 0.10},
                "last week repeated": {"wape": 0.2, "origins": 8, "cpu_s": 0.0},
                "slow": few,
                "late": missing,
            }
        },
    }
    text = table(document)
    assert "**10.0%** (80%, 95%)" in text
    assert "9.0% (8.0% at 2)" in text
    assert "| – |" in text
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARK}\nold\n{MARK}\nafter\n")
    write_table(text, page)
    assert "old" not in page.read_text()
    assert page.read_text().endswith(f"{MARK}\nafter\n")
