"""The ways of telling what comes, each from the same past: rates by day and slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from forecast.arma import predict_rest
from forecast.baselines import last_week_repeated, plain_mean
from forecast.channel import Basis
from forecast.days import FloatArray
from forecast.factors import scores_of
from forecast.lead import rest_ahead
from forecast.level import LevelInput, calendar_lines, fit_level, smeared, weekday_medians
from forecast.typical import typical_week

Method = Literal[
    "level_profile",
    "trend_profile",
    "lead_regression",
    "svd_factors",
    "weekday_mean",
    "plain_mean",
    "seasonal_naive",
    "borrowed_profile",
]
METHODS: tuple[Method, ...] = (
    "level_profile",
    "trend_profile",
    "lead_regression",
    "svd_factors",
    "weekday_mean",
    "plain_mean",
    "seasonal_naive",
)
WORDS: dict[Method, str] = {
    "level_profile": "level and profile",
    "trend_profile": "level with a trend, and profile",
    "lead_regression": "level by lead week, and profile",
    "svd_factors": "main shapes of the days",
    "weekday_mean": "mean of the same weekdays",
    "plain_mean": "one mean for all",
    "seasonal_naive": "last week repeated",
    "borrowed_profile": "borrowed shape of the week",
}

_FEWEST_DAYS = 14
_PULLED_IN = 3.5  # median absolute deviations of a day's score


def rates_of(basis: Basis, method: Method) -> FloatArray:
    """
    Expected contacts of every day and slot, from the past alone.

    Parameters
    ----------
    basis
        What is known, prepared.
    method
        `level_profile`: regression on the calendar and ARMA of daily totals, upon a level that
        moves slowly, times a profile;
        `trend_profile`: the same with a growth that fades ahead in place of the moving level;
        `lead_regression`: deviations of the last 5, 20 and 60 days, weighted for each lead week
        as the history asks for, times the profile;
        `svd_factors`: the three main shapes of the days, the amount of each told like a level;
        `weekday_mean`: robust mean of the same and like weekdays' slots, recent ones first;
        `plain_mean`: one mean for every interval that is ever used;
        `seasonal_naive`: the same day of the last known week.

    Returns
    -------
    ndarray
        Of all N days, history (fitted) and future, shape (N, S); closed days 0.
    """
    past = basis.past
    if method == "seasonal_naive":
        return last_week_repeated(past.grid, past.days)
    if method == "plain_mean":
        return np.where(basis.open_day[:, None], plain_mean(basis.shapes, past.days), 0.0)
    if not basis.has_level:
        return np.zeros((len(past.days), past.grid.shape[1]))
    if method == "svd_factors":
        rates = _factor_rates(basis)
    elif method == "weekday_mean":
        rates = typical_week(basis.shapes, past.days)[past.days.weekday]
        rates *= _by_day(basis, basis.level.special)[:, None]
    else:
        rates = _by_day(basis, _daily(basis, method))[:, None] * basis.shares
    return np.where(basis.open_day[:, None], rates, 0.0)


def _daily(basis: Basis, method: Method) -> FloatArray:
    """Contacts of each working day by one of the ways to tell a level, shape (W,)."""
    if method == "level_profile":
        return basis.level.expected
    if method == "trend_profile":
        return fit_level(basis.table, basis.calm, trend=True, arma=basis.level.arma).expected
    line, count = basis.still_line, len(basis.calm)
    ahead = rest_ahead(basis.calm - line[:count], basis.working, basis.past.known)
    return smeared(line + np.concatenate([np.zeros(count), ahead]), basis.calm)


def _by_day(basis: Basis, of_working: FloatArray) -> FloatArray:
    """Figures of the working days among all N days, 0 on the others."""
    daily = np.zeros(len(basis.past.days))
    daily[basis.working] = of_working
    return daily


def _factor_rates(basis: Basis) -> FloatArray:
    """
    Rates made of the main shapes of the days.

    Square roots of counts, which have one and the same noise, are made of three shapes; how
    much of each a day holds is a daily figure that calendar and moving level explain. The first,
    a day's size, is carried on as the level is.

    References
    ----------
    .. [1] Shen, H. and Huang, J. Z. (2008). Interday forecasting and intraday updating of call
       center arrivals. Manufacturing & Service Operations Management, 10(3), 391-410.
    """
    past, count, directions = basis.past, len(basis.calm), basis.main
    known = np.isfinite(basis.shapes)
    told = np.nan_to_num(basis.total)[:, None] * basis.shares[: past.known]
    volume = np.where(known, basis.shapes, told)[basis.working[:count]]
    usable = np.isfinite(basis.calm)
    if usable.sum() < _FEWEST_DAYS or not len(directions):
        return np.zeros((len(past.days), volume.shape[1]))
    scores = np.where(usable[:, None], scores_of(np.sqrt(volume), directions), np.nan)
    moving = np.full(len(directions), True)
    ahead = calendar_lines(basis.table, _pulled_in(scores, basis.table), moving=moving).told
    rest = scores[:, 0] - ahead[:count, 0]
    ahead[count:, 0] += predict_rest(rest, basis.level.arma, len(ahead) - count)[0]
    rates = np.maximum(np.einsum("wr,rs->ws", ahead, directions), 0.0) ** 2
    # Squares of means fall short of means of squares.
    lost = volume[usable].sum() / max(float(rates[:count][usable].sum()), 1e-9)
    whole = np.zeros((len(past.days), volume.shape[1]))
    whole[basis.working] = rates * lost
    # A slot that is closed on that weekday stays closed.
    return np.where(basis.shares > 0, whole, 0.0)


def _pulled_in(scores: FloatArray, days: LevelInput) -> FloatArray:
    """Scores of days; ordinary ones that are far from their weekday's median are pulled in."""
    weekday = days.weekday[: len(scores)]
    special = (days.holiday | days.eve | days.after)[: len(scores)]
    pulled = scores.copy()
    for column in pulled.T:
        apart = column - weekday_medians(column, weekday, np.zeros(7))[weekday]
        reach = _PULLED_IN * 1.4826 * float(np.median(np.abs(apart[np.isfinite(apart)])))
        column += np.where(special, 0.0, np.clip(apart, -reach, reach) - apart)
    return pulled


def methods_named(names: Sequence[str]) -> tuple[Method, ...]:
    """
    Methods by name, in the order given.

    Raises
    ------
    InvalidValueError
        When a name is unknown.
    """
    from scenario.errors import InvalidValueError

    chosen: list[Method] = []
    for name in names:
        for method in METHODS:
            if name.strip() == method:
                chosen.append(method)
                break
        else:
            raise InvalidValueError("methods", f"of {', '.join(METHODS)}", name)
    return tuple(chosen)
