"""Who is there: agents come and go with the staffing, and wait on benches for contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate.floor.agent import Agent, Group
from simulate.floor.contact import Contact

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
        agent.present = True
        group.present += 1
        join_bench(floor, agent)
    _recount(floor, group)


def let_go(floor: Floor, *, keep_for_closed_doors: bool) -> None:
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
    for group in floor.groups:
        if not group.excess or not group.free:
            continue
        if keep_for_closed_doors and any(floor.channels[n].is_draining for n in group.skills):
            continue
        for agent in list(group.free)[: group.excess]:
            leave_bench(floor, agent)
            agent.present = False
            group.present -= 1
        _recount(floor, group)


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
    contacts, skill = len(agent.hand), agent.skill
    if skill is None:
        agent.group.free[agent] = None
        agent.open_slots = agent.group.live_slots
    else:
        if contacts < skill.most:
            skill.bench[contacts][agent] = None
        agent.open_slots = skill.most - contacts if skill.is_live else 0
    floor.slots_open += agent.open_slots


def leave_bench(floor: Floor, agent: Agent) -> None:
    """Give up the place among those who have room, before the contacts in hand change."""
    floor.slots_open -= agent.open_slots
    contacts, skill = len(agent.hand), agent.skill
    if skill is None:
        del agent.group.free[agent]
    elif contacts < skill.most:
        del skill.bench[contacts][agent]


def _recount(floor: Floor, group: Group) -> None:
    group.count_excess()
    floor.diary.excess(group, floor.now)
    floor.any_excess = any(other.excess for other in floor.groups)
