"""What agents do: they take contacts in hand, work on all of them at once, and finish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from simulate import rules
from simulate.draws import REACH, hashed, uniform
from simulate.floor import presence
from simulate.floor.agent import Agent, Skill
from simulate.floor.channel import Channel
from simulate.floor.contact import Contact
from simulate.floor.reception import call_later, take_in
from simulate.log import Ending

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def start(floor: Floor, contact: Contact, agent: Agent) -> None:
    """An agent takes a contact in hand."""
    channel = floor.channels[contact.channel]
    skill = agent.group.skills[contact.channel]
    channel.queue.leave(contact)
    if channel.kind == rules.CALLBACK:
        contact.tries += 1
        contact.reached = _is_reached(floor, contact, channel)
    if contact.reached:
        contact.work_us = rules.service_work(contact.work_us, skill.speed)
        contact.remaining_us = contact.work_us
        contact.start_us, contact.agent = floor.now, agent
        contact.ending = Ending.ANSWERED
    else:
        contact.remaining_us = rules.rounded(channel.given.dial_us, floor.given.grain_us)
    _change_hands(floor, agent, skill, contact, takes=True)
    if floor.customers.is_endless(contact):
        following = floor.customers.next_endless(contact.channel)
        take_in(floor, following, arrived_open=True)


def complete(floor: Floor, agent: Agent) -> None:
    """The first of the contacts in an agent's hands is done."""
    contact, skill = agent.next_done, agent.skill
    assert contact is not None
    assert skill is not None
    _change_hands(floor, agent, skill, contact, takes=False)
    if contact.reached:
        contact.end_us = floor.now
    else:
        _miss(floor, contact)
    floor.settle()


def _miss(floor: Floor, contact: Contact) -> None:
    """A call has reached nobody."""
    terms = floor.channels[contact.channel].given
    if rules.tries_again(contact.tries, terms.max_tries):
        call_later(floor, contact, floor.now + terms.retry_after_us)
    else:
        contact.ending, contact.end_us = Ending.GIVEN_UP, floor.now


def _is_reached(floor: Floor, contact: Contact, channel: Channel) -> bool:
    if contact.reached_at_try >= 0:
        return contact.tries == contact.reached_at_try
    share = uniform(floor.root, REACH, hashed(contact.key, contact.tries))
    return share < channel.given.reach_probability


def _change_hands(
    floor: Floor, agent: Agent, skill: Skill, contact: Contact, *, takes: bool
) -> None:
    """The contacts in an agent's hands change, and with them the pace of each."""
    now, hand = floor.now, agent.hand
    agent.work_until(now)
    floor.diary.held(agent, now)
    presence.leave_bench(floor, agent)
    if takes:
        hand.append(contact)
    else:
        hand.remove(contact)
    agent.skill = skill if hand else None
    presence.join_bench(floor, agent)
    agent.alarm = None
    if hand:
        done, agent.next_done = agent.first_done(now)
        alarm = floor.clock.moment(done, rules.COMPLETION, agent.id)
        agent.alarm = alarm

        def ring(event: simpy.Event) -> None:
            if agent.alarm is event:  # else the contacts in hand have changed since
                complete(floor, agent)

        alarm.then(ring)
