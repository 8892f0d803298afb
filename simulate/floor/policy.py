"""A routing rule of the user's own in place of the ordinary one, and whether it may do so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from scenario import InvalidValueError
from simulate import rules
from simulate.floor import dispatch, presence
from simulate.floor.agent import Agent, Skill
from simulate.floor.contact import Contact
from simulate.floor.interruption import interruptible
from simulate.floor.view import FloorView, ReadyAgent, WaitingContact

if TYPE_CHECKING:
    from simulate.floor.world import Floor, Matcher

_FIELD = "the policy's choice"


class Policy(Protocol):
    """Who takes what: asked after every event until it has nothing more to match."""

    def __call__(self, floor: FloorView, /) -> tuple[WaitingContact, ReadyAgent] | None:
        """
        The next contact to start and the agent who takes it, both from the view; or None.

        An agent whose hands hold interruptible work puts it aside for a live contact.
        """


def followed(policy: Policy) -> Matcher:
    """
    The matcher that does what a policy says.

    Raises
    ------
    InvalidValueError
        By the matcher: when the policy's choice breaks a rule of the floor, naming the rule.
    """

    def next_match(floor: Floor) -> dispatch.Match | None:
        choice = policy(FloorView(floor))
        if choice is None:
            return None
        contact, agent = _meant(floor, choice)
        skills = floor.channels[contact.channel].skills
        skill = agent.cohort.skills.get(contact.channel)
        if not contact.queued:
            _refuse("a contact that waits", contact, agent)
        if not floor.channels[contact.channel].is_served(floor.now):
            _refuse("a contact of a channel that is open", contact, agent)
        if skill is None:
            _refuse("an agent who has the skill", contact, agent)
        found = dispatch.eligible(floor, contact, skills, everybody=True)
        if any(one is agent for one, _ in found) or _interrupts(floor, contact, agent):
            return contact, agent
        _refuse(_broken_rule(floor, contact, agent, skill), contact, agent)

    return next_match


def _meant(floor: Floor, choice: object) -> dispatch.Match:
    """The contact and the agent that a policy names."""
    match choice:
        case (WaitingContact() as contact, ReadyAgent() as agent):
            agents = (one for group in floor.groups for one in group.agents)
            by_id = next(one for one in agents if one.id == agent.id)
            return floor.customers.everybody[contact.id], by_id
    raise InvalidValueError(_FIELD, "None, or a contact and an agent of the view", choice)


def _interrupts(floor: Floor, contact: Contact, agent: Agent) -> bool:
    """Whether an agent can put work aside for a contact."""
    is_live = floor.channels[contact.channel].is_live
    return is_live and agent in interruptible(floor, contact)


def _broken_rule(floor: Floor, contact: Contact, agent: Agent, skill: Skill) -> str:
    """Why an agent with the skill cannot take a waiting contact, as the end of "must be ..."."""
    channel = floor.channels[contact.channel]
    if not agent.present:
        return "an agent on the floor"
    if agent.break_due:
        return "an agent who is not due for a break"
    if agent in presence.staying_away(floor, agent.group, contact):
        return "an agent who is not about to leave"
    if not rules.has_waited(floor.now, contact.offered_us, skill.after_us):
        return f"a contact that has waited {skill.after_us / 1e6:g} s, the group's after_s"
    if agent.skill is not None and agent.skill is not skill:
        return f"an agent who holds nothing but {channel.given.name} (one channel at a time)"
    if len(agent.hand) >= skill.most:
        return f"an agent with fewer than {skill.most} in hand (max_concurrent)"
    if agent.aside and not agent.hand:
        return "a live contact while the agent has work put aside"
    return f"one that leaves free what keep_free asks for ({skill.keep_free})"


def _refuse(rule: str, contact: Contact, agent: Agent) -> NoReturn:
    raise InvalidValueError(_FIELD, rule, f"contact {contact.id} and agent {agent.id}")
