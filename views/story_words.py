"""How the story of one contact is told to a planner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scenario.calendar import MICROSECONDS
from simulate.log import Cause, Ending
from simulate.replay import ABSENT
from simulate.tale import NEW_PACE, contact_of, tale, waited_s
from views.words import duration, heading, limit, name_of, number

if TYPE_CHECKING:
    from scenario.channels import Channel
    from simulate.replay import Replay

NOBODY = "–"
SENTENCES = {
    "comes in": "comes in",
    "is deflected": "is answered by self-service or other customers",
    "comes to a closed door": "comes while the channel is closed",
    "joins the queue": "waits in the queue",
    "is blocked": "finds the queue full and is turned away",
    "balks": "does not want to wait and leaves at once",
    "gives up": "gives up waiting",
    "gives up unnoticed": "gives up unnoticed, and keeps the place in the queue",
    "is dropped": "is turned away: the channel has closed",
    "takes a callback": "takes a callback instead of waiting",
    "is promoted": "goes first from now on: the promised time is near",
    "has waited long enough": "may be helped by another group from now on",
    "starts": "{agent} takes it",
    "goes on": "{agent} goes on with it",
    "is put aside": "{agent} puts it aside for a live contact",
    "is resumed": "{agent} takes it up again",
    "returns to the queue": "goes back to its place in the queue",
    "is done": "{agent} has finished it",
    "reaches nobody": "{agent} has called in vain",
    "finds nobody": "{agent} sees that the customer has left",
    "is given up": "is given up: nobody was reached in {tries} calls",
    NEW_PACE: "{agent} has {in_hand} in hand now",
}
REASONS = {
    Cause.CALLBACK: "is promised, since contact {parent} could not wait",
    Cause.REDIAL: "comes in again: contact {parent} was not served",
    Cause.REPEAT: "comes in again: contact {parent} did not solve it",
    Cause.REPOST: "is written while contact {parent} has no answer yet",
    Cause.SPREAD: "is written by somebody who has seen contact {parent}",
    Cause.HANDOFF: "comes in private, as the answer to contact {parent} asked for",
    Cause.CLOSING: "is to be answered in public, since what began as contact {parent} is solved",
}
"""Why a contact came that another one begot."""
FATES = {
    Ending.WAITING: "still waits when the simulated time ends",
    Ending.ANSWERED: "answered",
    Ending.ABANDONED: "gave up",
    Ending.BLOCKED: "turned away: the queue was full",
    Ending.CONVERTED: "took a callback",
    Ending.CLOSED: "came while the channel was closed",
    Ending.GIVEN_UP: "never reached",
    Ending.DEFLECTED: "answered by self-service or other customers",
}


def agent_name(replay: Replay, row: int) -> str:
    """An agent as the picture names them, e.g. "on site 12"."""
    if row < 0:
        return "an agent"
    agent = replay.agents[row]
    return f"{name_of(replay.groups[agent['group']])} {agent['place'] + 1}"


def story(replay: Replay, contact: int) -> pd.DataFrame:
    """What happened to a contact, for people: `Time`, `What happened`."""
    fate = contact_of(replay, contact)
    rows = []
    for moment in _worth_telling(tale(replay, contact).to_dict("records")):
        what = SENTENCES.get(moment["what"], moment["what"]).format(
            agent=agent_name(replay, moment["row"]),
            tries=int(fate["tries"]),
            in_hand=moment["in_hand"],
        )
        if moment["what"] == "comes in" and fate["parent"] >= 0:
            what = REASONS[Cause(int(fate["cause"]))].format(parent=fate["parent"])
        rows.append(
            {
                "Time": f"{moment['instant']:{_clock(replay, moment['instant'])}}",
                "What happened": f"{what[:1].upper()}{what[1:]}{_beside(moment)}.",
            }
        )
    return pd.DataFrame(rows, columns=["Time", "What happened"])


def _worth_telling(moments: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Without the queues that were left in the very instant in which they were joined."""
    following = [*moments[1:], None]
    return [
        moment
        for moment, after in zip(moments, following, strict=True)
        if not (
            moment["what"] == "joins the queue"
            and after is not None
            and after["what"] == "starts"
            and after["instant"] == moment["instant"]
        )
    ]


def _clock(replay: Replay, instant: pd.Timestamp) -> str:
    """How a time is written: with its day where it is not the day that is shown."""
    return "%H:%M:%S" if instant.date() == replay.start.date() else "%a %d %b %H:%M:%S"


