"""Which contacts a rule touched that leaves no mark in a log: listened to while SimPy runs."""

from __future__ import annotations

import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar
from unittest.mock import patch

from simulate import rules
from simulate.floor.contact import Contact
from simulate.floor.recorder import Recorder

UNITS = ("slots", "agents")  # by their codes
CHOICES = ("load first", "preference first")
LOADS = ("spread", "pack")


class Asked:
    """
    Contacts on whose behalf rules were asked.

    Attributes
    ----------
    contacts
        Ids by the rule's name, in one replication.
    """

    NAMES: ClassVar = (
        *(f"keep free: {unit}, {state}" for unit in UNITS for state in ("open", "shut")),
        *(f"choice {choice}, {load}" for choice in CHOICES for load in LOADS),
        "after: too early",
    )

    def __init__(self) -> None:
        self.contacts: defaultdict[str, set[int]] = defaultdict(set)

    def counts(self) -> Counter[str]:
        """Contacts by rule; every rule is named."""
        return Counter({name: len(self.contacts[name]) for name in self.NAMES})

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen while the SimPy engine runs; compiled code keeps the rules it was made of."""
        with (
            patch.object(rules, "gate_is_open", self._gate_is_open(rules.gate_is_open)),
            patch.object(rules, "has_waited", self._has_waited(rules.has_waited)),
            patch.object(rules, "agent_key", self._agent_key(rules.agent_key)),
        ):
            yield

    def _note(self, name: str, frame: FrameType | None) -> None:
        """Put down the contact that is being tried, found among the callers' variables."""
        while frame is not None:
            contact = frame.f_locals.get("contact")
            if isinstance(contact, Contact):
                self.contacts[name].add(contact.id)
                return
            frame = frame.f_back

    def _gate_is_open(self, rule: Callable[..., bool]) -> Callable[..., bool]:
        def gate_is_open(unit: int, keep_free: int, *numbers: int) -> bool:
            is_open = rule(unit, keep_free, *numbers)
            if keep_free:
                state = "open" if is_open else "shut"
                self._note(f"keep free: {UNITS[unit]}, {state}", sys._getframe(1))
            return is_open

        return gate_is_open

    def _has_waited(self, rule: Callable[..., bool]) -> Callable[..., bool]:
        def has_waited(now: int, offered: int, after: int) -> bool:
            has = rule(now, offered, after)
            if not has:
                self._note("after: too early", sys._getframe(1))
            return has

        return has_waited

    def _agent_key(self, rule: Callable[..., int]) -> Callable[..., int]:
        def agent_key(choice: int, load: int, *numbers: int) -> int:
            name = f"choice {CHOICES[choice]}, {LOADS[load]}"
            self._note(name, sys._getframe(1))
            return rule(choice, load, *numbers)

        return agent_key


RANKS = {
    rules.ABANDONMENT: "abandonment",
    rules.COMPLETION: "completion",
    rules.TIMETABLE: "timetable",
    rules.CALLBACK_DUE: "callback due",
    rules.WAITING_TIMER: "timer",
    rules.ARRIVAL: "arrival",
}
TIMERS = ("is promoted", "has waited long enough", "takes a callback")
ASIDE = {
    "is resumed": "put aside and resumed",
    "returns to the queue": "put aside and returned to the queue",
    "goes on": "taken on by somebody else",
}


def told(recorder: Recorder) -> Counter[str]:
    """Contacts by rule, of rules that a trace tells: work put aside, and what comes first."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    ranks: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    timers: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    for happening in recorder.happenings:
        if happening.what in ASIDE:
            found[ASIDE[happening.what]].add(happening.contact)
        ranks[happening.instant_us, happening.rank].add(happening.contact)
        if happening.rank == rules.WAITING_TIMER:
            timers[happening.instant_us, happening.what].add(happening.contact)
    pairs = [(first, first + 1) for first in list(RANKS)[:-1]]
    for first, second in pairs:
        name = f"tie of {RANKS[first]} and {RANKS[second]}"
        found[name] |= _at_one_instant(ranks, first, second)
    for one, other in itertools.pairwise(TIMERS):
        found[f"tie: {one}, {other}"] |= _at_one_instant(timers, one, other)
    found |= {name: set() for name in ASIDE.values() if name not in found}
    return Counter({name: len(ids - {-1}) for name, ids in found.items()})


def _at_one_instant(happened: dict[tuple[int, Any], set[int]], first: Any, second: Any) -> set[int]:
    """Contacts to whom either happened, where both happened at one instant."""
    contacts: set[int] = set()
    for (instant, what), ids in list(happened.items()):
        if what == first and (instant, second) in happened:
            contacts |= ids | happened[instant, second]
    return contacts
