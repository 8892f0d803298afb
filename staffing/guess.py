"""How many agents does each interval need, before anything is simulated?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.assumptions import handle_time_s
from scenario.channels import Channel
from scenario.demand import Demand
from scenario.model import Scenario
from staffing.backlog import callback_effort_s, work_stream
from staffing.blend import LiveNeed, WaitingWork, blended_agents
from staffing.erlang import agents_needed_c
from staffing.limits import NO_LIMIT, Limits, limits_of, serving
from staffing.live_need import live_need, preferred_skill, solo_gain
from staffing.returns import with_returns

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class FirstGuess:
    """
    Agents on the floor, computed in milliseconds.

    Parameters
    ----------
    contacts
        Contacts expected in all if every promise is just kept, those that others beget
        included, shape (I, C); see `staffing.returns.with_returns`.
    work
        Agents that the work alone would fill, by interval and channel, shape (I, C): load
        divided by what an agent with full hands is worth.
    apart
        Whole agents if every channel had a team of its own, shape (I, C).
    erlang_c
        The same for live channels by Erlang C, one contact at a time and endless patience,
        shape (I, C); NaN elsewhere. For comparison only.
    agents
        Blended agents with fraction, shape (I, G).
    required
        Blended agents, rounded once, shape (I, G).
    """

    contacts: FloatArray
    work: FloatArray
    apart: FloatArray
    erlang_c: FloatArray
    agents: FloatArray
    required: NDArray[np.int64]


def first_guess(
    scenario: Scenario, expected: Demand, cancel: Callable[[], bool] | None = None
) -> FirstGuess:
    """
    Agents by interval from queueing formulas and a linear program, nothing simulated.

    Parameters
    ----------
    scenario
        Channels, groups and promises.
    expected
        Demand from `scenario.assumptions.expected_demand`.
    cancel
        Asked whether to stop.

    Returns
    -------
    FirstGuess
        Over the scenario's period.

    Notes
    -----
    Contacts are those expected and all that they beget while the promises are just kept
    (`staffing.returns`). Live contacts: the modified offered load, then Erlang A or the chain
    of chats, interval by interval. Waiting work: by its deadlines, in idle time of live agents
    where there is some. The mean volume is planned for; what days that differ from it ask on top
    is left to the simulation. Agents count by the mean of their group, novices and the absent
    included.
    """
    scenario = with_average_agents(scenario)
    limits = limits_of(scenario)
    handle = handle_time_s(scenario, expected)
    returns = with_returns(scenario, expected, handle, limits.open_now)
    offered = returns.contacts
    shape = offered.shape
    work, apart, by_erlang_c = np.zeros(shape), np.zeros(shape), np.full(shape, np.nan)
    serves = serving(scenario)
    live: list[LiveNeed] = []
    waiting: list[WaitingWork] = []
    interval_s = scenario.horizon.interval_minutes * 60.0
    for column, (name, channel) in enumerate(scenario.channels.items()):
        skills = [group.skills.get(name) for group in scenario.groups.values()]
        first = preferred_skill(scenario, name)
        gains = np.array([0.0 if s is None else solo_gain(s) for s in skills])
        worth = gains / solo_gain(first)
        contacts, seconds = offered[:, column], handle[:, column]
        is_open = limits.open_now[:, column]
        if channel.kind == "live":
            contacts = np.where(is_open, contacts, 0.0)
            rate, need = live_need(channel, first, contacts, seconds, interval_s)
            need = np.where(is_open, need, 0.0)
            work[:, column] = rate * seconds / solo_gain(first)
            apart[:, column] = np.ceil(need - 1e-9)
            by_erlang_c[:, column] = _by_erlang_c(channel, rate * seconds * first.speed, seconds)
            busy = np.divide(work[:, column], need, out=np.zeros(shape[0]), where=need > 0)
            live.append(LiveNeed(need, busy, worth))
        else:
            if channel.callback is not None:
                seconds = np.array([callback_effort_s(channel.callback, s) for s in seconds])
            backlog_s = 0.0
            if channel.initial_backlog != "endless":
                backlog_s = len(channel.initial_backlog) * float(seconds[0])
            work_s = contacts * seconds + returns.closing_s[:, column]
            stream = work_stream(channel, work_s, is_open, interval_s, backlog_s)
            waiting.append(WaitingWork(stream, gains))
            alone = [WaitingWork(stream, np.array([solo_gain(first)]))]
            agents = blended_agents(
                [], alone, _one_team(limits, is_open), scenario.period.week_of_interval,
                interval_s, cancel,
            )  # fmt: skip
            work[:, column] = _spread_work(stream.released, stream.allowed) / (
                interval_s * solo_gain(first)
            )
            apart[:, column] = np.ceil(agents[:, 0] - 1e-9)
    weeks = scenario.period.week_of_interval
    agents = blended_agents(live, waiting, limits, weeks, interval_s, cancel)
    required = whole_agents(agents, serves, limits)
    return FirstGuess(offered, work, apart, by_erlang_c, agents, required)


def whole_agents(
    agents: FloatArray, serves: NDArray[np.bool_], limits: Limits
) -> NDArray[np.int64]:
    """
    Fractional needs rounded up once, over all groups that share channels.

    Parameters
    ----------
    agents
        Agents with fraction, shape (I, G).
    serves
        Whether each group serves each channel, shape (G, C).
    limits
        Bounds; where a live channel is open somebody is there, if anybody may be.
    """
    whole = np.floor(agents + 1e-6).astype(np.int64)
    rest = agents - whole
    for pool in pools(serves):
        missing = np.ceil(agents[:, pool].sum(axis=1) - 1e-6).astype(np.int64)
        missing -= whole[:, pool].sum(axis=1)
        order = np.argsort(-rest[:, pool], axis=1, kind="stable")
        places = np.empty_like(order)
        np.put_along_axis(places, order, np.arange(len(pool))[np.newaxis, :], axis=1)
        whole[:, pool] += places < missing[:, np.newaxis]
    return within_limits(whole, limits)


def within_limits(agents: NDArray[np.int64], limits: Limits) -> NDArray[np.int64]:
    """The nearest numbers that keep the bounds and somebody where a live channel is open."""
    kept = np.clip(agents, limits.fewest, limits.most)
    empty = limits.live_open & (kept.sum(axis=1) == 0)
    first = np.argmax(limits.most > 0, axis=1)
    rows = np.flatnonzero(empty & (limits.most.max(axis=1) > 0))
    kept[rows, first[rows]] = 1
    return kept


def pools(serves: NDArray[np.bool_]) -> list[list[int]]:
    """Groups that share channels, directly or over others."""
    pools: list[tuple[set[int], set[int]]] = []
    for group, row in enumerate(serves):
        channels, members = set(np.flatnonzero(row).tolist()), {group}
        apart = []
        for others, served in pools:
            if served & channels:
                members, channels = members | others, channels | served
            else:
                apart.append((others, served))
        pools = [*apart, (members, channels)]
    return [sorted(members) for members, _ in pools]


def with_average_agents(scenario: Scenario) -> Scenario:
    """The same scenario with all agents of a group alike: novices and absence as lower speed."""
    groups = dict(scenario.groups)
    for name, group in scenario.groups.items():
        if group.novices is None and not group.absence:
            continue
        skills = {}
        for channel, skill in group.skills.items():
            gain = solo_gain(skill)
            if group.novices is not None:
                share = group.novices.share
                gain = (1 - share) * gain + share * solo_gain(group.novice_skill(channel))
            speed = skill.speed * solo_gain(skill) / (gain * (1 - group.absence))
            skills[channel] = skill.model_copy(update={"speed": speed})
        groups[name] = group.model_copy(update={"skills": skills})
    return scenario.model_copy(update={"groups": groups})


def _by_erlang_c(channel: Channel, load: FloatArray, seconds: FloatArray) -> FloatArray:
    if channel.target is None:
        return np.full(len(load), np.nan)
    return np.array(
        [
            agents_needed_c(float(erlangs), float(handle), channel.target)
            for erlangs, handle in zip(load, seconds, strict=True)
        ]
    )


def _spread_work(released: FloatArray, allowed: NDArray[np.bool_]) -> FloatArray:
    """Work moved to where somebody may do it: closed arrivals wait for the next opening."""
    moved, waiting = np.zeros_like(released), 0.0
    for interval, work in enumerate(released):
        waiting += work
        if allowed[interval]:
            moved[interval], waiting = waiting, 0.0
    return moved


def _one_team(limits: Limits, is_open: NDArray[np.bool_]) -> Limits:
    """Limits of an imagined team for one channel: none but its opening hours."""
    most = np.where(is_open, NO_LIMIT, 0)[:, np.newaxis].astype(np.int64)
    return Limits(
        is_open[:, np.newaxis],
        np.zeros_like(most),
        most,
        np.zeros_like(is_open),
        np.array([np.inf]),
        limits.price[:1],
    )
