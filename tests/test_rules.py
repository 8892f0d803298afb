"""The floor's rules as functions of numbers; the worked days show them at work."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulate
from simulate import journeys, rules
from simulate.draws import NEVER
from simulate.log import Cause

SIMULATE = Path(simulate.__file__).parent
microseconds = st.integers(0, 10**11)
slowdowns = st.integers(rules.MILLION, 20 * rules.MILLION)


@given(microseconds, slowdowns)
def test_work_is_done_by_the_finishing_instant_and_not_before(remaining: int, pace: int) -> None:
    finish = rules.finish_at(1000, remaining, pace)
    assert rules.work_done(finish - 1000, pace) >= remaining
    if remaining:
        assert rules.work_done(finish - 1001, pace) < remaining


@given(st.lists(microseconds, max_size=5), slowdowns)
def test_interruptions_of_the_clock_never_gain_work(stops: list[int], pace: int) -> None:
    """However often the pace is looked at, at most the time that has passed is worked off."""
    done = sum(rules.work_done(stop, pace) for stop in stops)
    assert done <= sum(stops) * rules.MILLION / pace


@pytest.mark.parametrize(
    ("duration", "grain", "expected"),
    [(0.0, 1, 1), (0.49, 1, 1), (1.5, 1, 2), (89.9, 60, 60), (90.0, 60, 120), (1e20, 1, NEVER)],
)
def test_durations_are_rounded_to_whole_grains(duration: float, grain: int, expected: int) -> None:
    assert rules.rounded(duration, grain) == expected


def test_no_patience_at_all_is_kept() -> None:
    assert rules.rounded_patience(0.0, 60) == 0
    assert rules.rounded_patience(0.1, 60) == 60


def test_queue_orders() -> None:
    waiting = [(10, 90, 7, 0), (20, 50, 9, 1), (20, 50, 7, 2), (-5, 99, 8, 3)]
    # offered, deadline, reach, id

    def order(code: int) -> list[int]:
        return [c[3] for c in sorted(waiting, key=lambda c: rules.queue_key(code, *c))]

    assert order(rules.FIFO) == [3, 0, 1, 2]
    assert order(rules.DEADLINE) == [1, 2, 0, 3]
    assert order(rules.LIFO) == [2, 1, 0, 3]
    assert order(rules.REACH_FIRST) == [1, 3, 0, 2]


agents = st.tuples(st.integers(0, 15), st.integers(0, 50), st.integers(0, 2**39))


@given(st.lists(agents, min_size=2, max_size=6, unique_by=lambda agent: agent[2]))
def test_agent_keys_order_as_their_parts_do(found: list[tuple[int, int, int]]) -> None:
    """Packed into one number: contacts in hand, preference, then the longest in its state."""

    def order(choice: int, load: int) -> list[tuple[int, int, int]]:
        return sorted(found, key=lambda agent: rules.agent_key(choice, load, *agent))

    assert order(rules.LOAD_FIRST, rules.SPREAD) == sorted(found)
    assert order(rules.LOAD_FIRST, rules.PACK) == sorted(found, key=lambda a: (-a[0], a[1], a[2]))
    preferred = sorted(found, key=lambda a: (a[1], a[0], a[2]))
    assert order(rules.PREFERENCE_FIRST, rules.SPREAD) == preferred


def test_gates_open_exactly_at_their_limits() -> None:
    assert rules.gate_is_open(rules.SLOTS, 3, 1, 5, 2)
    assert not rules.gate_is_open(rules.SLOTS, 3, 1, 5, 3)
    assert rules.gate_is_open(rules.AGENTS, 2, 3, 0, 0)
    assert not rules.gate_is_open(rules.AGENTS, 2, 2, 0, 0)
    for unit in (rules.SLOTS, rules.AGENTS):
        assert rules.gate_is_open(unit, 0, 1, 0, 2)  # nothing to keep free


def test_who_must_keep_capacity_free() -> None:
    assert rules.is_gated(rules.LIVE, False, False)
    assert rules.is_gated(rules.DEFERRED, False, True)
    assert rules.is_gated(rules.DEFERRED, True, False)
    assert not rules.is_gated(rules.DEFERRED, True, True)
    assert rules.is_gated(rules.CALLBACK, False, False)
    assert not rules.is_gated(rules.CALLBACK, True, False)


def test_expected_wait_counts_the_place_in_the_queue() -> None:
    """Three agents with two chats each at a slowdown of 1.5 end four chats in a mean time."""
    rate = rules.slot_rate(3, 2, 1_500_000, rules.MILLION)
    assert rate == pytest.approx(4.0)
    assert rules.slot_rate(3, 2, 1_500_000, 2 * rules.MILLION) == pytest.approx(2.0)
    assert rules.slot_rate(3, 2, 1_500_000, 2 * rules.MILLION) == pytest.approx(2.0)
    assert rules.expected_wait(0, 60.0, rate) == pytest.approx(15.0)
    assert rules.expected_wait(3, 60.0, rate) == pytest.approx(60.0)
    assert rules.expected_wait(3, 60.0, 0.0) == math.inf


def test_offers() -> None:
    assert rules.is_offered(rules.QUEUE_AT_LEAST, 2, 2, 0.0)
    assert not rules.is_offered(rules.QUEUE_AT_LEAST, 2, 1, 0.0)
    assert rules.is_offered(rules.EXPECTED_WAIT_OVER, 60, 0, 60.1)
    assert not rules.is_offered(rules.EXPECTED_WAIT_OVER, 60, 0, 60.0)
    assert not rules.is_offered(rules.AFTER_WAITING, 0, 9, 99.0)  # that offer has its own moment


def test_ranks_are_in_the_order_of_the_model() -> None:
    ranks = [
        rules.ABANDONMENT,
        rules.COMPLETION,
        rules.TIMETABLE,
        rules.CALLBACK_DUE,
        rules.WAITING_TIMER,
        rules.ARRIVAL,
    ]
    assert ranks == list(range(6))


def test_events_of_a_shift_lie_between_staffing_and_hours_agent_by_agent() -> None:
    """Of one agent: the shift ends, a break falls due, a break ends, the shift starts."""
    kinds = [rules.SHIFT_END, rules.BREAK_DUE, rules.BREAK_END, rules.SHIFT_START]
    places = [rules.shift_place(agent, kind) for agent in (0, 1, 99_999) for kind in kinds]
    assert places == sorted(set(places))
    assert places[0] > rules.STAFFING * rules.SUBRANK
    assert places[-1] < rules.HOURS * rules.SUBRANK


def test_timers_of_waiting_contacts_go_promotion_gate_offer() -> None:
    assert rules.PROMOTION < rules.AFTER_GATE < rules.OFFER


@given(st.integers(0, rules.MILLION), st.integers(1, 300))
def test_any_first_agents_hold_about_the_share_of_novices(share: int, agents: int) -> None:
    novices = sum(rules.is_novice(number, share) for number in range(agents))
    assert novices == agents * share // rules.MILLION


def test_novices_are_spread_evenly() -> None:
    def novices(share: int) -> list[int]:
        return [number for number in range(10) if rules.is_novice(number, share)]

    assert novices(0) == []
    assert novices(200_000) == [4, 9]
    assert novices(500_000) == [1, 3, 5, 7, 9]
    assert novices(rules.MILLION) == list(range(10))


def test_a_group_helps_from_the_very_instant_on() -> None:
    assert not rules.has_waited(129, 100, 30)
    assert rules.has_waited(130, 100, 30)
    assert rules.has_waited(0, -40, 30)  # the opening backlog


def test_breaks_end_with_the_shift_at_the_latest() -> None:
    assert rules.break_end(100, 60, 500) == 160
    assert rules.break_end(480, 60, 500) == 500


def test_who_is_interrupted() -> None:
    """The group's preference, then whose hands changed last."""
    could = [(1, 90), (0, 10), (0, 70), (2, 99)]  # preference, turn
    order = sorted(could, key=lambda agent: rules.interruption_key(*agent))
    assert order == [(0, 70), (0, 10), (1, 90), (2, 99)]


