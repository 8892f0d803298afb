"""How a day's contacts spread over its slots, by type of day, from recent days and like days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import product

import numpy as np

from forecast.days import EVE, HOLIDAY, BoolArray, FloatArray, IntArray, weighted_sums
from forecast.factors import main_directions

TYPES = EVE + 1
HALF_LIVES = (4.0, 8.0, 20.0)  # weeks
BORROWED = (0.0, 2.0, 8.0)  # days' worth of weight lent by similar types of day
RANKS = (0, 3)  # main shapes that a profile may be made of; 0 is any
_KEPT = 3
_CHECKED_WEEKS = 6
_CLOSED_EVIDENCE = 6.0  # contacts that a closed slot should have had: chance under e^-6
_WHOLE = 0.95  # of a day that must be known for its shape to count among the main ones
_FEWEST_SHAPES = 8


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
    rank
        Main shapes that the profile is made of; 0 leaves it as it is.
    """

    half_life: float
    borrowed: float
    rank: int = 0


CANDIDATES = tuple(ProfileChoice(*each) for each in product(HALF_LIVES, BORROWED, RANKS))
USUAL = ProfileChoice(8.0, 2.0)


def profiles(
    grid: FloatArray,
    kind: IntArray,
    choices: Sequence[ProfileChoice],
    main: FloatArray | None = None,
) -> FloatArray:
    """
    Share of a day's contacts by slot for each type of day.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    kind
        Type of each day, 0 to 8, shape (D,).
    choices
        Ways whose results are averaged.
    main
        Main shapes of those days, from `main_shapes`, where they are known already.

    Returns
    -------
    ndarray
        Shape (9, S); rows sum to 1. A type that was never seen has the profile of all days; a
        holiday's or an eve's is drawn to the weekday's as far as noise could make the difference.
    """
    seen = _Seen.of(grid, kind)
    shares = np.mean(_shares(seen, choices, main), axis=0)
    shares = np.where(_closed(seen, shares), 0.0, shares)
    return _ratio(shares, shares.sum(axis=1, keepdims=True))


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
        known = np.isfinite(week)
        came = np.where(known, week, 0.0)
        shares = _shares(_Seen.of(grid[:cut], kind[:cut]), CANDIDATES)[:, kind[cut : cut + 7]]
        shares *= known
        part = shares.sum(axis=2, keepdims=True)
        told = shares * _ratio(np.broadcast_to(came.sum(axis=1)[:, None], part.shape), part)
        errors += np.abs(told - came).sum(axis=(1, 2))
    if not errors.any():
        return [USUAL]
    return [CANDIDATES[index] for index in np.argsort(errors, kind="stable")[:_KEPT]]


def trust_in_special(
    grid: FloatArray, kind: IntArray, weekday: IntArray, profile: FloatArray
) -> dict[int, float]:
    """
    How far the profile of holidays and of eves is believed beside the weekday's own, in [0, 1].

    Positive-part shrinkage of James and Stein: the squared distance between both, over what
    Poisson noise alone would make, and a day's worth of doubt since days differ by more.
    """
    trust = {}
    for special in (HOLIDAY, EVE):
        of_kind = kind == special
        known = np.isfinite(grid[of_kind])
        volume = np.where(known, grid[of_kind], 0.0)
        usual = profile[weekday[of_kind]] * known
        usual = usual * _ratio(volume.sum(axis=1, keepdims=True), usual.sum(axis=1, keepdims=True))
        came, told = volume.sum(axis=0), usual.sum(axis=0)
        busy = told > 0
        apart = float(((came - told)[busy] ** 2 / told[busy]).sum())
        days = int((volume.sum(axis=1) > 0).sum())
        noise = float(busy.sum())
        trust[special] = days / (days + 1) * max(0.0, 1 - noise / apart) if apart > 0 else 0.0
    return trust


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


