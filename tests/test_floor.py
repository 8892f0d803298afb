"""The floor as a whole: laws on random scenarios, the same customers, exact values."""

import math
import time
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_scenarios import RandomFloor, encoded, floors
from scenario import RunCancelledError, Scenario
from simulate import rules
from simulate.encode import FloorInput
from simulate.floor import run_replication
from simulate.floor.recorder import Happening, Recorder
from simulate.floor.world import Floor
from simulate.log import Cause, Ending, FloorLog
from simulate.measures import measure
from support import assert_mean_near

SEED = 1


def told(floor_input: FloorInput, replication: int) -> tuple[FloorLog, list[Happening], Floor]:
    """The log, everything that happened, and the floor as it was left."""
    recorder = Recorder()
    floor = Floor(floor_input, SEED, replication, recorder=recorder)
    return floor.run(), recorder.happenings, floor


def assert_hands_hold_one_channel_up_to_the_cap(happenings: list[Happening], floor: Floor) -> None:
    agents = [agent for group in floor.groups for agent in group.agents]
    in_hand: dict[int, list[int]] = defaultdict(list)
    for one in happenings:
        if one.what in {"starts", "goes on", "is resumed"}:
            in_hand[one.agent].append(one.contact)
            held = [floor.customers.everybody[contact].channel for contact in in_hand[one.agent]]
            assert set(held) == {one.channel}
            assert len(held) <= agents[one.agent].cohort.skills[one.channel].most
        elif one.what in {"is done", "reaches nobody", "finds nobody", "is put aside"}:
            in_hand[one.agent].remove(one.contact)
    assert not any(in_hand.values())


def assert_nobody_starts_anything_off_duty(happenings: list[Happening], floor: Floor) -> None:
    """
    Not before coming, not with a break due or on one, not after leaving.

    When the shift is over, or agents are too many, only what waits at a closed door is taken.
    """
    duty: dict[int, str] = {}
    closed: set[int] = set()
    for one in happenings:
        if one.what in {"starts", "goes on", "is resumed"}:
            standing = duty.get(one.agent, "away")
            assert standing in {"here", "over"}, (one, standing)
            assert standing == "here" or one.channel in closed
            if standing == "over":
                assert floor.channels[one.channel].is_live
        elif one.what in {"agent comes", "break ends"}:
            duty[one.agent] = "here"
        elif one.what == "break falls due":
            duty[one.agent] = "due"
        elif one.what in {"break begins", "agent leaves"}:
            duty[one.agent] = "away"
        elif one.what == "shift ends":
            duty[one.agent] = "over"
        elif one.what == "closes":
            closed.add(one.channel)
        elif one.what == "opens":
            closed.discard(one.channel)


@settings(max_examples=40)
@given(floors(), st.integers(0, 3))
def test_laws_hold_on_random_scenarios(drawn: RandomFloor, replication: int) -> None:
    """Every contact has one fate, every agent's time is accounted for, twice the same."""
    floor_input = drawn.encoded()
    log, happenings, floor = told(floor_input, replication)

    measure(log, floor_input)  # conservation of contacts and of time
    contacts = log.contacts
    assert contacts["id"].tolist() == list(range(len(contacts)))
    assert_hands_hold_one_channel_up_to_the_cap(happenings, floor)
    assert_nobody_starts_anything_off_duty(happenings, floor)

    back = contacts["comes_back_us"]
    begets = (back >= 0) & (back < floor_input.period.length_us)
    begets |= contacts["ending"] == Ending.CONVERTED
    begets |= (contacts["moves_us"] >= 0) & (contacts["moves_us"] < floor_input.period.length_us)
    children = contacts[contacts["parent"] >= 0]
    # Posts beget as many as they like: how many is held by other laws.
    once = np.isin(children["cause"], (Cause.CALLBACK, Cause.REDIAL, Cause.REPEAT, Cause.HANDOFF))
    assert sorted(children["parent"][once]) == contacts["id"][begets].tolist()
    assert np.all(children["offered_us"] < floor_input.period.length_us)

    assert np.all(log.present_us + log.leaving_us >= log.busy_us.sum(axis=2))
    assert np.array_equal(log.in_hand_us.sum(axis=2), log.busy_us.sum(axis=2))
    times = np.arange(1, log.in_hand_us.shape[2] + 1)
    assert np.array_equal((log.in_hand_us * times).sum(axis=2), log.held_us.sum(axis=2))

    late = contacts["start_us"] >= floor_input.period.length_us
    live = np.array([channel.kind == rules.LIVE for channel in floor_input.channels])
    assert np.all(live[contacts["channel"][late]])

    again = run_replication(floor_input, SEED, replication)
    assert np.array_equal(again.contacts, contacts)
    assert np.array_equal(again.held_us, log.held_us)


