"""What if nobody blended: every group split by workload into one team a channel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenario.assumptions import expected_demand, handle_time_s
from scenario.calendar import MICROSECONDS
from scenario.channels import Channel
from scenario.demand import Demand, FloatArray
from scenario.groups import Group, Skill
from scenario.model import Scenario
from scenario.staff import Staff


def separated(scenario: Scenario, demand: Demand, staff: Staff) -> tuple[Scenario, Staff]:
    """
    The same agents in single-skill teams, where `routing.blend` is `separate`.

    Each group's agents in each interval are divided among the channels it serves, in
    proportion to workload, by largest remainder; an open channel with work gets at least one
    agent where there are enough. The total stays the same in every interval.

    Parameters
    ----------
    scenario
        Any scenario; a blended one comes back as it is.
    demand
        Its demand before scale and bursts, as for `scenario.assumptions.base_demand`.
    staff
        Agents on the floor over the scenario's period.

    Returns
    -------
    tuple
        A blended scenario whose groups are named "group: channel" and hold one skill each,
        and its staff; `keep_free` is 0, since no team has live work to keep free for. Teams are
        set interval by interval, so nobody leaves by name.
    """
    if scenario.routing.blend == "blended":
        return scenario, staff
    workload = _workload(scenario, demand)
    channels = list(scenario.channels)
    hours = [channel.open for channel in scenario.channels.values()]
    closed = scenario.closed_dates
    open_now = np.stack([scenario.period.open_intervals(open_, closed) for open_ in hours], axis=1)
    present = _agents_by_channel(scenario, staff)

    groups: dict[str, Group] = {}
    columns: list[NDArray[np.int64]] = []
    for number, name in enumerate(staff.groups):
        group = scenario.groups[name]
        served = [channels.index(channel) for channel in group.skills]
        effort = np.array([_agent_time(group, channel) for channel in group.skills])
        # Where several groups serve a channel, each takes its part of the work by its agents.
        weights = workload[:, served] * effort / np.maximum(present[:, served], 1)
        teams = _divide(staff.agents[:, number], weights, open_now[:, served])
        for place, (channel, skill) in enumerate(group.skills.items()):
            column = teams[:, place]
            groups[f"{name}: {channel}"] = _team(group, channel, skill, column)
            columns.append(column)
    routing = scenario.routing.model_copy(update={"blend": "blended"})
    # Whoever is called in is among the numbers.
    changes = {"groups": groups, "routing": routing, "staffing": None, "called_in": ()}
    split = Staff(staff.horizon, tuple(groups), np.stack(columns, axis=1))
    return scenario.model_copy(update=changes), split


def _team(group: Group, channel: str, skill: Skill, agents: NDArray[np.int64]) -> Group:
    alone = skill.model_copy(update={"keep_free": 0, "priority": None})
    free = {"contract": None, "min_agents": 0}  # what was asked of all teams together
    shifts = {name: kind.model_copy(update=free) for name, kind in group.shifts.items()}
    return group.model_copy(
        update={
            "skills": {channel: alone},
            "agents": tuple(int(number) for number in agents),
            "agents_change": 0,
            "exit": "first_free",
            "cost_per_hour": group.rate,
            "contracts": {},
            "shifts": shifts,
            "fixed_shifts": None,
            "min_agents": 0,
            "max_agents": None,
        }
    )


def _agent_time(group: Group, channel: str) -> float:
    """Agent time per second of solo handle time when hands are full, over the whole group."""
    rate = _rate(group.skills[channel])
    if group.novices is not None:
        share = group.novices.share
        rate = (1 - share) * rate + share * _rate(group.novice_skill(channel))
    return 1 / rate


def _rate(skill: Skill) -> float:
    """Seconds of solo handle time that an agent with full hands gets through in a second."""
    together = skill.max_concurrent
    return together / (skill.speed * skill.slowdown[together - 1])


def _agents_by_channel(scenario: Scenario, staff: Staff) -> NDArray[np.int64]:
    """Agents present that serve each channel, over all groups, shape (I, C)."""
    serves = np.array(
        [[channel in scenario.groups[name].skills for channel in scenario.channels]
         for name in staff.groups]
    )  # fmt: skip
    agents: NDArray[np.int64] = staff.agents @ serves.astype(np.int64)
    return agents


def _workload(scenario: Scenario, demand: Demand) -> FloatArray:
    """
    Erlangs of solo work to be done in each interval, shape (I, C).

    Live contacts outside opening hours are not served. Deferred work and callbacks that arrive
    closed are done after opening, within the time promised to them.
    """
    expected = expected_demand(scenario, demand)
    seconds = scenario.period.interval_minutes * 60
    load = expected.mean * handle_time_s(scenario, expected) / seconds
    for column, channel in enumerate(scenario.channels.values()):
        is_open = scenario.period.open_intervals(channel.open, scenario.closed_dates)
        closed = np.where(is_open, 0.0, load[:, column])
        load[:, column] -= closed
        if channel.kind != "live":
            load[:, column] += _after_opening(closed, is_open, _reply_intervals(scenario, channel))
    return load


def _reply_intervals(scenario: Scenario, channel: Channel) -> int:
    """Intervals after opening in which the work that arrived closed is to be done."""
    target = channel.target_closed or channel.target
    within_us = int(target.within_s * MICROSECONDS) if target else 0
    return max(1, within_us // scenario.period.interval_us)


def _after_opening(closed: FloatArray, is_open: NDArray[np.bool_], intervals: int) -> FloatArray:
    """Work that arrived closed, spread evenly over the first open intervals that follow."""
    moved = np.zeros_like(closed)
    opening = np.flatnonzero(is_open & ~np.concatenate([[False], is_open[:-1]]))
    previous = 0
    for first in opening:
        last = int(first) + intervals
        moved[first:last][is_open[first:last]] += closed[previous:first].sum() / max(
            1, int(is_open[first:last].sum())
        )
        previous = int(first)
    return moved


def _divide(
    agents: NDArray[np.int64], weights: FloatArray, is_open: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """
    Agents of one group among its channels, interval by interval, shape (I, channels).

    Parameters
    ----------
    agents
        Agents of the group, shape (I,).
    weights
        Workload, shape (I, channels); only proportions count.
    is_open
        Which channels are open, shape (I, channels).
    """
    has_work = weights.sum(axis=0) > 0
    teams = np.zeros(weights.shape, dtype=np.int64)
    for interval in np.flatnonzero(agents):
        wanted = is_open[interval] & has_work
        if not wanted.any():
            wanted = has_work if has_work.any() else np.ones_like(has_work)
        weight = np.where(wanted, weights[interval], 0.0)
        if not weight.sum() > 0:
            weight = wanted.astype(float)
        teams[interval] = _largest_remainder(int(agents[interval]), weight, wanted)
    return teams


def _largest_remainder(
    total: int, weight: FloatArray, wanted: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Whole numbers near total × weight that add up to the total, at least one where wanted."""
    quota = total * weight / weight.sum()
    parts: NDArray[np.int64] = np.maximum(np.floor(quota).astype(np.int64), wanted)
    while parts.sum() > total:
        # The channel furthest above its quota; the later one where two are.
        over = np.where(parts > 0, parts - quota, -np.inf)
        parts[len(over) - 1 - int(np.argmax(over[::-1]))] -= 1
    while parts.sum() < total:
        parts[int(np.argmax(quota - parts))] += 1
    return parts
