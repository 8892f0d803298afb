"""
What can go wrong, as one tree.

    PlanningError                 anything a planner can put right
    ├── InvalidValueError         one value outside its range
    ├── InvalidInputError         the faults of a file, all at once
    └── RunCancelledError         the person stopped the run

The shells catch PlanningError and show its sentence; anything else is a bug and surfaces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class PlanningError(Exception):
    """Something a planner can put right; its text is a sentence for the planner."""


class InvalidValueError(PlanningError):
    """
    One value lies outside its range.

    Parameters
    ----------
    field
        Name of the value, as the caller knows it.
    rule
        What it must be, as the end of "must be ...".
    value
        What it was.
    """

    def __init__(self, field: str, rule: str, value: object) -> None:
        super().__init__(f"{field} must be {rule}, got {value!r}")
        self.field, self.rule, self.value = field, rule, value

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.field, self.rule, self.value)


@dataclass(frozen=True, slots=True)
class Fault:
    """
    One thing wrong in one place of a file.

    Parameters
    ----------
    file
        Name of the file as the person gave it.
    where
        Row, line or sheet, e.g. "row 12"; empty when the whole file is meant.
    field
        Column or key.
    value
        What stands there; empty when something is missing.
    rule
        What it must be, as the end of "must be ...".
    whole
        Whether `rule` is a whole clause instead, such as "start must come before end".
    """

    file: str
    where: str
    field: str
    value: str
    rule: str
    whole: bool = False

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.file, self.where, self.field) if part)
        got = f", got {self.value!r}" if self.value else ""
        must = "" if self.whole else "must be "
        return f"{place}: {must}{self.rule}{got}"


class InvalidInputError(PlanningError):
    """
    A file cannot be used; carries every fault found, not only the first.

    Parameters
    ----------
    faults
        At least one fault, in the order of the file.
    """

    SHOWN = 20

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [str(fault) for fault in self.faults[: self.SHOWN]]
        if len(self.faults) > self.SHOWN:
            lines.append(f"... and {len(self.faults) - self.SHOWN} more faults")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.faults,)


class RunCancelledError(PlanningError):
    """The person stopped the run before it was finished."""

    def __init__(self, message: str = "The run was cancelled.") -> None:
        super().__init__(message)
