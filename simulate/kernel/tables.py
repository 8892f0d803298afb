"""How a floor input becomes the kernel's tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import draws
from simulate.floor_input import FloorInput
from simulate.kernel import state as at
from simulate.kernel.counts import NAMES
from simulate.kernel.declared import (
    chances_of,
    channels_of,
    gates_of,
    people_of,
    skills_of,
    thresholds_of,
    values_of,
    ways_of,
)
from simulate.kernel.floor import Floor
from simulate.kernel.heads import HEAD_SIZE
from simulate.kernel.histograms import move_counts
from simulate.kernel.state import NOBODY
from simulate.kernel.timetables import opening_of, shifts_of, timetable_of, told_of

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_BINS_AT_FIRST = 4096
LINE = 64  # bytes
_ROOM_AT_FIRST = 64  # contacts besides those in hand, or waiting from the start


def floor_of(given: FloorInput, *, keeps_log: bool) -> Floor:
    """
    An empty floor before its first event, and before it is known which replication it will see.

    Parameters
    ----------
    given
        The floor's input.
    keeps_log
        Whether every contact is written down.
    """
    opening = opening_of(given)
    intervals, group_count = given.staff.shape
    channel_count, cohort_count = len(given.channels), len(given.cohort_groups)
    most = max((skill.most for skill in given.skills), default=1)
    groups, cohorts, agents = people_of(given)
    skills, slowdown, bench_count = skills_of(given, most)
    channels, spans = channels_of(given)
    timetable, doors, staff = timetable_of(given, given.staff)
    shift_events, shifts = shifts_of(given, agents)
    leaf = 1 << max(1, (len(agents) - 1).bit_length())
    state = _state(given, most * len(agents))
    state[at.AGENTS_LEAF] = leaf
    state[at.AGENT_BITS] = leaf.bit_length()
    state[at.NEXT_FIRST] = len(opening)
    state[at.KEEPS_LOG] = keeps_log
    arrivals, order, told = told_of(given, state)
    room = _ROOM_AT_FIRST + len(opening) + 2 * (most + 1) * len(agents)
    cells = (intervals, channel_count)
    in_hand = (intervals, group_count, channel_count)
    thresholds = thresholds_of(given, channels)
    heaps = np.count_nonzero(channels[:, at.BY_REACH] != NOBODY)
    ways, way_chances = ways_of(given)
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
        chances=chances_of(given),
        ways=ways,
        way_chances=way_chances,
        unborn=in_line(_ROOM_AT_FIRST, at.CHILD_SIZE),
        work_means=np.array([one.work_mean_us for one in given.channels], dtype=np.float64),
        values=_joined(values_of(given)),
        points=_joined([one.patience.values for one in given.channels]),
        shares=_joined([one.patience.shares for one in given.channels]),
        opens=spans[:, 0].copy(),
        closes=spans[:, 1].copy(),
        gates=gates_of(given, channels),
        timetable=timetable,
        doors=doors,
        staff=staff,
        shift_events=shift_events,
        shifts=shifts,
        counts=np.zeros(cells, dtype=np.int64),
        opening=opening,
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
        waits=np.zeros(_BINS_AT_FIRST, dtype=np.int64),
        responses=np.zeros(_BINS_AT_FIRST, dtype=np.int64),
        by_reach=np.zeros((heaps, room if heaps else 0, at.REACH_PLACE_SIZE), dtype=np.int64),
        log=np.zeros((room if keeps_log else 0, at.CONTACT_SIZE), dtype=np.int64),
        heads=np.zeros((2 * channel_count + 1 + group_count, HEAD_SIZE), dtype=np.int64),
    )


def make_room(floor: Floor) -> None:
    """Make those tables twice as large that are nearly full."""
    state = floor.state
    spare = int(state[at.STARTS]) + 4
    if state[at.SLOTS_TAKEN] + spare > len(floor.contacts):
        contacts = _nobody_yet(2 * len(floor.contacts))
        contacts[: len(floor.contacts)] = floor.contacts
        floor.put("contacts", contacts)
        if len(floor.by_reach):
            places = len(contacts) - floor.by_reach.shape[1]
            by_reach = np.pad(floor.by_reach, ((0, 0), (0, places), (0, 0)))
            floor.put("by_reach", by_reach)
    # Whoever is dropped at closing may come back, and a post have offspring.
    begotten = int(state[at.WAITING]) + at.MOST_OFFSPRING if state[at.JOURNEYS] else 0
    if state[at.TIMERS] + spare + begotten > len(floor.timers):
        floor.put("timers", np.concatenate([floor.timers, np.zeros_like(floor.timers)]))
    if state[at.UNBORN] + spare + begotten > len(floor.unborn):
        unborn = in_line(2 * len(floor.unborn), at.CHILD_SIZE)
        unborn[: len(floor.unborn)] = floor.unborn
        floor.put("unborn", unborn)
    if len(floor.log) and state[at.NEXT_CHILD] + spare > len(floor.log):
        floor.put("log", np.concatenate([floor.log, np.zeros_like(floor.log)]))
    for name, used in (("waits", state[at.WAITS]), ("responses", state[at.RESPONSES])):
        table = getattr(floor, name)
        if used > len(table) // 2:
            larger = np.zeros(4 * len(table), dtype=np.int64)
            move_counts(table, larger)
            floor.put(name, larger)


def in_line(*shape: int) -> IntArray:
    """Zeros that begin where a line of the processor's cache does, so that rows share no line."""
    size = int(np.prod(shape))
    room = np.zeros(size + LINE // 8, dtype=np.int64)
    first = -room.ctypes.data % LINE // 8
    return room[first : first + size].reshape(shape)


def _nobody_yet(rows: int) -> IntArray:
    contacts = in_line(rows, at.CONTACT_SIZE)
    contacts[:, at.ID] = NOBODY
    return contacts


def _state(given: FloorInput, most_starts: int) -> IntArray:
    state = np.zeros(at.STATE_SIZE, dtype=np.int64)
    state[at.GRAIN] = given.grain_us
    state[at.INTERVAL_LENGTH] = state[at.EDGE] = given.period.interval_us
    state[at.HORIZON] = given.period.length_us
    state[at.CHOICE] = given.choice
    state[at.LOAD] = given.load
    state[at.OWN_PRIORITIES] = given.own_priorities
    state[at.INTERRUPTS] = any(channel.interruptible for channel in given.channels)
    state[at.JOURNEYS] = any(channel.has_journeys for channel in given.channels)
    for nobody in (at.FREE_SLOT, at.FREE_UNBORN, at.RETURNING, at.EMPTIED, at.NEWCOMER):
        state[nobody] = NOBODY
    state[at.STARTS] = most_starts
    return state


def _joined(arrays: list[FloatArray]) -> FloatArray:
    return np.concatenate([np.asarray(array, dtype=np.float64) for array in arrays])
