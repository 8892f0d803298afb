"""The tables of a plan for any weather: who is called when, and what each weather brings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.model import Scenario
from staffing.flex_policy import Rule, Weather
from staffing.promises import promises_of

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

KINDS_OF_WEATHER = (("calm", 0.9), ("normal", 1.1), ("stormy", 1.5), ("viral", float("inf")))
WEATHER_COLUMNS = ["weather", "days", "kept", "base_only_kept", "changed_agents"]
FLEX_COLUMNS = [
    "date", "group", "kind", "action", "start", "end", "agents", "signal", "threshold",
    "probability", "cost",
]  # fmt: skip


def flex_table(rules: Sequence[Rule], numbers: Sequence[IntArray]) -> pd.DataFrame:
    """Who is called or sent home on which sign; columns as in `WeatherPlan.flex`."""
    rows = []
    for rule, told in zip(rules, numbers, strict=True):
        for place, day in enumerate(rule.kind.days):
            for agents, threshold in enumerate(rule.triggers[place].thresholds.tolist(), start=1):
                if not np.isfinite(threshold):
                    continue
                rows.append(
                    {
                        "date": day.decided.normalize(),
                        "group": rule.kind.group,
                        "kind": rule.kind.name,
                        "action": rule.kind.terms.action,
                        "start": day.start,
                        "end": day.end,
                        "agents": agents,
                        "signal": rule.signal,
                        "threshold": threshold,
                        "probability": float((told[:, place] >= agents).mean()),
                        "cost": agents * rule.kind.price(day),
                    }
                )
    return pd.DataFrame(rows, columns=FLEX_COLUMNS)


def weather_table(
    weather: Weather,
    offered: IntArray,
    kept: BoolArray,
    alone_kept: BoolArray,
    rules: Sequence[Rule],
    numbers: Sequence[IntArray],
) -> pd.DataFrame:
    """Days by how much work they bring; columns as in `WeatherPlan.weather`."""
    period = weather.scenario.period
    day = period.day_of_interval
    work = offered @ weather.effort_s
    by_day = np.stack([work[:, day == number].sum(axis=1) for number in np.unique(day)], axis=1)
    usual = np.broadcast_to(by_day.mean(axis=0), by_day.shape)
    ratio = np.divide(by_day, usual, out=np.ones_like(by_day), where=usual > 0)
    changed = np.zeros(by_day.shape)
    for rule, told in zip(rules, numbers, strict=True):
        for place, of in enumerate(rule.kind.days):
            changed[:, of.day] += rule.kind.sign * told[:, place]
    rows, least = [], 0.0
    for name, upto in KINDS_OF_WEATHER:
        such: BoolArray = np.logical_and(ratio >= least, ratio < upto)
        least = upto
        if such.any():
            rows.append(
                {
                    "weather": name,
                    "days": float(such.mean()),
                    "kept": float(np.asarray(kept.all(axis=2))[such].mean()),
                    "base_only_kept": float(np.asarray(alone_kept.all(axis=2))[such].mean()),
                    "changed_agents": float(changed[such].mean()),
                }
            )
    return pd.DataFrame(rows, columns=WEATHER_COLUMNS)


def promise_table(scenario: Scenario, kept: BoolArray, alone_kept: BoolArray) -> pd.DataFrame:
    """How often each promise is kept; columns as in `WeatherPlan.promises`."""
    dates = scenario.period.starts[0].normalize()
    rows = []
    for place, promise in enumerate(promises_of(scenario)):
        by_day = kept[:, :, place].mean(axis=0)
        worst = int(by_day.argmin())
        rows.append(
            {
                "channel": promise.channel,
                "arrived_closed": promise.closed,
                "probability_kept": float(by_day.mean()),
                "base_only_probability": float(alone_kept[:, :, place].mean()),
                "worst_day": dates + pd.DateOffset(days=worst),
                "worst_day_kept": float(by_day[worst]),
            }
        )
    return pd.DataFrame(rows)
