"""What agents do: they take contacts in hand, work on all of them at once, and finish them."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import REACH, hashed, uniform
from simulate.kernel.benches import join_bench, leave_bench
from simulate.kernel.customers import next_endless
from simulate.kernel.diary import note_held
from simulate.kernel.queues import leave
from simulate.kernel.reception import call_later, take_in
from simulate.kernel.state import (
    AGENT,
    CHANNEL,
    DIAL,
    END,
    ENDING,
    GRAIN,
    GROUP,
    HELD_CHANNEL,
    IN_HAND,
    IS_ENDLESS,
    IS_REACHED,
    KEY,
    KIND,
    MAX_TRIES,
    NEXT_DONE,
    NOBODY,
    NOW,
    REACHED,
    REACHED_AT_TRY,
    REMAINING,
    RETRY_AFTER,
    ROOT,
    SINCE,
    SPEED,
    START,
    TRIES,
    WORK,
    Floor,
)
from simulate.kernel.timers import expect_completion, expect_no_completion
from simulate.log import Ending

_ANSWERED = int(Ending.ANSWERED)
_GIVEN_UP = int(Ending.GIVEN_UP)


@compiled_inline
def start(floor: Floor, contact: int, agent: int) -> None:
    """An agent takes a contact in hand."""
    state, row = floor.state, floor.contacts[contact]
    channel = row[CHANNEL]
    leave(floor, contact)
    if floor.channels[channel, KIND] == rules.CALLBACK:
        row[TRIES] += 1
        row[REACHED] = _is_reached(floor, contact)
    if row[REACHED]:
        speed = floor.skills[floor.agents[agent, GROUP], channel, SPEED]
        row[WORK] = rules.service_work(row[WORK], speed)
        row[REMAINING] = row[WORK]
        row[START] = state[NOW]
        row[AGENT] = agent
        row[ENDING] = _ANSWERED
    else:
        row[REMAINING] = rules.rounded(float(floor.channels[channel, DIAL]), state[GRAIN])
    _change_hands(floor, agent, channel, contact, True)
    if row[IS_ENDLESS]:
        take_in(floor, next_endless(floor, channel), True)


@compiled_inline
def complete(floor: Floor, agent: int) -> None:
    """The first of the contacts in an agent's hands is done."""
    contact = floor.agents[agent, NEXT_DONE]
    row = floor.contacts[contact]
    _change_hands(floor, agent, row[CHANNEL], contact, False)
    if row[REACHED]:
        row[END] = floor.state[NOW]
    elif rules.tries_again(row[TRIES], floor.channels[row[CHANNEL], MAX_TRIES]):
        again = floor.state[NOW] + floor.channels[row[CHANNEL], RETRY_AFTER]
        call_later(floor, contact, again)
    else:
        row[ENDING] = _GIVEN_UP
        row[END] = floor.state[NOW]


@compiled_in_place
def _is_reached(floor: Floor, contact: int) -> bool:
    row = floor.contacts[contact]
    if row[REACHED_AT_TRY] >= 0:
        return row[TRIES] == row[REACHED_AT_TRY]
    share = uniform(floor.state[ROOT], REACH, hashed(row[KEY], row[TRIES]))
    return share < floor.chances[row[CHANNEL], IS_REACHED]


@compiled_inline
def _change_hands(floor: Floor, agent: int, channel: int, contact: int, takes: bool) -> None:
    """The contacts in an agent's hands change, and with them the pace of each."""
    row, hand = floor.agents[agent], floor.hands[agent]
    contacts = row[IN_HAND]
    _work_until_now(floor, agent)
    note_held(floor, agent)
    leave_bench(floor, agent)
    if takes:
        hand[contacts] = contact
        contacts += 1
    else:
        contacts -= 1
        place = 0
        while hand[place] != contact:
            place += 1
        hand[place] = hand[contacts]
    row[IN_HAND] = contacts
    row[HELD_CHANNEL] = channel if contacts else NOBODY
    join_bench(floor, agent)
    if contacts:
        _set_alarm(floor, agent)
    else:
        expect_no_completion(floor, agent)


@compiled_inline
def _work_until_now(floor: Floor, agent: int) -> None:
    """Work on everything in hand since the last change."""
    row, hand = floor.agents[agent], floor.hands[agent]
    contacts, elapsed = row[IN_HAND], floor.state[NOW] - row[SINCE]
    if elapsed and contacts:
        slowdown = floor.slowdown[row[GROUP], row[HELD_CHANNEL], contacts]
        done = rules.work_done(elapsed, slowdown)
        for place in range(contacts):
            floor.contacts[hand[place], REMAINING] -= done


@compiled_inline
def _set_alarm(floor: Floor, agent: int) -> None:
    """When the first contact in hand will be done, and which; ties by the lowest id."""
    row, hand, contacts = floor.agents[agent], floor.hands[agent], floor.contacts
    first = hand[0]
    for place in range(1, row[IN_HAND]):
        other = hand[place]
        mine, theirs = contacts[first, REMAINING], contacts[other, REMAINING]
        if theirs < mine or (theirs == mine and other < first):
            first = other
    row[NEXT_DONE] = first
    slowdown = floor.slowdown[row[GROUP], row[HELD_CHANNEL], row[IN_HAND]]
    remaining = max(0, contacts[first, REMAINING])
    expect_completion(floor, agent, rules.finish_at(floor.state[NOW], remaining, slowdown))
