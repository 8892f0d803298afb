"""Every result of a rehearsal, one line each, with what is good and whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from report.journey_lines import journey_lines
from report.result import Result
from report.words import UNKNOWN, duration, heading, limit, moment, money, number, percent
from scenario.assumptions import begets
from scenario.channels import Channel
from scenario.staff import Staff

if TYPE_CHECKING:
    from simulate.outcome import Outcome

UNDER_TARGET_OK = 0.05  # share of the intervals
ABANDONED_OK = 0.05
CHANCE_OK = 0.80
NEAR = 1  # agents over or under a requirement that nobody would move for
OCCUPANCY_BLENDED, OCCUPANCY_LIVE = (0.80, 0.92), (0.0, 0.85)


def result_lines(outcome: Outcome, required: pd.DataFrame | None = None) -> Iterator[Result]:
    """
    All results: promises first, then waits and backlogs, then the floor, hours and cost.

    Parameters
    ----------
    outcome
        What was simulated.
    required
        `interval_start`, `group` and `required` of a plan, for what is over and under; None
        leaves that out.
    """
    yield from service_lines(outcome)
    if required is not None:
        yield from over_under(outcome.staff, required)
    yield from cost_lines(outcome)


def service_lines(outcome: Outcome) -> Iterator[Result]:
    """The results that come first: promises, waits and backlogs, and how busy the floor is."""
    totals = {row["channel"]: _named(row) for row in outcome.total_rows}
    for name, row in totals.items():
        yield from _promises(name, outcome.scenario.channels[name], row)
        yield from _chances(outcome, name, row)
        yield from _under_target(name, outcome.scenario.channels[name], row)
    for name, row in totals.items():
        yield from _waiting(name, outcome.scenario.channels[name], row)
    for name, row in totals.items():
        yield from journey_lines(name, outcome.scenario.channels[name], row)
    yield from _floor(outcome)


def _promises(name: str, channel: Channel, row: dict[str, Any]) -> Iterator[Result]:
    who = heading(name)
    kinds = [("", channel.target, "in time")]
    if channel.kind == "deferred":
        closed = channel.target_closed or channel.target
        kinds.append(("_closed", closed, "in time, arrived closed"))
    if channel.kind == "callback":
        kinds = [("", channel.target, "made within the promised window")]
    for ending, target, words in kinds:
        level = row[f"service_level{ending}"]
        low, high = row[f"service_level{ending}_low"], row[f"service_level{ending}_high"]
        fine = None if target is None or not np.isfinite(level) else level >= target.share
        yield Result(
            f"{who} {words}",
            f"{percent(level)} ({percent(low)} – {percent(high)})",
            level,
            "share",
            UNKNOWN if target is None else f"≥ {percent(target.share, 0)}",
            fine,
            f"service_level{ending}",
            name,
        )


def _chances(outcome: Outcome, name: str, row: dict[str, Any]) -> Iterator[Result]:
    """Chance that a period keeps the promise; only the promise's own period is judged."""
    target = outcome.scenario.channels[name].target
    if target is None:
        return
    period = outcome.data.period
    whole_week = period.count * period.interval_minutes >= 7 * 24 * 60
    spans = {
        "interval": ("an interval", "probability_met", "", target.period == "interval"),
        "day": ("a day", "probability_met_day", "probability_met_day", True),
        "week": ("a week", "probability_met_week", "probability_met_week", whole_week),
    }
    for span, (words, column, measure, shown) in spans.items():
        if not shown and span != target.period:
            continue
        chance = row[column]
        judged = span == target.period
        yield Result(
            f"{heading(name)}: chance that {words} meets its target",
            percent(chance, 0),
            chance,
            "share",
            f"≥ {percent(CHANCE_OK, 0)}" if judged else UNKNOWN,
            chance >= CHANCE_OK if judged and np.isfinite(chance) else None,
            measure,
            name,
        )


def _under_target(name: str, channel: Channel, row: dict[str, Any]) -> Iterator[Result]:
    if channel.target is None:
        return
    under, judged = row["intervals_under_target"], row["intervals_judged"]
    worst = UNKNOWN
    if pd.notna(row["worst_interval_start"]):
        level = percent(row["worst_service_level"], 0)
        worst = f"{moment(row['worst_interval_start'])}, {level}"
    yield Result(
        f"{heading(name)}: intervals under target; the worst",
        f"{number(under)} of {number(judged)}; {worst}",
        under,
        "intervals",
        f"≤ {percent(UNDER_TARGET_OK, 0)} of them",
        bool(under <= UNDER_TARGET_OK * judged) if judged else None,
    )


