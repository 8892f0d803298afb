"""What a lever is: a position that a planner moves, and what it puts into the scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scenario.channels import Channel
from scenario.durations import Delay
from scenario.keys import Declared
from scenario.model import Scenario

Value = float | int | str
Values = Mapping[str, Value]
Changes = dict[str, Any]

STARRED = "Main levers"
DEMAND = "Demand"
RETURNS = "Customers who come back"
POSTS = "Posts in public"
SELF_SERVICE = "Self-service and community"
WORK = "Work and patience"
FLOOR = "How the floor works"
CALLBACKS = "Callbacks"
HOURS = "Opening hours"
STAFF = "Absence, novices and shrinkage"
TARGETS = "Targets"
SECTIONS = (DEMAND, RETURNS, POSTS, SELF_SERVICE, WORK, FLOOR, CALLBACKS, HOURS, STAFF, TARGETS)

OFF = "off"
A_MINUTE, AN_HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One thing a planner can move.

    Parameters
    ----------
    key
        Name of the widget, also in the page's address, e.g. "volume-chat".
    section
        Heading under which it stands; `STARRED` is always open.
    label
        What is moved, with its unit.
    default
        Position that leaves the scenario as it is.
    put
        From the positions of all levers to what this one puts at dotted keys of the scenario.
    help
        Meaning, typical value and its source.
    low, high, step
        Range of a number.
    options
        Choices, where it is none.
    """

    key: str
    section: str
    label: str
    default: Value
    put: Callable[[Values], Changes]
    help: str
    low: float = 0
    high: float = 0
    step: float = 1
    options: tuple[str, ...] = ()

    @property
    def range(self) -> tuple[float, float, float]:
        """Lowest, highest and step of a number, in the type of the default, which is within."""
        kind = float if isinstance(self.default, float) else int
        now = kind(self.default)
        return kind(min(self.low, now)), kind(max(self.high, now)), kind(self.step)


def put_at(dotted: str, lever: str, convert: Callable[[float], Any] = float) -> Any:
    """What most levers do: one number, converted, at one dotted key."""
    return lambda values: {dotted: convert(float(values[lever]))}


def of_kind(scenario: Scenario, kind: str) -> list[tuple[str, Channel]]:
    """Channels of a kind, by name."""
    return [(name, channel) for name, channel in scenario.channels.items() if channel.kind == kind]


def groups_of(scenario: Scenario, channel: str) -> list[str]:
    """Groups that serve a channel."""
    return [name for name, group in scenario.groups.items() if channel in group.skills]


def put_table(
    place: str, declared: Declared | None, changed: Mapping[str, Any], *, there: bool
) -> Changes:
    """A table of the scenario with some keys changed; nothing where it says nothing any more."""
    if not there:
        return {place: None} if declared is not None else {}
    own = declared.model_dump(exclude_unset=True) if declared is not None else {}
    return {place: own | dict(changed)}


def delay_of(start: Delay, mean_s: float) -> dict[str, Any]:
    """A delay with another mean, its shape kept."""
    return {"delay": start.model_dump(exclude_unset=True) | {"mean_s": mean_s}}


def in_hours(seconds: float) -> float:
    """Seconds as a position of a lever in hours."""
    return round(seconds / AN_HOUR, 2)
