"""What do options say of how a history is read, and of what is known beside it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.arguments import number
from commands.options import (
    Actionable,
    Basis,
    Country,
    EventsFile,
    MeanConcurrency,
    Region,
    TimeZone,
)
from commands.terminal import tell
from scenario import InvalidValueError

if TYPE_CHECKING:
    from forecast import History


@dataclass(frozen=True)
class Reading:
    """How the file of a history is to be read."""

    timezone: TimeZone = None
    basis: Basis = None
    mean_concurrency: MeanConcurrency = None
    actionable: Actionable = None

    @property
    def zone(self) -> str:
        """The time zone of local times."""
        return self.timezone or "UTC"

    def tell_zone(self, file: str | Path) -> None:
        """Say that times without an offset are read in UTC, where no time zone is given."""
        if self.timezone is None:
            told = f"Times without an offset in {file} are read in UTC"
            tell([f"{told}; --timezone names another zone."])

    def logged(self) -> Mapping[str, Any]:
        """How `read_history` is to take what a suite logged; nothing where nothing is given."""
        given: dict[str, Any] = {}
        bases = _by_channel("--basis", self.basis)
        if bases:
            given["handle_time_basis"] = bases
        together = _by_channel("--mean-concurrency", self.mean_concurrency)
        if together:
            given["mean_concurrency"] = _as_numbers("--mean-concurrency", together)
        shares = _by_channel("--actionable", self.actionable)
        if isinstance(shares, str):
            raise InvalidValueError("--actionable", "written like channel=share", shares)
        if shares:
            given["actionable"] = _as_numbers("--actionable", shares)
        return given

    def history(self, file: Path, *, interval_minutes: int | None = None) -> History:
        """The history of a file."""
        from forecast import read_history

        return read_history(
            file, timezone=self.zone, interval_minutes=interval_minutes, **self.logged()
        )


@dataclass(frozen=True)
class Known:
    """What is known of the days beside their counts: public holidays, and events."""

    events: EventsFile = None
    country: Country = None
    region: Region = None

    def read(self, timezone: str) -> Mapping[str, Any]:
        """`calendar` and `events` as the forecast takes them; None for what is not given."""
        from forecast import read_events
        from scenario.model import CalendarKeys

        given = self.country is not None or self.region is not None
        return {
            "calendar": CalendarKeys(country=self.country, region=self.region) if given else None,
            "events": self.events and read_events(self.events, timezone=timezone),
        }


def _by_channel(option: str, values: Sequence[str] | None) -> str | dict[str, str]:
    """One value for all channels, or values by channel; nothing is an empty table."""
    named: dict[str, str] = {}
    for value in values or ():
        channel, separator, text = value.rpartition("=")
        if not separator:
            if len(values or ()) > 1:
                raise InvalidValueError(option, "one for all, or channel=value for each", value)
            return text
        named[channel.strip()] = text.strip()
    return named


def _as_numbers(option: str, texts: str | dict[str, str]) -> float | dict[str, float]:
    if isinstance(texts, str):
        return number(option, texts)
    return {channel: number(option, text) for channel, text in texts.items()}
