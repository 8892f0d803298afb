"""
Everything there is on the kernel's floor: tables of 64-bit integers, a row for each thing.

A column is named by a constant, so that `agents[agent, TURN]` reads as it should. All of the
state is in these tables: the loop can stop after any event and go on later.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

NOBODY = -1
"""No contact, no agent, no channel, no place."""

# Of the whole floor: places in `Floor.state`.
NOW = 0  # instant of the present event
ROOT = 1  # what the random numbers are drawn by
GRAIN = 2
INTERVAL_LENGTH = 3
HORIZON = 4
CHOICE = 5
LOAD = 6
TURNS = 7  # changes of contacts in hand so far
SLOTS_OPEN = 8  # live slots open, those of agents who are to leave included
ANY_EXCESS = 9  # whether some group has agents too many
LAST = 10  # instant of the last event that changed something
NEXT_FIRST = 11  # the next first contact to come in
FIRST_END = 12  # one more than the last first contact
CONTACTS = 13  # contacts so far
ENDLESS = 14  # of these, out of a backlog that never runs out
CHILD_HEAD = 15  # children born at this instant: a list linked by BEHIND
CHILD_TAIL = 16
NEXT_ENTRY = 17  # next row of the timetable
TIMERS = 18  # timers set
COMPLETIONS = 19  # agents with contacts in hand
WAITING = 20  # contacts in all queues
STARTS = 21  # most contacts that can be started in one instant's dispatch
STATE_SIZE = 22

# Of a contact.
KEY = 0  # what its random numbers are drawn by
CHANNEL = 1
INTERVAL = 2  # interval of the offer, -1 for the opening backlog
OFFERED = 3
WORK = 4  # solo; with the agent's speed once started
PATIENCE = 5
REACHED_AT_TRY = 6  # -1 leaves it to chance
PARENT = 7
FIRST_OFFERED = 8
DEADLINE = 9
ARRIVED_CLOSED = 10
QUEUED = 11
PROMOTED = 12
REMAINING = 13  # work still to be done, in an agent's hands
REACHED = 14  # whether the call in hand reaches the customer
TRIES = 15
START = 16
END = 17
AGENT = 18
ENDING = 19
AHEAD = 20  # neighbours in the queue
BEHIND = 21
IS_ENDLESS = 22
CONTACT_SIZE = 24

# Of an agent.
GROUP = 0
IS_PRESENT = 1
IN_HAND = 2  # number of contacts
HELD_CHANNEL = 3  # their channel
TURN = 4  # number of the last change of contacts in hand
SINCE = 5  # instant of that change
OPEN_SLOTS = 6  # live contacts that could still be taken
NEXT_DONE = 7  # contact in hand that will be done first
DONE_AT = 8  # and when
PLACE = 9  # in the heap of completions
BENCH = 10
BEFORE = 11  # neighbours on the bench
AFTER = 12
AGENT_SIZE = 16  # 128 bytes: two lines of the processor's cache

# Of a group.
FIRST_AGENT = 0
END_AGENT = 1
STAFF = 2  # how many should be there
PRESENT = 3  # and how many are
EXCESS = 4  # agents too many
FREE = 5  # agents with empty hands
LIVE_SLOTS = 6  # live contacts that a free agent could take
EXCESS_SINCE = 7
DRAIN = 8  # agent time worked after they should have left
GROUP_SIZE = 9

# Of a skill, by group and channel.
MOST = 0  # contacts at once; 0 where there is no such skill
PREFERENCE = 1
SPEED = 2
KEEP_FREE = 3
KEEP_FREE_UNIT = 4
FIRST_BENCH = 5  # bench of those with one contact in hand, then two, ...
SKILL_SIZE = 6

# Of a channel: what is declared, then what is.
CHANNEL_KEY = 0
KIND = 1
DROPS_AT_CLOSE = 2
MAX_QUEUE = 3
PRIORITY = 4
ORDER = 5
PROMOTE_BEFORE = 6
ABOVE_LIVE = 7
TARGET = 8
TARGET_CLOSED = 9
OFFER_CONDITION = 10
OFFER_LIMIT = 11
OFFER_CHANNEL = 12
NOT_BEFORE = 13
WINDOW = 14
DIAL = 15
RETRY_AFTER = 16
MAX_TRIES = 17
WORK_SHAPE = 18
FIRST_VALUE = 19  # of its work in `values`
END_VALUE = 20
FIRST_SPAN = 21  # of its opening hours in `opens` and `closes`
END_SPAN = 22
PATIENCE_SHAPE = 23
FIRST_POINT = 24  # of its patience in `points`
END_POINT = 25
IS_OPEN = 26
LENGTH = 27  # contacts waiting
HEAD = 28  # of the ordinary queue
TAIL = 29
PROMOTED_HEAD = 30
PROMOTED_TAIL = 31
CHANNEL_SIZE = 32

# Chances and the like of a channel.
BALKS = 0
ACCEPTS = 1
IS_REACHED = 2
WORK_CV = 3
PATIENCE_CV = 4
PATIENCE_MEAN = 5
CHANCES_SIZE = 6

# Of an entry of the timetable.
INSTANT = 0
IS_HOURS = 1  # doors open and close; else the staffing changes
FROM = 2  # staffing: row of `staff`; doors: rows of `doors`
UNTIL = 3
ENTRY_SIZE = 4


class Floor(NamedTuple):
    """
    One replication.

    Parameters
    ----------
    state
        Numbers of the whole floor, by the constants above.
    contacts
        By id; room for more than there are.
    timers
        Heap of (instant, place) of what awaits single contacts.
    agents
        By id.
    hands
        Contacts in hand, shape (agents, most at once).
    completions
        Heap of agents by the instant at which their next contact is done.
    groups, skills, channels
        By number; skills by group and channel.
    loads
        Agents present by group and contacts in hand.
    benches
        First and last agent of every bench: those of a group with empty hands by group, then
        those with room for one more by `FIRST_BENCH`; longest in that state first.
    slowdown
        By group, channel and contacts in hand.
    chances
        By channel.
    work_means
        Mean work in microseconds by channel and interval.
    values
        Observed works of all channels, in means.
    points, shares
        Observed patience or points of survival curves of all channels, with the share still
        waiting in `shares`.
    opens, closes
        Opening hours of all channels.
    timetable, doors, staff
        What happens at set instants: see the constants; a door is (channel, opens); staff by
        interval and group, with a last row of nobody.
    busy, held, leaving
        Agent and contact time in hand by interval, group and channel; time with agents too
        many by interval and group.
    heads
        Scratch: the contacts to try, in order.
    """

    state: NDArray[Any]
    contacts: NDArray[Any]
    timers: NDArray[Any]
    agents: NDArray[Any]
    hands: NDArray[Any]
    completions: NDArray[Any]
    groups: NDArray[Any]
    skills: NDArray[Any]
    channels: NDArray[Any]
    loads: NDArray[Any]
    benches: NDArray[Any]
    slowdown: NDArray[Any]
    chances: NDArray[Any]
    work_means: NDArray[Any]
    values: NDArray[Any]
    points: NDArray[Any]
    shares: NDArray[Any]
    opens: NDArray[Any]
    closes: NDArray[Any]
    timetable: NDArray[Any]
    doors: NDArray[Any]
    staff: NDArray[Any]
    busy: NDArray[Any]
    held: NDArray[Any]
    leaving: NDArray[Any]
    heads: NDArray[Any]
