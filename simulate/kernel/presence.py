"""Who is there: agents come and go with the staffing."""

from __future__ import annotations

from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.benches import join_bench, leave_bench, longest_there
from simulate.kernel.diary import note_excess
from simulate.kernel.queues import is_draining
from simulate.kernel.state import (
    ANY_EXCESS,
    END_AGENT,
    EXCESS,
    FIRST_AGENT,
    FREE,
    IN_HAND,
    IS_PRESENT,
    MOST,
    NOBODY,
    OPEN_SLOTS,
    PRESENT,
    SLOTS_OPEN,
    STAFF,
    Floor,
)
from simulate.rules import excess, exit_key


@compiled_in_place
def set_staff(floor: Floor, group: int, staff: int) -> None:
    """
    A group's number changes.

    A fall is met by those whose hands are empty first; see `let_go`. A rise first keeps the
    agents who were to leave; then those absent come, the lowest ids first.
    """
    row = floor.groups[group]
    row[STAFF] = staff
    for agent in range(row[FIRST_AGENT], row[END_AGENT]):
        if row[PRESENT] >= staff:
            break
        if not floor.agents[agent, IS_PRESENT]:
            floor.agents[agent, IS_PRESENT] = 1
            row[PRESENT] += 1
            join_bench(floor, agent)
    _recount(floor, group)


@compiled_in_place
def let_go(floor: Floor, keep_for_closed_doors: bool) -> None:
    """
    Free agents leave while there are too many, the one free longest first.

    Parameters
    ----------
    floor
        The floor, on which some group has an excess.
    keep_for_closed_doors
        Whether agents stay who can serve the last customers of a closed channel; they go
        after the dispatch if nobody was left for them.
    """
    for group in range(len(floor.groups)):
        row = floor.groups[group]
        if row[EXCESS] == 0 or row[FREE] == 0:
            continue
        if keep_for_closed_doors and _serves_closed_doors(floor, group):
            continue
        for _ in range(min(row[EXCESS], row[FREE])):
            agent = longest_there(floor, group)
            leave_bench(floor, agent)
            floor.agents[agent, IS_PRESENT] = 0
            row[PRESENT] -= 1
        _recount(floor, group)


@compiled_in_place
def exit_limit(floor: Floor, group: int) -> int:
    """
    Who takes nothing new: agents of the group with an exit key below this.

    They are as many as are too many, those with the fewest contacts, then the lowest ids.
    """
    row = floor.groups[group]
    to_leave = row[EXCESS]
    if to_leave == 0:
        return exit_key(0, NOBODY)
    contacts = 0
    while contacts < floor.loads.shape[1] and floor.loads[group, contacts] <= to_leave:
        to_leave -= floor.loads[group, contacts]
        contacts += 1
    agent = row[FIRST_AGENT]
    if contacts == floor.loads.shape[1]:
        return exit_key(contacts, 0)
    while to_leave > 0:
        if floor.agents[agent, IS_PRESENT] and floor.agents[agent, IN_HAND] == contacts:
            to_leave -= 1
        agent += 1
    return exit_key(contacts, agent)


@compiled_inline
def limit_for(floor: Floor, group: int, channel: int) -> int:
    """As `exit_limit`; those who are to leave still serve who waits at a closed door."""
    if floor.groups[group, EXCESS] == 0 or is_draining(floor, channel):
        return exit_key(0, NOBODY)
    return exit_limit(floor, group)


@compiled_inline
def is_leaving(floor: Floor, agent: int, limit: int) -> bool:
    """Whether an agent of a group with this exit limit takes nothing new."""
    return exit_key(floor.agents[agent, IN_HAND], agent) < limit


@compiled_in_place
def staying_free(floor: Floor, group: int) -> int:
    """Agents of a group with empty hands who are not to leave; those leave first."""
    return max(0, floor.groups[group, FREE] - floor.groups[group, EXCESS])


@compiled_in_place
def open_live_slots(floor: Floor) -> int:
    """How many live contacts could be taken, by all who are not to leave."""
    slots = floor.state[SLOTS_OPEN]
    if not floor.state[ANY_EXCESS]:
        return slots
    for group in range(len(floor.groups)):
        if floor.groups[group, EXCESS] == 0:
            continue
        limit = exit_limit(floor, group)
        for agent in range(floor.groups[group, FIRST_AGENT], floor.groups[group, END_AGENT]):
            if floor.agents[agent, IS_PRESENT] and is_leaving(floor, agent, limit):
                slots -= floor.agents[agent, OPEN_SLOTS]
    return slots


@compiled_in_place
def _serves_closed_doors(floor: Floor, group: int) -> bool:
    for channel in range(len(floor.channels)):
        if floor.skills[group, channel, MOST] and is_draining(floor, channel):
            return True
    return False


@compiled_in_place
def _recount(floor: Floor, group: int) -> None:
    row = floor.groups[group]
    note_excess(floor, group, excess(row[PRESENT], row[STAFF]))
    floor.state[ANY_EXCESS] = 0
    for other in range(len(floor.groups)):
        if floor.groups[other, EXCESS]:
            floor.state[ANY_EXCESS] = 1
