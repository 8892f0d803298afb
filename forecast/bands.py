"""How counts spread around what is expected: bands by any grain of time, and counting noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from forecast.days import FloatArray

DRAWS_PER_PATH = 10  # 200 paths make 2,000 counts: a tail of 5 % is then told to about 0.5 points


def count_quantiles(
    rates: FloatArray,
    shares: Sequence[float],
    *,
    rng: np.random.Generator,
    draws_per_path: int = DRAWS_PER_PATH,
) -> FloatArray:
    """
    Quantiles of the counts that come when the true rate is one of several paths.

    Parameters
    ----------
    rates
        Expected contacts of each path and time, shape (P, T), not negative. To get the band of
        an hour or a day, sum the paths first: such bands do not follow from those of the parts.
    shares
        Probabilities, each in 0-1.
    rng
        Source of the counts.
    draws_per_path
        Counts drawn on each path.

    Returns
    -------
    ndarray
        Shape (len(shares), T), in contacts.
    """
    counts = rng.poisson(np.repeat(rates, draws_per_path, axis=0))
    return np.asarray(np.quantile(counts, list(shares), axis=0), dtype=float)


def counting_noise(rate: FloatArray) -> FloatArray:
    """
    Mean absolute deviation of Poisson counts: the miss that even the true rate makes.

    Parameters
    ----------
    rate
        Expected contacts, not negative; any shape.

    Returns
    -------
    ndarray
        2 e^-λ λ^(⌊λ⌋+1) / ⌊λ⌋!, in contacts, of the same shape; 0 at rate 0.

    References
    ----------
    .. [1] Crow, E. L. (1958). The mean deviation of the Poisson distribution. Biometrika,
       45(3/4), 556-559.
    """
    from scipy.special import gammaln

    rate = np.asarray(rate, dtype=float)
    safe = np.where(rate > 0, rate, 1.0)
    whole = np.floor(safe)
    logarithm = -safe + (whole + 1) * np.log(safe) - gammaln(whole + 1)
    return np.asarray(np.where(rate > 0, 2 * np.exp(logarithm), 0.0))
