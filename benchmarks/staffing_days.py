"""Days of 25 and 230 agents in two pools, planned and then doubted: is anybody missing or idle?"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

import staffing
from scenario import Demand, Scenario
from scenario.staff import Staff
from simulate.run import simulate
from staffing.promises import Verdict, judge
from staffing.repair import MARGIN

SHARE = 0.8
TRIED = {1.0: 24, 9.0: 12}  # agents of a day, evenly over it, who are sent home one at a time

DAY = """
name = "Two pools"
seed = 20260413
replications = 64
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 30
[demand]
rates = { voice = 1.0, chat = 1.0 }
[demand.day_factor]
cv = 0.1
shared = 1.0
per = "day"
[channels.voice]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 300, cv = 1.0 }
patience = { mean_s = 180 }
target = { share = 0.8, within_s = 20, period = "interval" }
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 480, cv = 0.8 }
patience = { mean_s = 240 }
target = { share = 0.8, within_s = 60, period = "interval" }
[groups.phone.skills.voice]
[groups.desk.skills]
chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
"""


def two_pools(scale: float) -> tuple[Scenario, Demand]:
    """
    A day of calls and chats with a crest in the morning and a lower one after lunch.

    Parameters
    ----------
    scale
        1 is a day of about 26 agents at most, 9 one of about 195 half of the time and 230 when
        everything comes at once.
    """
    scenario = Scenario.parse(DAY)
    period = scenario.period
    hour = np.arange(period.count) / 2
    crests = np.exp(-(((hour - 10.5) / 1.8) ** 2)), np.exp(-(((hour - 15) / 2) ** 2))
    shape = np.where((hour >= 8) & (hour < 20), 0.6 + 0.4 * crests[0] + 0.3 * crests[1], 0.0)
    rates = scale * np.stack([75 * shape, 60 * shape], axis=1)
    return scenario, Demand(period, ("voice", "chat"), rates, np.full(rates.shape, np.nan))


@dataclass(frozen=True)
class Doubted:
    """
    A planned day under doubt.

    Parameters
    ----------
    plan_s
        Seconds that the whole plan took, its check with fresh numbers included.
    processor_s
        Seconds that processors worked on it, all threads together: what is left to compare
        where other work fills the machine.
    most_agents
        On the floor at once.
    agent_hours
        On the floor.
    replications
        Of the search's last rehearsal; the check has four times as many.
    worst_gap_pp
        Percentage points by which the worst interval misses its promise in the check; negative
        where it keeps it.
    share_under
        Share of the intervals that miss it at all.
    surely_under
        Intervals whose upper bound misses it, at 99 % for all intervals together.
    decrement_breaks_share
        Share of the agents tried whose going breaks a promise, by the search's own rule.
    """

    plan_s: float
    processor_s: float
    most_agents: int
    agent_hours: float
    replications: int
    worst_gap_pp: float
    share_under: float
    surely_under: int
    decrement_breaks_share: float
    machine_load: tuple[float, float]


def doubt(scale: float, workers: int = 2) -> Doubted:
    """Plan a day, look at its check, and send single agents home."""
    scenario, demand = two_pools(scale)
    ones = np.ones((scenario.period.count, len(scenario.groups)), dtype=np.int64)
    simulate(scenario, demand, Staff(scenario.period, tuple(scenario.groups), ones), replications=1)
    load, began, worked = os.getloadavg()[0], time.perf_counter(), time.process_time()
    plan = staffing.plan(scenario, demand, workers=workers)
    plan_s, processor_s = time.perf_counter() - began, time.process_time() - worked
    agents = plan.staff.agents
    runs = plan.outcome.replications // 4
    verdicts = judge(plan.outcome.data)
    return Doubted(
        plan_s,
        processor_s,
        int(agents.sum(axis=1).max()),
        float(agents.sum()) / 2,
        runs,
        *checked(verdicts),
        breaking_share(scenario, demand, agents, runs, workers, TRIED[scale]),
        (load, os.getloadavg()[0]),
    )


def checked(verdicts: tuple[Verdict, ...]) -> tuple[float, float, int]:
    """Worst gap in percentage points, share of intervals under, and how many surely are."""
    levels = np.concatenate([verdict.mean for verdict in verdicts])
    errors = np.concatenate([verdict.error for verdict in verdicts])[np.isfinite(levels)]
    levels = levels[np.isfinite(levels)]
    reach = ndtri(1 - 0.01 / len(levels)) * errors
    gap = 100 * (SHARE - levels)
    return float(gap.max()), float((gap > 0).mean()), int((levels + reach < SHARE).sum())


def breaking_share(
    scenario: Scenario, demand: Demand, agents: np.ndarray, runs: int, workers: int, tried: int
) -> float:
    """Share of single agents whose going breaks a promise, all else equal."""
    places = [tuple(place) for place in np.argwhere(agents > 1)]
    step = max(1, len(places) // tried)
    broken = []
    for place in places[::step]:
        fewer = agents.copy()
        fewer[place] -= 1
        staff = Staff(scenario.period, tuple(scenario.groups), fewer)
        outcome = simulate(
            scenario, demand, staff, replications=runs, seed=scenario.seed, workers=workers
        )
        broken.append(
            any(
                (verdict.reached(MARGIN) < verdict.promise.target.share - 1e-9).any()
                for verdict in judge(outcome.data)
            )
        )
    return float(np.mean(broken))


def figures() -> dict[str, Any]:
    """Both days."""
    small, large = doubt(1.0), doubt(9.0)
    return {
        "day_25_agents_s": small.plan_s,
        "day_230_agents_s": large.plan_s,
        "fresh_worst_gap_pp": max(small.worst_gap_pp, large.worst_gap_pp),
        "fresh_share_under": max(small.share_under, large.share_under),
        "fresh_surely_under": small.surely_under + large.surely_under,
        "decrement_breaks_share": min(small.decrement_breaks_share, large.decrement_breaks_share),
        "days": {"25": vars(small), "230": vars(large)},
    }
