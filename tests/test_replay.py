"""A day replayed: the bars, stays and queues are those of the floor's own log."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import demand_for
from random_scenarios import RandomFloor, floors
from scenario import InvalidValueError, RunCancelledError, Scenario
from simulate.floor import run_replication
from simulate.floor_input import FloorInput
from simulate.log import Cause, Ending
from simulate.replay import (
    ABSENT,
    GONE,
    IN_VAIN,
    ON_BREAK,
    PRESENT,
    STAYS_ON,
    STILL_THERE,
    WORK,
    Replay,
    replay,
    replay_of,
)
from simulate.rules import NAMED, is_novice
from simulate.tale import NEW_PACE, contact_of, tale, waited_s
from small_scenarios import small_desk
from views.replay_bytes import TYPES, clock_of, message, replay_bytes
from views.story_words import REASONS, SENTENCES, facts, story, summary
from worked_days import DAYS, read_day

ROOT = Path(__file__).parents[1]


def slots(given_input: FloorInput, agent: np.void, channel: int) -> int:
    """How many contacts of a channel an agent may hold at once."""
    group = given_input.groups[agent["group"]]
    cohorts = np.flatnonzero(given_input.cohort_groups == agent["group"]).tolist()
    novice = is_novice(int(agent["place"]), group.novices)
    cohort = cohorts[-1 if novice else 0]
    own = [s for s in given_input.skills if s.cohort == cohort and s.channel == channel]
    return own[0].most


@settings(max_examples=15)
@given(floors(), st.integers(0, 3))
def test_every_served_contact_is_one_bar_and_nobody_holds_more_than_the_slots(
    floor: RandomFloor, replication: int
) -> None:
    """
    Conservation against the log: one bar from start to end, another after each time put aside;
    whoever waits at any instant is in the queue's step; agents hold one channel at a time.
    """
    given_input = floor.encoded()
    log = run_replication(given_input, 1, replication)
    found = replay_of(given_input, 1, replication, 0)
    contacts, horizon = log.contacts, given_input.period.length_us
    assert len(found.contacts) <= len(contacts)

    work = found.bars[found.bars["what"] == WORK]
    served = contacts[(contacts["ending"] == Ending.ANSWERED) & (contacts["start_us"] < horizon)]
    assert set(work["contact"].tolist()) == set(served["id"].tolist())
    bars = Counter(work["contact"].tolist())
    for contact in served:
        own = work[work["contact"] == contact["id"]]
        assert own["begin_us"].min() == contact["start_us"]
        if 0 <= contact["end_us"] < horizon:
            assert own["end_us"].max() == contact["end_us"]
            assert bars[int(contact["id"])] >= 1
        if contact["put_aside"] == 0:
            assert bars[int(contact["id"])] == 1
    vain = found.bars[found.bars["what"] == IN_VAIN]
    assert len(vain) >= (contacts["ending"] == Ending.GIVEN_UP).sum()
    assert set(found.bars["contact"][found.bars["what"] == GONE].tolist()) <= set(
        contacts["id"][contacts["silent"]].tolist()
    )

    for row, agent in enumerate(found.agents):
        own = found.bars[found.bars["row"] == row]
        for bar in own[own["begin_us"] < own["end_us"]]:
            beside = own[(own["begin_us"] <= bar["begin_us"]) & (bar["begin_us"] < own["end_us"])]
            assert len(set(beside["channel"].tolist())) <= 1
            assert len(beside) <= slots(given_input, agent, int(bar["channel"]))
            assert len(set(beside["lane"].tolist())) == len(beside), "one lane each"
        stays = found.stays[found.stays["row"] == row]
        assert np.all(stays["end_us"][:-1] <= stays["begin_us"][1:])

    for channel in range(len(found.channels)):
        waits = found.waits[found.waits["channel"] == channel]
        for step in found.steps[found.steps["channel"] == channel]:
            since = np.maximum(waits["begin_us"], 0) <= step["instant_us"]
            here = (step["instant_us"] < waits["end_us"]) | (waits["left"] == STILL_THERE)
            assert step["waiting"] == (since & here).sum()
    for contact in found.contacts["id"].tolist()[::9]:
        told = tale(found, contact)
        assert told["instant"].is_monotonic_increasing
        assert set(told["what"]) <= {*found.words, NEW_PACE}
        assert 0 < len(story(found, contact)) <= len(told)
        assert len(facts(found, contact)) == 7


@settings(max_examples=15)
@given(floors(), st.integers(0, 1))
def test_stays_add_up_to_the_agent_time_of_the_log(floor: RandomFloor, replication: int) -> None:
    given_input = floor.encoded()
    log = run_replication(given_input, 1, replication)
    found = replay_of(given_input, 1, replication, 0)
    length = found.stays["end_us"] - found.stays["begin_us"]
    group = found.agents["group"][found.stays["row"]]
    for number, declared in enumerate(given_input.groups):
        own = group == number
        on_break = length[own & (found.stays["what"] == ON_BREAK)].sum()
        assert on_break == log.break_us[:, number].sum()
        if declared.exit == NAMED:
            absent = length[own & (found.stays["what"] == ABSENT)].sum()
            assert absent == log.absent_us[:, number].sum()
            present = length[own & (found.stays["what"] == PRESENT)].sum()
            assert present == log.present_us[:, number].sum()
        away = found.away[:, number].sum() * given_input.period.interval_us
        if declared.exit != NAMED:
            assert away == log.absent_us[:, number].sum()
    assert set(found.stays["what"].tolist()) <= {PRESENT, ON_BREAK, ABSENT, STAYS_ON}


DESK = """
name = "Two days"
timezone = "Europe/London"
seed = 4
replications = 2
[horizon]
start = 2026-03-28
length = "2d"
interval_minutes = 30
[demand]
rates = { chat = 6.0, x = 3.0 }
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 300 }
patience = { distribution = "exponential", mean_s = 120 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 200 }
target = { share = 0.8, within_s = 900 }
[groups.team]
agents = 2
skills.chat = { max_concurrent = 2, slowdown = [1.0, 1.5] }
skills.x = {}
"""


@cache
def desk(day: int = 0) -> Replay:
    scenario = Scenario.parse(DESK)
    return replay(scenario, demand_for(scenario), day=day)


def test_a_later_day_goes_on_where_the_former_one_stopped() -> None:
    """The 29th has 23 hours; what waited at midnight waits at its beginning."""
    first, second = desk(), desk(1)
    assert second.start == pd.Timestamp("2026-03-29", tz="Europe/London")
    assert second.length_us == 23 * 3_600_000_000
    left = first.waits[first.waits["left"] == STILL_THERE]
    early = second.waits[second.waits["begin_us"] < 0]
    assert sorted(left["contact"].tolist()) == sorted(early["contact"].tolist())
    assert len(left), "posts come at night too"
    assert clock_of(second) == [[0, 0], [3_600_000, 3_600_000]]


def test_a_story_tells_waits_agents_and_pace() -> None:
    found = desk()
    chats = found.bars[(found.bars["lane"] == 1) & (found.bars["channel"] == 0)]
    beside = int(chats["contact"][0])
    told = tale(found, beside)
    assert told["what"].tolist()[:2] == ["comes in", "joins the queue"]
    start = told[told["what"] == "starts"].iloc[0]
    assert start["in_hand"] == 2
    assert start["pace"] == 1.5
    sentences = story(found, beside)["What happened"].tolist()
    assert any("2 in hand: it takes 1.5 times as long" in text for text in sentences)
    figures = {name: value for name, value, _ in facts(found, beside)}
    assert "times as long" in figures["In hand"]
    assert figures["Agent"].startswith("team ")
    assert figures["Ending"] == "answered"


def test_a_story_of_a_customer_who_left_tells_the_wait() -> None:
    found = desk()
    gone = found.contacts[found.contacts["ending"] == Ending.ABANDONED][0]
    waited = waited_s(found, int(gone["id"]))
    assert waited == pytest.approx((gone["end_us"] - gone["offered_us"]) / 1e6)
    assert story(found, int(gone["id"]))["What happened"].tolist()[-1] == "Gives up waiting."
    figures = {name: value for name, value, _ in facts(found, int(gone["id"]))}
    assert figures["Promise"] == "within 60 s: missed"
    assert "customers left" in summary(found)


@pytest.mark.parametrize(
    ("name", "begun_s"),
    [
        ("deferred_work_is_put_aside_for_a_live_contact", 30),
        ("work_may_be_put_aside_at_the_instant_it_is_begun", 0),
    ],
)
def test_a_contact_put_aside_has_a_bar_before_and_one_after(name: str, begun_s: int) -> None:
    """Some seconds or none, then a chat of fifty, then the rest."""
    day = {path.stem: path for path in DAYS}[name]
    found = replay_of(read_day(day).floor_input, 1, 0, 0)
    spans = [
        (int(bar["contact"]), int(bar["begin_us"]) // 10**6, int(bar["end_us"]) // 10**6)
        for bar in found.bars
    ]
    assert spans == [(0, 0, begun_s), (1, begun_s, begun_s + 50), (0, begun_s + 50, 150)]
    assert story(found, 0)["What happened"].tolist()[1:] == [
        "Team 1 takes it.",
        "Team 1 puts it aside for a live contact.",
        "Team 1 takes it up again.",
        "Team 1 has finished it.",
    ]


def test_every_word_of_the_floor_has_a_sentence() -> None:
    about_contacts = {word for word in desk().words if not word.startswith(("agent", "break"))}
    assert about_contacts - {"shift ends", "opens", "closes"} <= SENTENCES.keys()


def test_why_a_contact_came_that_another_begot_is_told_of_every_cause() -> None:
    assert set(REASONS) == set(Cause) - {Cause.FIRST, Cause.BACKLOG, Cause.ENDLESS}
    desk = small_desk().with_changes(
        {
            "channels.x.handoff": {
                "share": 0.9,
                "channel": "chat",
                "delay": {"mean_s": 60},
                "closing_handle_time": {"mean_s": 60},
            },
            "channels.x.repost": {"share": 0.3, "after_s": 3600},
            "channels.chat.repeat": {"fcr": 0.7, "delay": {"mean_s": 600}},
        }
    )
    day = replay(desk, demand_for(desk))
    told = {cause: "" for cause in (Cause.HANDOFF, Cause.REPEAT, Cause.REPOST, Cause.CLOSING)}
    for contact in day.contacts[day.contacts["parent"] >= 0]:
        told[Cause(contact["cause"])] += " ".join(story(day, int(contact["id"]))["What happened"])
    assert "Comes in private, as the answer to contact" in told[Cause.HANDOFF]
    assert "did not solve it." in told[Cause.REPEAT]
    assert "has no answer yet." in told[Cause.REPOST]
    assert "Is to be answered in public" in told[Cause.CLOSING]
    closing = day.contacts[day.contacts["cause"] == Cause.CLOSING][0]
    assert ("Promise", "none") in {told[:2] for told in facts(day, int(closing["id"]))}


def test_the_bytes_hold_the_day_and_are_few() -> None:
    found = desk()
    head, body = replay_bytes(found)
    sent = message(head, body, 7)
    length = int.from_bytes(sent[:4], "little")
    told = json.loads(sent[4 : 4 + length])
    assert told["chosen"] == 7
    columns = {
        name: np.frombuffer(sent, TYPES[kind], count, 4 + length + begin)
        for name, kind, begin, count in told["arrays"]
        if (4 + length + begin) % np.dtype(TYPES[kind]).itemsize == 0
        or np.dtype(TYPES[kind]).itemsize == 1
    }
    assert columns["barChannel"].tolist() == found.bars["channel"].tolist()
    assert [row[1] for row in told["rows"]] == ["team 1", "team 2"]
    assert len(sent) < 40 * len(found.bars) + 4000


def test_what_cannot_be_replayed_is_told() -> None:
    scenario = Scenario.parse(DESK)
    demand = demand_for(scenario)
    with pytest.raises(InvalidValueError, match="day must be between 0 and 1, got 2"):
        replay(scenario, demand, day=2)
    with pytest.raises(InvalidValueError, match="replication must be at least 0"):
        replay(scenario, demand, replication=-1)
    with pytest.raises(RunCancelledError):
        replay(scenario, demand, cancel=lambda: True)
    with pytest.raises(InvalidValueError, match="contact must be one that"):
        contact_of(desk(), 10**6)
