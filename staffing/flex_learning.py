"""Triggers of all kinds of flex staff, learned one upon the other and tried on other futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from staffing.flex_days import flex_kinds
from staffing.flex_policy import Rule, Weather, flex_cost, follow, kept_by_day, learn_rule
from staffing.search import fresh_seed

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MARGINS = (2.0, 3.0)  # standard errors by which more is asked of the futures learned from


def surely_learned(
    weather: Weather, base: IntArray, probability: float
) -> tuple[list[Rule], float]:
    """
    Rules that keep the promises on futures that they were not learned from, if any do.

    Thresholds fit the futures that they were learned from; so long as they keep less on others,
    more is asked of them. These others are not those of the last check.

    Returns
    -------
    tuple
        The rules, and by which share of the days they fall short on the others.
    """
    others = replace(weather, seed=fresh_seed(fresh_seed(weather.seed)))
    offered = others.offered(others.rehearse([base] * others.replications))
    tried: list[tuple[list[Rule], float]] = []
    for margin in MARGINS:
        rules = _learned(weather, base, probability, margin)
        agents, _ = follow(others, rules, base, offered)
        tried.append(
            (rules, max(0.0, probability - least_kept(kept_by_day(others.rehearse(agents)))))
        )
        if not tried[-1][1]:
            break
    return min(tried, key=lambda pair: pair[1])


def _learned(weather: Weather, base: IntArray, probability: float, margin: float) -> list[Rule]:
    """Rules of all kinds, each learned upon those before."""
    rules: list[Rule] = []
    agents = [base] * weather.replications
    offered: IntArray | None = None
    error = np.sqrt(probability * (1 - probability) / weather.replications)
    asked = min(1.0, probability + margin * error)
    for kind in flex_kinds(weather.scenario):
        rule = learn_rule(weather, kind, agents, asked)
        rules.append(rule)
        if offered is None:
            offered = weather.offered(weather.rehearse(agents))
        agents, _ = follow(weather, rules, base, offered)
    return rules


def mean_cost(weather: Weather, rules: Sequence[Rule], base: IntArray) -> float:
    """What the flex staff of the rules costs on average, upon the same base in every future."""
    offered = weather.offered(weather.rehearse([base] * weather.replications))
    _, numbers = follow(weather, rules, base, offered)
    return flex_cost(rules, numbers)


def least_kept(kept: BoolArray) -> float:
    """Share of the days on which the promise that is kept least often is kept."""
    return float(kept.mean(axis=(0, 1)).min())
