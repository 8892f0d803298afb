"""A plan as one JSON document, with the keys that scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from staffing.planning import Plan

TABLES = (
    "requirement", "shifts", "rota", "targets", "periods", "unmet", "ladder", "shrinkage",
    "volume",
)  # fmt: skip


def plan_document(plan: Plan) -> dict[str, Any]:
    """
    The plan's tables as lists of records, times in ISO form with their offset.

    Keys: `requirement`, `shifts`, `rota`, `rota_sentence`, `targets`, `periods`, `unmet`,
    `ladder`, `shrinkage`, `volume`, `cost`, `paid_hours`, `fte`, `cost_per_contact`, `seconds`,
    `roster_gap`, `engine`, `seed`, `rehearsals`, `replications` (of the fresh check), `outcome`
    (as `simulate` gives it), `notes` and `baseline` (None, or `paid_hours`, `cost`, `fte`,
    `outcome`, `differences`).
    """
    tables = {name: records(getattr(plan, name)) for name in TABLES}
    baseline = None
    if plan.baseline is not None:
        baseline = {
            "paid_hours": plan.baseline.paid_hours,
            "cost": plan.baseline.cost,
            "fte": plan.baseline.fte,
            "outcome": plan.baseline.outcome.document(),
            "differences": records(plan.baseline.differences),
        }
    return {
        **tables,
        "rota_sentence": plan.assigned.sentence,
        "cost": plan.cost,
        "paid_hours": plan.paid_hours,
        "fte": plan.fte,
        "cost_per_contact": plan.cost_per_contact,
        "seconds": plan.seconds,
        "roster_gap": plan.roster_gap,
        "engine": plan.outcome.engine,
        "seed": plan.outcome.seed,
        "rehearsals": plan.searched,
        "replications": plan.outcome.replications,
        "outcome": plan.outcome.document(),
        "notes": list(plan.notes),
        "baseline": baseline,
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries that JSON can hold."""
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in table.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
