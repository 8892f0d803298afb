"""Tables that the Forecast page draws: bands, weeks by channel, parts and accuracy."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecast.bands import count_quantiles
from scenario import Demand, Scenario
from views.charts import clock_ms, clock_text
from views.words import change, duration, heading, number, percent, points

if TYPE_CHECKING:
    from forecast import Edit, History

GRAINS = {"interval": "Interval", "h": "Hour", "D": "Day"}
MEMBERS = {
    "level_profile": "level and profile",
    "trend_profile": "level with a trend, and profile",
    "lead_regression": "level by lead week, and profile",
    "svd_factors": "main shapes of the days",
    "weekday_mean": "mean of the same weekdays",
    "seasonal_naive": "last week repeated",
    "plain_mean": "one mean for all",
    "borrowed_profile": "borrowed shape of the week",
}
BANDS = {"p05": 0.05, "p10": 0.10, "p90": 0.90, "p95": 0.95}


def bands(demand: Demand, channel: str, grain: str) -> pd.DataFrame:
    """
    Expected contacts of a channel with the bands of the counts, by interval, hour or day.

    Parameters
    ----------
    demand
        What is expected.
    channel
        Channel name.
    grain
        A key of `GRAINS`.

    Returns
    -------
    DataFrame
        `at`, `when`, `mean`, `p05`, `p10`, `p90`, `p95`, in contacts; the bands are NaN
        where the demand knows only its mean.

    Notes
    -----
    Bands of an hour or a day do not follow from those of its intervals: counts are drawn on
    the sums of the sample paths, with a fixed seed, so that the picture stays the same.
    """
    column = demand.index_of(channel)
    starts, label = _labels(demand.horizon.starts, grain)
    mean = np.bincount(label, demand.mean[:, column])
    table = pd.DataFrame({"at": clock_ms(starts), "when": _when(starts, grain), "mean": mean})
    if demand.paths is not None:
        summed = np.add.reduceat(
            demand.paths[:, :, column], np.flatnonzero(np.diff(label, prepend=-1)), axis=1
        )
        quantiles = count_quantiles(summed, list(BANDS.values()), rng=np.random.default_rng(0))
        table = table.assign(**dict(zip(BANDS, quantiles, strict=True)))
    elif grain == "interval" and set(BANDS.values()) <= set(demand.quantiles):
        known = {name: demand.quantiles[level][:, column] for name, level in BANDS.items()}
        table = table.assign(**known)
    else:
        table = table.assign(**dict.fromkeys(BANDS, np.nan))
    return table


def counted(history: History, channel: str, grain: str, days: float) -> pd.DataFrame:
    """
    What was counted in the last days of a history.

    Returns
    -------
    DataFrame
        `at`, `when`, `value` (contacts; NaN where an interval is unknown).
    """
    first = history.end - pd.Timedelta(days=days)
    inside = history.starts >= first
    values = history.volume[inside, history.channels.index(channel)]
    starts, label = _labels(history.starts[inside], grain)
    return pd.DataFrame(
        {
            "at": clock_ms(starts),
            "when": _when(starts, grain),
            "value": np.bincount(label, values),
        }
    )


def week_grid(
    scenario: Scenario, demand: Demand, plain: Demand | None, history: History | None
) -> pd.DataFrame:
    """
    The planned time at a glance, week by week.

    Parameters
    ----------
    scenario
        Names the channels.
    demand
        What is planned with, edits and scale on it.
    plain
        The same without the planner's edits; None where that is not known.
    history
        For the contacts of last week.

    Returns
    -------
    DataFrame
        A row a week and channel: `channel` (its name), `first`, `last` (dates), `Week`,
        `Channel`, `Last week` (contacts counted on the same weekdays), `Forecast` (contacts,
        edits included), `9 in 10 within` (text), `Change` (against last week), `Handle time`,
        `My edit, %` (of all edits together).
    """
    rows = []
    week = demand.horizon.week_of_interval
    for number_of_week in range(int(week[-1]) + 1):
        inside = week == number_of_week
        starts = demand.horizon.starts[inside]
        for column, channel in enumerate(demand.channels):
            expected = float(demand.mean[inside, column].sum())
            before = _last_week(history, channel, starts)
            untold = expected if plain is None else float(plain.mean[inside, column].sum())
            rows.append(
                {
                    "channel": channel,
                    "first": starts[0].date(),
                    "last": starts[-1].date(),
                    "Week": f"{starts[0]:%d %b}",
                    "Channel": heading(channel),
                    "Last week": number(before),
                    "Forecast": number(expected),
                    "9 in 10 within": _range(demand, column, inside),
                    "Change": f"{change(100 * (expected / before - 1))} %" if before > 0 else "–",
                    "Handle time": duration(_handle_time(scenario, demand, column, inside)),
                    "My edit, %": round(100 * (expected / untold - 1), 1) if untold > 0 else 0.0,
                }
            )
    return pd.DataFrame(rows)


def grid_edits(before: pd.DataFrame, edited: pd.DataFrame, author: str, reason: str) -> list[Edit]:
    """
    What the planner's column adds to the layer: only what has changed.

    Parameters
    ----------
    before, edited
        From `week_grid`, as shown and as it came back.
    author, reason
        Written into each edit.

    Returns
    -------
    list of Edit
        A scale by channel and week, on top of the edits so far.
    """
    from forecast import Edit

    rows = zip(before.to_dict("records"), edited["My edit, %"], strict=True)
    return [
        Edit(
            (str(row["channel"]),),
            row["first"],
            row["last"],
            "scale",
            round((100 + float(wanted)) / (100 + float(row["My edit, %"])), 6),
            author=author,
            reason=reason,
        )
        for row, wanted in rows
        if abs(float(wanted) - float(row["My edit, %"])) > 0.05 and float(row["My edit, %"]) > -100
    ]


def members_table(members: pd.DataFrame, channel: str) -> pd.DataFrame:
    """
    What a channel's forecast is mixed of, by week ahead, as texts.

    Returns
    -------
    DataFrame
        A row a member: `Member`, and for the first and the last week ahead `Error, week n` and
        `Weight, week n`; the heaviest first.
    """
    own = members[members["channel"] == channel]
    if not len(own):
        return pd.DataFrame()
    weeks = sorted(own["lead_week"].unique().tolist())
    heavy = own.groupby("method", sort=False)["weight"].sum().sort_values(ascending=False)
    rows = []
    for method in heavy.index:
        row = {"Member": MEMBERS.get(str(method), str(method).replace("_", " "))}
        for week in dict.fromkeys([weeks[0], weeks[-1]]):
            found = own[(own["method"] == method) & (own["lead_week"] == week)].iloc[0]
            row[f"Error, week {week}"] = percent(float(found["error"]))
            row[f"Weight, week {week}"] = (
                percent(float(found["weight"]), 0) if found["weight"] > 0 else "–"
            )
        rows.append(row)
    return pd.DataFrame(rows)


def daily_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """A forecast's parts by day: `Day`, `Type`, `Level` (contacts), `Events` (a factor)."""
    days = parts.groupby(parts["interval_start"].dt.date, sort=True).agg(
        start=("interval_start", "first"),
        level=("level", "first"),
        day_type=("day_type", "first"),
        factor=("event_factor", "max"),
    )
    return pd.DataFrame(
        {
            "Day": [f"{start:%a %d %b}" for start in days["start"]],
            "Type": days["day_type"].to_numpy(),
            "Level": days["level"].round(1).to_numpy(),
            "Events": days["factor"].round(2).to_numpy(),
        }
    )


