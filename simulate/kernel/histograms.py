"""Times counted by cell and bin while the floor lives: hash tables that stay at hand."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulate.compiled import compiled_entry, compiled_inline
from simulate.waits import BINS, bin_of

_STRETCH = 512  # places that the bins of one cell share at first
_SHIFT = 37  # odd, so that cells with the same stretch take turns at its places
_SPREAD = 317  # 512 over the golden ratio: neighbouring bins lie far apart
_KEY, _COUNT = 0, 1


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
    while table[place, _KEY] != key + 1:
        if table[place, _KEY] == 0:
            table[place, _KEY] = key + 1
            table[place, _COUNT] = count
            return 1
        place = (place + 2 * key + 1) & mask  # far away: the stretch may be full
    table[place, _COUNT] += count
    return 0


@compiled_entry
def move_counts(table: NDArray[Any], larger: NDArray[Any]) -> None:
    """Enter all keys of a hash table into an empty one."""
    for place in range(len(table)):
        if table[place, _KEY]:
            add_count(larger, table[place, _KEY] - 1, table[place, _COUNT])
