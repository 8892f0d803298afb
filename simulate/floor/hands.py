"""What agents do: they take contacts in hand, work on all of them at once, and finish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import simpy

from simulate import rules
from simulate.draws import REACH, hashed, uniform
from simulate.floor import interruption, presence, shifts
from simulate.floor.agent import Agent, Skill
from simulate.floor.channel import Channel
from simulate.floor.children import follow_up
from simulate.floor.contact import Contact
from simulate.floor.reception import call_later, take_in
from simulate.log import Ending

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def start(floor: Floor, contact: Contact, agent: Agent) -> None:
    """An agent takes a contact in hand, and puts aside whatever cannot stand beside it."""
    channel = floor.channels[contact.channel]
    skill = agent.cohort.skills[contact.channel]
    channel.queue.leave(contact)
    first_time = contact.start_us < 0
    if contact.silent:
        given = channel.given.silent_us
        contact.silent_us = rules.rounded(given, floor.given.grain_us)
        contact.remaining_us = contact.silent_us
    elif first_time:  # else the work goes on where it was left
        _begin(floor, contact, channel, skill, agent)
    hand = agent.hand
    if agent.skill is not None and agent.skill is not skill:
        interruption.put_aside(floor, agent)
        hand = []
    floor.tell("starts" if first_time else "goes on", contact, agent)
    _hold(floor, agent, skill, [*hand, contact])
    if first_time and floor.customers.is_endless(contact):
        following = floor.customers.next_endless(contact.channel)
        take_in(floor, following, arrived_open=True)


def complete(floor: Floor, agent: Agent) -> None:
    """The first of the contacts in an agent's hands is done."""
    contact, skill = agent.next_done, agent.skill
    assert contact is not None
    assert skill is not None
    _close(floor, contact, agent)
    if len(agent.hand) == 1 and agent.goes_when_empty:
        interruption.give_back(floor, agent)
    _hold(floor, agent, skill, [other for other in agent.hand if other is not contact])
    if agent.break_due and agent.shift is not None and not agent.hand:
        shifts.begin_break(floor, agent, agent.shift)
    floor.settle()


def resume(floor: Floor) -> bool:
    """An agent with empty hands goes on with what was put aside; False if there is nobody."""
    for group in floor.groups:
        for cohort in group.cohorts:
            for agent in cohort.paused:
                contacts, skill = agent.aside, agent.skill_aside
                assert skill is not None
                agent.aside = []
                _hold(floor, agent, skill, contacts)
                for contact in contacts:
                    floor.tell("is resumed", contact, agent)
                return True
    return False


def _begin(floor: Floor, contact: Contact, channel: Channel, skill: Skill, agent: Agent) -> None:
    """Work on a contact begins for the first time; a call may reach nobody."""
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


def _close(floor: Floor, contact: Contact, agent: Agent) -> None:
    """What comes of the work that is done; a call may have reached nobody."""
    if contact.silent:
        floor.tell("finds nobody", contact, agent)
    elif contact.reached:
        floor.tell("is done", contact, agent)
        contact.end_us = floor.now
        follow_up(floor, contact)
    else:
        floor.tell("reaches nobody", contact, agent)
        terms = floor.channels[contact.channel].given
        if rules.tries_again(contact.tries, terms.max_tries):
            call_later(floor, contact, floor.now + terms.retry_after_us)
        else:
            contact.ending, contact.end_us = Ending.GIVEN_UP, floor.now
            floor.tell("is given up", contact)


def _is_reached(floor: Floor, contact: Contact, channel: Channel) -> bool:
    if contact.reached_at_try >= 0:
        return contact.tries == contact.reached_at_try
    share = uniform(floor.root, REACH, hashed(contact.key, contact.tries))
    return share < channel.given.reach_probability


def _hold(floor: Floor, agent: Agent, skill: Skill, contacts: list[Contact]) -> None:
    """The contacts in an agent's hands change, and with them the pace of each."""
    now = floor.now
    agent.work_until(now)
    floor.diary.held(agent, now)
    presence.leave_bench(floor, agent)
    agent.hand = contacts
    agent.skill = skill if contacts else None
    presence.join_bench(floor, agent)
    agent.alarm = None
    if contacts:
        done, agent.next_done = agent.first_done(now)
        alarm = floor.clock.moment(done, rules.COMPLETION, agent.id)
        agent.alarm = alarm

        def ring(event: simpy.Event) -> None:
            if agent.alarm is event:  # else the contacts in hand have changed since
                complete(floor, agent)

        alarm.then(ring)
