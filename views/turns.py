"""
Whose turn it is on the processors: first answers go before what follows while people look.

The kernel runs in threads that all want a processor at once. Without an order twenty people who
move levers would all wait for everybody's hundred replications.

What nobody waits for leaves a place free. Two threads that go through many short runs pass the
interpreter to and fro between them, and a page that wants it may be passed over for long.
"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from scenario.errors import RunCancelledError

POLL_S = 0.05
PLACES = max(1, min(4, os.cpu_count() or 1))


class Turns:
    """
    Some places, given to those who wait by rank, and by age within a rank.

    Parameters
    ----------
    places
        How many threads compute at once.
    """

    def __init__(self, places: int = PLACES) -> None:
        self.places = places
        self._free = places
        self._waiting: list[tuple[int, int]] = []
        self._ages = itertools.count()
        self._changed = threading.Condition()

    @property
    def busy(self) -> bool:
        """Whether somebody who comes now has to wait."""
        return self._free <= len(self._waiting)

    def age(self) -> int:
        """An age to wait with: whoever asked for one earlier goes first."""
        return next(self._ages)

    @contextmanager
    def taken(
        self, rank: int, age: int, cancelled: Callable[[], bool], *, most: int | None = None
    ) -> Iterator[int]:
        """
        Wait for a turn, and hold as many places as are free then.

        Parameters
        ----------
        rank
            0 goes before 1, and so on; only 0 may take the last free place.
        age
            From `age`, once for all turns of one piece of work: it then ends before a younger
            one begins, and what lies half done in memory stays little.
        cancelled
            Asked twenty times a second while waiting.
        most
            Places to hold at most; default: all.

        Yields
        ------
        int
            Places held, at least 1.

        Raises
        ------
        RunCancelledError
            When cancelled while waiting.
        """
        place = (rank, age)
        kept = 1 if rank and self.places > 1 else 0
        with self._changed:
            heapq.heappush(self._waiting, place)
            try:
                while not (self._free > kept and self._waiting[0] == place):
                    self._changed.wait(POLL_S)
                    if cancelled():
                        raise RunCancelledError
            finally:
                self._waiting.remove(place)
                heapq.heapify(self._waiting)
                self._changed.notify_all()
            # Whoever waits at the same rank gets a place, too.
            alike = sum(other[0] == rank for other in self._waiting)
            held = max(1, min(self._free - kept - alike, most or self.places))
            self._free -= held
        try:
            yield held
        finally:
            with self._changed:
                self._free += held
                self._changed.notify_all()
