"""What the kernel has counted on the way, in the form in which a log is measured."""

from __future__ import annotations

import numpy as np

from simulate import rules
from simulate.floor_input import FloorInput
from simulate.kernel.floor import Floor
from simulate.kernel.histograms import histogram_of
from simulate.kernel.tally import NAMES
from simulate.laws import check_agent_time, check_contacts
from simulate.log import FloorLog
from simulate.measures import Counts, group_counts
from simulate.waits import WaitHistogram

_OPENING = ("offered", "answered", "replied", "waiting")


def counts_of(given: FloorInput, floor: Floor, log: FloorLog) -> Counts:
    """
    One replication, counted; see `measures.measure`.

    Parameters
    ----------
    given
        The floor's input.
    floor
        After its last event.
    log
        Its tables of time; contacts are not looked at.

    Raises
    ------
    ConservationError
        When the counts break a law of conservation; that is a bug in the kernel.
    """
    intervals, channels = floor.queue.shape
    cells = intervals * channels
    columns = {name: floor.tallies[:, number] for number, name in enumerate(NAMES)}
    contacts = {
        name: column[:cells].reshape(intervals, channels).copy() for name, column in columns.items()
    }
    contacts |= {"backlog": floor.backlog, "oldest_us": floor.oldest, "queue_us": floor.queue}
    groups = group_counts(log, given)
    check_contacts(contacts, given)
    check_agent_time(groups, log.in_hand_us, given)
    waits = histogram_of(floor.waits)
    # The response to a live contact is its answer.
    is_live = np.array([channel.kind == rules.LIVE for channel in given.channels])
    live_cells = np.where(np.tile(is_live, intervals), np.arange(cells), -1)
    return Counts(
        contacts=contacts,
        groups=groups,
        busy_by_channel_us=log.busy_us,
        in_hand_us=log.in_hand_us,
        drain_us=log.drain_us,
        opening={name: columns[name][cells:].copy() for name in _OPENING},
        within_threshold=floor.within,
        of_threshold=floor.of,
        waits=waits,
        responses=WaitHistogram.sum([waits.merged(live_cells), histogram_of(floor.responses)]),
    )
