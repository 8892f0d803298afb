"""How a floor input becomes the kernel's tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import rules
from simulate.encode import ChannelInput, FloorInput
from simulate.kernel import state as at
from simulate.kernel.state import NOBODY, Floor

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


def floor_of(given: FloorInput, root: int, room: int) -> Floor:
    """
    An empty floor before its first event.

    Parameters
    ----------
    given
        The floor's input.
    root
        What the random numbers are drawn by.
    room
        Contacts that the table can hold to begin with.
    """
    intervals, group_count = given.staff.shape
    channel_count = len(given.channels)
    most = max((skill.most for skill in given.skills), default=1)
    groups, agents = _groups_and_agents(given)
    skills, slowdown, bench_count = _skills(given, most)
    channels, spans = _channels(given)
    timetable, doors, staff = _timetable(given)
    in_hand = (intervals, group_count, channel_count)
    return Floor(
        state=_state(given, root, most * len(agents)),
        contacts=np.zeros((room, at.CONTACT_SIZE), dtype=np.int64),
        timers=np.zeros((room, 2), dtype=np.int64),
        agents=agents,
        hands=np.full((len(agents), most), NOBODY, dtype=np.int64),
        completions=np.zeros(len(agents), dtype=np.int64),
        groups=groups,
        skills=skills,
        channels=channels,
        loads=np.zeros((group_count, most + 1), dtype=np.int64),
        benches=np.full((bench_count, 2), NOBODY, dtype=np.int64),
        slowdown=slowdown,
        chances=_chances(given),
        work_means=np.array([one.work_mean_us for one in given.channels], dtype=np.float64),
        values=_joined([one.work.values for one in given.channels]),
        points=_joined([one.patience.values for one in given.channels]),
        shares=_joined([one.patience.shares for one in given.channels]),
        opens=spans[:, 0].copy(),
        closes=spans[:, 1].copy(),
        timetable=timetable,
        doors=doors,
        staff=staff,
        busy=np.zeros(in_hand, dtype=np.int64),
        held=np.zeros(in_hand, dtype=np.int64),
        leaving=np.zeros((intervals, group_count), dtype=np.int64),
        heads=np.zeros((2 * channel_count, 4), dtype=np.int64),
    )


def with_more_room(floor: Floor) -> Floor:
    """The same floor, with tables twice as large."""
    return floor._replace(
        contacts=np.concatenate([floor.contacts, np.zeros_like(floor.contacts)]),
        timers=np.concatenate([floor.timers, np.zeros_like(floor.timers)]),
    )


def _state(given: FloorInput, root: int, most_starts: int) -> IntArray:
    state = np.zeros(at.STATE_SIZE, dtype=np.int64)
    state[at.ROOT] = root
    state[at.GRAIN] = given.grain_us
    state[at.INTERVAL_LENGTH] = given.period.interval_us
    state[at.HORIZON] = given.period.length_us
    state[at.CHOICE] = given.choice
    state[at.LOAD] = given.load
    state[at.CHILD_HEAD] = NOBODY
    state[at.STARTS] = most_starts
    return state


def _groups_and_agents(given: FloorInput) -> tuple[IntArray, IntArray]:
    """Agents are numbered group by group, as many as are there at most."""
    sizes = given.staff.max(axis=0)
    groups = np.zeros((len(sizes), at.GROUP_SIZE), dtype=np.int64)
    groups[:, at.END_AGENT] = np.cumsum(sizes)
    groups[:, at.FIRST_AGENT] = groups[:, at.END_AGENT] - sizes
    for skill in given.skills:
        if given.channels[skill.channel].kind == rules.LIVE:
            slots = groups[skill.cohort, at.LIVE_SLOTS]
            groups[skill.cohort, at.LIVE_SLOTS] = max(slots, skill.most)
    agents = np.zeros((int(sizes.sum()), at.AGENT_SIZE), dtype=np.int64)
    agents[:, at.GROUP] = np.repeat(np.arange(len(sizes)), sizes)
    agents[:, [at.HELD_CHANNEL, at.NEXT_DONE, at.PLACE, at.BENCH]] = NOBODY
    agents[:, [at.BEFORE, at.AFTER]] = NOBODY
    return groups, agents


def _skills(given: FloorInput, most: int) -> tuple[IntArray, IntArray, int]:
    """Skills, their slowdown, and the number of benches; the first are those of the groups."""
    shape = (len(given.group_names), len(given.channels))
    skills = np.zeros((*shape, at.SKILL_SIZE), dtype=np.int64)
    slowdown = np.full((*shape, most + 1), rules.MILLION, dtype=np.int64)
    benches = len(given.group_names)
    for skill in given.skills:
        row = skills[skill.cohort, skill.channel]
        row[at.MOST] = skill.most
        row[at.PREFERENCE] = skill.preference
        row[at.SPEED] = skill.speed
        row[at.KEEP_FREE] = skill.keep_free
        row[at.KEEP_FREE_UNIT] = skill.keep_free_unit
        row[at.FIRST_BENCH] = benches
        slowdown[skill.cohort, skill.channel, : skill.most + 1] = skill.slowdown
        benches += skill.most - 1
    return skills, slowdown, benches


def _channels(given: FloorInput) -> tuple[IntArray, IntArray]:
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
        row[at.IS_OPEN] = channel.is_open(0)
    channels[:, [at.HEAD, at.TAIL, at.PROMOTED_HEAD, at.PROMOTED_TAIL]] = NOBODY
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
        at.WORK_SHAPE: channel.work.shape,
        at.PATIENCE_SHAPE: channel.patience.shape,
    }


def _chances(given: FloorInput) -> FloatArray:
    chances = np.zeros((len(given.channels), at.CHANCES_SIZE), dtype=np.float64)
    for row, channel in zip(chances, given.channels, strict=True):
        row[at.BALKS] = channel.balk
        row[at.ACCEPTS] = channel.accept
        row[at.IS_REACHED] = channel.reach_probability
        row[at.WORK_CV] = channel.work.cv
        row[at.PATIENCE_CV] = channel.patience.cv
        row[at.PATIENCE_MEAN] = channel.patience.mean_us
    return chances


def _timetable(given: FloorInput) -> tuple[IntArray, IntArray, IntArray]:
    """Entries in order, doors, and the staff with a last row of nobody."""
    staff = np.vstack([given.staff, np.zeros_like(given.staff[:1])])
    before = np.vstack([np.zeros_like(staff[:1]), staff[:-1]])
    changes = np.flatnonzero((staff != before).any(axis=1))
    entries = [(int(n) * given.period.interval_us, 0, int(n), 0) for n in changes]
    doors: list[tuple[int, int]] = []
    horizon = given.period.length_us
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {horizon: []}
    for number, channel in enumerate(given.channels):
        for opens, closes in channel.open_spans:
            if 0 < opens < horizon:
                opening.setdefault(opens, []).append(number)
            if closes > 0 and opens < horizon:
                closing.setdefault(min(closes, horizon), []).append(number)
    for instant in opening.keys() | closing.keys():
        first = len(doors)
        doors += [(number, 0) for number in closing.get(instant, [])]
        doors += [(number, 1) for number in opening.get(instant, [])]
        entries.append((instant, 1, first, len(doors)))
    return (
        np.array(sorted(entries), dtype=np.int64).reshape(-1, at.ENTRY_SIZE),
        np.array(doors, dtype=np.int64).reshape(-1, 2),
        np.ascontiguousarray(staff),
    )


def _joined(arrays: list[FloatArray]) -> FloatArray:
    return np.concatenate([np.asarray(array, dtype=np.float64) for array in arrays])
