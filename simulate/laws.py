"""Is nothing lost: conservation laws that every replication must keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulate.log import Ending, FloorLog

if TYPE_CHECKING:
    from simulate.measures import Observed

IntArray = NDArray[np.int64]


class ConservationError(AssertionError):
    """A replication lost or invented contacts or time: a bug in an engine, never bad input."""


def check_contacts(
    log: FloorLog,
    counts: Mapping[str, IntArray],
    opening: Mapping[str, IntArray],
    channels: tuple[str, ...],
) -> None:
    """
    Every contact ends once, in its own time; every promise is accounted for.

    Raises
    ------
    ConservationError
        Naming the law, the channel and the numbers.
    """
    total = {name: values.sum(axis=0) for name, values in counts.items()}
    for number, channel in enumerate(channels):
        here = {name: int(values[number]) for name, values in total.items()}
        ends = ("answered", "abandoned", "blocked", "converted", "given_up", "waiting")
        _equal(
            f"{channel}: offered = {' + '.join(ends)}",
            here["offered"],
            sum(here[name] for name in ends),
        )
        logged = int(np.count_nonzero(log.contacts["channel"] == number))
        _equal(
            f"{channel}: contacts logged = offered + closed + opening backlog",
            logged,
            here["offered"] + here["closed"] + int(opening["offered"][number]),
        )
        _equal(
            f"{channel}: promised = within window + late + given up + pending",
            here["promised"],
            here["within_window"] + here["late"] + here["pending"] + here["given_up"],
        )
    _check_order_of_events(log)


def _check_order_of_events(log: FloorLog) -> None:
    contacts = log.contacts
    answered = contacts["ending"] == Ending.ANSWERED
    left = np.isin(contacts["ending"], (Ending.ABANDONED, Ending.CONVERTED))
    _none("contacts share an id", np.diff(contacts["id"]) <= 0)
    for law, broken in (
        (
            "answered contacts start before their offer",
            contacts["start_us"] < contacts["offered_us"],
        ),
        ("answered contacts have no agent", contacts["agent"] < 0),
        (
            "answered contacts end before their start",
            (contacts["end_us"] >= 0) & (contacts["end_us"] < contacts["start_us"]),
        ),
    ):
        _none(law, answered & broken)
    _none("others have a start", ~answered & (contacts["start_us"] >= 0))
    _none(
        "customers leave before their offer", left & (contacts["end_us"] < contacts["offered_us"])
    )


def check_agent_time(log: FloorLog, groups: Mapping[str, IntArray], floor_input: Observed) -> None:
    """
    Agent time is neither lost nor invented: busy is part of present, and held time is the
    contacts' own.

    Raises
    ------
    ConservationError
        Naming the law and the numbers.
    """
    _none("groups are busier than present", groups["busy_us"] > groups["present_us"])
    _none("groups hold fewer contacts than are busy", log.held_us < log.busy_us)
    _none("groups hold more contacts than slots", groups["held_us"] > groups["slots_us"])
    length_us = floor_input.period.length_us
    contacts = log.contacts[log.contacts["ending"] == Ending.ANSWERED]
    ended = np.where(contacts["end_us"] >= 0, contacts["end_us"], length_us)
    time_us = np.minimum(ended, length_us) - np.minimum(contacts["start_us"], length_us)
    for number, channel in enumerate(floor_input.channel_names):
        # Calls that reach nobody take agent time beyond that of the contacts.
        if floor_input.scenario.channels[channel].kind != "callback":
            _equal(
                f"{channel}: time in hand = sum of the contacts' times (microseconds)",
                int(log.held_us[:, :, number].sum()),
                int(time_us[contacts["channel"] == number].sum()),
            )


def _equal(law: str, left: int, right: int) -> None:
    if left != right:
        raise ConservationError(f"{law} is broken: {left} is not {right}")


def _none(law: str, broken: NDArray[np.bool_]) -> None:
    if np.any(broken):
        raise ConservationError(f"{np.count_nonzero(broken)} {law}")
