"""What is written down of the agents' time, stretch by stretch."""

from __future__ import annotations

from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.state import (
    DRAIN,
    EXCESS,
    EXCESS_SINCE,
    GROUP,
    HELD_CHANNEL,
    IN_HAND,
    INTERVAL_LENGTH,
    NOW,
    SINCE,
    Floor,
)


@compiled_inline
def note_held(floor: Floor, agent: int) -> None:
    """An agent has held what is in hand since the last change."""
    contacts = floor.agents[agent, IN_HAND]
    begin, end = floor.agents[agent, SINCE], floor.state[NOW]
    if contacts == 0 or end <= begin:
        return
    group, channel = floor.agents[agent, GROUP], floor.agents[agent, HELD_CHANNEL]
    length = floor.state[INTERVAL_LENGTH]
    interval = begin // length
    first = begin
    while interval < len(floor.busy) and first < end:
        last = min(end, (interval + 1) * length)
        floor.busy[interval, group, channel] += last - first
        floor.held[interval, group, channel] += (last - first) * contacts
        first = last
        interval += 1


@compiled_in_place
def note_excess(floor: Floor, group: int, excess: int) -> None:
    """A group has so many agents too many from now on."""
    number = floor.groups[group, EXCESS]
    if excess == number:
        return
    now, begin = floor.state[NOW], floor.groups[group, EXCESS_SINCE]
    floor.groups[group, EXCESS] = excess
    floor.groups[group, EXCESS_SINCE] = now
    if number == 0:
        return
    floor.groups[group, DRAIN] += (now - begin) * number
    length = floor.state[INTERVAL_LENGTH]
    for interval in range(begin // length, len(floor.leaving)):
        first = max(begin, interval * length)
        last = min(now, (interval + 1) * length)
        if last <= first:
            break
        floor.leaving[interval, group] += (last - first) * number
