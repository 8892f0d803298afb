"""How the numbers that exact values exist for are read off an outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenario.targets import Formula
from simulate.estimates import Parts
from simulate.outcome import Outcome
from simulate.ratios import service_level_of

Reader = Callable[[Outcome], Parts]


@dataclass(frozen=True)
class Check:
    """
    One number of a case.

    Parameters
    ----------
    name
        What it is, in words.
    parts
        Reads it off an outcome, before division, shape (R,).
    exact
        Exact value: a share, seconds or contacts.
    unit
        "share", "seconds" or "contacts".
    """

    name: str
    parts: Reader
    exact: float
    unit: str


def share(name: str, parts: Reader, exact: float) -> Check:
    """A share in 0-1."""
    return Check(name, parts, exact, "share")


def seconds(name: str, parts: Reader, exact_min: float) -> Check:
    """A time; the exact value is in minutes."""
    return Check(name, parts, 60 * exact_min, "seconds")


def number(name: str, parts: Reader, exact: float) -> Check:
    """A mean number of contacts."""
    return Check(name, parts, exact, "contacts")


def ratio(channel: str, measure: str) -> Reader:
    """A measure of `simulate.ratios.RATIOS`."""
    return lambda outcome: _flat(outcome.parts(measure, channel))


def formula(name: Formula) -> Reader:
    """The service level of the chat channel by one formula."""

    def parts(outcome: Outcome) -> Parts:
        tallies = outcome.data.tallies("chat", "horizon")
        return _flat(service_level_of(outcome.scenario.channels["chat"], tallies, formula=name))

    return parts


def threshold(place: int) -> Reader:
    """Share served within one of the further times."""
    return lambda outcome: Parts.of(
        outcome.data.within_threshold[:, place], outcome.data.of_threshold[:, place]
    )


def queue(channel: str) -> Reader:
    """Mean number waiting."""

    def parts(outcome: Outcome) -> Parts:
        area = outcome.data.tallies(channel, "horizon")["queue_us"][:, 0]
        return Parts.of(area, np.full(len(area), outcome.data.period.length_us))

    return parts


def real_time_wait(outcome: Outcome) -> Parts:
    """Mean wait of the chat customers who took no callback."""
    tallies = outcome.data.tallies("chat", "horizon")
    stayed = tallies["offered"] - tallies["converted"]
    return Parts.of(tallies["queued_us"][:, 0] / 1e6, stayed[:, 0])


def occupancy(outcome: Outcome) -> Parts:
    """Share of the team's time with a contact in hand."""
    time = outcome.data.agent_time("team", "horizon")
    return Parts.of(time["busy_us"][:, 0], time["present_us"][:, 0])


def concurrency(outcome: Outcome) -> Parts:
    """Contacts that an agent of the team holds while holding any."""
    time = outcome.data.agent_time("team", "horizon")
    return Parts.of(time["held_us"][:, 0], time["busy_us"][:, 0])


def _flat(parts: Parts) -> Parts:
    return Parts(parts.above[:, 0], parts.below[:, 0])
