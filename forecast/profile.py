"""How a day's contacts spread over its slots, by type of day, from recent days and like days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from forecast.days import HOLIDAY, BoolArray, FloatArray, IntArray, weighted_sums

TYPES = HOLIDAY + 1
HALF_LIVES = (4.0, 8.0, 20.0)  # weeks
BORROWED = (0.0, 2.0, 8.0)  # days' worth of weight lent by similar types of day
_KEPT = 3
_CHECKED_WEEKS = 6
_CLOSED_EVIDENCE = 6.0  # contacts that a closed slot should have had: chance under e^-6


@dataclass(frozen=True, slots=True)
class ProfileChoice:
    """
    One way to average past days.

    Parameters
    ----------
    half_life
        Weeks after which a day counts half.
    borrowed
        Weight of similar types of day, in days.
    """

    half_life: float
    borrowed: float


CANDIDATES = tuple(ProfileChoice(*pair) for pair in product(HALF_LIVES, BORROWED))


def profiles(grid: FloatArray, kind: IntArray, choices: Sequence[ProfileChoice]) -> FloatArray:
    """
    Share of a day's contacts by slot for each type of day.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    kind
        Type of each day, 0 to 7, shape (D,).
    choices
        Ways whose results are averaged.

    Returns
    -------
    ndarray
        Shape (8, S); rows sum to 1. A type that was never seen has the profile of all days.
    """
    seen = _Seen.of(grid, kind)
    shares = np.mean([_one_choice(seen, choice) for choice in choices], axis=0)
    shares = np.where(_closed(seen, shares), 0.0, shares)
    total = shares.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=shares.copy(), where=total > 0))


def choose(grid: FloatArray, kind: IntArray) -> list[ProfileChoice]:
    """
    The three candidates that told the last six weeks best, each week from the days before it.

    The error of a day is the sum of absolute differences between its contacts and its own
    total spread by the profile. With less than four weeks a middling choice is taken.
    """
    errors = np.zeros(len(CANDIDATES))
    for back in range(1, _CHECKED_WEEKS + 1):
        cut = len(grid) - 7 * back
        if cut < 21:
            break
        week = grid[cut : cut + 7]
        total = np.nansum(week, axis=1, keepdims=True)
        seen = _Seen.of(grid[:cut], kind[:cut])
        for index, choice in enumerate(CANDIDATES):
            shares = _one_choice(seen, choice)[kind[cut : cut + 7]]
            known = np.where(np.isfinite(week), shares, 0.0).sum(axis=1, keepdims=True)
            told = shares * np.divide(total, known, out=np.zeros_like(total), where=known > 0)
            errors[index] += float(np.nansum(np.abs(week - told)))
    if not errors.any():
        return [ProfileChoice(8.0, 2.0)]
    return [CANDIDATES[index] for index in np.argsort(errors, kind="stable")[:_KEPT]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Past days sorted for averaging: volumes with 0 for unknown, and what is known."""

    volume: FloatArray
    known: FloatArray
    kind: IntArray
    age_weeks: FloatArray

    @classmethod
    def of(cls, grid: FloatArray, kind: IntArray) -> _Seen:
        known = np.isfinite(grid)
        volume = np.where(known, grid, 0.0)
        # A day without contacts tells nothing about the shape of a day.
        working = volume.sum(axis=1) > 0
        age = (len(grid) - 1 - np.arange(len(grid))) / 7
        return cls(volume[working], known[working].astype(float), kind[working], age[working])


def _one_choice(seen: _Seen, choice: ProfileChoice) -> FloatArray:
    weight = 0.5 ** (seen.age_weeks / choice.half_life)
    member = (seen.kind == np.arange(TYPES)[:, None]) * weight  # (8, D)
    days = member.sum(axis=1)
    volume, known = weighted_sums(member, seen.volume), weighted_sums(member, seen.known)
    rate = _ratio(volume, known)
    pooled = _ratio(volume.sum(axis=0), known.sum(axis=0))
    shares = _ratio(rate, rate.sum(axis=1, keepdims=True))
    everyday = _ratio(pooled, pooled.sum())
    if choice.borrowed > 0:
        shares = _borrow(shares, days, choice.borrowed)
    shares[days == 0] = everyday
    return shares


def _borrow(shares: FloatArray, days: FloatArray, borrowed: float) -> FloatArray:
    """Shrink each type towards types of similar shape, the more the fewer its days are."""
    distance = np.abs(shares[:, None] - shares[None]).sum(axis=2)
    seen = days > 0
    apart = distance[np.ix_(seen, seen)]
    apart = apart[apart > 0]
    if not len(apart):
        return shares
    kernel = np.exp(-((distance / (0.5 * float(np.median(apart)))) ** 2)) * np.outer(seen, seen)
    np.fill_diagonal(kernel, 0.0)
    lent = kernel * days
    like = _ratio(lent @ shares, lent.sum(axis=1, keepdims=True))
    amount = borrowed * kernel.max(axis=1)
    mixed = _ratio(days[:, None] * shares + amount[:, None] * like, (days + amount)[:, None])
    return np.asarray(np.where(seen[:, None], mixed, shares))


def _closed(seen: _Seen, shares: FloatArray) -> BoolArray:
    """Slots of a type of day that never had a contact although its total asks for some."""
    member = (seen.kind == np.arange(TYPES)[:, None]).astype(float)
    never = weighted_sums(member, seen.volume) == 0
    never &= weighted_sums(member, seen.known) > 0
    everyday = _ratio(seen.volume.sum(axis=0), seen.known.sum(axis=0))
    everyday = _ratio(everyday, everyday.sum())
    expected = (member @ seen.volume.sum(axis=1))[:, None] * np.maximum(everyday, shares)
    return np.asarray(never & (expected > _CLOSED_EVIDENCE))


def _ratio(above: FloatArray, below: FloatArray | float) -> FloatArray:
    """Quotient with 0 where nothing is below."""
    below = np.broadcast_to(below, above.shape)
    return np.asarray(np.divide(above, below, out=np.zeros_like(above), where=below > 0))