@pytest.mark.parametrize("file", ["rules.py", "journeys.py"])
def test_every_rule_is_compiled_and_speaks_numbers(file: str) -> None:
    """A rule that took an object could not be shared with a compiled engine."""
    tree = ast.parse((SIMULATE / file).read_text())
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        assert [ast.unparse(one) for one in function.decorator_list] == ["compiled"]
        kinds = {ast.unparse(a.annotation) for a in function.args.args if a.annotation}
        assert kinds <= {"int", "float", "bool"}, function.name


def test_promises_and_promotions_of_what_never_comes_never_come() -> None:
    assert rules.promised(10, 5) == 15
    assert rules.promised(NEVER, 5) == NEVER
    assert rules.promoted_at(100, 30) == 70
    assert rules.promoted_at(100, 0) == 100
    assert rules.promoted_at(100, 0) == 100
    assert rules.promoted_at(100, -1) == NEVER
    assert rules.promoted_at(NEVER, 30) == NEVER


def test_large_works_do_not_overflow() -> None:
    """A month of work at the slowest pace still fits 64 bits."""
    month = 31 * 86_400 * 1_000_000
    assert rules.finish_at(0, month, 3 * rules.MILLION) == 3 * month
    assert rules.service_work(month, 3 * rules.MILLION) == 3 * month
    assert rules.work_done(3 * month, 3 * rules.MILLION) == month
    assert np.iinfo(np.int64).max > NEVER + month


