"""How long did they wait: a histogram fine enough for every quantile, small enough to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS

RATIO = 1.005  # width of a bin: a quantile is told to a quarter of a percent
SHORTEST_US = 1_000  # everything above zero and up to this shares the first bin
BINS = 5_000  # the last one begins at two years

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class WaitHistogram:
    """
    Times by cell (interval and channel) in bins whose widths grow with the time.

    Parameters
    ----------
    keys
        Occupied bins, `cell * BINS + bin`, rising; bin 0 holds the times of exactly zero.
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
        bins = np.zeros(len(times_us), dtype=np.int64)
        waited = times_us > 0
        steps = np.log(times_us[waited] / SHORTEST_US) / np.log(RATIO)
        bins[waited] = 1 + np.clip(np.floor(steps).astype(np.int64), 0, BINS - 2)
        keys, counts = np.unique(cells * BINS + bins, return_counts=True)
        return cls(keys, counts.astype(np.int64))

    @classmethod
    def sum(cls, histograms: Iterable[WaitHistogram]) -> WaitHistogram:
        """All times of several histograms in one."""
        parts = list(histograms)
        if not parts:
            return cls(np.empty(0, np.int64), np.empty(0, np.int64))
        keys, place = np.unique(np.concatenate([part.keys for part in parts]), return_inverse=True)
        weights = np.concatenate([part.counts for part in parts])
        counts = np.bincount(place, weights=weights, minlength=len(keys))
        return cls(keys, counts.astype(np.int64))

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
        return WaitHistogram.sum([WaitHistogram(keys, counts)])

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
    """Geometric middle of each bin in seconds; exactly 0 for those who did not wait."""
    return np.where(bins == 0, 0.0, SHORTEST_US * RATIO ** (bins - 0.5) / MICROSECONDS)
