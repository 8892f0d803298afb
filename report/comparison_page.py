"""Scenarios side by side on one page to print: promises, cost, what differs and how surely."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from report.comparison import FIRST, Comparison
from report.figures import BLUE, GREY, INK, ORANGE
from report.onepage import SMALL, Page, described
from report.plan_page import assumptions
from report.words import UNKNOWN, heading, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOOT = 0.6  # inches that the assumptions need at most
ROW = 0.15  # inches
CHANGED_ROWS = 6  # keys told at most; the workbook has them all
KEY_LINES = (
    "in time", "window", "gave up", "9 in 10", "occupancy", "Paid hours",
    "Full-time", "Cost",
)  # fmt: skip
SHAPES = "oDs^v"  # a shape a scenario: colour is never the only sign


def comparison_page(comparison: Comparison) -> bytes:
    """
    A comparison as one page of A4.

    Parameters
    ----------
    comparison
        Named outcomes, the baseline first.

    Returns
    -------
    bytes
        A PDF: promises and cost of every scenario, differences of the service levels with
        their intervals drawn, all that is real in sentences, what differs in the assumptions,
        seed and version.
    """
    outcomes = comparison.outcomes
    base = outcomes[comparison.baseline]
    period = base.scenario.period
    page = Page(
        f"Compared: {', '.join(outcomes)}",
        f"{base.scenario.name}, {span(period.start, period.end)}, {base.scenario.timezone}",
    )
    for name in outcomes:
        page.paragraph(f"{name}: {comparison.verdict(name)}")
    page.heading("Results")
    page.table(key_rows(comparison), spare=3.5 if comparison.others else FOOT)
    shown = service_differences(comparison)
    if len(shown):
        page.heading(f"Service level against {comparison.baseline}, percentage points")
        draw_differences(page.axes(0.6 + 0.11 * len(shown)), shown)
    changed = comparison.assumptions()
    below = FOOT + (0.55 + ROW * min(len(changed), CHANGED_ROWS) if len(changed) else 0.0)
    share = (page.room - below) / max(len(comparison.others), 1)
    for place, name in enumerate(comparison.others):
        why = comparison.unpaired(name)
        page.heading(f"{name} against {comparison.baseline}: what really differs")
        told = [f"Not compared customer by customer: {why}."] if why else []
        told += comparison.sentences(name, real=True)
        left = len(comparison.others) - 1 - place
        page.sentences(
            told or ["Nothing: every difference may be noise."], spare=below + left * share
        )
    if len(changed) and page.room > FOOT + 4 * ROW:
        page.heading("What differs in the assumptions")
        page.table(changed, spare=FOOT)
    page.foot(
        assumptions(base.scenario),
        described(
            [
                f"Seed {base.seed}, {base.replications} replications, engine {base.engine}:"
                " all scenarios met the same customers",
                "brackets are 95 % intervals; real: zero is outside",
                f"Allweather {version('allweather')}",
            ]
        ),
    )
    return page.pdf()


def key_rows(comparison: Comparison) -> pd.DataFrame:
    """The results that a manager asks for, out of all side by side; texts."""
    table = comparison.side_by_side().drop(columns="Good is")
    wanted = [
        any(word in name for word in KEY_LINES) or ("chance" in name and good != UNKNOWN)
        for name, good in zip(table["Result"], comparison.side_by_side()["Good is"], strict=True)
    ]
    # The interval of a level is in the sentences; here it would push the names out.
    found = table[wanted].copy()
    for name in comparison.outcomes:
        found[name] = [text.split(" (")[0] for text in found[name]]
    return found.rename(columns={"Result": ""})


def service_differences(comparison: Comparison) -> pd.DataFrame:
    """
    Differences of the service levels to the baseline, for a picture.

    Returns
    -------
    DataFrame
        A row a promise and scenario: `promise`, `scenario`, `difference`, `low`, `high`
        (percentage points) and `real`.
    """
    rows = []
    for name in comparison.others:
        for (measure, channel), row in comparison.paired(name).items():
            if measure in FIRST:
                closed = ", arrived closed" if measure.endswith("closed") else ""
                ends = {end: 100 * float(row[end]) for end in ("difference", "low", "high")}
                rows.append(
                    {
                        "promise": f"{heading(channel)}{closed}",
                        "scenario": name,
                        **ends,
                        "real": bool(row["real"]),
                    }
                )
    columns = ["promise", "scenario", "difference", "low", "high", "real"]
    order = list(dict.fromkeys(row["promise"] for row in rows))
    rows.sort(key=lambda row: order.index(row["promise"]))
    return pd.DataFrame(rows, columns=columns)


def draw_differences(axes: Axes, table: pd.DataFrame) -> None:
    """Draw each difference with its interval; filled where it is real."""
    names = list(dict.fromkeys(table["scenario"]))
    axes.axvline(0, color=INK, linewidth=0.8)
    colours = [BLUE, ORANGE, GREY, INK, "#009e73"]
    places = np.arange(len(table))[::-1]
    for place, row in zip(places, table.to_dict("records"), strict=True):
        number = names.index(row["scenario"])
        colour = colours[number % len(colours)]
        axes.plot([row["low"], row["high"]], [place, place], color=colour, linewidth=1.2)
        axes.plot(
            [row["difference"]],
            [place],
            marker=SHAPES[number % len(SHAPES)],
            color=colour,
            markerfacecolor=colour if row["real"] else "white",
            markersize=4.5,
            linestyle="none",
        )
    labels = table["promise"] if len(names) == 1 else table["promise"] + ": " + table["scenario"]
    axes.set_yticks(places, list(labels), fontsize=SMALL, parse_math=False)
    axes.set_ylim(-0.6, len(table) - 0.4)
    box = axes.get_position()
    # Names of promises and scenarios stand left of the axis.
    shift = min(0.3, 0.008 * max(len(label) for label in labels))
    axes.set_position((box.x0 + shift, box.y0, box.width - shift, box.height))
    axes.annotate(
        "filled: real   hollow: may be noise",
        (1, 1),
        xycoords="axes fraction",
        ha="right",
        va="bottom",
        fontsize=SMALL,
        color=GREY,
    )
