"""Who is there: agents come and go with the staffing and with their shifts and breaks."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.benches import join_bench, leave_bench, longest_there, lose_openings
from simulate.kernel.floor import Floor
from simulate.kernel.queues import is_draining, join
from simulate.kernel.state import (
    AFTER,
    ANY_EXCESS,
    ASIDE,
    AT_WORK,
    BREAK_DUE,
    BREAKS,
    BREAKS_BEGUN,
    BREAKS_DUE,
    CAP,
    COHORT,
    COHORT_PRESENT,
    END_AGENT,
    END_COHORT,
    EXCESS,
    FIRST_AGENT,
    FIRST_BREAK,
    FIRST_COHORT,
    FREE,
    GROUP,
    IN_HAND,
    IS_NAMED,
    IS_PRESENT,
    NOBODY,
    NOW,
    ON_BREAK,
    OPEN_SLOTS,
    PRESENT,
    SHIFT_END,
    SHIFT_OVER,
    SLOTS_OPEN,
    STAFF,
    TAKES_NOTHING,
    TURN,
)
from simulate.kernel.time_sheets import note_group
from simulate.kernel.timers import set_timer
from simulate.rules import exit_key


@compiled_in_place
def set_staff(floor: Floor, group: int, staff: int) -> None:
    """
    A group's number changes.

    A fall is met by those whose hands are empty first; see `let_go`. A rise first keeps the
    agents who were to leave; then those absent come, the lowest numbers first.
    """
    row = floor.groups[group]
    row[STAFF] = staff
    note_group(floor, group, floor.state[NOW])
    for agent in range(row[FIRST_AGENT], row[END_AGENT]):
        if row[PRESENT] >= staff:
            break
        if not floor.agents[agent, IS_PRESENT]:
            _come(floor, agent)
    row[EXCESS] = rules.excess(row[PRESENT], staff)
    _see_excess(floor)


@compiled_in_place
def turn_shift(floor: Floor, agent: int, kind: int) -> bool:
    """Something happens in an agent's shift; whether anything changes."""
    row, shift = floor.agents[agent], floor.shifts[agent]
    note_group(floor, row[GROUP], floor.state[NOW])
    if kind == rules.SHIFT_START:
        _come(floor, agent)
        if shift[BREAKS_DUE]:
            _await_break(floor, agent)
        return True
    if kind == rules.SHIFT_END:
        _end_shift(floor, agent)
        return True
    if kind == rules.BREAK_END:
        return _end_break(floor, agent)
    shift[BREAKS_DUE] += 1
    if row[IS_PRESENT] and row[TAKES_NOTHING] == AT_WORK:
        _await_break(floor, agent)
    return True


@compiled_in_place
def begin_break(floor: Floor, agent: int) -> None:
    """An agent whose break is due goes, unless there is something in hand."""
    row, shift = floor.agents[agent], floor.shifts[agent]
    if row[IN_HAND] or row[TAKES_NOTHING] != BREAK_DUE:
        return
    note_group(floor, row[GROUP], floor.state[NOW])
    _go(floor, agent)
    shift[ON_BREAK] = 1
    floor.groups[row[GROUP], BREAKS] += 1
    _set_break_end(floor, agent)


@compiled_in_place
def put_back(floor: Floor, agent: int) -> None:
    """What an agent has put aside goes back to its place in the queue."""
    for place in range(floor.agents[agent, ASIDE]):
        join(floor, floor.aside[agent, place])
    floor.agents[agent, ASIDE] = 0


@compiled_in_place
def let_go(floor: Floor, keep_for_closed_doors: bool) -> None:
    """
    Free agents leave while there are too many, the one free longest first.

    Parameters
    ----------
    floor
        The floor, on which some group has agents who should have left.
    keep_for_closed_doors
        Whether agents stay who can serve the last customers of a closed channel; they go
        after the dispatch if nobody was left for them.
    """
    for group in range(len(floor.groups)):
        row = floor.groups[group]
        if row[EXCESS] == 0 or floor.loads[group, 0] == 0:
            continue
        if keep_for_closed_doors and _serves_closed_doors(floor, group):
            continue
        note_group(floor, group, floor.state[NOW])
        while row[EXCESS]:
            agent = _first_to_go(floor, group)
            if agent == NOBODY:
                break
            _go(floor, agent)
            row[EXCESS] -= 1
        _see_excess(floor)


@compiled_in_place
def exit_limit(floor: Floor, group: int) -> int:
    """
    Who takes nothing new: agents of the group with an exit key below this.

    They are as many as are too many, those with the fewest contacts, then the lowest numbers.
    Who works by shifts says so himself.
    """
    row = floor.groups[group]
    to_leave = row[EXCESS]
    if to_leave == 0 or row[IS_NAMED]:
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
def limit_for(floor: Floor, group: int, draining: bool) -> int:
    """As `exit_limit`; those who are to leave still serve who waits at a closed door."""
    if floor.groups[group, EXCESS] == 0 or draining:
        return exit_key(0, NOBODY)
    return exit_limit(floor, group)


@compiled_inline
def stays_away(floor: Floor, agent: int, limit: int, draining: bool) -> bool:
    """Whether an agent of a group with this exit limit takes nothing new."""
    why = floor.agents[agent, TAKES_NOTHING]
    if why != AT_WORK:
        return not (draining and why == SHIFT_OVER)
    return exit_key(floor.agents[agent, IN_HAND], agent) < limit


@compiled_in_place
def staying_free(floor: Floor, group: int) -> int:
    """Agents of a group with empty hands who may take something; the free leave first."""
    row = floor.groups[group]
    if row[IS_NAMED]:
        return row[FREE]
    return max(0, row[FREE] - row[EXCESS])


