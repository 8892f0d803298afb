"""Further tables of the History page: every hour of every week, and the odd days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from views.charts import clock_text
from views.words import heading, number

if TYPE_CHECKING:
    from forecast import History

WEEKS_DRAWN = 52
ENOUGH_DAYS = 3  # plain days of a weekday that make a usual one


def weeks_of(history: History, channel: str, days: pd.DataFrame) -> pd.DataFrame:
    """
    Every known hour of the last year.

    Parameters
    ----------
    history
        The history.
    channel
        Which channel.
    days
        As `past.days_of` gives them: what each day is.

    Returns
    -------
    DataFrame
        `week` (its Monday), `hour` (0 to 167), `when`, `value` (contacts), `note`; hours of which
        nothing is known are left out.
    """
    starts = history.starts
    local = starts.tz_localize(None)
    day = local.normalize()
    monday = day - pd.to_timedelta(np.asarray(starts.day_of_week), unit="D")
    table = pd.DataFrame(
        {
            "monday": monday,
            "hour": np.asarray(starts.day_of_week) * 24 + np.asarray(starts.hour),
            "day": day,
            "value": history.volume[:, history.channels.index(channel)],
        }
    )
    last = monday.max() - pd.Timedelta(weeks=WEEKS_DRAWN - 1)
    hours = (
        table[table["monday"] >= last]
        .groupby(["monday", "hour", "day"], as_index=False)["value"]
        .sum(min_count=1)
        .dropna(subset=["value"])
    )
    own = days[days["name"] == heading(channel)]
    note = dict(zip(own["when"], own["mark"], strict=True))
    told = clock_text(hours["day"], "%a %d %b %Y")
    clock = [f"{hour % 24:02d}:00" for hour in hours["hour"]]
    return pd.DataFrame(
        {
            "week": clock_text(hours["monday"], "%d %b %Y"),
            "hour": hours["hour"].to_numpy(),
            "when": [f"{day} {hour}" for day, hour in zip(told, clock, strict=True)],
            "value": hours["value"].to_numpy(),
            "note": [note.get(day, "") for day in told],
        }
    )


def odd_days(days: pd.DataFrame) -> pd.DataFrame:
    """
    Days that are out of the ordinary, for people, the latest first.

    Parameters
    ----------
    days
        As `past.days_of` gives them.

    Returns
    -------
    DataFrame
        `Day`, `Channel`, `What`, `Contacts`, `Usual` (median of the same weekday's plain days).
    """
    weekday = days["when"].str[:3]
    plain = days[days["mark"] == ""]
    usual = plain.groupby([plain["name"], weekday[plain.index]])["value"].agg(["median", "count"])
    known = usual[usual["count"] >= ENOUGH_DAYS]["median"].to_dict()
    odd = days[days["mark"] != ""].sort_values("at", ascending=False, kind="stable")
    rows = [
        {
            "Day": row["when"],
            "Channel": row["name"],
            "What": row["mark"],
            "Contacts": number(row["value"]),
            "Usual": number(known.get((row["name"], row["when"][:3]), np.nan)),
        }
        for row in odd.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=["Day", "Channel", "What", "Contacts", "Usual"])
