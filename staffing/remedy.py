"""Where is a promise missed worst, and how many more people in those hours would mend it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Scenario
from scenario.demand import Demand
from scenario.errors import InvalidValueError, RunCancelledError
from scenario.staff import Staff
from scenario.targets import ratio

if TYPE_CHECKING:
    from simulate.outcome import Outcome

MOST_EXTRA = 3  # agents tried: who needs more needs a plan
LEAST_MISSED = 0.5  # contacts a replication beyond what the promise allows: less is nothing


class Rehearsed(Protocol):
    """What a trial must know of the rehearsal that missed a promise: an `Outcome`, or less."""

    @property
    def scenario(self) -> Scenario:
        """What was rehearsed."""

    @property
    def staff(self) -> Staff:
        """Agents on the floor."""

    @property
    def seed(self) -> int:
        """Seed of every random number."""

    @property
    def replications(self) -> int:
        """How many there were."""

    @property
    def cost(self) -> float:
        """What the staff costs, in the scenario's currency."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    Hours of one day in which a channel is under its target.

    Parameters
    ----------
    channel
        Channel.
    start, end
        Whole local hours; `end` is not part of it.
    level
        Service level over the stretch, in 0-1.
    target
        The promised share.
    missed
        Contacts a replication that would have to be served in time for the promise to hold.
    """

    channel: str
    start: pd.Timestamp
    end: pd.Timestamp
    level: float
    target: float
    missed: float


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    What more agents in a stretch would do.

    Parameters
    ----------
    stretch
        Where the promise is missed.
    group
        Who was added to.
    extra
        Fewest agents more in every interval of the stretch that keep the promise there; None
        where the most that was tried do not.
    tried
        Most agents tried.
    achieved
        Service level over the stretch with `extra` more agents, or with the most tried.
    cost
        What they cost more, in the scenario's currency.
    """

    stretch: Stretch
    group: str
    extra: int | None
    tried: int
    achieved: float
    cost: float