@compiled_in_place
def open_live_slots(floor: Floor) -> int:
    """How many live contacts could be taken, by all who are not to leave."""
    slots = floor.state[SLOTS_OPEN]
    if not floor.state[ANY_EXCESS]:
        return slots
    for group in range(len(floor.groups)):
        limit = exit_limit(floor, group)
        if limit < 0:
            continue
        for agent in range(floor.groups[group, FIRST_AGENT], floor.groups[group, END_AGENT]):
            if floor.agents[agent, IS_PRESENT] and stays_away(floor, agent, limit, False):
                slots -= floor.agents[agent, OPEN_SLOTS]
    return slots


@compiled_in_place
def staying(floor: Floor, cohort: int, group: int) -> int:
    """Agents of a cohort on the floor who are not to leave."""
    number = floor.cohorts[cohort, COHORT_PRESENT]
    if floor.groups[group, EXCESS] == 0:
        return number
    limit = exit_limit(floor, group)
    for agent in range(floor.groups[group, FIRST_AGENT], floor.groups[group, END_AGENT]):
        row = floor.agents[agent]
        leaves = row[TAKES_NOTHING] == SHIFT_OVER or exit_key(row[IN_HAND], agent) < limit
        if row[COHORT] == cohort and row[IS_PRESENT] and leaves:
            number -= 1
    return number


@compiled_inline
def may_take(floor: Floor, agent: int) -> bool:
    """Whether an agent whose hands have become empty goes on with what was put aside."""
    row = floor.agents[agent]
    group = floor.groups[row[GROUP]]
    return row[TAKES_NOTHING] == AT_WORK and (group[IS_NAMED] or group[EXCESS] == 0)


@compiled_in_place
def _come(floor: Floor, agent: int) -> None:
    row = floor.agents[agent]
    row[IS_PRESENT] = 1
    row[TAKES_NOTHING] = AT_WORK
    floor.groups[row[GROUP], PRESENT] += 1
    floor.cohorts[row[COHORT], COHORT_PRESENT] += 1
    join_bench(floor, agent)


@compiled_in_place
def _go(floor: Floor, agent: int) -> None:
    row = floor.agents[agent]
    leave_bench(floor, agent)
    row[IS_PRESENT] = 0
    floor.groups[row[GROUP], PRESENT] -= 1
    floor.cohorts[row[COHORT], COHORT_PRESENT] -= 1


@compiled_in_place
def _await_break(floor: Floor, agent: int) -> None:
    """A break is due: it begins as soon as the hands are empty."""
    lose_openings(floor, agent)
    floor.agents[agent, TAKES_NOTHING] = BREAK_DUE
    put_back(floor, agent)
    begin_break(floor, agent)


@compiled_in_place
def _end_shift(floor: Floor, agent: int) -> None:
    row, shift = floor.agents[agent], floor.shifts[agent]
    if shift[ON_BREAK]:
        shift[ON_BREAK] = 0
        floor.groups[row[GROUP], BREAKS] -= 1
        return
    if row[TAKES_NOTHING] == AT_WORK:
        lose_openings(floor, agent)
    row[TAKES_NOTHING] = SHIFT_OVER
    put_back(floor, agent)
    floor.groups[row[GROUP], EXCESS] += 1
    floor.state[ANY_EXCESS] = 1


@compiled_in_place
def _end_break(floor: Floor, agent: int) -> bool:
    """A break is over: the next begins, or the agent comes back; whether anything changes."""
    row, shift = floor.agents[agent], floor.shifts[agent]
    if not shift[ON_BREAK]:
        return False
    if shift[BREAKS_BEGUN] < shift[BREAKS_DUE]:
        _set_break_end(floor, agent)
        return False
    shift[ON_BREAK] = 0
    floor.groups[row[GROUP], BREAKS] -= 1
    _come(floor, agent)
    return True


@compiled_in_place
def _set_break_end(floor: Floor, agent: int) -> None:
    shift = floor.shifts[agent]
    length = shift[FIRST_BREAK + shift[BREAKS_BEGUN]]
    shift[BREAKS_BEGUN] += 1
    end = rules.break_end(floor.state[NOW], length, shift[SHIFT_END])
    place = rules.shift_place(agent, rules.BREAK_END)
    set_timer(floor, end, rules.TIMETABLE, place, agent)


@compiled_in_place
def _first_to_go(floor: Floor, group: int) -> int:
    """The agent with empty hands, and no business here, who has been free longest."""
    named = floor.groups[group, IS_NAMED]
    first = NOBODY
    for cohort in range(floor.groups[group, FIRST_COHORT], floor.groups[group, END_COHORT]):
        agent = longest_there(floor, cohort)
        while named and agent != NOBODY and floor.agents[agent, TAKES_NOTHING] != SHIFT_OVER:
            agent = floor.agents[agent, AFTER]
        if agent != NOBODY and (
            first == NOBODY or floor.agents[agent, TURN] < floor.agents[first, TURN]
        ):
            first = agent
    return first


@compiled_in_place
def _serves_closed_doors(floor: Floor, group: int) -> bool:
    for cohort in range(floor.groups[group, FIRST_COHORT], floor.groups[group, END_COHORT]):
        for channel in range(len(floor.channels)):
            if floor.skills[cohort, channel, CAP] and is_draining(floor, channel):
                return True
    return False


@compiled_in_place
def _see_excess(floor: Floor) -> None:
    floor.state[ANY_EXCESS] = 0
    for group in range(len(floor.groups)):
        if floor.groups[group, EXCESS]:
            floor.state[ANY_EXCESS] = 1
