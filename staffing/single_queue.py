"""Is the floor one queue that formulas follow exactly, and what is its least staff then?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.assumptions import handle_time_s
from scenario.channels import Channel, HandleTime
from scenario.demand import Demand
from scenario.groups import Group
from scenario.model import Scenario
from staffing.exact import evaluate, least_staff
from staffing.limits import Limits

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class SingleQueue:
    """
    A floor of one live channel and one group, contact by contact.

    Parameters
    ----------
    rates
        Contacts per second that are offered, shape (I,).
    handle_s
        Mean handle time by this group.
    patience_s
        Mean patience; None where nobody gives up.
    within_s, share
        The promise to each interval.
    interval_s
        Length of an interval.
    max_queue
        Contacts waiting that turn a further one away.
    is_open
        Whether the channel is open, shape (I,).
    """

    rates: FloatArray
    handle_s: float
    patience_s: float | None
    within_s: float
    share: float
    interval_s: float
    max_queue: int | None
    is_open: NDArray[np.bool_]

    def least(self, limits: Limits) -> IntArray:
        """
        Fewest agents that keep the promise in every interval, shape (I, 1).

        Parameters
        ----------
        limits
            Bounds of the group; where the channel is open, somebody is there.
        """
        fewest = np.maximum(limits.fewest[:, 0], limits.live_open & (limits.most[:, 0] > 0))
        most = np.maximum(limits.most[:, 0], fewest)
        found = least_staff(
            self.rates,
            self.handle_s,
            self.patience_s,
            self.within_s,
            self.interval_s,
            self.share,
            fewest=fewest,
            most=np.where(self.is_open, most, most.max(initial=0)),
            max_queue=self.max_queue,
        )
        return np.where(self.is_open, found, 0)[:, np.newaxis].astype(np.int64)

    def levels(self, agents: IntArray) -> FloatArray:
        """Exact service level of each interval with so many agents, shape (I,)."""
        staff = agents[:, 0].copy()
        for interval in np.flatnonzero(~self.is_open):
            # After closing the last ones stay until nobody waits.
            staff[interval] = staff[interval - 1] if interval else 0
        return evaluate(
            self.rates,
            self.handle_s,
            self.patience_s,
            staff,
            self.within_s,
            self.interval_s,
            max_queue=self.max_queue,
        ).service_level


def single_queue(scenario: Scenario, expected: Demand) -> SingleQueue | None:
    """
    The single queue that a scenario is; None where it is more than one.

    Parameters
    ----------
    scenario
        What is assumed.
    expected
        Demand from `scenario.assumptions.expected_demand`.

    Notes
    -----
    One live channel with exponential handle time and patience, one group of equal agents with
    one contact at a time, a volume without spread, and a promise to every interval on average,
    of the contacts offered. Whatever else a channel or a group can do must be left out.
    """
    if (
        len(scenario.channels) != 1
        or len(scenario.groups) != 1
        or _volume_varies(scenario, expected)
    ):
        return None
    (name,), (group,) = scenario.channels, scenario.groups.values()
    channel, target = scenario.channels[name], scenario.channels[name].target
    if target is None or target.period != "interval" or target.confidence is not None:
        return None
    if channel.formula_of(target) != "answered_of_offered":
        return None
    if not _plain(channel) or not _alike(group, name):
        return None
    open_now = scenario.period.open_intervals(channel.open, scenario.closed_dates)
    seconds = handle_time_s(scenario, expected)[:, 0]
    offered = np.where(open_now, expected.mean[:, 0], 0.0)
    busy = seconds[offered > 0]
    if busy.size and np.ptp(busy) > 1e-9 * busy[0]:
        return None
    interval_s = scenario.horizon.interval_minutes * 60.0
    return SingleQueue(
        offered / interval_s,
        float(busy[0] if busy.size else seconds[0]) * group.skills[name].speed,
        channel.patience.mean_s if channel.patience.distribution == "exponential" else None,
        target.within_s,
        target.share,
        interval_s,
        channel.max_queue,
        open_now,
    )


def _volume_varies(scenario: Scenario, expected: Demand) -> bool:
    keys = scenario.demand
    if keys.uncertainty == "none":
        return False
    uses_paths = keys.uncertainty == "paths" and expected.paths is not None
    return uses_paths or keys.day_factor is not None or keys.residual is not None


def _plain(channel: Channel) -> bool:
    """Whether customers do nothing but come, wait, perhaps give up, and are served in turn."""
    patience = channel.patience
    gives_up = patience.distribution == "exponential" and patience.mean_s > 0
    return (
        channel.kind == "live"
        and channel.at_close == "serve"
        and _exponential(channel.handle_time_on_floor)
        and (gives_up or patience.distribution == "none")
        and not channel.balk
        and not channel.silent
        and channel.order in {"fifo", "deadline"}
        and channel.offer_callback is None
        and channel.redial is None
        and channel.repeat is None
    )


def _exponential(handle_time: HandleTime) -> bool:
    return handle_time.distribution == "exponential"


def _alike(group: Group, channel: str) -> bool:
    """Whether all agents serve the channel alike, one contact at a time."""
    skill = group.skills.get(channel)
    return (
        skill is not None
        and skill.max_concurrent == 1
        and not skill.after_s
        and not skill.keep_free
        and group.novices is None
        and not group.absence
    )
