"""
What others take for the same queue: customers who give up, on a floor of equal agents (M/M/c+M).

Both are the plainest models that their libraries' own pages show, and each draws its numbers as
it likes; they start with an empty floor, which flatters them while it fills.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Queue:
    """
    One queue.

    Parameters
    ----------
    agents
        Equal agents, one contact at a time.
    arrivals_per_s
        Poisson rate.
    handle_s, patience_s
        Means of exponential times.
    length_s
        Time simulated, from an empty floor.
    """

    agents: int
    arrivals_per_s: float
    handle_s: float
    patience_s: float
    length_s: float


@dataclass(frozen=True)
class Served:
    """What became of the customers."""

    contacts: int
    abandonment: float
    wait_s: float  # mean of the answered


def simpy_resource(queue: Queue, seed: int) -> Served:
    """A `simpy.Resource` for the agents and a process a customer: SimPy's example Bank Renege."""
    import simpy

    chance = random.Random(seed)
    waits: list[float] = []
    gone = 0

    def customer(env: simpy.Environment, team: simpy.Resource) -> Generator[Any, Any, None]:
        nonlocal gone
        came = env.now
        with team.request() as request:
            patience = chance.expovariate(1 / queue.patience_s)
            results = yield request | env.timeout(patience)
            wait = env.now - came
            if request in results:
                waits.append(wait)
                yield env.timeout(chance.expovariate(1 / queue.handle_s))
            else:
                gone += 1

    def door(env: simpy.Environment, team: simpy.Resource) -> Generator[Any, Any, None]:
        while True:
            yield env.timeout(chance.expovariate(queue.arrivals_per_s))
            env.process(customer(env, team))

    env = simpy.Environment()
    env.process(door(env, simpy.Resource(env, queue.agents)))
    env.run(until=queue.length_s)
    return _served(waits, gone)


def ciw_network(queue: Queue, seed: int) -> Served:
    """
    One node of Ciw with reneging customers, as in its guide on reneging.

    Raises
    ------
    ImportError
        Where Ciw is not installed.
    """
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(queue.arrivals_per_s)],
        service_distributions=[ciw.dists.Exponential(1 / queue.handle_s)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / queue.patience_s)],
        number_of_servers=[queue.agents],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(queue.length_s)
    records = simulation.get_all_records()
    waits = [record.waiting_time for record in records if record.record_type == "service"]
    # Those in hand at the end have no record; they are the last to have been begun.
    gone = sum(record.record_type == "renege" for record in records)
    return _served(waits, gone, simulation.number_of_individuals)


def _served(waits: list[float], gone: int, others: int = 0) -> Served:
    contacts = len(waits) + gone
    return Served(
        contacts + others,
        gone / contacts if contacts else 0.0,
        statistics.fmean(waits) if waits else 0.0,
    )


PEERS = {"resource": simpy_resource, "ciw": ciw_network}
