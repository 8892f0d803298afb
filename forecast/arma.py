"""How a day's deviation from its level lives on: an ARMA(1, 1), the one statsmodels fit."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from forecast.days import FloatArray

_FEWEST_DAYS = 28
_TINY = 1e-10
_GRID_AR = (0.2, 0.4, 0.6, 0.8, 0.9, 0.97)
_GRID_MA = (-0.8, -0.6, -0.4, -0.2, 0.1)
_FIRST_VARIANCE = 1.5  # of the first day's rest, in variances of a day's surprise


@dataclass(frozen=True, slots=True)
class Arma:
    """
    Parameters of x[t] = ar x[t-1] + e[t] + ma e[t-1].

    Parameters
    ----------
    ar, ma
        Within (-1, 1).
    note
        What was done when the fit did not settle; empty when it did.
    """

    ar: float
    ma: float
    note: str = ""


STEADY = Arma(0.9, -0.6)
"""Slow exponential smoothing: what a fit that does not settle falls back on."""


def fit(rest: FloatArray) -> Arma:
    """
    Estimate ARMA(1, 1) by maximum likelihood: the one statsmodels fit.

    Parameters
    ----------
    rest
        What the regression leaves, on the log scale, shape (N,), NaN where unknown.

    Returns
    -------
    Arma
        `STEADY` with a note when there is too little to fit or the search does not settle.
    """
    seen = rest[np.isfinite(rest)]
    variance = float(np.var(seen)) if len(seen) else 0.0
    if len(seen) < _FEWEST_DAYS or variance < _TINY:
        return Arma(STEADY.ar, STEADY.ma, "too few or too even days to fit the level's memory")
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    # statsmodels resets the warning filters when imported, hence the local ones.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Beginning with a variance near the stationary one spares solving for that at every
        # step. The simplex needs no linear algebra: the library's threads crawl on matrices as
        # small as a gradient's.
        model = SARIMAX(
            rest,
            order=(1, 0, 1),
            concentrate_scale=True,
            initialization="known",
            initial_state=np.zeros(2),
            initial_state_cov=np.diag([_FIRST_VARIANCE, 0.0]),
        )
        settled: list[Arma] = []
        for start in (_near(rest), (0.97, -0.9), (0.3, 0.1)):
            try:
                result = model.fit(
                    start_params=start,
                    method="nm",
                    disp=False,
                    cov_type="none",
                    maxiter=200,
                    xtol=1e-2,
                    ftol=1e-3,
                )
            except (np.linalg.LinAlgError, ValueError):
                continue
            if result.mle_retvals["converged"] and np.all(np.isfinite(result.params)):
                fitted = [float(np.clip(value, -0.995, 0.995)) for value in result.params[:2]]
                settled.append(Arma(fitted[0], fitted[1]))
                # A level that swings to and fro is an accident of few days: look further.
                if fitted[0] >= 0:
                    return settled[-1]
    if settled:
        return settled[0]
    return Arma(STEADY.ar, STEADY.ma, "the level's memory did not settle; a steady one is used")


def _near(rest: FloatArray) -> tuple[float, float]:
    """The pair of a coarse grid with the least squared surprises, unknown days taken as usual."""
    from scipy.signal import lfilter

    known = np.where(np.isfinite(rest), rest, 0.0)
    # A day's memory is positive, and what is new on a day is half forgotten on the next.
    pairs = [(ar, ma) for ar in _GRID_AR for ma in _GRID_MA if ar + ma > 0]
    surprises = [float((lfilter([1.0, -ar], [1.0, ma], known) ** 2).sum()) for ar, ma in pairs]
    return pairs[int(np.argmin(surprises))]


def predict_rest(rest: FloatArray, arma: Arma, ahead: int) -> tuple[FloatArray, FloatArray]:
    """
    Mean of the days ahead, and of each past day given the days before it.

    The Kalman filter of ARMA(1, 1) with innovation variance 1, as statsmodels' own with the
    same parameters, without the cost of building a model for every backtest.

    Parameters
    ----------
    rest
        Shape (N,), NaN where unknown.
    arma
        Parameters.
    ahead
        Days to tell.

    Returns
    -------
    tuple of ndarray
        Shapes (ahead,) and (N,).
    """
    ar, ma = arma.ar, arma.ma
    # State: expected value of the next day and its part that dies at once.
    mean, carried = 0.0, 0.0
    variance = (1 + 2 * ar * ma + ma * ma) / (1 - ar * ar)
    covariance, tail = ma, ma * ma
    fitted = np.empty(len(rest))
    for index, value in enumerate(rest.tolist()):
        fitted[index] = mean
        if value == value:  # known
            gain, tail_gain = 1.0, covariance / variance
            surprise = value - mean
            mean += gain * surprise
            carried += tail_gain * surprise
            tail -= tail_gain * covariance
            variance, covariance = 0.0, 0.0
        mean, carried = ar * mean + carried, 0.0
        variance = ar * ar * variance + 2 * ar * covariance + tail + 1
        covariance, tail = ma, ma * ma
    return np.asarray(mean * ar ** np.arange(ahead), dtype=np.float64), fitted
