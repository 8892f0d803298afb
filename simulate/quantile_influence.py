"""How much each replication moves a quantile, so that quantiles are compared in pairs, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario.targets import ratio
from simulate.compiled import compiled
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
    if not histograms:
        return np.zeros((0, channels, len(SHARES)))
    keys = np.concatenate([one.keys for one in histograms])
    counts = np.concatenate([one.counts for one in histograms])
    ends = np.cumsum([len(one.keys) for one in histograms])
    pooled = np.zeros((channels, BINS))
    _pool(keys, counts, channel_of, pooled)
    below = np.cumsum(pooled, axis=1)
    totals = below[:, -1]
    own = _within(keys, counts, ends, channel_of, np.full(channels, BINS))
    influence = np.zeros((len(histograms), channels, len(SHARES)))
    for place, share in enumerate(SHARES):
        places = _quantile_bins(below, np.full(channels, share))
        errors = _within(keys, counts, ends, channel_of, places) - share * own
        errors -= errors.mean(axis=0)
        spread = np.sqrt((errors**2).sum(axis=0))
        influence[:, :, place] = (
            -errors * _slope(below, share, ratio(spread, totals)) / np.maximum(totals, 1)
        )
    return influence


@compiled
def _pool(
    keys: NDArray[Any], counts: NDArray[Any], channel_of: NDArray[Any], pooled: NDArray[Any]
) -> None:
    """Add the times of all occupied bins that are kept to those of their channel and bin."""
    for n in range(len(keys)):
        channel = channel_of[keys[n] // BINS]
        if channel >= 0:
            pooled[channel, keys[n] % BINS] += counts[n]


@compiled
def _within(
    keys: NDArray[Any],
    counts: NDArray[Any],
    ends: NDArray[Any],
    channel_of: NDArray[Any],
    places: NDArray[Any],
) -> NDArray[Any]:
    """Times of each replication in the bins of each channel up to its place, shape (R, C)."""
    within = np.zeros((len(ends), len(places)))
    begin = 0
    for replication in range(len(ends)):
        for n in range(begin, ends[replication]):
            channel = channel_of[keys[n] // BINS]
            if channel >= 0 and keys[n] % BINS <= places[channel]:
                within[replication, channel] += counts[n]
        begin = ends[replication]
    return within


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