def test_a_matter_is_settled_if_nobody_comes_back_within_seven_days() -> None:
    week = 7 * 86_400 * 1_000_000
    assert journeys.is_settled(100, -1)
    assert journeys.is_settled(100, 101 + week)
    assert not journeys.is_settled(100, 100 + week)
    assert not journeys.is_settled(100, 101)


def test_who_comes_in_again_does_so_for_a_reason() -> None:
    """Unsettled is a repeat, handed over a handoff, and not being served a redial."""
    unserved = (journeys.AFTER_ABANDONMENT, journeys.AFTER_BLOCKING, journeys.AFTER_CLOSED)
    reasons = (*unserved, journeys.UNSETTLED, journeys.HANDED_OVER)
    assert reasons == tuple(range(journeys.REASONS))
    causes = [Cause(journeys.cause_of_return(reason)) for reason in reasons]
    assert causes == [Cause.REDIAL, Cause.REDIAL, Cause.REDIAL, Cause.REPEAT, Cause.HANDOFF]


def test_a_closing_reply_is_owed_where_the_matter_began() -> None:
    """Channels: 0 public, 1 and 2 private; what a child owes, by cause."""
    owes = journeys.owes_closing
    assert owes(Cause.HANDOFF, 1, 0, -1) == 0
    assert owes(Cause.HANDOFF, 1, -1, -1) == -1  # none are posted there
    for cause in (Cause.CALLBACK, Cause.REDIAL, Cause.REPEAT):
        assert owes(cause, 2, -1, 0) == 0
        assert owes(cause, 2, 1, 0) == 0  # that the parent's own channel posts some is nothing
        assert owes(cause, 0, -1, 0) == -1  # whoever comes back in public is replied to there
        assert owes(cause, 2, -1, -1) == -1
    for cause in (Cause.REPOST, Cause.SPREAD, Cause.CLOSING):
        assert owes(cause, 2, -1, 0) == -1


def test_only_customers_of_contacts_of_their_own_are_handed_over_and_write_again() -> None:
    everybody = set(Cause)
    assert {c for c in everybody if not journeys.is_of_a_customer(c)} == {Cause.CLOSING}
    assert {c for c in everybody if not journeys.may_be_handed_over(c)} == {Cause.REPOST}
    assert {c for c in everybody if not journeys.may_write_again(c)} == {
        Cause.REPOST,
        Cause.CLOSING,
    }
    afresh = {Cause.REPEAT, Cause.SPREAD, Cause.HANDOFF, Cause.CLOSING}
    assert {c for c in everybody if not journeys.keeps_waiting(c)} == afresh
    spared = {Cause.CALLBACK, Cause.HANDOFF, Cause.CLOSING}
    assert {c for c in everybody if not journeys.is_caused(c)} == spared
