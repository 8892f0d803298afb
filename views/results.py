"""What a rehearsal says, for a planner: a sentence, key figures, and what the pictures draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from report.result_table import BAD, GOOD
from scenario.targets import ratio
from views.charts import UNDER, clock_ms, clock_text
from views.figures import Figure
from views.words import (
    change,
    heading,
    limit,
    moment,
    money,
    percent,
    points,
)

if TYPE_CHECKING:
    from simulate.outcome import Outcome

ALL_KEPT = "Every promise is kept over the planned time."


def headline(outcome: Outcome) -> str:
    """
    One sentence: what is missed, where it is worst, or that every promise is kept.

    A promise counts as kept when its service level over the measured time reaches its target.
    """
    missed, worst = [], ""
    for row in outcome.total_rows:
        channel = outcome.scenario.channels[row["channel"]]
        for ending, target, words in (
            ("", channel.target, ""),
            ("_closed", channel.target_closed, " arrived closed"),
        ):
            level = row[f"service_level{ending}"]
            if target is None or not level < target.share:
                continue
            missed.append(f"{heading(row['channel'])}{words} {percent(level)}")
            if not ending and not worst and pd.notna(row["worst_interval_start"]):
                worst = (
                    f" {heading(row['channel'])} is worst on {moment(row['worst_interval_start'])}."
                )
    if not missed:
        return f"{ALL_KEPT}{_weak_days(outcome)}"
    verb = "is" if len(missed) == 1 else "are"
    return f"{'; '.join(missed)} {verb} under target.{worst}"


def _weak_days(outcome: Outcome) -> str:
    """Days that fall short where the whole time does not: a mean hides them."""
    found = []
    for name, channel in outcome.scenario.channels.items():
        days = outcome.days[outcome.days["channel"] == name]
        if channel.target is None or len(days) < 2:
            continue
        under = days[days["service_level"] < channel.target.share]
        if len(under):
            told = [
                f"{start:%a %d %b} {percent(level, 0)}"
                for start, level in zip(
                    under["interval_start"], under["service_level"], strict=True
                )
            ]
            found.append(f"{heading(name)} on {', '.join(told)}")
    return f" Single days fall short: {'; '.join(found)}." if found else ""


def key_figures(outcome: Outcome, baseline: Outcome | None) -> list[Figure]:
    """The figures at the top of the page: every promise, and the cost."""
    figures = []
    before = None if baseline is None else baseline.totals.set_index("channel")
    for row in outcome.total_rows:
        target = outcome.scenario.channels[row["channel"]].target
        if target is None:
            continue
        delta = None
        if before is not None and row["channel"] in before.index:
            delta = points(row["service_level"] - before.loc[row["channel"], "service_level"])
        mark = GOOD if row["service_level"] >= target.share else BAD
        figures.append(
            Figure(
                heading(row["channel"]),
                f"{mark} {percent(row['service_level'])}",
                delta,
                f"Share served in time; promised are {percent(target.share, 0)} within"
                f" {limit(target.within_s)}. ● kept, ▼ not.",
            )
        )
    cost = money(outcome.cost, outcome.scenario.currency)
    delta = None if baseline is None else change(outcome.cost - baseline.cost)
    help_ = "Paid hours times the rates, over the planned time."
    return [*figures, Figure("Cost", cost, delta, help_)]


def service_heat(outcome: Outcome, channel: str) -> pd.DataFrame:
    """
    Service level by day and hour.

    Returns
    -------
    DataFrame
        `day`, `hour`, `value` (share, NaN where nothing was due), `symbol` (▼ under the
        target) and `offered` (contacts a replication).
    """
    parts = outcome.parts("service_level", channel, "interval")
    intervals = outcome.intervals[outcome.intervals["channel"] == channel]
    starts = pd.DatetimeIndex(intervals["interval_start"])
    table = pd.DataFrame(
        {
            "day": clock_text(starts, "%a %d %b"),
            "hour": starts.hour,
            "above": np.asarray(parts.above).sum(axis=0),
            "below": np.asarray(parts.below).sum(axis=0),
            "offered": intervals["offered"].to_numpy(),
        }
    )
    summed = table.groupby(["day", "hour"], sort=False, as_index=False).sum()
    summed["value"] = ratio(summed["above"].to_numpy(), summed["below"].to_numpy())
    target = outcome.scenario.channels[channel].target
    least = 0.0 if target is None else target.share
    summed["symbol"] = np.where(summed["value"] < least, UNDER, "")
    return summed.drop(columns=["above", "below"])


def over_time(runs: dict[str, Outcome], channel: str, column: str, scale: float) -> pd.DataFrame:
    """One column of the intervals of several runs: `at`, `when`, `name` (of the run), `value`."""
    frames = []
    for name, outcome in runs.items():
        table = outcome.intervals[outcome.intervals["channel"] == channel]
        starts = pd.DatetimeIndex(table["interval_start"])
        frames.append(
            pd.DataFrame(
                {
                    "at": clock_ms(starts),
                    "when": clock_text(starts),
                    "name": name,
                    "value": table[column].to_numpy(dtype=float) * scale,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
