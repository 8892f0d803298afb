"""What agents do: they take contacts in hand, work on all of them at once, and finish them."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import ENDLESS, hashed
from simulate.draws import REACH as REACH_STREAM
from simulate.kernel.benches import join_bench, leave_bench
from simulate.kernel.children import follow_up, write_again_later
from simulate.kernel.customers import next_endless, number_of
from simulate.kernel.floor import Floor
from simulate.kernel.presence import begin_break, may_take, put_back
from simulate.kernel.queues import leave
from simulate.kernel.reception import call_later, take_in
from simulate.kernel.state import (
    AGENT,
    ASIDE,
    ASIDE_CHANNEL,
    AT_WORK,
    CAUSE,
    CHANNEL,
    COHORT,
    DIAL,
    EMPTIED,
    END,
    ENDING,
    GRAIN,
    HELD_CHANNEL,
    ID,
    IN_HAND,
    IS_REACHED,
    JOURNEYS,
    KEEPS_LOG,
    KEY,
    KIND,
    MAX_TRIES,
    NEXT_DONE,
    NOBODY,
    NOW,
    PUT_ASIDE,
    REACHED,
    REMAINING,
    RETRY_AFTER,
    RETURNING,
    SILENT,
    SILENT_US,
    SILENT_WORK,
    SINCE,
    SPEED,
    START,
    TAKES_NOTHING,
    TOLD,
    TOLD_REACHED,
    TOLD_ROW,
    TRIES,
    WORK,
)
from simulate.kernel.tally import dismiss
from simulate.kernel.time_sheets import begin_waiting, end_waiting, note_held
from simulate.kernel.timers import expect_completion, expect_no_completion
from simulate.log import Ending

_ANSWERED = int(Ending.ANSWERED)
_GIVEN_UP = int(Ending.GIVEN_UP)


@compiled_inline
def start(floor: Floor, contact: int, agent: int) -> None:
    """An agent takes a contact in hand."""
    row = floor.contacts[contact]
    channel = row[CHANNEL]
    leave(floor, contact)
    if row[SILENT]:
        row[REMAINING] = rules.rounded(
            float(floor.channels[channel, SILENT_US]), floor.state[GRAIN]
        )
        row[SILENT_WORK] = row[REMAINING]
    elif row[START] < 0:
        _begin(floor, contact, agent)
    _take(floor, agent, channel, contact)
    if row[CAUSE] == ENDLESS and not row[PUT_ASIDE]:
        following = next_endless(floor, channel)
        take_in(floor, following, True)
        begin_waiting(floor, following)
        if floor.state[JOURNEYS]:
            write_again_later(floor, following)


@compiled_inline
def complete(floor: Floor, agent: int) -> None:
    """The first of the contacts in an agent's hands is done."""
    contact = floor.agents[agent, NEXT_DONE]
    row = floor.contacts[contact]
    _let_go_of(floor, agent, contact)
    if floor.agents[agent, IN_HAND] == 0:
        _see_what_is_left(floor, agent)
    if not row[REACHED] and _call_again(floor, contact):
        return
    if not row[SILENT]:
        row[END] = floor.state[NOW]
        if floor.state[JOURNEYS] and row[REACHED]:
            follow_up(floor, contact)
    dismiss(floor, contact)


@compiled_in_place
def _call_again(floor: Floor, contact: int) -> bool:
    """A call has reached nobody: whether there will be another."""
    row = floor.contacts[contact]
    if rules.tries_again(row[TRIES], floor.channels[row[CHANNEL], MAX_TRIES]):
        again = floor.state[NOW] + floor.channels[row[CHANNEL], RETRY_AFTER]
        call_later(floor, contact, again)
        return True
    row[ENDING] = _GIVEN_UP
    end_waiting(floor, contact)
    return False


@compiled_inline
def see_who_is_idle(floor: Floor) -> None:
    """Whoever has empty hands after all that followed expects no completion."""
    agent = floor.state[EMPTIED]
    if agent != NOBODY:
        floor.state[EMPTIED] = NOBODY
        if floor.agents[agent, IN_HAND] == 0:
            expect_no_completion(floor, agent)


@compiled_in_place
def put_aside(floor: Floor, agent: int) -> None:
    """An agent puts everything in hand aside, for a live contact."""
    row = floor.agents[agent]
    _work_until_now(floor, agent)
    note_held(floor, agent, floor.state[NOW])
    leave_bench(floor, agent)
    for place in range(row[IN_HAND]):
        contact = floor.hands[agent, place]
        floor.aside[agent, place] = contact
        floor.contacts[contact, PUT_ASIDE] += 1
    row[ASIDE] = row[IN_HAND]
    row[ASIDE_CHANNEL] = row[HELD_CHANNEL]
    row[IN_HAND] = 0
    row[HELD_CHANNEL] = NOBODY
    join_bench(floor, agent)


