"""The forecast: expected contacts, their quantiles and joint paths, and handle times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd

from forecast.borrowed import Statement, borrowed_outlook, is_short, statements
from forecast.days import (
    HOLIDAY,
    Calendar,
    Days,
    FloatArray,
    IntArray,
    days_between,
    local_cells,
)
from forecast.events import Events
from forecast.handle_time import expected_handle_time
from forecast.history import History, nothing_known
from forecast.members import Method
from forecast.opening import WEEKDAYS
from forecast.outlook import Cells, Learned, Outlook, outlook
from forecast.paths import count_quantiles, sample_paths
from forecast.period import asked_period, local_instant
from forecast.request import LENGTHS
from forecast.spread import Spread
from forecast.together import channel_correlation, joined
from forecast.trials import Errors
from scenario.calendar import Horizon
from scenario.demand import Demand
from scenario.errors import InvalidValueError, PlanningError

FEWEST_DAYS = 14
_STALE = pd.Timedelta(days=7)


@dataclass(frozen=True)
class Forecast(Demand):
    """
    Demand made from a history.

    Parameters
    ----------
    parts
        By channel a table with a row per interval: `interval_start`, `level` (contacts of the
        day), `day_type`, `share` (of the day in the interval), `event_factor`; the mean is
        level × share × event_factor.
    methods
        Method chosen, by channel.
    reasons
        Why the forecast is as it is, in sentences.
    trials
        What the method would have told at past origins beside what came, by channel: what an
        update within the day learns from.
    members
        By channel, lead week (1 to 4) and method: `error` at past origins (mean absolute over
        mean volume, by stretches of the day that hold ten contacts), `naive_error` of repeating
        last week, and the `weight` in the forecast.
    bursts
        Past stretches that were pulled in before anything was learned: `channel`, `start`,
        `end`, `contacts`, `usual`. An event over one with factor 1 has it learned after all, one
        without a factor leaves it out altogether.
    learned
        What was learned of each channel, for `predict(..., like=this)`.
    """

    parts: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    methods: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    trials: Mapping[str, Errors] = field(default_factory=dict)
    members: pd.DataFrame = field(default_factory=pd.DataFrame)
    bursts: pd.DataFrame = field(default_factory=pd.DataFrame)
    learned: Mapping[str, Learned] = field(default_factory=dict)


def predict(
    history: History,
    *,
    horizon: str = "28d",
    start: str | date | datetime | pd.Timestamp | None = None,
    calendar: Calendar | None = None,
    events: Events | None = None,
    paths: int = 200,
    seed: int = 1,
    methods: Sequence[Method] | None = None,
    stated: Mapping[str, Statement | float] | None = None,
    like: Forecast | None = None,
) -> Forecast:
    """
    Forecast the contacts of every channel.

    Parameters
    ----------
    history
        At least two weeks, or what there is, with `stated`.
    horizon
        How far, e.g. "28d"; whole days are local days.
    start
        First instant to tell, local unless it has a time zone; default: where the history
        ends. What the history holds from there on is not looked at.
    calendar
        Country, region and closed days, as a scenario's `calendar`; default: no holidays.
    events
        Campaigns, outages and the like, past and to come.
    paths
        Joint sample paths to draw; positive.
    seed
        Seed of the paths: the same seed gives the same numbers.
    methods
        Methods to choose from; default: all.
    stated
        By channel what the planner knows where the history is shorter than two weeks: contacts of
        an ordinary week, or a `Statement` with them and with a shape of the week to borrow.
    like
        An earlier forecast of the same channels: members, weights and spread are taken from it
        instead of being learned again, which takes most of the time. For the days between.

    Returns
    -------
    Forecast
        Means, quantiles of counts, paths of rates, handle times, warnings and reasons.

    Raises
    ------
    PlanningError
        When the history is too short or holds no volume.
    InvalidValueError
        When an argument is out of range.

    Notes
    -----
    Volumes are those offered: a channel that turns customers away, or was closed when they
    came, shows less than the demand.
    """
    return make(
        history,
        horizon=horizon,
        start=start,
        calendar=calendar,
        events=events,
        paths=paths,
        seed=seed,
        methods=methods,
        stated=stated,
        like=like,
    ).forecast


def predict_without_history(
    stated: Mapping[str, Statement | float],
    *,
    start: str | date | datetime | pd.Timestamp,
    timezone: str,
    interval_minutes: int = 30,
    horizon: str = "28d",
    calendar: Calendar | None = None,
    events: Events | None = None,
    paths: int = 200,
    seed: int = 1,
) -> Forecast:
    """
    Forecast channels of which nothing is known but their weekly totals.

    Parameters
    ----------
    stated
        Contacts of an ordinary week by channel, or a `Statement` with a shape of the week.
    start
        First instant to tell.
    timezone
        IANA name of the time zone.
    interval_minutes
        15, 30 or 60.
    horizon, calendar, events, paths, seed
        As in `predict`.
    """
    if interval_minutes not in LENGTHS:
        raise InvalidValueError("interval_minutes", "15, 30 or 60", interval_minutes)
    if not stated:
        raise InvalidValueError("stated", "a weekly total of a channel, at least one", "nothing")
    first = local_instant(start, timezone)
    unknown = nothing_known(tuple(stated), first, interval_minutes)
    return predict(
        unknown,
        horizon=horizon,
        start=first,
        calendar=calendar,
        events=events,
        paths=paths,
        seed=seed,
        stated=stated,
    )


@dataclass(frozen=True)
class Made:
    """
    A forecast and what its bands were worked out from.

    Parameters
    ----------
    forecast
        The forecast.
    spreads
        One per channel.
    lead_week
        Weeks since the end of the history of each interval, shape (I,).
    """

    forecast: Forecast
    spreads: tuple[Spread, ...]
    lead_week: IntArray

    def quantiles(self, levels: Sequence[float]) -> dict[float, FloatArray]:
        """Quantiles of the counts at other levels than the usual ones, each (I, C)."""
        return count_quantiles(self.forecast.mean, self.lead_week, self.spreads, levels)


def make(
    history: History,
    *,
    horizon: str,
    start: str | date | datetime | pd.Timestamp | None,
    calendar: Calendar | None,
    events: Events | None,
    paths: int,
    seed: int,
    methods: Sequence[Method] | None,
    stated: Mapping[str, Statement | float] | None = None,
    like: Forecast | None = None,
) -> Made:
    """`predict`, with what its bands were worked out from."""
    if not paths > 0:
        raise InvalidValueError("paths", "positive", paths)
    period = asked_period(history, horizon, start)
    warnings: list[str] = []
    if period.start < history.end:
        history = history.until(period.start)
    told = statements(stated, history.channels)
    _check_length(history, told)
    gap = period.start - history.end
    if gap > _STALE:
        warnings.append(
            f"The history ends {gap.days} days before the forecast begins: the level may have "
            "moved since, and the bands are as wide as so long a lead asks for."
        )
    views, days, then, ahead = _views(
        history, period, calendar, events, methods, told, like.learned if like else {}
    )
    rates = np.zeros((period.count, len(history.channels)))
    handle_time = np.zeros_like(rates)
    parts = {}
    row = ahead.day - days.ordinal[0]
    for column, (channel, view) in enumerate(zip(history.channels, views, strict=True)):
        factor = view.events.factors(channel, period.starts)
        base = view.rates[row, ahead.slot]
        rates[:, column] = base * factor
        parts[channel] = _parts(view, days, row, base, factor, period)
        handle_time[:, column] = _handle_time(history, column, then, days)[row, ahead.slot]
    lead_week = np.asarray(ahead.day - then.day[-1] - 1).clip(0) // 7
    errors = [view.learned.errors for view in views]
    spreads = joined(
        [view.learned.spread for view in views],
        errors,
        [view.level_memory for view in views],
        history.interval_minutes,
    )
    drawn = sample_paths(
        rates,
        row - row[0],
        lead_week,
        spreads,
        channel_correlation(errors),
        history.interval_minutes,
        paths,
        np.random.default_rng(seed),
    )
    forecast = Forecast(
        period,
        history.channels,
        rates,
        handle_time,
        drawn,
        count_quantiles(rates, lead_week, spreads),
        (*warnings, *(text for view in views for text in view.warnings)),
        parts,
        dict(zip(history.channels, (view.learned.blend.leading for view in views), strict=True)),
        tuple(text for view in views for text in view.reasons),
        dict(zip(history.channels, errors, strict=True)),
        pd.concat(
            [
                view.learned.blend.table(channel)
                for channel, view in zip(history.channels, views, strict=True)
            ],
            ignore_index=True,
        ),
        pd.concat([view.bursts for view in views], ignore_index=True),
        {name: view.learned for name, view in zip(history.channels, views, strict=True)},
    )
    return Made(forecast, spreads, lead_week)


def _views(
    history: History,
    period: Horizon,
    calendar: Calendar | None,
    events: Events | None,
    methods: Sequence[Method] | None,
    stated: Mapping[str, Statement],
    learned: Mapping[str, Learned],
) -> tuple[list[Outlook], Days, Cells, Cells]:
    """Every channel's outlook, the days it spans, and the cells of history and horizon."""
    minutes = history.interval_minutes
    slots = 24 * 60 // minutes
    then = Cells(history.starts, *local_cells(history.starts, minutes), slots)
    ahead = Cells(period.starts, *local_cells(period.starts, minutes), slots)
    days = days_between(int(then.day[0]), int(ahead.day[-1]), calendar)
    foreseen = (events or Events()).told_until(history.end)
    volume = dict(zip(history.channels, history.volume.T, strict=True))
    short = {name for name in volume if is_short(volume[name], then, name in stated)}
    own = {
        name: outlook(name, volume[name], then, days, foreseen, methods, learned.get(name))
        for name in volume
        if name not in short
    }
    borrowed = {
        name: borrowed_outlook(
            name, volume[name], then, days, foreseen, stated.get(name, Statement()), own
        )
        for name in short
    }
    views = [{**own, **borrowed}[name] for name in history.channels]
    return views, days, then, ahead


