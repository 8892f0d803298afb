"""The floor: what happens to customers and agents, event by event."""

from __future__ import annotations

from collections.abc import Callable

import simpy

from simulate import draws, rules
from simulate.draws import hashed, root_of, uniform
from simulate.encode import FloorInput
from simulate.floor import dispatch
from simulate.floor.agent import Agent, Group, Skill
from simulate.floor.channel import Channel
from simulate.floor.clock import Clock, Story
from simulate.floor.contact import Contact
from simulate.floor.customers import Customers
from simulate.floor.diary import Diary
from simulate.log import Ending, FloorLog

_NOBODY: set[Agent] = set()


class Floor:
    """
    One replication.

    Long lives are processes: the door through which customers come, the staffing and the
    opening hours. What waits for one instant (patience, completion, promotion, a call that
    falls due) is a moment on the clock. Every event changes the state of the floor at once
    and then settles it: agents who are too many leave, and whoever can be matched is.

    Parameters
    ----------
    given
        The floor's input.
    seed, replication
        What the random numbers are drawn by.
    """

    def __init__(self, given: FloorInput, seed: int, replication: int) -> None:
        self.given = given
        self.root = root_of(seed, replication)
        self.choice, self.load = given.choice, given.load
        self.horizon_us = given.period.length_us
        self.clock = Clock()
        self.customers = Customers(given, seed, replication)
        self.channels = [
            Channel(number, channel, self.horizon_us)
            for number, channel in enumerate(given.channels)
        ]
        self.groups = self._staff_groups()
        self.diary = Diary(given)
        self.turns = 0
        self.free_and_partly_open = 0  # live slots open, leaving agents included
        self.any_excess = False

    @property
    def now(self) -> int:
        """Microseconds since the horizon's start."""
        return int(self.clock.now)

    def run(self, cancel: Callable[[], bool] | None = None) -> FloorLog:
        """Live through the horizon, and on until the last customer and agent have gone."""
        for contact in self.customers.backlog:
            self._join(contact, self.channels[contact.channel].given.is_open(contact.offered_us))
        self.clock.process(self.staffing())
        self.clock.process(self.opening_hours())
        self.clock.process(self.door())
        self.clock.run_out(cancel)
        return self.diary.log(self.customers.everybody, self.horizon_us)

    # Processes

    def staffing(self) -> Story:
        """The staffing table: at every change of any group's number, and at the end."""
        previous = [0] * len(self.groups)
        for interval, wanted in enumerate([*self.given.staff.tolist(), previous]):
            if wanted != previous:
                instant = interval * self.given.period.interval_us
                yield self.clock.moment(instant, rules.TIMETABLE, rules.STAFFING * rules.SUBRANK)
                for group, staff in zip(self.groups, wanted, strict=True):
                    self.set_staff(group, staff)
                self.settle()
                previous = wanted

    def opening_hours(self) -> Story:
        """The doors: all openings and closings of one instant, and the end of the horizon."""
        for instant, opening, closing in self._timetable():
            yield self.clock.moment(instant, rules.TIMETABLE, rules.HOURS * rules.SUBRANK)
            for channel in closing:
                self.close(channel)
            for channel in opening:
                channel.is_open = True
            self.settle()

    def door(self) -> Story:
        """Customers as they come in."""
        for contact in self.customers.first:
            yield self.clock.moment(contact.offered_us, rules.ARRIVAL, contact.id)
            self.arrive(contact)

    # What happens to customers

    def arrive(self, contact: Contact) -> None:
        """A customer comes in, or a child is born."""
        channel = self.channels[contact.channel]
        if channel.is_live and not channel.is_open:
            contact.arrived_closed = True
            contact.ending, contact.end_us = Ending.CLOSED, self.now
            return
        self._join(contact, channel.is_open)
        self.settle()
        if channel.is_live and contact.queued:
            self._wait_or_go(contact, channel)

    def _join(self, contact: Contact, arrived_open: bool) -> None:
        """Take new work into the queue, or put a callback down for the instant it is due."""
        channel = self.channels[contact.channel]
        due = channel.set_deadline(contact, not arrived_open)
        if due > max(self.now, contact.offered_us):
            self._call_later(contact, due)
        else:
            self._queue_up(contact, channel)

    def _queue_up(self, contact: Contact, channel: Channel) -> None:
        promoted_at = rules.promoted_at(contact.deadline_us, channel.given.promote_before_us)
        if not channel.is_live and promoted_at < self.horizon_us:
            if promoted_at <= self.now:
                contact.promoted = True
            elif not contact.tries:  # the moment set at first joining holds for later tries
                place = rules.PROMOTION * rules.SUBRANK + contact.id
                self.clock.at(promoted_at, rules.WAITING_TIMER, place, self.promote, contact)
        channel.queue.join(contact)

    def _wait_or_go(self, contact: Contact, channel: Channel) -> None:
        """Nobody could take the customer at once: blocked, offered a callback, gone, or patient."""
        given = channel.given
        others = channel.queue.length - 1
        if rules.is_blocked(others, given.max_queue):
            self._end(contact, Ending.BLOCKED)
            return
        if given.offer_condition != rules.NO_OFFER:
            wait = 0.0
            if given.offer_condition == rules.EXPECTED_WAIT_OVER:
                wait = self._expected_wait(channel, others)
            if (
                rules.is_offered(given.offer_condition, given.offer_limit, others, wait)
                and self.now < self.horizon_us
                and self._accepts(contact, channel)
            ):
                self._convert(contact, channel)
                return
        if given.balk and uniform(self.root, draws.BALK, contact.key) < given.balk:
            self._end(contact, Ending.ABANDONED)
            self.diary.last_us = self.now
            return
        if contact.patience_us < draws.NEVER:
            gone = self.now + contact.patience_us
            self.clock.at(gone, rules.ABANDONMENT, contact.id, self.give_up, contact)
        if given.offer_condition == rules.AFTER_WAITING:
            offer = self.now + given.offer_limit
            if offer < self.horizon_us:
                place = rules.OFFER * rules.SUBRANK + contact.id
                self.clock.at(offer, rules.WAITING_TIMER, place, self.offer_callback, contact)

    def give_up(self, contact: Contact) -> None:
        """A customer's patience is at its end."""
        if contact.queued:
            self._end(contact, Ending.ABANDONED)
            self.settle()

    def offer_callback(self, contact: Contact) -> None:
        """A customer has waited so long that a callback is offered."""
        channel = self.channels[contact.channel]
        if contact.queued and self._accepts(contact, channel):
            self._convert(contact, channel)
            self.settle()

    def promote(self, contact: Contact) -> None:
        """The deadline has come near."""
        self.channels[contact.channel].queue.promote(contact)
        if contact.queued:
            self.settle()

    def fall_due(self, contact: Contact) -> None:
        """The customer may be called, now or again."""
        self._queue_up(contact, self.channels[contact.channel])
        self.settle()

    def _accepts(self, contact: Contact, channel: Channel) -> bool:
        return uniform(self.root, draws.ACCEPT, contact.key) < channel.given.accept

    def _convert(self, contact: Contact, channel: Channel) -> None:
        """The customer takes a callback, which is a contact of its own from now on."""
        self._end(contact, Ending.CONVERTED)
        child = self.customers.callback_of(contact, channel.given.offer_channel, self.now)
        self.clock.at(self.now, rules.ARRIVAL, child.id, self.arrive, child)

    def _end(self, contact: Contact, ending: Ending) -> None:
        """A waiting customer leaves without having been served."""
        self.channels[contact.channel].queue.leave(contact)
        contact.ending, contact.end_us = ending, self.now

    def _call_later(self, contact: Contact, due: int) -> None:
        if due < self.horizon_us:
            self.clock.at(due, rules.CALLBACK_DUE, contact.id, self.fall_due, contact)

    def _expected_wait(self, channel: Channel, others: int) -> float:
        interval = min(self.now // self.given.period.interval_us, self.given.period.count - 1)
        rate = 0.0
        for skill in channel.skills:
            agents = skill.group.present - skill.group.excess
            rate += rules.slot_rate(agents, skill.most, skill.slowdown[skill.most], skill.speed)
        return rules.expected_wait(others, float(channel.given.work_mean_us[interval]), rate)

    # What agents do

    def start(self, contact: Contact, agent: Agent) -> None:
        """An agent takes a contact in hand."""
        channel = self.channels[contact.channel]
        skill = agent.group.skills[contact.channel]
        channel.queue.leave(contact)
        work = rules.service_work(contact.work_us, skill.speed)
        if channel.kind == rules.CALLBACK:
            contact.tries += 1
            contact.reached = self._is_reached(contact, channel)
            if not contact.reached:
                contact.remaining_us = rules.rounded(channel.given.dial_us, self.given.grain_us)
        if contact.reached:
            contact.start_us, contact.agent = self.now, agent
            contact.work_us = contact.remaining_us = work
            contact.ending = Ending.ANSWERED
        self._change_hands(agent, skill, contact, takes=True)
        if channel.given.endless and contact.key in self.customers.endless_keys:
            self._join(self.customers.next_endless(contact.channel), arrived_open=True)

    def complete(self, agent: Agent) -> None:
        """The first of the contacts in an agent's hands is done."""
        contact, skill = agent.next_done, agent.skill
        assert contact is not None
        assert skill is not None
        self._change_hands(agent, skill, contact, takes=False)
        if contact.reached:
            contact.end_us = self.now
        else:
            self._missed(contact)
        self.settle()

    def _missed(self, contact: Contact) -> None:
        terms = self.channels[contact.channel].given
        if rules.tries_again(contact.tries, terms.max_tries):
            self._call_later(contact, self.now + terms.retry_after_us)
        else:
            contact.ending, contact.end_us = Ending.GIVEN_UP, self.now

    def _is_reached(self, contact: Contact, channel: Channel) -> bool:
        if contact.reached_at_try >= 0:
            return contact.tries == contact.reached_at_try
        share = uniform(self.root, draws.REACH, hashed(contact.key, contact.tries))
        return share < channel.given.reach_probability

    def _change_hands(self, agent: Agent, skill: Skill, contact: Contact, *, takes: bool) -> None:
        """The number of contacts in an agent's hands changes: everything else follows from it."""
        now, hand = self.now, agent.hand
        agent.work_until(now)
        self.diary.held(agent, now)
        self._leave_bench(agent)
        if takes:
            hand.append(contact)
        else:
            hand.remove(contact)
        agent.skill = skill if hand else None
        agent.since_us = now
        self._join_bench(agent)
        agent.alarm = None
        if hand:
            done, agent.next_done = agent.first_done(now)
            agent.alarm = alarm = self.clock.moment(done, rules.COMPLETION, agent.id)
            alarm.callbacks.append(lambda event: self._ring(agent, event))

    def _ring(self, agent: Agent, alarm: simpy.Event) -> None:
        if agent.alarm is alarm:  # else the contacts in hand have changed since it was set
            self.complete(agent)

    # Who is there

    def set_staff(self, group: Group, staff: int) -> None:
        """A group's number changes: a rise first keeps those who were to leave."""
        group.staff = staff
        for agent in group.absent():
            if group.present >= staff:
                break
            agent.present = True
            agent.since_us = self.now
            group.present += 1
            self._join_bench(agent)
        self.any_excess = any(group.excess for group in self.groups)

    def close(self, channel: Channel) -> None:
        """A channel closes; who waits there live is served by the last staff, or dropped."""
        channel.is_open = False
        if channel.is_live and channel.given.drops_at_close:
            for contact in channel.queue.everybody():
                self._end(contact, Ending.ABANDONED)

    def settle(self) -> None:
        """What follows at once from any event: agents too many leave, matches are made."""
        self.diary.last_us = self.now
        if self.any_excess:
            self._let_go(keep_for_draining=True)
        while (match := dispatch.next_match(self)) is not None:
            self.start(*match)
        if self.any_excess:
            self._let_go(keep_for_draining=False)
            self.any_excess = any(group.excess for group in self.groups)
        for group in self.groups:
            self.diary.excess(group, self.now)

    def _let_go(self, *, keep_for_draining: bool) -> None:
        """Free agents leave while there are too many, the one free longest first."""
        for group in self.groups:
            if not group.excess or not group.free:
                continue
            if keep_for_draining and any(
                self.channels[number].is_draining for number in group.skills
            ):
                continue
            for agent in list(group.free)[: group.excess]:
                self._leave_bench(agent)
                agent.present = False
                group.present -= 1

    def leaving_of(self, group: Group, contact: Contact | None) -> set[Agent]:
        """Agents of a group who take nothing new, unless it waits at a closed door."""
        if not group.excess or (contact is not None and self.channels[contact.channel].is_draining):
            return _NOBODY
        return group.leaving()

    def open_live_slots(self) -> int:
        """How many live contacts could be taken, by all who may take something new."""
        slots = self.free_and_partly_open
        if self.any_excess:
            slots -= sum(agent.open_slots for group in self.groups for agent in group.leaving())
        return slots

    def _join_bench(self, agent: Agent) -> None:
        """Line up with those who have room for one more."""
        self.turns += 1
        agent.turn = self.turns
        contacts, skill = len(agent.hand), agent.skill
        if skill is None:
            agent.group.free[agent] = None
            agent.open_slots = agent.group.live_slots
        else:
            if contacts < skill.most:
                skill.bench[contacts][agent] = None
            is_live = self.channels[skill.channel].is_live
            agent.open_slots = skill.most - contacts if is_live else 0
        self.free_and_partly_open += agent.open_slots

    def _leave_bench(self, agent: Agent) -> None:
        self.free_and_partly_open -= agent.open_slots
        agent.open_slots = 0
        contacts, skill = len(agent.hand), agent.skill
        if skill is None:
            del agent.group.free[agent]
        elif contacts < skill.most:
            del skill.bench[contacts][agent]

    # Setting up

    def _staff_groups(self) -> list[Group]:
        groups = []
        first_id = 0
        for number, most in enumerate(self.given.staff.max(axis=0).tolist()):
            groups.append(Group(number, first_id, most))
            first_id += most
        for given in self.given.skills:
            group, channel = groups[given.group], self.channels[given.channel]
            skill = Skill(given, group)
            group.skills[given.channel] = skill
            channel.skills.append(skill)
            if channel.is_live:
                group.live_slots = max(group.live_slots, given.most)
        return groups

    def _timetable(self) -> list[tuple[int, list[Channel], list[Channel]]]:
        """(instant, channels that open, channels that close), after the start up to the end."""
        opening: dict[int, list[Channel]] = {}
        closing: dict[int, list[Channel]] = {self.horizon_us: []}
        for channel in self.channels:
            spans = zip(
                channel.given.open_us.tolist(), channel.given.close_us.tolist(), strict=True
            )
            for opens, closes in spans:
                if 0 < opens < self.horizon_us:
                    opening.setdefault(opens, []).append(channel)
                if closes > 0 and opens < self.horizon_us:
                    closing.setdefault(min(closes, self.horizon_us), []).append(channel)
        return [
            (instant, opening.get(instant, []), closing.get(instant, []))
            for instant in sorted(opening.keys() | closing.keys())
        ]
