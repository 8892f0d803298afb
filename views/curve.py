"""What the curve of cost against service shows: rows for its pictures and its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario import Scenario
from views.compare_charts import KEPT, KNEE, MISSED
from views.words import UNKNOWN, limit, money, number, percent

if TYPE_CHECKING:
    from staffing.frontier import Frontier

SHARE, TIME = "share", "time"
PARTS_OF_TIME = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)  # of the promised time


def can_vary(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Channels with a promise, and what of it can be varied: a callback's time is its window."""
    return {
        name: (SHARE,) if channel.kind == "callback" else (SHARE, TIME)
        for name, channel in scenario.channels.items()
        if channel.target is not None
    }


def times_of(scenario: Scenario, channel: str) -> tuple[float, ...]:
    """Response times in seconds around the promised one, in whole steps."""
    target = scenario.channels[channel].target
    assert target is not None
    step = 60 if target.within_s >= 600 else 5
    times = [max(step, step * round(part * target.within_s / step)) for part in PARTS_OF_TIME]
    return tuple(float(time) for time in dict.fromkeys(times))


def rows(found: Frontier) -> pd.DataFrame:
    """
    The points of a curve for its picture.

    Returns
    -------
    DataFrame
        A row a promise: `promise` (per cent, or seconds), `words`, `cost`, `achieved` and
        `marginal` (texts), `value` (cost of one more; NaN first), `sign`.
    """
    table = found.table
    by_share = found.varies == "target"
    promised = 100 * table["target"] if by_share else table["within_s"]
    words = [
        percent(share, 0) if by_share else limit(within)
        for share, within in zip(table["target"], table["within_s"], strict=True)
    ]
    signs = np.where(table["met"], KEPT, MISSED)
    cost = cost_of(found)
    return pd.DataFrame(
        {
            "promise": promised.astype(float),
            "words": words,
            "cost": table[cost].astype(float),
            "achieved": [
                f"{percent(mean)} ({percent(low)} – {percent(high)})"
                for mean, low, high in zip(
                    table["achieved"], table["low"], table["high"], strict=True
                )
            ],
            "marginal": [
                UNKNOWN if not np.isfinite(value) else number(value)
                for value in table["marginal_cost"]
            ],
            "value": table["marginal_cost"].astype(float),
            "sign": np.where(table["knee"] & table["met"], KNEE, signs),
        }
    )


def for_people(found: Frontier) -> pd.DataFrame:
    """The points of a curve as a table of texts."""
    currency = found.scenario.currency
    shown = rows(found)
    one_more = "One point more" if found.varies == "target" else "One minute sooner"
    return pd.DataFrame(
        {
            "Promise": [
                f"{percent(share, 0)} in {limit(within)}"
                for share, within in zip(
                    found.table["target"], found.table["within_s"], strict=True
                )
            ],
            "": shown["sign"],
            "Achieved (fresh check)": shown["achieved"],
            "Hours on the floor": [number(hours) for hours in found.table["floor_hours"]],
            "Paid hours": [number(hours) for hours in found.table["paid_hours"]],
            "Cost": [money(cost, currency) for cost in found.table["cost"]],
            one_more: [
                UNKNOWN if not np.isfinite(value) else money(value, currency)
                for value in found.table["marginal_cost"]
            ],
        }
    )


def cost_of(found: Frontier) -> str:
    """The column that is the price: the cost, or paid hours where nothing has a rate."""
    return "cost" if bool(found.table["cost"].any()) else "paid_hours"


def present(found: Frontier) -> float | None:
    """The promise of today on the axis of the curve; None where there is none."""
    target = found.scenario.channels[found.channel].target
    if target is None:
        return None
    return 100 * target.share if found.varies == "target" else target.within_s
