"""The levers of what a channel promises: when it is open, and its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scenario.errors import InvalidValueError
from scenario.model import Scenario
from views.lever import HOURS, TARGETS, Lever, put_at
from views.words import heading


def opening_hours(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """When a channel is open."""
    key = f"open-{channel}"
    yield Lever(
        key,
        HOURS,
        f"{heading(channel)} opening hours",
        hours_text(scenario.channels[channel].open),
        lambda values: {f"channels.{channel}.open": hours_in(str(values[key]))},
        'Written like "mon-fri 08:00-20:00; sat 09:00-17:00", local time; days not named are'
        " closed. While closed, live contacts are refused and posts wait.",
    )


def targets(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """The promise to customers."""
    declared = scenario.channels[channel]
    if declared.target is None:
        return
    target, place, name = declared.target, f"channels.{channel}.target", heading(channel)
    share, within, period = (f"target-{channel}-{part}" for part in ("share", "within", "period"))
    yield Lever(
        share,
        TARGETS,
        f"{name} target, %",
        round(100 * target.share, 1),
        put_at(f"{place}.share", share, lambda percent: percent / 100),
        "Promised share served in time. Typical: 80 % in 60 s (chat), 80 % in 15 min (X), 80 % in"
        " 60 min (Facebook), 90 % in 60 min (callback); trade practice.",
        50.0,
        99.0,
        1.0,
    )
    if declared.kind != "callback":  # there the window is the promise
        minutes = declared.kind == "deferred" and target.within_s % 60 == 0
        size, unit, long = (60, "min", "minutes") if minutes else (1, "s", "seconds")
        step = 5
        now = round(target.within_s / size)
        yield Lever(
            within,
            TARGETS,
            f"{name} target, {unit}",
            now,
            put_at(f"{place}.within_s", within, lambda time: size * time),
            f"Time within which a contact is served in time, in {long}.",
            min(step, now),
            max(240 * 5, now),
            step,
        )
    yield Lever(
        period,
        TARGETS,
        f"{name} target, judged each",
        target.period,
        lambda values: {f"{place}.period": str(values[period])},
        "Period in which the promise is judged; the chance of meeting it is of this period.",
        options=("interval", "day", "week"),
    )


PROMISES = (opening_hours, targets)


def hours_text(hours: Mapping[str, str]) -> str:
    """
    Opening hours on one line.

    Examples
    --------
    >>> hours_text({"mon-fri": "08:00-20:00", "sat": "09:00-17:00"})
    'mon-fri 08:00-20:00; sat 09:00-17:00'
    """
    return "; ".join(f"{days} {spans}" for days, spans in hours.items())


def hours_in(text: str) -> dict[str, str]:
    """
    Opening hours from one line, as `hours_text` writes them.

    Raises
    ------
    InvalidValueError
        When a part does not name days and hours.

    Examples
    --------
    >>> hours_in("mon-fri 08:00-20:00; sat closed")
    {'mon-fri': '08:00-20:00', 'sat': 'closed'}
    """
    hours: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        days, _, spans = part.partition(" ")
        if not spans.strip():
            raise InvalidValueError("opening hours", 'written like "mon-fri 08:00-20:00"', part)
        hours[days] = spans.strip()
    return hours
