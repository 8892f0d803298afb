"""A plan on one page to print: promises, cost, who is needed when, what changes, and why."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.dates import DateFormatter, DayLocator, HourLocator

from report.figures import draw_requirement
from report.onepage import SMALL, Page, described
from report.result_table import BAD, GOOD
from report.words import UNKNOWN, change, duration, heading, limit, money, number, percent, span
from scenario.shrinkage import shrinkage_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from scenario import Scenario
    from staffing import Plan
    from staffing.planning import BaselineComparison

CHART = 2.5  # inches
FOOT = 0.6  # inches that the assumptions need at most
WITH_MEAN = ("exponential", "lognormal", "gamma", "constant")
DIFFERENCES = ("service_level", "service_level_closed", "abandonment", "occupancy")


def plan_page(plan: Plan, as_found: Plan | None = None) -> bytes:
    """
    A plan as one page of A4.

    Parameters
    ----------
    plan
        The plan; an edited one from `staffing.redone.as_plan`.
    as_found
        The plan before it was edited, to stand beside it.

    Returns
    -------
    bytes
        A PDF: promises with their fresh check, hours and cost beside those of now, required and
        scheduled agents, what really differs from now, assumptions, seed and version.
    """
    scenario = plan.scenario
    page = Page(
        f"{'Plan' if as_found is None else 'Edited plan'}: {scenario.name}",
        f"{span(scenario.period.start, scenario.period.end)}, {scenario.timezone}",
    )
    page.paragraph(_verdict(plan))
    for note in plan.notes:
        page.paragraph(heading(note))
    page.heading("Promises")
    page.table(promise_rows(plan, as_found))
    page.heading("Hours and cost")
    page.table(hour_rows(plan, as_found))
    page.heading("Agents on the floor: required and scheduled")
    axes = page.axes(CHART)
    draw_requirement(axes, plan)
    axes.set_title("", loc="left")
    axes.legend(frameon=False, loc="upper right", ncols=3, fontsize=SMALL)
    label_days(axes, scenario)
    told = real_differences(plan)
    if told:
        page.heading("What changes against the staffing of now (95 % interval)")
        page.sentences(told, spare=FOOT)
    page.foot(
        assumptions(scenario),
        described(
            [
                f"Checked with {plan.outcome.replications} replications that the search never saw,"
                f" seed {plan.outcome.seed}, engine {plan.outcome.engine}",
                f"Allweather {version('allweather')}",
            ]
        ),
    )
    return page.pdf()


def promise_rows(plan: Plan, as_found: Plan | None = None) -> pd.DataFrame:
    """A row a promise: what was asked, what a check finds, before an edit, and now; texts."""
    now = None if plan.baseline is None else plan.baseline.outcome.totals.set_index("channel")
    before = None if as_found is None else as_found.targets["fresh_seed_achieved"].tolist()
    rows = []
    for place, row in enumerate(plan.targets.to_dict("records")):
        ending = "_closed" if row["arrived_closed"] else ""
        channel = str(row["channel"])
        level = float("nan")
        if now is not None and channel in now.index:
            level = float(now[f"service_level{ending}"][channel])
        who = heading(channel) + (", arrived closed" if row["arrived_closed"] else "")
        rows.append(
            {
                "Promise": f"{GOOD if row['met'] else BAD} {who}: {percent(row['target'], 0)} in"
                f" {limit(row['within_s'])}, judged each {row['period']}",
                "Achieved": percent(row["fresh_seed_achieved"]),
                "Chance": percent(row["fresh_probability_met"], 0),
                **({} if before is None else {"Plan as found": percent(before[place])}),
                "As staffed now": percent(level),
            }
        )
    columns = ["Promise", "Achieved", "Chance", "As staffed now"]
    return pd.DataFrame(rows, columns=None if rows else columns)


def hour_rows(plan: Plan, as_found: Plan | None = None) -> pd.DataFrame:
    """
    Hours on the floor, paid hours, full-time posts and cost beside those of now; texts.

    The difference of an edited plan is against the plan as found.
    """
    now, currency = plan.baseline, plan.scenario.currency
    before = now if as_found is None else as_found
    found: dict[str, Plan | BaselineComparison | None] = {
        "Plan" if as_found is None else "Edited plan": plan,
        **({} if as_found is None else {"Plan as found": as_found}),
        "As staffed now": now,
    }
    told = {name: None if one is None else _hours_and_cost(one) for name, one in found.items()}
    was = None if before is None else _hours_and_cost(before)
    rows = []
    for place, (name, value, digits, is_money) in enumerate(_hours_and_cost(plan)):
        unit = currency if is_money else None
        rows.append(
            {
                "": name,
                **{
                    who: UNKNOWN if these is None else _written(these[place][1], digits, unit)
                    for who, these in told.items()
                },
                "Difference": UNKNOWN if was is None else change(value - was[place][1], digits),
            }
        )
    return pd.DataFrame(rows)


def _hours_and_cost(found: Plan | BaselineComparison) -> list[tuple[str, float, int, bool]]:
    """Name, value, digits, and whether it is money."""
    return [
        ("Hours on the floor", float(found.outcome.groups["floor_hours"].sum()), 0, False),
        ("Paid hours", found.paid_hours, 0, False),
        ("Full-time posts", found.fte, 1, False),
        ("Cost", found.cost, 0, True),
        ("Cost per contact handled", found.cost_per_contact, 2, True),
    ]


def _written(value: float, digits: int, currency: str | None) -> str:
    return number(value, digits) if currency is None else money(value, currency, digits)


def real_differences(plan: Plan) -> list[str]:
    """Sentences on what the plan really changes against the staffing of now."""
    if plan.baseline is None:
        return []
    return [
        heading(str(row["sentence"]))
        for row in plan.baseline.differences.to_dict("records")
        if row["real"] and row["measure"] in DIFFERENCES
    ]


def assumptions(scenario: Scenario) -> str:
    """What was assumed of work, patience and shrinkage, on one line."""
    parts = []
    for name, channel in scenario.channels.items():
        text = f"{heading(name)}: handle time {duration(channel.handle_time.mean_s)}"
        if channel.kind == "live" and channel.patience.distribution in WITH_MEAN:
            text += f", patience {duration(channel.patience.mean_s)}"
        parts.append(text)
    for name, group in scenario.groups.items():
        away = shrinkage_of(group).share
        parts.append(f"{heading(name)}: shrinkage {percent(away, 0)} of paid time")
    return "Assumed (a history's own handle times go first): " + described(parts)


def label_days(axes: Axes, scenario: Scenario) -> None:
    """Mark the time axis by days, or by hours where there is one day only."""
    axes.margins(x=0)
    hours = scenario.period.count * scenario.period.interval_minutes / 60
    if hours <= 36:
        axes.xaxis.set_major_locator(HourLocator(interval=2))
        axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))
        return
    step = max(1, round(hours / 24 / 8))
    axes.xaxis.set_major_locator(DayLocator(interval=step))
    axes.xaxis.set_major_formatter(DateFormatter("%a %d %b"))


def _verdict(plan: Plan) -> str:
    kept, all_ = int(plan.targets["met"].sum()), len(plan.targets)
    text = (
        f"{number(plan.paid_hours)} paid hours ({number(plan.fte, 1)} full-time posts) for"
        f" {money(plan.cost, plan.scenario.currency)}; {kept} of {all_} promises are kept."
    )
    short = [
        f"{heading(str(row['channel']))} on {row['interval_start']:%a %d %b}"
        for row in plan.unmet.to_dict("records")
    ]
    if short:
        told = ", ".join(short[:4]) + (f" and {len(short) - 4} more" if len(short) > 4 else "")
        text += f" Falls short: {told}."
    return text
