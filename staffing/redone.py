"""An edited plan as a whole one: every table that a page, a workbook or a sheet of paper tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenario.shrinkage import shrinkage_of
from staffing.planning import BaselineComparison, Plan
from staffing.promises import judge
from staffing.results import period_table, target_table, with_counts

if TYPE_CHECKING:
    from staffing.edited import EditedPlan
    from staffing.ladder import Ladder

SEARCHED = ("achieved", "low", "high", "probability_met")
NOTE = "The shifts were edited by hand: this is what they give, not the least that it takes."


def as_plan(edited: EditedPlan) -> Plan:
    """
    What a plan tells, told of its edited shifts.

    Parameters
    ----------
    edited
        The plan with shifts of the planner's own.

    Returns
    -------
    Plan
        Staff, shifts, promises, periods, hours and cost are the edited ones, and so is the rota.
        What the search alone knows (`achieved` beside the fresh check, `roster_gap`) is NaN.
        The last two steps of the ladder lead to the edited shifts; the staffing of now is beside
        it as before. `notes` say that it was edited, and which limits it passes.
    """
    plan, scenario, data = edited.plan, edited.scenario, edited.outcome.data
    fresh = judge(data)
    required = plan.requirement["required"].to_numpy(np.int64).reshape(edited.staff.agents.shape)
    unknown = dict.fromkeys(SEARCHED, np.nan)
    why = _ladder(edited)
    return replace(
        plan,
        requirement=edited.requirement,
        shifts=edited.shifts,
        targets=target_table(fresh, fresh).assign(achieved=np.nan, probability_met=np.nan),
        periods=period_table(scenario, fresh, fresh, required).assign(**unknown),
        unmet=edited.unmet,
        volume=with_counts(plan.volume, edited.outcome),
        ladder=why.table,
        why=why,
        cost=edited.cost,
        paid_hours=edited.paid_hours,
        fte=edited.fte,
        roster_gap=float("nan"),
        staff=edited.staff,
        outcome=edited.outcome,
        baseline=_beside(edited, plan.baseline),
        notes=(NOTE, *edited.notes, *plan.notes),
    )


def _beside(edited: EditedPlan, now: BaselineComparison | None) -> BaselineComparison | None:
    """The staffing of now, with what the edited shifts change against it."""
    from simulate.compare import paired

    if now is None:
        return None
    differences = paired(now.outcome, edited.outcome, ("current staffing", "edited plan"))
    # What shifts cost is known better: the floor does not know their kinds and contracts.
    differences = differences[~differences["measure"].isin(["cost", "paid_hours"])]
    return replace(now, differences=differences.reset_index(drop=True))


def _ladder(edited: EditedPlan) -> Ladder:
    """The plan's ladder up to what is required, then the edited shifts and what is paid."""
    why, agents = edited.plan.why, edited.staff.agents
    *before, shape, paid = why.rungs
    scheduled: NDArray[np.float64] = np.asarray(agents.sum(axis=1), dtype=np.float64)
    return replace(
        why,
        rungs=(
            *before,
            replace(shape, agents=scheduled, meaning="The shifts as edited."),
            replace(paid, agents=agents @ _paid_behind(edited)),
        ),
    )


def _paid_behind(edited: EditedPlan) -> NDArray[np.float64]:
    """Paid hours behind an hour on the floor by group, shape (G,); 0 where nobody is there."""
    scenario = edited.scenario
    floor = edited.staff.agents.sum(axis=0) * scenario.horizon.interval_minutes / 60
    by_group = edited.shifts.groupby("group")["paid_hours"].sum()
    paid = np.array(
        [
            float(by_group.get(name, 0.0)) if group.shifts else shrinkage_of(group).paid(hours)
            for (name, group), hours in zip(scenario.groups.items(), floor, strict=True)
        ]
    )
    behind: NDArray[np.float64] = np.divide(paid, floor, out=np.zeros(len(floor)), where=floor > 0)
    return behind
