"""Which contacts a rule touched that leaves no mark in a log, heard while the SimPy engine runs."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar
from unittest.mock import patch

from simulate import rules
from simulate.floor.contact import Contact
from simulate.floor.world import Floor

UNITS = ("slots", "agents")  # by their codes
CHOICES = ("load first", "preference first")
LOADS = ("spread", "pack")


class Asked:
    """
    Contacts on whose behalf rules were asked, or told in the trace, that leave no mark in a log.

    Attributes
    ----------
    contacts
        Ids by the rule's name, in one replication.
    """

    TOLD: ClassVar = {
        "is resumed": "put aside and resumed",
        "returns to the queue": "put aside and returned to the queue",
        "goes on": "taken on by somebody else",
    }
    NAMES: ClassVar = (
        *(f"keep free: {unit}, {state}" for unit in UNITS for state in ("open", "shut")),
        *(f"choice {choice}, {load}" for choice in CHOICES for load in LOADS),
        "after: too early",
        *TOLD.values(),
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
            patch.object(Floor, "tell", self._tell(Floor.tell)),
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

    def _tell(self, tell: Callable[..., None]) -> Callable[..., None]:
        def noting(
            floor: Floor, what: str, contact: Any = None, *others: Any, **named: Any
        ) -> None:
            if what in self.TOLD:
                self.contacts[self.TOLD[what]].add(contact.id)
            tell(floor, what, contact, *others, **named)

        return noting
