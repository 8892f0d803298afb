"""What happens on the floor, told one thing after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulate.floor.agent import Agent
    from simulate.floor.channel import Channel
    from simulate.floor.contact import Contact

WORDS: Mapping[str, str] = {
    "comes in": "a customer comes in, or the child of a contact is born",
    "is deflected": "self-service or another customer answers before an agent sees it",
    "comes to a closed door": "a live customer comes outside opening hours",
    "joins the queue": "a contact waits from now on; a callback, once it is due",
    "is blocked": "it met a full queue",
    "balks": "the customer leaves at once, since nobody is free",
    "gives up": "the customer's patience is at its end",
    "gives up unnoticed": "so it is, and the place in the queue is kept",
    "is dropped": "its channel closes and serves nobody any more",
    "takes a callback": "the customer waits no longer; the callback is a contact of its own",
    "is promoted": "its deadline is near",
    "has waited long enough": "another group may help from now on",
    "starts": "an agent takes it in hand",
    "goes on": "an agent takes in hand what another had begun",
    "is put aside": "its agent takes a live contact instead",
    "is resumed": "its agent takes it up again",
    "returns to the queue": "its agent will not take it up again",
    "is done": "the agent has finished it",
    "reaches nobody": "a call has been made in vain",
    "finds nobody": "the agent sees that the customer has left",
    "is given up": "the last call has been made in vain",
    "agent comes": "an agent is on the floor, with empty hands",
    "agent leaves": "an agent goes home",
    "shift ends": "an agent takes nothing new from now on",
    "break falls due": "an agent takes nothing new until the break is over",
    "break begins": "an agent goes on a break",
    "break ends": "an agent is back",
    "opens": "a channel begins its opening hours",
    "closes": "a channel ends them",
}
"""Everything that a trace tells, and what it means."""


class Happening(NamedTuple):
    """
    One thing that happened.

    `rank` is that of the event that it belongs to or follows from, -1 before the first one;
    contact, channel, agent and group are -1 where there is none, `queue` is the length of the
    channel's queue right after it.
    """

    instant_us: int
    rank: int
    what: str
    contact: int
    channel: int
    agent: int
    group: int
    queue: int


class Recorder:
    """Keeps everything that happens, in order."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []

    def note(
        self,
        instant_us: int,
        rank: int,
        what: str,
        contact: Contact | None,
        agent: Agent | None,
        channel: Channel | None,
        number: int,
    ) -> None:
        """Write something down; `number` is that of the channel."""
        self.happenings.append(
            Happening(
                instant_us,
                rank,
                what,
                contact.id if contact else -1,
                number,
                agent.id if agent else -1,
                agent.group.number if agent else -1,
                channel.queue.length if channel else -1,
            )
        )
