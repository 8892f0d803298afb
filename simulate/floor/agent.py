"""The agent's side: hands that hold contacts, and groups whose agents come and go."""

from __future__ import annotations

from collections.abc import Iterator

from simulate import rules
from simulate.floor.clock import Moment
from simulate.floor.contact import Contact
from simulate.floor_input import SkillInput


class Skill:
    """How the agents of one group serve one channel; Python numbers, quick to read."""

    __slots__ = (
        "bench",
        "channel",
        "group",
        "is_live",
        "keep_free",
        "keep_free_unit",
        "most",
        "preference",
        "slowdown",
        "speed",
    )

    def __init__(self, given: SkillInput, group: Group, *, is_live: bool) -> None:
        self.group = group
        self.is_live = is_live
        self.channel = given.channel
        self.most = given.most
        self.preference = given.preference
        self.speed = given.speed
        self.slowdown: list[int] = given.slowdown.tolist()
        self.keep_free = given.keep_free
        self.keep_free_unit = given.keep_free_unit
        # Agents with room for one more, by contacts of this channel in hand; the agent who
        # has been longest in that state comes first. Place 0 is the group's bench.
        self.bench: list[dict[Agent, None]] = [group.free, *({} for _ in range(1, given.most))]


class Agent:
    """
    One agent, and the contacts in hand.

    Attributes
    ----------
    id
        Number among the agents of all groups, those of the first group first.
    hand
        Contacts in hand, all of one channel.
    skill
        Skill in use; None with empty hands.
    turn
        Number of the last change of contacts in hand, counted over the whole floor.
    since_us
        Instant of that change, up to which the work in hand is accounted for.
    open_slots
        Live slots open: how many live contacts could still be taken.
    next_done, alarm
        The contact in hand that will be done first, and the event of its completion.
    """

    __slots__ = (
        "alarm",
        "group",
        "hand",
        "id",
        "next_done",
        "open_slots",
        "present",
        "since_us",
        "skill",
        "turn",
    )

    def __init__(self, id: int, group: Group) -> None:
        self.id = id
        self.group = group
        self.present = False
        self.hand: list[Contact] = []
        self.skill: Skill | None = None
        self.turn = 0
        self.since_us = 0
        self.open_slots = 0
        self.next_done: Contact | None = None
        self.alarm: Moment | None = None

    def work_until(self, now: int) -> None:
        """Work on everything in hand since the last change."""
        elapsed = now - self.since_us
        if elapsed and self.skill is not None:
            done = rules.work_done(elapsed, self.skill.slowdown[len(self.hand)])
            for contact in self.hand:
                contact.remaining_us -= done

    def first_done(self, now: int) -> tuple[int, Contact]:
        """When the first contact in hand will be done, and which; ties by the lowest id."""
        assert self.skill is not None
        hand = self.hand
        first = hand[0]
        for contact in hand:
            if (contact.remaining_us, contact.id) < (first.remaining_us, first.id):
                first = contact
        remaining = max(0, first.remaining_us)
        return rules.finish_at(now, remaining, self.skill.slowdown[len(hand)]), first


class Group:
    """
    Agents with the same skills, as many present as the staffing says.

    Attributes
    ----------
    agents
        Everybody who is present at some time, by id.
    free
        Agents with empty hands, the one free longest first.
    staff, present
        How many should be there, and how many are.
    excess
        Agents more present than there should be; between events all have contacts in hand.
    live_slots
        Live contacts that a free agent could take.
    """

    def __init__(self, number: int, first_id: int, most: int) -> None:
        self.number = number
        self.agents = [Agent(first_id + n, self) for n in range(most)]
        self.free: dict[Agent, None] = {}
        self.skills: dict[int, Skill] = {}
        self.live_slots = 0
        self.staff = 0
        self.present = 0
        self.excess = 0

    def count_excess(self) -> None:
        """See again how many are too many, after agents have come or gone."""
        self.excess = rules.excess(self.present, self.staff)

    def absent(self) -> Iterator[Agent]:
        """Agents who are not there, the lowest id first."""
        return (agent for agent in self.agents if not agent.present)

    def leaving(self) -> frozenset[Agent]:
        """The agents who take nothing new: as many as are too many, those with the fewest."""
        if not self.excess:
            return frozenset()
        present = [agent for agent in self.agents if agent.present]
        if self.excess < len(present):
            present.sort(key=lambda agent: rules.exit_key(len(agent.hand), agent.id))
        return frozenset(present[: self.excess])
