"""Tables that the History page draws: days with their marks, the usual week, the channels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from views.charts import WEEKDAYS, clock_ms, clock_text
from views.words import duration, heading, number

if TYPE_CHECKING:
    from forecast import History
    from scenario.model import CalendarKeys, Scenario

HOLIDAY, GAP, BURST = "public holiday", "part unknown", "burst or outlier"


def in_order(history: History, scenario: Scenario) -> list[str]:
    """The history's channels, those of the scenario first and in its order."""
    known = [channel for channel in scenario.channels if channel in history.channels]
    return known + [channel for channel in history.channels if channel not in known]


def channel_summary(history: History, channels: Sequence[str]) -> pd.DataFrame:
    """
    A row a channel, for people.

    Returns
    -------
    DataFrame
        `Channel`, `Contacts a week` (mean over known intervals), `Last week`, `Handle time`
        (mean, solo), `Abandoned` (share of offered), `Unknown` (intervals).
    """
    volume, answered = history.volume, history.counts("answered")
    total_s, abandoned = history.counts("handle_time_s"), history.counts("abandoned")
    per_week = 7 * 24 * 60 // history.interval_minutes
    rows = []
    for channel in channels:
        column = history.channels.index(channel)
        known = np.isfinite(volume[:, column])
        offered = np.nansum(volume[:, column])
        handled = np.nansum(answered[:, column])
        rows.append(
            {
                "Channel": heading(channel),
                "Contacts a week": number(offered / max(known.sum(), 1) * per_week),
                "Last week": number(np.nansum(volume[-per_week:, column])),
                "Handle time": duration(
                    np.nansum(total_s[:, column]) / handled if handled else np.nan
                ),
                "Abandoned": f"{100 * np.nansum(abandoned[:, column]) / max(offered, 1):.1f} %",
                "Unknown intervals": number(float((~known).sum())),
            }
        )
    return pd.DataFrame(rows)


def days_of(history: History, calendar: CalendarKeys | None) -> pd.DataFrame:
    """
    A row a day and channel, with what is out of the ordinary about it.

    Returns
    -------
    DataFrame
        `at` (milliseconds of the local clock), `when`, `name` (channel), `value` (contacts,
        NaN when nothing is known), `mark` ("", or the reason).
    """
    from forecast.clean import without_bursts
    from forecast.days import day_grid, days_between, local_cells

    day, slot = local_cells(history.starts, history.interval_minutes)
    days = days_between(int(day[0]), int(day[-1]), calendar)
    dates = pd.DatetimeIndex(days.ordinal.astype("datetime64[D]"))
    slots = 24 * 60 // history.interval_minutes
    frames = []
    for column, channel in enumerate(history.channels):
        values = history.volume[:, column]
        grid = day_grid(values, day, slot, slots)
        _, burst = without_bursts(grid, days.weekday)
        known = np.isfinite(values)
        contacts = np.bincount(day[known] - day[0], values[known], minlength=len(days))
        known_slots = np.bincount(day[known] - day[0], minlength=len(days))
        unknown = np.bincount(day[~known] - day[0], minlength=len(days)) > 0
        mark = np.select(
            [days.is_holiday, unknown, burst.sum(axis=1) >= 1], [HOLIDAY, GAP, BURST], ""
        )
        frames.append(
            pd.DataFrame(
                {
                    "at": clock_ms(dates),
                    "when": clock_text(dates, "%a %d %b %Y"),
                    "name": heading(channel),
                    "value": np.where(known_slots > 0, contacts, np.nan),
                    "mark": mark,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def usual_week(history: History, channel: str) -> pd.DataFrame:
    """
    Mean contacts an hour of each weekday and hour.

    Returns
    -------
    DataFrame
        `day`, `hour`, `value`; Monday first; NaN where nothing is known.
    """
    column = history.channels.index(channel)
    starts = history.starts
    per_hour = 60 / history.interval_minutes
    table = pd.DataFrame(
        {
            "weekday": starts.day_of_week,
            "hour": starts.hour,
            "value": history.volume[:, column] * per_hour,
        }
    )
    mean = table.groupby(["weekday", "hour"], as_index=False)["value"].mean()
    return mean.assign(day=[WEEKDAYS[weekday] for weekday in mean["weekday"]])
