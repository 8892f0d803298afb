"""Every result of a rehearsal, one line each, with what is good and whether it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from report.words import UNKNOWN, duration, heading, limit, moment, money, number, percent
from scenario.channels import Channel

if TYPE_CHECKING:
    from simulate.outcome import Outcome

UNDER_TARGET_OK = 0.05  # share of the intervals
ABANDONED_OK = 0.05
CHANCE_OK = 0.80
OCCUPANCY_BLENDED, OCCUPANCY_LIVE = (0.80, 0.92), (0.0, 0.85)


@dataclass(frozen=True, slots=True)
class Result:
    """
    One line of the table.

    `measure` and `who` name the paired difference that belongs to it; `value` is the number
    that is compared where there is none, in the unit that `tell` writes.
    """

    name: str
    text: str
    value: float
    unit: str
    good: str
    fine: bool | None
    measure: str = ""
    who: str = ""


def result_lines(outcome: Outcome) -> Iterator[Result]:
    """All results: promises first, then waits and backlogs, then the floor, hours and cost."""
    totals = {row["channel"]: _named(row) for row in outcome.totals.to_dict("records")}
    for name, row in totals.items():
        yield from _promises(name, outcome.scenario.channels[name], row)
    for name, row in totals.items():
        yield from _waiting(name, outcome.scenario.channels[name], row)
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
    if channel.target is not None:
        chance = row["probability_met"]
        yield Result(
            f"{who}: chance that the {channel.target.period} meets its target",
            percent(chance, 0),
            chance,
            "share",
            f"≥ {percent(CHANCE_OK, 0)}",
            chance >= CHANCE_OK if np.isfinite(chance) else None,
        )
        under, judged = row["intervals_under_target"], row["intervals_judged"]
        worst = UNKNOWN
        if pd.notna(row["worst_interval_start"]):
            level = percent(row["worst_service_level"], 0)
            worst = f"{moment(row['worst_interval_start'])}, {level}"
        yield Result(
            f"{who}: intervals under target; the worst",
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
        fine = share <= ABANDONED_OK if np.isfinite(share) else None
        yield Result(
            f"{who}: customers who gave up",
            percent(share),
            share,
            "share",
            f"≤ {percent(ABANDONED_OK, 0)}",
            fine,
            "abandonment",
            name,
        )
        asked = channel.target.within_s if channel.target else float("nan")
        slow = row["wait_p90_s"]
        yield Result(
            f"{who}: mean wait; 9 in 10 within",
            f"{duration(row['asa_s'])}; {duration(slow)}",
            row["asa_s"],
            "seconds",
            f"9 in 10 ≤ {limit(asked)}",
            slow <= asked if np.isfinite(slow) and np.isfinite(asked) else None,
            "asa_s",
            name,
        )
        return
    if channel.kind == "deferred":
        asked = 2 * channel.target.within_s if channel.target else float("nan")
        slow = row["response_p90_s"]
        yield Result(
            f"{who}: first response, half within; 9 in 10",
            f"{duration(row['response_p50_s'])}; {duration(slow)}",
            row["response_p50_s"],
            "seconds",
            f"9 in 10 ≤ {limit(asked)}",
            slow <= asked if np.isfinite(slow) and np.isfinite(asked) else None,
        )
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
        f"{who}: waiting at close; oldest; not yet due",
        f"{number(left, 1)}; {duration(row['oldest_at_close_s'])}; {number(row['not_yet_due'], 1)}",
        left,
        "contacts",
        "few",
        None,
    )


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
    floor = float(outcome.groups["floor_hours"].sum())
    yield Result(
        "Hours on the floor → paid hours → full-time posts",
        f"{number(floor)} → {number(outcome.paid_hours)} → {number(outcome.fte, 1)} FTE",
        outcome.paid_hours,
        "paid hours",
        UNKNOWN,
        None,
        "paid_hours",
    )
    currency = outcome.scenario.currency
    yield Result(
        "Cost; per contact handled",
        f"{money(outcome.cost, currency)}; {money(outcome.cost_per_contact, currency, 2)}",
        outcome.cost,
        "money",
        UNKNOWN,
        None,
        "cost",
    )


def _named(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a table by the names of its columns."""
    return {str(name): value for name, value in row.items()}
