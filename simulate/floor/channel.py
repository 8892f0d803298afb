"""One channel as the floor runs it: its queue, its hours and its terms."""

from __future__ import annotations

from simulate import rules
from simulate.draws import NEVER
from simulate.floor.agent import Skill
from simulate.floor.contact import Contact
from simulate.floor.queue import Queue
from simulate.floor_input import ChannelInput


class Channel:
    """
    One channel during a replication.

    Attributes
    ----------
    given
        Everything declared about it.
    skills
        How the cohorts that serve it do so, by cohort.
    queue
        Who waits.
    is_open
        Whether it is in its opening hours.
    """

    def __init__(self, given: ChannelInput, horizon_us: int) -> None:
        self.given = given
        self.kind = given.kind
        self.is_live = given.kind == rules.LIVE
        self.priority = given.priority
        self.above_live = given.above_live
        self.horizon_us = horizon_us
        self.skills: list[Skill] = []
        self.queue = Queue(given.order)
        self.is_open = given.is_open(0)

    def is_served(self, now: int) -> bool:
        """
        Whether its waiting contacts may be started.

        Live contacts that wait at closing are served still (or were dropped); other work is
        started in opening hours and before the horizon's end only.
        """
        return self.is_live or (self.is_open and now < self.horizon_us)

    @property
    def is_draining(self) -> bool:
        """Whether it is closed to new contacts while the last ones are served."""
        return self.is_live and not self.is_open and self.queue.length > 0

    def set_deadline(self, contact: Contact, arrived_open: bool) -> int:
        """
        Write down when the contact's reply or call is due.

        The clock of what arrives closed starts at the next opening.

        Returns
        -------
        int
            First instant at which the contact may be started: a callback's `not_before`.
        """
        given = self.given
        arrived_closed = not arrived_open
        contact.arrived_closed = arrived_closed
        if self.is_live:
            return contact.offered_us
        clock = contact.offered_us
        if arrived_closed:
            clock = given.opening_after(contact.offered_us)
        if self.kind == rules.CALLBACK:
            due = rules.promised(clock, given.not_before_us)
            contact.deadline_us = rules.promised(due, given.window_us)
            return due
        allowed = given.target_closed_us if arrived_closed else given.target_us
        contact.deadline_us = NEVER if allowed < 0 else rules.promised(clock, allowed)
        return contact.offered_us
