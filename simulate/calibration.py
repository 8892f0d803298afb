"""How much of a history's volume is first attempts: simulated once, on the floor as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from scenario import (
    Demand,
    InvalidValueError,
    PlanningError,
    RunCancelledError,
    Scenario,
    Staff,
)
from scenario.assumptions import base_demand, begets
from simulate.engines import Cancel
from simulate.estimates import FloatArray
from simulate.run import simulate
from simulate.workers import Progress, Workers

MATCHED = 0.002  # of a channel's volume, in the runs that calibrate: nearer would be noise
TOLERATED = 0.005  # of a channel's volume; further off is no calibration
ROUNDS = 24  # of runs, at most; most journeys take four to eight
COARSE = 4  # times fewer replications before the last rounds, and as many times further off
FAR = 0.4  # of a logarithm: from there one goes straight on, and learns nothing
REMEMBERED = 3  # earlier rounds that the next one learns from
ENOUGH = 80_000  # contacts of a channel that make its share sure to some tenths of a per cent
NOTED = 0.03  # of the volume: smaller channels are calibrated, and do not make the runs longer
FEWEST, MOST = 60, 400  # replications: volumes differ from day to day as well
START = 0.7  # of the volume: from below, since a floor that drowns begets far more
LEAST = 0.02  # of a channel's volume: fewer first attempts cannot be told from none
PATIENCE = 3  # rounds with that few


def calibrated(
    scenario: Scenario,
    demand: Demand,
    staff: Staff | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Scenario:
    """
    The scenario with its first attempts scaled so that all contacts amount to its demand.

    A history counts every contact, customers who came back among them; where the scenario's
    journeys beget these again, they would be counted twice. What is left of the volume for
    first attempts stands in `demand.first_share` of the scenario returned; give that to every
    what-if, so that it meets the same customers.

    Parameters
    ----------
    scenario
        The baseline: as its file states it, before any lever. With `counts = "first"`, or with
        a `first_share` of its own, it is returned as it is.
    demand
        Its demand, before the scenario's scale and bursts.
    staff
        Agents on the floor; default: the scenario's current staffing.
    replications, seed
        Of the last rounds; default: enough for some 80,000 contacts of every channel that is
        no trifle, and the scenario's seed.
    workers, cancel
        As for `simulate.run.simulate`.
    progress
        Told how many replications of how many are finished, of all rounds there may be.

    Returns
    -------
    Scenario
        With a `first_share` for every channel with a demand of its own.

    Raises
    ------
    InvalidValueError
        When no staffing is known, or all contacts of a channel are deflected.
    PlanningError
        When no first attempts give the volume within 0.5 %: more come back than there are.
    RunCancelledError
        When cancelled.

    Notes
    -----
    The share f of a channel is where f (1 − deflected) = first attempts / offered. Each round
    simulates the same customers once more, the first rounds with a quarter of the replications;
    the next shares are extrapolated from the last rounds (Anderson's mixing). Bursts and people
    called in are left out: no history holds them.

    References
    ----------
    .. [1] Walker, H. F. and Ni, P. (2011). Anderson acceleration for fixed-point iterations.
       SIAM Journal on Numerical Analysis, 49(4), 1715-1735.
    """
    if scenario.demand.counts == "first" or scenario.demand.first_share:
        return scenario
    one = _Baseline.of(scenario, demand)
    if not one.channels:  # nobody comes at all
        return scenario.with_changes({"demand.first_share": dict.fromkeys(scenario.channels, 1.0)})
    if not begets(scenario):
        return scenario.with_changes({"demand.first_share": one.named(np.ones(len(one.channels)))})
    if staff is None:
        staff = staff_to_calibrate(one.scenario)
    count = _replications(one.volume) if replications is None else replications

    def met(shares: FloatArray, number: int, runs: int) -> _Met:
        def show(done: int, _: int) -> None:
            if progress is not None:
                progress(number * count + done * count // runs, ROUNDS * count)

        outcome = simulate(
            one.with_shares(shares),
            demand,
            staff,
            replications=runs,
            seed=seed,
            workers=workers,
            progress=show,
            cancel=cancel,
        )
        if outcome.cancelled:
            raise RunCancelledError
        counts = outcome.data.contacts
        first, offered = (
            counts[name].sum(axis=(0, 1))[one.columns].astype(np.float64)
            for name in ("first_attempts", "offered")
        )
        return _Met(first, offered)

    shares = _fixed_point(one, count, met)
    if progress is not None:
        progress(ROUNDS * count, ROUNDS * count)
    return scenario.with_changes({"demand.first_share": one.named(shares)})


@dataclass(frozen=True)
class _Baseline:
    """
    What is calibrated.

    Parameters
    ----------
    scenario
        Without bursts and without people called in.
    channels, columns
        C channels with a demand of their own, and their places among the scenario's.
    volume
        Contacts that they expect in all, shape (C,).
    kept
        Share of their would-be contacts that is not deflected, shape (C,).
    """

    scenario: Scenario
    channels: tuple[str, ...]
    columns: list[int]
    volume: FloatArray
    kept: FloatArray

    @classmethod
    def of(cls, scenario: Scenario, demand: Demand) -> _Baseline:
        plain = scenario.with_changes({"bursts": None, "called_in": None})
        volume = base_demand(plain.with_changes({"demand.counts": "first"}), demand).mean.sum(
            axis=0
        )
        known = [number for number, contacts in enumerate(volume) if contacts > 0]
        names = tuple(list(scenario.channels)[number] for number in known)
        deflections = [scenario.channels[name].deflection for name in names]
        kept = np.array([1.0 - one.share if one else 1.0 for one in deflections])
        if nobody := [name for name, left in zip(names, kept, strict=True) if not left]:
            rule = "less than 1 where the demand counts the contacts that reach the floor"
            raise InvalidValueError(f"channels.{nobody[0]}.deflection.share", rule, 1)
        return cls(plain, names, known, volume[known], kept)

    def named(self, shares: FloatArray) -> dict[str, float]:
        return {name: round(float(s), 6) for name, s in zip(self.channels, shares, strict=True)}

    def with_shares(self, shares: FloatArray) -> Scenario:
        return self.scenario.with_changes({"demand.first_share": self.named(shares)})


@dataclass(frozen=True)
class _Met:
    """
    What the runs of one round met, by channel, shapes (C,).

    Parameters
    ----------
    first, offered
        First attempts, and all contacts offered, of all replications.
    """

    first: FloatArray
    offered: FloatArray

    def error(self, tried: FloatArray, kept: FloatArray) -> FloatArray:
        """Logarithm of the volume met over the one wanted."""
        # Of many contacts none a first attempt: fewer than half of one. Nobody at all: all are.
        left = np.maximum(self.first, 0.5) / np.maximum(self.offered, 0.5)
        error: FloatArray = np.log(tried * kept / left)
        return error

    def few(self) -> FloatArray:
        """How much more may be off where there are few: two contacts are as good as matched."""
        return np.maximum(1.0, 2 / (MATCHED * np.maximum(self.offered, 1)))


def _fixed_point(
    one: _Baseline, count: int, met: Callable[[FloatArray, int, int], _Met]
) -> FloatArray:
    """The shares with which the volume met is the one wanted, shape (C,)."""
    coarse = COARSE if count >= FEWEST else 1
    tried, floor = np.log(START / one.kept), np.log(LEAST / one.kept)
    steps, best, least = _Mixing(), tried, np.full(tried.shape, np.inf)
    too_many = np.zeros(tried.shape, dtype=np.int64)  # rounds with more than wanted at the least
    for number in range(ROUNDS):
        tried = np.log(np.round(np.exp(tried), 6))
        found = met(np.exp(tried), number, count // coarse)
        error = found.error(np.exp(tried), one.kept)
        off = np.abs(error) / found.few()
        if off.max() < least.max():
            best, least = tried, off
        if number > 0 and off.max() <= MATCHED * coarse:  # the very first shares are a guess
            if coarse == 1:
                break
            # Near enough for fewer runs: all of them from here on.
            coarse, steps, least = 1, _Mixing(), np.full(tried.shape, np.inf)
        too_many += (tried < floor + TOLERATED) & (error > TOLERATED)
        if too_many.max() == PATIENCE:
            break
        tried = np.maximum(steps.next(tried, -error), floor)
    if least.max() > TOLERATED:
        worst = int(too_many.argmax() if too_many.any() else least.argmax())
        _give_up(one.channels[worst], too_many=bool(too_many[worst]))
    return np.exp(best)


def _give_up(channel: str, *, too_many: bool) -> NoReturn:
    if too_many:
        why = (
            f"However few contacts on {channel} are first attempts, all of them are more than its"
            " demand: its customers, or those of other channels, come back too often for that"
            " volume, or hardly any of them is served."
        )
    else:
        why = (
            f"First attempts on {channel} cannot be told apart: as staffed now far more customers"
            " come back in some runs than in others, and a few first attempts more or less decide"
            " it."
        )
    raise PlanningError(f"{why} Change these assumptions, add staff, or state demand.first_share.")


class _Mixing:
    """Anderson's mixing: the next point from the last ones and how far each was off."""

    def __init__(self) -> None:
        self.points: list[FloatArray] = []
        self.residuals: list[FloatArray] = []

    def next(self, point: FloatArray, residual: FloatArray) -> FloatArray:
        """Where to look next; never a factor of two away."""
        self.points = [*self.points[-REMEMBERED:], point]
        self.residuals = [*self.residuals[-REMEMBERED:], residual]
        step = residual
        if len(self.points) > 1:
            moved = np.diff(np.stack(self.points), axis=0).T
            changed = np.diff(np.stack(self.residuals), axis=0).T
            weights = np.linalg.lstsq(changed, residual, rcond=1e-3)[0]
            mixed = residual - (moved + changed) @ weights
            step = np.where(np.abs(residual) > FAR, residual, mixed)
        return point + np.clip(step, -math.log(2), math.log(2))


def staff_to_calibrate(scenario: Scenario) -> Staff:
    """
    The current staffing, without which it cannot be known who is served and who comes back.

    Raises
    ------
    InvalidValueError
        When none is known; it says what to state.
    """
    try:
        return scenario.staff()
    except InvalidValueError as error:
        rule = (
            '"first" while the current staffing is not known'
            f" ({error}): who comes back depends on who is served. State it, or demand.first_share"
        )
        raise InvalidValueError("demand.counts", rule, "all") from None


def _replications(volume: FloatArray) -> int:
    """Runs of a round: many of a small floor, few of a large one."""
    trifle = min(NOTED * volume.sum(), volume.max())  # of many channels each may be one
    smallest = float(volume[volume >= trifle].min())
    return min(max(FEWEST, math.ceil(ENOUGH / smallest)), MOST)
