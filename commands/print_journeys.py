"""How customers who come back, and what followers buy, look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.terminal import Row, cell, out, percent, print_rows, span
from scenario.assumptions import begets

if TYPE_CHECKING:
    from simulate.outcome import Outcome

BEGOTTEN = ("redials", "repeats", "reposts", "spread")


def print_journeys(outcome: Outcome) -> None:
    """First attempts beside what they beget, where anything does; the loud beside the quiet."""
    scenario, totals = outcome.scenario, outcome.totals.to_dict("records")
    if begets(scenario):
        print_rows([_journey_row(row) for row in totals], "First attempts and what they beget")
        resolved, currency = outcome.cost_per_resolved, scenario.currency
        if resolved == resolved:
            out.print(
                f"A contact handled costs {currency} {outcome.cost_per_contact:,.2f},"
                f" a customer resolved {currency} {resolved:,.2f}.",
                markup=False,
            )
    by_reach = [row for row in totals if scenario.channels[str(row["channel"])].order == "reach"]
    if by_reach:
        print_rows([_loud_row(row) for row in by_reach], "The loud first")


def _journey_row(total: Row) -> dict[str, str]:
    return {
        "channel": total["channel"],
        "first attempts": cell(total["first_attempts"]),
        "begotten": cell(float(sum(total[name] for name in BEGOTTEN))),
        "moved here": cell(total["handoffs"]),
        "caused": cell(total["caused"]),
        "headed off": cell(total["headed_off"]),
        "deflected": cell(total["deflected"]),
        "settled at once": percent(total["fcr"]),
    }


def _loud_row(total: Row) -> dict[str, str]:
    return {
        "channel": total["channel"],
        "loud": cell(total["loud"]),
        "loud in time": percent(total["service_level_loud"]),
        "quiet in time": percent(total["service_level_quiet"]),
        "loud wait": span(total["wait_mean_loud_s"]),
        "quiet wait": span(total["wait_mean_quiet_s"]),
    }
