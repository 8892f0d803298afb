"""
Every rule of the floor, once, as a small function of numbers.

Both engines call these, so that a rule means the same wherever it is met; the rules of what
contacts beget are in `journeys.py`. Times are integer
microseconds; `speed` and `slowdown` are integer millionths. `docs/model.md` tells each rule in
words, `tests/days/` shows it on a handful of contacts.
"""

from __future__ import annotations

import math

from simulate.compiled import compiled
from simulate.draws import NEVER

MILLION = 1_000_000

# Ranks: what comes first among the events of one instant.
ABANDONMENT = 0
COMPLETION = 1
TIMETABLE = 2  # staffing, shifts, breaks, opening and closing
CALLBACK_DUE = 3
WAITING_TIMER = 4  # promotion, then gates, new posts and offers, of waiting contacts
ARRIVAL = 5

# Within a rank, what comes first.
STAFFING = 0  # numbers of all groups that work by numbers
SHIFTS = 1  # then shifts and breaks, agent by agent
HOURS = 2
SHIFT_END = 0
BREAK_DUE = 1
BREAK_END = 2
SHIFT_START = 3
PROMOTION = 0
AFTER_GATE = 1
WRITES_AGAIN = 2
OFFER = 3
SUBRANK = 2**36

# Kinds of channel.
LIVE = 0
DEFERRED = 1
CALLBACK = 2

# Orders of a queue.
FIFO = 0
DEADLINE = 1
LIFO = 2
REACH_FIRST = 3

# Choices among agents, and loads.
LOAD_FIRST = 0
PREFERENCE_FIRST = 1
RANDOM = 2
SPREAD = 0
PACK = 1

# Ways to leave: as many as are too many, whoever is free first; or each at the end of a shift.
FIRST_FREE = 0
NAMED = 1

# Units of what is kept free.
SLOTS = 0
AGENTS = 1

# Conditions of a callback offer.
NO_OFFER = 0
QUEUE_AT_LEAST = 1
EXPECTED_WAIT_OVER = 2
AFTER_WAITING = 3

_TURNS = 2**40  # an agent's turn stays below this
_RANKS = 2**10  # ranks of preference and contacts in hand stay below this


@compiled
def rounded(duration: float, grain: int) -> int:
    """Length of a piece of work: the nearest whole grain, at least one."""
    if duration >= NEVER:
        return NEVER
    return max(grain, math.floor(duration / grain + 0.5) * grain)


@compiled
def rounded_patience(duration: float, grain: int) -> int:
    """Length of a patience: as `rounded`, but a customer without any patience has none."""
    if duration <= 0.0:
        return 0
    return rounded(duration, grain)


@compiled
def service_work(work: int, speed: int) -> int:
    """Agent time that a contact takes from an agent of this speed, handled alone."""
    return (work * speed + 500_000) // MILLION


@compiled
def work_done(elapsed: int, slowdown: int) -> int:
    """Work done on each contact in hand in a stretch of time."""
    return elapsed * MILLION // slowdown


@compiled
def finish_at(now: int, remaining: int, slowdown: int) -> int:
    """When the remaining work will be done if nothing changes."""
    return now + (remaining * slowdown + MILLION - 1) // MILLION


@compiled
def queue_key(order: int, offered: int, deadline: int, reach: int, contact: int) -> tuple[int, int]:
    """Place in a queue, the lowest first."""
    if order == DEADLINE:
        return deadline, contact
    if order == REACH_FIRST:
        return -reach, contact
    if order == LIFO:
        return -offered, -contact
    return offered, contact


@compiled
def agent_key(choice: int, load: int, contacts: int, preference: int, turn: int) -> int:
    """
    Who takes a contact among eligible agents: the lowest.

    Parameters
    ----------
    choice, load
        `LOAD_FIRST` or `PREFERENCE_FIRST`; `SPREAD` or `PACK`.
    contacts
        In the agent's hands, below 1,024.
    preference
        Rank of the group's preference for the channel, 0 for the best, below 1,024.
    turn
        Number of the agent's last change of contacts in hand: the lowest has been longest in
        its state. No two agents share one, so that ids need not decide.
    """
    busy = _RANKS - 1 - contacts if load == PACK else contacts
    if choice == PREFERENCE_FIRST:
        return (preference * _RANKS + busy) * _TURNS + turn
    return (busy * _RANKS + preference) * _TURNS + turn


