"""What one replication amounts to: counts by interval and channel, and by interval and group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from scenario import Horizon, Scenario
from simulate.laws import check_agent_time, check_contacts, check_log
from simulate.log import FloorLog
from simulate.queues import queue_at_ends
from simulate.story import Story
from simulate.waits import WaitHistogram

IntArray = NDArray[np.int64]

_PARTS = 1_000  # slots are counted in thousandths, since a group with novices has a mean

CONTACT_COUNTS: Mapping[str, str] = {
    "offered": "contacts offered; those outside opening hours of a live channel are `closed`",
    "first_attempts": "of these, contacts that no earlier contact begot",
    "redials": "of these, customers who were not served and came back",
    "repeats": "of these, customers whose matter was not settled and who came back",
    "reposts": "of these, customers who were not answered and wrote again",
    "spread": "of these, posts that others begot",
    "caused": "redials, repeats, reposts and posts of others that these contacts, and those"
    " closed, caused before the end",
    "settled": "completed, not handed over, and nobody comes back for it within seven days, be it"
    " after the end",
    "handoffs": "of the offered, customers who were taken here from a public channel",
    "handed_over": "completed, and the customer taken to a private channel, be it after the end",
    "closing_replies": "replies that close a matter settled elsewhere, done or not; not offered",
    "closing_us": "sum of the agent time, as if handled alone, of those begun",
    "deflected": "answered before they reached the floor; not offered",
    "answered": "started by an agent (a callback: the customer was reached)",
    "abandoned": "gave up in the queue, balked, or were dropped at closing",
    "abandoned_short": "of these, within the channel's short-abandon limit",
    "silent": "of the abandoned, customers who left unnoticed",
    "silent_us": "sum of the agent time, as if handled alone, until that was noticed",
    "put_aside": "times that an agent put a contact aside for a live one",
    "blocked": "met a full queue",
    "closed": "live contacts outside opening hours; not offered",
    "converted": "took a callback instead of waiting",
    "given_up": "callback customers never reached within the tries",
    "waiting": "still waiting when the observation ended",
    "answered_within": "answered with a wait of at most the target's time",
    "abandoned_within": "abandoned with a wait of at most the target's time",
    "waiting_over": "live, still waiting at the end with a wait over the target's time",
    "delayed": "offered, let in, and not started in the instant of arrival",
    "wait_us": "sum of the waits of the answered",
    "abandoned_wait_us": "sum of the waits of the abandoned",
    "queued_us": "sum of the time in the queue of all offered, however it ended",
    "handle_us": "sum of the agent time, as if handled alone, of the answered and of the closing"
    " replies",
    "replied": "completed before the observation ended",
    "response_us": "sum of the times to the response (`response` in the notes) of the responded",
    "responded": "contacts with a response",
    "due": "deferred or callback, arrived in opening hours, deadline inside the observation",
    "replied_within": "of these, replied to (called and reached) by the deadline",
    "not_yet_due": "deferred or callback, arrived in opening hours, deadline after the end",
    "due_closed": "as `due`, arrived outside opening hours",
    "replied_within_closed": "as `replied_within`, arrived outside opening hours",
    "not_yet_due_closed": "as `not_yet_due`, arrived outside opening hours",
    "promised": "callbacks promised",
    "within_window": "callbacks reached by the promised time, wherever that lies",
    "late": "callbacks reached after the promised time, or waiting past it",
    "pending": "callbacks waiting, the promised time still to come",
    "misses": "calls that reached nobody",
    "impressions_s": "sum of the customers' followers times the whole seconds without a reply",
    "loud": "of the offered, customers with as many followers as the 90th percentile, or more",
    "loud_queued_us": "as `queued_us`, of the loud",
    "loud_due": "as `due`, of the loud",
    "loud_within": "as `replied_within`, of the loud",
    "headed_off": "posts that did not come, since the ones that would have begotten them were"
    " answered; by the instant at which they were due",
    "queue_us": "integral of the queue's length over the interval",
    "backlog": "contacts waiting at the interval's end, the opening backlog included",
    "oldest_us": "age of the oldest of them; 0 where none waits",
}
"""
Arrays of shape (I, C): every name with its meaning; `_us` in microseconds, `_s` in seconds, else
contacts.
"""

GROUP_COUNTS: Mapping[str, str] = {
    "present_us": "agent time present: on shift, not on a break and not leaving",
    "break_us": "agent time on breaks",
    "absent_us": "time scheduled of agents who are absent, their planned breaks included",
    "busy_us": "agent time with at least one contact in hand, while present",
    "leaving_us": "agent time with a contact in hand after the agent should have left",
    "held_us": "contact time in hand",
    "slots_us": "contact time that could have been in hand: the most that an agent may hold of"
    " the channel in hand, or of any channel while free; the mean over the group where it has"
    " novices",
}
"""Arrays of shape (I, G): every name with its meaning, in microseconds."""


class Observed(Protocol):
    """What measuring needs to know of a floor input."""

    @property
    def scenario(self) -> Scenario:
        """Targets, limits and skills."""

    @property
    def period(self) -> Horizon:
        """The I intervals."""

    @property
    def channel_names(self) -> tuple[str, ...]:
        """C names, in the order of the log's channel numbers."""

    @property
    def group_names(self) -> tuple[str, ...]:
        """G names, in the order of the log's group numbers."""

    @property
    def scheduled_us(self) -> IntArray:
        """Agent time scheduled, breaks and the absent included, shape (I, G)."""