def _shares(
    seen: _Seen, choices: Sequence[ProfileChoice], main: FloatArray | None = None
) -> FloatArray:
    """Shares by choice, type of day and slot, shape (K, 9, S)."""
    member = (seen.kind == np.arange(TYPES)[:, None]).astype(float)
    told = np.empty((len(choices), TYPES, seen.volume.shape[1]))
    if main is None and any(choice.rank for choice in choices):
        main = _main_shapes(seen.volume, seen.known)
    by_half_life: dict[float, _Averaged] = {}
    by_borrowing: dict[tuple[float, float], FloatArray] = {}
    for index, (half_life, borrowed, rank) in enumerate(map(astuple, choices)):
        if half_life not in by_half_life:
            weight = member * 0.5 ** (seen.age_weeks / half_life)
            by_half_life[half_life] = _Averaged.of(seen, weight)
        if (half_life, borrowed) not in by_borrowing:
            by_borrowing[half_life, borrowed] = by_half_life[half_life].borrowing(borrowed)
        shares = by_borrowing[half_life, borrowed]
        told[index] = shares if main is None or not rank else _made_of(shares, main[:rank])
    return told


@dataclass(frozen=True, slots=True)
class _Averaged:
    """Weighted mean shares of each type of day, its days, and what like types would lend it."""

    shares: FloatArray
    days: FloatArray
    like: FloatArray
    likeness: FloatArray

    @classmethod
    def of(cls, seen: _Seen, weight: FloatArray) -> _Averaged:
        volume, known = weighted_sums(weight, seen.volume), weighted_sums(weight, seen.known)
        rate = _ratio(volume, known)
        shares = _ratio(rate, rate.sum(axis=1, keepdims=True))
        # A type that was never seen has the shares of all days.
        pooled = _ratio(volume.sum(axis=0), known.sum(axis=0))
        days = weight.sum(axis=1)
        shares[days == 0] = _ratio(pooled, pooled.sum())
        kernel = _kernel(shares, days > 0)
        lent = kernel * days
        like = _ratio(weighted_sums(lent, shares), lent.sum(axis=1, keepdims=True))
        return cls(shares, days, like, kernel.max(axis=1))

    def borrowing(self, borrowed: float) -> FloatArray:
        """Each type drawn towards types of similar shape, the more the fewer its days are."""
        amount = borrowed * self.likeness
        whole = self.days + amount
        mixed = self.days[:, None] * self.shares + amount[:, None] * self.like
        drawn = (self.days > 0) & (amount > 0)
        return np.where(drawn[:, None], _ratio(mixed, whole[:, None]), self.shares)


def _kernel(shares: FloatArray, seen: BoolArray) -> FloatArray:
    """How alike types of day are, (9, 9), in [0, 1] and 0 on the diagonal."""
    distance = np.abs(shares[:, None] - shares[None]).sum(axis=2)
    apart = distance[np.ix_(seen, seen)]
    apart = apart[apart > 0]
    if not len(apart):
        return np.zeros(distance.shape)
    kernel = np.exp(-((distance / (0.5 * float(np.median(apart)))) ** 2)) * np.outer(seen, seen)
    np.fill_diagonal(kernel, 0.0)
    return np.asarray(kernel)


def main_shapes(grid: FloatArray) -> FloatArray:
    """
    Main shapes of the days, shape (3, S) or (0, S): what most days are made of.

    Of the square roots of the volumes of days that are known as a whole, since square roots of
    counts have one and the same noise.
    """
    known = np.isfinite(grid)
    volume = np.where(known, grid, 0.0)
    working = volume.sum(axis=1) > 0
    return _main_shapes(volume[working], known[working].astype(float))


def _main_shapes(volume: FloatArray, known: FloatArray) -> FloatArray:
    # Slots that are never told, as at night, are no gap.
    ever = known.any(axis=0)
    roots = np.sqrt(volume[known[:, ever].sum(axis=1) >= _WHOLE * ever.sum()])
    return main_directions(roots, max(RANKS)) if len(roots) >= _FEWEST_SHAPES else roots[:0]


def _made_of(shares: FloatArray, main: FloatArray) -> FloatArray:
    """The nearest shares that are made of the main shapes alone, on square roots."""
    if not len(main):
        return shares
    scores = np.einsum("ks,rs->kr", np.sqrt(shares), main)
    nearest = np.maximum(np.einsum("kr,rs->ks", scores, main), 0.0) ** 2
    # A slot in which nothing came on that type of day stays empty.
    nearest = np.where(shares > 0, nearest, 0.0)
    return _ratio(nearest, nearest.sum(axis=1, keepdims=True))


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