@compiled
def is_gated(kind: int, promoted: bool, above_live: bool) -> bool:
    """
    Whether a contact must leave capacity free where its skill says so.

    Live contacts must: a group keeps agents free for others that it serves. Deferred work must,
    promoted or not, unless promotion lifts it above live work; a callback must until it is
    promoted.
    """
    if kind == LIVE:
        return True
    if kind == CALLBACK:
        return not promoted
    return not (promoted and above_live)


@compiled
def gate_is_open(unit: int, keep_free: int, free_agents: int, open_slots: int, taken: int) -> bool:
    """
    Whether a free agent may start work that must leave capacity free.

    Parameters
    ----------
    unit, keep_free
        How much of what stays free.
    free_agents
        Free agents of the agent's group, this one included.
    open_slots
        Live slots open on the whole floor before the start.
    taken
        Live slots that this agent would no longer have open.
    """
    if unit == AGENTS:
        return keep_free == 0 or free_agents > keep_free
    return open_slots - taken >= keep_free or keep_free == 0


@compiled
def goes_first(kind: int, promoted: bool, above_live: bool) -> bool:
    """Whether a waiting contact is tried before all channels: promoted callbacks and the like."""
    return promoted and (kind == CALLBACK or above_live)


@compiled
def promoted_at(deadline: int, promote_before: int) -> int:
    """When waiting work is promoted; `NEVER` when its channel promotes none (-1)."""
    if promote_before < 0 or deadline >= NEVER:
        return NEVER
    return deadline - promote_before


@compiled
def is_blocked(others_waiting: int, max_queue: int) -> bool:
    """Whether an arrival that nobody could take meets a full queue; -1 is no limit."""
    return max_queue >= 0 and others_waiting >= max_queue


@compiled
def slot_rate(agents: int, most: int, slowdown: int, speed: int) -> float:
    """Contacts of unit work that fully loaded agents finish in a unit of time."""
    return agents * most * (MILLION / slowdown) * (MILLION / speed)


@compiled
def expected_wait(others_waiting: int, mean_work: float, rate: float) -> float:
    """Wait that a customer at the end of the queue is told; infinite with nobody to serve."""
    if rate <= 0.0:
        return math.inf
    return (others_waiting + 1) * mean_work / rate


@compiled
def is_offered(condition: int, limit: int, others_waiting: int, wait: float) -> bool:
    """Whether an arrival that nobody could take is offered a callback at once."""
    if condition == QUEUE_AT_LEAST:
        return others_waiting >= limit
    if condition == EXPECTED_WAIT_OVER:
        return wait > limit
    return False


@compiled
def tries_again(tries: int, max_tries: int) -> bool:
    """Whether a callback customer who was missed is called again."""
    return tries < max_tries


@compiled
def excess(present: int, staff: int) -> int:
    """How many agents more are present than there should be."""
    return max(0, present - staff)


@compiled
def exit_key(contacts: int, agent: int) -> int:
    """Who takes nothing new while there are too many: those with the lowest."""
    return contacts * 2**40 + agent


@compiled
def is_novice(number: int, share: int) -> bool:
    """
    Whether an agent is a novice, so that any first agents of a group hold about the share.

    Parameters
    ----------
    number
        The agent's place in the group, from 0.
    share
        Novices in millionths of the group.
    """
    return (number + 1) * share // MILLION > number * share // MILLION


@compiled
def has_waited(now: int, offered: int, after: int) -> bool:
    """Whether a contact has waited as long as a group asks before it helps."""
    return now - offered >= after


@compiled
def shift_place(agent: int, what: int) -> int:
    """
    Place of an event of a shift among those of the timetable.

    Parameters
    ----------
    agent
        Id of the agent.
    what
        `SHIFT_END`, `BREAK_DUE`, `BREAK_END` or `SHIFT_START`.
    """
    return SHIFTS * SUBRANK + agent * 4 + what


@compiled
def interruption_key(preference: int, turn: int) -> int:
    """
    Who puts work aside for a live contact among agents who could: the lowest.

    Parameters
    ----------
    preference
        Rank of the group's preference for the live channel, 0 for the best.
    turn
        Number of the agent's last change of contacts in hand: the latest goes first.
    """
    return preference * _TURNS + (_TURNS - 1 - turn)


@compiled
def break_end(now: int, length: int, shift_end: int) -> int:
    """When a break that begins now is over; never past the end of the shift."""
    return min(now + length, shift_end)


@compiled
def promised(clock: int, allowed: int) -> int:
    """An instant some time after another; `NEVER` when that one never comes."""
    return NEVER if clock >= NEVER else clock + allowed
