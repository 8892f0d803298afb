"""How many contacts come in all, when those that come by themselves beget others?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from scenario.demand import Demand
from scenario.durations import Delay
from scenario.journeys import Repost, Spread
from scenario.model import Scenario
from staffing.backlog import next_open
from staffing.kept_wait import Waits, queue_wait
from staffing.live_need import not_served, preferred_skill, solo_gain

FloatArray = NDArray[np.float64]
Spell = Callable[[int], FloatArray]
"""Intervals until the channel opens, to contacts by the intervals in which they come."""

POINTS = 256  # delays that stand for a distribution, each as likely
GONE = 1e-4  # share still waiting that is as good as nobody
GENERATIONS = 60  # of contacts within one interval; nearly all is begotten by the tenth
MOST_TIMES = 20.0  # the contacts that come by themselves, beyond which a guess is cut short


def with_returns(
    scenario: Scenario, expected: Demand, handle_s: FloatArray, open_now: NDArray[np.bool_]
) -> AllContacts:
    """
    Contacts expected in all if every promise is just kept.

    Parameters
    ----------
    scenario
        Channels with their journeys; agents of a group alike.
    expected
        Contacts that come by themselves, from `scenario.assumptions.expected_demand`.
    handle_s
        Mean solo handle time, shape (I, C).
    open_now
        Whether each channel is open, shape (I, C).

    Returns
    -------
    AllContacts
        The expected contacts and those that they beget: customers who redial, come back
        unsettled, write again or are taken to a private channel, and posts by others; and the
        work of closing replies.

    Notes
    -----
    A renewal equation over the intervals: a contact begets so many on a channel after so long,
    and these do the same. How many depends on how long it waits. Live customers give up, or are
    turned away, as often as in the queue that just keeps the promise. Deferred work waits
    exponentially, so long that the promised share has its reply in time, or as long as whole
    agents leave it waiting where that is shorter; what arrives closed waits for the opening
    before. Delays are taken at 256 equally likely points. What waits at the start begets nothing
    here, and contacts that would go on begetting without end are cut off at twenty times those
    that come by themselves.
    """
    channels = scenario.channels.values()
    if not any(c.redial or c.repeat or c.repost or c.spread or c.handoff for c in channels):
        return AllContacts(expected.mean, np.zeros_like(expected.mean))
    waits = _waits(scenario, expected, handle_s, open_now)
    rules = [
        *_live_rules(scenario, expected, handle_s, open_now),
        *_waiting_rules(scenario, waits),
    ]
    coming = _renewed(expected.mean, rules, open_now)
    return AllContacts(coming.sum(axis=1), _closing_s(scenario, coming, waits))


def _waits(
    scenario: Scenario, expected: Demand, handle_s: FloatArray, open_now: NDArray[np.bool_]
) -> list[Waits]:
    """Waits that just keep the promises, or those of whole agents, by channel."""
    interval_s = scenario.horizon.interval_minutes * 60.0
    weights = expected.mean + 1e-9
    work_s = (handle_s * weights).sum(axis=0)
    means = (work_s / weights.sum(axis=0)).tolist()
    open_s = np.maximum(open_now.sum(axis=0), 1) * interval_s
    waits = []
    for column, (name, channel) in enumerate(scenario.channels.items()):
        load = float(work_s[column] / open_s[column]) / solo_gain(preferred_skill(scenario, name))
        whole = queue_wait(load, means[column])
        waits.append(Waits(channel, means[column], interval_s).or_shorter(whole))
    return waits


@dataclass(frozen=True, eq=False)
class AllContacts:
    """
    What comes on each channel, those that others beget included.

    Parameters
    ----------
    contacts
        Contacts offered in each interval, live ones of closed hours too, shape (I, C).
    closing_s
        Agent seconds, handled alone, of closing replies that come in, shape (I, C).
    """

    contacts: FloatArray
    closing_s: FloatArray


@dataclass(frozen=True, eq=False)
class _Rule:
    """
    What the contacts of one channel beget on one.

    Parameters
    ----------
    source, to
        Channel numbers.
    share
        Contacts begotten by one that is offered in each interval, shape (I,).
    spell
        How they lie over the intervals from that one on, adding up to 1 or to how many there are.
    writes_again
        Whether they are of customers who write again.
    of_first
        Whether those who have written again beget none: the first post does.
    """

    source: int
    to: int
    share: FloatArray
    spell: Spell
    writes_again: bool = False
    of_first: bool = False


def _live_rules(
    scenario: Scenario, expected: Demand, handle_s: FloatArray, open_now: NDArray[np.bool_]
) -> Iterator[_Rule]:
    """Redials and repeats of live channels."""
    interval_s = scenario.horizon.interval_minutes * 60.0
    for column, (name, channel) in enumerate(scenario.channels.items()):
        if channel.kind != "live" or not (channel.redial or channel.repeat):
            continue
        is_open, seconds = open_now[:, column], handle_s[:, column]
        contacts = np.where(is_open, expected.mean[:, column], 0.0)
        skill = preferred_skill(scenario, name)
        lost = not_served(channel, skill, contacts, seconds, interval_s)
        if channel.redial is not None:
            redial = channel.redial
            back = lost.abandoned * redial.after_abandonment + lost.blocked * redial.after_blocking
            share = np.where(is_open, back, redial.after_closed)
            to = _number(scenario, redial.channel, column)
            yield _Rule(column, to, share, _after(redial.delay, lambda _: 0.0, interval_s))
        if channel.repeat is not None:
            served = np.where(is_open, 1 - lost.abandoned - lost.blocked, 0.0)
            held_s = float(np.average(seconds, weights=contacts + 1e-9))
            to = _number(scenario, channel.repeat.channel, column)
            spell = _after(channel.repeat.delay, partial(_always, held_s), interval_s)
            yield _Rule(column, to, served * (1 - channel.repeat.fcr), spell)


def _always(seconds: float, _closed: int) -> float:
    return seconds


def _waiting_rules(scenario: Scenario, waits: list[Waits]) -> Iterator[_Rule]:
    """Repeats, further posts and posts by others of deferred and callback channels."""
    interval_s = scenario.horizon.interval_minutes * 60.0
    horizon_s = scenario.period.count * interval_s
    always = np.ones(scenario.period.count)
    for column, (channel, wait) in enumerate(zip(scenario.channels.values(), waits, strict=True)):
        if channel.kind == "live":
            continue
        if channel.repeat is not None:
            terms = channel.callback
            reached = 1.0 if terms is None else 1 - (1 - terms.reach_probability) ** terms.max_tries
            reached *= 1.0 - (channel.handoff.share if channel.handoff else 0.0)
            to = _number(scenario, channel.repeat.channel, column)
            spell = _after(channel.repeat.delay, wait.done_s, interval_s)
            yield _Rule(column, to, always * reached * (1 - channel.repeat.fcr), spell)
        if channel.handoff is not None:
            to = _number(scenario, channel.handoff.channel, column)
            spell = _after(channel.handoff.delay, wait.done_s, interval_s)
            yield _Rule(column, to, always * channel.handoff.share, spell, of_first=True)
        if channel.repost is not None:
            to = _number(scenario, channel.repost.channel, column)
            written = _written(channel.repost, wait, horizon_s, interval_s)
            share = always * channel.repost.share
            yield _Rule(column, to, share, written, writes_again=True, of_first=True)
        if channel.spread is not None:
            reaching = 1 - channel.deflection.share if channel.deflection else 1.0
            share = always * channel.spread.ratio * reaching
            yield _Rule(column, column, share, _begotten(channel.spread, wait, interval_s))


def _written(repost: Repost, wait: Waits, horizon_s: float, interval_s: float) -> Spell:
    """Moments at which a customer may write again, each if nobody has answered by then."""

    @cache
    def spell(closed: int) -> FloatArray:
        waited = wait(closed)
        upto = min(waited.closed_s - waited.mean_s * math.log(GONE), horizon_s)
        most = min(math.floor(upto / repost.after_s), repost.max_times)
        times = repost.after_s * np.arange(1.0, most + 1)
        return _landing(times, waited.beyond(times), interval_s)

    return spell


def _begotten(spread: Spread, wait: Waits, interval_s: float) -> Spell:
    """Posts by others, each if the post has not been answered by then."""
    delays = delay_points(spread.delay)

    @cache
    def spell(closed: int) -> FloatArray:
        unseen = wait(closed).beyond(delays) if spread.until_answered else np.ones(POINTS)
        return _landing(delays, unseen / POINTS, interval_s)

    return spell


def _number(scenario: Scenario, channel: str | None, same: int) -> int:
    return same if channel is None else list(scenario.channels).index(channel)


def _after(delay: Delay, since_s: Callable[[int], float], interval_s: float) -> Spell:
    """One contact, a delay after a time that depends on how long the channel is closed."""
    delays = delay_points(delay)

    @cache
    def spell(closed: int) -> FloatArray:
        return _landing(delays + since_s(closed), np.full(POINTS, 1 / POINTS), interval_s)

    return spell


def delay_points(delay: Delay) -> FloatArray:
    """Delays in seconds, each as likely as the others, shape (256,)."""
    shares = (np.arange(POINTS) + 0.5) / POINTS
    relative: FloatArray = np.ones(POINTS)
    if delay.distribution == "exponential":
        relative = -np.log1p(-shares)
    elif delay.distribution == "lognormal" and delay.cv > 0:
        sigma = math.sqrt(math.log1p(delay.cv**2))
        relative = np.exp(sigma * ndtri(shares) - sigma**2 / 2)
    elif delay.distribution == "gamma" and delay.cv > 0:
        shape = 1 / delay.cv**2
        relative = np.asarray(gammaincinv(shape, shares) / shape, dtype=np.float64)
    # The points leave out the farthest delays; their mean is put right.
    return np.asarray(relative * (delay.mean_s / max(relative.mean(), 1e-9)), dtype=np.float64)


def _landing(times_s: FloatArray, many: FloatArray, interval_s: float) -> FloatArray:
    """Contacts by interval, so long after one that comes at any moment of the first."""
    if not len(times_s):
        return np.zeros(1)
    whole, rest = np.divmod(times_s / interval_s, 1.0)
    places = whole.astype(np.int64)
    # Beyond any horizon there is nothing to plan for.
    near = places < _FARTHEST
    places, many, rest = places[near], many[near], rest[near]
    if not len(places):
        return np.zeros(1)
    lags = np.zeros(places.max() + 2)
    np.add.at(lags, places, many * (1 - rest))
    np.add.at(lags, places + 1, many * rest)
    return lags


_FARTHEST = 200_000  # intervals: longer than any horizon


def _renewed(first: FloatArray, rules: list[_Rule], open_now: NDArray[np.bool_]) -> FloatArray:
    """First contacts and all that follows, those who write again apart, shape (I, 2, C)."""
    count, channels = first.shape
    opening = np.stack([next_open(open_now[:, column]) for column in range(channels)], axis=1)
    closed = (opening - np.arange(count)[:, np.newaxis]).tolist()
    coming = np.zeros((count, 2, channels))  # those who write again apart
    coming[:, 0] = first
    left = MOST_TIMES * float(first.sum()) + 1.0
    for interval in range(count):
        spells = [rule.spell(closed[interval][rule.source]) for rule in rules]
        shares = [float(rule.share[interval]) for rule in rules]
        newest, now = coming[interval].copy(), coming[interval].copy()
        for _ in range(GENERATIONS):
            born = np.zeros_like(now)
            for rule, spell, share in zip(rules, spells, shares, strict=True):
                born[int(rule.writes_again), rule.to] += share * spell[0] * _parents(newest, rule)
            now, newest = now + born, born
            if born.sum() <= 1e-9 * now.sum() or now.sum() > left:
                break
        if now.sum() > left:
            now *= left / now.sum()
        left = max(left - float(now.sum()), 0.0)
        coming[interval] = now
        for rule, spell, share in zip(rules, spells, shares, strict=True):
            later = spell[1 : count - interval]
            parents = share * _parents(now, rule)
            place = int(rule.writes_again)
            coming[interval + 1 : interval + 1 + len(later), place, rule.to] += parents * later
    return coming


def _closing_s(scenario: Scenario, coming: FloatArray, waits: list[Waits]) -> FloatArray:
    """Agent seconds of the closing replies to customers who were handed over, shape (I, C)."""
    seconds = np.zeros((len(coming), coming.shape[2]))
    for column, channel in enumerate(scenario.channels.values()):
        handoff = channel.handoff
        if handoff is None or handoff.closing_handle_time is None:
            continue
        private = waits[_number(scenario, handoff.channel, column)]
        since = partial(_always, waits[column].done_s(0) + private.done_s(0))
        spell = _after(handoff.delay, since, waits[column].interval_s)(0)
        each = handoff.share * handoff.closing_handle_time.mean_s
        seconds[:, column] = each * np.convolve(coming[:, 0, column], spell)[: len(coming)]
    return seconds


def _parents(contacts: FloatArray, rule: _Rule) -> float:
    """Contacts that may beget by a rule; whoever writes again does so beside the first post."""
    of_first = float(contacts[0, rule.source])
    return of_first if rule.of_first else of_first + float(contacts[1, rule.source])
