"""What is written down during a replication: agent time as it passes, contacts at the end."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.absence import absent_us
from simulate.compiled import compiled
from simulate.floor.agent import Agent
from simulate.floor.contact import Contact
from simulate.floor.customers import Customers
from simulate.floor.group import Group
from simulate.floor_input import FloorInput
from simulate.log import CONTACT, FloorLog

IntArray = NDArray[np.int64]


@compiled
def _spread(rows: NDArray[Any], interval_us: int, totals: NDArray[Any]) -> None:
    """Add stretches (group, place, from, to, weight) to the intervals that they cover."""
    for n in range(len(rows)):
        group, place, begin, end, weight = rows[n]
        for interval in range(begin // interval_us, len(totals)):
            first = max(begin, interval * interval_us)
            last = min(end, (interval + 1) * interval_us)
            if last <= first:
                break
            totals[interval, group, place] += (last - first) * weight


class Diary:
    """
    The stretches of time that agents held contacts, were there, and should have been gone.

    Attributes
    ----------
    last_us
        Instant of the last event.
    """

    def __init__(self, given: FloorInput, root: int, attending: IntArray) -> None:
        self.given = given
        self.root = root
        self.attending = attending
        self.last_us = 0
        self._held = array("q")
        self._excess = array("q")
        self._excess_now = [(0, 0)] * len(given.group_names)
        self._present = array("q")
        self._on_break = array("q")

    def held(self, agent: Agent, until: int) -> None:
        """An agent has held what is in hand since the last change."""
        if agent.skill is not None and until > agent.since_us:
            self._held.extend(
                (
                    agent.group.number,
                    agent.skill.channel,
                    agent.since_us,
                    until,
                    len(agent.hand),
                )
            )

    def present(self, agent: Agent, until: int) -> None:
        """An agent with a shift has been on the floor since coming."""
        self._present.extend((agent.group.number, 0, agent.on_floor_since_us, until, 1))
        agent.on_floor_since_us = until

    def on_break(self, agent: Agent, until: int) -> None:
        """An agent has been on a break since going."""
        self._on_break.extend((agent.group.number, 0, agent.on_floor_since_us, until, 1))
        agent.on_floor_since_us = until

    def excess(self, group: Group, now: int) -> None:
        """A group has so many agents who should have gone from now on."""
        since, number = self._excess_now[group.number]
        excess = group.excess
        if excess != number:
            if number:
                self._excess.extend((group.number, 0, since, now, number))
            self._excess_now[group.number] = (now, excess)

    def log(self, customers: Customers, horizon_us: int) -> FloorLog:
        """Everything that happened."""
        interval_us = self.given.period.interval_us
        held, excess = _rows(self._held), _rows(self._excess)
        busy, by_number = held.copy(), held.copy()
        busy[:, 4] = by_number[:, 4] = 1
        by_number[:, 1] = held[:, 4] - 1
        channels = len(self.given.channels)
        most = max((skill.most for skill in self.given.skills), default=1)
        drain = np.zeros(self.attending.shape[1], dtype=np.int64)
        np.add.at(drain, excess[:, 0], (excess[:, 3] - excess[:, 2]) * excess[:, 4])
        return FloorLog(
            contacts=_table(customers.everybody),
            present_us=self.attending * interval_us + self._time(self._present),
            break_us=self._time(self._on_break),
            absent_us=absent_us(self.given, self.root),
            busy_us=self._totals(busy, channels),
            held_us=self._totals(held, channels),
            in_hand_us=self._totals(by_number, most),
            drain_us=drain,
            leaving_us=self._time(self._excess),
            end_us=max(horizon_us, self.last_us),
            headed_off=customers.headed_off,
        )

    def _time(self, stretches: array[int]) -> IntArray:
        """Agent time by interval and group."""
        return self._totals(_rows(stretches), 1)[:, :, 0]

    def _totals(self, rows: IntArray, places: int) -> IntArray:
        """Time by interval, group and place."""
        totals = np.zeros((*self.attending.shape, places), dtype=np.int64)
        _spread(rows, self.given.period.interval_us, totals)
        return totals


def _rows(stretches: array[int]) -> IntArray:
    return np.array(stretches, dtype=np.int64).reshape(-1, 5)


def _table(contacts: list[Contact]) -> NDArray[np.void]:
    table = np.zeros(len(contacts), dtype=CONTACT)
    names = [name for name in CONTACT.names or () if name not in {"agent", "group"}]
    for name in names:
        table[name] = [getattr(contact, name) for contact in contacts]
    table["agent"] = [c.agent.id if c.agent else -1 for c in contacts]
    table["group"] = [c.agent.group.number if c.agent else -1 for c in contacts]
    return table
