"""How many agents does a chat need, when each holds several chats at once?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import spsolve

from scenario.errors import InvalidValueError
from staffing.queueing import SteadyQueue, birth_death, queue_weights

EXACT_STATES = 400  # larger floors are spread evenly: less than half a percentage point apart


def level_rates(handle_time_s: float, slowdown: Sequence[float], most: int) -> NDArray[np.float64]:
    """
    Completions per second of an agent who holds 0, 1, ..., `most` chats.

    Parameters
    ----------
    handle_time_s
        Mean solo handle time in seconds, positive.
    slowdown
        How many times longer a chat takes with 1, 2, ... in hand.
    most
        Chats held at once, at least 1.

    Examples
    --------
    >>> level_rates(480, (1.0, 1.25), 2) * 480
    array([0. , 1. , 1.6])
    """
    held = np.arange(1, most + 1)
    rates: NDArray[np.float64] = held / (handle_time_s * np.asarray(slowdown[:most]))
    return np.concatenate([[0.0], rates])


def best_gain(slowdown: Sequence[float], most: int) -> float:
    """Solo agents that one agent is worth at the best level; 1.6 with (1, 1.25) and two chats."""
    return max(held / slowdown[held - 1] for held in range(1, most + 1))


def chat_queue(
    arrival_rate: float,
    agents: int,
    rates: NDArray[np.float64],
    *,
    patience_rate: float = 0.0,
    exact: bool | None = None,
) -> SteadyQueue:
    """
    The queue of chats that are given to the agent with the fewest in hand.

    Parameters
    ----------
    arrival_rate
        Chats per second, at least 0.
    agents
        Agents, at least 0.
    rates
        Completions per second of an agent with 0, 1, ..., k chats in hand (`level_rates`).
    patience_rate
        Abandonments per second of one who waits.
    exact
        Whether to follow how many agents hold each number of chats, or to spread all chats
        evenly over the agents; left out, small floors are exact.

    Raises
    ------
    InvalidValueError
        When a rate is negative or an agent with chats never finishes one.

    Notes
    -----
    A chat waits only while every slot is taken, so the wait depends on the full floor's rate
    and the patience alone; how the chats lie on the agents decides how often that is. Spread
    evenly, N chats on c agents leave them all with ⌊N/c⌋ or one more, a chain in N alone.
    """
    if not (arrival_rate >= 0 and agents >= 0 and patience_rate >= 0):
        raise InvalidValueError(
            "chat queue", "of rates and agents of at least 0", (arrival_rate, agents)
        )
    if len(rates) < 2 or rates[0] != 0 or not np.all(rates[1:] > 0):
        raise InvalidValueError("rates", "0 and then positive", rates.tolist())
    levels = len(rates) - 1
    small = levels > 1 and comb(agents + levels, levels) <= EXACT_STATES
    if agents and arrival_rate and (small if exact is None else exact):
        return _exact(arrival_rate, agents, rates, patience_rate)
    spread = np.arange(1, agents * levels + 1)
    lower, heavier = divmod(spread, max(agents, 1))
    deaths = (agents - heavier) * rates[lower] + heavier * rates[np.minimum(lower + 1, levels)]
    busy = np.minimum(np.arange(agents * levels + 1), agents).astype(float)
    return birth_death(arrival_rate, deaths, busy, patience_rate)


def _exact(
    arrival_rate: float, agents: int, rates: NDArray[np.float64], patience_rate: float
) -> SteadyQueue:
    levels = len(rates) - 1
    states, lighter = _states(agents, levels)
    count = len(states)
    # Everybody at the top level is the last state: only there can anybody wait, and the queue
    # hangs on it as on a stem, so the states below keep their proportions without it.
    source, target, held = lighter
    completions = states[source, held] * rates[held]
    lightest = np.argmax(states > 0, axis=1)  # level of the agents with the fewest chats
    risers = np.flatnonzero(lightest < levels)
    risen = _after_arrival(agents, levels)
    rows = np.concatenate([target, risen])
    columns = np.concatenate([source, risers])
    flows = np.concatenate([completions, np.full(len(risers), arrival_rate)])
    outflow = np.bincount(columns, flows, count)
    balance = csc_matrix((flows, (rows, columns)), shape=(count, count)).tolil()
    balance.setdiag(-outflow)
    balance[0, :] = 1.0  # in place of one redundant equation: probabilities add up to 1
    right = np.zeros(count)
    right[0] = 1.0
    head = np.maximum(np.atleast_1d(spsolve(balance.tocsc(), right)), 0.0)

    full_rate = agents * float(rates[-1])
    geometric = patience_rate == 0
    if geometric and arrival_rate >= full_rate:
        slots = float(agents * levels)
        return SteadyQueue(arrival_rate, full_rate, 0.0, np.ones(1), 0.0, slots, float(agents))
    tail = head[-1] * np.exp(queue_weights(arrival_rate, full_rate, patience_rate, None))
    above = tail[0] / (1 - arrival_rate / full_rate) if geometric else tail.sum()
    total = head[:-1].sum() + above
    shares = np.append(head[:-1], above) / total
    in_hand = states @ np.arange(levels + 1)
    return SteadyQueue(
        arrival_rate,
        full_rate,
        patience_rate,
        tail / total,
        0.0,
        float(shares @ in_hand),
        float(shares @ (agents - states[:, 0])),
    )


@lru_cache(maxsize=256)
def _states(
    agents: int, levels: int
) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """
    Every way to have agents at levels 0..k, and the moves of a completion.

    Returns
    -------
    tuple
        States, shape (S, k + 1), the full floor last; and (from, to, level) of every move in
        which an agent falls by one level.
    """
    ways = sorted(_ways(agents, levels + 1), reverse=True)
    number = {state: row for row, state in enumerate(ways)}
    moves = []
    for state, row in number.items():
        for level in range(1, levels + 1):
            if state[level]:
                after = list(state)
                after[level] -= 1
                after[level - 1] += 1
                moves.append((row, number[tuple(after)], level))
    source, target, held = np.array(moves, dtype=np.int64).T
    return np.array(ways, dtype=np.int64), (source, target, held)


@lru_cache(maxsize=256)
def _after_arrival(agents: int, levels: int) -> NDArray[np.int64]:
    """State after an arrival, for every state but the full floor."""
    states, _ = _states(agents, levels)
    number = {tuple(state): row for row, state in enumerate(states.tolist())}
    after = []
    for state in states[:-1].tolist():
        level = next(level for level in range(levels + 1) if state[level])
        state[level] -= 1
        state[level + 1] += 1
        after.append(number[tuple(state)])
    return np.array(after, dtype=np.int64)


def _ways(total: int, parts: int) -> list[tuple[int, ...]]:
    """Every way to write `total` as an ordered sum of `parts` numbers of at least 0."""
    if parts == 1:
        return [(total,)]
    return [
        (first, *rest) for first in range(total + 1) for rest in _ways(total - first, parts - 1)
    ]
