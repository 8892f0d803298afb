"""How much each way of telling counts, by lead week, from what it was worth at past origins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.days import BoolArray, FloatArray, IntArray
from forecast.members import WORDS, Method
from forecast.trials import LEAD_WEEKS, Errors

_BUSY = 10.0  # contacts of a stretch of the day that is compared as a whole
_SHARPNESS = 0.04  # an error larger by so much counts 1/e
_LEAST_WEIGHT = 0.08  # smaller ones are left out
_ALL_WEEKS = 4.0  # origins that the error over all lead weeks is worth, for a single one
# What members are worth before anything is known of them, as odds.
_ODDS: dict[Method, float] = {
    "level_profile": 1.0,
    "svd_factors": 0.4,
    "lead_regression": 0.4,
    "weekday_mean": 0.3,
    "trend_profile": 0.05,
    "plain_mean": 0.05,
    "seasonal_naive": 0.01,
}
_ODDS_IN_BURSTS = 40.0  # log odds of the robust mean for each part of the volume in bursts
_MOST_ODDS = 40.0
_EXACT = 0.001  # an error below which nothing is to be gained
_NO_GAIN = 0.99  # times the plain mean's error: what a pattern must at least save


@dataclass(frozen=True)
class Blend:
    """
    Members and their weights.

    Parameters
    ----------
    methods
        M members, the ones asked for.
    errors
        Mean absolute error over mean volume by lead week, shape (4, M); NaN where untried.
    weights
        By lead week, rows sum to 1, shape (4, M).
    origins
        Past origins that they were tried from.
    naive
        The same error of repeating last week, shape (4,).
    trial_weights
        What the weights of each past origin would have been by the others that met none of its
        days, shape (O, 4, M): errors of a blend are only honest with such weights.
    """

    methods: tuple[Method, ...]
    errors: FloatArray
    weights: FloatArray
    origins: int
    naive: FloatArray
    trial_weights: FloatArray

    @classmethod
    def of_one(cls, method: Method) -> Blend:
        """One member that nothing else was compared with."""
        unknown = np.full(LEAD_WEEKS, np.nan)
        return cls(
            (method,),
            unknown[:, None],
            np.ones((LEAD_WEEKS, 1)),
            0,
            unknown,
            np.ones((0, LEAD_WEEKS, 1)),
        )

    @property
    def leading(self) -> Method:
        """The member that counts most over all lead weeks."""
        return self.methods[int(np.argmax(self.weights.mean(axis=0)))]

    @property
    def used(self) -> tuple[Method, ...]:
        """Members that count at any lead."""
        return tuple(
            method
            for method, any_week in zip(self.methods, self.weights.sum(axis=0) > 0, strict=True)
            if any_week
        )

    def mixed(self, rates: Mapping[Method, FloatArray], lead_day: IntArray) -> FloatArray:
        """
        Rates of the members added up.

        Parameters
        ----------
        rates
            By member, shape (N, S).
        lead_day
            Days ahead of each of the N days, negative in the past, shape (N,).
        """
        week = (lead_day // 7).clip(0, LEAD_WEEKS - 1)
        weights = dict(zip(self.methods, self.weights.T, strict=True))
        return np.asarray(
            sum(weights[method][week][:, None] * rates[method] for method in self.used)
        )

    def mixed_errors(self, errors: Mapping[Method, Errors]) -> Errors:
        """Errors at past origins of the members added up by the trial weights."""
        by_day = np.repeat(self.trial_weights, 7, axis=1)
        expected = np.zeros(errors[self.methods[0]].expected.shape)
        for column, method in enumerate(self.methods):
            if by_day[:, :, column].any():
                expected = expected + by_day[:, :, column, None] * errors[method].expected
        one = errors[self.methods[0]]
        return Errors(expected, one.actual, one.first_day)

    def table(self, channel: str) -> pd.DataFrame:
        """A row per lead week and member: `channel`, `lead_week`, `method`, `error`, `weight`."""
        return pd.DataFrame(
            {
                "channel": channel,
                "lead_week": week + 1,
                "method": method,
                "error": float(self.errors[week, column]),
                "naive_error": float(self.naive[week]),
                "weight": float(self.weights[week, column]),
            }
            for week in range(LEAD_WEEKS)
            for column, method in enumerate(self.methods)
        )

    def reason(self) -> str:
        """Why these weights, in a sentence; empty where nothing was tried."""
        if not np.isfinite(self.errors).any():
            return ""
        if self.methods == ("plain_mean",):
            return (
                "no pattern by weekday, time of day or level tells more than one mean for all: "
                "falls back to this baseline"
            )
        mean = np.nanmean(self.errors, axis=0)
        share = self.weights.mean(axis=0)
        parts = [
            f"{WORDS[self.methods[index]]} {share[index]:.0%} (off by {mean[index]:.1%})"
            for index in np.argsort(-share, kind="stable")
            if share[index] > 0
        ]
        left = [
            f"{WORDS[self.methods[index]]} {mean[index]:.1%}"
            for index in np.argsort(mean, kind="stable")
            if share[index] == 0
        ]
        text = f"{' + '.join(parts)} at {self.origins} past origins"
        left.append(f"{WORDS['seasonal_naive']} {np.nanmean(self.naive):.1%}")
        return f"{text}; not used: {', '.join(dict.fromkeys(left))}"


def blend(
    candidates: Sequence[Method], errors: Mapping[Method, Errors], *, in_bursts: float = 0.0
) -> Blend:
    """
    Weigh the candidates by their errors at past origins.

    Parameters
    ----------
    candidates
        Methods that may count; where nothing can be tried, the first one does.
    errors
        Of all candidates and of the seasonal naive.
    in_bursts
        Part of the volume that comes in bursts, which no other member should learn from.

    Notes
    -----
    Errors are compared over stretches of the day that hold ten contacts or more, since single
    thin intervals mostly compare counting noise and would favour whoever says zero. A lead
    week's error leans on that of all four. Weights fall by e for every 4 % of additional error:
    members that err differently are better together, and one that is clearly better stands
    nearly alone.
    """
    methods = tuple(dict.fromkeys(candidates))
    one = errors[methods[0]]
    size = _stretch(one)
    misses = [_Misses.of(errors[method], size) for method in methods]
    origins = np.arange(len(one.first_day))

    def weights(kept: BoolArray) -> FloatArray:
        table = np.stack([each.by_week(kept) for each in misses], axis=1)
        return _weights(methods, table, in_bursts)

    every = np.full(len(origins), True)
    table = np.stack([each.by_week(every) for each in misses], axis=1)
    naive = _Misses.of(errors["seasonal_naive"], size).by_week(every)
    apart = [weights(np.abs(origins - origin) >= LEAD_WEEKS) for origin in origins]
    trial_weights = np.array(apart).reshape(-1, LEAD_WEEKS, len(methods))
    return Blend(methods, table, weights(every), len(origins), naive, trial_weights)


def no_better(mix: Blend, errors: Mapping[Method, Errors]) -> bool:
    """Whether the blend is hardly better than one mean for every interval."""
    plain = errors["plain_mean"]
    size = _stretch(plain)
    every = np.full(len(plain.first_day), True)
    off = _Misses.of(mix.mixed_errors(errors), size).by_week(every).mean()
    return bool(off > _NO_GAIN * _Misses.of(plain, size).by_week(every).mean())


def _weights(methods: tuple[Method, ...], errors: FloatArray, in_bursts: float) -> FloatArray:
    """Weights by lead week and member from errors (4, M)."""
    odds = np.array([_ODDS[method] for method in methods])
    robust = np.array([method == "weekday_mean" for method in methods])
    odds[robust] *= min(math.exp(_ODDS_IN_BURSTS * in_bursts), _MOST_ODDS)
    tried = np.isfinite(errors)
    best = np.where(tried, errors, np.inf).min(axis=1, keepdims=True)
    # Where nothing could be tried the odds alone count.
    best = np.where(np.isfinite(best), best, 0.0)
    excess = np.where(tried, errors - best, 0.0) / np.maximum(best, _EXACT)
    weights = odds * np.exp(-excess / _SHARPNESS)
    weights = np.where(tried | ~tried.any(axis=1, keepdims=True), weights, 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    weights = np.where(
        weights >= np.minimum(_LEAST_WEIGHT, weights.max(axis=1, keepdims=True)), weights, 0.0
    )
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _stretch(errors: Errors) -> int:
    """Intervals of a stretch of the day that holds ten contacts on the mean."""
    slots = errors.expected.shape[2]
    mean = float(np.nanmean(errors.actual)) if np.isfinite(errors.actual).any() else 0.0
    sizes = [size for size in range(1, slots + 1) if slots % size == 0]
    return next((size for size in sizes if size * mean >= _BUSY), slots)


@dataclass(frozen=True)
class _Misses:
    """Absolute errors over stretches of the day, and what came, by origin and lead week (O, 4)."""

    off: FloatArray
    came: FloatArray
    met: BoolArray

    @classmethod
    def of(cls, errors: Errors, size: int) -> _Misses:
        shape = errors.expected.shape
        told = np.isfinite(errors.expected)

        def stretches(values: FloatArray) -> FloatArray:
            whole = np.where(told, values, 0.0).reshape(*shape[:2], shape[2] // size, size)
            return np.asarray(whole.sum(axis=3).reshape(shape[0], LEAD_WEEKS, 7 * shape[2] // size))

        expected, actual = stretches(errors.expected), stretches(errors.actual)
        met = stretches(told.astype(float)).sum(axis=2) > 0
        return cls(np.abs(expected - actual).sum(axis=2), actual.sum(axis=2), met)

    def by_week(self, kept: BoolArray) -> FloatArray:
        """Mean absolute error over mean volume by lead week, leaning on all; NaN if none, (4,)."""
        off, came = self.off[kept].sum(axis=0), self.came[kept].sum(axis=0)
        if not came.sum() > 0:
            return np.full(LEAD_WEEKS, np.nan)
        pooled = float(off.sum() / came.sum())
        origins = self.met[kept].sum(axis=0)
        own = np.divide(off, came, out=np.full(LEAD_WEEKS, pooled), where=came > 0)
        return np.asarray((origins * own + _ALL_WEEKS * pooled) / (origins + _ALL_WEEKS))
