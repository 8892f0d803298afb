"""One replication: customers are drawn as they come, the loop runs, the books are closed."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scenario import RunCancelledError
from simulate.absence import absent_us
from simulate.draws import root_of
from simulate.floor_input import FloorInput
from simulate.kernel import state as at
from simulate.kernel.floor import Floor
from simulate.kernel.loop import FULL, OVER, live
from simulate.kernel.tables import floor_of, with_more_room
from simulate.log import CONTACT, FloorLog

Cancel = Callable[[], bool]

_FIRST_CHUNK = 256  # events
_WITHOUT_END = 2**62
_POLL_S = 0.05


def live_through(
    given: FloorInput, seed: int, replication: int, cancel: Cancel | None, *, keeps_log: bool
) -> Floor:
    """
    Live through one replication.

    Parameters
    ----------
    given, seed, replication, cancel
        As for `simulate.kernel.run_replication`.
    keeps_log
        Whether every contact is written down.

    Returns
    -------
    Floor
        After its last event, with everything counted.

    Raises
    ------
    RunCancelledError
        When `cancel` says so.
    """
    return _run_out(floor_of(given, seed, replication, keeps_log=keeps_log), cancel)


def log_of(given: FloorInput, seed: int, replication: int, floor: Floor) -> FloorLog:
    """What a floor has written down; no contacts where it keeps no log."""
    return FloorLog(
        contacts=_table(floor),
        present_us=floor.present,
        break_us=floor.paused,
        absent_us=absent_us(given, root_of(seed, replication)),
        busy_us=floor.busy,
        held_us=floor.held,
        in_hand_us=floor.in_hand,
        drain_us=floor.groups[:, at.DRAIN].copy(),
        leaving_us=floor.leaving,
        end_us=max(given.period.length_us, int(floor.state[at.LAST])),
    )


def _run_out(floor: Floor, cancel: Cancel | None) -> Floor:
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
    "ending": at.ENDING,
}


def _table(floor: Floor) -> NDArray[np.void]:
    """Every contact as the log tells it; none where no log is kept."""
    count = int(floor.state[at.NEXT_CHILD]) if floor.state[at.KEEPS_LOG] else 0
    table = np.zeros(count, dtype=CONTACT)
    table["id"] = np.arange(count)
    for name, column in _COLUMNS.items():
        table[name] = floor.log[:count, column]
    agents = floor.log[:count, at.AGENT]
    group_of = np.append(floor.agents[:, at.GROUP], -1)  # the last for nobody, -1
    table["group"] = group_of[agents]
    return table