def profile(parts: pd.DataFrame) -> pd.DataFrame:
    """Share of each day's contacts by time of day: `at`, `when`, `name` (day type), `value`."""
    known = parts[parts["share"] > 0]
    local = known["interval_start"].dt.tz_localize(None)
    clock = local - local.dt.normalize()
    table = known.assign(clock=clock).groupby(["day_type", "clock"], as_index=False)["share"].mean()
    at = pd.Timestamp("1970-01-01") + table["clock"]
    return pd.DataFrame(
        {
            "at": clock_ms(at),
            "when": clock_text(at, "%H:%M"),
            "name": [heading(str(kind)) for kind in table["day_type"]],
            "value": 100 * table["share"],
        }
    )


def in_week_order(kinds: Iterable[str]) -> list[str]:
    """Day types, weekdays first and in their order."""
    found = list(dict.fromkeys(kinds))
    rank = {day: place for place, day in enumerate(calendar.day_name)}
    return sorted(found, key=lambda kind: rank.get(kind, len(rank)))


def accuracy(channels: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """
    A backtest for people, a row a channel.

    Returns
    -------
    DataFrame
        `Channel`, `Error, first week`, `Error`, `Last week repeated`, `Better by` (points),
        `Bias`, `In the 80 % band`, `In the 95 % band`, `Method`.
    """
    rows = [
        {
            "Channel": heading(name),
            "Error, first week": percent(found["wape_week1"]),
            "Error": percent(found["wape"]),
            "Last week repeated": percent(found["naive_wape"]),
            "Better by": points(found["naive_wape"] - found["wape"]),
            "Bias": f"{change(100 * found['bias'], 1)} %",
            "In the 80 % band": percent(found["coverage_80"]),
            "In the 95 % band": percent(found["coverage_95"]),
            "Method": str(found["method"]).replace("_", " "),
        }
        for name, found in channels.items()
    ]
    return pd.DataFrame(rows)


def lead_times(by_grain: pd.DataFrame, channel: str) -> pd.DataFrame:
    """
    How far a channel was off by weeks ahead and grain of time, as texts.

    Parameters
    ----------
    by_grain
        From `forecast.grains.accuracy_by_grain`.
    channel
        Channel name.

    Returns
    -------
    DataFrame
        A row for all weeks and for each week ahead: `Ahead`, then for interval, day and week the
        error, and the floor that even the true rates could not beat.
    """
    own = by_grain[by_grain["channel"] == channel]
    rows = []
    for week, found in own.groupby("week", sort=True):
        row = {"Ahead": "all weeks" if week == 0 else f"week {week}"}
        for one in found.to_dict("records"):
            name = heading(str(one["grain"]))
            row[name] = percent(one["wape"])
            row[f"{name}: counting noise"] = percent(one["counting_noise"])
            row[f"{name}: last week repeated"] = percent(one["naive_wape"])
        rows.append(row)
    return pd.DataFrame(rows)


def _labels(starts: pd.DatetimeIndex, grain: str) -> tuple[pd.DatetimeIndex, np.ndarray]:
    """First starts of the grains, in local time, and the number of each interval's grain."""
    if grain == "interval":
        return starts, np.arange(len(starts))
    local = starts.tz_localize(None).floor("h" if grain == "h" else "D")
    # The repeated hour of a clock change is two hours, told apart by its offset.
    offset = np.array([start.utcoffset() for start in starts])
    changes = (local[1:] != local[:-1]) | (
        (offset[1:] != offset[:-1]) if grain == "h" else np.zeros(len(local) - 1, dtype=bool)
    )
    label = np.concatenate([[0], np.cumsum(changes)])
    return local[np.flatnonzero(np.diff(label, prepend=-1))], label


def _when(starts: pd.DatetimeIndex, grain: str) -> list[str]:
    return clock_text(starts, "%a %d %b %Y" if grain == "D" else "%a %d %b %H:%M")


def _last_week(history: History | None, channel: str, starts: pd.DatetimeIndex) -> float:
    """Contacts of the same stretch of the week, in the last week that the history knows."""
    if history is None or channel not in history.channels:
        return float("nan")
    length = pd.Timedelta(days=7)
    end = starts[-1] + (starts[-1] - starts[-2] if len(starts) > 1 else pd.Timedelta(hours=1))
    weeks = max(-(-(end - history.end) // length), 1)
    local = history.starts.tz_localize(None)
    back = pd.Timedelta(days=7 * weeks)
    first, last = (moment.tz_localize(None) - back for moment in (starts[0], end))
    inside = np.asarray((local >= first) & (local < last))
    volume = history.volume[inside, history.channels.index(channel)]
    return float(np.nansum(volume)) if np.isfinite(volume).any() else float("nan")


def _handle_time(scenario: Scenario, demand: Demand, column: int, inside: np.ndarray) -> float:
    """Mean handle time in seconds, by the contacts expected; the channel's own where unknown."""
    weights, handle_s = demand.mean[inside, column], demand.handle_time_s[inside, column]
    known = np.isfinite(handle_s)
    heard = float(weights[known].sum())
    if not heard:
        return scenario.channels[demand.channels[column]].handle_time.mean_s
    return float((weights[known] * handle_s[known]).sum()) / heard


def _range(demand: Demand, column: int, inside: np.ndarray) -> str:
    """Nine in ten totals lie in it, counting noise included."""
    if demand.paths is None:
        return "–"
    totals = demand.paths[:, inside, column].sum(axis=1)[:, None]
    low, high = count_quantiles(totals, [0.05, 0.95], rng=np.random.default_rng(0))[:, 0]
    return f"{low:,.0f} – {high:,.0f}"
