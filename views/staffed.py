"""Tables that the Plan page draws: promises, over and under, shifts of a day, the ladder."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from views.charts import clock_ms, clock_text
from views.plan_periods import when
from views.words import UNKNOWN, heading, limit, money, name_of, number, percent

if TYPE_CHECKING:
    from scenario.staff import Staff
    from staffing import Plan
    from staffing.edited import EditedPlan

DAY = "%a %d"  # label of a day
KEPT, MISSED = "●", "▼"
WHY = {"under target": "no limit reached: whole shifts, or days that stray, leave too little"}
UNMET_HELP = {
    "Why": st.column_config.TextColumn(
        help="What keeps the plan from giving more: contracts used up, no more people or desks,"
        " nobody scheduled while the channel is open, or no limit at all."
    ),
    "What it would take": st.column_config.TextColumn(
        help="About how much more in this very period, told from what is missing to the promise."
        " A guess: edit the shifts below to see what it really does.",
        width="medium",
    ),
}
CHANGED = "✎"  # a shift that the planner has edited


def verdict(plan: Plan) -> str:
    """One sentence: what the plan takes, and whether it keeps its promises."""
    currency = plan.scenario.currency
    text = (
        f"{number(plan.paid_hours)} paid hours ({number(plan.fte, 1)} full-time posts) for"
        f" {money(plan.cost, currency)}"
    )
    if plan.baseline is not None:
        saved = plan.baseline.cost - plan.cost
        words = "less" if saved >= 0 else "more"
        text += f", {money(abs(saved), currency)} {words} than as staffed now"
    kept = int(plan.targets["met"].sum())
    if kept == len(plan.targets):
        return f"{text}. Every promise is kept."
    return f"{text}. {kept} of {len(plan.targets)} promises are kept; the others are named below."


def promises(plan: Plan) -> pd.DataFrame:
    """A row a promise, for people: kept or not, asked, achieved, with fresh numbers, and now."""
    now = None if plan.baseline is None else plan.baseline.outcome.totals.set_index("channel")
    rows = []
    for row in plan.targets.to_dict("records"):
        ending = "_closed" if row["arrived_closed"] else ""
        level = UNKNOWN
        if now is not None and row["channel"] in now.index:
            level = percent(now.loc[row["channel"], f"service_level{ending}"])
        sure = "mean"
        if row["confidence"] is not None and np.isfinite(row["confidence"]):
            sure = f"{percent(row['confidence'], 0)} of them"
        rows.append(
            {
                "Kept": KEPT if row["met"] else MISSED,
                "Channel": heading(row["channel"])
                + (", arrived closed" if row["arrived_closed"] else ""),
                "Promise": f"{percent(row['target'], 0)} in {limit(row['within_s'])}",
                "Judged each": f"{row['period']}, {sure}",
                "Planned": percent(row["achieved"]),
                "Fresh check": percent(row["fresh_seed_achieved"]),
                "Chance": percent(row["fresh_probability_met"], 0),
                "As staffed now": level,
                "Falls short": _short_periods(plan, row["channel"], closed=row["arrived_closed"]),
            }
        )
    return pd.DataFrame(rows)


def _short_periods(plan: Plan, channel: str, *, closed: bool) -> str:
    """The periods in which a promise is not kept, e.g. "Sun 19 Apr": a mean hides them."""
    own = plan.unmet[(plan.unmet["channel"] == channel) & (plan.unmet["arrived_closed"] == closed)]
    told = [f"{start:{DAY} %b}" for start in own["interval_start"]]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return ", ".join(told[:3]) + more


def unmet(plan: Plan) -> pd.DataFrame:
    """What is not kept, by name, for people."""
    rows = [
        {
            "When": when(row["interval_start"], row["period"]),
            "Judged each": row["period"],
            "Channel": heading(row["channel"]),
            "Arrived": "closed" if row["arrived_closed"] else "in hours",
            "Target": percent(row["target"], 0),
            "Achieved": percent(row["achieved"]),
            "Why": WHY.get(row["reason"], row["reason"]),
            "What it would take": row["needed"],
        }
        for row in plan.unmet.to_dict("records")
    ]
    return pd.DataFrame(rows)


def agents(plan: Plan | EditedPlan, group: str, now: Staff | None) -> pd.DataFrame:
    """
    Required, scheduled and current agents of a group.

    Returns
    -------
    DataFrame
        A row an interval: `at`, `until`, `when`, `day` (label), `required`, `scheduled`, `now`
        (NaN where not known), `difference` (scheduled less required).
    """
    own = plan.requirement[plan.requirement["group"] == group]
    starts = pd.DatetimeIndex(own["interval_start"])
    minutes = plan.scenario.horizon.interval_minutes
    current = np.full(len(own), np.nan)
    if now is not None and group in now.groups:
        where = now.horizon.starts.get_indexer(starts)
        known = now.agents[:, now.groups.index(group)].astype(float)
        current = np.where(where >= 0, known[where], np.nan)
    at = clock_ms(starts)
    required = own["required"].to_numpy(float)
    scheduled = own["scheduled"].to_numpy(float)
    return pd.DataFrame(
        {
            "at": at,
            "until": at + minutes * 60_000,
            "when": clock_text(starts),
            "day": clock_text(starts, DAY),
            "required": required,
            "scheduled": scheduled,
            "now": current,
            "difference": scheduled - required,
        }
    )


def working_hours(table: pd.DataFrame) -> pd.DataFrame:
    """The intervals of a day from the first to the last in which somebody works or should."""
    busy = np.flatnonzero(table[["required", "scheduled", "now"]].fillna(0).max(axis=1) > 0)
    return table if not len(busy) else table.iloc[busy[0] : busy[-1] + 1]


def over_under_summary(table: pd.DataFrame) -> str:
    """Over and under in agent intervals, in words."""
    over = table["difference"].clip(lower=0).sum()
    under = -table["difference"].clip(upper=0).sum()
    exact = int((table["difference"] == 0).sum())
    return (
        f"▲ {over:,.0f} agent intervals over, ▼ {under:,.0f} under, ● {exact} of {len(table)}"
        " intervals exact."
    )


def shift_bars(plan: Plan | EditedPlan, day: str, *, as_found: Plan | None = None) -> pd.DataFrame:
    """
    The shifts of one day as bars.

    Parameters
    ----------
    plan
        The plan, perhaps an edited one.
    day
        Label as in `agents`, e.g. "Mon 13".
    as_found
        The plan that was edited: shifts that are not in it are marked.

    Returns
    -------
    DataFrame
        `row`, `group`, `what` ("work" or "break"), `at`, `until`, `hours`, `people`.
    """
    known = _told(plan if as_found is None else as_found)
    bars: list[dict[str, object]] = []
    labels: Counter[str] = Counter()
    for shift in plan.shifts.to_dict("records"):
        if shift["start"].strftime(DAY) != day:
            continue
        people = f"{int(shift['agents'])} on the floor"
        label = f"{shift['start']:%H:%M}–{shift['end']:%H:%M} × {int(shift['agents'])}"
        label += f"  {name_of(shift['kind'])}"
        label += "" if _shift_key(shift) in known else f" {CHANGED}"
        labels[label] += 1
        # Two shifts that differ in their breaks alone must not share a row.
        label += "\u200b" * (labels[label] - 1)
        spans = [("work", shift["start"], shift["end"])]
        spans += [("break", begin, end) for begin, end in shift["breaks"]]
        for what, begin, end in spans:
            first, last = clock_ms([begin, end])
            bars.append(
                {
                    "row": label,
                    "group": heading(shift["group"]),
                    "what": what,
                    "at": first,
                    "until": last,
                    "hours": f"{begin:%H:%M}–{end:%H:%M}",
                    "people": people,
                }
            )
    return pd.DataFrame(bars)


def _told(plan: Plan | EditedPlan) -> set[tuple[object, ...]]:
    return {_shift_key(shift) for shift in plan.shifts.to_dict("records")}


def _shift_key(shift: dict[Any, Any]) -> tuple[object, ...]:
    return tuple(shift[name] for name in ("group", "kind", "start", "end", "breaks", "agents"))


def differences(plan: Plan) -> list[str]:
    """Sentences on what the plan changes against the staffing of now, the real ones first."""
    if plan.baseline is None:
        return []
    table = plan.baseline.differences
    ranked = table.sort_values("real", ascending=False, kind="stable")
    wanted = ("service_level", "service_level_closed", "abandonment", "occupancy")
    return [
        heading(row["sentence"])
        for row in ranked.to_dict("records")
        if row["measure"] in wanted and row["real"]
    ]
