"""Who works by the clock: agents who come, take their breaks and go home by their own shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulate import rules
from simulate.floor import interruption, presence
from simulate.floor.agent import Agent, Shift

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def expect(floor: Floor, agent: Agent, shift: Shift) -> None:
    """Put the start of an agent's shift down on the clock."""
    _at(floor, shift.start_us, rules.SHIFT_START, begin, agent, shift)


def begin(floor: Floor, agent: Agent, shift: Shift) -> None:
    """An agent's shift begins, perhaps with a break."""
    for start, _ in shift.breaks:
        _at(floor, start, rules.BREAK_DUE, fall_due, agent, shift)
    _at(floor, shift.end_us, rules.SHIFT_END, end, agent, shift)
    agent.on_floor_since_us = floor.now
    presence.come_in(floor, agent)
    if shift.is_break_due(floor.now):
        begin_break(floor, agent, shift)
    floor.settle()


def fall_due(floor: Floor, agent: Agent, shift: Shift) -> None:
    """The planned start of a break: nothing new is taken until it has been."""
    if agent.present and shift.is_break_due(floor.now):
        agent.break_due = True
        floor.tell("break falls due", agent=agent)
        interruption.give_back(floor, agent)
        presence.close_slots(floor, agent)
        if not agent.hand:
            begin_break(floor, agent, shift)
    floor.settle()


def begin_break(floor: Floor, agent: Agent, shift: Shift) -> None:
    """An agent with empty hands goes on a break, which lasts its whole length."""
    presence.go_out(floor, agent)
    agent.break_due, agent.on_break = False, True
    floor.diary.present(agent, floor.now)
    _, length = shift.breaks.popleft()
    until = rules.break_end(floor.now, length, shift.end_us)
    _at(floor, until, rules.BREAK_END, end_break, agent, shift)
    floor.tell("break begins", agent=agent)


def end_break(floor: Floor, agent: Agent, shift: Shift) -> None:
    """A break is over; the next one follows at once if it has fallen due meanwhile."""
    if agent.on_break:
        agent.on_break = False
        floor.diary.on_break(agent, floor.now)
        floor.tell("break ends", agent=agent)
        presence.come_in(floor, agent)
        if shift.is_break_due(floor.now):
            begin_break(floor, agent, shift)
    floor.settle()


def end(floor: Floor, agent: Agent, shift: Shift) -> None:
    """A shift is over: the agent finishes what is in hand and leaves; breaks left are lost."""
    shift.breaks.clear()
    floor.tell("shift ends", agent=agent)
    if agent.on_break:
        agent.on_break = False
        floor.diary.on_break(agent, floor.now)
    else:
        floor.diary.present(agent, floor.now)
        agent.break_due, agent.shift_over = False, True
        interruption.give_back(floor, agent)
        agent.group.over[agent] = None
        presence.recount(floor, agent.group)
    floor.settle()


def _at(
    floor: Floor,
    instant: int,
    what: int,
    action: Callable[[Floor, Agent, Shift], None],
    agent: Agent,
    shift: Shift,
) -> None:
    place = rules.shift_place(agent.id, what)
    floor.clock.at(instant, rules.TIMETABLE, place, action, floor, agent, shift)
