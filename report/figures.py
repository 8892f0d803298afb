"""Pictures for documents: the forecast with its spread, the plan against its requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure

from scenario import Demand

if TYPE_CHECKING:
    from staffing import Plan

INK, BLUE, ORANGE, GREY = "#333333", "#0072b2", "#d55e00", "#999999"  # Okabe and Ito (2008)


def overview(demand: Demand, plan: Plan, channel: str) -> Figure:
    """
    One channel's forecast above the plan's agents, on one time axis.

    Parameters
    ----------
    demand
        Forecast over the plan's horizon, with quantiles.
    plan
        The plan.
    channel
        Channel to draw.
    """
    figure = Figure(figsize=(9.6, 5.4), layout="constrained", dpi=120)
    above, below = figure.subplots(2, 1, sharex=True)
    draw_forecast(above, demand, channel)
    draw_requirement(below, plan)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK)
        axes.margins(x=0)
    days = DateFormatter("%a %d %b")
    below.xaxis.set_major_formatter(days)
    return figure


def draw_forecast(axes: Axes, demand: Demand, channel: str) -> None:
    """Draw the mean and the 80 % and 90 % bands of one channel."""
    column = demand.index_of(channel)
    times = demand.horizon.starts.tz_localize(None).to_numpy()
    for low, high, alpha, label in ((0.05, 0.95, 0.18, "90 %"), (0.10, 0.90, 0.30, "80 %")):
        if low in demand.quantiles and high in demand.quantiles:
            axes.fill_between(
                times,
                demand.quantiles[low][:, column],
                demand.quantiles[high][:, column],
                step="post",
                color=BLUE,
                alpha=alpha,
                linewidth=0,
                label=f"{label} of the outcomes",
            )
    axes.step(times, demand.mean[:, column], where="post", color=BLUE, lw=1.3, label="expected")
    axes.set_title(f"Forecast: {channel} contacts in {demand.horizon.interval_minutes} minutes",
                   loc="left", color=INK)  # fmt: skip
    axes.legend(frameon=False, loc="upper right", ncols=3)
    axes.set_ylim(bottom=0)


def draw_requirement(axes: Axes, plan: Plan) -> None:
    """Draw required, scheduled and present agents over all groups."""
    requirement = plan.requirement.groupby("interval_start")[["required", "scheduled"]].sum()
    times = pd.DatetimeIndex(requirement.index).tz_localize(None).to_numpy()
    axes.fill_between(
        times, requirement["scheduled"].to_numpy(), step="post", color=GREY, alpha=0.35,
        linewidth=0, label="scheduled",
    )  # fmt: skip
    axes.step(times, requirement["required"].to_numpy(), where="post", color=ORANGE, lw=1.5,
              label="required")  # fmt: skip
    if plan.baseline is not None:
        now = np.asarray(plan.baseline.staff.agents).sum(axis=1)
        axes.step(times, now, where="post", color=INK, lw=1.0, ls=":", label="staffed now")
    axes.set_title("Plan: agents on the floor", loc="left", color=INK)
    axes.legend(frameon=False, loc="upper right", ncols=3)
    axes.set_ylim(bottom=0)
