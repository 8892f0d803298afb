"""
Which contacts of a replication a rule of the model touched, told from input and log.

A contact is touched where the rule had a part in its fate: a queue's order where others waited in
that queue, an agent's break where somebody was on break who serves the channel. Rules that leave no
mark in a log are listened to; see `rules_asked`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate import draws, journeys, rules
from simulate.draws import NEVER
from simulate.floor_input import FloorInput
from simulate.log import Cause, Ending, FloorLog

Mask = NDArray[np.bool_]
IntArray = NDArray[np.int64]

ORDERS = {
    "fifo": rules.FIFO,
    "deadline": rules.DEADLINE,
    "lifo": rules.LIFO,
    "reach": rules.REACH_FIRST,
}
OFFERS = {
    "queue": rules.QUEUE_AT_LEAST,
    "expected wait": rules.EXPECTED_WAIT_OVER,
    "waiting": rules.AFTER_WAITING,
}
REDIALS = {
    "abandonment": Ending.ABANDONED,
    "blocking": Ending.BLOCKED,
    "a closed door": Ending.CLOSED,
}
REASONS = {
    Ending.ABANDONED: journeys.AFTER_ABANDONMENT,
    Ending.BLOCKED: journeys.AFTER_BLOCKING,
    Ending.CLOSED: journeys.AFTER_CLOSED,
}
KINDS = {"live": rules.LIVE, "deferred": rules.DEFERRED, "callback": rules.CALLBACK}
SHAPES = {
    "exponential": draws.EXPONENTIAL,
    "lognormal": draws.LOGNORMAL,
    "gamma": draws.GAMMA,
    "constant": draws.CONSTANT,
    "empirical": draws.EMPIRICAL,
    "survival": draws.SURVIVAL,
}


class Replication:
    """One replication, with the columns that many rules look at."""

    def __init__(self, given: FloorInput, log: FloorLog) -> None:
        self.given, self.log = given, log
        rows = log.contacts
        self.channel = rows["channel"].astype(np.int64)
        self.offered, self.start, self.end = rows["offered_us"], rows["start_us"], rows["end_us"]
        self.deadline, self.agent = rows["deadline_us"], rows["agent"].astype(np.int64)
        self.group, self.ending = rows["group"].astype(np.int64), rows["ending"]
        self.answered = self.ending == Ending.ANSWERED
        gone = np.where(self.answered, self.start, self.end)
        self.left = np.where(gone < 0, NEVER, gone)
        self.horizon = given.period.length_us
        self.kind = self.of_channel("kind")
        self.skills = {(given.cohort_groups[s.cohort], s.channel): s for s in given.skills}
        self.first_id = np.cumsum([0, *self._agents()])

    def _agents(self) -> list[int]:
        shifts = np.bincount(self.given.shifts.group, minlength=len(self.given.groups))
        most = self.given.staff.max(axis=0)
        named = np.array([group.exit == rules.NAMED for group in self.given.groups])
        counts: list[int] = np.where(named, shifts, most).tolist()
        return counts

    def of_channel(self, name: str) -> NDArray[Any]:
        """A field of each contact's channel."""
        values = np.array([getattr(channel, name) for channel in self.given.channels])
        return values[self.channel]

    def of_skill(self, name: str, nothing: int) -> IntArray:
        """A field of the skill that each contact was answered with; by group, novices apart."""
        pairs = zip(self.group.tolist(), self.channel.tolist(), strict=True)
        return np.array(
            [getattr(self.skills[p], name) if p in self.skills else nothing for p in pairs],
            dtype=np.int64,
        )

    def serves(self, group: int) -> Mask:
        """Contacts of channels that a group serves."""
        mine = {channel for number, channel in self.skills if number == group}
        return np.isin(self.channel, list(mine))

    def is_open(self, instants: IntArray) -> Mask:
        """Whether each contact's channel is open at an instant of its own."""
        pairs = zip(self.channel.tolist(), instants.tolist(), strict=True)
        return np.array(
            [0 <= at < self.horizon and self.given.channels[c].is_open(at) for c, at in pairs],
            dtype=bool,
        )

    def waiting_at_start(self, other: Callable[[Any, Any], Any]) -> Mask:
        """Started contacts in whose instant some other waited: `other(channel, its channels)`."""
        found = np.zeros(len(self.start), dtype=bool)
        for n in np.flatnonzero(self.answered):
            at = self.start[n]
            waits = (self.offered <= at) & (self.left > at)
            waits[n] = False
            found[n] = bool(np.any(waits & other(n, waits)))
        return found

    def number_in_group(self) -> IntArray:
        """Place in the group of the agent of each contact, -1 for nobody."""
        place = self.agent - self.first_id[np.maximum(self.group, 0)]
        return np.where(self.agent < 0, -1, place)


