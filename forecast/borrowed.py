"""Channels with little or no history: a borrowed shape of the week and a stated weekly total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.combine import Blend
from forecast.days import Days, FloatArray
from forecast.events import Events
from forecast.outlook import Cells, Learned, Outlook, no_bursts
from forecast.spread import Spread
from forecast.trials import LEAD_WEEKS, Errors
from scenario.errors import InvalidValueError, PlanningError

FEW_DAYS = 14  # with fewer a channel borrows its shape of the week

_OWN_DAYS = 5.0  # days of its own at which a channel's shape counts as much as the borrowed one
_OWN_WEEKS = 1.0  # weeks of its own at which its level counts as much as the stated one
_DOUBT_OF_RATES = 0.4  # coefficient of variation
_LEVEL_MEMORY = 0.99
_DOUBT_IN_PARTS = (0.5, 0.2, 0.3)  # of that: level, day, slot

# Contacts of each hour of the day and each weekday beside the others': what is usual in trade,
# to begin with. Nobody's data.
_WORKING_DAY = [0] * 8 + [60, 95, 110, 105, 85, 85, 90, 90, 80, 60] + [0] * 6
_LONG_DAY = [0] * 7 + [25, 55, 80, 95, 100, 95, 90, 88, 88, 90, 95, 90, 80, 65, 45, 0, 0]
_NIGHT_AND_MORNING = [18, 11, 8, 6, 6, 9, 18, 35, 55, 70, 78, 82]
_AFTERNOON_AND_EVENING = [85, 82, 80, 80, 84, 90, 95, 98, 96, 85, 60, 35]
_EVERY_HOUR = _NIGHT_AND_MORNING + _AFTERNOON_AND_EVENING
_USUAL = "round_the_clock"
SHIPPED: dict[str, tuple[list[int], list[int]]] = {
    "working_hours": (_WORKING_DAY, [125, 108, 102, 100, 95, 0, 0]),
    "long_hours": (_LONG_DAY, [118, 106, 102, 100, 98, 60, 40]),
    "round_the_clock": (_EVERY_HOUR, [105, 104, 103, 102, 104, 92, 90]),
}


@dataclass(frozen=True)
class Statement:
    """
    What the planner states of a channel.

    Parameters
    ----------
    weekly_total
        Contacts of an ordinary week; None: its own days tell.
    like
        Another channel of the same history, or one of `SHIPPED`, whose shape of the week is
        borrowed; None: the busiest channel with a forecast of its own, else round the clock.

    Raises
    ------
    InvalidValueError
        When the total is negative or not a number.
    """

    weekly_total: float | None = None
    like: str | None = None

    def __post_init__(self) -> None:
        if self.weekly_total is not None and not 0 <= self.weekly_total < 1e9:
            raise InvalidValueError("weekly total", "a number of at least 0", self.weekly_total)


def shipped_week(name: str, slots: int) -> FloatArray:
    """A shipped shape as shares of the week by weekday and slot, (7, slots)."""
    hours, weekdays = SHIPPED[name]
    by_slot = np.interp((np.arange(slots) + 0.5) * 24 / slots - 0.5, np.arange(24), hours)
    # Closed hours stay closed: nothing is drawn in between opening and closing.
    by_slot = np.where(np.repeat(np.array(hours) > 0, slots // 24), by_slot, 0.0)
    week = np.outer(weekdays, by_slot)
    return np.asarray(week / week.sum())


def week_of(rates: FloatArray, days: Days, known: int) -> FloatArray:
    """Shape of the week that a channel's rates ahead have, (7, S); zero where there are none."""
    week = np.zeros((7, rates.shape[1]))
    ordinary = ~days.is_holiday[known:]
    for number in range(7):
        of_day = rates[known:][ordinary & (days.weekday[known:] == number)]
        week[number] = of_day.mean(axis=0) if len(of_day) else 0.0
    total = week.sum()
    return np.asarray(week / total if total > 0 else week)


def rates_from(
    grid: FloatArray, days: Days, week: FloatArray, weekly_total: float | None
) -> FloatArray:
    """
    Rates of every day from a borrowed week, what little is known, and a stated total.

    Parameters
    ----------
    grid
        Contacts by day and slot, shape (D, S), NaN where unknown.
    days
        At least those D days.
    week
        Borrowed shares of the week, shape (7, S).
    weekly_total
        Stated contacts a week; None: own days tell.

    Returns
    -------
    ndarray
        Shape (N, S). Both the level and the shape lean on the channel's own days the more, the
        more of them there are.
    """
    weekday = days.weekday[: len(grid)]
    known = np.isfinite(grid)
    came = np.where(known, grid, 0.0)
    told = np.where(known, week[weekday], 0.0)
    own_weeks = float(told.sum())
    own_total = float(came.sum()) / own_weeks if own_weeks > 0 else 0.0
    trust = own_weeks / (own_weeks + _OWN_WEEKS) if weekly_total is not None else 1.0
    total = trust * own_total + (1 - trust) * (weekly_total or 0.0)
    if own_total > 0:
        # Own days counted together, whatever their weekday: a few days know no weekday's shape.
        own = came.sum(axis=0) / np.maximum(told.sum(axis=0), 1e-12) / own_total
        days_seen = float(known.any(axis=1).sum())
        believed = days_seen / (days_seen + _OWN_DAYS)
        shape = week * (1 - believed + believed * np.where(told.sum(axis=0) > 0, own, 1.0))
        week = shape / shape.sum() if shape.sum() > 0 else week
    return np.asarray(total * week[days.weekday])


