"""A blended day of chats, posts and callbacks, run by several tests of how runs are made."""

from __future__ import annotations

import numpy as np

from scenario import Demand, Scenario, Staff

BLENDED = Scenario.parse(
    """
    name = "A blended day"
    timezone = "Europe/London"
    seed = 4
    replications = 3
    [horizon]
    start = 2026-04-13
    length = "1d"
    [demand]
    rates = { chat = 12, posts = 6 }
    uncertainty = "day_factor"
    day_factor = { cv = 0.12 }
    [channels.chat]
    kind = "live"
    open = { daily = "08:00-20:00" }
    handle_time = { mean_s = 480 }
    patience = { distribution = "exponential" }
    target = { share = 0.8, within_s = 60 }
    offer_callback = { channel = "callback", when_expected_wait_over_s = 60 }
    [channels.posts]
    kind = "deferred"
    priority = 2
    open = { daily = "08:00-20:00" }
    order = "deadline"
    handle_time = { mean_s = 240 }
    target = { share = 0.8, within_s = 900 }
    target_closed = { share = 0.8, within_s = 7200 }
    initial_backlog = [36000, 7200, 60]
    [channels.callback]
    kind = "callback"
    priority = 1
    open = { daily = "08:00-20:00" }
    handle_time = { mean_s = 450 }
    target = { share = 0.9, within_s = 3600 }
    [groups.team]
    skills.chat = { max_concurrent = 2 }
    skills.posts = { keep_free = 1 }
    skills.callback = {}
    cost_per_hour = 18
    """
)
OPEN = np.arange(48) // 2


def staffed(agents: int) -> Staff:
    """So many agents from 8 to 20."""
    on = np.where((OPEN >= 8) & (OPEN < 20), agents, 0)[:, None]
    return Staff(BLENDED.period, ("team",), on)


def demand() -> Demand:
    """Every half-hour alike, round the clock."""
    period = BLENDED.period
    mean = np.tile([12.0, 6.0, 0.5], (period.count, 1))
    return Demand(period, tuple(BLENDED.channels), mean, np.full_like(mean, np.nan))