def _waiting(name: str, channel: Channel, row: dict[str, Any]) -> Iterator[Result]:
    who = heading(name)
    if channel.kind == "live":
        share = row["abandonment"]
        yield Result(
            f"{who}: customers who gave up",
            percent(share),
            share,
            "share",
            f"≤ {percent(ABANDONED_OK, 0)}",
            share <= ABANDONED_OK if np.isfinite(share) else None,
            "abandonment",
            name,
        )
        asked = channel.target.within_s if channel.target else float("nan")
        yield _time(f"{who}: mean wait", row["asa_s"], "asa_s", name)
        yield _time(f"{who}: 9 in 10 wait at most", row["wait_p90_s"], "wait_p90_s", name, asked)
        return
    if channel.kind == "deferred":
        # Nights count in the time to a response: where some write then, no limit is fair.
        day_only = not np.isfinite(row["service_level_closed"])
        asked = 2 * channel.target.within_s if channel.target and day_only else float("nan")
        first = f"{who}: first response"
        yield _time(f"{first}, half within", row["response_p50_s"], "response_p50_s", name)
        slow = row["response_p90_s"]
        yield _time(f"{first}, 9 in 10 within", slow, "response_p90_s", name, asked)
    else:
        reached = row.get("reached_share", float("nan"))
        yield Result(
            f"{who}: customers reached",
            percent(reached),
            reached,
            "share",
            UNKNOWN,
            None,
            "reached_share",
            name,
        )
    left = row["backlog_at_close"]
    yield Result(
        f"{who}: waiting at close",
        number(left, 1),
        left,
        "contacts",
        "few",
        None,
        "backlog_at_close",
        name,
    )
    yield _time(f"{who}: oldest at close", row["oldest_at_close_s"], "", name)
    if channel.kind == "deferred":
        due = row["not_yet_due"]
        yield Result(
            f"{who}: not yet due at the end", number(due, 1), due, "contacts", UNKNOWN, None
        )


def _time(name: str, seconds: float, measure: str, who: str, asked: float = float("nan")) -> Result:
    """A line that tells a time, which should be at most what is asked."""
    known = np.isfinite(seconds) and np.isfinite(asked)
    good = f"≤ {limit(asked)}" if np.isfinite(asked) else UNKNOWN
    fine = bool(seconds <= asked) if known else None
    return Result(name, duration(seconds), seconds, "seconds", good, fine, measure, who)


def _floor(outcome: Outcome) -> Iterator[Result]:
    channels = outcome.scenario.channels
    for row in outcome.groups.to_dict("records"):
        skills = outcome.scenario.groups[row["group"]].skills
        live = all(channels[channel].kind == "live" for channel in skills)
        low, high = OCCUPANCY_LIVE if live else OCCUPANCY_BLENDED
        busy = row["occupancy"]
        good = f"≤ {percent(high, 0)}" if live else f"{percent(low, 0)} – {percent(high, 0)}"
        fine = low <= busy <= high if np.isfinite(busy) else None
        yield Result(
            f"{heading(row['group'])}: occupancy",
            percent(busy),
            busy,
            "share",
            good,
            fine,
            "occupancy",
            row["group"],
        )


def over_under(staff: Staff, required: pd.DataFrame) -> Iterator[Result]:
    """Agents against a plan's requirement; nothing where that is of other times or groups."""
    table = required.pivot_table(
        index="interval_start", columns="group", values="required", observed=True
    )
    groups = [group for group in staff.groups if group in table.columns]
    asked = table.reindex(staff.horizon.starts)[groups].to_numpy(float)
    there = staff.agents[:, [staff.groups.index(group) for group in groups]]
    for column, group in enumerate(groups):
        spare = there[:, column] - asked[:, column]
        working = np.isfinite(spare) & ((asked[:, column] > 0) | (there[:, column] > 0))
        if not working.any():
            continue
        most, least = spare[working].max(), spare[working].min()
        near = float((np.abs(spare[working]) <= NEAR).mean())
        yield Result(
            f"{heading(group)}: agents over / under the plan's requirement",
            f"▲{max(most, 0):g} ▼{max(-least, 0):g} at most; {percent(near, 0)} within ±{NEAR}",
            near,
            "share",
            f"within ±{NEAR}",
            bool(most <= NEAR and least >= -NEAR),
        )


def cost_lines(outcome: Outcome) -> Iterator[Result]:
    """Hours on the floor, paid hours, posts and cost."""
    currency = outcome.scenario.currency
    floor = float(outcome.groups["floor_hours"].sum())
    hours = [
        ("Hours on the floor", floor, 0, "hours"),
        ("Paid hours", outcome.paid_hours, 0, "hours"),
        ("Full-time posts", outcome.fte, 1, "posts"),
    ]
    for name, value, digits, unit in hours:
        yield Result(name, number(value, digits), value, unit, UNKNOWN, None)
    cost = outcome.cost
    yield Result("Cost", money(cost, currency), cost, "money", UNKNOWN, None)
    each = outcome.cost_per_contact
    yield Result(
        "Cost per contact handled",
        money(each, currency, 2),
        each,
        "pence",
        UNKNOWN,
        None,
        "cost_per_contact",
    )
    resolved = outcome.cost_per_resolved
    yield Result(
        "Cost per customer resolved",
        money(resolved, currency, 2),
        resolved,
        "pence",
        UNKNOWN,
        None,
        "cost_per_resolved",
        told=begets(outcome.scenario),
    )


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a table by the names of its columns."""
    return {str(name): value for name, value in row.items()}
