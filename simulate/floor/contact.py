"""The customer's side: one contact and what has become of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate.draws import FIRST
from simulate.log import Ending

if TYPE_CHECKING:
    from simulate.floor.agent import Agent


class Contact:
    """
    One attempt by a customer on one channel.

    Attributes
    ----------
    id
        Running number: first contacts in order of arrival, children as they come in.
    parent
        Id of the contact that begot it, -1 for none.
    cause
        Why it exists; a code of `simulate.log.Cause`.
    attempt
        1, or one more than that of the contact that begot it.
    comes_back_us
        When the customer comes back for it, -1 for never.
    moves_us
        When the customer, handed over, comes in on a private channel; -1 for never.
    owes
        Channel on which a closing reply is due once the matter is settled, -1 for none.
    key
        What its random numbers are drawn by.
    channel, interval
        Where and in which interval it was offered; interval -1 is the opening backlog.
    offered_us, first_offered_us
        When it was offered, and when the contact that it goes back to was.
    work_us
        Solo work; the agent's speed is in it once an agent has started it.
    patience_us
        Of a live customer.
    reached_at_try
        Try at which a callback customer answers, where that is given; -1 leaves it to chance.
    leaves_silently
        Whether the customer gives up unnoticed, where that is given; -1 leaves it to chance.
    reach
        Followers of the customer.
    offspring
        Posts that it begets, where that is given; -1 leaves it to chance.
    deadline_us
        When the reply, or the call, is due; -1 for live contacts.
    queued, promoted
        Whether it waits in its queue now, and whether it has been promoted.
    place
        Its place in the line where it waits.
    remaining_us
        Work still to be done, of a contact in an agent's hands or put aside.
    put_aside
        Times that it was put aside for a live contact.
    silent
        Whether the customer has left unnoticed and an agent is still to find out.
    silent_us
        Agent time of finding that out.
    reached
        Whether the call in hand reaches the customer; true of everything but callbacks.
    """

    __slots__ = (
        "agent",
        "arrived_closed",
        "attempt",
        "cause",
        "channel",
        "comes_back_us",
        "deadline_us",
        "end_us",
        "ending",
        "first_offered_us",
        "id",
        "interval",
        "key",
        "leaves_silently",
        "moves_us",
        "offered_us",
        "offspring",
        "owes",
        "parent",
        "patience_us",
        "place",
        "promoted",
        "put_aside",
        "queued",
        "reach",
        "reached",
        "reached_at_try",
        "remaining_us",
        "silent",
        "silent_us",
        "start_us",
        "tries",
        "work_us",
    )

    def __init__(
        self,
        id: int,
        key: int,
        channel: int,
        interval: int,
        offered_us: int,
        work_us: int,
        patience_us: int,
        reached_at_try: int = -1,
        leaves_silently: int = -1,
        reach: int = 0,
        offspring: int = -1,
    ) -> None:
        self.id = id
        self.key = key
        self.channel = channel
        self.interval = interval
        self.offered_us = offered_us
        self.work_us = work_us
        self.patience_us = patience_us
        self.reached_at_try = reached_at_try
        self.leaves_silently = leaves_silently
        self.reach = reach
        self.offspring = offspring
        self.parent = -1
        self.cause = FIRST
        self.attempt = 1
        self.comes_back_us = -1
        self.moves_us = -1
        self.owes = -1
        self.first_offered_us = offered_us
        self.deadline_us = -1
        self.arrived_closed = False
        self.queued = False
        self.place: object = None
        self.promoted = False
        self.remaining_us = 0
        self.put_aside = 0
        self.silent = False
        self.silent_us = 0
        self.reached = True
        self.tries = 0
        self.start_us = -1
        self.end_us = -1
        self.agent: Agent | None = None
        self.ending = Ending.WAITING
