"""
Who can do what after what: a person's week as a path through a network.

A place of the network says what a person has behind them in the week: days and minutes worked,
the run of days, the days off, from when on the next shift may begin. Rules bar ways between
places, so that every path is a week that keeps all of them, and people with the same past are
one flow. Shifts of a day stand in the order of their starts; a person steps along them up to
the one that is taken, or past them all into a day off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scenario.shift_kinds import Contract
from staffing.days_off import WEEK, days_of_work

PAIRED = 2  # of `State.off`: two days off in a row lie behind


@dataclass(frozen=True)
class Slot:
    """
    A shift on one day of the week that several people may take.

    Parameters
    ----------
    day
        In [0, D), D days of the week that are planned.
    begin, end
        Minutes on a clock that all slots share.
    paid_minutes
        Paid time of one person.
    contract
        Contract that works it; None for any.
    count
        People wanted.
    """

    day: int
    begin: int
    end: int
    paid_minutes: int
    contract: str | None
    count: int


@dataclass(frozen=True)
class Past:
    """
    What a person brings from the week before.

    Parameters
    ----------
    contract
        Name of the contract.
    free_from
        Minute from which the next shift may begin.
    run
        Days worked in a row up to the week's start.
    """

    contract: str
    free_from: int
    run: int


class State(NamedTuple):
    """What counts of a person's past; parts that no rule asks for stay 0."""

    contract: str
    days: int
    minutes: int
    run: int
    off: int  # 0: worked yesterday, 1: a day off behind, 2: two in a row behind
    free_from: int


class Place(NamedTuple):
    """Before a day, with the first of its slots that may still be taken."""

    day: int
    state: State
    slot: int


@dataclass(frozen=True)
class Way:
    """From one place to another; `slot` is the number of the slot taken, or -1."""

    origin: int
    target: int
    slot: int


@dataclass
class Network:
    """
    Places and ways of one week.

    Parameters
    ----------
    slots
        Shifts to take, sorted by day and start.
    rules
        Contracts by name.
    days
        Days of the week that are planned.
    """

    slots: Sequence[Slot]
    rules: Mapping[str, Contract]
    days: int
    places: dict[Place, int] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    ends: list[tuple[int, State]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._of_day: list[list[int]] = [[] for _ in range(self.days)]
        for number, slot in enumerate(self.slots):
            self._of_day[slot.day].append(number)
        self._begins = [[self.slots[n].begin for n in numbers] for numbers in self._of_day]
        # First start of any later day: what no later start can meet need not be remembered.
        self._first = [min((b for day in self._begins[d:] for b in day), default=None)
                       for d in range(self.days + 1)]  # fmt: skip

    def entry(self, past: Past) -> int:
        """The place in which a person begins the week."""
        run = past.run if self.rules[past.contract].max_days_in_a_row is not None else 0
        return self._number(self._before(0, State(past.contract, 0, 0, run, 0, past.free_from)))

    def grow(self) -> None:
        """Find every place that can be reached from the entries."""
        by_day: defaultdict[int, list[Place]] = defaultdict(list)
        for place in self.places:
            by_day[place.day].append(place)
        for day in range(self.days):
            waiting = by_day[day]
            while waiting:
                for target in self._onwards(waiting.pop()):
                    by_day[target.day].append(target)
        self.ends = [(number, p.state) for p, number in self.places.items() if p.day == self.days]

    def _onwards(self, place: Place) -> list[Place]:
        """Ways out of a place; the places that are new."""
        targets: list[tuple[Place, int]] = []
        of_day = self._of_day[place.day]
        if place.slot < len(of_day):
            targets.append((place._replace(slot=place.slot + 1), -1))
            number = of_day[place.slot]
            working = self._working(place.state, self.slots[number])
            if working is not None and self._can_finish(working, place.day + 1):
                targets.append((self._before(place.day + 1, working), number))
        else:
            resting = self._resting(place.state)
            if self._can_finish(resting, place.day + 1):
                targets.append((self._before(place.day + 1, resting), -1))
        fresh = []
        for target, slot in targets:
            if target not in self.places:
                fresh.append(target)
            self.ways.append(Way(self.places[place], self._number(target), slot))
        return fresh

    def _working(self, state: State, slot: Slot) -> State | None:
        """What a person has behind after a slot; None where a rule bars it."""
        rules = self.rules[state.contract]
        minutes, days = state.minutes + slot.paid_minutes, state.days + 1
        limited = rules.max_days_in_a_row
        run = state.run + 1 if limited is not None else 0
        if (
            slot.contract not in {None, state.contract}
            or minutes > 60 * rules.most_hours + 1e-6
            or days > days_of_work(rules, self.days)
            or (limited is not None and run > limited)
        ):
            return None
        off = PAIRED if state.off == PAIRED else 0
        free_from = slot.end + round(60 * rules.rest_hours)
        return State(state.contract, days, minutes, run, off, free_from)

    def _resting(self, state: State) -> State:
        paired = self._must_pair(state)
        off = min(state.off + 1, PAIRED) if paired else 0
        return state._replace(run=0, off=off)

    def _must_pair(self, state: State) -> bool:
        return self.rules[state.contract].paired_days_off and self.days == WEEK

    def _can_finish(self, state: State, day: int) -> bool:
        """Whether two days off in a row can still come about."""
        if not self._must_pair(state) or state.off == PAIRED:
            return True
        return self.days - day >= PAIRED - state.off

    def _before(self, day: int, state: State) -> Place:
        """The place before a day, no more remembered than later days can tell apart."""
        if day == self.days:
            return Place(day, state._replace(run=0, off=0, free_from=0), 0)
        slot = bisect_left(self._begins[day], state.free_from)
        later = self._first[day + 1]
        free_from = state.free_from if later is not None and state.free_from > later else 0
        return Place(day, state._replace(free_from=free_from), slot)

    def _number(self, place: Place) -> int:
        return self.places.setdefault(place, len(self.places))
