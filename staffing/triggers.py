"""From what seen by the morning are how many called? Thresholds that keep a promise cheaply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NEVER = float("inf")
_PLACES = 40  # thresholds tried for each number of agents


@dataclass(frozen=True, eq=False)
class Trigger:
    """
    How many are called by what a signal shows.

    Parameters
    ----------
    thresholds
        Signal from which on at least 1, 2, ... are called (at or above), or sent home (at or
        below), shape (N,); infinite for never.
    rising
        Whether more are concerned as the signal rises.
    """

    thresholds: FloatArray
    rising: bool

    def numbers(self, signal: FloatArray) -> IntArray:
        """How many, for each value of the signal, shape of `signal`."""
        if self.rising:
            reached = signal[..., None] >= self.thresholds
        else:
            reached = signal[..., None] <= self.thresholds
        return np.asarray(reached.sum(axis=-1), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """
    Replications in the order in which they would be chosen, and what each choice keeps.

    Parameters
    ----------
    signal
        In that order, shape (R,).
    kept
        Kept promises among the first i with n changed, shape (N + 1, R + 1, Q).
    places
        Numbers of chosen replications between which the signal differs.
    """

    signal: FloatArray
    kept: IntArray
    places: IntArray

    @classmethod
    def of(cls, signal: FloatArray, kept: BoolArray, *, rising: bool) -> _Ranked:
        order = np.argsort(-signal if rising else signal, kind="stable")
        told = signal[order]
        summed = np.concatenate(
            [
                np.zeros((len(kept), 1, kept.shape[2]), dtype=np.int64),
                np.cumsum(kept[:, order], axis=1),
            ],
            axis=1,
        )
        between = np.flatnonzero(np.diff(told) != 0) + 1
        places = np.unique(np.concatenate([[0], between, [len(told)]]))
        if len(places) > _PLACES:
            places = places[np.unique(np.linspace(0, len(places) - 1, _PLACES).astype(int))]
        return cls(told, summed, places)

    def total(self, cuts: IntArray) -> IntArray:
        """Replications that keep each promise when `cuts[n]` of them get more than n, (Q,)."""
        ends = np.concatenate([[len(self.signal)], cuts, [0]])
        total = sum(
            self.kept[n, ends[n]] - self.kept[n, ends[n + 1]] for n in range(len(self.kept))
        )
        return np.asarray(total)

    def trigger(self, cuts: IntArray, *, rising: bool) -> Trigger:
        never = NEVER if rising else -NEVER
        thresholds = [float(self.signal[cut - 1]) if cut else never for cut in cuts.tolist()]
        return Trigger(np.array(thresholds), rising)


def called_when(signal: FloatArray, kept: BoolArray, probability: float) -> tuple[Trigger, int]:
    """
    Thresholds from which on agents are called, as few as keep every promise often enough.

    Parameters
    ----------
    signal
        What is seen in each replication, shape (R,).
    kept
        Whether each promise is kept with n agents called, shape (N + 1, R, Q).
    probability
        Share of the replications in which each must be kept.

    Returns
    -------
    tuple
        The trigger, and how many kept promises are still missing.

    Notes
    -----
    Greedy: the change that brings most kept promises for each agent called comes first; in the
    end each threshold is raised again as far as nothing is lost.
    """
    ranked = _Ranked.of(signal, kept, rising=True)
    need = int(np.ceil(probability * len(signal) - 1e-9))
    cuts = np.zeros(len(kept) - 1, dtype=np.int64)

    def missing(tried: IntArray) -> int:
        return int(np.maximum(need - ranked.total(tried), 0).sum())

    now = missing(cuts)
    while now:
        best = max(
            _raised(cuts, ranked.places),
            key=lambda tried: ((now - missing(tried)) / (tried - cuts).sum(), -tried.sum()),
            default=None,
        )
        if best is None or missing(best) >= now:
            break
        cuts, now = best, missing(best)
    for number in range(len(cuts) - 1, -1, -1):
        least = cuts[number + 1] if number + 1 < len(cuts) else 0
        for place in ranked.places[(ranked.places >= least) & (ranked.places < cuts[number])]:
            tried = cuts.copy()
            tried[number] = place
            if missing(tried) <= now:
                cuts = tried
                break
    return ranked.trigger(cuts, rising=True), now


def sent_home_when(signal: FloatArray, kept: BoolArray, probability: float) -> tuple[Trigger, int]:
    """
    Thresholds up to which agents are sent home, as many as every promise allows.

    Parameters
    ----------
    signal, kept, probability
        As for `called_when`, with n agents sent home.

    Returns
    -------
    tuple
        The trigger, and how many kept promises are missing: none beyond those missing before.
    """
    ranked = _Ranked.of(signal, kept, rising=False)
    need = int(np.ceil(probability * len(signal) - 1e-9))
    cuts = np.zeros(len(kept) - 1, dtype=np.int64)
    floor = np.minimum(need, ranked.total(cuts))
    while True:
        allowed = [
            tried for tried in _raised(cuts, ranked.places) if (ranked.total(tried) >= floor).all()
        ]
        if not allowed:
            break
        cuts = max(allowed, key=lambda tried: int(tried.sum()))
    missing = int(np.maximum(need - ranked.total(cuts), 0).sum())
    return ranked.trigger(cuts, rising=False), missing


def _raised(cuts: IntArray, places: IntArray) -> Iterable[IntArray]:
    """Every way to raise one cut, those below it following where they must."""
    for number in range(len(cuts)):
        for place in places[places > cuts[number]].tolist():
            tried = cuts.copy()
            tried[: number + 1] = np.maximum(tried[: number + 1], place)
            yield tried
