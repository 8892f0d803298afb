"""The floor as a policy of the user's own sees it: who waits, and who could take whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulate import rules
from simulate.draws import NEVER
from simulate.floor import dispatch, own_priorities
from simulate.floor.agent import Agent, Skill
from simulate.floor.contact import Contact
from simulate.floor.interruption import interruptible

if TYPE_CHECKING:
    from simulate.floor.world import Floor

_SECOND = 1_000_000
_KINDS = {rules.LIVE: "live", rules.DEFERRED: "deferred", rules.CALLBACK: "callback"}


@dataclass(frozen=True, slots=True)
class WaitingContact:
    """
    A contact that waits and may be started.

    Parameters
    ----------
    id
        Its number in the records.
    channel, kind
        Name of the channel, and "live", "deferred" or "callback".
    wait_s
        Seconds since it was offered.
    target_s
        Seconds that the channel's target allows; infinite where it has none.
    due_in_s
        Seconds until the reply or the call is due, negative when it is late; infinite for live
        contacts and where nothing is promised.
    promoted
        Whether it is promoted.
    reach
        Followers of the customer.
    begun
        Whether an agent has worked on it already.
    """

    id: int
    channel: str
    kind: str
    wait_s: float
    target_s: float
    due_in_s: float
    promoted: bool
    reach: int
    begun: bool


@dataclass(frozen=True, slots=True)
class ReadyAgent:
    """
    An agent who could take a contact.

    Parameters
    ----------
    id
        The agent's number in the records.
    group
        Name of the group.
    contacts, channel
        How many contacts are in hand, and of which channel; None with empty hands.
    state_s
        Seconds since that number last changed.
    preference
        Rank of the group's preference for the contact's channel, 0 for the best.
    """

    id: int
    group: str
    contacts: int
    channel: str | None
    state_s: float
    preference: int


class FloorView:
    """The floor at one instant; it can be looked at and not touched."""

    __slots__ = ("_floor",)

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    @property
    def now_s(self) -> float:
        """Seconds since the start of the horizon."""
        return self._floor.now / _SECOND

    def heads(self) -> tuple[WaitingContact, ...]:
        """The first of every queue, in the order in which the ordinary rule tries them."""
        return tuple(self._contact(contact) for contact in dispatch.heads(self._floor))

    def waiting(self) -> tuple[WaitingContact, ...]:
        """Everybody who waits and may be started, by channel and id."""
        floor = self._floor
        served = (channel for channel in floor.channels if channel.is_served(floor.now))
        return tuple(
            self._contact(contact)
            for channel in served
            for contact in sorted(channel.queue.everybody(), key=lambda contact: contact.id)
        )

    def agents(self, contact: WaitingContact) -> tuple[ReadyAgent, ...]:
        """The agents who can take a contact as they are, in the order of the ordinary rule."""
        floor, waits = self._floor, self._floor.customers.everybody[contact.id]
        skills = floor.channels[waits.channel].skills
        found = dispatch.eligible(floor, waits, skills, everybody=True)
        found.sort(key=lambda one: dispatch.key_of_choice(floor, *one))
        return tuple(self._agent(agent, skill) for agent, skill in found)

    def interruptible(self, contact: WaitingContact) -> tuple[ReadyAgent, ...]:
        """The agents who can put their work aside for a live contact, by id."""
        floor, waits = self._floor, self._floor.customers.everybody[contact.id]
        if not floor.channels[waits.channel].is_live:
            return ()
        agents = sorted(interruptible(floor, waits), key=lambda agent: agent.id)
        return tuple(self._agent(agent, agent.cohort.skills[waits.channel]) for agent in agents)

    def ordinary(self) -> tuple[WaitingContact, ReadyAgent] | None:
        """What the ordinary rule would do; None if nothing matches."""
        floor = self._floor
        rule = own_priorities if floor.given.own_priorities else dispatch
        match = rule.next_match(floor)
        if match is None:
            return None
        contact, agent = match
        return self._contact(contact), self._agent(agent, agent.cohort.skills[contact.channel])

    def _contact(self, contact: Contact) -> WaitingContact:
        floor = self._floor
        given = floor.channels[contact.channel].given
        target_us = given.target_closed_us if contact.arrived_closed else given.target_us
        is_due = given.kind != rules.LIVE and contact.deadline_us < NEVER
        return WaitingContact(
            id=contact.id,
            channel=given.name,
            kind=_KINDS[given.kind],
            wait_s=(floor.now - contact.offered_us) / _SECOND,
            target_s=target_us / _SECOND if target_us >= 0 else math.inf,
            due_in_s=(contact.deadline_us - floor.now) / _SECOND if is_due else math.inf,
            promoted=contact.promoted,
            reach=contact.reach,
            begun=contact.start_us >= 0,
        )

    def _agent(self, agent: Agent, skill: Skill) -> ReadyAgent:
        floor = self._floor
        held = floor.channels[agent.skill.channel].given.name if agent.skill else None
        return ReadyAgent(
            id=agent.id,
            group=floor.given.groups[agent.group.number].name,
            contacts=len(agent.hand),
            channel=held,
            state_s=(floor.now - agent.since_us) / _SECOND,
            preference=skill.preference,
        )
