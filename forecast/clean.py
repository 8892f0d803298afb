"""Which past intervals were bursts: they are pulled in, so that they are not learned as pattern."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.days import BoolArray, FloatArray, IntArray, weighted_sums

_FAR = 5.0  # standard deviations above what the day and slot ask for
_KEPT = 3.0  # standard deviations that a burst keeps
_ROUGHNESS = 0.25  # coefficient of variation of a rate that is nothing unusual
_LIVELY_DAY = 1.3  # a whole day may be so much above its neighbours before it looks like a burst


def without_bursts(grid: FloatArray, weekday: IntArray) -> tuple[FloatArray, BoolArray]:
    """
    Pull in intervals that lie far above their day's level and their slot's share.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    weekday
        0 to 6, shape (D,).

    Returns
    -------
    tuple of ndarray
        The volumes with bursts pulled in, and which cells were, both (D, S). A day that is
        busy as a whole is not a burst; the level sees to it.
    """
    calm = grid.copy()
    burst = np.zeros(grid.shape, dtype=np.bool_)
    for _ in range(2):
        expected = _expected(calm, weekday)
        spread = np.sqrt(expected + (_ROUGHNESS * expected) ** 2 + 1)
        with np.errstate(invalid="ignore"):
            burst = grid > expected + _FAR * spread
        calm = np.where(burst, expected + _KEPT * spread, grid)
    return calm, burst


def _expected(grid: FloatArray, weekday: IntArray) -> FloatArray:
    """Each day's level, held near its neighbours', spread by its weekday's mean profile."""
    known = np.isfinite(grid)
    volume = np.where(known, grid, 0.0)
    member = (weekday == np.arange(7)[:, None]).astype(float)
    count = weighted_sums(member, known.astype(float))
    mean = np.divide(
        weighted_sums(member, volume), count, out=np.zeros((7, grid.shape[1])), where=count > 0
    )
    usual = np.where(known, mean[weekday], 0.0).sum(axis=1)
    ratio = np.divide(volume.sum(axis=1), usual, out=np.full(len(grid), np.nan), where=usual > 0)
    around = pd.Series(ratio).rolling(21, center=True, min_periods=1).median()
    near = around.ffill().bfill().fillna(1.0).to_numpy(dtype=float)
    level = np.minimum(np.nan_to_num(ratio, nan=1.0), _LIVELY_DAY * near)
    return np.asarray(mean[weekday] * level[:, None])
