"""How the floor's input becomes groups of agents with skills and shifts."""

from __future__ import annotations

import numpy as np

from simulate import rules
from simulate.absence import absent_shifts
from simulate.floor.agent import Shift, Skill
from simulate.floor.channel import Channel
from simulate.floor.group import Cohort, Group
from simulate.floor_input import AgentShifts, FloorInput, SkillInput


def staffed_groups(given: FloorInput, channels: list[Channel], root: int) -> list[Group]:
    """
    Every group, its agents numbered after those of the groups before it.

    Where a number says how many work, there are as many agents as ever are scheduled at once;
    where shifts do, one for every shift, absent or not. The skills are told to the channels too.
    """
    absent = absent_shifts(given, root)
    groups: list[Group] = []
    first_id = 0
    most_at_once = given.staff.max(axis=0).tolist()
    for number, declared in enumerate(given.groups):
        rows = np.flatnonzero(given.shifts.group == number)
        most = len(rows) if declared.exit == rules.NAMED else most_at_once[number]
        group = Group(number, declared, first_id, most)
        if group.by_shifts:
            for agent, row in zip(group.agents, rows.tolist(), strict=True):
                agent.shift = None if absent[row] else _shift(given.shifts, row)
        groups.append(group)
        first_id += most
    cohorts = [cohort for group in groups for cohort in group.cohorts]
    for skill in given.skills:
        _teach(cohorts[skill.cohort], skill, channels[skill.channel])
    return groups


def _shift(shifts: AgentShifts, row: int) -> Shift:
    starts, lengths = shifts.break_start_us[row].tolist(), shifts.break_us[row].tolist()
    breaks = [(start, length) for start, length in zip(starts, lengths, strict=True) if length]
    return Shift(int(shifts.start_us[row]), int(shifts.end_us[row]), breaks)


def _teach(cohort: Cohort, given: SkillInput, channel: Channel) -> None:
    """Let the agents of a cohort serve a channel."""
    skill = Skill(given, cohort, is_live=channel.is_live)
    cohort.skills[skill.channel] = skill
    cohort.group.channels.add(skill.channel)
    channel.skills.append(skill)
    if channel.is_live:
        cohort.live_slots = max(cohort.live_slots, skill.most)
