"""How many agents does one live queue need, one contact at a time? Erlang B, C and A."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from scenario.errors import InvalidValueError
from scenario.targets import Target
from staffing.queueing import SteadyQueue, birth_death

MOST_AGENTS = 100_000  # no centre is larger; beyond it a promise counts as impossible


def erlang_b(load: float, agents: int) -> float:
    """
    Share of contacts lost when nobody can wait.

    Parameters
    ----------
    load
        Offered load in erlangs, at least 0.
    agents
        Agents, at least 0.

    Notes
    -----
    Holds for any distribution of handle times.

    References
    ----------
    .. [1] Erlang, A. K. (1917). Solution of some problems in the theory of probabilities of
       significance in automatic telephone exchanges.

    Examples
    --------
    >>> round(erlang_b(3, 5), 6)
    0.110054
    """
    _check(load=load, agents=agents)
    lost = 1.0
    for present in range(1, agents + 1):
        lost = load * lost / (present + load * lost)
    return lost


def erlang_c(load: float, agents: int, *, handle_time_s: float) -> SteadyQueue:
    """
    The queue of customers who never give up (M/M/n).

    Parameters
    ----------
    load
        Offered load in erlangs, at least 0.
    agents
        Agents, at least 0; with no more agents than erlangs the queue never settles.
    handle_time_s
        Mean handle time in seconds, positive.

    Notes
    -----
    Real customers hang up, so this errs towards too many agents; `erlang_a` does not.

    Examples
    --------
    Ten erlangs of three-minute calls, fourteen agents, 20 seconds:

    >>> round(erlang_c(10, 14, handle_time_s=180).answered_within(20), 3)
    0.888
    """
    return erlang_a(load, agents, handle_time_s=handle_time_s, patience_s=math.inf)


def erlang_a(
    load: float,
    agents: int,
    *,
    handle_time_s: float,
    patience_s: float,
    max_queue: int | None = None,
) -> SteadyQueue:
    """
    The queue of customers who give up after an exponential patience (M/M/n+M).

    Parameters
    ----------
    load
        Offered load in erlangs, at least 0.
    agents
        Agents, at least 0.
    handle_time_s
        Mean handle time in seconds, positive.
    patience_s
        Mean patience in seconds, positive; infinite when nobody gives up.
    max_queue
        Contacts waiting that block a further arrival; None is no limit.

    Raises
    ------
    InvalidValueError
        When a value is outside its range.

    References
    ----------
    .. [1] Garnett, O., Mandelbaum, A. and Reiman, M. (2002). Designing a call center with
       impatient customers. Manufacturing & Service Operations Management, 4(3), 208-227.

    Examples
    --------
    48 one-minute calls a minute, 50 agents, two minutes' patience: 3.1 % give up.

    >>> queue = erlang_a(48, 50, handle_time_s=60, patience_s=120)
    >>> round(queue.abandoned, 4)
    0.0309
    """
    _check(load=load, agents=agents)
    if not handle_time_s > 0:
        raise InvalidValueError("handle_time_s", "positive", handle_time_s)
    if not patience_s > 0:
        raise InvalidValueError("patience_s", "positive", patience_s)
    in_hand = np.arange(agents + 1, dtype=np.float64)
    return birth_death(
        load / handle_time_s, in_hand[1:] / handle_time_s, in_hand, 1 / patience_s, max_queue
    )


def agents_needed(
    load: float, *, handle_time_s: float, target: Target, patience_s: float = math.inf
) -> int:
    """
    Fewest agents that keep a promise in steady state.

    Parameters
    ----------
    load
        Offered load in erlangs, at least 0.
    handle_time_s
        Mean handle time in seconds, positive.
    target
        The promise; its formula defaults to `answered_of_offered`.
    patience_s
        Mean patience in seconds; left out, nobody gives up (Erlang C).

    Returns
    -------
    int
        Agents on the floor, before shrinkage: the promise holds with this many and fails
        with one fewer.

    Raises
    ------
    InvalidValueError
        When a value is outside its range, or no number of agents keeps the promise.

    Examples
    --------
    A hundred three-minute calls in half an hour, 80 % within 20 seconds:

    >>> from scenario import Target
    >>> agents_needed(10, handle_time_s=180, target=Target(share=0.8, within_s=20))
    14
    """
    formula = target.formula or "answered_of_offered"

    def level(agents: int) -> float:
        queue = erlang_a(load, agents, handle_time_s=handle_time_s, patience_s=patience_s)
        return queue.service_level(formula, target.within_s)

    if load == 0:
        return 0
    found = fewest(level, target.share, start=max(1, math.floor(load)))
    if found is None:
        raise InvalidValueError("target share", "within reach of some number of agents", target)
    return found


@lru_cache(maxsize=4096)
def agents_needed_c(load: float, handle_time_s: float, target: Target) -> float:
    """`agents_needed` of customers who never give up, NaN where no number is enough."""
    try:
        return agents_needed(load, handle_time_s=handle_time_s, target=target)
    except InvalidValueError:
        return math.nan


def fewest(level: Callable[[int], float], share: float, *, start: int) -> int | None:
    """
    Fewest agents whose service level reaches the share; None when none does.

    Parameters
    ----------
    level
        Service level with so many agents, not falling in them.
    share
        Share to reach, in (0, 1].
    start
        Where to look first, at least 1.
    """
    step = 1
    low, high = 0, start  # `low` fails or is nobody, `high` is being tried
    while not level(high) >= share - 1e-12:
        if high >= MOST_AGENTS:
            return None
        low, high, step = high, high + step, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        if level(middle) >= share - 1e-12:
            high = middle
        else:
            low = middle
    return high


def fractional(level: Callable[[int], float], share: float, agents: int) -> float:
    """
    Agents needed with the fraction, by a straight line between `agents` - 1 and `agents`.

    Blended groups add the fractions of their channels before they round.
    """
    before, after = (level(agents - 1) if agents > 1 else 0.0), level(agents)
    if not after > before:
        return float(agents)
    return agents - 1 + min(1.0, max(0.0, (share - before) / (after - before)))


def _check(**values: float) -> None:
    for name, value in values.items():
        if not (value >= 0 and math.isfinite(value)):
            raise InvalidValueError(name, "at least 0 and finite", value)
