"""How long a contact takes: a shrunk mean by weekday and slot, with a slow trend."""

from __future__ import annotations

import numpy as np

from forecast.days import FloatArray, IntArray

_WEEKS_OF_MEMORY = 8.0  # half-life: habits of an hour change slowly
_LEVEL_MEMORY = 3.0  # half-life in weeks of the level
_FEWEST = 5.0  # contacts without which nothing is told


def expected_handle_time(
    mean_s: FloatArray, contacts: FloatArray, weekday: IntArray, asked_weekday: IntArray
) -> FloatArray:
    """
    Mean handle time of the days asked for.

    Parameters
    ----------
    mean_s
        Mean solo handle time in seconds by day and slot, shape (D, S); NaN where unknown.
    contacts
        Contacts behind each mean, shape (D, S).
    weekday
        0 to 6 of each past day, shape (D,).
    asked_weekday
        0 to 6 of each day asked for, shape (N,).

    Returns
    -------
    ndarray
        Seconds, shape (N, S); all NaN when fewer than five contacts were measured.

    Notes
    -----
    Empirical Bayes in two steps: a slot's mean is drawn to the channel's level, a weekday's
    slot to the slot's mean, each by as much as its own sampling noise asks for. The level is
    the recent weeks' mean of what the slots do not explain, so it follows a slow trend
    without running away with it.
    """
    known = np.isfinite(mean_s) & (contacts > 0)
    weight = np.where(known, contacts, 0.0)
    if weight.sum() < _FEWEST:
        return np.full((len(asked_weekday), mean_s.shape[1]), np.nan)
    value = np.where(known, mean_s, 0.0)
    level = float((weight * value).sum() / weight.sum())
    # Single means beyond four times the level are mistakes of the clock more often than work.
    value = np.clip(value, 0.0, 4 * level)
    age_weeks = (len(mean_s) - 1 - np.arange(len(mean_s)))[:, None] / 7
    recent = weight * 0.5 ** (age_weeks / _WEEKS_OF_MEMORY)
    noise = _noise_of_one(value, weight)

    by_slot = _shrunk(recent.sum(axis=0), (recent * value).sum(axis=0), level, noise)
    member = (weekday == np.arange(7)[:, None]).astype(float)
    own, own_total = member @ recent, member @ (recent * value)
    by_weekday = _shrunk(own, own_total, by_slot, noise)  # (7, S)
    told = by_weekday[weekday]
    late = weight * 0.5 ** (age_weeks / _LEVEL_MEMORY)
    drift = float((late * value).sum() / max(float((late * told).sum()), 1e-9))
    return np.asarray(np.maximum((by_weekday * drift)[asked_weekday], 1.0))


def _noise_of_one(value: FloatArray, weight: FloatArray) -> float:
    """Variance of a single contact's handle time, from how cells differ about their slot's mean."""
    total = weight.sum(axis=0)
    mean = np.divide((weight * value).sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    cells = weight > 0
    freedom = max(float(cells.sum() - (total > 0).sum()), 1.0)
    return max(float((weight * (value - mean) ** 2).sum()) / freedom, 1.0)


def _shrunk(
    weight: FloatArray, total: FloatArray, towards: FloatArray | float, noise: float
) -> FloatArray:
    """Means of totals over weights, drawn towards others by noise / (noise + weight × spread)."""
    towards = np.broadcast_to(towards, weight.shape)
    mean = np.divide(total, weight, out=towards.copy(), where=weight > 0)
    seen = weight.sum()
    apart = float((weight * (mean - towards) ** 2).sum())
    spread = max((apart - noise * float((weight > 0).sum())) / seen, 0.0) if seen > 0 else 0.0
    trust = weight * spread / (weight * spread + noise)
    return np.asarray(towards + trust * (mean - towards))
