"""The order in which the floor lives: one event after the other, each settled before the next."""

from __future__ import annotations

from simulate import draws, rules
from simulate.compiled import compiled_entry, compiled_in_place, compiled_inline
from simulate.draws import NEVER
from simulate.kernel import floor_type  # noqa: F401  # how compiled code holds a floor
from simulate.kernel.children import be_born, write_again_later
from simulate.kernel.customers import backlog_contact, endless_contact, is_open_at
from simulate.kernel.dispatch import settle
from simulate.kernel.first_contacts import is_first_contact_to_come, next_customer
from simulate.kernel.floor import Floor
from simulate.kernel.hands import complete
from simulate.kernel.presence import set_staff, turn_shift
from simulate.kernel.reception import arrive, close, ring, stay_or_go, take_in
from simulate.kernel.state import (
    ANY_EXCESS,
    CHANNEL,
    COMES_AT,
    EDGE,
    EVENT_AT,
    EVENT_KIND,
    EVENT_OF,
    FIRST_CHILD,
    FROM,
    HAS_BEGUN,
    HEAD,
    HORIZON,
    ID,
    INSTANT,
    IS_HOURS,
    IS_NAMED,
    IS_OPEN,
    JOURNEYS,
    LAST,
    MOST_OFFSPRING,
    NEWCOMER,
    NEXT_ARRIVAL,
    NEXT_CHILD,
    NEXT_ENTRY,
    NEXT_FIRST,
    NEXT_KNOWN,
    NEXT_SHIFT_EVENT,
    NOBODY,
    NOW,
    OFFERED,
    PROMOTED_HEAD,
    QUEUED,
    RESPONSES,
    RETURNING,
    ROOT,
    SLOTS_TAKEN,
    STARTS,
    STREAMS,
    TIMERS,
    UNBORN,
    UNTIL,
    WAITING,
    WAITS,
    WAITS_BY,
    WAITS_FOR,
    WAITS_SINCE,
)
from simulate.kernel.tally import tell_the_rest
from simulate.kernel.time_sheets import begin_waiting, turn_intervals
from simulate.kernel.timers import RANKS, drop_first_timer, first_completion

# Why the loop came back.
OVER = 0
PAUSED = 1
FULL = 2


@compiled_entry
def live(floor: Floor, most_events: int) -> int:
    """
    Go on until nothing is left to happen, or so many events have, or the tables are full.

    Returns
    -------
    int
        `OVER`, when all is counted; `PAUSED` or `FULL`, when the floor can go on.
    """
    state = floor.state
    if not state[HAS_BEGUN]:
        _begin(floor)
    # One dispatch can start so many contacts of backlogs that never run out.
    most_contacts = len(floor.contacts) - state[STARTS] - 2
    most_timers = len(floor.timers) - state[STARTS] - 4
    most_unborn = len(floor.unborn) - 4
    most_children = len(floor.log) - state[STARTS] - 2 if len(floor.log) else NEVER
    most_waits, most_responses = len(floor.waits) >> 1, len(floor.responses) >> 1
    for _ in range(most_events):
        if (
            state[SLOTS_TAKEN] > most_contacts
            or state[TIMERS] > most_timers
            or state[NEXT_CHILD] > most_children
            or state[WAITS] > most_waits
            or state[RESPONSES] > most_responses
            or state[UNBORN] > most_unborn
        ):
            return FULL
        # All who wait can be dropped in one event, and come back; a post can have offspring.
        if state[JOURNEYS] and (
            state[TIMERS] + state[WAITING] + MOST_OFFSPRING > most_timers
            or state[UNBORN] + state[WAITING] + MOST_OFFSPRING > most_unborn
        ):
            return FULL
        instant, place = _next_event(floor)
        if instant == NEVER:
            turn_intervals(floor, state[HORIZON])
            tell_the_rest(floor)
            return OVER
        if instant >= state[EDGE]:
            turn_intervals(floor, instant)
        state[NOW] = instant
        rank, entity = place // RANKS, place % RANKS
        arrival = NOBODY
        if rank == rules.COMPLETION:
            complete(floor, entity)
        elif rank == rules.ARRIVAL:
            arrival = _come_in(floor, entity)
            if arrival == NOBODY or not arrive(floor, arrival):
                continue
            if state[WAITING] == 1 and floor.contacts[arrival, QUEUED]:
                state[NEWCOMER] = arrival
        elif _has_passed(floor, rank):
            drop_first_timer(floor)
            continue
        elif not _strike(floor, rank, entity):
            continue
        if arrival == NOBODY:
            settle(floor)
            continue
        if _stands_behind(floor, arrival):
            state[LAST] = instant
        else:
            settle(floor)
        stay_or_go(floor, arrival)
    return PAUSED


@compiled_in_place
def _begin(floor: Floor) -> None:
    """Who waits at the start joins the queues before anything happens."""
    floor.state[HAS_BEGUN] = 1
    for stream in range(draws.STREAMS):
        floor.state[STREAMS + stream] = draws.stream_of(floor.state[ROOT], stream)
    _look_ahead(floor)
    opening = floor.opening
    # Every row has to exist before the first of them can be begotten.
    for number in range(len(opening)):
        if opening[number, WAITS_BY] < 0:
            endless_contact(floor, number, opening[number, WAITS_FOR])
        else:
            backlog_contact(
                floor,
                number,
                opening[number, WAITS_BY],
                opening[number, WAITS_FOR],
                opening[number, WAITS_SINCE],
            )
    for contact in range(len(opening)):
        channel, offered = floor.contacts[contact, CHANNEL], floor.contacts[contact, OFFERED]
        take_in(floor, contact, is_open_at(floor, channel, offered))
        begin_waiting(floor, contact)
        if floor.state[JOURNEYS]:
            write_again_later(floor, contact)