def touched(replication: Replication) -> Counter[str]:
    """Contacts that each rule touched, by the rule's name; every rule is named."""
    found: Counter[str] = Counter()
    parts_of = (_numbers, _customers, _queues, _agents, _presence, _callbacks, _journeys)
    for parts in (*parts_of, _timetable):
        for name, mask in parts(replication):
            found[name] += int(np.count_nonzero(mask))
    return found


Named = Iterator[tuple[str, Any]]


def _numbers(r: Replication) -> Named:
    everybody = np.ones(len(r.start), dtype=bool)
    for seconds in (1e-6, 1, 10, 60):
        yield f"grain of {seconds:g} s", everybody & (r.given.grain_us == round(seconds * 1e6))
    yield "speed", r.of_skill("speed", rules.MILLION) != rules.MILLION
    yield "slowdown", _together(r)
    rates = r.given.rates
    drawn = r.log.contacts["interval"] >= 0
    yield "day factors", drawn & (rates.common_cv > 0)
    yield "residuals", drawn & (rates.common_sigma > 0)
    interval = np.maximum(r.log.contacts["interval"], 0)
    yield "bursts", drawn & (rates.extra[interval, r.channel] > 0)
    yield "paths", drawn & (rates.paths is not None)
    for name, code in SHAPES.items():
        if code != draws.SURVIVAL:
            works = np.array([channel.work.shape == code for channel in r.given.channels])
            yield f"handle time {name}", r.answered & works[r.channel]
        patience = np.array([channel.patience.shape == code for channel in r.given.channels])
        gave_up = (r.ending == Ending.ABANDONED) & ~_dropped(r)
        yield f"patience {name}", gave_up & patience[r.channel]


def _together(r: Replication) -> Mask:
    """Contacts in hand at the same time as another of the same agent."""
    found = np.zeros(len(r.start), dtype=bool)
    ends = np.where(r.end < 0, NEVER, r.end)
    for n in np.flatnonzero(r.answered):
        same = r.answered & (r.agent == r.agent[n]) & (r.start < ends[n]) & (ends > r.start[n])
        found[n] = np.count_nonzero(same) > 1
    return found


def _customers(r: Replication) -> Named:
    live = r.kind == rules.LIVE
    abandoned = r.ending == Ending.ABANDONED
    rows = r.log.contacts
    at_once = abandoned & (r.end == r.offered)
    yield "closed", r.ending == Ending.CLOSED
    yield "blocked", r.ending == Ending.BLOCKED
    yield "loss system", (r.ending == Ending.BLOCKED) & (r.of_channel("max_queue") == 0)
    yield "balking", at_once & (r.of_channel("balk") > 0)
    yield "patience", abandoned & ~at_once & ~_dropped(r)
    yield "dropped at closing", _dropped(r)
    closed_start = r.answered & live & ~r.is_open(r.start)
    yield "served after closing", closed_start
    yield "gave up after closing", abandoned & ~at_once & ~_dropped(r) & ~r.is_open(r.end)
    yield "silent abandonment", rows["silent"]
    yield "silent customer taken in hand", rows["silent_us"] > 0
    yield "waits for opening", ~live & rows["arrived_closed"]
    ages = np.array([len(channel.backlog_ages_us) > 0 for channel in r.given.channels])
    endless = np.array([channel.endless for channel in r.given.channels])
    opening = rows["interval"] < 0
    yield "opening backlog", opening & ages[r.channel]
    yield "endless backlog", opening & endless[r.channel]
    yield "nothing else starts at the horizon", ~live & (r.left == NEVER)
    yield "live served after the horizon", live & r.answered & (r.start >= r.horizon)


def _dropped(r: Replication) -> Mask:
    closings = {
        number: {min(close, r.horizon) for close in (*channel.close_us.tolist(), r.horizon)}
        for number, channel in enumerate(r.given.channels)
        if channel.drops_at_close
    }
    pairs = zip(r.channel.tolist(), r.end.tolist(), strict=True)
    at_closing = np.array([end in closings.get(number, ()) for number, end in pairs], dtype=bool)
    return at_closing & (r.ending == Ending.ABANDONED) & (r.end > r.offered)


