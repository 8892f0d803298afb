"""What one replication writes down: every contact's story and the agents' time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Ending(IntEnum):
    """How a contact ended; every contact of a replication has exactly one."""

    WAITING = 0  # still waiting when the observation ended; never started
    ANSWERED = 1  # started; `end_us` is -1 only where the horizon cut deferred work short
    ABANDONED = 2  # gave up in the queue, balked, or was dropped at closing
    BLOCKED = 3  # the queue was full
    CONVERTED = 4  # took a callback instead of waiting; the callback is a contact of its own
    CLOSED = 5  # live contact outside opening hours: not offered
    GIVEN_UP = 6  # callback never reached within its tries
    DEFLECTED = 7  # answered before it reached the floor: not offered


class Cause(IntEnum):
    """Why a contact exists."""

    FIRST = 1  # a customer came by himself
    BACKLOG = 2  # it waited at the start
    ENDLESS = 3  # it came out of a backlog that never runs out
    CALLBACK = 4  # a customer took a callback instead of waiting
    REDIAL = 6  # a customer who was not served came back
    REPEAT = 7  # a customer whose matter was not settled came back
    REPOST = 8  # a customer who was not answered wrote again
    SPREAD = 9  # somebody who had seen a post wrote one, too
    HANDOFF = 10  # a customer was taken from a public channel to a private one
    CLOSING = 11  # a matter settled elsewhere is closed where it began; nobody waits for it


SETTLED_AFTER_US = 7 * 86_400 * 1_000_000
"""A matter is settled if nobody comes back for it for so long."""

CONTACT = np.dtype(
    [
        ("id", np.int64),  # first contacts in arrival order, children as they are created
        ("parent", np.int64),  # id of the contact that begot it, -1 for none
        ("channel", np.int16),
        ("interval", np.int32),  # interval of the offer; -1 for the opening backlog
        ("offered_us", np.int64),  # negative for the opening backlog
        ("first_offered_us", np.int64),  # of the contact it goes back to; else offered_us
        ("deadline_us", np.int64),  # deferred: reply due; callback: promise; live: -1
        ("arrived_closed", np.bool_),  # outside its channel's opening hours
        ("start_us", np.int64),  # first start of work, -1 for never
        ("end_us", np.int64),  # completion, abandonment, conversion or block; -1 for none
        ("agent", np.int32),  # who started it, -1 for nobody
        ("group", np.int16),  # the agent's group, -1 for nobody
        ("work_us", np.int64),  # solo agent time drawn, speed included
        ("tries", np.int16),  # calls made to a callback customer, else 0
        ("put_aside", np.int16),  # times that an agent put it aside for a live contact
        ("silent", np.bool_),  # abandoned unnoticed: it kept its place in the queue
        ("silent_us", np.int64),  # agent time spent on it after the customer had left
        ("reach", np.int64),  # followers of the customer
        ("cause", np.int8),
        ("attempt", np.int16),  # 1, or one more than that of the contact that begot it
        ("comes_back_us", np.int64),  # when the customer comes back for it, -1 for never
        ("moves_us", np.int64),  # when the customer comes in on a private channel, -1 for never
        ("ending", np.int8),
    ]
)


@dataclass(frozen=True)
class FloorLog:
    """
    One replication.

    Parameters
    ----------
    contacts
        Structured array of dtype `CONTACT`, sorted by id.
    present_us
        Agent microseconds present, not on break and not leaving, shape (I, G).
    break_us, absent_us
        Agent microseconds on break, and of agents scheduled who are absent, shape (I, G).
    busy_us
        Agent microseconds with at least one contact in hand, by the channel in hand,
        shape (I, G, C); within the horizon.
    held_us
        Contact microseconds in hand, shape (I, G, C): at two chats at once twice `busy_us`.
    in_hand_us
        Agent microseconds with exactly n contacts in hand, shape (I, G, M) for n from 1.
    drain_us
        Agent microseconds worked after the agent should have left or after the horizon,
        shape (G,).
    leaving_us
        The part of `busy_us` worked while leaving (not counted in `present_us`), shape (I, G).
    end_us
        Instant at which the last event was processed; at least the horizon's length.
    headed_off
        Posts that would have come of others and did not, since these were answered, by the
        interval in which they were due, shape (I, C).
    """

    contacts: NDArray[np.void]
    present_us: NDArray[np.int64]
    break_us: NDArray[np.int64]
    absent_us: NDArray[np.int64]
    busy_us: NDArray[np.int64]
    held_us: NDArray[np.int64]
    in_hand_us: NDArray[np.int64]
    drain_us: NDArray[np.int64]
    leaving_us: NDArray[np.int64]
    end_us: int
    headed_off: NDArray[np.int64]
