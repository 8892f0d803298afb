"""Histories of known truth, made for the tests of the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast import History

LONDON = "Europe/London"
SLOTS = 48  # half-hours of a day


def history_of(
    volume, *, start="2025-06-02", handle_time_s=300.0, channels=("chat",), timezone=LONDON
):
    """A half-hourly history; every contact answered, NaN where unknown."""
    volume = np.asarray(volume, dtype=float).reshape(-1, len(channels))
    first = pd.Timestamp(start, tz=timezone).tz_convert("UTC")
    starts = pd.date_range(first, periods=len(volume), freq="30min").as_unit("us")
    local = starts.tz_convert(timezone)
    table = pd.DataFrame(
        {
            "interval_start": local.repeat(len(channels)),
            "channel": pd.Series(list(channels) * len(volume), dtype=str),
            "offered": volume.ravel(),
            "answered": volume.ravel(),
            "abandoned": 0.0,
            "handle_time_s": volume.ravel() * handle_time_s,
        }
    )
    return History(timezone, 30, tuple(channels), table)


def chat_rates(days):
    """Expected chats by half-hour from a Monday on: Mon-Fri 8-18, Sat 9-13, busiest on Monday."""
    weekday = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.0])
    slot = np.arange(SLOTS)
    arch = np.where((slot >= 16) & (slot < 36), 1 + np.sin(np.pi * (slot - 16) / 20), 0.0)
    morning = np.where((slot >= 18) & (slot < 26), 1.5, 0.0)
    shape = np.stack([arch] * 5 + [morning] * 2)
    return (12 * weekday[:, None] * shape)[np.arange(days) % 7]


def post_rates(days):
    """Expected posts by half-hour, round the clock, the same every day."""
    slot = np.arange(SLOTS)
    return np.tile(6 + 5 * np.sin(2 * np.pi * (slot - 14) / SLOTS), (days, 1))


def counts(rates, rng, *, day_cv=0.0):
    """Poisson counts on rates whose days vary by a gamma factor."""
    shape = 1 / day_cv**2 if day_cv else None
    factor = rng.gamma(shape, 1 / shape, len(rates)) if shape else np.ones(len(rates))
    return rng.poisson(rates * factor[:, None]).astype(float)
