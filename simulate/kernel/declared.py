"""What a floor input declares of people, skills and channels, as the kernel's tables."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulate import draws, journeys, rules
from simulate.floor_input import ChannelInput, FloorInput
from simulate.kernel import state as at
from simulate.kernel.state import NOBODY

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


def people_of(given: FloorInput) -> tuple[IntArray, IntArray, IntArray]:
    """Groups, cohorts and agents; these are numbered group by group, as many as ever come."""
    sizes = given.staff.max(axis=0)
    for number, group in enumerate(given.groups):
        if group.exit == rules.NAMED:
            sizes[number] = np.count_nonzero(given.shifts.group == number)
    groups = np.zeros((len(sizes), at.GROUP_SIZE), dtype=np.int64)
    groups[:, at.END_AGENT] = np.cumsum(sizes)
    groups[:, at.FIRST_AGENT] = groups[:, at.END_AGENT] - sizes
    groups[:, at.IS_NAMED] = [group.exit == rules.NAMED for group in given.groups]
    everybody = np.arange(len(sizes))
    groups[:, at.FIRST_COHORT] = np.searchsorted(given.cohort_groups, everybody, side="left")
    groups[:, at.END_COHORT] = np.searchsorted(given.cohort_groups, everybody, side="right")
    cohorts = np.zeros((len(given.cohort_groups), at.COHORT_SIZE), dtype=np.int64)
    cohorts[:, at.ITS_GROUP] = given.cohort_groups
    for skill in given.skills:
        if given.channels[skill.channel].kind == rules.LIVE:
            slots = cohorts[skill.cohort, at.LIVE_SLOTS]
            cohorts[skill.cohort, at.LIVE_SLOTS] = max(slots, skill.most)
    agents = np.zeros((int(sizes.sum()), at.AGENT_SIZE), dtype=np.int64)
    agents[:, at.GROUP] = np.repeat(everybody, sizes)
    agents[:, at.COHORT] = [
        _cohort(given, groups[group], group, agent)
        for agent, group in enumerate(agents[:, at.GROUP].tolist())
    ]
    agents[:, [at.HELD_CHANNEL, at.NEXT_DONE, at.BENCH, at.BEFORE, at.AFTER]] = NOBODY
    return groups, cohorts, agents


def _cohort(given: FloorInput, row: IntArray, group: int, agent: int) -> int:
    """The experienced, or behind them the novices."""
    novices = given.groups[group].novices
    is_novice = novices > 0 and rules.is_novice(agent - int(row[at.FIRST_AGENT]), novices)
    return int(row[at.END_COHORT] - 1 if is_novice else row[at.FIRST_COHORT])


def skills_of(given: FloorInput, most: int) -> tuple[IntArray, IntArray, int]:
    """Skills, their slowdown, and the number of benches behind those of the free."""
    shape = (len(given.cohort_groups), len(given.channels))
    skills = np.zeros((*shape, at.SKILL_SIZE), dtype=np.int64)
    slowdown = np.full((*shape, most + 1), rules.MILLION, dtype=np.int64)
    benches = 0
    for skill in given.skills:
        row = skills[skill.cohort, skill.channel]
        row[at.CAP] = skill.most
        row[at.PREFERENCE] = skill.preference
        row[at.SPEED] = skill.speed
        row[at.KEEP_FREE] = skill.keep_free
        row[at.KEEP_FREE_UNIT] = skill.keep_free_unit
        row[at.FIRST_BENCH] = len(given.cohort_groups) + benches
        row[at.OWN_PRIORITY] = skill.priority
        row[at.AFTER_WAIT] = skill.after_us
        slowdown[skill.cohort, skill.channel, : skill.most + 1] = skill.slowdown
        benches += skill.most
    return skills, slowdown, benches


def channels_of(given: FloorInput) -> tuple[IntArray, IntArray]:
    """Channels, and the opening hours of all of them."""
    channels = np.zeros((len(given.channels), at.CHANNEL_SIZE), dtype=np.int64)
    value = point = span = 0
    for row, channel in zip(channels, given.channels, strict=True):
        for column, number in _declared(channel).items():
            row[column] = number
        row[at.FIRST_VALUE], value = value, value + len(channel.work.values)
        row[at.FIRST_POINT], point = point, point + len(channel.patience.values)
        row[at.FIRST_SPAN], span = span, span + len(channel.open_us)
        row[at.END_VALUE], row[at.END_POINT], row[at.END_SPAN] = value, point, span
        if channel.closing is not None:
            closing = channel.closing
            row[at.FIRST_CLOSING], value = value, value + len(closing.values)
            row[at.END_CLOSING] = value
            row[at.CLOSING_SHAPE], _ = draws.shape_and_spread(closing.shape, closing.cv)
        row[at.IS_OPEN] = channel.is_open(0)
        row[at.WORK_SHAPE], _ = draws.shape_and_spread(channel.work.shape, channel.work.cv)
        shape, _ = draws.shape_and_spread(channel.patience.shape, channel.patience.cv)
        row[at.PATIENCE_SHAPE] = shape
    channels[:, [at.HEAD, at.TAIL, at.PROMOTED_HEAD, at.PROMOTED_TAIL, at.OLDEST]] = NOBODY
    by_reach = channels[:, at.ORDER] == rules.REACH_FIRST
    channels[:, at.BY_REACH] = np.where(by_reach, np.cumsum(by_reach) - 1, NOBODY)
    for row, name in zip(channels, given.channel_names, strict=True):
        declared = given.scenario.channels[name]
        targets = (declared.target, declared.target_closed)
        row[at.HAS_TARGET] = declared.target is not None
        row[at.HAS_TARGET_CLOSED] = targets != (None, None)
        row[at.LOUD_FROM] = declared.reach.loud_from if declared.reach else NOBODY
        row[at.SHORT] = round(declared.short_abandon_s * 1_000_000)
    spans = [pair for channel in given.channels for pair in channel.open_spans]
    return channels, np.array(spans, dtype=np.int64).reshape(-1, 2)


def _declared(channel: ChannelInput) -> dict[int, int]:
    """What is declared of a channel, by column."""
    return {
        at.CHANNEL_KEY: channel.key,
        at.KIND: channel.kind,
        at.DROPS_AT_CLOSE: channel.drops_at_close,
        at.MAX_QUEUE: channel.max_queue,
        at.PRIORITY: channel.priority,
        at.ORDER: channel.order,
        at.PROMOTE_BEFORE: channel.promote_before_us,
        at.ABOVE_LIVE: channel.above_live,
        at.TARGET: channel.target_us,
        at.TARGET_CLOSED: channel.target_closed_us,
        at.OFFER_CONDITION: channel.offer_condition,
        at.OFFER_LIMIT: channel.offer_limit,
        at.OFFER_CHANNEL: channel.offer_channel,
        at.NOT_BEFORE: channel.not_before_us,
        at.WINDOW: channel.window_us,
        at.DIAL: channel.dial_us,
        at.RETRY_AFTER: channel.retry_after_us,
        at.MAX_TRIES: channel.max_tries,
        at.INTERRUPTIBLE: channel.interruptible,
        at.SILENT_US: channel.silent_us,
        at.CLOSING_SHAPE: NOBODY,
        **_posts(channel),
    }


def _posts(channel: ChannelInput) -> dict[int, int]:
    """What is declared of posts that beget others, by column."""
    again, offspring = channel.again, channel.offspring
    found = {at.WRITE_AGAIN_AFTER: -1, at.UNTIL_ANSWERED: -1}
    if again is not None:
        found |= {at.WRITE_AGAIN_AFTER: again.every_us, at.WRITE_AGAIN_TO: again.channel}
        found[at.WRITE_AGAIN_MOST] = again.most
    if offspring is not None:
        shape, _ = draws.shape_and_spread(offspring.delay.shape, offspring.delay.cv)
        found |= {at.UNTIL_ANSWERED: offspring.until_answered, at.SPREAD_SHAPE: shape}
    return found


def chances_of(given: FloorInput) -> FloatArray:
    """Chances of every channel, and the spreads and means of what is drawn there."""
    chances = np.zeros((len(given.channels), at.CHANCES_SIZE), dtype=np.float64)
    for row, channel in zip(chances, given.channels, strict=True):
        row[at.BALKS] = channel.balk
        row[at.ACCEPTS] = channel.accept
        row[at.IS_REACHED] = channel.reach_probability
        _, row[at.WORK_SPREAD] = draws.shape_and_spread(channel.work.shape, channel.work.cv)
        _, spread = draws.shape_and_spread(channel.patience.shape, channel.patience.cv)
        row[at.PATIENCE_SPREAD] = spread
        row[at.PATIENCE_MEAN] = channel.patience.mean_us
        row[at.IS_SILENT] = channel.silent
        row[at.FOLLOWERS_MEAN] = channel.followers_mean
        _, spread = draws.shape_and_spread(draws.LOGNORMAL, channel.followers_cv)
        row[at.FOLLOWERS_SPREAD] = spread
        row[at.IS_DEFLECTED] = channel.deflected
        if channel.again is not None:
            row[at.WRITES_AGAIN] = channel.again.probability
        if channel.offspring is not None:
            delay = channel.offspring.delay
            row[at.OFFSPRING_MEAN] = channel.offspring.mean
            row[at.NO_OFFSPRING] = math.exp(-channel.offspring.mean)
            row[at.SPREAD_MEAN] = delay.mean_us
            _, row[at.SPREAD_SPREAD] = draws.shape_and_spread(delay.shape, delay.cv)
        if (closing := channel.closing) is not None:
            row[at.CLOSING_MEAN] = closing.mean_us
            _, row[at.CLOSING_SPREAD] = draws.shape_and_spread(closing.shape, closing.cv)
    return chances


def ways_of(given: FloorInput) -> tuple[IntArray, FloatArray]:
    """How customers come in again, by channel and reason."""
    shape = (len(given.channels), journeys.REASONS)
    ways = np.zeros((*shape, at.WAY_SIZE), dtype=np.int64)
    chances = np.zeros((*shape, at.WAY_CHANCES_SIZE), dtype=np.float64)
    for number, channel in enumerate(given.channels):
        for reason, way in enumerate(channel.returns):
            if way is None:
                continue
            delay_shape, spread = draws.shape_and_spread(way.delay.shape, way.delay.cv)
            ways[number, reason] = (way.channel, delay_shape)
            chances[number, reason] = (way.probability, way.delay.mean_us, spread)
    return ways, chances


def values_of(given: FloorInput) -> list[FloatArray]:
    """Observed works, by channel: of its contacts, then of its closing replies."""
    values = []
    for channel in given.channels:
        values += [one.values for one in (channel.work, channel.closing) if one is not None]
    return values


def gates_of(given: FloorInput, channels: IntArray) -> IntArray:
    """Waits that groups ask for before they help, by channel and rising."""
    gates: list[int] = []
    for number, row in enumerate(channels):
        asked = {skill.after_us for skill in given.skills if skill.channel == number}
        row[at.FIRST_GATE] = len(gates)
        gates += sorted(asked - {0})
        row[at.END_GATE] = len(gates)
    return np.array(gates, dtype=np.int64)


def thresholds_of(given: FloorInput, channels: IntArray) -> IntArray:
    """Further times of all channels."""
    times: list[int] = []
    for row, name in zip(channels, given.channel_names, strict=True):
        row[at.FIRST_THRESHOLD] = len(times)
        times += [round(s * 1_000_000) for s in given.scenario.channels[name].thresholds_s]
        row[at.END_THRESHOLD] = len(times)
    return np.array(times, dtype=np.int64)