@dataclass(frozen=True)
class Counts:
    """
    One replication, counted; warm-up and cool-down are in it and left out of results later.

    Parameters
    ----------
    contacts
        Arrays of shape (I, C) by the names of `CONTACT_COUNTS`; a contact counts in the
        interval of its offer.
    groups
        Arrays of shape (I, G) by the names of `GROUP_COUNTS`.
    busy_by_channel_us
        Agent time with a contact in hand by the channel in hand, shape (I, G, C).
    in_hand_us
        Agent time with exactly n contacts in hand, shape (I, G, M), n from 1; `leaving_us` is
        in it.
    drain_us
        Agent time worked after the agent should have left or after the horizon, shape (G,).
    opening
        Contacts that waited at the start, by channel, shape (C,): `offered`, `answered`,
        `replied`, `waiting`. They belong to no interval, so they are in no service level.
    within_threshold, of_threshold
        Contacts served within each further time of `thresholds_of`, and those that it is a
        share of, shape (I, K).
    waits, responses
        Histograms of the waits of the answered and of the times to the response; the cell of
        interval i and channel c is `i * C + c`.

    Notes
    -----
    The response is the answer to a live contact, the completed reply to deferred work, and the
    call that reached a callback customer, counted from that customer's very first contact.
    """

    contacts: Mapping[str, IntArray]
    groups: Mapping[str, IntArray]
    busy_by_channel_us: IntArray
    in_hand_us: IntArray
    drain_us: IntArray
    opening: Mapping[str, IntArray]
    within_threshold: IntArray
    of_threshold: IntArray
    waits: WaitHistogram
    responses: WaitHistogram


@dataclass(frozen=True)
class AgentTimes:
    """
    Agent time by interval and group, of one replication or, along a first axis, of many.

    Parameters
    ----------
    present_us, break_us, absent_us, leaving_us
        As in `simulate.log.FloorLog`, shape (..., I, G).
    busy_us, held_us
        The same, shape (..., I, G, C).
    """

    present_us: IntArray
    break_us: IntArray
    absent_us: IntArray
    leaving_us: IntArray
    busy_us: IntArray
    held_us: IntArray


def count_type(name: str) -> type[np.signedinteger[Any]]:
    """Contacts fit into half the room that microseconds need; a long run is mostly these."""
    return np.int64 if name.endswith(("_us", "_s")) else np.int32


def thresholds_of(scenario: Scenario) -> tuple[tuple[str, float], ...]:
    """Every further time to report, K pairs of channel and seconds, channels in order."""
    return tuple(
        (name, seconds)
        for name, channel in scenario.channels.items()
        for seconds in channel.thresholds_s
    )


def measure(log: FloorLog, floor_input: Observed) -> Counts:
    """
    Count one replication.

    Parameters
    ----------
    log
        What the floor wrote down.
    floor_input
        What the floor was given.

    Returns
    -------
    Counts
        Small arrays, whatever the number of contacts.

    Raises
    ------
    ConservationError
        When the log breaks a law of conservation; that is a bug in an engine.
    """
    story = Story(log, floor_input)
    counts = {name: story.grid(weights) for name, weights in story.tallies().items()}
    counts |= queue_at_ends(
        log.contacts, story.left_us, story.period, len(floor_input.channel_names)
    )
    counts["headed_off"] = log.headed_off
    opening = {
        name: np.bincount(
            story.channel[story.opening & mask], minlength=len(floor_input.channel_names)
        )
        for name, mask in story.openings().items()
    }
    groups = group_counts(log, floor_input)
    check_log(log, floor_input)
    check_contacts(counts, floor_input)
    check_agent_time(groups, log.in_hand_us, floor_input)
    within, of = story.thresholds()
    answered = story.counted & story.answered
    responded = story.counted & (story.response_us >= 0)
    return Counts(
        contacts=counts,
        groups=groups,
        busy_by_channel_us=log.busy_us,
        in_hand_us=log.in_hand_us,
        drain_us=log.drain_us,
        opening=opening,
        within_threshold=within,
        of_threshold=of,
        waits=WaitHistogram.of(story.cell[answered], story.wait_us[answered]),
        responses=WaitHistogram.of(story.cell[responded], story.response_us[responded]),
    )


def group_counts(times: AgentTimes | FloorLog, floor_input: Observed) -> dict[str, IntArray]:
    """Agent time by interval and group; see `GROUP_COUNTS`."""
    most = _slots(floor_input)
    busy = times.busy_us.sum(axis=-1) - times.leaving_us
    free = np.maximum(times.present_us - busy, 0)
    offered = (times.busy_us * most).sum(axis=-1) + free * most.max(axis=1)
    return {
        "present_us": times.present_us,
        "break_us": times.break_us,
        "absent_us": times.absent_us,
        "busy_us": busy,
        "leaving_us": times.leaving_us,
        "held_us": times.held_us.sum(axis=-1),
        "slots_us": offered // _PARTS,
    }


def _slots(floor_input: Observed) -> IntArray:
    """Most contacts of each channel that an agent may hold, in thousandths, shape (G, C)."""
    slots = np.zeros((len(floor_input.group_names), len(floor_input.channel_names)), np.int64)
    for row, name in enumerate(floor_input.group_names):
        group = floor_input.scenario.groups[name]
        share = round(_PARTS * group.novices.share) if group.novices else 0
        for channel, skill in group.skills.items():
            most = (_PARTS - share) * skill.max_concurrent
            if share:
                most += share * group.novice_skill(channel).max_concurrent
            slots[row, floor_input.channel_names.index(channel)] = most
    return slots
