"""Who is in hand and who waits on a floor with one queue, as a chain?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from staffing.uniformisation import Chain

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

UNLIKELY = 1e-13  # probability of so many in hand, or waiting, that is not followed


@dataclass(frozen=True, eq=False)
class Crowd:
    """
    How many are in hand and how many wait, as probabilities.

    Parameters
    ----------
    table
        Probability of b contacts in hand and q waiting, shape (B + 1, Q + 1).
    """

    table: FloatArray

    @classmethod
    def nobody(cls, room: int) -> Crowd:
        """An empty floor with room for so many to be followed in the queue."""
        table = np.zeros((1, room + 1))
        table[0, 0] = 1.0
        return cls(table)

    @property
    def most_in_hand(self) -> int:
        """Contacts in hand beyond which nothing is likely."""
        return int(np.flatnonzero(self.table.sum(axis=1) > UNLIKELY).max(initial=0))

    @property
    def mean_waiting(self) -> float:
        """Mean contacts waiting."""
        return float(self.table.sum(axis=0) @ np.arange(self.table.shape[1]))

    def with_room(self, room: int) -> Crowd:
        """The same with more room in the queue."""
        more = room + 1 - self.table.shape[1]
        return Crowd(np.pad(self.table, ((0, 0), (0, more)))) if more > 0 else self


@dataclass(frozen=True, eq=False)
class Floor:
    """
    The floor while the number of agents stays the same.

    Parameters
    ----------
    agents
        Agents scheduled, s.
    excess
        Contacts that may be in hand beyond that, K: agents who leave finish what they hold.
    room
        Contacts followed in the queue, Q.
    completion, patience
        Completions per second of a contact in hand; abandonments per second of one who waits.

    Notes
    -----
    While b > s contacts are in hand nobody takes a new one: the first to finish leaves. A
    contact waits only while b >= s. States are numbered n = b + q for b <= s, and then by
    (b - s - 1, q) for the rest.
    """

    agents: int
    excess: int
    room: int
    completion: float
    patience: float

    @property
    def line(self) -> int:
        """Number of states with no more than s in hand."""
        return self.agents + self.room + 1

    @cached_property
    def places(self) -> tuple[IntArray, IntArray]:
        """Contacts in hand and waiting of every state, shapes (S,)."""
        number = np.arange(self.line)
        beyond, waiting = np.divmod(np.arange(self.excess * (self.room + 1)), self.room + 1)
        in_hand = np.concatenate([np.minimum(number, self.agents), self.agents + 1 + beyond])
        queue = np.concatenate([np.maximum(number - self.agents, 0), waiting])
        return in_hand, queue

    def enter(self, crowd: Crowd) -> FloatArray:
        """Probabilities of the states as the agents become s; who can be taken is taken."""
        in_hand, queue = np.nonzero(crowd.table)
        taken = np.clip(self.agents - in_hand, 0, queue)
        in_hand_now, waiting = in_hand + taken, queue - taken
        beyond = np.clip(in_hand_now - self.agents, 0, self.excess)
        waiting = np.minimum(waiting, self.room)
        state = np.where(
            beyond == 0, in_hand_now + waiting, self.line + (beyond - 1) * (self.room + 1) + waiting
        )
        # Somebody beyond what is followed counts as the last that is.
        state = np.where((beyond == 0) & (in_hand_now > self.agents), self.agents + waiting, state)
        size = len(self.places[0])
        return np.asarray(np.bincount(state, crowd.table[in_hand, queue], size), dtype=np.float64)

    def leave(self, chances: FloatArray) -> Crowd:
        """The crowd that probabilities of the states stand for."""
        in_hand, queue = self.places
        table = np.zeros((self.agents + self.excess + 1, self.room + 1))
        table[in_hand, queue] = chances
        return Crowd(table)

    def busy_chain(self, arrivals: float) -> Chain:
        """The chain of the whole floor with so many contacts per second."""
        in_hand, queue = self.places
        state = np.arange(len(in_hand))
        beyond = state >= self.line
        # An arrival is taken or waits; with the queue full it is lost.
        fits = queue < self.room
        # A completion hands on to the next who waits, unless the agent was leaving.
        after = np.where(beyond, state - (self.room + 1), state - 1)
        first = beyond & (in_hand == self.agents + 1)
        after = np.where(first, self.agents + queue, after)
        works, waits = in_hand > 0, queue > 0
        source = np.concatenate([state[fits], state[works], state[waits]])
        target = np.concatenate([state[fits] + 1, after[works], state[waits] - 1])
        rates = np.concatenate(
            [
                np.full(int(fits.sum()), arrivals),
                self.completion * in_hand[works],
                self.patience * queue[waits],
            ]
        )
        return Chain.of(len(state), source, target, rates)

    @cached_property
    def waiting_chain(self) -> Chain:
        """
        The chain of one customer who waits: (k beyond s in hand, m ahead), answered, gone.

        Numbered k * (Q + 1) + m; the last two are answered and gone.
        """
        beyond, ahead = np.divmod(np.arange((self.excess + 1) * (self.room + 1)), self.room + 1)
        state = np.arange(len(beyond))
        answered, gone = len(state), len(state) + 1
        moved = np.where(beyond > 0, state - (self.room + 1), state - 1)
        moved = np.where((beyond == 0) & (ahead == 0), answered, moved)
        passed = ahead > 0
        source = np.concatenate([state, state[passed], state])
        target = np.concatenate([moved, state[passed] - 1, np.full(len(state), gone)])
        rates = np.concatenate(
            [
                self.completion * (self.agents + beyond),
                self.patience * ahead[passed],
                np.full(len(state), self.patience),
            ]
        )
        return Chain.of(len(state) + 2, source, target, rates)

    def in_time(self, waiting: FloatArray, *, lost_when_full: bool) -> FloatArray:
        """
        Chance of each state's next arrival, from that of one who waits, shape (S,).

        Parameters
        ----------
        waiting
            By states of `waiting_chain`.
        lost_when_full
            Whether an arrival at a full queue is turned away.
        """
        in_hand, queue = self.places
        beyond = np.maximum(in_hand - self.agents, 0)
        chance = waiting[beyond * (self.room + 1) + queue]
        chance = np.where(in_hand < self.agents, 1.0, chance)
        return np.where(queue == self.room, 0.0, chance) if lost_when_full else chance

    def handed_over(self, following: Floor, waiting: FloatArray) -> FloatArray:
        """
        Chance of one who waits at the last moment, from the chances on the floor after.

        Parameters
        ----------
        following
            The floor that this one becomes.
        waiting
            Chances by states of its `waiting_chain`.
        """
        beyond, ahead = np.divmod(np.arange((self.excess + 1) * (self.room + 1)), self.room + 1)
        in_hand = self.agents + beyond
        free = np.maximum(following.agents - in_hand, 0)
        still = np.clip(in_hand - following.agents, 0, following.excess)
        state = still * (following.room + 1) + np.clip(ahead - free, 0, following.room)
        chance = np.where(ahead < free, 1.0, waiting[state])
        return np.concatenate([chance, [1.0, 0.0]])
