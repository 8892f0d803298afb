"""The floor as a whole: laws on random scenarios, the same customers, exact values."""

import math
import time
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_scenarios import encoded, scenarios
from scenario import RunCancelledError, Scenario
from simulate.encode import FloorInput
from simulate.floor import run_replication
from simulate.log import Ending, FloorLog
from simulate.measures import measure


def assert_hands_hold_one_channel_up_to_the_cap(log: FloorLog, floor_input: FloorInput) -> None:
    most = {(skill.cohort, skill.channel): skill.most for skill in floor_input.skills}
    changes = defaultdict(list)
    for contact in log.contacts[log.contacts["start_us"] >= 0]:
        who, what = int(contact["agent"]), int(contact["channel"])
        limit = most[int(contact["group"]), what]
        # Completions come before starts at one instant, except where the start was the cause.
        changes[who].append((int(contact["start_us"]), 1, what, limit))
        changes[who].append((int(contact["end_us"]), 0, what, limit))
    for agent in changes.values():
        in_hand: list[int] = []
        for _, starts, what, limit in sorted(agent):
            if starts:
                in_hand.append(what)
                assert set(in_hand) == {what}
                assert len(in_hand) <= limit
            else:
                in_hand.remove(what)


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 3))
def test_laws_hold_on_random_scenarios(scenario: Scenario, replication: int) -> None:
    """Every contact has one fate, every agent's time is accounted for, twice the same."""
    floor_input = encoded(scenario)
    log = run_replication(floor_input, scenario.seed, replication)

    measure(log, floor_input)  # conservation of contacts and of time in hand
    contacts = log.contacts
    assert contacts["id"].tolist() == list(range(len(contacts)))
    assert_hands_hold_one_channel_up_to_the_cap(log, floor_input)

    converted = contacts[contacts["ending"] == Ending.CONVERTED]
    children = contacts[contacts["parent"] >= 0]
    assert sorted(children["parent"]) == sorted(converted["id"])
    assert np.all(children["offered_us"] < floor_input.period.length_us)

    free = log.present_us + log.leaving_us - log.busy_us.sum(axis=2)
    assert np.all(free >= 0)
    after_us = sum(
        max(0, int(c["end_us"]) - max(int(c["start_us"]), floor_input.period.length_us))
        for c in contacts[contacts["start_us"] >= 0]
    )
    misses = contacts["tries"] - ((contacts["tries"] > 0) & (contacts["start_us"] >= 0))
    dialling_us = int(misses.sum()) * max(45_000_000, scenario.grain_us)
    assert log.drain_us.sum() <= log.leaving_us.sum() + after_us + dialling_us

    late = contacts["start_us"] >= floor_input.period.length_us
    live = np.array([channel.kind == 0 for channel in floor_input.channels])
    assert np.all(live[contacts["channel"][late]])

    again = run_replication(floor_input, scenario.seed, replication)
    assert np.array_equal(again.contacts, contacts)
    assert np.array_equal(again.held_us, log.held_us)


TEAM = """
[horizon]
start = 2026-04-13
length = "{length}"
interval_minutes = 30
[demand]
rates = { chat = 60.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 300, distribution = "exponential" }
patience = { mean_s = 240 }
[groups.team]
agents = {agents}
skills.chat = {}
"""


def team(agents: int = 10, length: str = "4h", **changes: Any) -> FloorInput:
    text = TEAM.replace("{agents}", str(agents)).replace("{length}", length)
    return encoded(Scenario.parse(text).with_changes(changes))


def test_other_staff_meet_the_very_same_customers() -> None:
    few, many = (run_replication(team(agents), 1, 0).contacts for agents in (9, 12))
    assert np.array_equal(few["offered_us"], many["offered_us"])
    assert np.array_equal(few["work_us"], many["work_us"])
    assert np.mean(few["ending"] == Ending.ANSWERED) < np.mean(many["ending"] == Ending.ANSWERED)


def test_a_volume_lever_only_adds_customers() -> None:
    def customers(scale: float) -> set[tuple[int, int]]:
        log = run_replication(team(**{"demand.scale": {"chat": scale}}), 1, 0)
        return set(zip(log.contacts["offered_us"], log.contacts["work_us"], strict=True))

    assert customers(1.0) < customers(1.2)


def test_replications_do_not_depend_on_what_ran_before() -> None:
    floor_input = team()
    alone = run_replication(floor_input, 1, 5).contacts
    run_replication(floor_input, 1, 4)
    assert np.array_equal(run_replication(floor_input, 1, 5).contacts, alone)
    assert not np.array_equal(run_replication(floor_input, 2, 5).contacts, alone)


def test_random_choice_uses_everybody_alike() -> None:
    log = run_replication(team(agents=40, length="24h", **{"routing.choice": "random"}), 1, 0)
    taken = np.bincount(log.contacts["agent"], minlength=40)
    # A random choice among 30 free agents: the counts vary no more than Poisson ones would.
    assert taken.min() > 0
    assert taken.var() < 3 * taken.mean()


def test_a_cancelled_replication_stops_soon() -> None:
    floor_input = team(agents=200, length="7d", **{"demand.rates": {"chat": 1200.0}})
    asked = 0

    def cancel() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    begun = time.perf_counter()
    with pytest.raises(RunCancelledError):
        run_replication(floor_input, 1, 0, cancel)
    assert time.perf_counter() - begun < 20


def test_nobody_on_the_floor_answers_nobody() -> None:
    log = run_replication(team(agents=0), 1, 0)
    assert set(log.contacts["ending"]) == {Ending.ABANDONED}
    assert log.busy_us.sum() == 0


def test_overload_without_patience_is_served_after_the_horizon() -> None:
    """Twice the work that the team can do; the live queue is served to the end."""
    log = run_replication(team(agents=5, **{"channels.chat.patience.distribution": "none"}), 1, 0)
    assert set(log.contacts["ending"]) == {Ending.ANSWERED}
    assert log.end_us > 1.7 * 4 * 3600 * 1_000_000
    assert log.drain_us.sum() > 0


def assert_mean_near(sample: list[float], expected: float) -> None:
    error = np.std(sample, ddof=1) / math.sqrt(len(sample))
    assert abs(np.mean(sample) - expected) < 4 * error, f"{np.mean(sample)} ± {error}"


def test_abandonment_matches_erlang_a() -> None:
    """
    Ten agents, 10/3 chats a minute of 3 minutes each, patience of 2 minutes: 13.746 % abandon.

    From the birth-death chain of M/M/10+M.
    """
    floor_input = team(
        agents=10,
        length="12h",
        **{
            "demand.rates": {"chat": 100.0},
            "channels.chat.handle_time.mean_s": 180,
            "channels.chat.patience.mean_s": 120,
        },
    )
    shares = []
    for replication in range(12):
        contacts = run_replication(floor_input, 3, replication).contacts
        steady = contacts[contacts["interval"] >= 2]
        shares.append(float(np.mean(steady["ending"] == Ending.ABANDONED)))
    assert_mean_near(shares, 0.13746382627644985)
