"""The least staff with which posts are answered in time, sooner or as late as promised."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast import demand_for
from scenario import Scenario, Staff
from scenario.targets import ratio
from simulate.outcome import Outcome
from simulate.run import simulate
from staffing.search import fresh_seed

FILE = Path(__file__).resolve().parent.parent / "data" / "studies" / "response.toml"
CHANNEL, GROUP = "x", "team"

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RUNS, BATCHES = 24, 8  # replications of a search, and the groups of them that give its interval
FRESH_RUNS = 48  # of the check, with a seed that the search never saw
STEP = 1.03  # the least staff is straddled as near as this, and read off between
STRIDE = 4  # steps at once, from plenty downwards: far too few beget posts without end
MOST_STEPS = 40
ROOM = 1.3  # plenty: so much more than the expected posts take
ENDLESS = 0.85  # contacts that one begets, from which on they are taken to be without end
FALLING_BEHIND = 0.05  # of a day's posts by which the backlog may have grown in the week
PER_DAY = 0.1  # points of service that a day's posts of backlog weigh, where both are compared
LATE_FROM = 0.5  # of the promised time, before which a team that answers late takes no post
SURE = 2.365  # half a 95 % interval from eight batches, in standard errors (Student's t)


@dataclass(frozen=True)
class Policy:
    """
    When posts are answered.

    Parameters
    ----------
    within_s
        What is promised to four posts in five.
    late
        Whether nobody takes a post before half of that time has gone by; else as soon as
        somebody is free.
    """

    within_s: int
    late: bool = False

    @property
    def gate_s(self) -> float:
        """Time before which no post is taken."""
        return LATE_FROM * self.within_s if self.late else 0.0

    @property
    def changes(self) -> dict[str, Any]:
        """The policy as changes of a scenario."""
        return {
            f"channels.{CHANNEL}.target.within_s": self.within_s,
            f"groups.{GROUP}.skills.{CHANNEL}.after_s": self.gate_s,
        }


@dataclass(frozen=True, eq=False)
class Least:
    """
    The least staff of one policy, and what it gives.

    Parameters
    ----------
    policy
        When posts are answered.
    level
        Agents on the floor, on the average, as the search found it.
    batches
        The same, found by each batch of days, shape (B,): what the search's days leave unsure.
    steady
        Whether staff is the same all day (else it follows the posts).
    check
        What that staff gives on days that the search never saw.
    """

    policy: Policy
    level: float
    batches: FloatArray
    steady: bool
    check: Outcome


def scenario_of(changes: dict[str, Any] | None = None) -> Scenario:
    """The study's scenario, with other values of some keys."""
    return Scenario.load(FILE, changes or {})