def _queues(r: Replication) -> Named:
    same_queue = r.waiting_at_start(lambda n, _: r.channel == r.channel[n])
    for name, code in ORDERS.items():
        yield f"order {name}", same_queue & (r.of_channel("order") == code)
    promotion, above = _promotion(r), r.of_channel("above_live")
    promoted = r.answered & (r.start >= promotion)
    yield "promoted on joining", promoted & (promotion <= r.offered)
    yield "promoted while waiting", promoted & (promotion > r.offered)
    deferred = r.kind == rules.DEFERRED
    yield "promoted among deferred work", promoted & deferred & ~above
    yield "promoted above live work", promoted & deferred & above
    yield "promoted callbacks", promoted & (r.kind == rules.CALLBACK)
    priority = r.of_channel("priority")
    own = r.given.own_priorities
    for name, is_own in (("priority", False), ("own priorities", True)):
        others = r.waiting_at_start(lambda n, _: priority != priority[n])
        yield name, others & (own == is_own)
    equal = r.waiting_at_start(lambda n, _: (priority == priority[n]) & (r.channel != r.channel[n]))
    yield "equal priorities", equal


def _promotion(r: Replication) -> IntArray:
    before, deadline = r.of_channel("promote_before_us"), r.deadline
    never = (before < 0) | (deadline < 0) | (deadline >= NEVER)
    return np.where(never, NEVER, deadline - before)


def _agents(r: Replication) -> Named:
    yield "preference", r.answered & (r.of_skill("preference", 0) > 0)
    novices = np.array([group.novices for group in r.given.groups])
    numbers = r.number_in_group()
    mine = np.array(
        [
            number >= 0 and rules.is_novice(number, int(novices[group]))
            for number, group in zip(numbers.tolist(), r.group.tolist(), strict=True)
        ],
        dtype=bool,
    )
    yield "novices", mine
    capped = np.array([s.most for s in r.given.skills])
    together = _together(r)
    yield "several at once", together & (capped.max() > 1)
    random = r.answered & (r.given.choice == rules.RANDOM)
    yield "choice random", random
    after = r.of_skill("after_us", 0)
    yield "after: helped later", r.answered & (after > 0) & (r.start > r.offered + after)
    yield (
        "after: helped when the timer rang",
        (r.answered & (after > 0) & (r.start == r.offered + after)),
    )
    put_aside = r.log.contacts["put_aside"]
    yield "put aside", put_aside > 0
    yield "put aside and finished", (put_aside > 0) & (r.end >= 0)


