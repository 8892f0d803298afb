"""How a scenario, its demand and its staff become the floor's own units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from scenario import Demand, Horizon, InvalidValueError, Scenario, Staff
from scenario.assumptions import base_demand, burst_extra, handle_time_s
from scenario.calendar import MICROSECONDS
from scenario.channels import Channel, HandleTime, Patience
from scenario.durations import Delay
from scenario.groups import Group, Skill
from scenario.journeys import Handoff, Redial, Repeat
from scenario.separate import separated
from simulate import draws, journeys, rules
from simulate.begetting import Again, Offspring, Return
from simulate.floor_input import (
    ChannelInput,
    Durations,
    FloatArray,
    FloorInput,
    GivenContacts,
    GroupInput,
    IntArray,
    SkillInput,
)
from simulate.rates import Rates
from simulate.shift_rows import agent_shifts

__all__ = ["ChannelInput", "Durations", "FloorInput", "GivenContacts", "SkillInput", "encode"]

_KINDS = {"live": rules.LIVE, "deferred": rules.DEFERRED, "callback": rules.CALLBACK}
_ORDERS = {
    "fifo": rules.FIFO,
    "deadline": rules.DEADLINE,
    "lifo": rules.LIFO,
    "reach": rules.REACH_FIRST,
}
_EXITS = {"first_free": rules.FIRST_FREE, "named": rules.NAMED}
_CHOICES = {
    "load_first": rules.LOAD_FIRST,
    "preference_first": rules.PREFERENCE_FIRST,
    "random": rules.RANDOM,
}
_SHAPES = {
    "constant": draws.CONSTANT,
    "exponential": draws.EXPONENTIAL,
    "lognormal": draws.LOGNORMAL,
    "gamma": draws.GAMMA,
    "empirical": draws.EMPIRICAL,
    "survival": draws.SURVIVAL,
    "none": draws.ENDURING,
}
NOT_SET = -1


def encode(scenario: Scenario, demand: Demand, staff: Staff) -> FloorInput:
    """
    A scenario in the floor's own units.

    Parameters
    ----------
    scenario
        What is assumed.
    demand
        Its demand, before scale and bursts.
    staff
        Agents on the floor over the scenario's period.

    Raises
    ------
    InvalidValueError
        When the demand does not cover the period, the staff are of other intervals, or agents
        who leave by name have no shifts.
    """
    period = scenario.period
    if staff.horizon.count != period.count or staff.horizon.start != period.start:
        rule = f"of the scenario's {period.count} intervals from {period.start}"
        raise InvalidValueError("staff", rule, f"{staff.horizon.count} intervals")
    if staff.groups != tuple(scenario.groups):
        raise InvalidValueError("staff groups", f"{list(scenario.groups)}", list(staff.groups))
    base = base_demand(scenario, demand)
    work_means = handle_time_s(scenario, base) * MICROSECONDS
    rates = Rates.of(scenario, base, burst_extra(scenario, base))
    scenario, staff = separated(scenario, demand, staff)
    names = tuple(scenario.channels)
    skills = _skills(scenario)
    named = np.array([group.exit == "named" for group in scenario.groups.values()])
    return FloorInput(
        scenario=scenario,
        period=period,
        grain_us=scenario.grain_us,
        rates=rates,
        channels=tuple(
            _channel(scenario, name, work_means[:, number]) for number, name in enumerate(names)
        ),
        skills=skills,
        groups=tuple(_group(name, group) for name, group in scenario.groups.items()),
        cohort_groups=np.array([number for number, _, _ in _cohorts(scenario)], dtype=np.int64),
        staff=np.where(named, 0, staff.agents).astype(np.int64),
        shifts=agent_shifts(scenario, staff),
        choice=_CHOICES[scenario.routing.choice],
        load=rules.PACK if scenario.routing.load == "pack" else rules.SPREAD,
        own_priorities=any(
            skill.priority != scenario.channels[names[skill.channel]].priority for skill in skills
        ),
    )


def _us(seconds: float | None) -> int:
    return NOT_SET if seconds is None else round(seconds * MICROSECONDS)


def _channel(scenario: Scenario, name: str, work_mean_us: FloatArray) -> ChannelInput:
    channel = scenario.channels[name]
    ages = channel.initial_backlog if isinstance(channel.initial_backlog, tuple) else ()
    opens, closes = _hours(scenario, channel, max(ages, default=0.0))
    offer, terms = channel.offer_callback, channel.callback
    condition, limit = _offer_condition(channel)
    target_closed = channel.target_closed or channel.target
    return ChannelInput(
        name=name,
        key=draws.name_key(name),
        kind=_KINDS[channel.kind],
        work=_work(channel.handle_time_on_floor),
        work_mean_us=np.ascontiguousarray(work_mean_us),
        patience=_patience(channel.patience),
        open_us=opens,
        close_us=closes,
        drops_at_close=channel.at_close == "drop",
        balk=channel.balk,
        max_queue=NOT_SET if channel.max_queue is None else channel.max_queue,
        priority=channel.priority,
        order=_ORDERS[channel.order],
        promote_before_us=_us(channel.promote_before_s),
        above_live=channel.above_live,
        target_us=_us(channel.target.within_s if channel.target else None),
        target_closed_us=_us(target_closed.within_s if target_closed else None),
        backlog_ages_us=np.array(sorted((_us(age) for age in ages), reverse=True), np.int64),
        endless=channel.initial_backlog == "endless",
        offer_condition=condition,
        offer_limit=limit,
        offer_channel=list(scenario.channels).index(offer.channel) if offer else NOT_SET,
        accept=offer.accept if offer else 0.0,
        not_before_us=_us(terms.not_before_s if terms else None),
        window_us=_us(terms.window_s if terms else None),
        reach_probability=terms.reach_probability if terms else 0.0,
        dial_us=_us(terms.dial_s if terms else None),
        retry_after_us=_us(terms.retry_after_s if terms else None),
        max_tries=terms.max_tries if terms else NOT_SET,
        interruptible=channel.interruptible,
        silent=channel.silent,
        silent_us=_us(channel.silent_s),
        followers_mean=channel.reach.mean if channel.reach else 0.0,
        followers_cv=channel.reach.cv if channel.reach else 0.0,
        deflected=channel.deflection.share if channel.deflection else 0.0,
        returns=_returns(scenario, name),
        again=_again(scenario, name),
        offspring=_offspring(channel),
        closing=_closing(channel),
    )


def _again(scenario: Scenario, name: str) -> Again | None:
    repost = scenario.channels[name].repost
    if repost is None:
        return None
    to = list(scenario.channels).index(repost.channel or name)
    return Again(repost.share, to, _us(repost.after_s), repost.max_times)


def _offspring(channel: Channel) -> Offspring | None:
    spread = channel.spread
    if spread is None:
        return None
    return Offspring(spread.ratio, _delay(spread.delay), spread.until_answered)


def _closing(channel: Channel) -> Durations | None:
    declared = channel.handoff.closing_handle_time if channel.handoff else None
    if declared is None:
        return None
    return replace(_work(declared), mean_us=declared.mean_s * declared.scale * MICROSECONDS)


def _returns(scenario: Scenario, name: str) -> tuple[Return | None, ...]:
    """How customers of a channel come in again, by reason."""
    channel = scenario.channels[name]
    found: list[Return | None] = [None] * journeys.REASONS
    ways: list[tuple[int, float, Redial | Repeat | Handoff]] = []
    if (redial := channel.redial) is not None:
        shares = {
            journeys.AFTER_ABANDONMENT: redial.after_abandonment,
            journeys.AFTER_BLOCKING: redial.after_blocking,
            journeys.AFTER_CLOSED: redial.after_closed,
        }
        ways += [(reason, share, redial) for reason, share in shares.items()]
    if (repeat := channel.repeat) is not None:
        ways.append((journeys.UNSETTLED, 1 - repeat.fcr, repeat))
    if (handoff := channel.handoff) is not None:
        ways.append((journeys.HANDED_OVER, handoff.share, handoff))
    for reason, share, way in ways:
        if share > 0:
            to = list(scenario.channels).index(way.channel or name)
            found[reason] = Return(share, to, _delay(way.delay))
    return tuple(found)


def _hours(scenario: Scenario, channel: Channel, oldest_s: float) -> tuple[IntArray, IntArray]:
    """Opening and closing instants, from before the oldest contact of the backlog on."""
    period = scenario.period
    days = int(oldest_s // 86_400) + 1 if oldest_s > 0 else 0
    earlier = Horizon(
        period.start - pd.Timedelta(days=days),
        period.interval_minutes,
        period.count + days * (1440 // period.interval_minutes),
    )
    shift = days * 86_400 * MICROSECONDS
    spans = np.array(
        earlier.open_spans_us(channel.open, scenario.closed_dates), dtype=np.int64
    ).reshape(-1, 2)
    return spans[:, 0] - shift, spans[:, 1] - shift


def _work(declared: HandleTime) -> Durations:
    values = np.array(declared.values_s, dtype=np.float64)
    if len(values):
        values = values / values.mean()
    return Durations(_SHAPES[declared.distribution], declared.cv, values, values)


def _patience(declared: Patience) -> Durations:
    shape = _SHAPES[declared.distribution]
    values = np.array(declared.values_s, dtype=np.float64) * MICROSECONDS
    shares = values
    if declared.survival:
        points = np.array(declared.survival, dtype=np.float64)
        values, shares = points[:, 0] * MICROSECONDS, points[:, 1].copy()
    in_means = shape in (draws.CONSTANT, draws.EXPONENTIAL, draws.LOGNORMAL, draws.GAMMA)
    mean_us = declared.mean_s * MICROSECONDS if in_means else 1.0
    return Durations(shape, declared.cv, values, shares, mean_us)


def _delay(declared: Delay) -> Durations:
    none = np.zeros(0)
    mean_us = declared.mean_s * MICROSECONDS
    return Durations(_SHAPES[declared.distribution], declared.cv, none, none, mean_us)


def _offer_condition(channel: Channel) -> tuple[int, int]:
    offer = channel.offer_callback
    if offer is None:
        return rules.NO_OFFER, NOT_SET
    if offer.when_queue_at_least is not None:
        return rules.QUEUE_AT_LEAST, offer.when_queue_at_least
    if offer.when_expected_wait_over_s is not None:
        return rules.EXPECTED_WAIT_OVER, _us(offer.when_expected_wait_over_s)
    return rules.AFTER_WAITING, _us(offer.after_waiting_s)


def _group(name: str, group: Group) -> GroupInput:
    share = group.novices.share if group.novices else 0.0
    return GroupInput(
        name=name,
        key=draws.name_key(name),
        exit=_EXITS[group.exit],
        absence=group.absence,
        novices=round(share * rules.MILLION),
    )


def _cohorts(scenario: Scenario) -> Iterator[tuple[int, Group, bool]]:
    """Number of the group, the group, and whether novices: a group's cohorts, one by one."""
    for number, (name, group) in enumerate(scenario.groups.items()):
        yield number, group, False
        if _group(name, group).novices:
            yield number, group, True


