"""How far the last days tell the weeks ahead: a regression of its own for each lead week."""

from __future__ import annotations

import numpy as np

from forecast.days import FloatArray, IntArray

_WINDOWS = (5, 20, 60)  # working days whose mean deviation may tell
_PRIOR = np.array([0.2, 0.3, 0.3])  # what each is worth without evidence
_PRIOR_WEEKS = 8.0
_LEAD_WEEKS = 4


def rest_ahead(rest: FloatArray, working: IntArray, known: int) -> FloatArray:
    """
    Deviation from the calendar of the working days ahead.

    Parameters
    ----------
    rest
        Log totals less what the calendar explains, shape (n,), NaN where unknown.
    working
        Number of the day of each of the W working days, past ones first, shape (W,).
    known
        Days of the past, all of them counted.

    Returns
    -------
    ndarray
        Shape (W - n,): for each lead week the mean deviations of the last 5, 20 and 60 days
        times coefficients that were estimated on the history for that very lead, drawn to
        what is usual. Beyond the fourth week as in it.
    """
    past = len(rest)
    lead = (working[past:] - known).clip(0) / 7
    features = _recent_means(rest)
    if past < 2 * _WINDOWS[0]:
        return np.zeros(len(lead))
    told = np.array(
        [float(features[-1] @ _coefficients(rest, features, week)) for week in range(_LEAD_WEEKS)]
    )
    return np.asarray(np.interp(lead, np.arange(_LEAD_WEEKS) + 0.5, told))


def _coefficients(rest: FloatArray, features: FloatArray, week: int) -> FloatArray:
    """Ridge regression of a lead week's mean deviation on the windows' means, drawn to usual."""
    span = _WINDOWS[0]
    ahead = _mean_of(rest, span)[span - 1 :]  # of the five days from each day on
    begin = 1 + week * span
    count = len(rest) - begin - span + 1
    x = features[span:count] if count > span else features[:0]
    y = ahead[begin + span : begin + count] if count > span else ahead[:0]
    told = np.isfinite(y)
    x, y = x[told], y[told]
    # Neighbouring origins share most of their days: one a week is new.
    squares = np.einsum("nj,nk->jk", x, x) / span
    size = float(np.var(rest[np.isfinite(rest)])) / span if np.isfinite(rest).any() else 0.0
    penalty = _PRIOR_WEEKS * max(size, 1e-9) * np.eye(len(_PRIOR))
    right = np.einsum("nj,n->j", x, y) / span + penalty @ _PRIOR
    return np.asarray(np.linalg.solve(squares + penalty, right))


def _recent_means(rest: FloatArray) -> FloatArray:
    """Mean deviation of the last days up to each day, by window, shape (n, 3); 0 where unknown."""
    return np.nan_to_num(np.stack([_mean_of(rest, window) for window in _WINDOWS], axis=1))


def _mean_of(values: FloatArray, window: int) -> FloatArray:
    """Mean of what is known of the last so many values up to each one, NaN if nothing is."""
    known = np.isfinite(values)
    total = np.concatenate([np.zeros(1), np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([np.zeros(1), np.cumsum(known)])
    at = np.arange(1, len(values) + 1)
    since = np.maximum(at - window, 0)
    met = count[at] - count[since]
    mean = np.full(len(values), np.nan)
    np.divide(total[at] - total[since], met, out=mean, where=met > 0)
    return mean
