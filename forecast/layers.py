"""What each layer was worth: naive, forecast and edited forecast beside what came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecast.accuracy import bias, wape
from forecast.baselines import last_week_repeated
from forecast.days import BoolArray, FloatArray, day_grid, days_between, local_cells
from forecast.edits import Edits
from forecast.history import History
from scenario.demand import Demand
from scenario.errors import InvalidValueError


def layer_accuracy(history: History, forecast: Demand, edits: Edits) -> pd.DataFrame:
    """
    Errors of every layer over the intervals that have come in.

    Parameters
    ----------
    history
        With what came; what lies before the forecast makes the baseline, last week repeated.
    forecast
        As it was made, without edits.
    edits
        The planner's.

    Returns
    -------
    DataFrame
        For each channel a row over all intervals (`edit` 0), then a row an edit over those that
        it meets, with the edits before it in place. `channel`, `edit` (1 is the first), `what`
        (the edit in a sentence), `intervals`, `actual`, `naive_wape`, `forecast_wape` (for an
        edit: what it found), `edited_wape`, `bias` (edited), `forecast_adds`
        (naive_wape − forecast_wape; NaN for an edit) and `edits_add`
        (forecast_wape − edited_wape); positive is better. NaN where nothing can be compared.

    Raises
    ------
    InvalidValueError
        When the history holds nothing of the forecast's time or other intervals.
    """
    actual = _actual(history, forecast)
    naive = _naive(history, forecast)
    edited = edits.applied(forecast).mean
    steps = [Edits(edits.edits[:count]).applied(forecast).mean for count in range(len(edits))]
    rows = []
    for column, channel in enumerate(forecast.channels):
        came = actual[:, column]
        everywhere = np.ones(len(came), dtype=np.bool_)
        layers = (naive[:, column], forecast.mean[:, column], edited[:, column])
        rows.append(
            {"channel": channel, "edit": 0, "what": "all intervals"}
            | _row(came, everywhere, *layers)
        )
        for number, edit in enumerate(edits.edits):
            if not edit.meets(channel):
                continue
            after = steps[number + 1] if number + 1 < len(steps) else edited
            met = edit.rows(forecast) | (after[:, column] != steps[number][:, column])
            found = _row(came, met, naive[:, column], steps[number][:, column], after[:, column])
            found["forecast_adds"] = float("nan")
            rows.append({"channel": channel, "edit": number + 1, "what": edit.sentence()} | found)
    return pd.DataFrame(rows)


def _row(
    actual: FloatArray, met: BoolArray, naive: FloatArray, told: FloatArray, edited: FloatArray
) -> dict[str, float]:
    came = np.where(met, actual, np.nan)
    known = np.isfinite(came)
    errors = {
        "naive_wape": wape(naive, np.where(np.isfinite(naive), came, np.nan)),
        "forecast_wape": wape(told, came),
        "edited_wape": wape(edited, came),
    }
    return {
        "intervals": int(known.sum()),
        "actual": float(came[known].sum()),
        **errors,
        "bias": bias(edited, came),
        "forecast_adds": errors["naive_wape"] - errors["forecast_wape"],
        "edits_add": errors["forecast_wape"] - errors["edited_wape"],
    }


def _actual(history: History, forecast: Demand) -> FloatArray:
    """What came in each of the forecast's intervals, NaN where not known, shape (I, C)."""
    if history.interval_minutes != forecast.horizon.interval_minutes:
        rule = f"in intervals of {forecast.horizon.interval_minutes} minutes, as the forecast"
        raise InvalidValueError("history", rule, f"{history.interval_minutes} minutes")
    place = history.starts.get_indexer(forecast.horizon.starts)
    actual = np.full(forecast.mean.shape, np.nan)
    for column, channel in enumerate(forecast.channels):
        if channel in history.channels:
            volume = history.volume[:, history.channels.index(channel)]
            actual[place >= 0, column] = volume[place[place >= 0]]
    if not np.isfinite(actual).any():
        rule = f"with contacts counted within the forecast, from {forecast.horizon.start} on"
        raise InvalidValueError("history", rule, f"up to {history.end}")
    return actual


def _naive(history: History, forecast: Demand) -> FloatArray:
    """Last week repeated from before the forecast; NaN where nothing lies before, (I, C)."""
    minutes = forecast.horizon.interval_minutes
    naive = np.full(forecast.mean.shape, np.nan)
    if history.starts[0] + pd.Timedelta(days=7) > forecast.horizon.start:
        return naive
    known = history.until(forecast.horizon.start)
    then, then_slot = local_cells(known.starts, minutes)
    day, slot = local_cells(forecast.horizon.starts, minutes)
    days = days_between(int(then[0]), int(day[-1]), None)
    for column, channel in enumerate(forecast.channels):
        if channel in known.channels:
            volume = known.volume[:, known.channels.index(channel)]
            grid = day_grid(volume, then, then_slot, 24 * 60 // minutes)
            naive[:, column] = last_week_repeated(grid, days)[day - then[0], slot]
    return naive
