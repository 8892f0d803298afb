"""How good a forecast was: the measures of errors, bands and lead times."""

from __future__ import annotations

import numpy as np

from forecast.days import FloatArray


def wape(told: FloatArray, actual: FloatArray) -> float:
    """Σ|told − actual| / Σ actual over what is known; NaN where nothing came."""
    known = np.isfinite(actual)
    total = float(actual[known].sum())
    return float(np.abs(told - actual)[known].sum()) / total if total > 0 else float("nan")


def bias(told: FloatArray, actual: FloatArray) -> float:
    """Σ(told − actual) / Σ actual over what is known; positive is too high."""
    known = np.isfinite(actual)
    total = float(actual[known].sum())
    return float((told - actual)[known].sum()) / total if total > 0 else float("nan")


def scaled_error(told: FloatArray, actual: FloatArray, naive_error: float) -> float:
    """
    Mean absolute error over the mean error of repeating last week on the training part (MASE).

    Parameters
    ----------
    told, actual
        Contacts, same shape; NaN actuals are left out.
    naive_error
        Mean absolute error of the weekly seasonal naive on the training part, in contacts.

    References
    ----------
    .. [1] Hyndman, R. J. and Koehler, A. B. (2006). Another look at measures of forecast
       accuracy. International Journal of Forecasting, 22(4), 679-688.
    """
    known = np.isfinite(actual)
    if not known.any() or not naive_error > 0:
        return float("nan")
    return float(np.abs(told - actual)[known].mean()) / naive_error


def coverage(low: FloatArray, high: FloatArray, actual: FloatArray) -> float:
    """Share of the known actuals within [low, high]; NaN where nothing is known."""
    known = np.isfinite(actual)
    if not known.any():
        return float("nan")
    return float(((actual >= low) & (actual <= high))[known].mean())


def pinball(quantiles: dict[float, FloatArray], actual: FloatArray) -> float:
    """Mean pinball loss over levels and known actuals, in contacts."""
    known = np.isfinite(actual)
    if not known.any() or not quantiles:
        return float("nan")
    losses = []
    for level, told in quantiles.items():
        apart = (actual - told)[known]
        losses.append(float(np.maximum(level * apart, (level - 1) * apart).mean()))
    return float(np.mean(losses))
