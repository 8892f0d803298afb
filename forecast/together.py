"""How errors hang together: within the day, over the week, and between channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from forecast.days import FloatArray
from forecast.spread import Spread
from forecast.trials import LEAD_WEEKS, Errors

_WEEK_CV = 0.06  # of a week's total, where nothing is known
_PRIOR_WEEKS = 1.0  # that this is worth
_SHARED_WEEKS = 4.0  # that the other channels' weeks are worth
_WEEK_MEMORY = (0.95, 0.99)  # of the level from day to day: common to the week
_NEIGHBOUR = 0.8  # correlation of the errors of neighbouring half-hours, in trade
_NEIGHBOUR_REACH = (0.75, 0.9)  # what is believed of it
_NEIGHBOUR_DAYS = 10.0  # days of clean evidence that this prior is worth
_OUTLYING = 5.0  # standard deviations
_MEMORIES = np.linspace(0.05, 0.95, 19)
_WIDENED = (0.5, 4.0)  # times the variance of single rates, for the sake of the week's


def joined(
    spreads: Sequence[Spread],
    errors: Sequence[Errors],
    level_memory: Sequence[float],
    interval_minutes: int,
) -> tuple[Spread, ...]:
    """
    Split each channel's spread so that weeks, days and half-hours err together as they did.

    Parameters
    ----------
    spreads
        Of single rates, one per channel.
    errors
        At past origins, one per channel; without any a channel keeps its usual split.
    level_memory
        Correlation of the level from one day to the next, as fitted.
    interval_minutes
        Length of an interval.

    Returns
    -------
    tuple of Spread
        Relative weekly totals of their paths vary as the errors of weekly totals did, counting
        noise taken out. A channel's few weeks are helped by those of the others.
    """
    told = [of_channel.where_told() for of_channel in errors]
    weeks = week_variances(told)
    return tuple(
        _split(spread, of_channel, week, memory, interval_minutes)
        if np.isfinite(of_channel.expected).any()
        else spread
        for spread, of_channel, week, memory in zip(spreads, told, weeks, level_memory, strict=True)
    )


def week_variances(errors: Sequence[Errors]) -> list[float]:
    """
    Variance of the rate of a whole week over its squared expectation, one per channel.

    Over origins and lead weeks, counting noise taken out. Origins are a week apart, so one
    week that came is met up to four times: it is the number of such weeks that counts as
    evidence. The channels' common mean stands for `_SHARED_WEEKS` weeks of each.
    """
    own, evidence = [], []
    for of_channel in errors:
        expected, actual = of_channel.sums(7)
        full = (
            expected > 0.5 * np.median(expected[expected > 0]) if expected.any() else expected > 0
        )
        own.append(_ratio_variance(expected[full], actual[full]))
        evidence.append(float(len(of_channel.first_day) + LEAD_WEEKS - 1 if full.any() else 0))
    total = sum(evidence) + _PRIOR_WEEKS
    common = sum(a * b for a, b in zip(own, evidence, strict=True)) + _PRIOR_WEEKS * _WEEK_CV**2
    common /= total
    return [
        (count * value + _SHARED_WEEKS * common) / (count + _SHARED_WEEKS)
        for value, count in zip(own, evidence, strict=True)
    ]


def _split(
    spread: Spread, errors: Errors, week: float, level_memory: float, interval_minutes: int
) -> Spread:
    """
    Parts of the level, the day and the slot.

    The week's variance is met exactly, the half-hours' correlation too; of the memories of
    the slot errors the one is taken with which days vary most nearly as they did.
    """
    expected, actual = errors.sums(1)
    day = _ratio_variance(expected, actual)
    whole = spread.variance()
    neighbour = _neighbour_correlation(errors, math.sqrt(whole), interval_minutes)
    memory = float(np.clip(level_memory, *_WEEK_MEMORY))
    profile = np.nansum(errors.expected, axis=(0, 1))
    # Lead days in the rhythm of the week: what each weekday brings.
    weight = expected.reshape(-1, 7).sum(axis=0)
    week_level = _mean_correlation(memory, weight)
    week_day = float((weight**2).sum() / weight.sum() ** 2)

    best, best_miss = (0.3, 0.4, 0.5), (math.inf, math.inf)
    for slot_memory in _MEMORIES.tolist():
        slot = (1 - neighbour) / (1 - slot_memory)
        if slot > 1:
            break
        within = _mean_correlation(slot_memory ** (interval_minutes / 30), profile)
        rest = (1 - slot) * week_day + slot * week_day * within
        asked = (week / whole - rest) / max(week_level - week_day, 1e-9)
        level = float(np.clip(asked, 0.0, 1 - slot))
        by_day = 1 - slot + slot * within
        miss = (round(abs(asked - level), 6), abs(by_day - day / whole))
        if miss < best_miss:
            best, best_miss = (level, slot, slot_memory), miss
    level, slot, slot_memory = best
    within = _mean_correlation(slot_memory ** (interval_minutes / 30), profile)
    reached = level * week_level + (1 - level - slot + slot * within) * week_day
    # Where counting noise hides how single rates spread, the week's total tells it better.
    wider = float(np.clip(week / (whole * reached), *_WIDENED))
    return replace(
        spread,
        cv=np.minimum(spread.cv * math.sqrt(wider), 1.2),
        level_share=level,
        day_share=max(1 - level - slot, 0.0),
        slot_share=slot,
        level_memory=memory,
        slot_memory=slot_memory,
    )


def _ratio_variance(expected: FloatArray, actual: FloatArray) -> float:
    """Mean squared relative error of full sums, counting noise taken out, far ones pulled in."""
    if not expected.any():
        return 0.0
    full = expected > 0.5 * np.median(expected[expected > 0])
    expected, actual = expected[full], actual[full]
    ratio, noise = actual / expected - 1, 1 / expected
    reach = _OUTLYING * 1.4826 * float(np.median(np.abs(ratio)))
    return max(float(np.mean(np.clip(ratio, -reach, reach) ** 2 - noise)), 1e-5)


def _neighbour_correlation(errors: Errors, cv: float, interval_minutes: int) -> float:
    """Correlation of rate errors half an hour apart (one interval where intervals are longer)."""
    seen = np.isfinite(errors.expected)
    expected = np.where(seen, errors.expected, 0.0)
    apart = np.where(seen, errors.actual - errors.expected, 0.0)
    scale = np.sqrt(np.maximum(expected + (cv * expected) ** 2, 1e-9))
    score = np.clip(apart / scale, -_OUTLYING, _OUTLYING) * (expected > 0)
    signal = np.where(expected > 0, expected / scale, 0.0)
    step = max(1, 30 // interval_minutes)
    own = float((score**2 - expected / scale**2).sum()) / max(float((signal**2).sum()), 1e-9)
    both = signal[..., step:] * signal[..., :-step]
    apart_half = float((score[..., step:] * score[..., :-step]).sum()) / max(
        float(both.sum()), 1e-9
    )
    correlation = float(np.clip(apart_half / own, 0.0, 1.0)) if own > 1e-6 else _NEIGHBOUR
    # Where counting noise rules, the data say little about the rate.
    clean = float(np.mean((cv * signal[expected > 0]) ** 2))
    evidence = clean**2 * float((expected.sum(axis=2) > 0).sum())
    mixed = evidence * correlation + _NEIGHBOUR_DAYS * _NEIGHBOUR
    return float(np.clip(mixed / (evidence + _NEIGHBOUR_DAYS), *_NEIGHBOUR_REACH))


def _mean_correlation(memory: float, weight: FloatArray) -> float:
    """Mean correlation of an AR(1) sequence, over pairs weighted by the products of weights."""
    weight = weight / weight.sum()
    apart = np.abs(np.subtract.outer(np.arange(len(weight)), np.arange(len(weight))))
    return float(np.einsum("i,ij,j->", weight, memory**apart, weight))


def channel_correlation(errors: list[Errors]) -> FloatArray:
    """
    Correlation of the channels' day errors, shrunk towards none, shape (C, C).

    Channels of one centre have the same origins; those without errors are uncorrelated.
    """
    width = len(errors)
    matrix = np.eye(width)
    ratios = []
    for channel in errors:
        expected = np.nansum(channel.expected, axis=2)
        apart = np.nansum(channel.actual - channel.expected, axis=2)
        told = expected > 0
        ratio = np.divide(apart, expected, out=np.full(expected.shape, np.nan), where=told)
        noise = float(np.mean(1 / expected[told])) if told.any() else 0.0
        ratios.append((dict(zip(channel.first_day, ratio, strict=True)), noise))
    for row in range(width):
        for column in range(row):
            value = _pair_correlation(*ratios[row], *ratios[column])
            matrix[row, column] = matrix[column, row] = value
    values, vectors = np.linalg.eigh(matrix)
    fixed = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    size = np.sqrt(np.diag(fixed))
    return np.asarray(fixed / np.outer(size, size))


def _pair_correlation(
    first: dict[int, FloatArray],
    first_noise: float,
    second: dict[int, FloatArray],
    second_noise: float,
) -> float:
    shared = sorted(set(first) & set(second))
    if not shared:
        return 0.0
    a = np.concatenate([first[origin] for origin in shared])
    b = np.concatenate([second[origin] for origin in shared])
    both = np.isfinite(a) & np.isfinite(b)
    a, b = np.clip(a[both], -0.8, 0.8), np.clip(b[both], -0.8, 0.8)
    if len(a) < 14:
        return 0.0
    below = math.sqrt(
        max(float(np.mean(a**2)) - first_noise, 0.2 * float(np.mean(a**2)))
        * max(float(np.mean(b**2)) - second_noise, 0.2 * float(np.mean(b**2)))
    )
    if below <= 0:
        return 0.0
    days = len(shared) * 7  # origins overlap: a new week of days each
    correlation = float(np.clip(np.mean(a * b) / below, -0.95, 0.95))
    return correlation * days / (days + 20)