def least_staff(
    scenario: Scenario, policy: Policy, *, runs: int = RUNS, follow_only: bool = False
) -> Least | None:
    """
    Least staff that keeps a policy's promise without falling behind.

    Parameters
    ----------
    scenario
        What is assumed.
    policy
        When posts are answered.
    runs
        Replications, a multiple of eight.
    follow_only
        Leave out staff that is the same all day.

    Returns
    -------
    Least or None
        None where posts that wait so long beget others without end.

    Notes
    -----
    Staff follows the posts by the hour, as late as they are taken, or is the same all day:
    whichever takes fewer. It keeps the promise over the week and leaves no more posts at its end
    than at its beginning, which a team that lives on an ever longer queue does not.
    """
    scenario = scenario.with_changes(policy.changes)
    expected = posts_in_all(scenario, policy)
    if expected is None:
        return None
    floor = _Floor(scenario, policy, runs, ROOM * expected * _work_of_first_posts(scenario))
    found = [
        (*floor.search(steady=steady), steady)
        for steady in (False, True)[: 1 if follow_only else 2]
    ]
    level, batches, steady = min(found, key=lambda one: one[0])
    fresh = fresh_seed(scenario.seed)
    check = floor.run(level, runs * FRESH_RUNS // RUNS, fresh, steady=steady)
    return Least(policy, level, batches, steady, check)


def staffed(scenario: Scenario, policy: Policy, level: float, runs: int) -> Outcome:
    """What so many agents on the average give who follow the posts."""
    floor = _Floor(scenario, policy, runs, level)
    return floor.run(level, runs, scenario.seed, steady=False)


def posts_in_all(scenario: Scenario, policy: Policy) -> float | None:
    """
    Posts for each that comes by itself, in a steady state; None where there is no end to them.

    Where all wait equally long: halfway between when posts may be taken and when they are
    promised. Only tells where a search begins.
    """
    channel = scenario.channels[CHANNEL]
    wait_s = (policy.gate_s + policy.within_s) / 2
    others = again = back = 0.0
    if channel.spread is not None:
        seen = -math.expm1(-wait_s / channel.spread.delay.mean_s)
        others = channel.spread.ratio * (seen if channel.spread.until_answered else 1.0)
    if channel.repost is not None:
        times = min(math.floor(wait_s / channel.repost.after_s), channel.repost.max_times)
        again = channel.repost.share * times
    if channel.repeat is not None:
        back = 1 - channel.repeat.fcr
    # Posts beget posts, and others beside them that are written again and beget none of those.
    begotten = np.array([[others + back, others + back], [again, 0.0]])
    if max(abs(np.linalg.eigvals(begotten))) >= ENDLESS:
        return None
    return float(np.linalg.solve(np.eye(2) - begotten, [1.0, 0.0]).sum())


def _work_of_first_posts(scenario: Scenario) -> float:
    per_hour = float(demand_for(scenario).mean.mean())
    return per_hour * scenario.channels[CHANNEL].handle_time.mean_s / 3600


@dataclass(frozen=True)
class _Floor:
    """A team that is tried out."""

    scenario: Scenario
    policy: Policy
    runs: int
    near: float

    def staff(self, level: float, *, steady: bool) -> Staff:
        """So many agents on the average, as whole people."""
        return Staff(
            self.scenario.period, (GROUP,), whole(level * self._shape(steady=steady))[:, np.newaxis]
        )

    def run(self, level: float, runs: int, seed: int, *, steady: bool) -> Outcome:
        """Rehearse a level."""
        staff, demand = self.staff(level, steady=steady), demand_for(self.scenario)
        return simulate(self.scenario, demand, staff, replications=runs, seed=seed)

    def _shape(self, *, steady: bool) -> FloatArray:
        count = self.scenario.period.count
        if steady:
            return np.ones(count)
        hours = round(self.policy.gate_s / 3600)
        posts = demand_for(self.scenario).mean[:, 0]
        return np.asarray(np.roll(posts, hours) / posts.mean(), dtype=np.float64)

    def search(self, *, steady: bool) -> tuple[float, FloatArray]:
        """Agents on the average at which the promise just holds: by all days, and by batches."""
        tried: dict[int, FloatArray] = {}

        def holds(step: int) -> bool:
            if step not in tried:
                tried[step] = self._margins(self.near * STEP**step, steady=steady)
            return bool(tried[step][0] >= 0)

        least_step(holds)
        levels = self.near * STEP ** np.array(sorted(tried), dtype=np.float64)
        margins = np.stack([tried[step] for step in sorted(tried)])
        roots = np.array([crossing(levels, margin) for margin in margins.T])
        return float(roots[0]), roots[1:]

    def _margins(self, level: float, *, steady: bool) -> FloatArray:
        """
        By how much the promise is kept and the team keeps up, whichever is less.

        By all replications first, less a standard error; then by each batch; shape (1 + B,).
        """
        outcome = self.run(level, self.runs, self.scenario.seed, steady=steady)
        tallies = outcome.data.tallies(CHANNEL, "horizon")
        replied, due = (_by_batch(tallies[name][:, 0]) for name in ("replied_within", "due"))
        target = self.scenario.channels[CHANNEL].target
        assert target is not None
        backlog = backlog_of(outcome, self.policy.gate_s)
        days_posts = 24 * float(demand_for(self.scenario).mean.mean())
        grown = _by_batch(backlog[:, -1] - backlog[:, 0]) / _by_batch(np.ones(self.runs))
        kept = _less_error(ratio(replied, due) - target.share)
        ahead = _less_error(FALLING_BEHIND - grown / days_posts)
        return np.minimum(kept, PER_DAY * ahead)


def _less_error(margins: FloatArray) -> FloatArray:
    """The first, of all replications, less its standard error as the batches tell it."""
    margins = margins.copy()
    margins[0] -= margins[1:].std(ddof=1) / math.sqrt(BATCHES)
    return margins


def backlog_of(outcome: Outcome, gate_s: float = 0.0) -> FloatArray:
    """
    Posts that somebody might take, waiting at every midnight of the measured time, shape (R, D).

    Those that came in the last `gate_s` before it are held back and left out.
    """
    tallies = outcome.data.tallies(CHANNEL, "interval")
    offered, waiting = (np.asarray(tallies[name], dtype=np.float64) for name in _WAITING)
    hours, part = divmod(gate_s / 3600, 1.0)
    came = np.cumsum(np.pad(offered, ((0, 0), (1, 0))), axis=1)
    last = np.arange(24, offered.shape[1] + 1, 24)
    since = last - int(hours)
    held = came[:, last] - came[:, since] + part * offered[:, since - 1]
    return np.asarray(waiting[:, last - 1] - held, dtype=np.float64)


_WAITING = ("offered", "backlog")


def whole(agents: FloatArray) -> IntArray:
    """Whole people whose running sum is never further than a half from that of the fractions."""
    together = np.floor(np.cumsum(agents) + 0.5)
    return np.diff(together, prepend=0.0).astype(np.int64)


def least_step(holds: Callable[[int], bool]) -> int:
    """The least step that holds, the one below it tried too; from above, so that few explode."""
    high = 0
    while not holds(high):
        high += STRIDE
        if high > MOST_STEPS:
            raise ArithmeticError("a promise that no staff keeps")
    while holds(high - STRIDE):
        high -= STRIDE
    low = high - STRIDE
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _by_batch(values: NDArray[Any]) -> FloatArray:
    """Sums over all replications, then over each of the eight batches, shape (1 + B,)."""
    batches = values.astype(np.float64).reshape(BATCHES, -1).sum(axis=1)
    return np.concatenate([[batches.sum()], batches])


def crossing(levels: FloatArray, margins: FloatArray) -> float:
    """The lowest level from which on all margins are at least 0, read off between two."""
    broken = np.flatnonzero(margins < 0)
    if not len(broken):
        return float(levels[0])
    last = int(broken[-1])
    if last == len(levels) - 1:
        return float(levels[-1])
    part = -margins[last] / (margins[last + 1] - margins[last])
    return float(levels[last] + part * (levels[last + 1] - levels[last]))


def half_interval(batches: FloatArray) -> float:
    """Half of the 95 % interval of a mean over the batches."""
    return SURE * float(batches.std(ddof=1)) / math.sqrt(len(batches))