def _skills(scenario: Scenario) -> tuple[SkillInput, ...]:
    channels = list(scenario.channels)
    ranks = {
        channel: sorted(
            {
                group.skills[channel].preference
                for group in scenario.groups.values()
                if channel in group.skills
            }
        )
        for channel in channels
    }
    return tuple(
        _skill(
            group.novice_skill(channel) if novice else group.skills[channel],
            cohort,
            column,
            ranks[channel],
            scenario.channels[channel].priority,
        )
        for cohort, (_, group, novice) in enumerate(_cohorts(scenario))
        for column, channel in enumerate(channels)
        if channel in group.skills
    )


def _skill(skill: Skill, cohort: int, column: int, ranks: list[int], priority: int) -> SkillInput:
    return SkillInput(
        cohort=cohort,
        channel=column,
        most=skill.max_concurrent,
        preference=ranks.index(skill.preference),
        speed=_millionths(skill.speed),
        slowdown=_slowdown(skill),
        keep_free=skill.keep_free,
        keep_free_unit=rules.AGENTS if skill.keep_free_unit == "agents" else rules.SLOTS,
        priority=priority if skill.priority is None else skill.priority,
        after_us=_us(skill.after_s),
    )


def _slowdown(skill: Skill) -> IntArray:
    table = [rules.MILLION, *(_millionths(times) for times in skill.slowdown)]
    return np.array(table[: skill.max_concurrent + 1], dtype=np.int64)


def _millionths(ratio: float) -> int:
    return max(1, round(ratio * rules.MILLION))
