"""What is written down during a replication: agent time as it passes, contacts at the end."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.compiled import compiled
from simulate.floor.agent import Agent, Group
from simulate.floor.contact import Contact
from simulate.floor_input import FloorInput
from simulate.log import CONTACT, FloorLog

IntArray = NDArray[np.int64]


@compiled
def _spread(rows: NDArray[Any], interval_us: int, busy: NDArray[Any], held: NDArray[Any]) -> None:
    """Add stretches (group, channel, from, to, contacts) to the intervals that they cover."""
    for n in range(len(rows)):
        group, channel, begin, end, contacts = rows[n]
        for interval in range(begin // interval_us, len(busy)):
            first = max(begin, interval * interval_us)
            last = min(end, (interval + 1) * interval_us)
            if last <= first:
                break
            busy[interval, group, channel] += last - first
            held[interval, group, channel] += (last - first) * contacts


class Diary:
    """
    The stretches of time that agents held contacts, and that groups had agents too many.

    Attributes
    ----------
    last_us
        Instant of the last event.
    """

    def __init__(self, given: FloorInput) -> None:
        self.given = given
        self.last_us = 0
        self._held = array("q")
        self._excess = array("q")
        self._excess_now = [(0, 0)] * len(given.group_names)

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

    def excess(self, group: Group, now: int) -> None:
        """A group has so many agents too many from now on."""
        since, number = self._excess_now[group.number]
        excess = group.excess
        if excess != number:
            if number:
                self._excess.extend((group.number, 0, since, now, number))
            self._excess_now[group.number] = (now, excess)

    def log(self, contacts: list[Contact], horizon_us: int) -> FloorLog:
        """Everything that happened."""
        intervals, groups = self.given.staff.shape
        interval_us = self.given.period.interval_us
        shape = (intervals, groups, len(self.given.channels))
        busy, held, _, leaving = (np.zeros(shape, dtype=np.int64) for _ in range(4))
        _spread(_rows(self._held), interval_us, busy, held)
        excess = _rows(self._excess)
        _spread(excess, interval_us, np.zeros_like(busy), leaving)
        drain = np.zeros(groups, dtype=np.int64)
        np.add.at(drain, excess[:, 0], (excess[:, 3] - excess[:, 2]) * excess[:, 4])
        return FloorLog(
            contacts=_table(contacts),
            present_us=self.given.staff * interval_us,
            break_us=np.zeros((intervals, groups), dtype=np.int64),
            absent_us=np.zeros((intervals, groups), dtype=np.int64),
            busy_us=busy,
            held_us=held,
            in_hand_us=np.zeros((intervals, groups, 1), dtype=np.int64),
            drain_us=drain,
            leaving_us=leaving[:, :, 0].copy(),
            end_us=max(horizon_us, self.last_us),
        )


def _rows(stretches: array[int]) -> IntArray:
    return np.array(stretches, dtype=np.int64).reshape(-1, 5)


def _table(contacts: list[Contact]) -> NDArray[np.void]:
    table = np.zeros(len(contacts), dtype=CONTACT)
    missing = {"agent", "group", "put_aside", "silent", "silent_us", "reach"}
    names = [name for name in CONTACT.names or () if name not in missing]
    for name in names:
        table[name] = [getattr(contact, name) for contact in contacts]
    table["agent"] = [c.agent.id if c.agent else -1 for c in contacts]
    table["group"] = [c.agent.group.number if c.agent else -1 for c in contacts]
    return table
