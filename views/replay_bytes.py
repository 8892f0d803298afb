"""A replayed day as the few bytes that the browser draws it from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from views.words import heading, name_of

if TYPE_CHECKING:
    from simulate.replay import Replay

MILLISECOND_US = 1000
TYPES = {"i4": np.int32, "u4": np.uint32, "u2": np.uint16, "u1": np.uint8}


def replay_bytes(replay: Replay) -> tuple[dict[str, Any], bytes]:
    """
    Everything of a day that is drawn: a head to be told as JSON, and the numbers themselves.

    Parameters
    ----------
    replay
        The day.

    Returns
    -------
    dict
        Names of channels, groups and rows, the clock, and for each array its name, type, first
        byte and length.
    bytes
        The arrays one after the other, little-endian, each beginning at a whole number of its
        own size. Times are milliseconds since the day's first instant.
    """
    bars, stays, steps = replay.bars, replay.stays, replay.steps
    # Who is taken at once never stood in a queue that could be seen.
    waits = replay.waits[replay.waits["end_us"] > replay.waits["begin_us"]]
    arrays = [
        ("barContact", "u4", bars["contact"]),
        ("barBegin", "i4", bars["begin_us"] // MILLISECOND_US),
        ("barEnd", "i4", -(-bars["end_us"] // MILLISECOND_US)),
        ("waitContact", "u4", waits["contact"]),
        ("waitBegin", "i4", waits["begin_us"] // MILLISECOND_US),
        ("waitEnd", "i4", -(-waits["end_us"] // MILLISECOND_US)),
        ("stepAt", "i4", steps["instant_us"] // MILLISECOND_US),
        ("stepWaiting", "u4", steps["waiting"]),
        ("stayBegin", "i4", stays["begin_us"] // MILLISECOND_US),
        ("stayEnd", "i4", stays["end_us"] // MILLISECOND_US),
        ("away", "u4", replay.away.ravel()),
        ("barRow", "u2", bars["row"]),
        ("stayRow", "u2", stays["row"]),
        ("barChannel", "u1", bars["channel"]),
        ("barLane", "u1", bars["lane"]),
        ("barWhat", "u1", bars["what"]),
        ("waitChannel", "u1", waits["channel"]),
        ("waitLeft", "u1", waits["left"]),
        ("stepChannel", "u1", steps["channel"]),
        ("stayWhat", "u1", stays["what"]),
    ]
    body = b""
    told = []
    for name, kind, values in arrays:
        packed = _packed(values, TYPES[kind])
        told.append([name, kind, len(body), len(values)])
        body += packed
    letters = letters_of(replay.channels)
    channels = [
        {"name": heading(name), "letter": letter}
        for name, letter in zip(replay.channels, letters, strict=True)
    ]
    head = {
        "channels": channels,
        "groups": [heading(name) for name in replay.groups],
        "rows": [
            [int(agent["group"]), f"{name_of(replay.groups[agent['group']])} {agent['place'] + 1}"]
            for agent in replay.agents
        ],
        "length": replay.length_us // MILLISECOND_US,
        "interval": replay.scenario.horizon.interval_minutes * 60_000,
        "clock": clock_of(replay),
        "arrays": told,
    }
    digest = hashlib.sha256(json.dumps(head).encode() + body).hexdigest()[:16]
    return {"digest": digest, **head}, body


def message(head: dict[str, Any], body: bytes, chosen: int | None) -> bytes:
    """What is sent: length of the head, the head with the contact that is chosen, the arrays."""
    text = json.dumps({**head, "chosen": -1 if chosen is None else chosen}).encode()
    return len(text).to_bytes(4, "little") + text + body


def letters_of(names: tuple[str, ...]) -> list[str]:
    """
    A letter for every channel, its first one that no other has taken.

    Examples
    --------
    >>> letters_of(("chat", "x", "facebook", "callback"))
    ['C', 'X', 'F', 'A']
    """
    letters: list[str] = []
    for name in names:
        own = [letter for letter in name.upper() if letter.isalnum()]
        own += [chr(number) for number in range(ord("A"), ord("Z") + 1)]
        letters.append(next((letter for letter in own if letter not in letters), "?"))
    return letters


def clock_of(replay: Replay) -> list[list[int]]:
    """
    What to add to a time since the day's start to read the local clock off it.

    Returns
    -------
    list
        [from, milliseconds to add], the first from 0; a second one where the clock changes.
    """
    wall = replay.start.tz_localize(None)
    shift = int((wall - wall.normalize()) // pd.Timedelta(milliseconds=1))
    found = [[0, shift]]
    hours = range(0, replay.length_us // MILLISECOND_US + 1, 900_000)
    for begin in hours:
        local = (replay.start + pd.Timedelta(milliseconds=begin)).tz_localize(None)
        now = int((local - wall.normalize()) // pd.Timedelta(milliseconds=1)) - begin
        if now != found[-1][1]:
            found.append([begin, now])
    return found


def _packed(values: NDArray[Any], kind: type[np.generic]) -> bytes:
    limits = np.iinfo(kind)
    inside = np.clip(values, limits.min, limits.max)
    return inside.astype(np.dtype(kind).newbyteorder("<")).tobytes()
