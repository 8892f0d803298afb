"""Finished replications side by side, as an engine hands them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, count
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.measures import Counts
from simulate.waits import WaitHistogram

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """
    R replications, counted; warm-up and cool-down are in them and left out of results later.

    Parameters
    ----------
    numbers
        Their numbers, shape (R,).
    contacts, groups, opening
        As in `measures.Counts`, with the replications along the first axis.
    busy_by_channel_us, in_hand_us, drain_us, within_threshold, of_threshold
        The same.
    waits, responses
        Histograms, one a replication.
    logs
        Every contact, a table a replication, dtype `simulate.log.CONTACT`; empty where no
        contact is kept.
    """

    numbers: IntArray
    contacts: Mapping[str, IntArray]
    groups: Mapping[str, IntArray]
    busy_by_channel_us: IntArray
    in_hand_us: IntArray
    drain_us: IntArray
    opening: Mapping[str, IntArray]
    within_threshold: IntArray
    of_threshold: IntArray
    waits: tuple[WaitHistogram, ...]
    responses: tuple[WaitHistogram, ...]
    logs: tuple[NDArray[np.void], ...] = ()

    @classmethod
    def of(cls, number: int, counts: Counts, log: NDArray[np.void] | None = None) -> Batch:
        """One replication that was counted from its log."""
        held: dict[str, Any] = {
            one.name: _alone(getattr(counts, one.name)) for one in fields(counts)
        }
        return cls(np.array([number]), logs=() if log is None else (log,), **held)

    @property
    def count(self) -> int:
        """Number of replications, R."""
        return len(self.numbers)

    def at(self, rows: IntArray) -> Batch:
        """Some of the replications, by their places here."""
        held = {one.name: _rows(getattr(self, one.name), rows) for one in fields(self)}
        return replace(self, **held)

    def until(self, number: int) -> Batch:
        """Those of the replications that are numbered lower."""
        rows = np.flatnonzero(self.numbers < number)
        return self if len(rows) == self.count else self.at(rows)


def finished(batches: Iterable[Batch]) -> int:
    """How many replications there are in all."""
    return sum(batch.count for batch in batches)


def without_gaps(batches: Sequence[Batch]) -> list[Batch]:
    """
    Results up to the first replication that is missing.

    Quiet days are simulated faster, so whatever happens to be finished at a cancellation is
    quieter than the rest; an unbroken beginning is not, and it pairs with other runs.
    """
    done = set(chain(*(batch.numbers.tolist() for batch in batches)))
    missing = next(number for number in count() if number not in done)
    cut = [batch.until(missing) for batch in batches]
    return [batch for batch in cut if batch.count]


def logs_of(batches: Iterable[Batch]) -> list[tuple[int, NDArray[np.void]]]:
    """Every contact of the replications that keep them, with their numbers and in their order."""
    pairs = [zip(batch.numbers.tolist(), batch.logs, strict=True) for batch in batches]
    return sorted((pair for pair in chain(*pairs)), key=itemgetter(0))


def _alone(value: Any) -> Any:
    """One replication's numbers as those of the only one of several."""
    if isinstance(value, Mapping):
        return {name: part[np.newaxis] for name, part in value.items()}
    return (value,) if isinstance(value, WaitHistogram) else value[np.newaxis]


def _rows(value: Any, rows: IntArray) -> Any:
    if isinstance(value, Mapping):
        return {name: part[rows] for name, part in value.items()}
    if isinstance(value, tuple):
        return tuple(value[row] for row in rows.tolist()) if value else ()
    return value[rows]
