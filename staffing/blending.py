"""What is it worth that the same agents answer everything? Blended against separate teams."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scenario.demand import Demand
from scenario.model import Scenario
from staffing.document import records
from staffing.promises import judge, kept
from staffing.rehearsal import Progress
from staffing.sizing import (
    BEYOND,
    NOISE,
    Sized,
    all_kept,
    beyond_limits,
    sizer,
    told_hours,
    unlimited,
)

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

BLENDED, SEPARATE = "blended", "separate teams"
WITHOUT = "without callbacks"
FRESH_PART = 0.3
COLUMNS = ["arrangement", "floor_hours", "paid_hours", "cost", "occupancy", "met"]


@dataclass(frozen=True, eq=False)
class Blending:
    """
    The same promises kept by one team for all and by a team for each channel.

    Parameters
    ----------
    scenario
        What was assumed.
    table
        `arrangement` ("blended", "separate teams", and both "without callbacks" where the
        scenario offers any), `floor_hours`, `paid_hours`, `cost` (of the least staff that
        keeps every promise), `occupancy` (share) and `met` (with numbers that the search
        never saw).
    notes
        What should be known beside it, in sentences.
    """

    scenario: Scenario
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What blending is worth, for a planner."""
        rows = {row["arrangement"]: row for row in self.table.to_dict("records")}
        blended, apart = rows[BLENDED], rows[SEPARATE]
        if not apart["floor_hours"] > 0:
            return "Nobody is needed, blended or apart."
        told = (
            f"{_saving('Blending', blended, apart)}: {told_hours(blended['floor_hours'])} blended,"
            f" {told_hours(apart['floor_hours'])} in separate teams; agents are busy"
            f" {100 * blended['occupancy']:.0f} % against {100 * apart['occupancy']:.0f} % of"
            " their time."
        )
        without = rows.get(f"{BLENDED} {WITHOUT}")
        return told if without is None else f"{told} {_saving('Callbacks', blended, without)}."

    def document(self) -> dict[str, Any]:
        """The comparison as JSON-ready `rows`, `sentence` and `notes`."""
        return {
            "rows": records(self.table),
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def value_of_blending(
    scenario: Scenario,
    demand: Demand,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Blending:
    """
    Least staff that keeps every promise: blended, in separate teams, with and without callbacks.

    Parameters
    ----------
    scenario, demand, replications, seed, engine, workers, progress, cancel
        As for `staffing.plan`; the scenario's own `routing.blend` plays no part.

    Raises
    ------
    InvalidValueError
        When a number is out of range or the demand does not cover the horizon.
    RunCancelledError
        When cancelled.

    Notes
    -----
    Separate teams are well-tuned ones: each is searched for itself, by the interval, so none
    is larger than its promises ask. What blending saves beside them is the idle time of one
    channel used by another, and agents rounded up once instead of in every team. Against teams
    of fixed size it saves more. People and desks are taken as if they could be had, since
    contracts are not those of single teams.

    Without callbacks, customers are offered none and wait on; contacts that the demand itself
    expects on a callback channel stay.
    """
    free = unlimited(scenario)
    arrangements = [(BLENDED, routed(free, "blended"))]
    offers = any(channel.offer_callback for channel in scenario.channels.values())
    if offers:
        arrangements.append((f"{BLENDED} {WITHOUT}", routed(without_offers(free), "blended")))
    arrangements.append((SEPARATE, routed(free, "separate")))
    if offers:
        arrangements.append((f"{SEPARATE} {WITHOUT}", routed(without_offers(free), "separate")))
    rows, notes = [], []
    with sizer(
        scenario, demand, replications=replications, seed=seed, engine=engine, workers=workers,
        progress=progress, cancel=cancel,
    ) as sizes:  # fmt: skip
        for number, (name, arranged) in enumerate(arrangements):
            begin, end = number / len(arrangements), (number + 1) / len(arrangements)
            check = end - FRESH_PART / len(arrangements)
            found = sizes.size(arranged, name.capitalize(), begin, check)
            outcome = sizes.fresh(found, f"{name.capitalize()}: fresh check", check, end)
            rows.append(_row(name, found, outcome))
            if beyond_limits(scenario, found):
                notes.append(f"{BEYOND}: {name}.")
            if not rows[-1]["met"]:
                notes.append(_missed(name, outcome))
    return Blending(scenario, pd.DataFrame(rows, columns=COLUMNS), tuple(notes))


def routed(scenario: Scenario, blend: str) -> Scenario:
    """The same scenario, blended or in separate teams."""
    routing = scenario.routing.model_copy(update={"blend": blend})
    return scenario.model_copy(update={"routing": routing})


def without_offers(scenario: Scenario) -> Scenario:
    """The same scenario in which nobody is offered a callback."""
    channels = {
        name: channel.model_copy(update={"offer_callback": None})
        for name, channel in scenario.channels.items()
    }
    return scenario.model_copy(update={"channels": channels})


def _row(name: str, found: Sized, outcome: Outcome) -> dict[str, object]:
    times = [outcome.data.agent_time(group, "horizon") for group in found.scenario.groups]
    busy, present = (
        np.array([time[key].sum() for time in times], dtype=np.float64).sum()
        for key in ("busy_us", "present_us")
    )
    return {
        "arrangement": name,
        "floor_hours": found.floor_hours,
        "paid_hours": found.paid_hours,
        "cost": found.cost,
        "occupancy": float(busy / present) if present else float("nan"),
        "met": all_kept(outcome),
    }


def _missed(name: str, outcome: Outcome) -> str:
    """Which promises the fresh check misses, and by how much at the worst."""
    told = []
    for verdict in judge(outcome.data):
        missed = ~kept(verdict)
        if missed.any():
            target = verdict.promise.target
            worst = float(np.nanmin(verdict.reached()[missed]))
            late = ", arrived closed" if verdict.promise.closed else ""
            told.append(
                f"{verdict.promise.channel}{late} ({100 * worst:.1f} % where"
                f" {100 * target.share:.0f} % are promised, in the worst {target.period})"
            )
    return f"{name.capitalize()}: the fresh check misses {' and '.join(told)}."


def _saving(what: str, with_it: Mapping[Hashable, Any], without: Mapping[Hashable, Any]) -> str:
    """A difference in hours as a clause, none where chance alone may make it."""
    saved = float(without["floor_hours"] - with_it["floor_hours"])
    share = abs(saved) / max(float(without["floor_hours"]), 1e-9)
    verb = {"Blending": ("saves", "takes", "changes"), "Callbacks": ("save", "take", "change")}
    less, more, neither = verb[what]
    if share <= NOISE:
        return f"{what} {neither} the floor hours by less than {100 * NOISE:.0f} %"
    # The difference of the numbers as they are told: a reader who subtracts finds the same.
    digits = 0 if min(with_it["floor_hours"], without["floor_hours"]) >= 100 else 1
    here, there = (round(float(row["floor_hours"]), digits) for row in (with_it, without))
    size = f"{abs(there - here):,.{digits}f} floor hours ({100 * share:.0f} %)"
    return f"{what} {less if saved > 0 else more} {size}"
