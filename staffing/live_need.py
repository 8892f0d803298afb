"""How many agents does a live channel need, and how many of its customers are not served then?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scenario.channels import Channel, Patience
from scenario.groups import Skill
from scenario.model import Scenario
from scenario.targets import Formula, Target
from staffing.chat import best_gain, chat_queue, level_rates
from staffing.erlang import fewest, fractional
from staffing.offered_load import modified_load
from staffing.queueing import SteadyQueue

FloatArray = NDArray[np.float64]

NOBODY = 1e-9  # contacts per second below which nobody is expected
LOADS_TRIED = np.linspace(0, 1, 25)  # quantiles of the loads of all intervals


def preferred_skill(scenario: Scenario, channel: str) -> Skill:
    """The skill of the group that serves a channel first."""
    skills = [
        group.skills[channel] for group in scenario.groups.values() if channel in group.skills
    ]
    return min(skills, key=lambda skill: skill.preference)


def solo_gain(skill: Skill) -> float:
    """Solo contacts of speed 1 that an agent with full hands is worth."""
    return best_gain(skill.slowdown, skill.max_concurrent) / skill.speed


def live_need(
    channel: Channel, skill: Skill, contacts: FloatArray, seconds: FloatArray, interval_s: float
) -> tuple[FloatArray, FloatArray]:
    """
    Contacts per second that staffing must meet, and agents with fraction, per interval.

    Parameters
    ----------
    channel
        A live channel.
    skill
        That of the group which serves it first.
    contacts, seconds
        Expected contacts and their mean solo handle time, shape (I,).
    interval_s
        Length of an interval in seconds.
    """
    duration = seconds * skill.speed * skill.slowdown[skill.max_concurrent - 1]
    rate = modified_load(contacts, duration, interval_s, channel.handle_time) / duration
    return rate, _agents(channel, skill, rate, seconds * skill.speed)


def _agents(channel: Channel, skill: Skill, rate: FloatArray, own: FloatArray) -> FloatArray:
    """Agents with fraction for each rate of contacts that take an agent so many seconds alone."""
    held = skill.max_concurrent
    need: FloatArray = rate * own / best_gain(skill.slowdown, held)
    if channel.target is None:
        return need
    for interval in np.flatnonzero(rate > NOBODY):
        rates = level_rates(float(own[interval]), skill.slowdown, held)
        level = _ServiceLevel(channel, channel.target, float(rate[interval]), rates)
        fluid = float(need[interval])
        agents = fewest(level, channel.target.share, start=max(1, math.floor(fluid)))
        if agents is None:
            # No number reaches the share: as many as leave hardly a wait.
            need[interval] = fluid + 6 * math.sqrt(fluid) + 3
        else:
            need[interval] = fractional(level, channel.target.share, agents)
    return need


@dataclass(frozen=True)
class NotServed:
    """
    Customers of a live channel who are not served although its promise is kept.

    Parameters
    ----------
    abandoned, blocked
        Shares of those offered, by interval, shape (I,).
    """

    abandoned: FloatArray
    blocked: FloatArray


def not_served(
    channel: Channel, skill: Skill, contacts: FloatArray, seconds: FloatArray, interval_s: float
) -> NotServed:
    """
    Who gives up or is turned away with the agents of `live_need`, rounded up.

    Parameters
    ----------
    channel, skill, contacts, seconds, interval_s
        As in `live_need`.

    Notes
    -----
    The limit of a queue is read off the queue without one: whoever would find it full. The
    shares change little with the load: they are computed for a few loads and read off between.
    """
    duration = seconds * skill.speed * skill.slowdown[skill.max_concurrent - 1]
    rate = modified_load(contacts, duration, interval_s, channel.handle_time) / duration
    somebody = rate > NOBODY
    if not somebody.any():
        return NotServed(np.zeros(len(contacts)), np.zeros(len(contacts)))
    mean_s = np.average(seconds, weights=contacts + 1e-9)
    tried = np.unique(np.quantile(rate[somebody] * seconds[somebody] / mean_s, LOADS_TRIED))
    own = np.full(len(tried), mean_s * skill.speed)
    need = _agents(channel, skill, tried, own)
    rates = level_rates(float(own[0]), skill.slowdown, skill.max_concurrent)
    abandoned, blocked = np.zeros(len(tried)), np.zeros(len(tried))
    for number, load in enumerate(tried):
        queue = _queue(channel, float(load), max(1, math.ceil(need[number] - 1e-9)), rates)
        blocked[number] = _turned_away(queue, channel.max_queue)
        gives_up = queue.abandoned + channel.balk * queue.p_wait
        abandoned[number] = min(gives_up, 1 - blocked[number])
    at = rate * seconds / mean_s
    return NotServed(np.interp(at, tried, abandoned), np.interp(at, tried, blocked))


def mean_patience_s(patience: Patience) -> float:
    """
    Mean of the exponential patience that stands in for another; infinite for none.

    Of a survival curve: time waited by all divided by those who gave up, so that customers
    who outlast its last point count as not yet gone.
    """
    if patience.distribution == "none":
        return math.inf
    if patience.distribution == "empirical":
        return max(float(np.mean(patience.values_s)), 1e-3)
    if patience.distribution == "survival":
        times, shares = np.array(patience.survival).T
        waited = float(np.trapezoid(shares, times))
        gone = 1 - float(shares[-1])
        return max(waited / gone, 1e-3) if gone else math.inf
    return max(patience.mean_s, 1e-3)


@dataclass(frozen=True)
class _ServiceLevel:
    """Steady service level of one channel in one interval, by number of agents."""

    channel: Channel
    target: Target
    arrival_rate: float
    rates: FloatArray

    def __call__(self, agents: int) -> float:
        queue = _queue(self.channel, self.arrival_rate, agents, self.rates)
        formula = cast(Formula, self.channel.formula_of(self.target))
        return queue.service_level(formula, self.target.within_s, self.channel.short_abandon_s)


def _queue(channel: Channel, arrival_rate: float, agents: int, rates: FloatArray) -> SteadyQueue:
    # Spread evenly is near enough for a guess, and a hundred times faster than exact.
    patience_rate = 1 / mean_patience_s(channel.patience)
    return chat_queue(arrival_rate, agents, rates, patience_rate=patience_rate, exact=False)


def _turned_away(queue: SteadyQueue, max_queue: int | None) -> float:
    """Share that finds so many waiting or more."""
    if max_queue is None or not queue.arrival_rate:
        return 0.0
    if queue.patience_rate == 0:  # the first weight alone is kept, the others fall evenly
        load = queue.arrival_rate / queue.full_rate if queue.full_rate else 1.0
        return queue.p_wait * min(load, 1.0) ** max_queue
    return float(queue.waiting[max_queue:].sum())
