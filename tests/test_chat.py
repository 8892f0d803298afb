"""Chats held several at once, against exact chains."""

import json
from pathlib import Path

import numpy as np
import pytest

from scenario import InvalidValueError
from staffing.chat import best_gain, chat_queue, level_rates
from staffing.erlang import erlang_a

FOLDER = Path(__file__).parent / "references"
CASES = json.loads((FOLDER / "staffing_queueing.json").read_text())["chat"]["cases"]


@pytest.mark.parametrize("case", CASES)
def test_chat_queue_matches_exact_chain(case):
    rates = np.array(case["total_rate_by_level"], float)
    queue = chat_queue(case["lam"], case["agents"], rates, patience_rate=case["theta"])
    assert queue.p_wait == pytest.approx(case["p_wait"], rel=1e-9)
    assert queue.mean_queue == pytest.approx(case["lq"], rel=1e-9)
    assert queue.abandoned == pytest.approx(case["p_ab"], rel=1e-9)
    assert queue.in_service == pytest.approx(case["mean_chats_in_service"], rel=1e-9)
    assert queue.busy / case["agents"] == pytest.approx(case["agent_busy_fraction"], rel=1e-9)
    for time, answered in case["t"]:
        assert queue.answered_within(time) == pytest.approx(answered, rel=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_spreading_chats_evenly_is_half_a_point_off_at_most(case):
    rates = np.array(case["total_rate_by_level"], float)
    queue = chat_queue(case["lam"], case["agents"], rates, patience_rate=case["theta"], exact=False)
    for time, answered in case["t"]:
        assert queue.answered_within(time) == pytest.approx(answered, abs=0.005)


@pytest.mark.parametrize("exact", [True, False])
def test_without_slowdown_two_chats_are_two_agents(exact):
    """Eight agents with two chats each, no slower for it, are sixteen agents of Erlang A."""
    rates = level_rates(600, (1.0, 1.0), 2)
    chats = chat_queue(12 / 600, 8, rates, patience_rate=1 / 240, exact=exact)
    calls = erlang_a(12, 16, handle_time_s=600, patience_s=240)
    assert chats.p_wait == pytest.approx(calls.p_wait, rel=1e-9)
    assert chats.abandoned == pytest.approx(calls.abandoned, rel=1e-9)
    assert chats.answered_within(60) == pytest.approx(calls.answered_within(60), rel=1e-9)


@pytest.mark.parametrize("exact", [True, False])
def test_endless_patience_is_the_limit_of_great_patience(exact):
    rates = level_rates(480, (1.0, 1.25), 2)
    endless = chat_queue(0.02, 8, rates, exact=exact)
    long = chat_queue(0.02, 8, rates, patience_rate=1e-9, exact=exact)
    assert endless.answered_within(60) == pytest.approx(long.answered_within(60), abs=1e-6)
    assert not chat_queue(0.05, 8, rates, exact=exact).stable


def test_gain_is_that_of_the_best_level():
    assert best_gain((1.0, 1.25), 2) == pytest.approx(1.6)
    assert best_gain((1.0, 1.0), 2) == 2
    assert best_gain((1.0, 2.5), 2) == 1  # two at once would be slower than one after the other


def test_rates_that_make_no_sense_are_told():
    with pytest.raises(InvalidValueError, match="rates must be 0 and then positive"):
        chat_queue(1.0, 2, np.array([0.0, 0.0]))
