"""What needs no learning: last week repeated, and one mean for every interval."""

from __future__ import annotations

import numpy as np

from forecast.days import Days, FloatArray

_NAIVE_DAYS = 56
_MEAN_DAYS = 56


def last_week_repeated(grid: FloatArray, days: Days) -> FloatArray:
    """
    Each slot as in the last week in which it was known on that weekday: the seasonal naive.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    days
        At least those D days.

    Returns
    -------
    ndarray
        Shape (N, S), for every one of the days.
    """
    known = len(grid)
    weekday = days.weekday
    latest = np.zeros((7, grid.shape[1]))
    for index in range(max(0, known - _NAIVE_DAYS), known):
        row = grid[index]
        latest[weekday[index]] = np.where(np.isfinite(row), row, latest[weekday[index]])
    return np.asarray(latest[weekday])


def plain_mean(grid: FloatArray, days: Days) -> FloatArray:
    """
    The mean of the last eight weeks for every interval in which anything ever came.

    Takes and returns what `last_week_repeated` does.
    """
    late = grid[-_MEAN_DAYS:]
    weekday = days.weekday[: len(grid)]
    came = np.zeros((7, grid.shape[1]), dtype=np.bool_)
    np.logical_or.at(came, weekday, np.nan_to_num(grid) > 0)
    inside = came[weekday[-len(late) :]] & np.isfinite(late)
    mean = float(late[inside].mean()) if inside.any() else 0.0
    return np.asarray(np.where(came, mean, 0.0)[days.weekday])
