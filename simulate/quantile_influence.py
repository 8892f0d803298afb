"""How much each replication moves a quantile, so that quantiles are compared in pairs, too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenario.targets import ratio
from simulate.waits import BINS, WaitHistogram

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

SHARES = (0.50, 0.90)
NARROWEST = 0.005  # share of the times on either side from which the density is told


def influence_of(
    histograms: Sequence[WaitHistogram], channel_of: IntArray, channels: int
) -> FloatArray:
    """
    What each replication adds to the error of the pooled quantiles `SHARES`.

    Parameters
    ----------
    histograms
        One a replication.
    channel_of
        Channel of each cell of the histograms, -1 to leave its times out.
    channels
        Number of channels, C.

    Returns
    -------
    ndarray
        Seconds, shape (R, C, Q); 0 where a channel has no times or all are alike. Summed over
        the replications the errors are 0; their spread tells how sure the quantile is.

    Notes
    -----
    The pooled quantile q of share p errs by -(F_n(q) - p) / f(q) to first order, and F_n is a
    sum over replications. f is told from the quantiles two standard errors of F_n around p.

    References
    ----------
    .. [1] Bahadur, R. R. (1966). A note on quantiles in large samples. Annals of Mathematical
       Statistics, 37(3), 577-580.
    .. [2] Woodruff, R. S. (1952). Confidence intervals for medians and other position measures.
       Journal of the American Statistical Association, 47(260), 635-646.
    """
    parts = [_by_channel(one, channel_of) for one in histograms]
    pooled = np.zeros(channels * BINS)
    for channel, bins, counts in parts:
        pooled += np.bincount(channel * BINS + bins, weights=counts, minlength=channels * BINS)
    below = np.cumsum(pooled.reshape(channels, BINS), axis=1)
    totals = below[:, -1]
    influence = np.zeros((len(parts), channels, len(SHARES)))
    for place, share in enumerate(SHARES):
        places = _quantile_bins(below, np.full(channels, share))
        errors = np.stack(
            [
                np.bincount(channel, weights=counts * (bins <= places[channel]), minlength=channels)
                - share * np.bincount(channel, weights=counts, minlength=channels)
                for channel, bins, counts in parts
            ]
        )
        errors -= errors.mean(axis=0)
        spread = np.sqrt((errors**2).sum(axis=0))
        influence[:, :, place] = (
            -errors * _slope(below, share, ratio(spread, totals)) / np.maximum(totals, 1)
        )
    return influence


def _by_channel(
    histogram: WaitHistogram, channel_of: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Channel, bin and number of times of every occupied bin that is kept."""
    channel = channel_of[histogram.keys // BINS]
    kept = channel >= 0
    return channel[kept], histogram.keys[kept] % BINS, histogram.counts[kept]


def _quantile_bins(below: FloatArray, shares: FloatArray) -> IntArray:
    """First bin of each channel that reaches the share of its times, shape (C,)."""
    ranks = np.maximum(np.ceil(shares * below[:, -1] - 1e-9), 1)
    rows = zip(below, ranks, strict=True)
    found = [min(int(np.searchsorted(row, rank)), BINS - 1) for row, rank in rows]
    return np.array(found, dtype=np.int64)


def _slope(below: FloatArray, share: float, error: FloatArray) -> FloatArray:
    """Seconds that the quantile moves for a share of one, shape (C,); 0 where nothing moves it."""
    reach = np.maximum(2 * np.nan_to_num(error), NARROWEST)
    low = _quantile_bins(below, np.clip(share - reach, 0.0, 1.0))
    high = _quantile_bins(below, np.clip(share + reach, 0.0, 1.0))
    channels = np.arange(len(below))
    between = (below[channels, high] - below[channels, low]) / np.maximum(below[:, -1], 1)
    moved = _seconds(high) - _seconds(low)
    return np.where(between > 0, moved / np.where(between > 0, between, 1.0), 0.0)


def _seconds(bins: IntArray) -> FloatArray:
    """Time in the middle of each bin: the median of a histogram that holds nothing else."""
    one = np.ones(len(bins), dtype=np.int64)
    alone = WaitHistogram(np.arange(len(bins)) * BINS + bins, one)
    return alone.quantiles_s(len(bins), (0.5,))[:, 0]
