"""Quantiles that turn one uniform number into a normal, Poisson or gamma one, exactly."""

from __future__ import annotations

import math

from simulate.compiled import compiled

_DIRECT_MEAN = 64.0  # up to this mean a Poisson count is summed from 0
_LOG_2PI = math.log(2 * math.pi)


@compiled
def normal_quantile(share: float) -> float:
    """
    Quantile of the standard normal distribution, to about 16 digits.

    Wichura, M. J. (1988). Algorithm AS 241: the percentage points of the normal
    distribution. Applied Statistics, 37(3), 477-484.
    """
    centred = share - 0.5
    if abs(centred) <= 0.425:
        return centred * _middle(0.180625 - centred * centred)
    r = math.sqrt(-math.log(min(share, 1.0 - share)))
    distance = _tail(r - 1.6) if r <= 5.0 else _far_tail(r - 5.0)
    return distance if centred > 0 else -distance


@compiled
def _middle(r: float) -> float:
    top = 2.5090809287301226727e3 * r + 3.3430575583588128105e4
    top = (top * r + 6.7265770927008700853e4) * r + 4.5921953931549871457e4
    top = (top * r + 1.3731693765509461125e4) * r + 1.9715909503065514427e3
    top = (top * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
    bottom = 5.2264952788528545610e3 * r + 2.8729085735721942674e4
    bottom = (bottom * r + 3.9307895800092710610e4) * r + 2.1213794301586595867e4
    bottom = (bottom * r + 5.3941960214247511077e3) * r + 6.8718700749205790830e2
    bottom = (bottom * r + 4.2313330701600911252e1) * r + 1.0
    return top / bottom


@compiled
def _tail(r: float) -> float:
    top = 7.74545014278341407640e-4 * r + 2.27238449892691845833e-2
    top = (top * r + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0
    top = (top * r + 3.64784832476320460504e0) * r + 5.76949722146069140550e0
    top = (top * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    bottom = 1.05075007164441684324e-9 * r + 5.47593808499534494600e-4
    bottom = (bottom * r + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1
    bottom = (bottom * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0
    bottom = (bottom * r + 2.05319162663775882187e0) * r + 1.0
    return top / bottom


@compiled
def _far_tail(r: float) -> float:
    top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5
    top = (top * r + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2
    top = (top * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0
    top = (top * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    bottom = 2.04426310338993978564e-15 * r + 1.42151175831644588870e-7
    bottom = (bottom * r + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4
    bottom = (bottom * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1
    bottom = (bottom * r + 5.99832206555887937690e-1) * r + 1.0
    return top / bottom


@compiled
def _stirling_error(n: float) -> float:
    """log(n!) less Stirling's formula; n at least 16 for full precision."""
    squared = n * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / squared) / squared) / squared) / n


@compiled
def _poisson_probability(n: int, mean: float) -> float:
    """
    Probability of n when the mean is large, without cancellation.

    Loader, C. (2000). Fast and accurate computation of binomial probabilities.
    """
    away = (n - mean) / mean
    deviance = mean * ((1.0 + away) * math.log1p(away) - away)
    return math.exp(-_stirling_error(float(n)) - deviance - 0.5 * (_LOG_2PI + math.log(n)))


@compiled
def poisson_quantile(share: float, mean: float) -> int:
    """
    Fewest n with P(N <= n) >= share for N Poisson; never falls when the mean rises.

    Summed from 0 for small means; for large ones the distribution function is summed once
    near the answer and then walked. Exact to rounding up to means of 1e6 and beyond.
    """
    if mean <= 0.0:
        return 0
    if mean <= _DIRECT_MEAN:
        probability = math.exp(-mean)
        total = probability
        n = 0
        while total < share and probability > 0.0:
            n += 1
            probability *= mean / n
            total += probability
        return n
    z = normal_quantile(share)
    n = max(16, int(mean + z * math.sqrt(mean) + (z * z - 1.0) / 6.0))
    probability = _poisson_probability(n, mean)
    total = probability
    term, k = probability, n
    while k > 0 and (term > 1e-18 * total or k > mean):
        term *= k / mean
        k -= 1
        total += term
    while total < share and probability > 0.0:
        n += 1
        probability *= mean / n
        total += probability
    while n > 0 and total - probability >= share:
        total -= probability
        probability *= n / mean
        n -= 1
    return n


@compiled
def gamma_share(shape: float, x: float) -> float:
    """
    Distribution function of the gamma distribution with scale 1.

    Series below the mean, Lentz's continued fraction above (Abramowitz and Stegun 6.5.29 and
    6.5.31); about 14 digits.
    """
    if x <= 0.0:
        return 0.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = 1.0 / shape
        total = term
        n = shape
        while term > total * 1e-17:
            n += 1.0
            term *= x / n
            total += term
        return total * front
    b = x + 1.0 - shape
    c = 1e300
    d = 1.0 / b
    fraction = d
    for i in range(1, 10_000):
        step = -i * (i - shape)
        b += 2.0
        d = step * d + b
        if abs(d) < 1e-300:
            d = 1e-300
        c = b + step / c
        if abs(c) < 1e-300:
            c = 1e-300
        d = 1.0 / d
        change = c * d
        fraction *= change
        if abs(change - 1.0) < 1e-16:
            break
    return 1.0 - front * fraction


@compiled
def gamma_quantile(share: float, shape: float) -> float:
    """Quantile of the gamma distribution with scale 1, by bisection; for day factors."""
    low, high = 0.0, max(1.0, shape)
    while gamma_share(shape, high) < share and high < 1e12:
        low, high = high, 2.0 * high
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if gamma_share(shape, middle) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
