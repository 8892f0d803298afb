"""Where replications are lived through: one floor, put back to its beginning for each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import draws
from simulate.absence import absent_shifts, absent_us, attending
from simulate.arrivals import contact_counts
from simulate.floor_input import FloorInput
from simulate.kernel import state as at
from simulate.kernel.floor import TABLES, Floor
from simulate.kernel.tables import LINE, floor_of, in_line
from simulate.kernel.timetables import named_of, timetable_of

IntArray = NDArray[np.int64]

LEDGERS = (
    "tallies", "within", "of", "queue", "backlog", "oldest",
    "busy", "held", "in_hand", "present", "paused", "leaving",
)  # fmt: skip
"""Tables that tell what a replication amounts to."""

_OUTSIDE = (
    "contacts",
    "timers",
    "unborn",
    "by_reach",
    "arrivals",
    "order",
    "waits",
    "responses",
    "log",
    "heads",
)
"""Tables that grow, or of which nothing is read before it is written."""


class Premises:
    """
    One floor for many replications of one input.

    To make a floor's tables takes as long as a short day does; to put them back to what they
    were is one copy, since all that a day changes lies in one piece.

    Parameters
    ----------
    given
        The floor's input.
    keeps_log
        Whether every contact is written down.

    Attributes
    ----------
    floor
        As the last replication has left it.
    absent_us
        Time of the absent in that replication, by interval and group.
    events
        How many events take about as long as may pass before somebody asks to stop.
    """

    def __init__(self, given: FloorInput, *, keeps_log: bool = False) -> None:
        self.given = given
        self.floor = floor_of(given, keeps_log=keeps_log)
        self.events = 256
        self._varies = any(group.absence > 0 for group in given.groups)
        self._everybody = named_of(given, self.floor.agents)
        self._all_shifts = self.floor.shift_events
        self._places: dict[str, slice] = {}
        self._now = self._in_one_piece()
        if not self._varies:
            self._let_come(0)
        self._before = self._now.copy()

    def open(self, seed: int, replication: int) -> Floor:
        """The floor before the first event of a replication."""
        given, floor = self.given, self.floor
        np.copyto(self._now, self._before)
        floor.waits.fill(0)
        floor.responses.fill(0)
        root = draws.root_of(seed, replication)
        if self._varies:
            self._let_come(root)
        state, first = floor.state, int(floor.state[at.NEXT_FIRST])
        state[at.ROOT] = root
        if given.given is None:
            means = given.rates.of_replication(seed, replication)
            floor.counts[...] = contact_counts(root, means, given.rates.channel_keys)
        contacts = int(floor.counts.sum()) if given.given is None else len(floor.arrivals)
        self._make_room(contacts)
        state[at.FIRST_CHILD] = state[at.NEXT_CHILD] = state[at.NEXT_PLACE] = first + contacts
        return floor

    @property
    def ledger(self) -> IntArray:
        """All of `LEDGERS` in one piece."""
        return self._now[self._places[LEDGERS[0]].start : self._places[LEDGERS[-1]].stop]

    def ledger_tables(self, ledgers: IntArray) -> dict[str, IntArray]:
        """Each of `LEDGERS` out of the `ledger` of R replications, shape (R, N)."""
        first = self._places[LEDGERS[0]].start
        return {
            name: ledgers[:, self._places[name].start - first : self._places[name].stop - first]
            .reshape(len(ledgers), *getattr(self.floor, name).shape)
            for name in LEDGERS
        }  # fmt: skip

    def _in_one_piece(self) -> IntArray:
        """Put the tables side by side, each at the beginning of a line, the ledgers last."""
        inside = [table.name for table in TABLES if table.name not in (*_OUTSIDE, *LEDGERS)]
        end = 0
        for name in (*inside, *LEDGERS):
            size = getattr(self.floor, name).size
            self._places[name] = slice(end, end + size)
            end += -(-8 * size // LINE) * LINE // 8
        piece = in_line(end)
        for name, place in self._places.items():
            table = getattr(self.floor, name)
            view = piece[place].view(table.dtype).reshape(table.shape)
            view[...] = table
            self.floor.put(name, view)
        return piece

    def _let_come(self, root: int) -> None:
        """Everybody comes who is not absent in this replication."""
        given, floor = self.given, self.floor
        timetable, _, staff = timetable_of(given, attending(given, root))
        floor.put("timetable", timetable)
        floor.staff[...] = staff
        absent = self._everybody[absent_shifts(given, root)]
        without = np.isin(self._all_shifts[:, at.EVENT_OF], absent)
        floor.put("shift_events", self._all_shifts[~without])
        self.absent_us = absent_us(given, root)

    def _make_room(self, contacts: int) -> None:
        """Make room for the first contacts of any interval, and for all of them in the log."""
        floor = self.floor
        most = int(floor.counts.sum(axis=1).max(initial=0))
        if most > len(floor.arrivals):
            most += most // 4
            floor.put("arrivals", np.zeros((most, at.ARRIVAL_SIZE), dtype=np.int64))
            floor.put("order", np.zeros(2 * most + 1, dtype=np.int64))
        if len(floor.log):
            rows = len(floor.log) + contacts + contacts // 8
            floor.put("log", np.zeros((rows, at.CONTACT_SIZE), dtype=np.int64))
