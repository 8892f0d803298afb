"""How good the forecast would have been: made again from past origins, compared with what came."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecast.accuracy import (
    WeeklySpread,
    bias,
    coverage,
    pinball,
    scaled_error,
    wape,
    weekly_spread,
)
from forecast.baselines import last_week_repeated
from forecast.days import Calendar, FloatArray, day_grid, days_between, local_cells
from forecast.events import Events
from forecast.history import History
from forecast.members import Method, methods_named
from forecast.prediction import FEWEST_DAYS, Forecast, make
from scenario.calendar import parse_duration
from scenario.demand import Demand
from scenario.errors import InvalidValueError, PlanningError

_WISHED_DAYS = 84  # of history before the first origin, where there is enough
_OUTER = (0.025, 0.975)  # bounds of the 95 % band


@dataclass(frozen=True)
class Backtest:
    """
    What forecasts from past origins would have been worth.

    Parameters
    ----------
    horizon_days
        Days told from each origin.
    origins
        First instants told, oldest first.
    table
        A row per origin, interval and channel: `origin`, `interval_start`, `channel`,
        `actual`, `mean`, `naive`, quantiles `p05` ... `p95` (contacts), `method`.
    channels
        Measures by channel, as in `document`.
    """

    horizon_days: float
    origins: tuple[pd.Timestamp, ...]
    table: pd.DataFrame
    channels: dict[str, dict[str, Any]]

    def weekly_spreads(self, forecast: Demand) -> dict[str, WeeklySpread]:
        """
        How far a forecast's paths stray over whole weeks, beside the errors of the weeks told.

        Parameters
        ----------
        forecast
            With paths, of the same channels, over at least a week: as a rule the one made of
            the whole history.

        Raises
        ------
        InvalidValueError
            When it has no paths, or either is shorter than a week.
        """
        count = len(forecast.horizon.starts)
        week = forecast.horizon.week_of_interval
        whole = (forecast.horizon.end - forecast.horizon.start) // pd.Timedelta(days=7)
        if forecast.paths is None or whole < 1 or self.horizon_days < 7:
            rule = "with paths, over at least a week, as the backtest"
            raise InvalidValueError("forecast", rule, f"{count} intervals")
        table = self.table[self.table["actual"].notna()]
        ahead = (table["interval_start"] - table["origin"]).dt.days // 7
        table = table.assign(week=ahead)[ahead < self.horizon_days // 7]
        sums = table.groupby(["channel", "origin", "week"], sort=False)[["mean", "actual"]].sum()
        spreads = {}
        for channel in self.channels:
            paths = forecast.paths[:, :, forecast.index_of(channel)]
            totals = np.stack([paths[:, week == n].sum(axis=1) for n in range(whole)], axis=1)
            told = sums.loc[channel] if channel in sums.index else sums.iloc[:0]
            begun = {
                (origin + pd.Timedelta(days=7 * n)).date()
                for origin in self.origins
                for n in range(int(self.horizon_days // 7))
            }
            spreads[channel] = weekly_spread(
                told["mean"].to_numpy(), told["actual"].to_numpy(), totals, len(begun)
            )
        return spreads

    def document(self) -> dict[str, Any]:
        """
        The measures as one JSON document.

        Returns
        -------
        dict
            `horizon_days`, `origins` (ISO times), `channels`: by name `wape`, `wape_week1`,
            `bias`, `mase`, `naive_wape`, `value_added` (naive_wape − wape), `coverage_80`,
            `coverage_95`, `pinball` (contacts), `wape_by_week`, `method`, `seconds`.
        """
        return {
            "horizon_days": self.horizon_days,
            "origins": [origin.isoformat() for origin in self.origins],
            "channels": self.channels,
        }


def backtest(
    history: History,
    *,
    horizon: str = "28d",
    origins: int = 8,
    methods: Sequence[str] | str | None = None,
    calendar: Calendar | None = None,
    events: Events | None = None,
) -> Backtest:
    """
    Forecast from several past origins, as if each of them were today.

    Parameters
    ----------
    history
        Long enough for at least two weeks before the first origin and a horizon after the last.
    horizon
        How far each forecast goes, whole days.
    origins
        How many; fewer are taken where the history is too short for as many. They are whole
        weeks apart, as far as leaves twelve weeks before the first, at most the horizon.
    methods
        Methods to choose from: `level_profile`, `lead_regression`, `svd_factors`,
        `trend_profile`, `weekday_mean`, `seasonal_naive`, `plain_mean`; as a sequence or
        separated by commas. Default: all but the last, which is what they have to beat.
    calendar, events
        As in `predict`. Of the events those count that had begun or were known beforehand.

    Returns
    -------
    Backtest
        Every forecast beside what came and the weekly seasonal naive, and the measures.

    Raises
    ------
    PlanningError
        When the history is too short for a single origin.
    InvalidValueError
        When an argument is out of range.
    """
    if isinstance(methods, str):
        methods = methods.split(",")
    chosen = methods_named(methods) if methods else None
    if not origins >= 1:
        raise InvalidValueError("origins", "at least 1", origins)
    length = parse_duration(horizon, "horizon")
    if length < pd.Timedelta(days=1) or length % pd.Timedelta(days=1) != pd.Timedelta(0):
        raise InvalidValueError("horizon", "a whole number of days", horizon)
    starts = _origins(history, length.days, origins)
    rounds = [_Round.of(history, start, horizon, chosen, calendar, events) for start in starts]
    table = pd.concat([one.rows() for one in rounds], ignore_index=True)
    channels = {
        channel: _measures(rounds, column, length.days)
        for column, channel in enumerate(history.channels)
    }
    return Backtest(float(length.days), starts, table, channels)


def _origins(history: History, horizon_days: int, wanted: int) -> tuple[pd.Timestamp, ...]:
    """First instants told: local midnights, whole weeks apart, oldest first."""
    timezone = history.timezone
    end = history.end.tz_localize(None).normalize()
    first = history.starts[0].tz_localize(None).normalize()
    if first < history.starts[0].tz_localize(None):
        first += pd.Timedelta(days=1)
    room = (end - first).days - horizon_days - FEWEST_DAYS
    if room < 0:
        raise PlanningError(
            f"A backtest over {horizon_days} days must have at least "
            f"{horizon_days + FEWEST_DAYS} days of history, got {(end - first).days}."
        )
    wished = room - (_WISHED_DAYS - FEWEST_DAYS)
    weeks = max(1, min(horizon_days // 7, wished // (7 * max(wanted - 1, 1))))
    count = min(wanted, room // (7 * weeks) + 1)
    last = end - pd.Timedelta(days=horizon_days)
    return tuple(
        (last - pd.Timedelta(days=7 * weeks * back)).tz_localize(
            timezone, ambiguous=True, nonexistent="shift_forward"
        )
        for back in range(count - 1, -1, -1)
    )


@dataclass(frozen=True)
class _Round:
    """One origin: what was told, what came, and what repeating last week would have told."""

    forecast: Forecast
    naive: FloatArray
    actual: FloatArray
    naive_error: FloatArray
    low: FloatArray
    high: FloatArray
    seconds: float

    @classmethod
    def of(
        cls,
        history: History,
        start: pd.Timestamp,
        horizon: str,
        methods: tuple[Method, ...] | None,
        calendar: Calendar | None,
        events: Events | None,
    ) -> _Round:
        known = history.until(start)
        begun = time.perf_counter()
        made = make(
            known,
            horizon=horizon,
            start=start,
            calendar=calendar,
            events=events,
            paths=1,
            seed=1,
            methods=methods,
        )
        seconds = time.perf_counter() - begun
        low, high = made.quantiles(_OUTER).values()
        naive, error = _naive(known, made.forecast)
        future = history.between(start, made.forecast.horizon.end)
        return cls(made.forecast, naive, future.volume, error, low, high, seconds)

    def rows(self) -> pd.DataFrame:
        """A row per interval and channel."""
        table = self.forecast.frame().drop(columns="handle_time_s")
        table.insert(0, "origin", self.forecast.horizon.start)
        table.insert(3, "actual", self.actual.ravel())
        table["naive"] = self.naive.ravel()
        table["method"] = table["channel"].map(dict(self.forecast.methods))
        return table


def _naive(known: History, told: Forecast) -> tuple[FloatArray, FloatArray]:
    """The weekly seasonal naive over the horizon, and its mean error on the training part."""
    minutes = known.interval_minutes
    slots = 24 * 60 // minutes
    then_day, then_slot = local_cells(known.starts, minutes)
    day, slot = local_cells(told.horizon.starts, minutes)
    days = days_between(int(then_day[0]), int(day[-1]), None)
    repeated = np.empty_like(told.mean)
    error = np.empty(len(known.channels))
    for column in range(len(known.channels)):
        grid = day_grid(known.volume[:, column], then_day, then_slot, slots)
        rates = last_week_repeated(grid, days)
        repeated[:, column] = rates[day - then_day[0], slot]
        apart = np.abs(grid[7:] - grid[:-7])
        seen = np.isfinite(apart)
        error[column] = float(apart[seen].mean()) if seen.any() else np.nan
    return repeated, error


def _measures(rounds: Sequence[_Round], column: int, horizon_days: int) -> dict[str, Any]:
    """One channel's measures over all origins; NaN where nothing can be compared."""
    told = np.concatenate([one.forecast.mean[:, column] for one in rounds])
    actual = np.concatenate([one.actual[:, column] for one in rounds])
    naive = np.concatenate([one.naive[:, column] for one in rounds])
    low = np.concatenate([one.low[:, column] for one in rounds])
    high = np.concatenate([one.high[:, column] for one in rounds])
    levels = rounds[0].forecast.quantiles
    bands = {
        level: np.concatenate([one.forecast.quantiles[level][:, column] for one in rounds])
        for level in levels
    }
    week = np.concatenate([one.forecast.horizon.week_of_interval for one in rounds])
    # A closed interval is told exactly and would flatter the bands.
    judged = np.where(told > 0, actual, np.nan)
    apart = [
        scaled_error(one.forecast.mean[:, column], one.actual[:, column], one.naive_error[column])
        for one in rounds
    ]
    error, naive_error = wape(told, actual), wape(naive, actual)
    methods = [str(one.forecast.methods[name]) for one in rounds for name in [_name(one, column)]]
    return {
        "wape": error,
        "wape_week1": wape(told[week == 0], actual[week == 0]),
        "wape_by_week": [
            wape(told[week == number], actual[week == number])
            for number in range(-(-horizon_days // 7))
        ],
        "bias": bias(told, actual),
        "mase": float(np.mean(apart)),
        "naive_wape": naive_error,
        "value_added": naive_error - error,
        "coverage_80": coverage(bands[0.10], bands[0.90], judged),
        "coverage_95": coverage(low, high, judged),
        "pinball": pinball(bands, actual),
        "method": max(sorted(set(methods)), key=methods.count),
        "seconds": sum(one.seconds for one in rounds) / len(rounds[0].forecast.channels),
    }


def _name(one: _Round, column: int) -> str:
    return one.forecast.channels[column]
