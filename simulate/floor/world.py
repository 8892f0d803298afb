"""The floor: everything there is during one replication, and the order in which it lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from simulate import journeys, rules
from simulate.absence import attending
from simulate.draws import SPREAD, root_of
from simulate.floor import dispatch, hands, own_priorities, presence, reception, shifts
from simulate.floor.agent import Agent
from simulate.floor.channel import Channel
from simulate.floor.children import Child
from simulate.floor.clock import Clock, Story
from simulate.floor.contact import Contact
from simulate.floor.customers import Customers
from simulate.floor.diary import Diary
from simulate.floor.recorder import Recorder
from simulate.floor.teams import staffed_groups
from simulate.floor_input import FloorInput
from simulate.log import FloorLog

Matcher: TypeAlias = Callable[["Floor"], dispatch.Match | None]
"""Finds the next contact to start and the agent who takes it."""


class Floor:
    """
    One replication.

    Long lives are processes: the door through which customers come, the staffing and the
    opening hours. What waits for one instant (patience, completion, promotion, a call that
    falls due) is a moment on the clock. Every event changes the floor at once and then
    settles it: agents who are too many leave, and whoever can be matched is.

    Parameters
    ----------
    given
        The floor's input.
    seed, replication
        What the random numbers are drawn by.
    recorder
        Told everything that happens.
    next_match
        Finds who takes what, in place of the ordinary dispatch.

    Attributes
    ----------
    turns
        Changes of contacts in hand so far.
    slots_open
        Live slots open, those of agents who are to leave included.
    any_excess
        Whether some group has agents who should have gone.
    interrupts
        Whether some channel's work is put aside for live contacts.
    """

    def __init__(
        self,
        given: FloorInput,
        seed: int,
        replication: int,
        *,
        recorder: Recorder | None = None,
        next_match: Matcher | None = None,
    ) -> None:
        self.given = given
        self.recorder = recorder
        self.root = root_of(seed, replication)
        self.choice, self.load = given.choice, given.load
        self.horizon_us = given.period.length_us
        self.clock = Clock(tells_ranks=recorder is not None)
        self.customers = Customers(given, seed, replication)
        self.channels = [Channel(channel, self.horizon_us) for channel in given.channels]
        self.groups = staffed_groups(given, self.channels, self.root)
        self.attending = attending(given, self.root)
        self.diary = Diary(given, self.root, self.attending)
        self.turns = 0
        self.slots_open = 0
        self.any_excess = False
        self.interrupts = any(channel.interruptible for channel in given.channels)
        ordinary = own_priorities.next_match if given.own_priorities else dispatch.next_match
        self.next_match: Matcher = next_match or ordinary

    @property
    def now(self) -> int:
        """Microseconds since the horizon's start."""
        return int(self.clock.now)

    def run(self, cancel: Callable[[], bool] | None = None) -> FloorLog:
        """Live through the horizon, and on until the last customer and agent have gone."""
        for contact in self.customers.backlog:
            channel = self.channels[contact.channel]
            reception.take_in(self, contact, channel.given.is_open(contact.offered_us))
        self.clock.live(self.staffing())
        self.clock.live(self.opening_hours())
        self.clock.live(self.door())
        for group in self.groups:
            for agent in group.agents:
                if agent.shift is not None:
                    shifts.expect(self, agent, agent.shift)
        self.clock.run_out(cancel)
        return self.diary.log(self.customers, self.horizon_us)

    def staffing(self) -> Story:
        """The staffing table: at every change of any group's number, and at the end."""
        nobody = [0] * len(self.groups)
        previous = nobody
        for interval, wanted in enumerate([*self.attending.tolist(), nobody]):
            if wanted == previous:
                continue
            instant = interval * self.given.period.interval_us
            yield self.clock.moment(instant, rules.TIMETABLE, rules.STAFFING * rules.SUBRANK)
            for group, staff in zip(self.groups, wanted, strict=True):
                if not group.by_shifts:
                    presence.set_staff(self, group, staff)
            self.settle()
            previous = wanted

    def opening_hours(self) -> Story:
        """The doors: all openings and closings of one instant, and the end of the horizon."""
        for instant, opening, closing in self._timetable():
            yield self.clock.moment(instant, rules.TIMETABLE, rules.HOURS * rules.SUBRANK)
            for channel in closing:
                reception.close(self, channel)
            for channel in opening:
                reception.open_up(self, channel)
            self.settle()

    def door(self) -> Story:
        """Customers as they come in."""
        for contact in self.customers.first:
            yield self.clock.moment(contact.offered_us, rules.ARRIVAL, contact.id)
            reception.arrive(self, contact)

    def bear(self, child: Child) -> None:
        """The time of a child has come."""
        if self._is_headed_off(child):
            interval = self.now // self.given.period.interval_us
            self.customers.headed_off[interval, child.channel] += 1
            return
        reception.arrive(self, self.customers.born(child, self.now))

    def _is_headed_off(self, child: Child) -> bool:
        """Whether a post does not come, since the one that would have begotten it is answered."""
        spread = self.given.channels[child.channel].offspring
        return (
            child.cause == SPREAD
            and spread is not None
            and journeys.is_headed_off(spread.until_answered, child.parent.start_us >= 0)
        )

    def settle(self) -> None:
        """What follows at once from any event: agents too many leave, matches are made."""
        self.diary.last_us = self.now
        if self.any_excess:
            presence.let_go(self, keep_for_closed_doors=True)
        while True:
            match = self.next_match(self)
            if match is not None:
                hands.start(self, *match)
            elif not (self.interrupts and hands.resume(self)):
                break
        if self.any_excess:
            presence.let_go(self, keep_for_closed_doors=False)

    def tell(
        self,
        what: str,
        contact: Contact | None = None,
        agent: Agent | None = None,
        channel: Channel | None = None,
    ) -> None:
        """Tell the recorder, where there is one, what happens to whom."""
        if self.recorder is None:
            return
        if contact is not None:
            channel = self.channels[contact.channel]
        number = self.channels.index(channel) if channel is not None else -1
        self.recorder.note(self.now, self.clock.rank, what, contact, agent, channel, number)

    def _timetable(self) -> list[tuple[int, list[Channel], list[Channel]]]:
        """(instant, channels that open, channels that close), after the start up to the end."""
        opening: dict[int, list[Channel]] = {}
        closing: dict[int, list[Channel]] = {}
        for channel in self.channels:
            for opens, closes in channel.given.open_spans:
                if 0 < opens < self.horizon_us:
                    opening.setdefault(opens, []).append(channel)
                if closes > 0 and opens < self.horizon_us:
                    closing.setdefault(min(closes, self.horizon_us), []).append(channel)
        return [
            (instant, opening.get(instant, []), closing.get(instant, []))
            for instant in sorted(opening.keys() | closing.keys())
        ]
