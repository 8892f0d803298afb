"""What the reader of a history was asked for, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from scenario.errors import InvalidValueError

# The cautious default of the scenario's skills: how much longer with 1, 2, 3, 4 in hand.
DEFAULT_SLOWDOWN = (1.0, 1.25, 1.6, 2.0)
SECONDS_OF_UNIT = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
LENGTHS = (15, 30, 60)
FATES = ("answered", "abandoned", "other", "ignored")


@dataclass(frozen=True)
class Request:
    """
    Options of `read_history`.

    Parameters
    ----------
    timezone
        IANA name of the time zone of local times.
    mapping
        Our field to the file's column; empty when the header speaks for itself.
    channel
        Name of the only channel, where the file has no such column.
    outcomes
        Text of a contact log's outcome to "answered", "abandoned", "other" (offered, and
        neither of these) or "ignored" (not a contact).
    units
        "wait" and "handle_time" of a contact log to "ms", "s", "min" or "h".
    channels
        The file's channel name to ours, where they differ.
    interval_minutes
        Wanted length of an interval: 15, 30 or 60; None takes the file's.
    handle_time_basis
        "solo" or "elapsed", for all channels or by channel.
    mean_concurrency
        Mean contacts in hand of elapsed handle times, for all channels or by channel.
    slowdown
        How many times longer a contact takes with 1, 2, 3 ... in hand.
    actionable
        Share of what was heard that are contacts, by channel.
    counting
        Where the file counts a contact; "arrival" only.
    decimal_comma
        Whether the file writes "12,5" for twelve and a half.

    Raises
    ------
    InvalidValueError
        When a value is none of those.
    """

    timezone: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    channel: str | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    interval_minutes: int | None = None
    handle_time_basis: str | Mapping[str, str] = "solo"
    mean_concurrency: float | Mapping[str, float] = 1.0
    slowdown: tuple[float, ...] = DEFAULT_SLOWDOWN
    actionable: Mapping[str, float] = field(default_factory=dict)
    counting: str = "arrival"
    decimal_comma: bool = False

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError, TypeError):
            rule = "an IANA name such as Europe/London"
            raise InvalidValueError("timezone", rule, self.timezone) from None
        if self.interval_minutes not in (None, *LENGTHS):
            raise InvalidValueError("interval_minutes", "15, 30 or 60", self.interval_minutes)
        if self.counting != "arrival":
            rule = '"arrival": contacts and handle time in the interval in which they were offered'
            raise InvalidValueError("counting", rule, self.counting)
        for text, fate in self.outcomes.items():
            if fate not in FATES:
                raise InvalidValueError(f"outcome {text!r}", f"one of {list(FATES)}", fate)
        for name, unit in self.units.items():
            if name not in {"wait", "handle_time"}:
                raise InvalidValueError("units", 'given for "wait" or "handle_time"', name)
            if unit not in SECONDS_OF_UNIT:
                raise InvalidValueError(f"unit of {name}", f"one of {list(SECONDS_OF_UNIT)}", unit)
