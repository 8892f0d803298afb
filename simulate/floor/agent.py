"""The agent's side: hands that hold contacts, what was put aside, and how channels are served."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulate import rules
from simulate.floor.clock import Moment
from simulate.floor.contact import Contact
from simulate.floor_input import SkillInput

if TYPE_CHECKING:
    from simulate.floor.group import Cohort, Group

Bench = dict["Agent", None]
"""Agents who wait for work, the one longest in that state first."""


class Skill:
    """How the agents of one cohort serve one channel; Python numbers, quick to read."""

    __slots__ = (
        "after_us",
        "bench",
        "channel",
        "cohort",
        "is_live",
        "keep_free",
        "keep_free_unit",
        "most",
        "preference",
        "priority",
        "slowdown",
        "speed",
    )

    def __init__(self, given: SkillInput, cohort: Cohort, *, is_live: bool) -> None:
        self.cohort = cohort
        self.is_live = is_live
        self.channel = given.channel
        self.most = given.most
        self.preference = given.preference
        self.priority = given.priority
        self.after_us = given.after_us
        self.speed = given.speed
        self.slowdown: list[int] = given.slowdown.tolist()
        self.keep_free = given.keep_free
        self.keep_free_unit = given.keep_free_unit
        # Agents with room for one more, by contacts of this channel in hand. Place 0 is the
        # bench of the cohort's free agents.
        self.bench: list[Bench] = [cohort.free, *({} for _ in range(1, given.most))]


class Shift:
    """
    When one agent works, and what is left of the breaks.

    Attributes
    ----------
    start_us, end_us
        Within the horizon.
    breaks
        (planned start, length) of those not begun yet, in order.
    """

    __slots__ = ("breaks", "end_us", "start_us")

    def __init__(self, start_us: int, end_us: int, breaks: list[tuple[int, int]]) -> None:
        self.start_us = start_us
        self.end_us = end_us
        self.breaks = deque(breaks)

    def is_break_due(self, now: int) -> bool:
        """Whether the planned start of the next break has come."""
        return bool(self.breaks) and self.breaks[0][0] <= now


class Agent:
    """
    One agent, and the contacts in hand.

    Attributes
    ----------
    id
        Number among the agents of all groups, those of the first group first.
    present
        On the floor: not on break, and not gone.
    shift
        When the agent works, in a group that works by shifts.
    on_break, break_due, shift_over
        Where the agent stands in that shift; with a break due, or the shift over, nothing new
        is taken (but see `presence.staying_away`).
    hand, skill
        Contacts in hand, all of one channel, and the skill in use; None with empty hands.
    aside, skill_aside
        Contacts put aside for live ones, and the skill to resume them with.
    turn
        Number of the last change of contacts in hand, counted over the whole floor.
    since_us
        Instant of that change, up to which the work in hand is accounted for.
    on_floor_since_us
        When the agent came, or came back, or went on break.
    bench
        Where the agent waits for more.
    open_slots
        Live slots open: how many live contacts could still be taken.
    next_done, alarm
        The contact in hand that will be done first, and the event of its completion.
    """

    __slots__ = (
        "alarm",
        "aside",
        "bench",
        "break_due",
        "cohort",
        "group",
        "hand",
        "id",
        "next_done",
        "on_break",
        "on_floor_since_us",
        "open_slots",
        "present",
        "shift",
        "shift_over",
        "since_us",
        "skill",
        "skill_aside",
        "turn",
    )

    def __init__(self, id: int, cohort: Cohort) -> None:
        self.id = id
        self.cohort = cohort
        self.group: Group = cohort.group
        self.present = False
        self.shift: Shift | None = None
        self.on_break = False
        self.break_due = False
        self.shift_over = False
        self.hand: list[Contact] = []
        self.skill: Skill | None = None
        self.aside: list[Contact] = []
        self.skill_aside: Skill | None = None
        self.turn = 0
        self.since_us = 0
        self.on_floor_since_us = 0
        self.bench: Bench | None = None
        self.open_slots = 0
        self.next_done: Contact | None = None
        self.alarm: Moment | None = None

    @property
    def goes_when_empty(self) -> bool:
        """Whether nothing new may be taken, nothing resumed, once the hands are empty."""
        return self.break_due or self.shift_over or self.group.must_shrink

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
