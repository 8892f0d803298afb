"""Erlang C and Erlang A for whole tables at once: levels, and agents, of thousands of cells."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, gammaln

from scenario.errors import InvalidValueError
from staffing.erlang import MOST_AGENTS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NODES = 12
PANELS = 14  # each twice as wide as the one before: the wait falls off fast at first


def service_levels(
    load: ArrayLike,
    agents: ArrayLike,
    *,
    handle_time_s: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike = np.inf,
) -> FloatArray:
    """
    Share of the offered contacts answered in time, in steady state, cell by cell.

    Parameters
    ----------
    load
        Offered load in erlangs, at least 0.
    agents
        Agents, at least 0.
    handle_time_s
        Mean handle time in seconds, positive.
    within_s
        Threshold in seconds, at least 0.
    patience_s
        Mean patience in seconds, positive; infinite where nobody gives up (Erlang C).

    Returns
    -------
    ndarray
        Of the shape that all the numbers have together; NaN without contacts, 0 where a queue
        without abandonment never settles.

    Raises
    ------
    InvalidValueError
        When a value is outside its range.

    Examples
    --------
    Ten erlangs of three-minute calls within 20 seconds, 11 to 14 agents, patience two minutes:

    >>> asked = {"handle_time_s": 180, "within_s": 20, "patience_s": 120}
    >>> service_levels(10, [11, 12, 13, 14], **asked).round(4)
    array([0.7422, 0.8256, 0.8886, 0.9327])
    """
    cells = np.broadcast_arrays(
        *(np.asarray(one, dtype=np.float64) for one in (load, agents, handle_time_s, within_s)),
        np.asarray(patience_s, dtype=np.float64),
    )
    rules = ("at least 0 and finite",) * 2 + ("positive", "at least 0", "positive")
    names = ("load", "agents", "handle_time_s", "within_s", "patience_s")
    for name, rule, values in zip(names, rules, cells, strict=True):
        low = values > 0 if rule == "positive" else values >= 0
        if not np.all(low & (np.isfinite(values) | (name == "patience_s"))):
            raise InvalidValueError(name, rule, values.tolist())
    erlangs, present, handle_s, seconds, patience = (cell.ravel() for cell in cells)
    endless = np.isinf(patience)
    found = np.where(
        endless,
        _erlang_c(erlangs, present, handle_s, seconds),
        _erlang_a(erlangs, present, handle_s, seconds, np.where(endless, 1.0, patience)),
    )
    return np.where(erlangs > 0, np.clip(found, 0.0, 1.0), np.nan).reshape(cells[0].shape)


def agents_for(
    load: ArrayLike,
    *,
    handle_time_s: ArrayLike,
    within_s: ArrayLike,
    share: ArrayLike,
    patience_s: ArrayLike = np.inf,
) -> IntArray:
    """
    Fewest agents that answer the share in time, cell by cell; 0 without contacts.

    Parameters
    ----------
    load, handle_time_s, within_s, patience_s
        As for `service_levels`.
    share
        Share of the offered contacts, in (0, 1).

    Raises
    ------
    InvalidValueError
        When a value is outside its range.

    Examples
    --------
    >>> agents_for([5, 10, 20], handle_time_s=180, within_s=20, share=0.8)
    array([ 8, 14, 24])
    """
    cells = np.broadcast_arrays(
        *(
            np.asarray(one, dtype=np.float64)
            for one in (load, handle_time_s, within_s, share, patience_s)
        )
    )
    erlangs, handle_s, seconds, wanted, patience = (cell.ravel() for cell in cells)
    if not np.all((wanted > 0) & (wanted < 1)):
        raise InvalidValueError("share", "greater than 0 and less than 1", wanted.tolist())

    def enough(agents: IntArray) -> NDArray[np.bool_]:
        level = service_levels(
            erlangs, agents, handle_time_s=handle_s, within_s=seconds, patience_s=patience
        )
        return np.asarray((level >= wanted - 1e-12) | (erlangs == 0), dtype=np.bool_)

    low = np.full(len(erlangs), -1, dtype=np.int64)  # too few
    enough(low + 1)  # refuses what is out of range
    high = np.ceil(erlangs + np.sqrt(erlangs)).astype(np.int64)
    while not (kept := enough(high)).all() and high.max() < MOST_AGENTS:
        low, high = np.where(kept, low, high), np.where(kept, high, 2 * high + 1)
    while (high - low > 1).any():
        middle = (low + high) // 2
        kept = enough(np.maximum(middle, 0)) & (middle >= 0)
        open_still = high - low > 1
        high = np.where(open_still & kept, middle, high)
        low = np.where(open_still & ~kept, middle, low)
    needed: IntArray = high.reshape(cells[0].shape)
    return needed


def _lost(load: FloatArray, agents: FloatArray) -> FloatArray:
    """Erlang B from the incomplete gamma function."""
    logs = agents * np.log(np.maximum(load, 1e-300)) - load - gammaln(agents + 1)
    lost = np.exp(logs) / np.maximum(gammaincc(agents + 1, load), 1e-300)
    return np.where(agents == 0, 1.0, lost)


def _erlang_c(
    load: FloatArray, agents: FloatArray, handle_s: FloatArray, seconds: FloatArray
) -> FloatArray:
    lost = _lost(load, agents)
    stable = agents > load
    spare = np.where(stable, agents - load, 1.0)
    waits = agents * lost / (spare + load * lost)
    return np.where(stable, 1 - waits * np.exp(-spare / handle_s * seconds), 0.0)


def _erlang_a(
    load: FloatArray,
    agents: FloatArray,
    handle_s: FloatArray,
    seconds: FloatArray,
    patience_s: FloatArray,
) -> FloatArray:
    """
    Palm's formula for the chance of a wait, and the density of the wait offered to those.

    The density at x is proportional to exp(y (1 - exp(-x / patience)) - k x / patience), with
    y arrivals and k completions per mean patience; whoever is offered it has not given up with
    probability exp(-x / patience).
    """
    nobody = agents == 0
    k = np.where(nobody, 1.0, agents) * patience_s / handle_s
    y = np.where(load > 0, load, 1.0) * patience_s / handle_s
    # Weight of all states in which a contact waits, against all agents busy and nobody waiting.
    part = np.maximum(gammainc(k, y), 1e-300)
    weight = np.exp(np.minimum(np.log(k) + y - k * np.log(y) + gammaln(k) + np.log(part), 700))
    lost = _lost(np.where(load > 0, load, 1.0), agents)
    waits = weight * lost / (1 + (weight - 1) * lost)

    upto = seconds / patience_s
    edges = np.concatenate([[0.0], 0.5 ** np.arange(PANELS - 1, -1, -1.0)])
    points, weights = np.polynomial.legendre.leggauss(NODES)
    reached = np.zeros_like(upto)
    for begin, end in pairwise(edges):
        for point, share in zip(points, weights, strict=True):
            x = upto * (begin + (end - begin) * (point + 1) / 2)
            density = np.exp(-y * np.expm1(-x) - k * x - x)
            reached += share / 2 * (end - begin) * upto * density
    level = 1 - waits + waits * k / weight * reached
    return np.where(nobody, 0.0, level)
