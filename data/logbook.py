"""One week's contact log: the contacts of the history, one by one, as a suite would write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from centres import ZONE, Centre
from contacts import Contacts
from numpy.typing import NDArray
from weather import generator
from week_floor import HOUR, MOST_TRIES, Contact, Floor

LOG_WEEK = date(2026, 3, 16)  # its Monday: an ordinary week without a clock change
BEFORE, AFTER = 1, 1  # days simulated around it, so that it begins and ends with real work
HEADS = 20
DAY = 24 * HOUR

MEAN_PATIENCE_S = 240
WITHIN_S = {"x": 900, "facebook": 3600}
WITHIN_CLOSED_S = {"x": 7200, "facebook": 14_400}
REACH_PROBABILITY = 0.7
MEAN_FOLLOWERS, FOLLOWERS_SIGMA = 1300, 1.5
MEDIUM = {"chat": "Live chat", "x": "X post", "facebook": "Facebook post", "callback": "Call back"}


def contact_log(
    centre: Centre, contacts: dict[str, Contacts]
) -> tuple[pd.DataFrame, dict[str, Contacts]]:
    """
    The log of the week, and the history's contacts with the log's endings put in.

    Returns
    -------
    tuple
        The log, a row a contact in order of arrival: `Conversation`, `Received` (local time
        without offset), `Medium`, `Outcome`, `First answer after (s)`, `Agent time (s)` (of a
        chat from answer to end, overlaps included), `Agent`, `Followers`. Then the contacts.
    """
    first = pd.Timestamp(LOG_WEEK - timedelta(days=BEFORE)).tz_localize(ZONE)
    hours = (BEFORE + 7 + AFTER) * 24
    present, callback_open = _present(centre, hours)
    open_hours = [bool(names) for names in present]
    arrived = {
        name: _arrivals(centre, of_channel, first, hours, open_hours)
        for name, of_channel in contacts.items()
    }
    everyone = [contact for of_channel in arrived.values() for _, contact in of_channel]
    Floor(present, callback_open).run(everyone)

    worked = dict(contacts)
    for name, of_channel in arrived.items():
        answered = contacts[name].answered.copy()
        for index, contact in of_channel:
            if contact.result in {"Abandoned", "No answer"}:
                answered[index] = False
            elif contact.result:
                answered[index] = True
        worked[name] = replace(contacts[name], answered=answered)
    return _table(centre, everyone, first.tz_localize(None)), worked


def _present(centre: Centre, hours: int) -> tuple[list[tuple[str, ...]], list[bool]]:
    """Agents on the floor by hour, as the current staffing has it, and the hours of callbacks."""
    names = [f"A{number:02d}" for number in range(1, HEADS + 1)]
    live = centre.channel("chat")
    present, callback_open = [], []
    for hour in range(hours):
        day, of_day = divmod(hour, 24)
        weekday = (day - BEFORE) % 7
        shape = centre.staffing["team"][weekday]
        place = of_day - shape.first_hour
        agents = int(shape.shares[place]) if 0 <= place < len(shape.shares) else 0
        # Another part of the team begins each day.
        rota = names[7 * day % HEADS :] + names[: 7 * day % HEADS]
        present.append(tuple(rota[:agents]))
        callback_open.append(agents > 0 and live.days[weekday] > 0)
    return present, callback_open


def _arrivals(
    centre: Centre,
    contacts: Contacts,
    first: pd.Timestamp,
    hours: int,
    open_hours: list[bool],
) -> list[tuple[int, Contact]]:
    """The channel's contacts in the simulated hours, with their index in the history."""
    begin = int((first - contacts.starts[0]) // pd.Timedelta(minutes=15))
    indexes = np.flatnonzero((contacts.quarter >= begin) & (contacts.quarter < begin + 4 * hours))
    name = contacts.channel.name
    rng = generator(centre, name, "log")
    second = rng.integers(0, 900, len(indexes))
    patience = np.ceil(rng.standard_exponential(len(indexes)) * MEAN_PATIENCE_S).astype(int)
    reached = rng.random((len(indexes), MOST_TRIES)) < REACH_PROBABILITY
    came = (contacts.quarter[indexes] - begin) * 900 + second
    return [
        (
            int(index),
            Contact(
                number=int(index),
                channel=name,
                came=int(came[row]),
                solo_s=int(contacts.solo_s[index]),
                patience_s=int(patience[row]),
                deadline=_deadline(name, int(came[row]), open_hours),
                reached=tuple(bool(luck) for luck in reached[row]),
            ),
        )
        for row, index in enumerate(indexes)
    ]


def _deadline(channel: str, came: int, open_hours: list[bool]) -> int:
    if channel not in WITHIN_S:
        return 0
    hour = came // HOUR
    if open_hours[hour]:
        return came + WITHIN_S[channel]
    opens = next((h for h in range(hour, len(open_hours)) if open_hours[h]), len(open_hours))
    return opens * HOUR + WITHIN_CLOSED_S[channel]


def _table(centre: Centre, contacts: list[Contact], first: pd.Timestamp) -> pd.DataFrame:
    begin, end = BEFORE * DAY, (BEFORE + 7) * DAY
    week = sorted(
        (contact for contact in contacts if begin <= contact.came < end),
        key=lambda contact: (contact.came, contact.channel, contact.number),
    )
    followers = _followers(generator(centre, "all", "log"), len(week))
    rows = [
        {
            "Conversation": f"C{number:05d}",
            "Received": str(first + pd.Timedelta(seconds=contact.came)),
            "Medium": MEDIUM[contact.channel],
            "Outcome": contact.result,
            "First answer after (s)": _wait(contact),
            "Agent time (s)": contact.agent_s,
            "Agent": contact.agent,
            "Followers": str(count) if contact.channel in WITHIN_S else "",
        }
        for number, (contact, count) in enumerate(zip(week, followers, strict=True), start=1)
    ]
    return pd.DataFrame(rows)


def _wait(contact: Contact) -> int:
    """Until the start of a chat or a call, until the reply to a post, until giving up."""
    if contact.channel in WITHIN_S or contact.started is None:
        return contact.ended - contact.came
    return contact.started - contact.came


def _followers(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    noise = rng.standard_normal(count)
    sizes = MEAN_FOLLOWERS * np.exp(FOLLOWERS_SIGMA * noise - FOLLOWERS_SIGMA**2 / 2)
    return np.rint(sizes).astype(np.int64)
