"""What customers of one steady queue meet: waits, abandonment and service level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

from scenario.targets import Formula, ratio, service_level_parts

NEGLIGIBLE = 1e-16  # weight, against the greatest, at which the queue is cut off


@dataclass(frozen=True)
class SteadyQueue:
    """
    Steady state of a queue whose servers all work at full rate while anybody waits.

    Parameters
    ----------
    arrival_rate
        Contacts offered per second.
    full_rate
        Completions per second while every slot is taken.
    patience_rate
        Abandonments per second of one who waits; 0 when nobody gives up.
    waiting
        Probability that all slots are taken and m contacts wait, m = 0, 1, ...; shape (M,).
        With `patience_rate` 0 and no limit only the first is kept: the rest is geometric.
    blocked
        Share of the offered contacts that find the queue full.
    in_service
        Mean contacts in hand.
    busy
        Mean agents with at least one contact in hand.
    limited
        Whether the queue has a limit.

    Notes
    -----
    Poisson arrivals, exponential handle times and patience; first come, first served.
    """

    arrival_rate: float
    full_rate: float
    patience_rate: float
    waiting: NDArray[np.float64]
    blocked: float
    in_service: float
    busy: float
    limited: bool = False

    @property
    def _geometric(self) -> bool:
        return self.patience_rate == 0 and not self.limited

    @property
    def stable(self) -> bool:
        """Whether the queue settles: always with abandonment or a limit."""
        return not self._geometric or self.arrival_rate < self.full_rate

    @property
    def p_wait(self) -> float:
        """Share of the offered contacts that must wait."""
        if not self.stable:
            return 1.0
        if self._geometric:
            return float(self.waiting[0] / (1 - self.arrival_rate / self.full_rate))
        return float(self.waiting.sum() - self.blocked)

    @property
    def mean_queue(self) -> float:
        """Mean contacts waiting; infinite when the queue does not settle."""
        if not self.stable:
            return float("inf")
        if self._geometric:
            load = self.arrival_rate / self.full_rate
            return self.p_wait * load / (1 - load)
        return float(np.arange(len(self.waiting)) @ self.waiting)

    @property
    def mean_wait_s(self) -> float:
        """Mean time in the queue of all offered, abandoned ones included, in seconds."""
        return self.mean_queue / self.arrival_rate if self.arrival_rate else 0.0

    @property
    def abandoned(self) -> float:
        """Share of the offered contacts that give up."""
        if not self.arrival_rate or not self.patience_rate:
            return 0.0
        return self.patience_rate * self.mean_queue / self.arrival_rate

    @property
    def answered(self) -> float:
        """Share of the offered contacts that are answered."""
        return 1 - self.abandoned - self.blocked

    @property
    def asa_s(self) -> float:
        """Mean wait of the answered contacts, in seconds."""
        if not self.patience_rate or not self.stable:
            accepted = 1 - self.blocked
            return self.mean_wait_s / accepted if accepted else float("nan")
        # The wait offered to one with m ahead is a sum of exponential steps of rates
        # R + j theta, j = 0..m; the derivative of its transform at theta gives E[V; served].
        found = self._found_waiting
        ahead = np.arange(len(found))
        steps = np.cumsum(1 / (self.full_rate + (ahead + 1) * self.patience_rate))
        served = self.full_rate / (self.full_rate + (ahead + 1) * self.patience_rate)
        return float((found * served * steps).sum() / self.answered)

    @property
    def _found_waiting(self) -> NDArray[np.float64]:
        """Probability that an accepted arrival finds all slots taken and m waiting."""
        return self.waiting[:-1] if self.limited else self.waiting

    def answered_within(self, seconds: float) -> float:
        """Share of the offered contacts answered within so many seconds."""
        if not self.stable:
            return 0.0
        at_once = 1 - self.p_wait - self.blocked
        if self._geometric:
            late = np.exp(-(self.full_rate - self.arrival_rate) * seconds)
            return float(at_once + self.p_wait * (1 - late))
        found = self._found_waiting
        return float(at_once + found @ self._served_within(len(found), seconds))

    def abandoned_within(self, seconds: float) -> float:
        """Share of the offered contacts that give up within so many seconds."""
        if not self.patience_rate:
            return 0.0
        found = self._found_waiting
        theta, full = self.patience_rate, self.full_rate
        ahead = np.arange(len(found))
        offered_within = betainc(ahead + 1.0, full / theta, -np.expm1(-theta * seconds))
        still_waiting = (1 - offered_within) * np.exp(-theta * seconds)
        gone = 1 - still_waiting - self._served_within(len(found), seconds)
        return float(found @ gone)

    def _served_within(self, length: int, seconds: float) -> NDArray[np.float64]:
        """P(answered within the time | all slots taken, m waiting ahead), m = 0..length-1."""
        ahead = np.arange(length, dtype=np.float64)
        theta, full = self.patience_rate, self.full_rate
        if theta == 0:
            return np.asarray(gammainc(ahead + 1, full * seconds), dtype=np.float64)
        k = full / theta
        share = k / (k + ahead + 1)
        return np.asarray(
            share * betainc(ahead + 1, k + 1, -np.expm1(-theta * seconds)), dtype=np.float64
        )

    def service_level(self, formula: Formula, seconds: float, short_s: float = 0.0) -> float:
        """
        Service level by one of the live formulas; NaN when nothing is offered.

        Parameters
        ----------
        formula
            A live formula.
        seconds
            Threshold.
        short_s
            Abandons up to this wait count as short.
        """
        if not self.arrival_rate:
            return float("nan")
        shares = {
            "answered": self.answered,
            "answered_within": self.answered_within(seconds),
            "abandoned": self.abandoned,
            "abandoned_within": self.abandoned_within(seconds),
            "abandoned_short": self.abandoned_within(short_s),
            "blocked": self.blocked,
            "waiting_over": 0.0,
        }
        counts = {name: np.asarray(share) for name, share in shares.items()}
        return float(ratio(*service_level_parts(formula, counts)))


def birth_death(
    arrival_rate: float,
    death: NDArray[np.float64],
    busy: NDArray[np.float64],
    patience_rate: float,
    max_queue: int | None = None,
) -> SteadyQueue:
    """
    Steady state of a queue whose service rate depends on the contacts in hand alone.

    Parameters
    ----------
    arrival_rate
        Contacts per second, at least 0.
    death
        Completions per second with 1, 2, ... contacts in hand; the last has every slot taken.
    busy
        Agents with something in hand, with 0, 1, 2, ... contacts in hand.
    patience_rate
        Abandonments per second of one who waits.
    max_queue
        Contacts waiting that block a further arrival; None is no limit.
    """
    slots = len(death)  # with none, whoever comes waits for ever or gives up
    full_rate = float(death[-1]) if slots else 0.0
    if arrival_rate == 0:
        return SteadyQueue(0.0, full_rate, patience_rate, np.zeros(1), 0.0, 0.0, 0.0)
    if full_rate == 0 and patience_rate == 0 and max_queue is not None:
        full_queue = np.append(np.zeros(max_queue), 1.0)  # nobody ever leaves
        return SteadyQueue(arrival_rate, 0.0, 0.0, full_queue, 1.0, 0.0, 0.0, True)
    head = np.concatenate([[0.0], np.cumsum(np.log(arrival_rate / death))])
    tail = queue_weights(arrival_rate, full_rate, patience_rate, max_queue)
    scale = max(head.max(), head[-1] + tail.max())
    head_weights = np.exp(head - scale)
    geometric = patience_rate == 0 and max_queue is None
    if geometric and arrival_rate >= full_rate:
        return SteadyQueue(arrival_rate, full_rate, 0.0, np.ones(1), 0.0, slots, float(busy[-1]))
    waiting_weights = np.exp(head[-1] + tail - scale)
    above = waiting_weights[0] / (1 - arrival_rate / full_rate) if geometric else waiting_weights
    total = head_weights[:-1].sum() + np.sum(above)
    below, waiting = head_weights[:-1] / total, waiting_weights / total
    full = float(np.sum(above) / total)
    return SteadyQueue(
        arrival_rate,
        full_rate,
        patience_rate,
        waiting,
        float(waiting[-1]) if max_queue is not None else 0.0,
        float(np.arange(slots) @ below + slots * full),
        float(busy[:-1] @ below + busy[-1] * full),
        max_queue is not None,
    )


def queue_weights(
    arrival_rate: float, full_rate: float, patience_rate: float, max_queue: int | None
) -> NDArray[np.float64]:
    """
    Logarithm of the weights of 0, 1, 2, ... waiting against nobody waiting.

    Without a limit the list ends where the weights have become negligible; without
    abandonment and limit it is the first alone.
    """
    if max_queue is not None:
        ahead = np.arange(1, max_queue + 1)
        with np.errstate(divide="ignore"):
            steps = np.log(arrival_rate) - np.log(full_rate + ahead * patience_rate)
        return np.concatenate([[0.0], np.cumsum(steps)])
    if patience_rate == 0:
        return np.zeros(1)
    crest = max(0.0, (arrival_rate - full_rate) / patience_rate)
    length = int(crest + 12 * np.sqrt(arrival_rate / patience_rate + crest + 1) + 60)
    while True:
        ahead = np.arange(1, length + 1)
        steps = np.log(arrival_rate / (full_rate + ahead * patience_rate))
        weights = np.concatenate([[0.0], np.cumsum(steps)])
        if weights[-1] < weights.max() + np.log(NEGLIGIBLE):
            return weights
        length *= 2
