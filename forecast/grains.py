"""How far a backtest was off by lead time and grain of time, beside what counting alone costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecast.accuracy import WeeklySpread, bias, wape, weekly_spread
from forecast.bands import counting_noise
from forecast.days import Calendar, FloatArray
from forecast.events import Events
from forecast.history import History

if TYPE_CHECKING:
    from forecast.backtesting import Backtest

GRAINS = ("interval", "day", "week")


def accuracy_by_grain(tested: Backtest) -> pd.DataFrame:
    """
    Errors by channel, week ahead and grain.

    Parameters
    ----------
    tested
        From `backtest`.

    Returns
    -------
    DataFrame
        `channel`, `week` (1 is the first week ahead; 0 all of them), `grain` (interval, day or
        week), `wape`, `naive_wape`, `counting_noise` (the WAPE that even the true rates would
        have, since single contacts come by chance), `bias`, `sums` (how many sums were
        compared). Only days of which every interval is known, and weeks of such days or closed
        ones, are compared as wholes. NaN where nothing came.
    """
    rows = []
    table = tested.table
    week = (table["interval_start"] - table["origin"]).dt.days // 7 + 1
    keyed = table.assign(week=week, day=table["interval_start"].dt.tz_localize(None).dt.normalize())
    for channel, own in keyed.groupby("channel", sort=False):
        for grain in GRAINS:
            sums = _sums(own, grain)
            for number in (0, *sorted(own["week"].unique().tolist())):
                chosen = sums if number == 0 else sums[sums["week"] == number]
                rows.append({"channel": channel, "week": number, "grain": grain} | _errors(chosen))
    return pd.DataFrame(rows)


def spread_figures(spread: WeeklySpread) -> dict[str, float]:
    """`paths`, `errors`, `ratio`, `standard_error` (of the ratio) and `weeks`, by name."""
    names = ("paths", "errors", "ratio", "standard_error", "weeks")
    return {name: getattr(spread, name) for name in names}


def _sums(own: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Actual, told and naive contacts of every known stretch of one grain."""
    columns = ["actual", "mean", "naive"]
    if grain == "interval":
        return own.loc[own["actual"].notna(), ["week", *columns]]
    # An interval that nobody expected anything in may well be missing: it is closed.
    known = own["actual"].notna() | (own["mean"] <= 0)
    own = own.assign(known=known, actual=own["actual"].fillna(0.0))
    keys = ["origin", "week"] + (["day"] if grain == "day" else [])
    found = own.groupby(keys, as_index=False, sort=False).agg(
        {**dict.fromkeys(columns, "sum"), "known": "all"}
    )
    return found.loc[found["known"], ["week", *columns]]


def _errors(sums: pd.DataFrame) -> dict[str, float]:
    actual, told = sums["actual"].to_numpy(float), sums["mean"].to_numpy(float)
    total = float(actual.sum())
    noise = float(counting_noise(told).sum())
    return {
        "wape": wape(told, actual),
        "naive_wape": wape(sums["naive"].to_numpy(float), actual),
        "counting_noise": noise / total if total > 0 else float("nan"),
        "bias": bias(told, actual),
        "sums": len(sums),
    }


def spreads_at_origins(
    history: History,
    origins: Sequence[pd.Timestamp],
    *,
    horizon_days: int = 28,
    calendar: Calendar | None = None,
    events: Events | None = None,
    paths: int = 200,
) -> Mapping[str, WeeklySpread]:
    """
    Weekly spread out of sample: the paths drawn at each past origin, beside what came after it.

    Parameters
    ----------
    history
        The whole of it.
    origins
        First instants told, such as a backtest's.
    horizon_days
        Days told from each; whole weeks of them are compared.
    calendar, events
        As in `predict`.
    paths
        Paths of each origin's forecast.

    Returns
    -------
    mapping
        By channel. Today's paths against yesterday's errors (`Backtest.weekly_spreads`) would
        let the spread know the very errors that it is judged by; here it cannot.
    """
    from forecast.prediction import predict

    expected: dict[str, list[FloatArray]] = {name: [] for name in history.channels}
    actual: dict[str, list[FloatArray]] = {name: [] for name in history.channels}
    scaled: dict[str, list[FloatArray]] = {name: [] for name in history.channels}
    begun = set()
    for origin in origins:
        told = predict(
            history.until(origin),
            horizon=f"{horizon_days}d",
            start=origin,
            calendar=calendar,
            events=events,
            paths=paths,
        )
        assert told.paths is not None
        came = history.between(told.horizon.start, told.horizon.end)
        week = told.horizon.week_of_interval
        for column, channel in enumerate(told.channels):
            volume = came.volume[:, history.channels.index(channel)]
            for number in range(horizon_days // 7):
                inside = (week == number) & np.isfinite(volume)
                mean = float(told.mean[inside, column].sum())
                if mean > 0:
                    begun.add((origin + pd.Timedelta(days=7 * number)).date())
                    expected[channel].append(np.array([mean]))
                    actual[channel].append(np.array([float(volume[inside].sum())]))
                    totals = told.paths[:, inside, column].sum(axis=1)
                    scaled[channel].append(totals / totals.mean())
    return {
        channel: weekly_spread(
            np.concatenate(expected[channel]),
            np.concatenate(actual[channel]),
            np.stack(scaled[channel], axis=1),
            len(begun),
        )
        if expected[channel]
        else WeeklySpread(float("nan"), float("nan"), 0)
        for channel in history.channels
    }
