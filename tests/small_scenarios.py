"""Small scenarios that several tests rehearse, and the demand that they state."""

from __future__ import annotations

import numpy as np

from scenario import Demand, Scenario

TWO_HOURS = """
[horizon]
start = 2026-04-13
length = "2h"
interval_minutes = 30
[demand]
rates = { chat = 10.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
[groups.team]
agents = 2
skills.chat = {}
"""


def demand_of(scenario: Scenario) -> Demand:
    """The rates of a scenario as its demand, with nothing known of the handle times."""
    rates = scenario.demand.rates
    assert rates is not None
    count = scenario.period.count
    mean = np.stack([np.broadcast_to(rates.get(c, 0.0), count) for c in scenario.channels], axis=1)
    return Demand(
        scenario.period, tuple(scenario.channels), mean.astype(float), np.full(mean.shape, np.nan)
    )


MORNING = """
name = "One morning"
timezone = "Europe/London"
seed = 7
replications = 8
[horizon]
start = 2026-04-13T08:00:00
length = "3h"
[demand]
rates = { chat = 24.0, posts = 8.0 }
uncertainty = "day_factor"
day_factor = { cv = 0.15 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 420 }
patience = { mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.posts]
kind = "deferred"
priority = 2
handle_time = { mean_s = 240 }
target = { share = 0.8, within_s = 1800 }
[groups.team]
agents = 6
cost_per_hour = 20
shrinkage = { leave = 0.2 }
[groups.team.skills]
chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
posts = {}
"""
