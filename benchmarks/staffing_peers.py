"""
pyworkforce's two shift schedulers on a week, in a Python of their own.

Reads a question from standard input (`required` by day and period, `shifts` as lists of 0 and 1,
their `costs`, `limit_s`) and answers with one JSON document. Nothing of the project is imported
here: ortools wants an older protobuf than the program has.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np
from pyworkforce.scheduling import MinAbsDifference, MinRequiredResources


def schedule(scheduler: type, question: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What one scheduler finds, counted as we count."""
    required = np.array(question["required"])
    present = np.array(question["shifts"])
    names = [str(number) for number in range(len(present))]
    limit = int(2 * required.max())
    begun = time.perf_counter()
    found = scheduler(
        num_days=required.shape[0],
        periods=required.shape[1],
        shifts_coverage=dict(zip(names, question["shifts"], strict=True)),
        required_resources=question["required"],
        max_period_concurrency=limit,
        max_shift_concurrency=limit,
        max_search_time=float(question["limit_s"]),
        num_search_workers=2,
        **more,
    ).solve()
    seconds = time.perf_counter() - begun
    agents = np.zeros((required.shape[0], len(names)), dtype=int)
    for row in found["resources_shifts"]:
        if row["day"] >= 0:
            agents[row["day"], int(row["shift"])] = row["resources"]
    there = agents @ present
    return {
        "scheduler": scheduler.__name__,
        "status": found["status"],
        "proven": found["status"] == "OPTIMAL",
        "agents": int(agents.sum()),
        "cost": float((agents @ np.array(question["costs"])).sum()),
        "short": int(np.maximum(required - there, 0).sum()),
        "surplus": int(np.maximum(there - required, 0).sum()),
        "seconds": seconds,
    }


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    costs = {str(number): cost for number, cost in enumerate(question["costs"])}
    answer = {
        "schedulers": [
            schedule(MinRequiredResources, question, cost_dict=costs),
            schedule(MinAbsDifference, question),
        ],
        "versions": {name: version(name) for name in ("pyworkforce", "ortools")},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