@compiled_in_place
def resume(floor: Floor) -> None:
    """Whoever has put contacts aside, and has found no live one, goes on with them."""
    agent = floor.state[RETURNING]
    floor.state[RETURNING] = NOBODY
    row = floor.agents[agent]
    if row[IN_HAND] or row[ASIDE] == 0:
        return
    leave_bench(floor, agent)
    for place in range(row[ASIDE]):
        floor.hands[agent, place] = floor.aside[agent, place]
    row[IN_HAND] = row[ASIDE]
    row[HELD_CHANNEL] = row[ASIDE_CHANNEL]
    row[ASIDE] = 0
    join_bench(floor, agent)
    _set_alarm(floor, agent)


@compiled_inline
def _begin(floor: Floor, contact: int, agent: int) -> None:
    """An agent works on a contact for the first time, or calls a customer."""
    row = floor.contacts[contact]
    channel = row[CHANNEL]
    if floor.channels[channel, KIND] == rules.CALLBACK:
        row[TRIES] += 1
        row[REACHED] = _is_reached(floor, contact)
        if not row[REACHED]:
            dial = float(floor.channels[channel, DIAL])
            row[REMAINING] = rules.rounded(dial, floor.state[GRAIN])
            return
    speed = floor.skills[floor.agents[agent, COHORT], channel, SPEED]
    row[WORK] = rules.service_work(row[WORK], speed)
    row[REMAINING] = row[WORK]
    row[START] = floor.state[NOW]
    if floor.state[KEEPS_LOG]:
        row[AGENT] = agent
    row[ENDING] = _ANSWERED
    end_waiting(floor, contact)


@compiled_in_place
def _is_reached(floor: Floor, contact: int) -> bool:
    row = floor.contacts[contact]
    if (
        floor.state[TOLD]
        and row[TOLD_ROW] != NOBODY
        and floor.told[row[TOLD_ROW], TOLD_REACHED] >= 0
    ):
        return row[TRIES] == floor.told[row[TOLD_ROW], TOLD_REACHED]
    share = number_of(floor, REACH_STREAM, hashed(row[KEY], row[TRIES]))
    return share < floor.chances[row[CHANNEL], IS_REACHED]


@compiled_in_place
def _see_what_is_left(floor: Floor, agent: int) -> None:
    """An agent's hands are empty: there may be work put aside, or a break to begin."""
    row = floor.agents[agent]
    if row[ASIDE]:
        if may_take(floor, agent):
            floor.state[RETURNING] = agent
            return
        put_back(floor, agent)
        leave_bench(floor, agent)
        join_bench(floor, agent)
    if row[TAKES_NOTHING] != AT_WORK:
        begin_break(floor, agent)


@compiled_inline
def _take(floor: Floor, agent: int, channel: int, contact: int) -> None:
    row = floor.agents[agent]
    _work_until_now(floor, agent)
    note_held(floor, agent, floor.state[NOW])
    leave_bench(floor, agent)
    floor.hands[agent, row[IN_HAND]] = contact
    row[IN_HAND] += 1
    row[HELD_CHANNEL] = channel
    join_bench(floor, agent)
    _set_alarm(floor, agent)


@compiled_inline
def _let_go_of(floor: Floor, agent: int, contact: int) -> None:
    row, hand = floor.agents[agent], floor.hands[agent]
    note_held(floor, agent, floor.state[NOW])
    leave_bench(floor, agent)
    if row[IN_HAND] == 1:
        row[IN_HAND] = 0
        row[HELD_CHANNEL] = NOBODY
        floor.state[EMPTIED] = agent
        join_bench(floor, agent)
        return
    _work_until_now(floor, agent)
    row[IN_HAND] -= 1
    place = 0
    while hand[place] != contact:
        place += 1
    hand[place] = hand[row[IN_HAND]]
    join_bench(floor, agent)
    _set_alarm(floor, agent)


@compiled_inline
def _work_until_now(floor: Floor, agent: int) -> None:
    """Work on everything in hand since the last change."""
    row, hand = floor.agents[agent], floor.hands[agent]
    contacts, elapsed = row[IN_HAND], floor.state[NOW] - row[SINCE]
    if elapsed and contacts:  # a division takes long
        slowdown = floor.slowdown[row[COHORT], row[HELD_CHANNEL], contacts]
        done = rules.work_done(elapsed, slowdown)
        for place in range(contacts):
            floor.contacts[hand[place], REMAINING] -= done


@compiled_in_place
def _set_alarm(floor: Floor, agent: int) -> None:
    """When the first contact in hand will be done, and which; ties by the lowest id."""
    row, hand, contacts = floor.agents[agent], floor.hands[agent], floor.contacts
    first = hand[0]
    for place in range(1, row[IN_HAND]):
        other = hand[place]
        mine, theirs = contacts[first, REMAINING], contacts[other, REMAINING]
        if theirs < mine or (theirs == mine and contacts[other, ID] < contacts[first, ID]):
            first = other
    row[NEXT_DONE] = first
    slowdown = floor.slowdown[row[COHORT], row[HELD_CHANNEL], row[IN_HAND]]
    remaining = max(0, contacts[first, REMAINING])
    expect_completion(floor, agent, rules.finish_at(floor.state[NOW], remaining, slowdown))
