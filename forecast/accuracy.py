"""How good a forecast was: the measures of errors, bands and lead times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class WeeklySpread:
    """
    How far weekly totals strayed from the forecast, and how far its paths say they do.

    Parameters
    ----------
    paths
        Relative standard deviation of weekly totals of Poisson counts on the paths.
    errors
        Root mean square of (actual − expected) / expected of weekly totals.
    weeks
        Different weeks that came; a week met from several origins counts once.
    """

    paths: float
    errors: float
    weeks: int

    @property
    def ratio(self) -> float:
        """Paths over errors: 1 where the paths stray as the forecast did; NaN where unknown."""
        return self.paths / self.errors if self.errors > 0 else float("nan")

    @property
    def standard_error(self) -> float:
        """
        Of the ratio, from the few weeks alone: ratio / √(2 weeks).

        That of a root mean square of independent normal errors. Errors of neighbouring weeks
        are alike, so it is rather too small.
        """
        return self.ratio / math.sqrt(2 * self.weeks) if self.weeks else float("nan")


def weekly_spread(
    expected: FloatArray, actual: FloatArray, path_totals: FloatArray, weeks: int
) -> WeeklySpread:
    """
    Compare the spread of weekly totals with the errors of weekly totals, counts with counts.

    Parameters
    ----------
    expected, actual
        Contacts of each week that was told from a past origin, over the intervals known, (W,).
    path_totals
        Totals of the weeks ahead on each path, which are rates, shape (P, V). The counting
        noise of the weeks told (variance = expectation) is added.
    weeks
        How many different weeks those told are.

    Notes
    -----
    Root mean squares, not standard deviations: a forecast that is always 5 % low errs by 5 %,
    and its paths have to stray so far.
    """
    told, ahead = expected > 0, path_totals.mean(axis=0) > 0
    if not told.any() or not ahead.any():
        return WeeklySpread(float("nan"), float("nan"), 0)
    expected, actual, totals = expected[told], actual[told], path_totals[:, ahead]
    rates = float(np.mean((totals / totals.mean(axis=0)).var(axis=0)))
    paths = math.sqrt(rates + float(np.mean(1 / expected)))
    errors = math.sqrt(float(np.mean((actual / expected - 1) ** 2)))
    return WeeklySpread(paths, errors, weeks)


def pooled_ratio(spreads: Sequence[WeeklySpread]) -> tuple[float, float]:
    """
    Mean over channels of paths over errors, weighted by their weeks, and its standard error.

    Each channel's ratio counts alike: pooled squares would be ruled by the noisiest channel.
    The standard error takes the channels as independent.
    """
    known = [spread for spread in spreads if math.isfinite(spread.ratio)]
    total = sum(spread.weeks for spread in known)
    if not total:
        return float("nan"), float("nan")
    ratio = sum(spread.weeks * spread.ratio for spread in known) / total
    error = math.sqrt(sum((spread.weeks * spread.standard_error) ** 2 for spread in known)) / total
    return ratio, error
