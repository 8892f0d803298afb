"""Is nothing lost: conservation laws that every replication must keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulate.log import Cause, Ending, FloorLog

if TYPE_CHECKING:
    from simulate.measures import Observed

IntArray = NDArray[np.int64]


class ConservationError(AssertionError):
    """A replication lost or invented contacts or time: a bug in an engine, never bad input."""


def check_contacts(counts: Mapping[str, IntArray], floor_input: Observed) -> None:
    """
    Every contact ends once; every promise is accounted for.

    Parameters
    ----------
    counts
        By the names of `measures.CONTACT_COUNTS`, each of shape (..., I, C): of one
        replication or of many.
    floor_input
        Names the channels.

    Raises
    ------
    ConservationError
        Naming the law, the channel and the numbers.
    """
    ends = ("answered", "abandoned", "blocked", "converted", "given_up", "waiting")
    fates = ("within_window", "late", "pending", "given_up")
    names = {"offered", "promised", *ends, *fates}
    total = {name: counts[name].sum(axis=-2, dtype=np.int64) for name in names}
    _equal(f"offered = {' + '.join(ends)}", "offered", ends, total, floor_input.channel_names)
    law = "promised = within window + late + given up + pending"
    _equal(law, "promised", fates, total, floor_input.channel_names)


def check_agent_time(
    groups: Mapping[str, IntArray], in_hand_us: IntArray, floor_input: Observed
) -> None:
    """
    Agent time is neither lost nor invented: paid = busy + free + break + absent.

    Parameters
    ----------
    groups
        By the names of `measures.GROUP_COUNTS`, each of shape (..., I, G): of one replication
        or of many. Free is what is present and not busy; what is worked past the end of a shift
        (`leaving_us`) stands apart.
    in_hand_us
        Agent time with exactly n contacts in hand, shape (..., I, G, M).
    floor_input
        Tells how much time is scheduled.

    Raises
    ------
    ConservationError
        Naming the law and the numbers.
    """
    _none("groups are busier than present", groups["busy_us"] > groups["present_us"])
    there = groups["present_us"] + groups["break_us"]
    for number, name in enumerate(floor_input.group_names):
        lost = (floor_input.scheduled_us - there - groups["absent_us"])[..., number]
        _none(f"intervals of {name} break paid = busy + free + break + absent", lost != 0)
        # With novices the slots are a mean over the group, which some agents exceed.
        if floor_input.scenario.groups[name].novices is None:
            held, slots = groups["held_us"][..., number], groups["slots_us"][..., number]
            _none("groups hold more contacts than slots", held > slots)
    numbers = np.arange(1, in_hand_us.shape[-1] + 1)
    busy = groups["busy_us"] + groups["leaving_us"]
    _none("times by number in hand add up to more or less", in_hand_us.sum(axis=-1) != busy)
    _none("numbers in hand are not those held", in_hand_us @ numbers != groups["held_us"])


def check_log(log: FloorLog, floor_input: Observed) -> None:
    """
    Contacts happen in order, and the time that agents held them is the contacts' own.

    Raises
    ------
    ConservationError
        Naming the law and the numbers.
    """
    _check_order_of_events(log)
    _check_children(log, floor_input)
    _none("groups hold fewer contacts than are busy", log.held_us < log.busy_us)
    intervals = log.contacts["interval"]
    _none("contacts are of no interval", (intervals < -1) | (intervals >= floor_input.period.count))
    _check_time_in_hand(log, floor_input)


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
    _none("others are put aside", ~answered & (contacts["put_aside"] > 0))
    unnoticed = contacts["silent"] & (contacts["ending"] == Ending.ABANDONED)
    _none("others left unnoticed", contacts["silent"] & ~unnoticed)
    _none("others cost time after they left", ~unnoticed & (contacts["silent_us"] > 0))
    _none(
        "customers leave before their offer", left & (contacts["end_us"] < contacts["offered_us"])
    )


def _check_children(log: FloorLog, floor_input: Observed) -> None:
    """Whoever is to come back before the end does so once, at that instant."""
    contacts = log.contacts
    back = contacts["comes_back_us"]
    due = np.flatnonzero((back >= 0) & (back < floor_input.period.length_us))
    came = contacts[np.isin(contacts["cause"], (Cause.REDIAL, Cause.REPEAT))]
    came = came[np.argsort(came["parent"], kind="stable")]
    if len(came) != len(due) or np.any(came["parent"] != contacts["id"][due]):
        raise ConservationError(f"{len(due)} customers were to come back, {len(came)} did")
    _none("customers come back at another time", came["offered_us"] != back[due])
    _none("attempts are not counted", came["attempt"] != contacts["attempt"][due] + 1)
    _check_moves(contacts, floor_input)
    wrote = contacts[np.isin(contacts["cause"], (Cause.REPOST, Cause.SPREAD))]
    first = contacts[np.searchsorted(contacts["id"], wrote["parent"])]
    spread = [channel.spread for channel in floor_input.scenario.channels.values()]
    goes_on = np.array([one is not None and not one.until_answered for one in spread])
    may = goes_on[wrote["channel"]] & (wrote["cause"] == Cause.SPREAD)
    answered = (first["start_us"] >= 0) & (first["start_us"] < wrote["offered_us"])
    _none("posts come of others that have been answered", answered & ~may)


def _check_moves(contacts: NDArray[np.void], floor_input: Observed) -> None:
    """Whoever is handed over comes in once; a matter is closed in public once it is settled."""
    length_us = floor_input.period.length_us
    moves = contacts["moves_us"]
    _none("matters move and come back", (moves >= 0) & (contacts["comes_back_us"] >= 0))
    due = contacts[(moves >= 0) & (moves < length_us)]
    came = contacts[contacts["cause"] == Cause.HANDOFF]
    came = came[np.argsort(came["parent"], kind="stable")]
    if len(came) != len(due) or np.any(came["parent"] != due["id"]):
        raise ConservationError(f"{len(due)} customers were handed over, {len(came)} came in")
    _none("customers come in at another time", came["offered_us"] != due["moves_us"])
    closing = contacts[contacts["cause"] == Cause.CLOSING]
    closed = contacts[np.searchsorted(contacts["id"], closing["parent"])]
    _none("matters are closed at another time", closing["offered_us"] != closed["end_us"])
    open_still = (closed["comes_back_us"] >= 0) | (closed["moves_us"] >= 0)
    _none("matters are closed that go on", open_still)
    _none("matters are closed where they ended", closing["channel"] == closed["channel"])
    _none("matters are closed twice", np.diff(np.sort(closing["parent"])) == 0)


def _check_time_in_hand(log: FloorLog, floor_input: Observed) -> None:
    length_us = floor_input.period.length_us
    contacts = log.contacts[log.contacts["ending"] == Ending.ANSWERED]
    ended = np.where(contacts["end_us"] >= 0, contacts["end_us"], length_us)
    time_us = np.minimum(ended, length_us) - np.minimum(contacts["start_us"], length_us)
    for number, name in enumerate(floor_input.channel_names):
        channel = floor_input.scenario.channels[name]
        mine = contacts["channel"] == number
        surplus = int(log.held_us[:, :, number].sum()) - int(time_us[mine].sum())
        # Calls that reach nobody, and customers who left unnoticed, take time beyond that of the
        # contacts; a contact put aside is in nobody's hands for a while.
        may_exceed = channel.kind == "callback" or channel.silent > 0
        if (surplus > 0 and not may_exceed) or (surplus < 0 and not channel.interruptible):
            raise ConservationError(
                f"{name}: time in hand = sum of the contacts' times is broken by {surplus} us"
            )


def _equal(
    law: str,
    whole: str,
    parts: Sequence[str],
    total: Mapping[str, IntArray],
    channels: Sequence[str],
) -> None:
    """The totals of some counts, each of shape (..., C), make up those of another."""
    sums = sum(total[name] for name in parts)
    for place in np.argwhere(total[whole] != sums)[:1]:
        left, right = (int(values[tuple(place)]) for values in (total[whole], np.asarray(sums)))
        raise ConservationError(f"{channels[place[-1]]}: {law} is broken: {left} is not {right}")


def _none(law: str, broken: NDArray[np.bool_]) -> None:
    if np.any(broken):
        raise ConservationError(f"{np.count_nonzero(broken)} {law}")
