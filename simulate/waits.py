"""How long did they wait: a histogram fine enough for every quantile, small enough to keep."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from simulate.compiled import compiled

_FINE = 8  # each power of two is cut into 2 ** 8 bins: half of one is a fifth of a percent
BINS = 1 << 14  # more than 64 doublings of 2 ** 8; a power of two is quick to divide by

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@compiled
def bin_of(time: int) -> int:
    """
    Bin of a time in microseconds, at least 0.

    Times below 2 ** 9 have a bin each. From there on the bins double in width with every
    doubling of the time, so that a quantile is told to a fifth of a percent.
    """
    if time >> (_FINE + 1) == 0:
        return time
    doublings = math.frexp(float(time))[1] - (_FINE + 1)
    return (doublings << _FINE) + (time >> doublings)


@compiled
def _bins_of(times: NDArray[Any]) -> NDArray[Any]:
    bins = np.empty(len(times), dtype=np.int64)
    for n in range(len(times)):
        bins[n] = bin_of(times[n])
    return bins


@compiled
def _added_up(
    keys: NDArray[Any], counts: NDArray[Any], cells: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Every key once, in order, with the sum of its counts: cell by cell, in all bins at hand."""
    ends = np.zeros(cells + 1, dtype=np.int64)
    for n in range(len(keys)):
        ends[keys[n] // BINS + 1] += 1
    for cell in range(cells):
        ends[cell + 1] += ends[cell]
    order = np.empty(len(keys), dtype=np.int64)
    for n in range(len(keys)):
        cell = keys[n] // BINS
        order[ends[cell]] = n
        ends[cell] += 1
    total = np.zeros(BINS, dtype=np.int64)
    summed_keys, sums = np.empty_like(keys), np.empty_like(keys)
    size = begin = 0
    for cell in range(cells):
        low, high = BINS, 0
        for n in order[begin : ends[cell]]:
            bin_ = keys[n] % BINS
            total[bin_] += counts[n]
            low, high = min(low, bin_), max(high, bin_ + 1)
        begin = ends[cell]
        for bin_ in range(low, high):
            if total[bin_]:
                summed_keys[size], sums[size] = cell * BINS + bin_, total[bin_]
                total[bin_] = 0
                size += 1
    return summed_keys[:size].copy(), sums[:size].copy()


@dataclass(frozen=True)
class WaitHistogram:
    """
    Times by cell (interval and channel) in bins whose widths grow with the time; see `bin_of`.

    Parameters
    ----------
    keys
        Occupied bins, `cell * BINS + bin`, rising.
    counts
        Times in each, positive, shape of `keys`.

    Notes
    -----
    Only occupied bins are kept, so a quiet interval costs nothing, and histograms of many
    replications add up to one that hardly grows.
    """

    keys: IntArray
    counts: IntArray

    @classmethod
    def of(cls, cells: IntArray, times_us: IntArray) -> WaitHistogram:
        """Count times in microseconds, each in its cell; both of one shape."""
        keys, counts = np.unique(cells * BINS + _bins_of(times_us), return_counts=True)
        return cls(keys, counts.astype(np.int64))

    @classmethod
    def sum(cls, histograms: Iterable[WaitHistogram]) -> WaitHistogram:
        """All times of several histograms in one."""
        parts = [part for part in histograms if len(part.keys)]
        if not parts:
            return cls(np.empty(0, np.int64), np.empty(0, np.int64))
        if len(parts) == 1:
            return parts[0]
        keys = np.concatenate([part.keys for part in parts])
        return cls._summed(keys, np.concatenate([part.counts for part in parts]))

    def merged(self, cell_of: IntArray) -> WaitHistogram:
        """
        The same times in other cells.

        Parameters
        ----------
        cell_of
            New cell of each old one, -1 to leave its times out.
        """
        cells = cell_of[self.keys // BINS]
        kept = cells >= 0
        keys, counts = cells[kept] * BINS + self.keys[kept] % BINS, self.counts[kept]
        if np.all(keys[1:] > keys[:-1]):  # no two cells in one, and all in their order
            return WaitHistogram(keys, counts)
        return WaitHistogram._summed(keys, counts)

    @classmethod
    def _summed(cls, keys: IntArray, counts: IntArray) -> WaitHistogram:
        """Bins that may occur several times, in any order."""
        cells = int(keys.max()) // BINS + 1 if len(keys) else 0
        return cls(*_added_up(keys, counts, cells))

    def quantiles_s(self, cells: int, shares: Sequence[float]) -> FloatArray:
        """
        Quantiles of every cell.

        Parameters
        ----------
        cells
            Number of cells, N.
        shares
            Q levels in (0, 1).

        Returns
        -------
        ndarray
            Seconds, shape (N, Q), within 0.25 % of the smallest time that at least that share
            of the cell's times does not exceed; NaN where the cell holds no times.
        """
        found = np.full((cells, len(shares)), np.nan)
        if not len(self.keys):
            return found
        running = np.cumsum(self.counts)
        edges = np.searchsorted(self.keys, np.arange(cells + 1, dtype=np.int64) * BINS)
        below = np.concatenate([[0], running])[edges]
        totals = np.diff(below)
        held = totals > 0
        for column, share in enumerate(shares):
            # The small allowance keeps 0.9 x 10 from asking for a tenth time.
            ranks = below[:-1] + np.ceil(share * totals - 1e-9)
            places = np.searchsorted(running, np.maximum(ranks, below[:-1] + 1)[held])
            found[held, column] = _centre_s(self.keys[places] % BINS)
        return found


def _centre_s(bins: IntArray) -> FloatArray:
    """Middle of each bin in seconds; exactly 0 for those who did not wait."""
    doublings = np.maximum((bins >> _FINE) - 1, 0)
    first = bins - (doublings << _FINE)
    middle: FloatArray = (first + 0.5 * (doublings > 0)) * 2.0**doublings
    return middle / MICROSECONDS