def borrowed_outlook(
    channel: str,
    volume: FloatArray,
    cells: Cells,
    days: Days,
    events: Events,
    stated: Statement,
    others: Mapping[str, Outlook],
) -> Outlook:
    """
    A channel's outlook on a borrowed shape of the week; parameters as those of `outlook`.

    Parameters
    ----------
    stated
        What the planner says.
    others
        Outlooks of the channels that have one of their own.

    Raises
    ------
    PlanningError
        When neither a day of its own nor a stated total tells the level.
    """
    factor = events.factors(channel, cells.starts)
    usual = np.divide(volume, factor, out=np.full(len(volume), np.nan), where=factor > 0)
    grid = cells.grid(usual) if np.isfinite(usual).any() else np.full((1, cells.slots), np.nan)
    begun = np.flatnonzero(np.nan_to_num(grid).sum(axis=1) > 0)
    own_days = len(grid) - int(begun[0]) if len(begun) else 0
    if not own_days and stated.weekly_total is None:
        raise PlanningError(
            f"{channel!r} must have a day of history or a stated weekly total, got neither."
        )
    grid[: len(grid) - own_days] = np.nan
    donor = stated.like or max(
        others, key=lambda name: float(others[name].rates[len(grid) :].sum()), default=_USUAL
    )
    if donor in others:
        week = week_of(others[donor].rates, days, len(grid))
    else:
        week = shipped_week(donor, cells.slots)
    rates = rates_from(grid, days, week, stated.weekly_total)
    open_day = ~days.closed & (week.sum(axis=1) > 0)[days.weekday]
    rates = np.where(open_day[:, None], rates, 0.0)
    nothing = np.full((0, 7 * LEAD_WEEKS, cells.slots), np.nan)
    level = "the mean of its days" if own_days else "the stated weekly total"
    if own_days and stated.weekly_total is not None:
        level = "the stated weekly total and the mean of its days"
    warning = (
        f"{channel}: only {own_days} days of history, at least {FEW_DAYS} are needed to learn from "
        f"its errors: {level}, on the shape of the week of {donor!r}, with wide bands"
    )
    return Outlook(
        rates,
        open_day,
        _LEVEL_MEMORY,
        Learned(
            (), None, Blend.of_one("borrowed_profile"), Errors(nothing, nothing, ()), _doubtful()
        ),
        events.with_factors(channel, {}),
        no_bursts(),
        (f"{channel}: shape of the week borrowed from {donor!r}",),
        (warning,),
    )


def _doubtful() -> Spread:
    """Spread where neither errors nor many days tell it."""
    level, day, slot = _DOUBT_IN_PARTS
    cv = np.full(LEAD_WEEKS, _DOUBT_OF_RATES)
    return Spread(cv, np.ones(4), level, day, slot, _LEVEL_MEMORY)


def is_short(volume: FloatArray, cells: Cells, stated: bool) -> bool:
    """Whether a channel began less than two weeks ago; one that never did, only if stated."""
    begun = np.flatnonzero(np.nan_to_num(volume) > 0)
    if not len(begun):
        return stated
    return int(cells.day[-1] - cells.day[begun[0]]) + 1 < FEW_DAYS


def statements(
    stated: Mapping[str, Statement | float] | None, channels: tuple[str, ...]
) -> dict[str, Statement]:
    """
    Statements by channel, numbers read as weekly totals.

    Raises
    ------
    InvalidValueError
        When a channel or a shape does not exist; with the names there are.
    """
    told = {
        name: each if isinstance(each, Statement) else Statement(each)
        for name, each in (stated or {}).items()
    }
    for channel, each in told.items():
        if channel not in channels:
            raise InvalidValueError("stated channel", f"one of {list(channels)}", channel)
        if each.like is not None and each.like not in {*SHIPPED, *channels} - {channel}:
            rule = f"another channel or one of {sorted(SHIPPED)}"
            raise InvalidValueError(f"shape of {channel!r}", rule, each.like)
    return told
