"""How many contacts a replication expects: a path, or the mean times its factors; plus bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenario import Demand, Scenario
from simulate.compiled import compiled
from simulate.draws import RESIDUAL, hashed, key_of, name_key, root_of, stratified, uniform
from simulate.quantiles import gamma_quantile, normal_quantile

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_COMMON = name_key("common to all channels")


@dataclass(frozen=True)
class Rates:
    """
    Expected contacts and how they vary from replication to replication.

    Parameters
    ----------
    mean
        Expected contacts, shape (I, C).
    paths
        Joint paths, shape (P, I, C); None where replications vary by a factor or not at all.
    extra
        Contacts that bursts add, shape (I, C); no factor or path changes them.
    day
        Day of each interval, for which one factor holds, shape (I,).
    common_cv, own_cv
        Coefficients of variation of the factors common to all channels and of a channel's
        own; 0 for none.
    channel_keys
        Keys of the channels, shape (C,).
    common_sigma, own_sigma
        Standard deviations of the residual logarithms common to all channels and of a
        channel's own; 0 for none.
    correlation
        Of the residual logarithms of neighbouring intervals, in [0, 1).
    """

    mean: FloatArray
    paths: FloatArray | None
    extra: FloatArray
    day: IntArray
    common_cv: float
    own_cv: float
    channel_keys: IntArray
    common_sigma: float = 0.0
    own_sigma: float = 0.0
    correlation: float = 0.0

    @classmethod
    def of(cls, scenario: Scenario, base: Demand, extra: FloatArray) -> Rates:
        """The rates of a scenario whose demand has been cut and scaled."""
        keys = scenario.demand
        uses_paths = keys.uncertainty == "paths" and base.paths is not None
        common_cv = own_cv = 0.0
        day = base.horizon.day_of_interval
        if keys.day_factor is not None and keys.uncertainty != "none" and not uses_paths:
            variance = keys.day_factor.cv**2
            common = variance * keys.day_factor.shared
            # The two factors multiply: (1 + variance) = (1 + common) (1 + own).
            common_cv, own_cv = common**0.5, ((1 + variance) / (1 + common) - 1) ** 0.5
            if keys.day_factor.per == "horizon":
                day = np.zeros_like(day)
        common_sigma = own_sigma = correlation = 0.0
        if keys.residual is not None and keys.uncertainty != "none" and not uses_paths:
            log_variance = math.log1p(keys.residual.cv**2)
            common_sigma = math.sqrt(log_variance * keys.residual.shared)
            own_sigma = math.sqrt(log_variance * (1 - keys.residual.shared))
            correlation = keys.residual.correlation
        return cls(
            mean=base.mean,
            paths=base.paths if uses_paths else None,
            extra=extra,
            day=day,
            common_cv=common_cv,
            own_cv=own_cv,
            channel_keys=np.array([name_key(name) for name in base.channels], dtype=np.int64),
            common_sigma=common_sigma,
            own_sigma=own_sigma,
            correlation=correlation,
        )

    def of_replication(self, seed: int, replication: int) -> FloatArray:
        """Expected contacts of one replication, shape (I, C), at least 0."""
        if self.paths is not None:
            rates = self.paths[replication % len(self.paths)]
        else:
            rates = self.mean * self.factors(seed, replication)[self.day]
            if self.common_sigma > 0 or self.own_sigma > 0:
                rates = rates * self.residuals(seed, replication)
        return np.ascontiguousarray(np.maximum(rates + self.extra, 0.0))

    def factors(self, seed: int, replication: int) -> FloatArray:
        """Day factors with mean one, shape (days, C)."""
        days = int(self.day[-1]) + 1
        common = np.ones((days, 1))
        own = np.ones((days, len(self.channel_keys)))
        for number in range(days):
            if self.common_cv > 0:
                common[number] = _factor(seed, replication, _COMMON, number, self.common_cv)
            if self.own_cv > 1e-9:
                for column, key in enumerate(self.channel_keys):
                    own[number, column] = _factor(seed, replication, int(key), number, self.own_cv)
        return common * own

    def residuals(self, seed: int, replication: int) -> FloatArray:
        """
        Factor of every interval, mean one, shape (I, C).

        Its logarithm is autoregressive of order 1 over the whole horizon, nights included:
        a part common to all channels and a part of the channel's own.
        """
        root = root_of(seed, replication)
        count = len(self.mean)
        common = _autoregressive(root, _COMMON, count, self.common_sigma, self.correlation)
        own = [
            _autoregressive(root, int(key), count, self.own_sigma, self.correlation)
            for key in self.channel_keys
        ]
        half_variance = 0.5 * (self.common_sigma**2 + self.own_sigma**2)
        factors: FloatArray = np.exp(common[:, None] + np.stack(own, axis=1) - half_variance)
        return factors


@compiled
def _autoregressive(
    root: int, entity: int, count: int, sigma: float, correlation: float
) -> NDArray[Any]:
    """A stationary normal series, each value tied to the one before by the correlation."""
    series = np.zeros(count)
    innovation = math.sqrt(1.0 - correlation * correlation)
    previous = 0.0
    for interval in range(count if sigma > 0.0 else 0):
        z = normal_quantile(uniform(root, RESIDUAL, key_of(entity, RESIDUAL, interval, 0)))
        previous = z if interval == 0 else correlation * previous + innovation * z
        series[interval] = sigma * previous
    return series


def _factor(seed: int, replication: int, entity: int, day: int, cv: float) -> float:
    """A gamma factor with mean one; its quantiles are stratified over the replications."""
    shape = 1.0 / (cv * cv)
    return gamma_quantile(stratified(seed, hashed(entity, day), replication), shape) / shape
