"""The story of one contact on a replayed day: what happened to it, who had it, at what pace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import InvalidValueError
from scenario.calendar import MICROSECONDS
from simulate.log import Ending
from simulate.replay import Replay

NEW_PACE = "is held beside others"
"""What is told when an agent takes up or finishes another contact beside this one."""


def contact_of(replay: Replay, contact: int) -> NDArray[Any]:
    """
    What became of a contact, a row of dtype `simulate.log.CONTACT`.

    Raises
    ------
    InvalidValueError
        When the day knows of no such contact.
    """
    place = int(np.searchsorted(replay.contacts["id"], contact))
    if place == len(replay.contacts) or replay.contacts["id"][place] != contact:
        raise InvalidValueError("contact", f"one that {replay.start:%A %d %B} knows of", contact)
    row: NDArray[Any] = replay.contacts[place]
    return row


def tale(replay: Replay, contact: int) -> pd.DataFrame:
    """
    Everything that happened to a contact, in order.

    Parameters
    ----------
    replay
        The day.
    contact
        Its number.

    Returns
    -------
    DataFrame
        `instant` (local time), `what` (a word of `simulate.floor.recorder.WORDS`, or
        `NEW_PACE`), `row` (place of the agent in `Replay.agents`, -1 for nobody or one who is
        not there on this day), `waiting` (contacts in the queue right after it), `in_hand`
        (contacts in the agent's hands from then on, 0 where the contact is in nobody's) and
        `pace` (how many times longer it takes at that number). What happens after the day
        is told from what became of the contact.

    Raises
    ------
    InvalidValueError
        When the day knows of no such contact.
    """
    fate = contact_of(replay, contact)
    own = replay.events[replay.events["contact"] == contact]
    told = [
        (int(one["instant_us"]), place, replay.words[one["what"]], int(one["row"]),
         int(one["waiting"]), *_in_hand(replay, fate, int(one["row"]), int(one["instant_us"])))
        for place, one in enumerate(own)
    ]  # fmt: skip
    known = {moment[0] for moment in told}
    behind = len(told)
    for instant, row in _changes(replay, contact):
        beside = _in_hand(replay, fate, row, instant)
        if instant not in known and beside[0]:
            told.append((instant, behind, NEW_PACE, row, -1, *beside))
    told += _later(replay, fate, behind)
    told.sort()
    table = pd.DataFrame(
        told, columns=["instant_us", "place", "what", "row", "waiting", "in_hand", "pace"]
    )
    table.insert(0, "instant", replay.start + table["instant_us"].astype("timedelta64[us]"))
    return table.drop(columns=["instant_us", "place"])


def waited_s(replay: Replay, contact: int) -> float:
    """Seconds in the queue up to the end of the day, over all the times that it stood there."""
    own = replay.waits[replay.waits["contact"] == contact]
    return float((own["end_us"] - own["begin_us"]).sum()) / MICROSECONDS


def _in_hand(replay: Replay, fate: NDArray[Any], row: int, instant: int) -> tuple[int, float]:
    """Contacts in the hands of an agent who has this one, right after an instant, and the pace."""
    bars = replay.bars[replay.bars["row"] == row]
    held = bars[(bars["begin_us"] <= instant) & (instant < bars["end_us"])]
    if row < 0 or fate["id"] not in held["contact"]:
        return 0, 1.0
    group = replay.scenario.groups[replay.groups[replay.agents["group"][row]]]
    slowdown = group.skills[replay.channels[fate["channel"]]].slowdown
    return len(held), float(slowdown[len(held) - 1])


def _changes(replay: Replay, contact: int) -> list[tuple[int, int]]:
    """(instant, row) at which the agent who has a contact takes up or finishes another one."""
    found = set()
    for mine in replay.bars[replay.bars["contact"] == contact]:
        bars = replay.bars[
            (replay.bars["row"] == mine["row"]) & (replay.bars["contact"] != contact)
        ]
        for instant in np.concatenate([bars["begin_us"], bars["end_us"]]).tolist():
            if mine["begin_us"] < instant < mine["end_us"]:
                found.add((instant, int(mine["row"])))
    return sorted(found)


def _later(
    replay: Replay, fate: NDArray[Any], place: int
) -> list[tuple[int, int, str, int, int, int, float]]:
    """What became of a contact after the day."""
    later: list[tuple[int, int, str, int, int, int, float]] = []
    for name, what in (("start_us", "starts"), ("end_us", _ends(int(fate["ending"])))):
        instant = int(fate[name]) - replay.contact_offset_us
        if fate[name] >= 0 and instant >= replay.length_us:
            later.append((instant, place + len(later), what, -1, -1, 0, 1.0))
    return later


def _ends(ending: int) -> str:
    return {
        Ending.ANSWERED: "is done",
        Ending.CONVERTED: "takes a callback",
        Ending.BLOCKED: "is blocked",
        Ending.GIVEN_UP: "is given up",
        Ending.DEFLECTED: "is deflected",
    }.get(Ending(ending), "gives up")
