"""Who is there: agents come and go, and wait on benches for contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate.floor.agent import Agent
from simulate.floor.contact import Contact
from simulate.floor.group import Group

if TYPE_CHECKING:
    from simulate.floor.world import Floor

_NOBODY: frozenset[Agent] = frozenset()


def set_staff(floor: Floor, group: Group, staff: int) -> None:
    """
    A group's number changes.

    A fall is met by those whose hands are empty first; see `let_go`. A rise first keeps the
    agents who were to leave; then those absent come, the lowest ids first.
    """
    group.staff = staff
    for agent in group.absent():
        if group.present >= staff:
            break
        come_in(floor, agent)
    recount(floor, group)


def come_in(floor: Floor, agent: Agent) -> None:
    """An agent takes a place on the floor, with empty hands."""
    agent.present = True
    agent.group.present += 1
    agent.cohort.present += 1
    join_bench(floor, agent)
    floor.tell("agent comes", agent=agent)


def go_out(floor: Floor, agent: Agent) -> None:
    """An agent whose hands are empty leaves the floor, for a break or for good."""
    leave_bench(floor, agent)
    agent.present = False
    agent.group.present -= 1
    agent.cohort.present -= 1


def let_go(floor: Floor, *, keep_for_closed_doors: bool) -> None:
    """
    Free agents who should have gone leave, the one free longest first.

    Parameters
    ----------
    floor
        The floor, on which some group has an excess.
    keep_for_closed_doors
        Whether agents stay who can serve the last customers of a closed channel; they go
        after the dispatch if nobody was left for them.
    """
    for group in floor.groups:
        if not group.excess:
            continue
        if keep_for_closed_doors and any(floor.channels[n].is_draining for n in group.channels):
            continue
        for agent in group.may_go():
            go_out(floor, agent)
            group.over.pop(agent, None)
            floor.tell("agent leaves", agent=agent)
        recount(floor, group)


def staying_away(floor: Floor, group: Group, contact: Contact | None) -> frozenset[Agent]:
    """Agents of a group who are to leave, unless the contact waits at a closed door."""
    if not group.excess:
        return _NOBODY
    if contact is not None and floor.channels[contact.channel].is_draining:
        return _NOBODY
    return group.leaving()


def open_live_slots(floor: Floor) -> int:
    """How many live contacts could be taken, by all who are not to leave."""
    if not floor.any_excess:
        return floor.slots_open
    leaving = (agent for group in floor.groups for agent in group.leaving())
    return floor.slots_open - sum(agent.open_slots for agent in leaving)


def join_bench(floor: Floor, agent: Agent) -> None:
    """Take a new place among the agents who have room for one more."""
    floor.turns += 1
    agent.turn = floor.turns
    agent.since_us = floor.now
    contacts, skill, cohort = len(agent.hand), agent.skill, agent.cohort
    agent.bench = None
    if skill is not None:
        if contacts < skill.most:
            agent.bench = skill.bench[contacts]
        agent.open_slots = skill.most - contacts if skill.is_live else 0
    elif agent.aside:
        agent.bench, agent.open_slots = cohort.paused, 0
    else:
        agent.bench, agent.open_slots = cohort.free, cohort.live_slots
    if agent.break_due:
        agent.open_slots = 0
    if agent.bench is not None:
        agent.bench[agent] = None
    floor.slots_open += agent.open_slots


def leave_bench(floor: Floor, agent: Agent) -> None:
    """Give up the place among those who have room, before the contacts in hand change."""
    close_slots(floor, agent)
    if agent.bench is not None:
        del agent.bench[agent]
        agent.bench = None


def close_slots(floor: Floor, agent: Agent) -> None:
    """From now on this agent's open live slots do not count."""
    floor.slots_open -= agent.open_slots
    agent.open_slots = 0


def recount(floor: Floor, group: Group) -> None:
    """See again how many of a group should have gone."""
    group.count_excess()
    floor.diary.excess(group, floor.now)
    floor.any_excess = any(other.excess for other in floor.groups)