@settings(max_examples=25)
@given(floors(), st.integers(0, 3))
def test_what_is_put_aside_or_left_unnoticed_is_found_again(
    drawn: RandomFloor, replication: int
) -> None:
    """Put aside only for live contacts, and what is done has had all of its work."""
    floor_input = drawn.encoded()
    log, happenings, _ = told(floor_input, replication)
    contacts = log.contacts
    aside = contacts[contacts["put_aside"] > 0]
    assert np.all(aside["ending"] == Ending.ANSWERED)
    assert all(floor_input.channels[number].interruptible for number in aside["channel"])
    answered = contacts[(contacts["ending"] == Ending.ANSWERED) & (contacts["end_us"] >= 0)]
    # A microsecond of a slowed contact's work may be rounded away at every change of hands.
    spent = answered["end_us"] - answered["start_us"]
    assert np.all(spent >= answered["work_us"])
    told_aside = Counter(one.contact for one in happenings if one.what == "is put aside")
    told_back = Counter(
        one.contact for one in happenings if one.what in {"is resumed", "returns to the queue"}
    )
    assert told_aside == told_back

    silent = contacts[contacts["silent"]]
    assert np.all(silent["ending"] == Ending.ABANDONED)
    assert np.all(silent["start_us"] == -1)
    assert np.all(contacts[~contacts["silent"]]["silent_us"] == 0)
    found = {one.contact for one in happenings if one.what == "finds nobody"}
    assert found == set(silent["id"][silent["silent_us"] > 0])


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


def test_one_more_agent_lets_nobody_wait_longer() -> None:
    """Holds contact by contact where one queue is served first come, first served."""
    patient = {"channels.chat.patience.distribution": "none"}
    few, many = (run_replication(team(n, **patient), 1, 0).contacts for n in (5, 6))
    assert np.all(many["start_us"] <= few["start_us"])
    assert np.any(many["start_us"] < few["start_us"])


def test_absence_takes_whole_agents_for_whole_days() -> None:
    """Six agents with two customers' work: two replications differ in who comes alone."""
    away = [
        run_replication(team(6, length="24h", **{"groups.team.absence": 0.4}), 1, n).absent_us
        for n in range(40)
    ]
    hours = np.array([table.sum() for table in away]) / 3_600_000_000
    assert set(hours) <= {24.0 * n for n in range(7)}
    assert_mean_near(list(hours / 24), 6 * 0.4)


def test_a_share_of_those_who_give_up_does_so_unnoticed() -> None:
    log = run_replication(team(4, length="24h", **{"channels.chat.silent": 0.3}), 1, 0)
    gone = log.contacts[log.contacts["ending"] == Ending.ABANDONED]
    assert len(gone) > 500
    assert_mean_near(list(gone["silent"].astype(float)), 0.3)


def test_followers_are_lognormal_and_whole() -> None:
    """Cut down to whole numbers they lose half of one on average."""
    floor_input = team(length="24h", **{"channels.chat.reach": {"mean": 50, "cv": 1}})
    reach = run_replication(floor_input, 1, 0).contacts["reach"]
    assert_mean_near(list(reach.astype(float)), 49.5)
    assert np.median(reach) == pytest.approx(50 / math.sqrt(2), abs=2)


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
