"""The floor that speed is measured on: one live channel, a team that takes it, for any engine."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.peers import Queue
from scenario import Demand, Scenario
from simulate.batches import Batch
from simulate.encode import FloorInput, encode
from simulate.engines import engine_named, replicate

LOAD = 0.92  # work offered per agent
HANDLE_S = 300.0
PATIENCE_S = 240.0

_SCENARIO = """
[horizon]
start = 2026-04-13
length = "{length}"
interval_minutes = 30
[demand]
rates = {{ chat = {rate} }}
[channels.chat]
kind = "live"
handle_time = {{ mean_s = {handle_s}, distribution = "exponential" }}
patience = {{ mean_s = {patience_s} }}
target = {{ share = 0.8, within_s = 60 }}
[groups.team]
agents = {agents}
skills.chat = {{}}
"""

Counting = Callable[[FloorInput, int, int], Batch]


def team(agents: int, length: str) -> FloorInput:
    """M/M/c+M as a scenario of ours; a length such as "28d"."""
    rate = LOAD * agents * 1800 / HANDLE_S
    text = _SCENARIO.format(
        length=length, rate=rate, handle_s=HANDLE_S, patience_s=PATIENCE_S, agents=agents
    )
    scenario = Scenario.parse(text)
    mean = np.full((scenario.period.count, 1), rate)
    demand = Demand(scenario.period, ("chat",), mean, np.full_like(mean, np.nan))
    return encode(scenario, demand, scenario.staff())


def queue(agents: int, length_s: float) -> Queue:
    """The same for the peers."""
    return Queue(agents, LOAD * agents / HANDLE_S, HANDLE_S, PATIENCE_S, length_s)


def contacts_of(counts: Batch) -> int:
    """First contacts of a replication."""
    return int(counts.contacts["offered"].sum())


def counting(engine: str) -> Counting:
    """
    An engine that gives the counts of a replication and keeps no contact.

    An engine that cannot count while it runs is counted from its log.
    """
    chosen = engine_named(engine)

    def counts(floor_input: FloorInput, seed: int, replication: int) -> Batch:
        (counts,) = replicate(chosen, floor_input, seed, [replication], None)
        return counts

    return counts
