"""The rest of the day: what has come in so far, what it says about the hours ahead, and alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from forecast.bands import count_quantiles
from forecast.day_so_far import DaySoFar, cut, known_until
from forecast.days import BoolArray, FloatArray, IntArray
from forecast.history import History
from forecast.within_day import NO_PULL, PastDays
from scenario.demand import QUANTILES, Demand

ALARM_BAND = 0.99  # of counts so far: a day is looked at many times and may leave 95 % by chance
_BURST_BAND = 0.998  # of last hours: there are a dozen a day to be wrong about
_TAIL = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    A channel whose day leaves its band.

    Parameters
    ----------
    channel
        Channel.
    what
        "day so far" or "last hour".
    counted, expected, low, high
        Contacts that came, were expected, and the band that they left.
    sentence
        The same for people, with the probable rest of the day.
    """

    channel: str
    what: str
    counted: float
    expected: float
    low: float
    high: float
    sentence: str


@dataclass(frozen=True)
class Today:
    """
    A day in the middle of it.

    Parameters
    ----------
    at
        Up to here contacts are counted.
    table
        A row per interval of the day and channel: `interval_start`, `channel`, `actual`
        (contacts; NaN where not known yet), `forecast` (as it stood), `expected` (what came, and
        ahead the updated rates), `p05` ... `p95` (of the counts ahead; NaN where counted).
    totals
        A row per channel, in contacts: `channel`, `so_far`, `so_far_forecast`, `so_far_low`,
        `so_far_high` (99 % band), `rest_forecast`, `rest`, `rest_low`, `rest_high` (nine in ten),
        `day_forecast`, `day` (counted and to come), `change` (of the rest, a share).
    rest
        The updated rest of the day as a demand of its own: rates, paths, quantiles, handle
        times; None when the day is over.
    alarms
        Channels that have left their bands.
    notes
        What could not be updated, in sentences.
    """

    at: pd.Timestamp
    table: pd.DataFrame
    totals: pd.DataFrame
    rest: Demand | None
    alarms: tuple[Alarm, ...]
    notes: tuple[str, ...]

    @property
    def day(self) -> date:
        """The local date."""
        found: date = self.table["interval_start"].iloc[0].date()
        return found

    def document(self) -> dict[str, Any]:
        """
        The day as one JSON document.

        Returns
        -------
        dict
            `at`, `rows` and `totals` (the tables), `alarms` (`channel`, `what`, `counted`,
            `expected`, `low`, `high`, `sentence`), `notes`.
        """
        return {
            "at": self.at.isoformat(),
            "rows": self.table.to_dict("records"),
            "totals": self.totals.to_dict("records"),
            "alarms": [
                {name: getattr(alarm, name) for name in Alarm.__slots__} for alarm in self.alarms
            ],
            "notes": list(self.notes),
        }


def rest_of_day(
    forecast: Demand, so_far: History, *, at: pd.Timestamp | None = None, seed: int = 1
) -> Today:
    """
    Update the rest of a day from what has come in, without fitting anything again.

    Parameters
    ----------
    forecast
        With the day in its horizon. Made by `predict` it brings the errors at past origins that
        the update learns from; any other demand is told as it stands, and a note says so.
    so_far
        Contacts counted, read by `read_history` at the forecast's interval length; days before
        the one in question are not looked at.
    at
        Instant up to which is known, in a time zone; default: where the last known interval of
        `so_far` ends. An interval that has not ended by then counts as to come.
    seed
        Seed of the counts that bands are taken from.

    Raises
    ------
    InvalidValueError
        When the forecast does not hold the day, or interval lengths differ.

    Notes
    -----
    The log ratio of actual to expected contacts of the rest, that of the next two hours apart
    from the later ones, is a robust regression on the ratios of the day so far and of its last
    hour, learned from the last 60 days and drawn to no change by as much as noise asks for.
    Scaling the rest by the morning's ratio is worse than no update at all. Bands narrow by as
    much as the regression explained in those days.
    """
    day = DaySoFar.of(forecast, so_far, known_until(so_far) if at is None else at)
    rng = np.random.default_rng(seed)
    mean, paths = day.demand.mean.copy(), _paths(day.demand)
    notes, alarms, totals = [], [], []
    for column, channel in enumerate(forecast.channels):
        counted = day.actual[:, column]
        known = np.isfinite(counted)
        before = paths[:, :, column].copy()
        errors = getattr(forecast, "trials", {}).get(channel)
        if not known.any():
            notes.append(f"{channel}: nothing counted so far; the forecast stands")
        elif errors is None:
            notes.append(f"{channel}: the forecast brings no past errors to learn from; it stands")
        else:
            past = PastDays.of(errors, day.lead_week)
            _update(day, column, past, mean, paths)
        row = _totals(day, column, mean, before, paths[:, :, column], rng)
        totals.append({"channel": channel, **row})
        if known.any():
            alarms += _alarms(day, column, channel, before, row, rng)
    quantiles = _quantiles(paths, day.ahead, rng)
    return Today(
        day.at,
        _table(day, mean, quantiles),
        pd.DataFrame(totals),
        _rest(day, mean, paths, quantiles),
        tuple(alarms),
        tuple(notes),
    )


def _paths(demand: Demand) -> FloatArray:
    """Paths of the day; its mean alone where there are none."""
    return demand.mean[None].copy() if demand.paths is None else demand.paths.copy()


