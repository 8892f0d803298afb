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

# The same morning with callbacks offered where two wait.
OFFERING = MORNING.replace(
    "[channels.posts]",
    "[channels.chat.offer_callback]\n"
    'channel = "calls"\n'
    "when_queue_at_least = 2\n"
    "accept = 0.25\n"
    "[channels.calls]\n"
    'kind = "callback"\n'
    "handle_time = { mean_s = 300 }\n"
    "[channels.posts]",
).replace("posts = {}\n", "posts = {}\ncalls = {}\n")

# A desk of two for a day; `app_pages.write_desk` writes the staffing that it names.
SMALL = """
name = "Small desk"
timezone = "Europe/London"
seed = 3
replications = 3
staffing = "staffing.csv"
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand.rates]
chat = 6.0
x = 5.0
[channels.chat]
kind = "live"
priority = 1
open = { daily = "08:00-20:00" }
handle_time.mean_s = 480
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
order = "deadline"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 240
target = { share = 0.8, within_s = 900 }
[groups.team]
max_agents = 6
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05 }
[groups.team.skills.chat]
max_concurrent = 2
[groups.team.skills.x]
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
"""


def small_desk() -> Scenario:
    """The small desk with its staffing in the scenario itself: two agents from 8 to 20."""
    agents = [0] * 8 + [2] * 12 + [0] * 4
    text = SMALL.replace('staffing = "staffing.csv"\n', "")
    return Scenario.parse(text).with_changes({"groups.team.agents": agents})


# Two channels of a team, with every optional key left out.
TWO_CHANNELS = """\
timezone = "Europe/London"

[horizon]
start = 2026-04-13
length = "1d"

[demand.rates]
chat = 10.0
x = 4.0

[channels.chat]
kind = "live"
open = { mon-fri = "08:00-20:00", sat = "09:00-12:00, 13:00-17:00" }
handle_time = { mean_s = 480 }
target = { share = 0.8, within_s = 60 }

[channels.x]
kind = "deferred"
handle_time = { mean_s = 240 }

[groups.team]
agents = 8

[groups.team.skills.chat]
max_concurrent = 2

[groups.team.skills.x]
preference = 2
"""


def two_channels(replaced: str = "", by: str = "") -> Scenario:
    """That scenario with one part of its text replaced, which must be in it."""
    assert replaced in TWO_CHANNELS
    return Scenario.parse(TWO_CHANNELS.replace(replaced, by, 1))
