"""What is known to come in a replication, and when: numbers, doors, shifts and told contacts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulate import draws, rules
from simulate.floor_input import FloorInput, GivenContacts
from simulate.kernel import state as at

IntArray = NDArray[np.int64]


def timetable_of(given: FloorInput, coming: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Entries in order, doors, and the staff who come, shape (I, G), with a last row of nobody."""
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


def shifts_of(given: FloorInput, agents: IntArray) -> tuple[IntArray, IntArray]:
    """What happens in everybody's shifts, in order; and the shifts by agent."""
    told = given.shifts
    shifts = np.zeros((len(agents), at.FIRST_BREAK + told.break_us.shape[1]), dtype=np.int64)
    events: list[tuple[int, int, int]] = []
    for row, agent in enumerate(named_of(given, agents).tolist()):
        shift = shifts[agent]
        shift[at.SHIFT_END] = told.end_us[row]
        events.append((int(told.start_us[row]), agent, rules.SHIFT_START))
        events.append((int(told.end_us[row]), agent, rules.SHIFT_END))
        taken = told.break_us[row] > 0
        shift[at.FIRST_BREAK : at.FIRST_BREAK + taken.sum()] = told.break_us[row][taken]
        events += [(int(t), agent, rules.BREAK_DUE) for t in told.break_start_us[row][taken]]
    return np.array(sorted(events), dtype=np.int64).reshape(-1, at.EVENT_SIZE), shifts


def named_of(given: FloorInput, agents: IntArray) -> IntArray:
    """The agents who work by shifts, in the order of the shifts' rows."""
    is_named = [group.exit == rules.NAMED for group in given.groups]
    return np.flatnonzero([is_named[group] for group in agents[:, at.GROUP].tolist()])


def opening_of(given: FloorInput) -> IntArray:
    """Who waits at the start, the oldest first: (offer, channel, key); key -1 never runs out."""
    grain = given.grain_us
    waiting = []
    for number, channel in enumerate(given.channels):
        for ordinal, age in enumerate(channel.backlog_ages_us.tolist()):
            key = draws.key_of(channel.key, draws.BACKLOG, 0, ordinal)
            waiting.append((-age // grain * grain, number, int(key)))
        if channel.endless:
            waiting.append((0, number, -1))
    return np.array(sorted(waiting), dtype=np.int64).reshape(-1, at.OPENING_SIZE)


def told_of(given: FloorInput, state: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """First contacts that are told, all at once; no room yet for those that are drawn."""
    told = given.given
    if told is None:
        return (
            np.zeros((0, at.ARRIVAL_SIZE), dtype=np.int64),
            np.zeros(1, dtype=np.int64),
            np.zeros((0, at.TOLD_SIZE), dtype=np.int64),
        )
    state[at.TOLD] = 1
    state[at.ARRIVALS] = len(told.channel)
    arrivals = np.zeros((len(told.channel), at.ARRIVAL_SIZE), dtype=np.int64)
    arrivals[:, at.COMES_AT] = told.offered_us
    arrivals[:, at.COMES_TO] = told.channel
    arrivals[:, at.COMES_IN] = told.offered_us // given.period.interval_us
    arrivals[:, at.ITS_KEY] = _told_keys(given, told)
    columns = (
        told.work_us,
        told.patience_us,
        told.reached_at_try,
        told.silent,
        told.reach,
        told.offspring,
    )
    return arrivals, np.arange(len(arrivals)), np.column_stack(columns).astype(np.int64)


def _told_keys(given: FloorInput, told: GivenContacts) -> IntArray:
    """Keys of contacts told one by one."""
    return np.array(
        [
            draws.key_of(given.channels[channel].key, draws.FIRST, 0, ordinal)
            for ordinal, channel in enumerate(told.channel.tolist())
        ],
        dtype=np.int64,
    )
