"""How simulations and plans look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.terminal import Row, cell, duration, out, percent, print_rows, span

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from staffing import Plan


def print_outcome(outcome: Outcome) -> None:
    """What a planner wants to know first of a simulation; `--json` has every measure."""
    title = f"{outcome.scenario.name}: {outcome.replications} replications, seed {outcome.seed}"
    print_rows([_channel_row(row) for row in outcome.totals.to_dict("records")], title)
    print_rows([_group_row(row) for row in outcome.groups.to_dict("records")], "Groups")


def print_plan(made: Plan) -> None:
    """What a planner wants to know first of a plan; `--json` and `--out` have every figure."""
    currency = made.scenario.currency
    promises = [_promise_row(row) for row in made.targets.to_dict("records")]
    print_rows(promises, f"{made.scenario.name}: promises")
    print_rows([_rung_row(row) for row in made.ladder.to_dict("records")], "Why so many hours")
    if len(made.shifts):
        print_rows([_shift_row(row) for row in made.shifts.to_dict("records")], "Shifts")
    if len(made.unmet):
        print_rows([_unmet_row(row) for row in made.unmet.to_dict("records")], "Under target")
    else:
        out.print("Nothing is under its target.")
    if len(made.shifts):
        out.print(made.assigned.sentence)
    for note in made.notes:
        out.print(note, markup=False)
    for name, paid in (("Plan", made), ("Staffed now", made.baseline)):
        if paid is not None:
            out.print(
                f"{name}: {paid.paid_hours:,.0f} paid hours, {paid.fte:.1f} FTE,"
                f" {currency} {paid.cost:,.0f}"
            )
    out.print(f"Made in {made.seconds:.0f} s.")


def _promise_row(promise: Row) -> dict[str, str]:
    return {
        "channel": promise["channel"],
        "arrived": "closed" if promise["arrived_closed"] else "open",
        "promise": f"{percent(promise['target'])} in {duration(promise['within_s'])}",
        "judged by": promise["period"],
        "achieved": percent(promise["achieved"]),
        "fresh seed": percent(promise["fresh_seed_achieved"]),
        "chance": percent(promise["probability_met"]),
        "kept": "yes" if promise["met"] else "no",
    }


def _rung_row(rung: Row) -> dict[str, str]:
    return {
        "step": rung["step"],
        "agent hours": f"{rung['agent_hours']:+,.1f}",
        "sum": f"{rung['total']:,.1f}",
        "meaning": rung["meaning"],
    }


def _shift_row(shift: Row) -> dict[str, str]:
    pauses = (f"{start:%H:%M}–{end:%H:%M}" for start, end in shift["breaks"])
    return {
        "group": shift["group"],
        "kind": shift["kind"],
        "day": f"{shift['start']:%a %d %b}",
        "hours": f"{shift['start']:%H:%M}–{shift['end']:%H:%M}",
        "break": ", ".join(pauses) or "–",
        "agents": cell(shift["agents"]),
    }


def _unmet_row(unmet: Row) -> dict[str, str]:
    moment = unmet["interval_start"]
    return {
        "when": f"{moment:%a %d %b %H:%M}"
        if unmet["period"] == "interval"
        else f"{moment:%a %d %b}",
        "channel": unmet["channel"],
        "arrived": "closed" if unmet["arrived_closed"] else "open",
        "target": percent(unmet["target"]),
        "achieved": percent(unmet["achieved"]),
        "why": unmet["reason"],
        "what it would take": unmet["needed"],
    }


def _channel_row(total: Row) -> dict[str, str]:
    """What the terminal shows of a channel's totals; `--json` has every measure."""
    margin = 50 * (total["service_level_high"] - total["service_level_low"])
    return {
        "channel": total["channel"],
        "offered": cell(total["offered"]),
        "gave up": percent(total["abandonment"]),
        "service level": f"{percent(total['service_level'])} ± {margin:.1f}",
        "arrived closed": percent(total["service_level_closed"]),
        "chance met": percent(total["probability_met"]),
        "90 % wait": span(total["wait_p90_s"]),
        "left over": cell(total["waiting"]),
    }


def _group_row(group: Row) -> dict[str, str]:
    return {
        "group": group["group"],
        "occupancy": percent(group["occupancy"]),
        "floor hours": cell(group["floor_hours"]),
        "paid hours": cell(group["paid_hours"]),
        "FTE": f"{group['fte']:.1f}",
        "cost": cell(group["cost"]),
    }
