"""What a rehearsal says, for a planner: a sentence, key figures, and what the pictures draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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

COLUMNS = ("service_level", "backlog", "queue_mean", "offered")
LEVEL = ("above", "below")
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
        if channel.target is None:
            continue
        levels = outcome.parts("service_level", name, "day").pooled()
        told = [
            f"{start:%a %d %b} {percent(level, 0)}"
            for start, level in zip(outcome.data.span_starts("day"), levels, strict=True)
            if level < channel.target.share
        ]
        if told and len(levels) > 1:
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


@dataclass(frozen=True, slots=True)
class Series:
    """
    What the pictures draw of a rehearsal, by interval: small, so that it can be kept.

    Parameters
    ----------
    starts
        Measured intervals, shape (I,).
    channels
        Channel names, C.
    values
        By name of a column of `Outcome.intervals` (`COLUMNS`), shape (I, C); and `above` and
        `below`, contacts served in time and contacts judged, of all replications together.
    """

    starts: pd.DatetimeIndex
    channels: tuple[str, ...]
    values: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(cls, outcome: Outcome) -> Series:
        """Those of an outcome."""
        channels, starts = tuple(outcome.scenario.channels), outcome.data.period.starts
        table = outcome.intervals
        values = {name: np.empty((len(starts), len(channels))) for name in (*COLUMNS, *LEVEL)}
        for place, channel in enumerate(channels):
            own = table[table["channel"] == channel]
            parts = outcome.parts("service_level", channel, "interval")
            for name in COLUMNS:
                values[name][:, place] = own[name].to_numpy(float)
            for name, sums in zip(LEVEL, (parts.above, parts.below), strict=True):
                values[name][:, place] = np.asarray(sums).sum(axis=0)
        return cls(starts, channels, values)

    def column(self, name: str, channel: str) -> NDArray[np.float64]:
        """One channel's values, shape (I,)."""
        return self.values[name][:, self.channels.index(channel)]


def service_heat(series: Series, channel: str, least: float) -> pd.DataFrame:
    """
    Service level by day and hour.

    Parameters
    ----------
    series
        What is drawn.
    channel
        Channel name.
    least
        Promised share; 0 where nothing is promised.

    Returns
    -------
    DataFrame
        `day`, `hour`, `value` (share, NaN where nothing was due), `symbol` (▼ under the
        target) and `offered` (contacts a replication).
    """
    table = pd.DataFrame(
        {
            "day": clock_text(series.starts, "%a %d %b"),
            "hour": series.starts.hour,
            "above": series.column("above", channel),
            "below": series.column("below", channel),
            "offered": series.column("offered", channel),
        }
    )
    summed = table.groupby(["day", "hour"], sort=False, as_index=False).sum()
    summed["value"] = ratio(summed["above"].to_numpy(), summed["below"].to_numpy())
    summed["symbol"] = np.where(summed["value"] < least, UNDER, "")
    return summed.drop(columns=["above", "below"])


def over_time(runs: Mapping[str, Series], channel: str, column: str, scale: float) -> pd.DataFrame:
    """One column of several runs: `at`, `when`, `name` (of the run), `value`."""
    frames = [
        pd.DataFrame(
            {
                "at": clock_ms(series.starts),
                "when": clock_text(series.starts),
                "name": name,
                "value": series.column(column, channel) * scale,
            }
        )
        for name, series in runs.items()
    ]
    return pd.concat(frames, ignore_index=True)