def _beside(moment: dict[Any, Any]) -> str:
    """What the number in hand does to the pace, or how many wait."""
    if moment["what"] == "joins the queue" and moment["waiting"] > 1:
        return f" with {moment['waiting'] - 1} others"
    if moment["in_hand"] and moment["pace"] > 1:
        beside = "" if moment["what"] == NEW_PACE else f", {moment['in_hand']} in hand"
        return f"{beside}: it takes {moment['pace']:g} times as long"
    if moment["what"] == NEW_PACE:
        return ": it goes at full pace again"
    return ""


def facts(replay: Replay, contact: int) -> list[tuple[str, str, str]]:
    """
    A contact in figures.

    Returns
    -------
    list
        (name, value, help): when it came, waited, who had it, its work and how long that took,
        the promise and whether it was kept, and how it ended.
    """
    fate = contact_of(replay, contact)
    channel = replay.scenario.channels[replay.channels[fate["channel"]]]
    bars = replay.bars[replay.bars["contact"] == contact]
    came = replay.start + pd.Timedelta(
        microseconds=int(fate["offered_us"]) - replay.contact_offset_us
    )
    rows = list(dict.fromkeys(bars["row"].tolist()))
    work_s = float(fate["work_us"]) / MICROSECONDS if fate["start_us"] >= 0 else float("nan")
    held_s = _held_s(fate)
    longer = f", {number(held_s / work_s, 2)} times as long" if held_s > 1.005 * work_s else ""
    return [
        ("Came", f"{came:%a %d %b %H:%M:%S}", "When it was offered."),
        ("Waited", duration(waited_s(replay, contact)), "In the queue, up to the end of the day."),
        (
            "Agent",
            ", ".join(agent_name(replay, row) for row in rows) or NOBODY,
            "Who had it in hand on this day.",
        ),
        ("Work", duration(work_s), "Agent time that it takes when it is the only one in hand."),
        (
            "In hand",
            f"{duration(held_s)}{longer}",
            "From the first start to the end: longer than the work where others were held"
            " beside it or it was put aside.",
        ),
        ("Promise", _promise(replay, fate, channel), "What the channel promises its customers."),
        ("Ending", FATES[Ending(int(fate["ending"]))], "What became of it in the end."),
    ]


def _held_s(fate: Any) -> float:
    if fate["start_us"] < 0 or fate["end_us"] < 0:
        return float("nan")
    return float(fate["end_us"] - fate["start_us"]) / MICROSECONDS


def _promise(replay: Replay, fate: Any, channel: Channel) -> str:
    """The promise of a channel, and whether this contact was served in time."""
    target = channel.target
    if channel.kind == "deferred" and fate["arrived_closed"]:
        target = channel.target_closed or target
    unheld = fate["ending"] in (Ending.CLOSED, Ending.DEFLECTED)
    if target is None or unheld or fate["cause"] == Cause.CLOSING:
        return "none"
    told = f"within {limit(target.within_s)}"
    if channel.kind == "live":
        if fate["ending"] == Ending.CONVERTED:
            return f"{told}: not judged"
        wait_us = fate["start_us"] - fate["offered_us"]
        good = fate["ending"] == Ending.ANSWERED and wait_us <= target.within_s * MICROSECONDS
        return f"{told}: {'kept' if good else 'missed'}"
    done = fate["start_us"] if channel.kind == "callback" else fate["end_us"]
    deadline = int(fate["deadline_us"])
    by = replay.start + pd.Timedelta(microseconds=deadline - replay.contact_offset_us)
    if channel.kind == "callback":
        told = "in its window"
    if done >= 0 and fate["ending"] == Ending.ANSWERED:
        return f"{told}, by {by:%a %H:%M}: {'kept' if done <= deadline else 'missed'}"
    late = deadline < replay.scenario.period.length_us
    return f"{told}, by {by:%a %H:%M}: {'missed' if late else 'not due yet'}"


def summary(replay: Replay) -> str:
    """One sentence on the day: agents who were there, contacts, how many left."""
    there = len(np.unique(replay.stays["row"][replay.stays["what"] != ABSENT]))
    served = len(np.unique(replay.bars["contact"]))
    left = int((replay.waits["left"] == 1).sum())
    most = " and ".join(
        f"{int(replay.steps['waiting'][replay.steps['channel'] == place].max(initial=0))}"
        f" {heading(name)}"
        for place, name in enumerate(replay.channels)
        if replay.scenario.channels[name].kind != "live"
    )
    waiting = f" At most {most} waited." if most else ""
    return (
        f"{there} agents had {served:,} contacts in hand, {left:,} customers left"
        f" the queue without an answer.{waiting}"
    )
