"""
How one week was worked: the small floor behind the contact log.

It is the sample's own, apart from the library's: the library's floor may learn to do better,
and the sample must stay what it is.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

HOUR = 3600
SLOWDOWN = (1.0, 1.0, 1.25)  # by chats in hand
CHATS_AT_ONCE = 2
DIAL_S, RETRY_AFTER_S, MOST_TRIES = 45, 1800, 3
_TINY = 1e-6  # seconds of work that are nothing


@dataclass
class Contact:
    """One contact; times in whole seconds from the start of the simulated days."""

    number: int
    channel: str
    came: int
    solo_s: int
    patience_s: int  # chats only
    deadline: int  # posts only
    reached: tuple[bool, ...]  # by try, callbacks only
    tries: int = 0
    started: int | None = None
    ended: int | None = None
    agent: str = ""
    agent_s: int = 0  # as suites log it: talking and writing, not dialling in vain
    result: str = ""


@dataclass
class Agent:
    """One agent: contacts in hand, with the work that is left of each."""

    name: str
    hands: list[Contact] = field(default_factory=list)
    left_s: list[float] = field(default_factory=list)
    since: int = 0
    version: int = 0

    def advance(self, now: int) -> None:
        """Work off what the time since the last change has done."""
        done = (now - self.since) / SLOWDOWN[len(self.hands)]
        self.left_s = [left - done for left in self.left_s]
        self.since = now

    def next_end(self) -> int:
        """Second in which the next contact in hand will be finished."""
        return self.since + math.ceil(min(self.left_s) * SLOWDOWN[len(self.hands)] - _TINY)


class Floor:
    """
    Chats first, two at a time; then callbacks; then posts by deadline.

    Parameters
    ----------
    present
        Agent names on the floor in each hour of the simulated days.
    callback_open
        Whether callbacks may be made, by hour.
    """

    def __init__(self, present: list[tuple[str, ...]], callback_open: list[bool]) -> None:
        self.present = present
        self.callback_open = callback_open
        self.agents = {name: Agent(name) for hour in present for name in hour}
        self.on: tuple[str, ...] = ()
        self.last_on: tuple[str, ...] = ()
        self.hour = 0
        self.chats: list[Contact] = []
        self.callbacks: list[Contact] = []
        self.posts: list[tuple[int, int, Contact]] = []
        self.events: list[tuple[int, int, int, str, object]] = []
        self.serial = 0

    def run(self, contacts: list[Contact]) -> None:
        """Work all contacts; each is told its agent, times and result."""
        for hour in range(len(self.present)):
            self._at(hour * HOUR, 2, "hour", hour)
        for contact in contacts:
            self._at(contact.came, 5, "arrival", contact)
        while self.events:
            now, _, _, kind, what = heapq.heappop(self.events)
            getattr(self, f"_{kind}")(now, what)
            self._dispatch(now)

    def _at(self, time: int, rank: int, kind: str, what: object) -> None:
        self.serial += 1
        heapq.heappush(self.events, (time, rank, self.serial, kind, what))

    def _hour(self, _now: int, hour: int) -> None:
        self.hour = hour
        self.last_on, self.on = self.on or self.last_on, self.present[hour]

    def _arrival(self, now: int, contact: Contact) -> None:
        if contact.channel == "chat":
            self.chats.append(contact)
            self._at(now + contact.patience_s, 0, "patience", contact)
        elif contact.channel == "callback":
            self.callbacks.append(contact)
        else:
            heapq.heappush(self.posts, (contact.deadline, contact.number, contact))

    def _patience(self, now: int, contact: Contact) -> None:
        if contact in self.chats:
            self.chats.remove(contact)
            contact.ended, contact.result = now, "Abandoned"

    def _again(self, _now: int, contact: Contact) -> None:
        self.callbacks.append(contact)

    def _end(self, now: int, what: tuple[Agent, int]) -> None:
        agent, version = what
        if version != agent.version:
            return
        agent.advance(now)
        place = agent.left_s.index(min(agent.left_s))
        contact = agent.hands.pop(place)
        agent.left_s.pop(place)
        self._close(contact, now)
        self._reschedule(agent)

    def _close(self, contact: Contact, now: int) -> None:
        contact.ended = now
        if contact.channel == "chat":
            contact.result, contact.agent_s = "Answered", now - contact.started
        elif contact.channel != "callback":
            contact.result, contact.agent_s = "Replied", contact.solo_s
        elif contact.reached[contact.tries - 1]:
            contact.result, contact.agent_s = "Connected", contact.solo_s
        elif contact.tries == MOST_TRIES:
            contact.result = "No answer"
        else:
            self._at(now + RETRY_AFTER_S, 3, "again", contact)

    def _reschedule(self, agent: Agent) -> None:
        agent.version += 1
        if agent.hands:
            self._at(agent.next_end(), 1, "end", (agent, agent.version))

    def _dispatch(self, now: int) -> None:
        while self.chats and (agent := self._for_chat()):
            self._start(agent, self.chats.pop(0), now)
        if self.callback_open[self.hour]:
            while self.callbacks and (agent := self._idle()):
                self._start(agent, self.callbacks.pop(0), now)
        while self.posts and (agent := self._idle()):
            self._start(agent, heapq.heappop(self.posts)[2], now)

    def _start(self, agent: Agent, contact: Contact, now: int) -> None:
        agent.advance(now)
        work = contact.solo_s
        if contact.channel == "callback":
            work = work if contact.reached[contact.tries] else DIAL_S
            contact.tries += 1
        contact.started = now if contact.started is None else contact.started
        contact.agent = agent.name
        agent.hands.append(contact)
        agent.left_s.append(float(work))
        self._reschedule(agent)

    def _for_chat(self) -> Agent | None:
        # Chats that wait at closing time are still served, by those who were there last.
        working = [self.agents[name] for name in self.on or self.last_on]
        able = [
            agent
            for agent in working
            if len(agent.hands) < CHATS_AT_ONCE and all(c.channel == "chat" for c in agent.hands)
        ]
        return min(able, key=lambda agent: (len(agent.hands), agent.since), default=None)

    def _idle(self) -> Agent | None:
        idle = [self.agents[name] for name in self.on if not self.agents[name].hands]
        return min(idle, key=lambda agent: agent.since, default=None)
