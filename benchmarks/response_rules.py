"""What serving the loud first costs, and that more people never mean more posts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.response_floor import CHANNEL, Policy, staffed
from scenario import Scenario
from simulate.estimates import Parts, estimate, estimate_difference
from simulate.outcome import Outcome

ORDERS = {"fifo": "the oldest first", "reach": "the loudest first"}
SCARCE = 7.5  # agents on the average: about the least that answer within an hour
LEVELS = (7.0, 7.5, 8.0, 9.0, 10.0, 12.0)  # of agents, on the average
PROMISED = Policy(3600)


def orders(scenario: Scenario, runs: int, level: float = SCARCE) -> Iterator[dict[str, Any]]:
    """The same customers and staff, with two orders of the queue."""
    scenario = scenario.with_changes(PROMISED.changes)
    found = {}
    for order in ORDERS:
        changed = scenario.with_changes({f"channels.{CHANNEL}.order": order})
        found[order] = staffed(changed, PROMISED, level, runs)
    for order, name in ORDERS.items():
        outcome = found[order]
        waits = {who: _ratio(outcome, f"wait_mean_{who}_s") for who in ("loud", "quiet")}
        levels = {who: _ratio(outcome, f"service_level_{who}") for who in ("loud", "quiet")}
        yield {
            "order": name,
            "wait_s": waits,
            "service_level": levels,
            "impressions": _per_first(outcome, "impressions_s", 60.0),
            "offered": _per_first(outcome, "offered"),
            "offered_change": _change(found["fifo"], outcome),
        }


def more_staff(
    scenario: Scenario, runs: int, levels: tuple[float, ...] = LEVELS
) -> Iterator[dict[str, Any]]:
    """The same customers with ever more people, whether answers stop posts or not."""
    scenario = scenario.with_changes(PROMISED.changes)
    stopping = {"stopped": True, "not_stopped": False}
    before: dict[str, Outcome] = {}
    for level in levels:
        row: dict[str, Any] = {"agents": level}
        for name, stops in stopping.items():
            changes = {f"channels.{CHANNEL}.spread.until_answered": stops}
            outcome = staffed(scenario.with_changes(changes), PROMISED, level, runs)
            row[name] = _per_first(outcome, "offered")
            row[f"{name}_change"] = _change(before[name], outcome) if name in before else None
            row[f"{name}_level"] = _ratio(outcome, "service_level")
            before[name] = outcome
        yield row


def _ratio(outcome: Outcome, measure: str) -> list[float]:
    known = estimate(outcome.parts(measure, CHANNEL), outcome.data.batches)
    return _pair(known)


def _per_first(outcome: Outcome, name: str, scale: float = 1.0) -> list[float]:
    return _pair(estimate(_parts(outcome, name, scale), outcome.data.batches))


def _change(before: Outcome, after: Outcome) -> list[float]:
    """Change of the posts for each that comes by itself, the same customers in both."""
    parts, baseline = _parts(after, "offered"), _parts(before, "offered")
    return _pair(estimate_difference(parts, baseline, after.data.batches))


def _parts(outcome: Outcome, name: str, scale: float = 1.0) -> Parts:
    tallies = outcome.data.tallies(CHANNEL, "horizon")
    return Parts.of(tallies[name][:, 0] / scale, tallies["first_attempts"][:, 0])


def _pair(known: Any) -> list[float]:
    """Value and half of the 95 % interval."""
    value, half = np.asarray(known.value).ravel()[0], (known.high - known.low).ravel()[0] / 2
    return [float(value), float(half)]
