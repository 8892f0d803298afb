"""The picture of the study of response times: staff and posts by the time promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from report.figures import BLUE, INK, ORANGE

NAMES = {False: ("answered at once", BLUE, "o"), True: ("answered late", ORANGE, "s")}


def response_figure(rows: Sequence[dict[str, Any]]) -> Figure:
    """
    Agent hours and posts by the time promised, for teams that answer at once or late.

    Parameters
    ----------
    rows
        Of each policy `within_s`, `late`, and pairs of a value and half its 95 % interval:
        `hours` (a week) and `offered` (posts for each that comes by itself).
    """
    figure = Figure(figsize=(9.6, 3.8), layout="constrained", dpi=120)
    staff, posts = figure.subplots(1, 2)
    for axes, key, scale, title in (
        (staff, "hours", 1.0, "Agent hours a week"),
        (posts, "offered", 100.0, "Posts in all, for 100 by themselves"),
    ):
        for late, (name, colour, marker) in NAMES.items():
            mine = [row for row in rows if row["late"] == late]
            axes.errorbar(
                [row["within_s"] for row in mine],
                [scale * row[key][0] for row in mine],
                [scale * row[key][1] for row in mine],
                color=colour,
                marker=marker,
                capsize=3,
                label=name,
            )
        times = sorted({row["within_s"] for row in rows})
        axes.set_xscale("log")
        axes.set_xticks(times)
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(_time))
        axes.set_ylim(bottom=0)
        axes.set_title(title, color=INK, fontsize=11, loc="left")
        axes.set_xlabel("Four in five answered within", color=INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK)
    staff.legend(frameon=False, loc="lower right")
    return figure


def _time(seconds: float, _place: int | None) -> str:
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.3g} h"
