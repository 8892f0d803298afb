"""How many contacts a replication expects: a path, or the mean times a day factor; plus bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario import Demand, Scenario
from simulate.draws import hashed, name_key, stratified
from simulate.quantiles import gamma_quantile

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
    """

    mean: FloatArray
    paths: FloatArray | None
    extra: FloatArray
    day: IntArray
    common_cv: float
    own_cv: float
    channel_keys: IntArray

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
        return cls(
            mean=base.mean,
            paths=base.paths if uses_paths else None,
            extra=extra,
            day=day,
            common_cv=common_cv,
            own_cv=own_cv,
            channel_keys=np.array([name_key(name) for name in base.channels], dtype=np.int64),
        )

    def of_replication(self, seed: int, replication: int) -> FloatArray:
        """Expected contacts of one replication, shape (I, C), at least 0."""
        if self.paths is not None:
            rates = self.paths[replication % len(self.paths)]
        else:
            rates = self.mean * self.factors(seed, replication)[self.day]
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


def _factor(seed: int, replication: int, entity: int, day: int, cv: float) -> float:
    """A gamma factor with mean one; its quantiles are stratified over the replications."""
    shape = 1.0 / (cv * cv)
    return gamma_quantile(stratified(seed, hashed(entity, day), replication), shape) / shape
