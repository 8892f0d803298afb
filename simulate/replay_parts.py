"""From what happened on the floor to the bars, stays and queues of one day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.absence import absent_shifts, attending
from simulate.draws import root_of
from simulate.floor.recorder import WORDS, Happening
from simulate.floor_input import FloorInput
from simulate.replay import (
    ABSENT,
    AGENT,
    BAR,
    EVENT,
    GONE,
    IN_VAIN,
    LEFT,
    ON_BREAK,
    PRESENT,
    STAY,
    STAYS_ON,
    STEP,
    STILL_THERE,
    TAKEN,
    WAIT,
    WORK,
    happenings_table,
)

IntArray = NDArray[np.int64]
Table = NDArray[Any]

_BEGINS = {"starts", "goes on", "is resumed"}
_ENDS = {
    "is done": WORK,
    "is put aside": WORK,
    "reaches nobody": IN_VAIN,
    "finds nobody": GONE,
}
_JOINS = {"joins the queue", "returns to the queue"}
_LEAVES = {
    "starts": TAKEN,
    "goes on": TAKEN,
    "is blocked": LEFT,
    "balks": LEFT,
    "gives up": LEFT,
    "is dropped": LEFT,
    "takes a callback": LEFT,
}


def parts_of(
    given: FloorInput,
    contacts: Table,
    happenings: list[Happening],
    seed: int,
    replication: int,
    intervals: IntArray,
) -> dict[str, Any]:
    """
    The tables of a `Replay`.

    Parameters
    ----------
    given
        The floor's input.
    contacts
        Every contact of the replication, dtype `simulate.log.CONTACT`.
    happenings
        All that happened from the horizon's start to the day's end.
    seed, replication
        What the random numbers are drawn by.
    intervals
        The day's intervals, in order.
    """
    begin = int(intervals[0]) * given.period.interval_us
    end = (int(intervals[-1]) + 1) * given.period.interval_us
    root = root_of(seed, replication)
    reader = _Reader(given, end, contacts)
    for happening in happenings:
        reader.read(happening)
    bars, waits, stays = reader.finished()
    stays += _absent_shifts(given, root)

    # What is put aside at the very instant at which it was begun takes no time, but was begun.
    of_today = [bar for bar in bars if bar[4] > begin or bar[3] == begin]
    own_bars = _within(of_today, BAR, begin, end)
    kept_waits = [wait for wait in waits if wait[3] >= begin]
    own_waits = np.array(kept_waits, dtype=WAIT)
    for name in ("begin_us", "end_us"):
        own_waits[name] -= begin
    own_stays = [stay for stay in stays if stay[2] > begin and stay[1] < end]

    ids = sorted({stay[0] for stay in own_stays} | set(own_bars["row"].tolist()))
    agents = _agents(given, ids)
    row_of = {int(agent["id"]): row for row, agent in enumerate(agents)}
    own_bars["row"] = [row_of[agent] for agent in own_bars["row"].tolist()]
    rows = [(row_of[agent], *times) for agent, *times in own_stays]
    stay_table = _within(rows, STAY, begin, end)
    stay_table.sort(order=["row", "begin_us"])

    table = happenings_table(happenings)
    today = table[(table["instant_us"] >= begin) & (table["contact"] >= 0)]
    known = np.unique(
        np.concatenate([today["contact"], own_bars["contact"], own_waits["contact"]])
    ).astype(np.int64)
    away = given.staff[intervals] - attending(given, root)[intervals]
    own_bars.sort(order=["begin_us", "contact"])
    own_waits.sort(order=["begin_us", "contact"])
    return {
        "agents": agents,
        "stays": stay_table,
        "bars": own_bars,
        "waits": own_waits,
        "steps": _steps(own_waits, len(given.channels)),
        "contacts": contacts[known],
        "events": _events(table, known, row_of, begin),
        "words": tuple(WORDS),
        "away": away,
    }


class _Reader:
    """Follows agents and contacts through everything that happens."""

    def __init__(self, given: FloorInput, end: int, contacts: Table) -> None:
        self.given, self.end, self.contacts = given, end, contacts
        self.bars: list[tuple[int, ...]] = []
        self.waits: list[tuple[int, ...]] = []
        self.stays: list[tuple[int, ...]] = []
        self.in_hand: dict[int, tuple[int, int, int, int]] = {}  # contact: agent, channel, ...
        self.lanes: dict[int, set[int]] = {}  # of each agent, those in use
        self.queued: dict[int, tuple[int, int]] = {}  # contact: channel, since
        self.there: dict[int, tuple[int, int]] = {}  # agent: since, what

    def read(self, one: Happening) -> None:
        """Take the next thing that happened."""
        if one.contact < 0:
            if one.agent >= 0:
                self._agent(one)
            elif one.what == "closes" and self.given.channels[one.channel].drops_at_close:
                self._drop_unnoticed(one)
            return
        if one.what in _LEAVES and one.contact in self.queued:
            channel, since = self.queued.pop(one.contact)
            self.waits.append((one.contact, channel, since, one.instant_us, _LEAVES[one.what]))
        if one.what in _JOINS:
            self.queued[one.contact] = (one.channel, one.instant_us)
        if one.what in _BEGINS:
            lanes = self.lanes.setdefault(one.agent, set())
            lane = next(n for n in range(len(lanes) + 1) if n not in lanes)
            lanes.add(lane)
            self.in_hand[one.contact] = (one.agent, one.channel, one.instant_us, lane)
        elif one.what in _ENDS:
            self._put_down(one.contact, one.instant_us, _ENDS[one.what])

    def finished(self) -> tuple[list[tuple[int, ...]], ...]:
        """Bars, waits and stays; what goes on at the end is cut there."""
        for contact in list(self.in_hand):
            self._put_down(contact, self.end, self._kind(contact))
        for contact, (channel, since) in self.queued.items():
            self.waits.append((contact, channel, since, self.end, STILL_THERE))
        for agent, (since, what) in self.there.items():
            self.stays.append((agent, since, self.end, what))
        return self.bars, self.waits, self.stays

    def _drop_unnoticed(self, one: Happening) -> None:
        """Who had left unnoticed loses the place in the queue when nobody is served any more."""
        for contact, (channel, since) in list(self.queued.items()):
            gone = self.contacts[contact]["end_us"]
            if channel == one.channel and 0 <= gone <= one.instant_us:
                del self.queued[contact]
                self.waits.append((contact, channel, since, one.instant_us, LEFT))

    def _put_down(self, contact: int, instant: int, what: int) -> None:
        agent, channel, since, lane = self.in_hand.pop(contact)
        self.lanes[agent].discard(lane)
        self.bars.append((contact, agent, channel, since, instant, lane, what))

    def _kind(self, contact: int) -> int:
        """What a contact that is still in hand at the end will turn out to be."""
        fate = self.contacts[contact]
        if fate["silent"]:
            return GONE
        return WORK if 0 <= fate["start_us"] < self.end else IN_VAIN

    def _agent(self, one: Happening) -> None:
        before = self.there.get(one.agent)
        if one.what == "agent comes":
            self._turn(one, PRESENT)
        elif one.what == "break begins":
            self._turn(one, ON_BREAK)
        elif one.what in {"agent leaves", "break ends"}:
            self._turn(one, None)
        elif one.what == "shift ends" and before is not None:
            self._turn(one, STAYS_ON if before[1] == PRESENT else None)

    def _turn(self, one: Happening, what: int | None) -> None:
        """From now on the agent is there in another way, or not at all."""
        before = self.there.pop(one.agent, None)
        if before is not None and before[0] < one.instant_us:
            self.stays.append((one.agent, before[0], one.instant_us, before[1]))
        if what is not None:
            self.there[one.agent] = (one.instant_us, what)


def _absent_shifts(given: FloorInput, root: int) -> list[tuple[int, ...]]:
    """Stays of the agents who miss their whole shift."""
    shifts, absent = given.shifts, absent_shifts(given, root)
    numbers = _first_ids(given)[shifts.group] if len(absent) else np.zeros(0, dtype=np.int64)
    places = np.arange(len(absent)) - np.searchsorted(shifts.group, shifts.group)
    return [
        (int(numbers[row] + places[row]), begin, end, ABSENT)
        for row, (begin, end) in enumerate(
            zip(shifts.start_us.tolist(), shifts.end_us.tolist(), strict=True)
        )
        if absent[row]
    ]


def _first_ids(given: FloorInput) -> IntArray:
    """Number of the first agent of each group, and one behind the last, shape (G + 1,)."""
    by_shifts = np.bincount(given.shifts.group, minlength=len(given.groups))
    most = given.staff.max(axis=0)
    return np.concatenate([[0], np.cumsum(np.where(by_shifts > 0, by_shifts, most))])


def _agents(given: FloorInput, ids: list[int]) -> Table:
    first = _first_ids(given)
    agents = np.zeros(len(ids), dtype=AGENT)
    agents["id"] = ids
    agents["group"] = np.searchsorted(first, agents["id"], side="right") - 1
    agents["place"] = agents["id"] - first[agents["group"]]
    return agents


def _within(rows: list[tuple[int, ...]], dtype: np.dtype[Any], begin: int, end: int) -> Table:
    """Rows as a table, cut to the day, in its own time."""
    table = np.array(rows, dtype=dtype)
    for name in ("begin_us", "end_us"):
        table[name] = np.clip(table[name], begin, end) - begin
    return table


def _steps(waits: Table, channels: int) -> Table:
    """How many wait in each channel at the beginning of the day, and wherever that changes."""
    found = []
    for number in range(channels):
        own = waits[waits["channel"] == number]
        instants = np.concatenate([own["begin_us"], own["end_us"][own["left"] != STILL_THERE]])
        changes = np.ones(len(instants), dtype=np.int64)
        changes[len(own) :] = -1
        instants = np.maximum(instants, 0)  # whoever waits already does so from the beginning on
        when, place = np.unique(np.append(instants, 0), return_inverse=True)
        waiting = np.cumsum(np.bincount(place, weights=np.append(changes, 0))).astype(np.int64)
        kept = np.append(True, waiting[1:] != waiting[:-1])
        found.append(np.zeros(int(kept.sum()), dtype=STEP))
        found[-1]["channel"] = number
        found[-1]["instant_us"], found[-1]["waiting"] = when[kept], waiting[kept]
    return np.concatenate(found)


def _events(table: Table, known: IntArray, row_of: dict[int, int], begin: int) -> Table:
    own = table[np.isin(table["contact"], known)]
    events = np.empty(len(own), dtype=EVENT)
    events["instant_us"] = own["instant_us"] - begin
    for name in ("what", "contact", "waiting"):
        events[name] = own[name]
    events["row"] = [row_of.get(agent, -1) for agent in own["agent"].tolist()]
    return events
