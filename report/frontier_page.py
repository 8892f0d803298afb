"""What a better promise costs, on one page to print."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from report.figures import BLUE, GREY, INK, ORANGE
from report.onepage import SMALL, Page, described
from report.plan_page import assumptions
from report.result_table import BAD, GOOD
from report.words import UNKNOWN, heading, limit, money, number, percent, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from staffing.frontier import Frontier


def frontier_page(found: Frontier) -> bytes:
    """
    A curve of cost against service as one page of A4.

    Parameters
    ----------
    found
        The curve.

    Returns
    -------
    bytes
        A PDF: the curve with its knee and the present promise, what a further point costs,
        every point, notes, assumptions, seed and version.
    """
    scenario = found.scenario
    page = Page(
        f"What a better promise on {heading(found.channel)} costs",
        f"{scenario.name}, {span(scenario.period.start, scenario.period.end)}, {scenario.timezone}",
    )
    page.paragraph(heading(found.sentence))
    page.heading("Cost of the whole floor by the promise")
    draw_curve(page.axes(3.0), found)
    page.heading("Every point")
    page.table(point_rows(found))
    if found.notes:
        page.heading("To be known")
        page.sentences(found.notes, spare=0.6)
    page.foot(
        assumptions(scenario),
        "The least agents on the floor by the interval, before shifts give them their shape;"
        " achieved: with random numbers that the search never saw.",
        described([f"Seed {scenario.seed}", f"Allweather {version('allweather')}"]),
    )
    return page.pdf()


def point_rows(found: Frontier) -> pd.DataFrame:
    """A row a promise: kept or not, achieved, hours, cost, and what one more costs; texts."""
    currency = found.scenario.currency
    one_more = "One point more" if found.varies == "target" else "One minute sooner"
    rows = [
        {
            "Promise": f"{GOOD if row['met'] else BAD} {percent(row['target'], 0)} in"
            f" {limit(row['within_s'])}{' (knee)' if row['knee'] else ''}",
            "Achieved": f"{percent(row['achieved'])} ({percent(row['low'])} –"
            f" {percent(row['high'])})",
            "Paid hours": number(row["paid_hours"]),
            "Cost": money(row["cost"], currency),
            one_more: (
                money(row["marginal_cost"], currency)
                if np.isfinite(row["marginal_cost"])
                else UNKNOWN
            ),
        }
        for row in found.table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def draw_curve(axes: Axes, found: Frontier) -> None:
    """Draw cost (or paid hours) by promise, the knee and the present promise marked."""
    table = found.table
    by_share = found.varies == "target"
    promised = (100 * table["target"] if by_share else table["within_s"]).to_numpy(float)
    price = (table["cost"] if table["cost"].any() else table["paid_hours"]).to_numpy(float)
    met, knee = table["met"].to_numpy(bool), table["knee"].to_numpy(bool)
    axes.plot(promised, price, color=BLUE, linewidth=1.3)
    for rows, marker, colour, label in (
        (met & ~knee, "o", BLUE, "kept"),
        (~met, "v", ORANGE, "not kept"),
        (knee & met, "D", INK, "knee"),
    ):
        axes.plot(promised[rows], price[rows], marker, color=colour, markersize=5, label=label)
    target = found.scenario.channels[found.channel].target
    if target is not None:
        now = 100 * target.share if by_share else target.within_s
        axes.axvline(now, color=GREY, linestyle="--", linewidth=0.9, label="promised now")
    axes.set_xlabel(
        "Promised share in time, %" if by_share else "Promised time, s", fontsize=SMALL, color=INK
    )
    axes.legend(frameon=False, fontsize=SMALL, loc="best")