def _update(
    day: DaySoFar, column: int, past: PastDays, mean: FloatArray, paths: FloatArray
) -> None:
    """Move the rates ahead of one channel, mean and paths, to where the day is going."""
    counted = day.actual[:, column]
    told = day.demand.mean[:, column]
    known = np.isfinite(counted)
    last = day.last_hour(known)
    slots = past.expected.shape[1]
    expected = np.array([told[known].sum(), told[last].sum()])
    actual = np.array([counted[known].sum(), counted[last].sum()])
    so_far, newest = (_on_slots(day.slot, one, slots) for one in (known, last))
    for stretch in day.stretches():
        if not len(past.expected) or not expected[0] > 0:
            pull = NO_PULL
        else:
            pull = past.pull(so_far, newest, _on_slots(day.slot, stretch, slots))
        mean[stretch, column] *= pull.factor(expected, actual)
        own = paths[:, stretch, column]
        sums = own.sum(axis=1)
        if sums.all() and pull.left < 1:
            # What the paths of the stretch stray by in common narrows; their shapes stay.
            own = own * (sums / sums.mean())[:, None] ** (pull.left - 1)
        level = own.mean(axis=0)
        wanted = mean[stretch, column]
        paths[:, stretch, column] = own * np.divide(
            wanted, level, out=np.zeros_like(level), where=level > 0
        )


def _on_slots(slot: IntArray, chosen: BoolArray, slots: int) -> BoolArray:
    marked = np.zeros(slots, dtype=np.bool_)
    marked[slot[chosen]] = True
    return marked


def _band(paths: FloatArray, tails: tuple[float, float], rng: np.random.Generator) -> list[float]:
    """Band of the counts that a sum of rates brings, shape of paths (P,)."""
    found = count_quantiles(paths[:, None], list(tails), rng=rng)[:, 0]
    return [float(value) for value in found]


def _totals(
    day: DaySoFar,
    column: int,
    mean: FloatArray,
    before: FloatArray,
    paths: FloatArray,
    rng: np.random.Generator,
) -> dict[str, float]:
    counted, told = day.actual[:, column], day.demand.mean[:, column]
    known, ahead = np.isfinite(counted), day.ahead
    low, high = _band(before[:, known].sum(axis=1), _tails(ALARM_BAND), rng)
    rest_low, rest_high = _band(paths[:, ahead].sum(axis=1), _TAIL, rng)
    so_far, rest = float(counted[known].sum()), float(mean[ahead, column].sum())
    untold = float(told[ahead].sum())
    return {
        "so_far": so_far,
        "so_far_forecast": float(told[known].sum()),
        "so_far_low": low,
        "so_far_high": high,
        "rest_forecast": untold,
        "rest": rest,
        "rest_low": rest_low,
        "rest_high": rest_high,
        "day_forecast": float(told.sum()),
        # An interval that passed without being known is taken as it was forecast.
        "day": so_far + rest + float(told[~known & ~ahead].sum()),
        "change": rest / untold - 1 if untold > 0 else float("nan"),
    }


def _tails(share: float) -> tuple[float, float]:
    return (1 - share) / 2, (1 + share) / 2


def _alarms(
    day: DaySoFar,
    column: int,
    channel: str,
    before: FloatArray,
    row: dict[str, float],
    rng: np.random.Generator,
) -> list[Alarm]:
    """At most one: the day so far, else the last hour."""
    counted, told = day.actual[:, column], day.demand.mean[:, column]
    known = np.isfinite(counted)
    last = day.last_hour(known)
    rest = (
        f"the rest of the day probably brings {row['rest']:,.0f}"
        f" ({row['rest_low']:,.0f} to {row['rest_high']:,.0f})"
        f" in place of {row['rest_forecast']:,.0f}"
    )
    for what, slots, share in (
        ("day so far", known, ALARM_BAND),
        ("last hour", last, _BURST_BAND),
    ):
        came = float(counted[slots].sum())
        low, high = _band(before[:, slots].sum(axis=1), _tails(share), rng)
        if low <= came <= high or day.demand.paths is None:
            continue
        where = "above" if came > high else "below"
        sentence = (
            f"{channel}: {came:,.0f} contacts in the {what}, {where} the band of {low:,.0f} to"
            f" {high:,.0f}; {rest}"
        )
        expected = float(told[slots].sum())
        return [Alarm(channel, what, came, expected, low, high, sentence)]
    return []


def _quantiles(
    paths: FloatArray, ahead: BoolArray, rng: np.random.Generator
) -> dict[float, FloatArray]:
    """Quantiles of the counts ahead, each (I ahead, C)."""
    if len(paths) == 1 or not ahead.any():
        return {}
    own = paths[:, ahead]
    flat = count_quantiles(own.reshape(len(own), -1), QUANTILES, rng=rng)
    return dict(zip(QUANTILES, flat.reshape(len(QUANTILES), *own.shape[1:]), strict=True))


def _table(day: DaySoFar, mean: FloatArray, quantiles: dict[float, FloatArray]) -> pd.DataFrame:
    told = day.demand.mean
    expected = np.where(np.isfinite(day.actual), day.actual, mean)
    table = pd.DataFrame(
        {
            "interval_start": day.demand.horizon.starts.repeat(told.shape[1]),
            "channel": list(day.demand.channels) * len(told),
            "actual": day.actual.ravel(),
            "forecast": told.ravel(),
            "expected": expected.ravel(),
        }
    )
    for level in QUANTILES:
        values = np.full(told.shape, np.nan)
        if level in quantiles:
            values[day.ahead] = quantiles[level]
        table[f"p{round(100 * level):02d}"] = values.ravel()
    return table


def _rest(
    day: DaySoFar, mean: FloatArray, paths: FloatArray, quantiles: dict[float, FloatArray]
) -> Demand | None:
    if not day.ahead.any():
        return None
    rows = np.flatnonzero(day.ahead)
    return replace(
        cut(day.demand, rows),
        mean=mean[rows],
        paths=None if day.demand.paths is None else paths[:, rows],
        quantiles=quantiles,
    )
