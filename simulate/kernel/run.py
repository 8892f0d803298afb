"""One replication: customers are drawn, the loop runs, the log is written."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenario import RunCancelledError
from simulate.arrivals import contact_counts, fill_first_contacts
from simulate.draws import BACKLOG, FIRST, key_of, root_of
from simulate.encode import FloorInput, GivenContacts
from simulate.kernel import state as at
from simulate.kernel.customers import add_first_contacts, order_of_arrival, told_contact
from simulate.kernel.loop import FULL, OVER, add_backlog, line_up_backlog, live
from simulate.kernel.state import Floor
from simulate.kernel.tables import floor_of, with_more_room
from simulate.log import CONTACT, FloorLog

IntArray = NDArray[np.int64]

_FIRST_CHUNK = 256  # events
_WITHOUT_END = 2**62
_POLL_S = 0.05


def run(
    given: FloorInput, seed: int, replication: int, cancel: Callable[[], bool] | None
) -> FloorLog:
    """
    Live through one replication; see `simulate.kernel.run_replication`.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    root = root_of(seed, replication)
    floor = _with_customers(given, root, seed, replication)
    floor = _run_out(floor, cancel)
    return FloorLog(
        contacts=_table(floor),
        present_us=given.staff * given.period.interval_us,
        break_us=np.zeros_like(floor.leaving),
        absent_us=np.zeros_like(floor.leaving),
        busy_us=floor.busy,
        held_us=floor.held,
        in_hand_us=np.zeros((*floor.leaving.shape, 1), dtype=np.int64),
        drain_us=floor.groups[:, at.DRAIN].copy(),
        leaving_us=floor.leaving,
        end_us=max(given.period.length_us, int(floor.state[at.LAST])),
    )


def _run_out(floor: Floor, cancel: Callable[[], bool] | None) -> Floor:
    """Go on until nothing is left to happen; the loop comes back when `cancel` is to be asked."""
    events = _WITHOUT_END if cancel is None else _FIRST_CHUNK
    while True:
        if cancel is not None and cancel():
            raise RunCancelledError
        begun = time.perf_counter()
        why = live(floor, events)
        if why == OVER:
            return floor
        if why == FULL:
            floor = with_more_room(floor)
        elif time.perf_counter() - begun < _POLL_S / 2:
            events *= 2


def _with_customers(given: FloorInput, root: int, seed: int, replication: int) -> Floor:
    """A floor with its opening backlog waiting and its first contacts to come."""
    backlog = _backlog(given)
    slots = sum(skill.most for skill in given.skills) * int(given.staff.max(initial=0))
    spare = 64 + len(backlog) + 2 * slots
    if given.given is not None:
        floor = floor_of(given, root, len(given.given.channel) + spare)
        add_backlog(floor, backlog)
        _add_told(floor, given.given)
    else:
        rates = given.rates
        means = rates.of_replication(seed, replication)
        counts = contact_counts(root, means, rates.channel_keys)
        rows = np.empty((int(counts.sum()), 5), dtype=np.int64)
        interval_us = given.period.interval_us
        keys = rates.channel_keys
        fill_first_contacts(root, counts, keys, interval_us, given.grain_us, rows)
        floor = floor_of(given, root, len(rows) + len(rows) // 8 + spare)
        add_backlog(floor, backlog)
        add_first_contacts(floor, rows, order_of_arrival(rows, counts, interval_us))
    floor.state[at.NEXT_FIRST] = len(backlog)
    floor.state[at.FIRST_END] = floor.state[at.CONTACTS]
    line_up_backlog(floor, len(backlog))
    return floor


def _backlog(given: FloorInput) -> IntArray:
    """Who waits at the start, the oldest first: (offer, channel, key); key -1 never runs out."""
    grain = given.grain_us
    waiting = []
    for number, channel in enumerate(given.channels):
        for ordinal, age in enumerate(channel.backlog_ages_us.tolist()):
            key = key_of(channel.key, BACKLOG, 0, ordinal)
            waiting.append((-age // grain * grain, number, int(key)))
        if channel.endless:
            waiting.append((0, number, -1))
    return np.array(sorted(waiting), dtype=np.int64).reshape(-1, 3)


def _add_told(floor: Floor, told: GivenContacts) -> None:
    """Contacts told one by one in place of drawn ones."""
    intervals = told.offered_us // floor.state[at.INTERVAL_LENGTH]
    for ordinal, channel in enumerate(told.channel):
        key = key_of(floor.channels[channel, at.CHANNEL_KEY], FIRST, 0, ordinal)
        contact = told_contact(floor, key, channel, intervals[ordinal], told.offered_us[ordinal])
        row = floor.contacts[contact]
        row[at.WORK] = told.work_us[ordinal]
        row[at.PATIENCE] = told.patience_us[ordinal]
        row[at.REACHED_AT_TRY] = told.reached_at_try[ordinal]


_COLUMNS = {
    "parent": at.PARENT,
    "channel": at.CHANNEL,
    "interval": at.INTERVAL,
    "offered_us": at.OFFERED,
    "first_offered_us": at.FIRST_OFFERED,
    "deadline_us": at.DEADLINE,
    "arrived_closed": at.ARRIVED_CLOSED,
    "start_us": at.START,
    "end_us": at.END,
    "agent": at.AGENT,
    "work_us": at.WORK,
    "tries": at.TRIES,
    "ending": at.ENDING,
}


def _table(floor: Floor) -> NDArray[np.void]:
    """Every contact as the log tells it."""
    count = int(floor.state[at.CONTACTS])
    table = np.zeros(count, dtype=CONTACT)
    table["id"] = np.arange(count)
    for name, column in _COLUMNS.items():
        table[name] = floor.contacts[:count, column]
    agents = floor.contacts[:count, at.AGENT]
    group_of = np.append(floor.agents[:, at.GROUP], -1)  # the last for nobody, -1
    table["group"] = group_of[agents]
    return table
