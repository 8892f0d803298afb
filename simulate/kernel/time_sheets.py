"""What is written down of time, interval by interval: of agents, of groups and of queues."""

from __future__ import annotations

from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import NEVER
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    BREAKS,
    CHANNEL,
    DRAIN,
    EDGE,
    EXCESS,
    GROUP,
    HELD_CHANNEL,
    HORIZON,
    ID,
    IN_HAND,
    INTERVAL,
    INTERVAL_LENGTH,
    IS_WAITING,
    NOBODY,
    NOTED,
    NOTED_UNTIL,
    NOW,
    NOW_WAITING,
    OFFERED,
    OLDEST,
    OLDEST_ID,
    OLDEST_KNOWN,
    PRESENT,
    SLOTS_USED,
    WAITED,
    WAITED_UNTIL,
)


@compiled_in_place
def note_held(floor: Floor, agent: int, instant: int) -> None:
    """An agent has held what is in hand since this was last written down."""
    row = floor.agents[agent]
    contacts, length = row[IN_HAND], instant - row[NOTED]
    row[NOTED] = instant
    interval = floor.state[INTERVAL]
    if contacts == 0 or interval == len(floor.busy):
        return
    group, channel = row[GROUP], row[HELD_CHANNEL]
    floor.busy[interval, group, channel] += length
    floor.held[interval, group, channel] += length * contacts
    floor.in_hand[interval, group, contacts - 1] += length


@compiled_in_place
def note_group(floor: Floor, group: int, instant: int) -> None:
    """So many of a group have been here, on break and too many since the last change."""
    row = floor.groups[group]
    length = instant - row[NOTED_UNTIL]
    row[NOTED_UNTIL] = instant
    row[DRAIN] += length * row[EXCESS]
    interval = floor.state[INTERVAL]
    if interval < len(floor.present):
        floor.present[interval, group] += length * (row[PRESENT] - row[EXCESS])
        floor.paused[interval, group] += length * row[BREAKS]
        floor.leaving[interval, group] += length * row[EXCESS]


@compiled_inline
def begin_waiting(floor: Floor, contact: int) -> None:
    """A contact waits, for an agent or for its time."""
    channel = floor.contacts[contact, CHANNEL]
    floor.contacts[contact, IS_WAITING] = 1
    note_waiting(floor, channel, floor.state[NOW])
    floor.channels[channel, NOW_WAITING] += 1


@compiled_inline
def end_waiting(floor: Floor, contact: int) -> None:
    """A contact waits no more; most have not waited at all."""
    if floor.contacts[contact, IS_WAITING]:
        channel = floor.contacts[contact, CHANNEL]
        floor.contacts[contact, IS_WAITING] = 0
        note_waiting(floor, channel, floor.state[NOW])
        floor.channels[channel, NOW_WAITING] -= 1


@compiled_inline
def note_waiting(floor: Floor, channel: int, instant: int) -> None:
    """So many have waited since the last change."""
    row = floor.channels[channel]
    row[WAITED] += (instant - row[WAITED_UNTIL]) * row[NOW_WAITING]
    row[WAITED_UNTIL] = instant


@compiled_in_place
def turn_intervals(floor: Floor, instant: int) -> None:
    """Close the books of the intervals that end at an instant or before."""
    state = floor.state
    while state[EDGE] <= instant:
        interval, edge = state[INTERVAL], state[EDGE]
        for agent in range(len(floor.agents)):
            if floor.agents[agent, IN_HAND]:
                note_held(floor, agent, edge)
        for group in range(len(floor.groups)):
            note_group(floor, group, edge)
        for channel in range(len(floor.channels)):
            row = floor.channels[channel]
            note_waiting(floor, channel, edge)
            floor.queue[interval, channel] += row[WAITED]
            floor.backlog[interval, channel] += row[NOW_WAITING]
            row[WAITED] = 0
        _note_oldest(floor, interval, edge)
        state[INTERVAL] += 1
        state[EDGE] = edge + state[INTERVAL_LENGTH] if edge < state[HORIZON] else NEVER


@compiled_in_place
def backdate_waiting(floor: Floor, channel: int) -> None:
    """A contact that nobody knew of has waited since the start."""
    state = floor.state
    length = state[INTERVAL_LENGTH]
    for interval in range(min(state[INTERVAL], len(floor.queue))):
        floor.queue[interval, channel] += length
        floor.backlog[interval, channel] += 1
        floor.oldest[interval, channel] = max(
            floor.oldest[interval, channel], (interval + 1) * length
        )
    if state[INTERVAL] < len(floor.queue):
        floor.channels[channel, WAITED] += state[NOW] - state[INTERVAL] * length


@compiled_in_place
def _note_oldest(floor: Floor, interval: int, edge: int) -> None:
    """Whoever had waited longest at the last edge still has; once gone, look for who has now."""
    unknown = False
    for channel in range(len(floor.channels)):
        row = floor.channels[channel]
        oldest = row[OLDEST]
        known = (
            oldest != NOBODY
            and floor.contacts[oldest, ID] == row[OLDEST_ID]
            and floor.contacts[oldest, IS_WAITING] == 1
        )
        row[OLDEST_KNOWN] = known
        if known:
            floor.oldest[interval, channel] = edge - floor.contacts[oldest, OFFERED]
        else:
            row[OLDEST] = NOBODY
            unknown = unknown or row[NOW_WAITING] > 0
    if not unknown:
        return
    for contact in range(floor.state[SLOTS_USED]):
        row = floor.contacts[contact]
        if row[ID] == NOBODY or not row[IS_WAITING]:
            continue
        channel = row[CHANNEL]
        age = edge - row[OFFERED]
        if not floor.channels[channel, OLDEST_KNOWN] and age > floor.oldest[interval, channel]:
            floor.oldest[interval, channel] = age
            floor.channels[channel, OLDEST] = contact
            floor.channels[channel, OLDEST_ID] = row[ID]
