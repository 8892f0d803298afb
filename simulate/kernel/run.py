"""One replication: the loop runs until nothing is left to happen, and what it told is read."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenario import RunCancelledError
from simulate.kernel import counts
from simulate.kernel import state as at
from simulate.kernel.floor import Floor
from simulate.kernel.loop import FULL, OVER, live
from simulate.kernel.premises import Premises
from simulate.kernel.tables import make_room
from simulate.log import CONTACT, FloorLog

Cancel = Callable[[], bool]

_WITHOUT_END = 2**62
_POLL_S = 0.05


def live_through(premises: Premises, seed: int, replication: int, cancel: Cancel | None) -> Floor:
    """
    Live through one replication.

    Parameters
    ----------
    premises
        Where.
    seed, replication, cancel
        As for `simulate.kernel.run_replication`.

    Returns
    -------
    Floor
        After its last event, with everything counted; the next replication begins it anew.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    floor = premises.open(seed, replication)
    while True:
        if cancel is not None and cancel():
            raise RunCancelledError
        begun = time.perf_counter()
        why = live(floor, _WITHOUT_END if cancel is None else premises.events)
        if why == OVER:
            return floor
        if why == FULL:
            make_room(floor)
        elif time.perf_counter() - begun < _POLL_S / 2:
            premises.events *= 2


def log_of(premises: Premises) -> FloorLog:
    """What the floor has written down of the last replication, which keeps a log."""
    floor, length_us = premises.floor, premises.given.period.length_us
    headed_off = floor.tallies[: floor.queue.size, counts.HEADED_OFF].reshape(floor.queue.shape)
    return FloorLog(
        contacts=_table(floor),
        present_us=floor.present,
        break_us=floor.paused,
        absent_us=premises.absent_us,
        busy_us=floor.busy,
        held_us=floor.held,
        in_hand_us=floor.in_hand,
        drain_us=floor.groups[:, at.DRAIN].copy(),
        leaving_us=floor.leaving,
        end_us=max(length_us, int(floor.state[at.LAST])),
        headed_off=headed_off,
    )


_COLUMNS = {
    "parent": at.PARENT,
    "channel": at.CHANNEL,
    "interval": at.OFFERED_IN,
    "offered_us": at.OFFERED,
    "first_offered_us": at.FIRST_OFFERED,
    "deadline_us": at.DEADLINE,
    "arrived_closed": at.ARRIVED_CLOSED,
    "start_us": at.START,
    "end_us": at.END,
    "agent": at.AGENT,
    "work_us": at.WORK,
    "tries": at.TRIES,
    "put_aside": at.PUT_ASIDE,
    "silent": at.SILENT,
    "silent_us": at.SILENT_WORK,
    "reach": at.REACH,
    "cause": at.CAUSE,
    "attempt": at.ATTEMPT,
    "comes_back_us": at.COMES_BACK,
    "moves_us": at.MOVES,
    "ending": at.ENDING,
}


def _table(floor: Floor) -> NDArray[np.void]:
    """Every contact as the log tells it."""
    count = int(floor.state[at.NEXT_CHILD])
    table = np.zeros(count, dtype=CONTACT)
    table["id"] = np.arange(count)
    for name, column in _COLUMNS.items():
        table[name] = floor.log[:count, column]
    agents = floor.log[:count, at.AGENT]
    group_of = np.append(floor.agents[:, at.GROUP], -1)  # the last for nobody, -1
    table["group"] = group_of[agents]
    return table
