"""How long did they wait: a histogram fine enough for every quantile, small enough to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATIO = 1.005  # width of a bin: a quantile is told to a quarter of a percent
SHORTEST_US = 1_000  # everything above zero and up to this shares the first bin
BINS = 5_000  # the last one begins at two years

IntArray = NDArray[np.int64]


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

    def quantiles_s(self, cells: NDArray[np.bool_], shares: Iterable[float]) -> list[float]:
        """
        Quantiles over the chosen cells.

        Parameters
        ----------
        cells
            Which cells count, indexed by cell.
        shares
            Levels in (0, 1).

        Returns
        -------
        list of float
            Seconds, within 0.25 % of the smallest time that at least that share of the times
            does not exceed; NaN where the cells hold no times.
        """
        chosen = cells[self.keys // BINS]
        bins, counts = self.keys[chosen] % BINS, self.counts[chosen]
        by_bin = np.bincount(bins, weights=counts, minlength=1)
        below = np.cumsum(by_bin)
        if not below[-1]:
            return [float("nan") for _ in shares]
        # The small allowance keeps 0.9 x 10 from asking for an eleventh time.
        ranks = [np.ceil(share * below[-1] - 1e-9) for share in shares]
        return [_centre_s(int(np.searchsorted(below, rank))) for rank in ranks]


def _centre_s(number: int) -> float:
    """Geometric middle of a bin in seconds; exactly 0 for those who did not wait."""
    if number == 0:
        return 0.0
    return float(SHORTEST_US * RATIO ** (number - 0.5) / 1e6)
