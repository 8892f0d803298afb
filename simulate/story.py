"""What each contact of a replication amounts to: its wait, its reply, the counts it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from scenario.channels import Channel
from simulate.log import SETTLED_AFTER_US, Cause, Ending, FloorLog

if TYPE_CHECKING:
    from simulate.measures import Observed

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
BEGOTTEN = (Cause.REDIAL, Cause.REPEAT, Cause.REPOST, Cause.SPREAD)
NOT_OFFERED = (Ending.CLOSED, Ending.DEFLECTED)


class Story:
    """The contacts of one log as columns, with what each of them amounts to."""

    def __init__(self, log: FloorLog, floor_input: Observed) -> None:
        contacts = log.contacts
        self.period = floor_input.period
        self.channels = [floor_input.scenario.channels[name] for name in floor_input.channel_names]
        self.observed_until_us = max(log.end_us, self.period.length_us)
        self.contacts = contacts
        self.channel: IntArray = contacts["channel"].astype(np.int64)
        self.ending = contacts["ending"]
        self.opening: BoolArray = contacts["interval"] < 0
        self.counted: BoolArray = ~self.opening
        self.of_customer: BoolArray = contacts["cause"] != Cause.CLOSING
        self.offered: BoolArray = ~np.isin(self.ending, NOT_OFFERED) & self.of_customer
        self.answered: BoolArray = (self.ending == Ending.ANSWERED) & self.of_customer
        self.cell: IntArray = contacts["interval"].astype(np.int64) * len(self.channels)
        self.cell += self.channel
        self.left_us = self._left_us()
        self.wait_us: IntArray = self.left_us - contacts["offered_us"]
        self.closed_arrival: BoolArray = contacts["arrived_closed"]
        self.response_us = self._response_us()

    def grid(self, weights: NDArray[Any]) -> IntArray:
        """Sum by interval and channel, shape (I, C)."""
        cells = self.period.count * len(self.channels)
        weights = np.asarray(weights)
        wanted = self.counted & (weights != 0)
        if weights.dtype == np.bool_:
            sums = np.bincount(self.cell[wanted], minlength=cells).astype(np.int64)
        else:
            sums = np.zeros(cells, dtype=np.int64)
            np.add.at(sums, self.cell[wanted], weights[wanted].astype(np.int64))
        return sums.reshape(self.period.count, len(self.channels))

    def tallies(self) -> dict[str, NDArray[Any]]:
        """Weight of every contact in every count, except those about instants."""
        contacts, ending = self.contacts, self.ending
        kind, limit = self._of_kind, self._per_channel
        target_us = limit(lambda channel: _target_us(channel))
        answered, abandoned = self.answered, ending == Ending.ABANDONED
        offered = self.offered
        waiting = offered & (ending == Ending.WAITING)
        let_in = offered & (ending != Ending.BLOCKED)
        short_us = limit(lambda channel: round(channel.short_abandon_s * MICROSECONDS))
        live, callback = kind("live"), kind("callback")
        in_time = self.wait_us <= target_us
        due, met, later = self._deadlines()
        # A callback is promised whenever it is asked for: its window knows no closing.
        closed_arrival = self.closed_arrival & ~callback
        open_arrival = ~closed_arrival
        by_promise = callback & answered & (contacts["start_us"] <= contacts["deadline_us"])
        still_to_come = callback & waiting & (contacts["deadline_us"] >= self.period.length_us)
        responded = self.response_us >= 0
        done = answered & (contacts["end_us"] >= 0)
        closing = ~self.of_customer & (ending == Ending.ANSWERED)
        loud = contacts["reach"] >= limit(_loud_from)
        return {
            "offered": offered,
            "first_attempts": offered & (contacts["parent"] < 0),
            "redials": offered & (contacts["cause"] == Cause.REDIAL),
            "repeats": offered & (contacts["cause"] == Cause.REPEAT),
            "reposts": offered & (contacts["cause"] == Cause.REPOST),
            "spread": offered & (contacts["cause"] == Cause.SPREAD),
            "caused": self._caused(),
            "handoffs": offered & (contacts["cause"] == Cause.HANDOFF),
            "handed_over": done & (contacts["moves_us"] >= 0),
            "closing_replies": ~self.of_customer,
            "closing_us": np.where(closing, contacts["work_us"], 0),
            "settled": done & self._is_settled(),
            "deflected": ending == Ending.DEFLECTED,
            "answered": answered,
            "abandoned": abandoned,
            "abandoned_short": abandoned & (self.wait_us <= short_us),
            "silent": contacts["silent"] & abandoned,
            "silent_us": contacts["silent_us"],
            "put_aside": contacts["put_aside"],
            "blocked": ending == Ending.BLOCKED,
            "closed": ending == Ending.CLOSED,
            "converted": ending == Ending.CONVERTED,
            "given_up": ending == Ending.GIVEN_UP,
            "waiting": waiting,
            "answered_within": answered & in_time,
            "abandoned_within": abandoned & in_time,
            "waiting_over": live & waiting & ~in_time,
            "delayed": let_in & ~(answered & (self.wait_us == 0)),
            "wait_us": np.where(answered, self.wait_us, 0),
            "abandoned_wait_us": np.where(abandoned, self.wait_us, 0),
            "queued_us": np.where(let_in, self.wait_us, 0),
            "handle_us": np.where(answered | closing, contacts["work_us"], 0),
            "replied": answered & (contacts["end_us"] >= 0),
            "response_us": np.where(responded, self.response_us, 0),
            "responded": responded,
            "due": due & open_arrival,
            "replied_within": met & open_arrival,
            "not_yet_due": later & open_arrival,
            "due_closed": due & closed_arrival,
            "replied_within_closed": met & closed_arrival,
            "not_yet_due_closed": later & closed_arrival,
            "promised": callback,
            "within_window": by_promise,
            "late": callback & ((answered & ~by_promise) | (waiting & ~still_to_come)),
            "pending": still_to_come,
            "misses": np.where(callback, contacts["tries"] - answered, 0),
            "loud": offered & loud,
            "loud_queued_us": np.where(let_in & loud, self.wait_us, 0),
            "loud_due": due & open_arrival & loud,
            "loud_within": met & open_arrival & loud,
            "impressions_s": np.where(let_in, self._unanswered_s() * contacts["reach"], 0),
        }

    def _is_settled(self) -> BoolArray:
        """Whether the matter of a completed contact ends with it."""
        back, moves = self.contacts["comes_back_us"], self.contacts["moves_us"]
        late = back - self.contacts["end_us"] > SETTLED_AFTER_US
        settled: BoolArray = (moves < 0) & ((back < 0) | late)
        return settled

    def _caused(self) -> IntArray:
        """Contacts that each has begotten and that came in, callbacks apart."""
        contacts = self.contacts
        children = contacts[np.isin(contacts["cause"], BEGOTTEN)]
        caused = np.zeros(len(contacts), dtype=np.int64)
        np.add.at(caused, np.searchsorted(contacts["id"], children["parent"]), 1)
        return caused

    def openings(self) -> dict[str, BoolArray]:
        """Which contacts count in each number about the opening backlog."""
        answered = self.ending == Ending.ANSWERED
        return {
            "offered": np.ones(len(self.contacts), dtype=np.bool_),
            "answered": answered,
            "replied": answered & (self.contacts["end_us"] >= 0),
            "waiting": self.ending == Ending.WAITING,
        }

    def thresholds(self) -> tuple[IntArray, IntArray]:
        """Served within each further time, and what it is a share of, shape (I, K) each."""
        within, of = [], []
        contacts, ending = self.contacts, self.ending
        for number, channel in enumerate(self.channels):
            of_channel = self.channel == number
            for seconds in channel.thresholds_s:
                limit_us = round(seconds * MICROSECONDS)
                if channel.kind == "live":
                    in_time = self.wait_us <= limit_us
                    waiting = ending == Ending.WAITING
                    good = self.answered & in_time
                    base = np.isin(ending, (Ending.ANSWERED, Ending.ABANDONED, Ending.BLOCKED))
                    base |= waiting & ~in_time
                else:
                    clock_us = self._clock_us(channel)
                    base = self.offered & (clock_us + limit_us < self.period.length_us)
                    done = contacts["end_us" if channel.kind == "deferred" else "start_us"]
                    good = self.answered & (done >= 0)
                    good &= base & (done <= clock_us + limit_us)
                within.append(self.grid(of_channel & good)[:, number])
                of.append(self.grid(of_channel & base)[:, number])
        if not within:
            nothing = np.zeros((self.period.count, 0), dtype=np.int64)
            return nothing, nothing
        return np.stack(within, axis=1), np.stack(of, axis=1)

    def _clock_us(self, channel: Channel) -> IntArray:
        """
        When the clock of deferred or callback work starts: at the offer, or at opening.

        The deadline knows the opening, so the clock is read off it where there is a target.
        """
        offered: IntArray = self.contacts["offered_us"]
        if channel.kind != "deferred" or channel.target is None:
            return offered
        closed = channel.target_closed or channel.target
        allowed_s = np.where(self.closed_arrival, closed.within_s, channel.target.within_s)
        allowed_us = np.round(allowed_s * MICROSECONDS).astype(np.int64)
        clock: IntArray = self.contacts["deadline_us"] - allowed_us
        return np.where(self.closed_arrival, clock, offered)

    def _left_us(self) -> IntArray:
        """
        When each contact left the queue; the end of the observation if it never did.

        A customer who leaves unnoticed waits no longer, though the place in the queue stays.
        """
        contacts, ending = self.contacts, self.ending
        left = np.where(ending == Ending.ANSWERED, contacts["start_us"], contacts["end_us"])
        left = np.where(ending == Ending.WAITING, self.observed_until_us, left)
        outside = np.isin(ending, (Ending.BLOCKED, *NOT_OFFERED))  # never joins the queue
        return np.where(outside, contacts["offered_us"], left).astype(np.int64)

    def _response_us(self) -> IntArray:
        """Time to the response, -1 where there is none."""
        contacts, answered = self.contacts, self.answered
        reply = np.where(contacts["end_us"] >= 0, contacts["end_us"] - contacts["offered_us"], -1)
        called = contacts["start_us"] - contacts["first_offered_us"]
        response = np.where(self._of_kind("deferred"), reply, self.wait_us)
        response = np.where(self._of_kind("callback"), called, response)
        return np.where(answered, response, -1).astype(np.int64)

    def _unanswered_s(self) -> IntArray:
        """Whole seconds until the reply, or until the customer left or the observation ended."""
        contacts = self.contacts
        until = np.where(contacts["end_us"] >= 0, contacts["end_us"], self.observed_until_us)
        seconds: IntArray = (until - contacts["offered_us"]) // MICROSECONDS
        return seconds

    def _deadlines(self) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Deferred and callback work that is due, that was served by then, and not yet due."""
        contacts = self.contacts
        judged = self._of_kind("callback") | (
            self._of_kind("deferred")
            & np.where(
                self.closed_arrival,
                self._per_channel(lambda channel: _has_target(channel, closed=True)) > 0,
                self._per_channel(lambda channel: _has_target(channel, closed=False)) > 0,
            )
        )
        judged &= self.offered
        due = judged & (contacts["deadline_us"] < self.period.length_us)
        done = np.where(self._of_kind("callback"), contacts["start_us"], contacts["end_us"])
        met = due & self.answered & (done >= 0) & (done <= contacts["deadline_us"])
        return due, met, judged & ~due

    def _of_kind(self, kind: str) -> BoolArray:
        return self._per_channel(lambda channel: channel.kind == kind) > 0

    def _per_channel(self, value_of: Any) -> IntArray:
        """A whole number of each contact's channel."""
        values = np.array([value_of(channel) for channel in self.channels], dtype=np.int64)
        return values[self.channel]


def _target_us(channel: Channel) -> int:
    """Time of the target in microseconds; without one, so long that all are within."""
    if channel.target is None:
        return int(np.iinfo(np.int64).max)
    return round(channel.target.within_s * MICROSECONDS)


def _loud_from(channel: Channel) -> int:
    """Followers from which a customer is loud; where none are told nobody is."""
    return int(np.iinfo(np.int64).max) if channel.reach is None else channel.reach.loud_from


def _has_target(channel: Channel, *, closed: bool) -> bool:
    return channel.target is not None or (closed and channel.target_closed is not None)
