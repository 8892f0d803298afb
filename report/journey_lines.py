"""Results of journeys, one line each: who came for the first time, who again, who never."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from report.result import Result
from report.words import UNKNOWN, duration, heading, millions, number, percent
from scenario.channels import Channel

if TYPE_CHECKING:
    from simulate.outcome import Outcome

AGAIN: Mapping[str, str] = {
    "redials": "tried again, not having been served",
    "repeats": "came back, not having been helped",
    "reposts": "wrote again, not having been answered",
    "spread": "posts by others, drawn by posts",
}
"""Why contacts come that earlier ones have caused, by the column that counts them."""
WRITERS: Mapping[str, str] = {"loud": "the tenth with most followers", "quiet": "all others"}


def journey_lines(name: str, channel: Channel, row: Mapping[str, Any]) -> Iterator[Result]:
    """
    What contacts beget on a channel, and what is headed off.

    Parameters
    ----------
    name, channel
        The channel.
    row
        Its row of `Outcome.totals`.

    Yields
    ------
    Result
        Always the same lines for a kind of channel, so that two scenarios can stand side by
        side; `told` where the scenario has something to tell.
    """
    who = heading(name)
    again = {**AGAIN, "handoffs": "taken here from a public channel"}
    grown = any(row[key] > 0 for key in (*again, "caused", "headed_off"))
    helped = channel.deflection is not None
    if channel.kind != "callback":
        yield _count(f"{who}: contacts in all", row["offered"], "offered", name, grown or helped)
        first = row["first_attempts"]
        yield _count(f"{who}: of these first attempts", first, "first_attempts", name, grown)
    begotten = sum(row[key] for key in AGAIN)
    yield _count(
        f"{who}: of these caused by earlier ones", begotten, "begotten", name, begotten > 0
    )
    for key, words in again.items():
        yield _count(f"{who}: {words}", row[key], key, name, bool(row[key] > 0))
    yield _count(
        f"{who}: caused by its contacts, on any channel",
        row["caused"],
        "caused",
        name,
        bool(row["caused"] > 0),
    )
    if channel.kind == "deferred":
        off, told = row["headed_off"], channel.spread is not None
        yield _count(f"{who}: posts headed off by an answer", off, "headed_off", name, told)
        closing = row["closing_replies"]
        posted = channel.handoff is not None and channel.handoff.closing_handle_time is not None
        yield _count(f"{who}: closing replies in public", closing, "closing_replies", name, posted)
    if channel.kind != "callback":
        yield _count(
            f"{who}: helped before they reached an agent",
            row["deflected"],
            "deflected",
            name,
            helped,
        )
    yield Result(
        f"{who}: solved at the first contact",
        percent(row["fcr"]),
        row["fcr"],
        "share",
        UNKNOWN,
        None,
        "fcr",
        name,
        channel.repeat is not None,
    )
    if channel.kind == "deferred":
        seen = row["impressions_waiting"]
        yield Result(
            f"{who}: followers × minutes without a reply",
            millions(seen),
            seen,
            "impressions",
            UNKNOWN,
            None,
            "impressions_waiting",
            name,
            bool(np.isfinite(seen)),
        )
        yield from _by_reach(name, channel, row)


def _by_reach(name: str, channel: Channel, row: Mapping[str, Any]) -> Iterator[Result]:
    """What serving the loud first buys, and its price beside it."""
    who, told = heading(name), channel.order == "reach"
    for part, whom in WRITERS.items():
        level, wait = f"service_level_{part}", f"wait_mean_{part}_s"
        share, seconds = row[level], row[wait]
        yield Result(
            f"{who} in time, {whom}",
            percent(share),
            share,
            "share",
            UNKNOWN,
            None,
            level,
            name,
            told,
        )
        yield Result(
            f"{who}: mean wait, {whom}",
            duration(seconds),
            seconds,
            "seconds",
            UNKNOWN,
            None,
            wait,
            name,
            told,
        )


def journey_sentence(outcome: Outcome) -> str:
    """
    One sentence: how many contacts earlier ones have caused, and how many were never needed.

    Empty where nothing of that happens.
    """
    totals = outcome.totals
    causes = {
        words.partition(",")[0]: total
        for key, words in AGAIN.items()
        if (total := float(totals[key].sum())) > 0
    }
    told = []
    if causes:
        parts = ", ".join(f"{number(total)} {words}" for words, total in causes.items())
        told.append(
            f"Of {number(totals['offered'].sum())} contacts {number(sum(causes.values()))} were"
            f" caused by earlier ones: {parts}."
        )
    if off := float(totals["headed_off"].sum()):
        told.append(f"Answers in time headed off {number(off)} posts.")
    if private := float(totals["handoffs"].sum()):
        told.append(f"{number(private)} customers went on in a private channel.")
    if helped := float(totals["deflected"].sum()):
        told.append(f"{number(helped)} customers were helped before they reached an agent.")
    for row in totals.to_dict("records"):
        if outcome.scenario.channels[row["channel"]].order == "reach":
            told.append(
                f"{heading(row['channel'])} answers the tenth with most followers in time in"
                f" {percent(row['service_level_loud'], 0)}, all others in"
                f" {percent(row['service_level_quiet'], 0)}."
            )
    return " ".join(told)


def _count(name: str, value: float, measure: str, who: str, told: bool) -> Result:
    text = number(value, 0 if value >= 100 else 1)
    return Result(name, text, value, "contacts", UNKNOWN, None, measure, who, told)