def _presence(r: Replication) -> Named:
    given, interval_us = r.given, r.given.period.interval_us
    shape = (len(r.start),)
    names = (
        *("falls", "rises", "absence", "absence by shift", "on break"),
        *("starts", "ends", "breaks"),
    )
    masks = {name: np.zeros(shape, dtype=bool) for name in names}
    ends = np.where(r.end < 0, NEVER, r.end)
    interval = np.clip(r.offered // interval_us, 0, given.period.count - 1)
    for number in range(len(given.groups)):
        changes = np.diff(given.staff[:, number], prepend=0, append=0)
        for place, change in enumerate(changes.tolist()):
            at = place * interval_us
            if change < 0:
                masks["falls"] |= (r.group == number) & (r.start < at) & (ends > at)
            elif change > 0:
                masks["rises"] |= (r.group == number) & (r.start == at) & (r.offered < at)
        served = r.serves(number)
        absence = "absence by shift" if given.groups[number].exit == rules.NAMED else "absence"
        for name, times in ((absence, r.log.absent_us), ("on break", r.log.break_us)):
            masks[name] |= served & (times[interval, number] > 0)
    shifts = given.shifts
    for n, group in enumerate(shifts.group.tolist()):
        number = n - int(np.searchsorted(shifts.group, group))
        mine = r.answered & (r.agent == r.first_id[group] + number)
        start, end = shifts.start_us[n], shifts.end_us[n]
        masks["starts"] |= mine & (r.start == start) & (r.offered < start)
        masks["ends"] |= mine & (r.start < end) & (ends > end)
        for begin, length in zip(shifts.break_start_us[n], shifts.break_us[n], strict=True):
            if length:
                masks["breaks"] |= mine & (r.start < begin) & (ends > begin)
    yield "staffing falls over hands that are full", masks["falls"]
    yield "staffing rises while they wait", masks["rises"]
    yield "absence by day", masks["absence"]
    yield "absence by shift", masks["absence by shift"]
    yield "break of somebody who serves the channel", masks["on break"]
    yield "shift starts while they wait", masks["starts"]
    yield "shift ends over hands that are full", masks["ends"]
    yield "break falls due over hands that are full", masks["breaks"]


def _callbacks(r: Replication) -> Named:
    condition = r.of_channel("offer_condition")
    converted = r.ending == Ending.CONVERTED
    for name, code in OFFERS.items():
        yield f"callback offered by {name}", converted & (condition == code)
    rows, callback = r.log.contacts, r.kind == rules.CALLBACK
    yield "callback not before its time", callback & (r.of_channel("not_before_us") > 0)
    yield "callback requested closed", callback & rows["arrived_closed"]
    missed = callback & (rows["tries"] > r.answered)
    yield "callback customer missed", missed
    yield "callback customer called again", callback & (rows["tries"] > 1)
    yield "callback customer given up", r.ending == Ending.GIVEN_UP


def _journeys(r: Replication) -> Named:
    rows = r.log.contacts
    came = rows["cause"] == Cause.REDIAL
    parents = np.maximum(rows["parent"], 0)
    after = r.ending[parents]
    for name, ending in REDIALS.items():
        yield f"redial after {name}", came & (after == ending)
    yield "redial of somebody who had left unnoticed", came & rows["silent"][parents]
    yield "redial time after time", came & (rows["attempt"] > 2)
    yield "redial outside opening hours", came & (r.ending == Ending.CLOSED)
    again = rows["cause"] == Cause.REPEAT
    for name, code in KINDS.items():
        yield f"repeat after {name}", again & (r.kind[parents] == code)
    yield "repeat time after time", again & (rows["attempt"] > 2)
    elsewhere = r.channel != r.channel[parents]
    yield "redial on another channel", came & elsewhere
    yield "repeat on another channel", again & elsewhere
    back = rows["comes_back_us"]
    yield "comes back too late", (back >= r.horizon)
    for name, code in SHAPES.items():
        if code not in (draws.EMPIRICAL, draws.SURVIVAL):
            yield f"delay {name}", (back >= 0) & (_delay_shape(r) == code)
    level_two = np.array(
        [
            c.deflection is not None and c.deflection.handle_time is not None
            for c in r.given.scenario.channels.values()
        ]
    )
    wrote, spread = rows["cause"] == Cause.REPOST, rows["cause"] == Cause.SPREAD
    yield "repost", wrote
    yield "repost time after time", wrote & (r.offered - r.offered[parents] > 400_000_000)
    yield "repost on another channel", wrote & elsewhere
    yield "spread", spread
    yield "spread of what has spread", spread & (rows["cause"][parents] == Cause.SPREAD)
    answered = (r.start[parents] >= 0) & (r.start[parents] < r.offered)
    yield "spread of what has been answered", spread & answered
    yield "headed off", np.ones(int(r.log.headed_off.sum()), dtype=bool)
    handed, closing = rows["cause"] == Cause.HANDOFF, rows["cause"] == Cause.CLOSING
    for name, code in KINDS.items():
        if code != rules.DEFERRED:  # there is one deferred channel, and it is the public one
            yield f"handed over to {name}", handed & (r.kind == code)
    yield "handed over too late", rows["moves_us"] >= r.horizon
    yield "closed in public", closing
    yield "closed in public by an agent", closing & r.answered
    later = np.isin(rows["cause"][parents], [Cause.REPEAT, Cause.REDIAL, Cause.CALLBACK])
    yield "closed in public after coming back", closing & later
    yield "deflected", r.ending == Ending.DEFLECTED
    yield "left by deflection", r.answered & level_two[r.channel]
    yield "not deflected, since begotten", (rows["parent"] >= 0) & (r.of_channel("deflected") > 0)


def _delay_shape(r: Replication) -> IntArray:
    """Shape of the time until each customer comes back, -1 where none does."""
    shapes = np.full(len(r.start), -1)
    for n in np.flatnonzero(r.log.contacts["comes_back_us"] >= 0):
        returns = r.given.channels[r.channel[n]].returns
        reason = REASONS.get(Ending(r.ending[n]), journeys.UNSETTLED)
        way = returns[reason]
        assert way is not None
        shapes[n] = way.delay.shape
    return shapes


def _timetable(r: Replication) -> Named:
    """Contacts that wait while two parts of the timetable change at one instant."""
    instants = _instants(r)
    for first, second in (("numbers", "shifts"), ("shifts", "doors")):
        both = np.intersect1d(instants[first], instants[second])
        there = [(r.offered <= at) & (r.left >= at) for at in both]
        waits = np.any(there, axis=0) & (r.left > r.offered)
        yield f"{first} change with {second} while they wait", waits


def _instants(r: Replication) -> dict[str, IntArray]:
    """When the timetable has an event, by what changes."""
    given, shifts = r.given, r.given.shifts
    changes = np.diff(given.staff, axis=0, prepend=0, append=0).any(axis=1)
    doors = [side for c in given.channels for side in (c.open_us, c.close_us)]
    breaks = shifts.break_start_us[shifts.break_us > 0]
    return {
        "numbers": np.flatnonzero(changes) * given.period.interval_us,
        "shifts": np.concatenate([shifts.start_us, shifts.end_us, breaks]),
        "doors": np.concatenate([*doors, [r.horizon]]),
    }
