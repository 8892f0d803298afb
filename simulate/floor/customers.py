"""Who comes to the floor: first contacts, the opening backlog, and the children of contacts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import draws, journeys
from simulate.arrivals import contact_counts, fill_first_contacts, patiences, reaches, works
from simulate.draws import key_of, root_of
from simulate.floor.children import Child
from simulate.floor.contact import Contact
from simulate.floor_input import ChannelInput, Durations, FloorInput

IntArray = NDArray[np.int64]


class Customers:
    """
    The contacts of one replication, by id; children are added as they are begotten.

    Attributes
    ----------
    backlog
        Who waits at the start, the oldest first.
    first
        First contacts in order of arrival; at the same instant by channel and ordinal.
    everybody
        All contacts, by id.
    headed_off
        Posts that do not come since the ones that would have begotten them were answered, by
        interval and channel.
    """

    def __init__(self, given: FloorInput, seed: int, replication: int) -> None:
        self.given = given
        self.root = root_of(seed, replication)
        self.everybody: list[Contact] = []
        self._endless = 0  # so far, out of backlogs that never run out
        self.backlog = self._backlog()
        columns = self._drawn(seed, replication) if given.given is None else self._told()
        ids = range(len(self.backlog), len(self.backlog) + len(columns[0]))
        self.first = [Contact(*row) for row in zip(ids, *columns, strict=True)]
        self.everybody.extend(self.first)
        self._next_place = len(self.everybody)
        cells = (given.period.count, len(given.channels))
        self.headed_off = np.zeros(cells, dtype=np.int64)

    def place_of_next_child(self) -> int:
        """Place among the arrivals of an instant: behind first contacts, as begotten."""
        place = self._next_place
        self._next_place += 1
        return place

    def born(self, child: Child, now: int) -> Contact:
        """The contact of a child whose time has come."""
        declared = self.given.channels[child.channel]
        interval = now // self.given.period.interval_us
        closing = declared.closing if child.cause == draws.CLOSING else None
        contact = self._new(child.key, child.channel, interval, now, closing)
        if declared.patience.shape != draws.ENDURING:
            contact.patience_us = int(self._patiences(declared, np.array([child.key]))[0])
        parent = child.parent
        contact.parent, contact.cause, contact.attempt = parent.id, child.cause, parent.attempt + 1
        if journeys.keeps_waiting(child.cause):
            contact.first_offered_us = parent.first_offered_us
        if child.cause == draws.CALLBACK:
            contact.reached_at_try = parent.reached_at_try
        public = -1 if self.given.channels[parent.channel].closing is None else parent.channel
        contact.owes = journeys.owes_closing(child.cause, child.channel, public, parent.owes)
        return contact

    def is_endless(self, contact: Contact) -> bool:
        """Whether a contact comes out of a backlog that never runs out."""
        return contact.cause == draws.ENDLESS

    def next_endless(self, channel: int) -> Contact:
        """The next contact of a backlog that never runs out."""
        key = key_of(self.given.channels[channel].key, draws.ENDLESS, 0, self._endless)
        contact = self._new(key, channel, -1, 0)
        contact.cause = draws.ENDLESS
        self._endless += 1
        return contact

    def _new(
        self,
        key: int,
        channel: int,
        interval: int,
        offered_us: int,
        closing: Durations | None = None,
    ) -> Contact:
        """A contact with what is drawn for it; closing replies have a work of their own."""
        declared = self.given.channels[channel]
        keys = np.array([key], dtype=np.int64)
        if closing is None:
            means = declared.work_mean_us[[max(0, interval)]]
        else:
            means = np.array([closing.mean_us])
        work = self._works(closing or declared.work, keys, means)
        contact = Contact(
            len(self.everybody), key, channel, interval, offered_us, int(work[0]), draws.NEVER
        )
        contact.reach = int(self._reaches(declared, keys)[0])
        self.everybody.append(contact)
        return contact

    def _backlog(self) -> list[Contact]:
        grain = self.given.grain_us
        waiting = []
        for number, channel in enumerate(self.given.channels):
            for ordinal, age in enumerate(channel.backlog_ages_us.tolist()):
                key = key_of(channel.key, draws.BACKLOG, 0, ordinal)
                waiting.append((-age // grain * grain, number, key))
            if channel.endless:
                waiting.append((0, number, -1))
        for offered_us, number, key in sorted(waiting):
            if key < 0:
                self.next_endless(number)
            else:
                self._new(key, number, -1, offered_us).cause = draws.BACKLOG
        return list(self.everybody)

    def _told(self) -> list[list[int]]:
        """Columns of `Contact` for contacts told one by one."""
        told = self.given.given
        assert told is not None
        keys = [
            key_of(self.given.channels[channel].key, draws.FIRST, 0, ordinal)
            for ordinal, channel in enumerate(told.channel.tolist())
        ]
        intervals = told.offered_us // self.given.period.interval_us
        reach = self._reach_of_all(told.channel, np.array(keys, dtype=np.int64))
        return [
            keys,
            told.channel.tolist(),
            intervals.tolist(),
            told.offered_us.tolist(),
            told.work_us.tolist(),
            told.patience_us.tolist(),
            told.reached_at_try.tolist(),
            told.silent.tolist(),
            np.where(told.reach >= 0, told.reach, reach).tolist(),
            told.offspring.tolist(),
        ]

    def _drawn(self, seed: int, replication: int) -> list[list[int]]:
        """Columns of `Contact` for contacts drawn from the rates."""
        rates = self.given.rates
        means = rates.of_replication(seed, replication)
        counts = contact_counts(self.root, means, rates.channel_keys)
        rows = np.empty((int(counts.sum()), 5), dtype=np.int64)
        fill_first_contacts(
            self.root,
            counts,
            rates.channel_keys,
            self.given.period.interval_us,
            self.given.grain_us,
            rows,
        )
        channel, interval, ordinal, key, offered = rows.T
        order = np.lexsort((ordinal, channel, interval, offered))
        channel, interval, key, offered = (
            np.ascontiguousarray(column[order]) for column in (channel, interval, key, offered)
        )
        work = np.zeros(len(key), dtype=np.int64)
        patience = np.full(len(key), draws.NEVER)
        for number, declared in enumerate(self.given.channels):
            mine = channel == number
            keys = key[mine]
            work[mine] = self._works(declared.work, keys, declared.work_mean_us[interval[mine]])
            if declared.patience.shape != draws.ENDURING:
                patience[mine] = self._patiences(declared, keys)
        columns = (key, channel, interval, offered, work, patience)
        to_chance = [-1] * len(key)
        reach = self._reach_of_all(channel, key)
        return [*(column.tolist() for column in columns), to_chance, to_chance, reach.tolist()]

    def _reach_of_all(self, channel: IntArray, key: IntArray) -> IntArray:
        reach = np.zeros(len(key), dtype=np.int64)
        for number, declared in enumerate(self.given.channels):
            mine = channel == number
            reach[mine] = self._reaches(declared, key[mine])
        return reach

    def _works(self, declared: Durations, keys: IntArray, means: NDArray[np.float64]) -> IntArray:
        drawn: IntArray = works(
            self.root,
            keys,
            means,
            declared.shape,
            declared.cv,
            declared.values,
            self.given.grain_us,
        )
        return drawn

    def _reaches(self, channel: ChannelInput, keys: IntArray) -> IntArray:
        if channel.followers_mean <= 0:
            return np.zeros(len(keys), dtype=np.int64)
        drawn: IntArray = reaches(self.root, keys, channel.followers_mean, channel.followers_cv)
        return drawn

    def _patiences(self, channel: ChannelInput, keys: IntArray) -> IntArray:
        declared = channel.patience
        drawn: IntArray = patiences(
            self.root,
            keys,
            declared.mean_us,
            declared.shape,
            declared.cv,
            declared.values,
            declared.shares,
            self.given.grain_us,
        )
        return drawn
