"""What the kernel has counted on the way, in the form in which logs are measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from scenario import RunCancelledError
from simulate import rules
from simulate.batches import Batch
from simulate.floor_input import FloorInput
from simulate.kernel import state as at
from simulate.kernel.counts import NAMES
from simulate.kernel.floor import Floor
from simulate.kernel.histograms import histogram_of
from simulate.kernel.premises import Premises
from simulate.kernel.run import live_through
from simulate.laws import check_agent_time, check_contacts
from simulate.measures import AgentTimes, count_type, group_counts
from simulate.waits import WaitHistogram

IntArray = NDArray[np.int64]
Cancel = Callable[[], bool]

_OPENING = ("offered", "answered", "replied", "waiting")
_MOST = 64  # replications of a batch
_ROOM = 1 << 23  # bytes of their tables
_OFTEN_S = 0.05  # after which finished replications are handed over


def counted(
    given: FloorInput, seed: int, numbers: Iterable[int], cancel: Cancel | None
) -> Iterator[Batch]:
    """
    Live through replications one after the other, and count.

    Parameters
    ----------
    given, seed, numbers, cancel
        As for `simulate.kernel.count_replications`.

    Yields
    ------
    Batch
        Those that are finished, about twenty times a second.
    """
    premises = Premises(given)
    book = _Book(premises)
    begun = time.perf_counter()
    for number in numbers:
        try:
            floor = live_through(premises, seed, number, cancel)
        except RunCancelledError:
            break
        book.enter(number, floor)
        if book.is_full or time.perf_counter() - begun > _OFTEN_S:
            yield book.close()
            begun = time.perf_counter()
    if book.numbers:
        yield book.close()


class _Book:
    """The tables of some replications, entered one by one and worked out together."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        size = premises.ledger.nbytes
        self._rows = max(1, min(_MOST, _ROOM // max(size, 1)))
        self._ledgers = np.empty((self._rows, premises.ledger.size), dtype=np.int64)
        self._drain = np.empty((self._rows, len(premises.given.groups)), dtype=np.int64)
        kinds = [channel.kind for channel in premises.given.channels]
        self._is_live = np.array([kind == rules.LIVE for kind in kinds])
        self._all = np.ones_like(self._is_live)
        self._clear()

    def _clear(self) -> None:
        self.numbers: list[int] = []
        self._waits: list[WaitHistogram] = []
        self._responses: list[WaitHistogram] = []
        self._absent: list[IntArray] = []

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another replication."""
        return len(self.numbers) == self._rows

    def enter(self, number: int, floor: Floor) -> None:
        """Write down what a replication has told."""
        row = len(self.numbers)
        self._ledgers[row] = self._premises.ledger
        self._drain[row] = floor.groups[:, at.DRAIN]
        self._absent.append(self._premises.absent_us)
        waits = histogram_of([(floor.waits, self._all)])
        self._waits.append(waits)
        # The response to a live contact is its answer.
        self._responses.append(
            waits
            if self._is_live.all()
            else histogram_of([(floor.waits, self._is_live), (floor.responses, self._all)])
        )
        self.numbers.append(number)

    def close(self) -> Batch:
        """Work out what has been entered, and begin anew."""
        given, count = self._premises.given, len(self.numbers)
        told = self._premises.ledger_tables(self._ledgers[:count])
        cells = told["queue"][0].size
        by_cell, opening = told["tallies"][:, :cells], told["tallies"][:, cells:]
        contacts = {
            name: by_cell[:, :, column].reshape(told["queue"].shape)
            for column, name in enumerate(NAMES)
        }
        contacts |= {"queue_us": told["queue"], "backlog": told["backlog"]}
        contacts["oldest_us"] = told["oldest"]
        check_contacts(contacts, given)
        times = AgentTimes(
            present_us=told["present"],
            break_us=told["paused"],
            absent_us=np.stack(self._absent),
            busy_us=told["busy"],
            held_us=told["held"],
            leaving_us=told["leaving"],
        )
        groups = group_counts(times, given)
        check_agent_time(groups, told["in_hand"], given)
        # The tables are written anew by the next replications: everything is a copy.
        batch = Batch(
            numbers=np.array(self.numbers),
            contacts={name: table.astype(count_type(name)) for name, table in contacts.items()},
            groups={name: table.copy() for name, table in groups.items()},
            busy_by_channel_us=told["busy"].copy(),
            in_hand_us=told["in_hand"].copy(),
            drain_us=self._drain[:count].copy(),
            opening={name: opening[:, :, NAMES.index(name)].copy() for name in _OPENING},
            within_threshold=told["within"].copy(),
            of_threshold=told["of"].copy(),
            waits=tuple(self._waits),
            responses=tuple(self._responses),
        )
        self._clear()
        return batch
