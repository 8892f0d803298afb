"""Which assumption moves the staff most? A tornado: one at a time, to both plausible ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenario.assumptions import expected_demand
from scenario.demand import Demand
from scenario.model import Scenario
from staffing.document import records
from staffing.pay import paid_of
from staffing.rehearsal import Progress, by_numbers
from staffing.sizing import Sized, Sizer, sizer, told_hours, unlimited
from staffing.varied import Variation, variations

if TYPE_CHECKING:
    from simulate.workers import Workers

NOISE = 0.03  # of the hours: two searches for the same staff may end so far apart
COLUMNS = [
    "assumption", "subject", "unit", "now", "low", "high", "paid_hours_low", "paid_hours_high",
    "cost_low", "cost_high", "swing_hours", "source",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """
    What each assumption is worth in staff.

    Parameters
    ----------
    scenario
        What was assumed.
    paid_hours, cost
        Of the staff as things are assumed, without the shape of shifts.
    table
        Widest swing first: `assumption`, `subject` (channel or group), `unit`, `now`, `low` and
        `high` (values, in that unit), `paid_hours_low`, `paid_hours_high`, `cost_low`,
        `cost_high` (of the least staff at each end), `swing_hours` (between the ends, at least
        0) and `source` of the ends.
    """

    scenario: Scenario
    paid_hours: float
    cost: float
    table: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What moves the staff most, for a planner."""
        if self.table.empty or not self.paid_hours > 0:
            return "Nothing moves the staff: nobody is needed."
        widest = self.table.iloc[0]
        if widest["swing_hours"] < NOISE * self.paid_hours:
            return f"No assumption moves the staff by more than {100 * NOISE:.0f} %."
        told = (
            f"{_what(widest)} moves the staff most: {_value(widest, 'low')} takes"
            f" {told_hours(widest['paid_hours_low'])} paid hours, {_value(widest, 'high')} takes"
            f" {told_hours(widest['paid_hours_high'])}; assumed are {_value(widest, 'now')} and"
            f" {told_hours(self.paid_hours)}."
        )
        second = self.table.iloc[min(1, len(self.table) - 1)]
        if len(self.table) > 1 and second["swing_hours"] >= NOISE * self.paid_hours:
            told += f" Next comes {_what(second)[0].lower()}{_what(second)[1:]}"
            told += f" with {told_hours(second['swing_hours'])} hours between its ends."
        return told

    def document(self) -> dict[str, Any]:
        """The tornado as JSON-ready `paid_hours`, `cost`, `rows` and `sentence`."""
        return {
            "paid_hours": self.paid_hours,
            "cost": self.cost,
            "rows": records(self.table),
            "sentence": self.sentence,
        }


def sensitivity(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Sensitivity:
    """
    Least staff with each assumption at its plausible low and high, all others as they are.

    Parameters
    ----------
    scenario, demand, replications, seed, engine, workers, progress, cancel
        As for `staffing.plan`.

    Raises
    ------
    InvalidValueError
        When a number is out of range or the demand does not cover the horizon.
    RunCancelledError
        When cancelled.

    Notes
    -----
    Volume and handle time of each channel, patience, slowdown, acceptance of callbacks,
    shrinkage and absence, as far as the scenario has them; `staffing.varied` says between
    which ends, and why. The staff is the requirement without shifts, people and desks as if
    they could be had. All ends meet the same customers, yet a search that begins elsewhere
    may end elsewhere: differences within about 3 % of the hours say nothing.
    """
    free = unlimited(scenario)
    changes = list(variations(free, expected_demand(free, demand)))
    count = 2 * len(changes) + 1
    with sizer(
        scenario, demand, replications=replications, seed=seed, engine=engine, workers=workers,
        progress=progress, cancel=cancel,
    ) as sizes:  # fmt: skip
        base = sizes.size(free, "As assumed", 0.0, 1 / count)
        rows = [
            _row(change, *(_end(sizes, base, change, place, 2 * number + 1 + place, count)
                           for place in (0, 1)))
            for number, change in enumerate(changes)
        ]  # fmt: skip
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.sort_values("swing_hours", ascending=False, kind="stable", ignore_index=True)
    return Sensitivity(scenario, base.paid_hours, base.cost, table)


def _end(
    sizes: Sizer, base: Sized, change: Variation, place: int, number: int, count: int
) -> tuple[float, float]:
    """Paid hours and cost with an assumption at its low (place 0) or high end."""
    at_end = (change.at_low, change.at_high)[place]
    if change.only_paid and tuple(at_end.groups) == tuple(base.scenario.groups):
        return paid_of(by_numbers(at_end), base.required.agents)
    said = f"{_what(vars(change))} {('low', 'high')[place]}"
    found = sizes.size(at_end, said, number / count, (number + 1) / count, base)
    return found.paid_hours, found.cost


def _row(
    change: Variation, low: tuple[float, float], high: tuple[float, float]
) -> dict[str, object]:
    return {
        "assumption": change.assumption,
        "subject": change.subject,
        "unit": change.unit,
        "now": change.now,
        "low": change.low,
        "high": change.high,
        "paid_hours_low": low[0],
        "paid_hours_high": high[0],
        "cost_low": low[1],
        "cost_high": high[1],
        "swing_hours": abs(high[0] - low[0]),
        "source": change.source,
    }


def _what(row: Any) -> str:
    """An assumption as planners say it: 'Volume of chat'."""
    return f"{row['assumption'].capitalize()} of {row['subject']}"


def _value(row: Any, end: str) -> str:
    value = float(row[end])
    match row["unit"]:
        case "share":
            return f"{100 * value:.3g} %"
        case "seconds":
            return f"{value:,.0f} s"
        case "contacts":
            return f"{value:,.0f} contacts"
        case _:
            return f"{value:.3g}"
