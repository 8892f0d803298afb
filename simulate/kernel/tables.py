"""How a floor input becomes the kernel's tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import draws, rules
from simulate.absence import absent_shifts, attending
from simulate.arrivals import contact_counts
from simulate.floor_input import ChannelInput, FloorInput, GivenContacts
from simulate.kernel import state as at
from simulate.kernel.heads import HEAD_SIZE
from simulate.kernel.state import NOBODY, Floor
from simulate.kernel.tally import NAMES, move_counts

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_BINS_AT_FIRST = 4096
_ROOM_AT_FIRST = 64  # contacts besides those in hand, or waiting from the start


def floor_of(
    given: FloorInput, seed: int, replication: int, backlog: int, *, keeps_log: bool
) -> Floor:
    """
    An empty floor before its first event.

    Parameters
    ----------
    given
        The floor's input.
    seed, replication
        What the random numbers are drawn by.
    backlog
        Contacts that wait at the start.
    keeps_log
        Whether every contact is written down.
    """
    root = draws.root_of(seed, replication)
    counts = _counts(given, root, seed, replication)
    first_contacts = int(counts.sum()) if given.given is None else len(given.given.channel)
    intervals, group_count = given.staff.shape
    channel_count, cohort_count = len(given.channels), len(given.cohort_groups)
    most = max((skill.most for skill in given.skills), default=1)
    groups, cohorts, agents = _people(given)
    skills, slowdown, bench_count = _skills(given, most)
    channels, spans = _channels(given)
    timetable, doors, staff = _timetable(given, root)
    shift_events, shifts = _shifts(given, root, agents)
    leaf = 1 << max(1, (len(agents) - 1).bit_length())
    state = _state(given, root, most * len(agents))
    state[at.AGENTS_LEAF] = leaf
    state[at.AGENT_BITS] = leaf.bit_length()
    state[at.NEXT_FIRST] = backlog
    state[at.FIRST_CHILD] = state[at.NEXT_CHILD] = backlog + first_contacts
    state[at.KEEPS_LOG] = keeps_log
    arrivals, order, told = _arrivals(given.given, counts, given.period.interval_us, state)
    room = _ROOM_AT_FIRST + backlog + 2 * (most + 1) * len(agents)
    log_room = first_contacts + first_contacts // 8 + room if keeps_log else 0
    cells = (intervals, channel_count)
    in_hand = (intervals, group_count, channel_count)
    thresholds = _thresholds(given, channels)
    return Floor(
        state=state,
        contacts=_nobody_yet(room),
        timers=np.zeros((room, 3), dtype=np.int64),
        agents=agents,
        hands=np.full((len(agents), most), NOBODY, dtype=np.int64),
        aside=np.full((len(agents), most), NOBODY, dtype=np.int64),
        completions=np.full(2 * leaf, draws.NEVER, dtype=np.int64),
        groups=groups,
        cohorts=cohorts,
        skills=skills,
        channels=channels,
        loads=np.zeros((group_count, most + 1), dtype=np.int64),
        benches=np.full((cohort_count + bench_count, 2), NOBODY, dtype=np.int64),
        slowdown=slowdown,
        chances=_chances(given),
        work_means=np.array([one.work_mean_us for one in given.channels], dtype=np.float64),
        values=_joined([one.work.values for one in given.channels]),
        points=_joined([one.patience.values for one in given.channels]),
        shares=_joined([one.patience.shares for one in given.channels]),
        opens=spans[:, 0].copy(),
        closes=spans[:, 1].copy(),
        gates=_gates(given, channels),
        timetable=timetable,
        doors=doors,
        staff=staff,
        shift_events=shift_events,
        shifts=shifts,
        counts=counts,
        arrivals=arrivals,
        order=order,
        told=told,
        tallies=np.zeros((intervals * channel_count + channel_count, len(NAMES)), dtype=np.int64),
        thresholds=thresholds,
        within=np.zeros((intervals, len(thresholds)), dtype=np.int64),
        of=np.zeros((intervals, len(thresholds)), dtype=np.int64),
        queue=np.zeros(cells, dtype=np.int64),
        backlog=np.zeros(cells, dtype=np.int64),
        oldest=np.zeros(cells, dtype=np.int64),
        busy=np.zeros(in_hand, dtype=np.int64),
        held=np.zeros(in_hand, dtype=np.int64),
        in_hand=np.zeros((intervals, group_count, most), dtype=np.int64),
        present=np.zeros((intervals, group_count), dtype=np.int64),
        paused=np.zeros((intervals, group_count), dtype=np.int64),
        leaving=np.zeros((intervals, group_count), dtype=np.int64),
        waits=np.zeros((_BINS_AT_FIRST, 2), dtype=np.int64),
        responses=np.zeros((_BINS_AT_FIRST, 2), dtype=np.int64),
        log=np.zeros((log_room, at.CONTACT_SIZE), dtype=np.int64),
        heads=np.zeros((2 * channel_count + 1 + group_count, HEAD_SIZE), dtype=np.int64),
    )


def with_more_room(floor: Floor) -> Floor:
    """The same floor, with those tables twice as large that are nearly full."""
    state = floor.state
    spare = int(state[at.STARTS]) + 4
    grown: dict[str, IntArray] = {}
    if state[at.SLOTS_TAKEN] + spare > len(floor.contacts):
        grown["contacts"] = np.concatenate([floor.contacts, _nobody_yet(len(floor.contacts))])
    if state[at.TIMERS] + spare > len(floor.timers):
        grown["timers"] = np.concatenate([floor.timers, np.zeros_like(floor.timers)])
    if len(floor.log) and state[at.NEXT_CHILD] + spare > len(floor.log):
        grown["log"] = np.concatenate([floor.log, np.zeros_like(floor.log)])
    for name, used in (("waits", state[at.WAITS]), ("responses", state[at.RESPONSES])):
        table = getattr(floor, name)
        if used > len(table) // 2:
            grown[name] = np.zeros((4 * len(table), 2), dtype=np.int64)
            move_counts(table, grown[name])
    return floor._replace(**grown)


def _nobody_yet(rows: int) -> IntArray:
    contacts = np.zeros((rows, at.CONTACT_SIZE), dtype=np.int64)
    contacts[:, at.ID] = NOBODY
    return contacts


def _counts(given: FloorInput, root: int, seed: int, replication: int) -> IntArray:
    """First contacts by interval and channel."""
    if given.given is not None:
        return np.zeros((given.period.count, len(given.channels)), dtype=np.int64)
    means = given.rates.of_replication(seed, replication)
    counts: IntArray = contact_counts(root, means, given.rates.channel_keys)
    return counts


def _state(given: FloorInput, root: int, most_starts: int) -> IntArray:
    state = np.zeros(at.STATE_SIZE, dtype=np.int64)
    state[at.ROOT] = root
    state[at.GRAIN] = given.grain_us
    state[at.INTERVAL_LENGTH] = state[at.EDGE] = given.period.interval_us
    state[at.HORIZON] = given.period.length_us
    state[at.CHOICE] = given.choice
    state[at.LOAD] = given.load
    state[at.OWN_PRIORITIES] = given.own_priorities
    state[at.INTERRUPTS] = any(channel.interruptible for channel in given.channels)
    for nobody in (at.FREE_SLOT, at.RETURNING, at.EMPTIED, at.NEWCOMER):
        state[nobody] = NOBODY
    state[at.STARTS] = most_starts
    state[at.WORK_STREAM] = draws.stream_of(root, draws.WORK)
    state[at.PATIENCE_STREAM] = draws.stream_of(root, draws.PATIENCE)
    state[at.POSITION_STREAM] = draws.stream_of(root, draws.POSITION)
    return state


def _people(given: FloorInput) -> tuple[IntArray, IntArray, IntArray]:
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


def _skills(given: FloorInput, most: int) -> tuple[IntArray, IntArray, int]:
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
        row[at.WORK_SHAPE], _ = draws.shape_and_spread(channel.work.shape, channel.work.cv)
        shape, _ = draws.shape_and_spread(channel.patience.shape, channel.patience.cv)
        row[at.PATIENCE_SHAPE] = shape
    channels[:, [at.HEAD, at.TAIL, at.PROMOTED_HEAD, at.PROMOTED_TAIL]] = NOBODY
    for row, name in zip(channels, given.channel_names, strict=True):
        declared = given.scenario.channels[name]
        targets = (declared.target, declared.target_closed)
        row[at.HAS_TARGET] = declared.target is not None
        row[at.HAS_TARGET_CLOSED] = targets != (None, None)
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
    }


def _chances(given: FloorInput) -> FloatArray:
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
    return chances


def _gates(given: FloorInput, channels: IntArray) -> IntArray:
    """Waits that groups ask for before they help, by channel and rising."""
    gates: list[int] = []
    for number, row in enumerate(channels):
        asked = {skill.after_us for skill in given.skills if skill.channel == number}
        row[at.FIRST_GATE] = len(gates)
        gates += sorted(asked - {0})
        row[at.END_GATE] = len(gates)
    return np.array(gates, dtype=np.int64)


def _thresholds(given: FloorInput, channels: IntArray) -> IntArray:
    """Further times of all channels."""
    times: list[int] = []
    for row, name in zip(channels, given.channel_names, strict=True):
        row[at.FIRST_THRESHOLD] = len(times)
        times += [round(s * 1_000_000) for s in given.scenario.channels[name].thresholds_s]
        row[at.END_THRESHOLD] = len(times)
    return np.array(times, dtype=np.int64)


def _timetable(given: FloorInput, root: int) -> tuple[IntArray, IntArray, IntArray]:
    """Entries in order, doors, and the staff with a last row of nobody."""
    coming = attending(given, root)
    staff = np.vstack([coming, np.zeros_like(coming[:1])])
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


def _shifts(given: FloorInput, root: int, agents: IntArray) -> tuple[IntArray, IntArray]:
    """What happens in the shifts of those who come, in order; and the shifts by agent."""
    told = given.shifts
    shifts = np.zeros((len(agents), at.FIRST_BREAK + told.break_us.shape[1]), dtype=np.int64)
    named = np.flatnonzero([given.groups[g].exit == rules.NAMED for g in agents[:, at.GROUP]])
    absent = absent_shifts(given, root)
    events: list[tuple[int, int, int]] = []
    for row, agent in enumerate(named.tolist()):
        if absent[row]:
            continue
        shift = shifts[agent]
        shift[at.SHIFT_END] = told.end_us[row]
        events.append((int(told.start_us[row]), agent, rules.SHIFT_START))
        events.append((int(told.end_us[row]), agent, rules.SHIFT_END))
        taken = told.break_us[row] > 0
        shift[at.FIRST_BREAK : at.FIRST_BREAK + taken.sum()] = told.break_us[row][taken]
        events += [(int(t), agent, rules.BREAK_DUE) for t in told.break_start_us[row][taken]]
    return np.array(sorted(events), dtype=np.int64).reshape(-1, at.EVENT_SIZE), shifts


def _arrivals(
    told: GivenContacts | None, counts: IntArray, interval_us: int, state: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Room for the first contacts of one interval; or those that are told, all at once."""
    if told is None:
        most = int(counts.sum(axis=1).max(initial=0))
        return (
            np.zeros((most, at.ARRIVAL_SIZE), dtype=np.int64),
            np.zeros(2 * most + 1, dtype=np.int64),
            np.zeros((0, at.TOLD_SIZE), dtype=np.int64),
        )
    state[at.TOLD] = 1
    state[at.ARRIVALS] = len(told.channel)
    arrivals = np.zeros((len(told.channel), at.ARRIVAL_SIZE), dtype=np.int64)
    arrivals[:, at.COMES_AT] = told.offered_us
    arrivals[:, at.COMES_TO] = told.channel
    arrivals[:, at.COMES_IN] = told.offered_us // interval_us
    columns = (told.work_us, told.patience_us, told.reached_at_try, told.silent, told.reach)
    return arrivals, np.arange(len(arrivals)), np.column_stack(columns).astype(np.int64)


def told_keys(given: FloorInput) -> IntArray:
    """Keys of contacts told one by one."""
    assert given.given is not None
    return np.array(
        [
            draws.key_of(given.channels[channel].key, draws.FIRST, 0, ordinal)
            for ordinal, channel in enumerate(given.given.channel.tolist())
        ],
        dtype=np.int64,
    )


def _joined(arrays: list[FloatArray]) -> FloatArray:
    return np.concatenate([np.asarray(array, dtype=np.float64) for array in arrays])