def worst_stretch(outcome: Outcome) -> Stretch | None:
    """
    The hours in which most is missing to a promise; None where every promise is kept.

    Parameters
    ----------
    outcome
        A rehearsal. Contacts that arrive in opening hours are judged, hour by hour, pooled over
        its replications; hours in a row under the target are one stretch, within a day. Channels
        that miss over the whole time go before those that miss in single hours only.
    """
    levels = outcome.totals.set_index("channel")["service_level"]
    found = []
    for name, channel in outcome.scenario.channels.items():
        if channel.target is None:
            continue
        missed_at_all = bool(levels[name] < channel.target.share)
        found += [
            (missed_at_all, stretch.missed, stretch)
            for stretch in _stretches(outcome, name, channel.target.share)
            if stretch.missed >= LEAST_MISSED
        ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def remedy(
    outcome: Rehearsed,
    demand: Demand,
    stretch: Stretch,
    *,
    most: int = MOST_EXTRA,
    replications: int | None = None,
    run: Callable[[Staff, int], Outcome] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Remedy | None:
    """
    Try one agent more in the stretch, then two, up to `most`, on the very same customers.

    Parameters
    ----------
    outcome
        The rehearsal in which the stretch was found.
    demand
        Its demand, before scale and bursts.
    stretch
        Where the promise is missed, as `worst_stretch` tells it.
    most
        Most agents to try, at least 1.
    replications
        Customers to try it on; default: as many as the scenario asks for.
    run
        Rehearses the outcome's scenario and seed with a staff and so many replications, where
        the caller has a way of its own; default: here and now.
    cancel
        Asked on the way, where `run` is not given.

    Returns
    -------
    Remedy or None
        None where nobody can be added: all who serve the channel leave by the name of their
        shift.

    Raises
    ------
    InvalidValueError
        When `most` is less than 1.
    RunCancelledError
        When cancelled.
    """
    if not most >= 1:
        raise InvalidValueError("most", "at least 1", most)
    group = _helper(outcome, stretch)
    if group is None:
        return None
    asked = max(2, min(replications or outcome.scenario.replications, outcome.replications))
    rehearse = run or partial(_rehearsed, outcome, demand, cancel)
    for tried in range(1, most + 1):
        more = rehearse(_with_more(outcome.staff, group, stretch, tried), asked)
        if _level(more, stretch) >= stretch.target:
            break
    achieved = _level(more, stretch)
    extra = tried if achieved >= stretch.target else None
    return Remedy(stretch, group, extra, tried, achieved, more.cost - outcome.cost)


def _rehearsed(
    outcome: Rehearsed,
    demand: Demand,
    cancel: Callable[[], bool] | None,
    staff: Staff,
    replications: int,
) -> Outcome:
    """The outcome's scenario on the same customers, with another staff."""
    from simulate.run import simulate

    found = simulate(
        outcome.scenario,
        demand,
        staff,
        replications=replications,
        seed=outcome.seed,
        cancel=cancel,
    )
    if found.cancelled:
        raise RunCancelledError
    return found


def _stretches(outcome: Outcome, channel: str, share: float) -> list[Stretch]:
    """Hours in a row under the target, each within a day."""
    parts = outcome.parts("service_level", channel, "interval")
    starts = outcome.data.period.starts
    # Through UTC: in the hour that a clock change repeats, the local hour has no floor.
    hours = starts.tz_convert("UTC").floor("h").tz_convert(starts.tz)
    table = pd.DataFrame({"hour": hours, "above": parts.above.sum(axis=0)})
    table["below"] = parts.below.sum(axis=0)
    summed = table.groupby("hour", sort=True)[["above", "below"]].sum()
    above, below = summed["above"].to_numpy(float), summed["below"].to_numpy(float)
    times = pd.DatetimeIndex(summed.index)
    under = np.flatnonzero((below > 0) & (above < share * below - 1e-9))
    hour = pd.Timedelta(hours=1)
    found = []
    for run in _in_a_row(under, times):
        first, last = int(run[0]), int(run[-1])
        told, due = above[first : last + 1].sum(), below[first : last + 1].sum()
        missed = float(share * due - told) / outcome.replications
        level = float(told / due)
        found.append(Stretch(channel, times[first], times[last] + hour, level, share, missed))
    return found


def _in_a_row(places: NDArray[np.int64], times: pd.DatetimeIndex) -> list[NDArray[np.int64]]:
    """Places split where an hour is left out or a new day begins."""
    if not len(places):
        return []
    days = np.asarray(times.date)[places]
    splits = np.flatnonzero((np.diff(places) > 1) | (days[1:] != days[:-1])) + 1
    return list(np.split(places, splits))


def _level(outcome: Outcome, stretch: Stretch) -> float:
    """Service level of the channel over the stretch."""
    starts = outcome.data.period.starts
    within = np.asarray((starts >= stretch.start) & (starts < stretch.end))
    parts = outcome.parts("service_level", stretch.channel, "interval")
    return float(ratio(parts.above[:, within].sum(), parts.below[:, within].sum()))


def _helper(outcome: Rehearsed, stretch: Stretch) -> str | None:
    """The group with most agents there among those who serve the channel and come by number."""
    staff, scenario = outcome.staff, outcome.scenario
    there = _within(staff, stretch)
    able = [
        (int(staff.agents[there, place].sum()), -place, name)
        for place, name in enumerate(staff.groups)
        if stretch.channel in scenario.groups[name].skills
        and scenario.groups[name].exit == "first_free"
    ]
    return max(able)[2] if able else None


def _with_more(staff: Staff, group: str, stretch: Stretch, extra: int) -> Staff:
    agents = staff.agents.copy()
    agents[_within(staff, stretch), staff.groups.index(group)] += extra
    return replace(staff, agents=agents)


def _within(staff: Staff, stretch: Stretch) -> NDArray[np.bool_]:
    starts = staff.horizon.starts
    return np.asarray((starts >= stretch.start) & (starts < stretch.end))