def _check_length(history: History, stated: Mapping[str, Statement]) -> None:
    if set(history.channels) <= set(stated):
        return
    known = np.isfinite(history.volume).any(axis=1)
    if not known.any():
        raise PlanningError("The history must hold the volume of some interval, got none.")
    days = history.weeks * 7
    # A clock change may take an hour off two whole weeks.
    if days < FEWEST_DAYS - 0.1:
        raise PlanningError(
            f"The history must be at least {FEWEST_DAYS} days long to be forecast by itself, got "
            f"{days:.1f} days up to {history.end}. Add earlier weeks, or state the contacts of an "
            "ordinary week of each channel (stated), or demand.rates in the scenario."
        )


def _parts(
    view: Outlook,
    days: Days,
    row: IntArray,
    base: FloatArray,
    factor: FloatArray,
    period: Horizon,
) -> pd.DataFrame:
    names = np.array([*WEEKDAYS, "public holiday"], dtype=object)
    kind = np.where(days.is_holiday, HOLIDAY, days.weekday)
    level = view.rates.sum(axis=1)[row]
    share = np.divide(base, level, out=np.zeros_like(base), where=level > 0)
    return pd.DataFrame(
        {
            "interval_start": period.starts,
            "level": level,
            "day_type": pd.Series(
                np.where(view.open_day[row], names[kind[row]], "closed"), dtype=str
            ),
            "share": share,
            "event_factor": factor,
        }
    )


def _handle_time(history: History, column: int, then: Cells, days: Days) -> FloatArray:
    """Expected solo handle time in seconds by day and slot, shape (N, S)."""
    contacts = history.counts("answered")[:, column]
    return expected_handle_time(
        then.grid(history.mean_handle_time_s[:, column]),
        np.nan_to_num(then.grid(contacts), nan=0.0),
        days.weekday[: int(then.day[-1] - then.day[0]) + 1],
        days.weekday,
    )
