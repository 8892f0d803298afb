"""The order in which the floor lives: one event after the other, each settled before the next."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulate import rules
from simulate.compiled import compiled_entry, compiled_in_place, compiled_inline
from simulate.draws import NEVER
from simulate.kernel.customers import is_open_at, new_contact, next_endless
from simulate.kernel.dispatch import settle
from simulate.kernel.hands import complete
from simulate.kernel.presence import set_staff
from simulate.kernel.reception import arrive, close, ring, stay_or_go, take_in
from simulate.kernel.state import (
    BEHIND,
    CHANNEL,
    CHILD_HEAD,
    COMPLETIONS,
    CONTACTS,
    DONE_AT,
    FIRST_END,
    FROM,
    INSTANT,
    IS_HOURS,
    IS_OPEN,
    NEXT_ENTRY,
    NEXT_FIRST,
    NOBODY,
    NOW,
    OFFERED,
    STARTS,
    TIMERS,
    UNTIL,
    Floor,
)
from simulate.kernel.timers import RANKS, drop_first_timer

# Why the loop came back.
OVER = 0
PAUSED = 1
FULL = 2


@compiled_entry
def add_backlog(floor: Floor, backlog: NDArray[Any]) -> None:
    """Put who waits at the start on the table: (offer, channel, key); key -1 never runs out."""
    for n in range(len(backlog)):
        offered, channel, key = backlog[n]
        if key < 0:
            next_endless(floor, channel)
        else:
            new_contact(floor, key, channel, -1, offered)


@compiled_entry
def line_up_backlog(floor: Floor, count: int) -> None:
    """The backlog joins its queues before anything happens."""
    for contact in range(count):
        channel, offered = floor.contacts[contact, CHANNEL], floor.contacts[contact, OFFERED]
        take_in(floor, contact, is_open_at(floor, channel, offered))


@compiled_entry
def live(floor: Floor, most_events: int) -> int:
    """
    Go on until nothing is left to happen, or so many events have, or the tables are full.

    Returns
    -------
    int
        `OVER`, `PAUSED` or `FULL`; after the latter two the floor can go on.
    """
    state = floor.state
    # One dispatch can start so many contacts of backlogs that never run out.
    most_contacts = len(floor.contacts) - state[STARTS] - 2
    most_timers = len(floor.timers) - state[STARTS] - 4
    for _ in range(most_events):
        if state[CONTACTS] > most_contacts or state[TIMERS] > most_timers:
            return FULL
        instant, place = _next_event(floor)
        if instant == NEVER:
            return OVER
        state[NOW] = instant
        rank, entity = place // RANKS, place % RANKS
        if _happen(floor, rank, entity):
            settle(floor)
            if rank == rules.ARRIVAL:
                stay_or_go(floor, entity)
    return PAUSED


@compiled_inline
def _next_event(floor: Floor) -> tuple[int, int]:
    """Instant and place of the event that is first of all still to come."""
    state = floor.state
    best = (NEVER, 0)
    contact = state[NEXT_FIRST]
    if contact < state[FIRST_END]:
        best = (floor.contacts[contact, OFFERED], rules.ARRIVAL * RANKS + contact)
    child = state[CHILD_HEAD]
    if child != NOBODY:
        best = _earlier(best, (state[NOW], rules.ARRIVAL * RANKS + child))
    entry = state[NEXT_ENTRY]
    if entry < len(floor.timetable):
        place = rules.TIMETABLE * RANKS + floor.timetable[entry, IS_HOURS] * rules.SUBRANK
        best = _earlier(best, (floor.timetable[entry, INSTANT], place))
    if state[COMPLETIONS] > 0:
        agent = floor.completions[0]
        best = _earlier(best, (floor.agents[agent, DONE_AT], rules.COMPLETION * RANKS + agent))
    if state[TIMERS] > 0:
        best = _earlier(best, (floor.timers[0, 0], floor.timers[0, 1]))
    return best


@compiled_inline
def _earlier(event: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return event if event < other else other


@compiled_inline
def _happen(floor: Floor, rank: int, entity: int) -> bool:
    """Let an event happen; whether the floor has to be settled."""
    state = floor.state
    if rank == rules.ARRIVAL:
        if entity == state[CHILD_HEAD]:
            state[CHILD_HEAD] = floor.contacts[entity, BEHIND]
        else:
            state[NEXT_FIRST] += 1
        return arrive(floor, entity)
    if rank == rules.COMPLETION:
        complete(floor, entity)
        return True
    if rank == rules.TIMETABLE:
        _turn_page(floor)
        return True
    drop_first_timer(floor)
    return ring(floor, rank, entity)


@compiled_in_place
def _turn_page(floor: Floor) -> None:
    """The staffing changes for all groups, or doors close and open."""
    entry = floor.timetable[floor.state[NEXT_ENTRY]]
    floor.state[NEXT_ENTRY] += 1
    if not entry[IS_HOURS]:
        for group in range(len(floor.groups)):
            set_staff(floor, group, floor.staff[entry[FROM], group])
        return
    for door in range(entry[FROM], entry[UNTIL]):
        if floor.doors[door, 1]:
            floor.channels[floor.doors[door, 0], IS_OPEN] = 1
        else:
            close(floor, floor.doors[door, 0])
