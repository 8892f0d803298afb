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
from staffing.sizing import NOISE, Sized, Sizer, sizer, told_hours, unlimited
from staffing.varied import Variation, variations

if TYPE_CHECKING:
    from simulate.workers import Workers

COLUMNS = [
    "assumption", "subject", "unit", "now", "low", "high", "paid_hours_low", "paid_hours_high",
    "cost_low", "cost_high", "swing_hours", "real", "source",
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
        0), `real` (whether two searches for the same staff would hardly end so far apart) and
        `source` of the ends.
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
        if not widest["real"]:
            return f"No assumption moves the staff by more than {100 * NOISE:.0f} %."
        told = (
            f"{_what(widest)} moves the staff most: {_value(widest, 'low')} takes"
            f" {told_hours(widest['paid_hours_low'])} paid hours, {_value(widest, 'high')} takes"
            f" {told_hours(widest['paid_hours_high'])}; assumed are {_value(widest, 'now')} and"
            f" {told_hours(self.paid_hours)}."
        )
        second = self.table.iloc[min(1, len(self.table) - 1)]
        if len(self.table) > 1 and second["real"]:
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
    may end elsewhere. So where the staff found for other assumptions is a little cheaper, and
    keeps these promises too, it is taken; what then differs by less than 3 % of the hours says
    nothing.
    """
    free = unlimited(scenario)
    changes = list(variations(free, expected_demand(free, demand)))
    count = 2 * len(changes) + 1
    with sizer(
        scenario, demand, replications=replications, seed=seed, engine=engine, workers=workers,
        progress=progress, cancel=cancel,
    ) as sizes:  # fmt: skip
        base = sizes.size(free, "As assumed", 0.0, 1 / count)
        ends = {
            (number, place): _end(sizes, base, change, place, 2 * number + 1 + place, count)
            for number, change in enumerate(changes)
            for place in (0, 1)
            if not _paid_alone(change)
        }
        found = [base, *ends.values()]
        base = sizes.with_less(base, found)
        ends = {key: sizes.with_less(end, [base, *found]) for key, end in ends.items()}
    rows = [
        _row(change, base, *(ends.get((number, place)) for place in (0, 1)))
        for number, change in enumerate(changes)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table = table.sort_values("swing_hours", ascending=False, kind="stable", ignore_index=True)
    return Sensitivity(scenario, base.paid_hours, base.cost, table)


def _end(
    sizes: Sizer, base: Sized, change: Variation, place: int, number: int, count: int
) -> Sized:
    """Least staff with an assumption at its low (place 0) or high end."""
    at_end = (change.at_low, change.at_high)[place]
    said = f"{_what(vars(change))} {('low', 'high')[place]}"
    return sizes.size(at_end, said, number / count, (number + 1) / count, base)


def _paid_alone(change: Variation) -> bool:
    """Whether an assumption changes what is paid for the same agents, and nothing else."""
    return change.only_paid and change.at_low.routing.blend != "separate"


def _row(
    change: Variation, base: Sized, low: Sized | None, high: Sized | None
) -> dict[str, object]:
    (low_hours, low_cost), (high_hours, high_cost) = (
        paid_of(by_numbers(at_end), base.required.agents)
        if end is None
        else (end.paid_hours, end.cost)
        for at_end, end in ((change.at_low, low), (change.at_high, high))
    )
    swing = abs(high_hours - low_hours)
    return {
        "assumption": change.assumption,
        "subject": change.subject,
        "unit": change.unit,
        "now": change.now,
        "low": change.low,
        "high": change.high,
        "paid_hours_low": low_hours,
        "paid_hours_high": high_hours,
        "cost_low": low_cost,
        "cost_high": high_cost,
        "swing_hours": swing,
        "real": swing > (0 if low is None else NOISE * base.paid_hours),
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
