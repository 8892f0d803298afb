"""Times counted by cell and bin while the floor lives: hash tables that stay at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.compiled import compiled_entry, compiled_inline
from simulate.waits import BINS, WaitHistogram, bin_of

_STRETCH = 512  # places that the bins of one cell share at first
_SHIFT = 37  # odd, so that cells with the same stretch take turns at its places
_SPREAD = 317  # 512 over the golden ratio: neighbouring bins lie far apart

# A place holds the key plus one, so that 0 is empty, above a count: of 67 million times that
# fall into one bin of one interval and channel.
_COUNT_BITS = 26
_COUNT = (1 << _COUNT_BITS) - 1


@compiled_inline
def count_time(table: NDArray[Any], cell: int, time: int) -> int:
    """Count a time in its cell and bin; 1 where that bin of the cell was empty."""
    return add_count(table, cell * BINS + bin_of(time), 1)


@compiled_inline
def add_count(table: NDArray[Any], key: int, count: int) -> int:
    """
    Add to a key of a hash table; 1 where it was not there.

    The bins of a cell share a stretch of the table, short enough to stay at hand while the
    contacts of an interval come to their ends. Every cell begins elsewhere in its stretch:
    the bin of those who did not wait is in all of them.
    """
    mask = len(table) - 1
    cell, bin_ = key // BINS, key % BINS
    place = (cell * _STRETCH + (bin_ * _SPREAD + cell * _SHIFT) % _STRETCH) & mask
    while table[place] >> _COUNT_BITS != key + 1:
        if table[place] == 0:
            table[place] = ((key + 1) << _COUNT_BITS) + count
            return 1
        place = (place + 2 * key + 1) & mask  # far away: the stretch may be full
    table[place] += count
    return 0


@compiled_entry
def move_counts(table: NDArray[Any], larger: NDArray[Any]) -> None:
    """Enter all keys of a hash table into an empty one."""
    for place in range(len(table)):
        if table[place]:
            add_count(larger, (table[place] >> _COUNT_BITS) - 1, table[place] & _COUNT)


def histogram_of(tables: Sequence[tuple[NDArray[np.int64], NDArray[np.bool_]]]) -> WaitHistogram:
    """
    What hash tables that share no key have counted.

    Parameters
    ----------
    tables
        Each with the channels, shape (C,), of which its times are wanted.
    """
    held = np.empty(sum(len(table) for table, _ in tables), dtype=np.int64)
    size = 0
    for table, channels in tables:
        size = _take(table, channels, held, size)
    held = np.sort(held[:size])
    return WaitHistogram((held >> _COUNT_BITS) - 1, held & _COUNT)


@compiled_entry
def _take(table: NDArray[Any], channels: NDArray[Any], held: NDArray[Any], size: int) -> int:
    """Put what is held for some channels behind the first so many; how many there are then."""
    for place in range(len(table)):
        if table[place] and channels[((table[place] >> _COUNT_BITS) - 1) // BINS % len(channels)]:
            held[size] = table[place]
            size += 1
    return size
