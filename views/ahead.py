"""Tables that the Forecast page draws: bands, weeks by channel, parts and accuracy."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecast.bands import count_quantiles, counting_noise
from scenario import Demand, Scenario
from scenario.targets import ratio
from views.charts import clock_ms, clock_text
from views.words import change, duration, heading, number, percent, points

if TYPE_CHECKING:
    from forecast import History

GRAINS = {"interval": "Interval", "h": "Hour", "D": "Day"}
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


def week_grid(scenario: Scenario, demand: Demand, history: History | None) -> pd.DataFrame:
    """
    The planned time at a glance.

    Returns
    -------
    DataFrame
        A row a channel: `channel` (its name), `Channel`, `Last week` (contacts counted),
        `Forecast` (contacts, the planner's edit included), `9 in 10 within` (text), `Change`
        (against last week), `Handle time`, `My edit, %`.
    """
    rows = []
    for column, channel in enumerate(demand.channels):
        expected = float(demand.mean[:, column].sum())
        before = _last_week(history, channel)
        base = scenario.demand.scale.get(channel, 1.0)
        weights = demand.mean[:, column]
        known = np.isfinite(demand.handle_time_s[:, column])
        work = float((weights * np.nan_to_num(demand.handle_time_s[:, column])).sum())
        heard = float(weights[known].sum())
        handle_s = work / heard if heard else scenario.channels[channel].handle_time.mean_s
        weeks = demand.horizon.count * demand.horizon.interval_minutes / (7 * 24 * 60)
        rows.append(
            {
                "channel": channel,
                "Channel": heading(channel),
                "Last week": number(before),
                "Forecast": number(expected),
                "9 in 10 within": _range(demand, column),
                "Change": f"{change(100 * (expected / weeks / before - 1))} %" if before else "–",
                "Handle time": duration(handle_s),
                "My edit, %": round(100 * (base - 1), 1),
            }
        )
    return pd.DataFrame(rows)


def edits(edited: pd.DataFrame, scenario: Scenario) -> dict[str, Any]:
    """What the planner's column puts into the scenario, by dotted key; only what has changed."""
    changes = {}
    for channel, percent_more in zip(edited["channel"], edited["My edit, %"], strict=True):
        wanted = round(1 + float(percent_more) / 100, 6)
        if abs(wanted - scenario.demand.scale.get(channel, 1.0)) > 1e-6:
            changes[f"demand.scale.{channel}"] = wanted
    return changes


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


def errors_by_grain(table: pd.DataFrame) -> pd.DataFrame:
    """
    How far the backtest was off by interval, day and week, beside what counting alone costs.

    Parameters
    ----------
    table
        A backtest's `table`.

    Returns
    -------
    DataFrame
        A row a channel: `Channel`, then for each grain the error and the floor that even the
        true rate could not beat (mean absolute deviation of a Poisson count), as texts.
    """
    rows = []
    for channel, own in table.groupby("channel", sort=False):
        row = {"Channel": heading(str(channel))}
        for name, key in (
            ("Interval", own["interval_start"]),
            ("Day", own["interval_start"].dt.date),
            ("Week", (own["interval_start"] - own["origin"]).dt.days // 7),
        ):
            sums = own.groupby([own["origin"], key])[["actual", "mean"]].sum()
            off = float((sums["actual"] - sums["mean"]).abs().sum())
            noise = float(counting_noise(sums["mean"].to_numpy()).sum())
            total = np.array([sums["actual"].sum()])
            row[name] = percent(float(ratio(np.array([off]), total)[0]))
            row[f"{name}: counting noise"] = percent(float(ratio(np.array([noise]), total)[0]))
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


def _last_week(history: History | None, channel: str) -> float:
    if history is None or channel not in history.channels:
        return float("nan")
    per_week = 7 * 24 * 60 // history.interval_minutes
    return float(np.nansum(history.volume[-per_week:, history.channels.index(channel)]))


def _range(demand: Demand, column: int) -> str:
    """Nine in ten totals lie in it, counting noise included."""
    if demand.paths is None:
        return "–"
    totals = demand.paths[:, :, column].sum(axis=1, keepdims=True)
    low, high = count_quantiles(totals, [0.05, 0.95], rng=np.random.default_rng(0))[:, 0]
    return f"{low:,.0f} – {high:,.0f}"