@compiled_inline
def _next_event(floor: Floor) -> tuple[int, int]:
    """Instant and place of the event that is first of all still to come."""
    state = floor.state
    instant, agent = first_completion(floor)
    place = rules.COMPLETION * RANKS + agent
    if is_first_contact_to_come(floor):
        other = floor.arrivals[floor.order[state[NEXT_ARRIVAL]], COMES_AT]
        if other < instant:
            instant, place = other, rules.ARRIVAL * RANKS + state[NEXT_FIRST]
    if state[TIMERS] > 0 and floor.timers[0, 0] <= instant:
        other = floor.timers[0, 0]
        if other < instant or floor.timers[0, 1] < place:
            instant, place = other, floor.timers[0, 1]
    if state[NEXT_KNOWN] <= instant:
        return _before(floor, instant, place)
    return instant, place


@compiled_in_place
def _before(floor: Floor, instant: int, place: int) -> tuple[int, int]:
    """The first of an event and those that the timetable and the shifts tell."""
    entry, event = floor.state[NEXT_ENTRY], floor.state[NEXT_SHIFT_EVENT]
    if entry < len(floor.timetable) and floor.timetable[entry, INSTANT] <= instant:
        hours = rules.HOURS if floor.timetable[entry, IS_HOURS] else rules.STAFFING
        own = rules.TIMETABLE * RANKS + hours * rules.SUBRANK
        if floor.timetable[entry, INSTANT] < instant or own < place:
            instant, place = floor.timetable[entry, INSTANT], own
    if event < len(floor.shift_events) and floor.shift_events[event, EVENT_AT] <= instant:
        own = rules.TIMETABLE * RANKS + _shift_place(floor, event)
        if floor.shift_events[event, EVENT_AT] < instant or own < place:
            instant, place = floor.shift_events[event, EVENT_AT], own
    return instant, place


@compiled_in_place
def _look_ahead(floor: Floor) -> None:
    """Note when the timetable or a shift comes in next."""
    entry, event = floor.state[NEXT_ENTRY], floor.state[NEXT_SHIFT_EVENT]
    instant = NEVER
    if entry < len(floor.timetable):
        instant = floor.timetable[entry, INSTANT]
    if event < len(floor.shift_events):
        instant = min(instant, floor.shift_events[event, EVENT_AT])
    floor.state[NEXT_KNOWN] = instant


@compiled_in_place
def _shift_place(floor: Floor, event: int) -> int:
    row = floor.shift_events[event]
    return rules.shift_place(row[EVENT_OF], row[EVENT_KIND])


@compiled_inline
def _come_in(floor: Floor, entity: int) -> int:
    """The contact whose arrival is due: a first contact, or one that another begot."""
    if entity < floor.state[FIRST_CHILD]:
        return next_customer(floor)
    return be_born(floor)


@compiled_inline
def _stands_behind(floor: Floor, contact: int) -> bool:
    """
    Whether a contact has lined up behind others, so that the dispatch would find nothing.

    Only heads are tried, and what there was to match has been matched at the last event.
    """
    state = floor.state
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    return bool(
        row[QUEUED]
        and channel[HEAD] != contact
        and channel[PROMOTED_HEAD] != contact
        and not state[ANY_EXCESS]
        and state[RETURNING] == NOBODY
    )


@compiled_inline
def _has_passed(floor: Floor, rank: int) -> bool:
    """Whether the patience is over of somebody who has long been answered: most are."""
    if rank != rules.ABANDONMENT:
        return False
    contact = floor.timers[0, 2]
    is_there = floor.contacts[contact, ID] == floor.timers[0, 1] % RANKS
    return not (is_there and floor.contacts[contact, QUEUED])


@compiled_in_place
def _strike(floor: Floor, rank: int, entity: int) -> bool:
    """The hour of something else strikes; whether anything changes."""
    if rank == rules.TIMETABLE:
        return _turn_page(floor, entity)
    contact = floor.timers[0, 2]
    drop_first_timer(floor)
    return ring(floor, rank, entity, contact)


@compiled_in_place
def _turn_page(floor: Floor, entity: int) -> bool:
    """Numbers change, something happens in a shift, or doors close and open."""
    state = floor.state
    if rules.SHIFTS * rules.SUBRANK <= entity < rules.HOURS * rules.SUBRANK:
        return _turn_shift(floor, entity)
    entry = floor.timetable[state[NEXT_ENTRY]]
    state[NEXT_ENTRY] += 1
    _look_ahead(floor)
    if not entry[IS_HOURS]:
        for group in range(len(floor.groups)):
            if not floor.groups[group, IS_NAMED]:
                set_staff(floor, group, floor.staff[entry[FROM], group])
        return True
    for door in range(entry[FROM], entry[UNTIL]):
        if floor.doors[door, 1]:
            floor.channels[floor.doors[door, 0], IS_OPEN] = 1
        else:
            close(floor, floor.doors[door, 0])
    return True


@compiled_in_place
def _turn_shift(floor: Floor, entity: int) -> bool:
    state = floor.state
    event = state[NEXT_SHIFT_EVENT]
    if event < len(floor.shift_events):
        row = floor.shift_events[event]
        if row[EVENT_AT] == state[NOW] and _shift_place(floor, event) == entity:
            state[NEXT_SHIFT_EVENT] += 1
            _look_ahead(floor)
            return turn_shift(floor, row[EVENT_OF], row[EVENT_KIND])
    agent = floor.timers[0, 2]
    drop_first_timer(floor)
    return turn_shift(floor, agent, rules.BREAK_END)
