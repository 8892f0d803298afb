"""A routing rule of the user's own in place of the ordinary one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import demand_for
from random_scenarios import RandomFloor, floors
from scenario import InvalidValueError, Scenario
from simulate import FloorView, simulate
from simulate.floor import run_replication
from simulate.floor.view import ReadyAgent, WaitingContact
from simulate.log import FloorLog
from small_scenarios import TWO_HOURS
from worked_days import DAYS, read_day, told_of

Choice = tuple[WaitingContact, ReadyAgent] | None


def ordinary(floor: FloorView) -> Choice:
    return floor.ordinary()


@settings(max_examples=8)
@given(floors(), st.integers(0, 3))
def test_the_ordinary_rule_as_a_policy_changes_nothing(
    floor: RandomFloor, replication: int
) -> None:
    floor_input = floor.encoded()
    followed = run_replication(floor_input, 1, replication, policy=ordinary)
    assert np.array_equal(followed.contacts, run_replication(floor_input, 1, replication).contacts)


@settings(max_examples=8)
@given(floors(), st.randoms(use_true_random=False))
def test_every_pair_that_the_view_shows_is_allowed_and_no_other(
    floor: RandomFloor, chance: Any
) -> None:
    """A policy that picks among all pairs shown runs to the end and keeps the laws."""

    def anything(view: FloorView) -> Choice:
        pairs = [
            (contact, agent)
            for contact in view.waiting()
            for agent in (*view.agents(contact), *view.interruptible(contact))
        ]
        return chance.choice(pairs) if pairs and chance.random() < 0.9 else None

    floor_input = floor.encoded()
    log = run_replication(floor_input, 1, 0, policy=anything)
    assert log.contacts["id"].tolist() == list(range(len(log.contacts)))
    assert np.all(log.busy_us.sum(axis=2) <= log.present_us + log.leaving_us)


def live_through(name: str, policy: Callable[[FloorView], Any]) -> FloorLog:
    day = read_day(next(path for path in DAYS if path.stem == name))
    return run_replication(day.floor_input, 1, 0, policy=policy)


def test_a_policy_sees_who_waits_and_who_could_help() -> None:
    seen: list[tuple[Any, ...]] = []

    def look(floor: FloorView) -> Choice:
        for contact in floor.heads():
            seen.append((floor.now_s, contact, floor.agents(contact)))
        return floor.ordinary()

    live_through("deferred_work_is_put_aside_for_a_live_contact", look)
    at_30 = [entry for entry in seen if entry[0] == 30]
    assert at_30 == [
        (
            30.0,
            WaitingContact(
                id=1,
                channel="chat",
                kind="live",
                wait_s=0.0,
                target_s=float("inf"),
                due_in_s=float("inf"),
                promoted=False,
                reach=0,
                begun=False,
            ),
            (),
        )
    ]
    assert seen[0][2] == (ReadyAgent(0, "team", 0, None, 0.0, 0),)


def test_a_policy_may_start_work_from_the_middle_of_a_queue() -> None:
    """The latest first, in place of the earliest."""

    def latest(floor: FloorView) -> Choice:
        for contact in reversed(floor.waiting()):
            for agent in floor.agents(contact):
                return contact, agent
        return None

    name = "live_queue_is_first_come_first_served"
    day = read_day(next(path for path in DAYS if path.stem == name))
    log = run_replication(day.floor_input, 1, 0, policy=latest)
    assert told_of(log, day) != day.expected
    waited = log.contacts[1:]
    assert waited["start_us"].tolist() == sorted(waited["start_us"], reverse=True)


def test_a_policy_without_interruption_interrupts_nobody() -> None:
    def patient(floor: FloorView) -> Choice:
        for contact in floor.heads():
            for agent in floor.agents(contact):
                return contact, agent
        return None

    log = live_through("deferred_work_is_put_aside_for_a_live_contact", patient)
    assert log.contacts["put_aside"].tolist() == [0, 0]
    assert log.contacts["start_us"].tolist() == [0, 100_000_000]


CHAT, POST = (
    WaitingContact(0, "", "", 0.0, 0.0, 0.0, False, 0, False),
    WaitingContact(1, "", "", 0.0, 0.0, 0.0, False, 0, False),
)


def agent(number: int) -> ReadyAgent:
    return ReadyAgent(number, "", 0, None, 0.0, 0)


@pytest.mark.parametrize(
    ("name", "instant", "contact", "who", "rule"),
    [
        ("a_head_without_an_agent_stops_nobody", 20, 2, 0, "an agent who has the skill"),
        ("a_head_without_an_agent_stops_nobody", 20, 0, 0, "a contact that waits"),
        ("deferred_work_waits_for_opening", 10, 0, 0, "a channel that is open"),
        ("nobody_holds_more_than_the_cap", 10, 2, 0, "max_concurrent"),
        ("one_channel_at_a_time", 10, 1, 0, "one channel at a time"),
        ("keep_free_agents_must_be_exceeded", 10, 1, 1, "keep_free"),
        ("a_group_helps_after_a_wait", 10, 1, 1, "after_s"),
        ("a_break_begins_when_the_hands_are_empty", 110, 2, 0, "not due for a break"),
        ("a_second_break_follows_the_first", 150, 1, 0, "an agent on the floor"),
        ("a_shift_is_worked_from_start_to_end", 940, 2, 0, "not about to leave"),
    ],
)
def test_a_choice_that_breaks_a_rule_is_refused_by_name(
    name: str, instant: int, contact: int, who: int, rule: str
) -> None:
    def stubborn(floor: FloorView) -> Choice:
        if floor.now_s == instant:
            return replace(CHAT, id=contact), agent(who)
        return floor.ordinary()

    with pytest.raises(InvalidValueError, match=rule):
        live_through(name, stubborn)


@pytest.mark.parametrize("choice", [3, (1, 2), "chat"])
def test_a_choice_that_is_no_pair_of_the_view_is_refused(choice: object) -> None:
    with pytest.raises(InvalidValueError, match="of the view"):
        live_through("live_queue_is_first_come_first_served", lambda _: choice)


def test_simulate_follows_a_policy_on_the_simpy_engine_alone() -> None:
    scenario = Scenario.parse(TWO_HOURS)
    demand = demand_for(scenario)
    outcome = simulate(scenario, demand, replications=2, engine="simpy", policy=lambda _: None)
    assert outcome.totals.set_index("channel")["answered"]["chat"] == 0
    with pytest.raises(InvalidValueError, match=r"engine must be .simpy. where a policy is given"):
        simulate(scenario, demand, replications=2, policy=ordinary)
    with pytest.raises(InvalidValueError, match="workers must be 1"):
        simulate(scenario, demand, replications=2, engine="simpy", workers=2, policy=ordinary)
