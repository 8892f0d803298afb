"""
Public forecasters on the same series, in a Python of their own: they need another pandas.

Reads tasks (`benchmarks.forecast_series.Task`) from standard input, one JSON line each, and
answers each with a line: `mean`, `low_80`, `high_80`, `low_95`, `high_95` (lists or null) and
`cpu_s`. Nothing of the project is imported here.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

LEVELS = (80, 95)
Answer = dict[str, Any]


def _seasons(task: dict[str, Any]) -> list[int]:
    return [task["slots"], task["slots"] * task["days"]]


def _told(found: dict[str, Any]) -> Answer:
    answer = {"mean": np.maximum(found["mean"], 0).tolist()}
    for level in LEVELS:
        for name, side in (("low", "lo"), ("high", "hi")):
            bound = found.get(f"{side}-{level}")
            answer[f"{name}_{level}"] = (
                None if bound is None else np.maximum(np.asarray(bound, float), 0).tolist()
            )
    return answer


def _statsforecast(model: Any, task: dict[str, Any], level: list[int] | None) -> Answer:
    past = np.asarray(task["past"], dtype=float)
    return _told(model.forecast(y=past, h=len(task["future_times"]), level=level))


def auto_arima_mstl(task: dict[str, Any]) -> Answer:
    """Seasons taken out by STL, the rest told by an automatic ARIMA."""
    from statsforecast.models import MSTL, AutoARIMA

    return _statsforecast(MSTL(_seasons(task), AutoARIMA()), task, list(LEVELS))


def auto_ets_mstl(task: dict[str, Any]) -> Answer:
    """Seasons taken out by STL, the rest told by automatic exponential smoothing."""
    from statsforecast.models import MSTL, AutoETS

    return _statsforecast(MSTL(_seasons(task), AutoETS(model="ZZN")), task, list(LEVELS))


def auto_tbats(task: dict[str, Any]) -> Answer:
    """Trigonometric seasons in a state space model."""
    from statsforecast.models import AutoTBATS

    return _statsforecast(AutoTBATS(_seasons(task)), task, list(LEVELS))


def auto_mfles(task: dict[str, Any]) -> Answer:
    """Boosted Fourier seasons; conformal bands, as it has none of its own."""
    from statsforecast.models import AutoMFLES
    from statsforecast.utils import ConformalIntervals

    week, horizon = _seasons(task)[1], len(task["future_times"])
    bands = None
    if len(task["past"]) > 2 * horizon + 2 * week:
        bands = ConformalIntervals(h=horizon, n_windows=2)
    model = AutoMFLES(test_size=week, season_length=_seasons(task), prediction_intervals=bands)
    return _statsforecast(model, task, list(LEVELS) if bands else None)


def prophet(task: dict[str, Any]) -> Answer:
    """Piecewise trend, Fourier seasons and the country's holidays."""
    from prophet import Prophet

    logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
    logging.getLogger("prophet").setLevel(logging.ERROR)
    model = Prophet(daily_seasonality=True, weekly_seasonality=True, yearly_seasonality=False)
    if task["country"]:
        model.add_country_holidays(task["country"])
    np.random.seed(1)  # noqa: NPY002 - Prophet draws from the global generator
    model.fit(pd.DataFrame({"ds": pd.to_datetime(task["past_times"]), "y": task["past"]}))
    future = pd.DataFrame({"ds": pd.to_datetime(task["future_times"])})
    found = {"mean": model.predict(future)["yhat"].to_numpy()}
    drawn = np.asarray(model.predictive_samples(future)["yhat"])
    for level in LEVELS:
        tail = (100 - level) / 2
        low, high = np.percentile(drawn, [tail, 100 - tail], axis=1)
        found |= {f"lo-{level}": low, f"hi-{level}": high}
    return _told(found)


def lightgbm(task: dict[str, Any]) -> Answer:
    """Boosted trees on the same time of earlier weeks and the calendar; conformal bands."""
    import lightgbm as lgb
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean
    from mlforecast.utils import PredictionIntervals

    slots, week = _seasons(task)
    past, ahead = pd.to_datetime(task["past_times"]), pd.to_datetime(task["future_times"])
    # Cells are numbered, so that closed hours leave no gaps.
    table = pd.DataFrame({"unique_id": "one", "ds": np.arange(len(past)), "y": task["past"]})
    later = pd.DataFrame({"unique_id": "one", "ds": len(past) + np.arange(len(ahead))})
    holidays = _holidays(task["country"], past, ahead)
    for part, times in ((table, past), (later, ahead)):
        part["weekday"] = times.dayofweek.to_numpy()
        part["minute"] = (times.hour * 60 + times.minute).to_numpy()
        part["holiday"] = np.asarray(times.normalize().isin(holidays)).astype(int)
    horizon = len(ahead)
    windows = min(3, (len(past) - 2 * week) // horizon - 1)
    model = MLForecast(
        models={"told": lgb.LGBMRegressor(verbosity=-1, n_jobs=1, random_state=1)},
        freq=1,
        lags=[1, slots, week, *([2 * week] if len(past) > 5 * week else [])],
        lag_transforms={1: [RollingMean(slots), RollingMean(week)]},
    )
    bands = PredictionIntervals(n_windows=windows, h=horizon) if windows >= 2 else None
    model.fit(table, static_features=[], prediction_intervals=bands)
    told = model.predict(horizon, X_df=later, level=list(LEVELS) if bands else None)
    found = {"mean": told["told"].to_numpy()}
    for name in told.columns:
        if name.startswith("told-"):
            found[name.removeprefix("told-")] = told[name].to_numpy()
    return _told(found)


def _holidays(country: str | None, past: pd.DatetimeIndex, ahead: pd.DatetimeIndex) -> Any:
    if not country:
        return []
    import holidays

    years = range(past[0].year, ahead[-1].year + 1)
    return pd.to_datetime(list(holidays.country_holidays(country, years=years)))


PEERS: dict[str, Callable[[dict[str, Any]], Answer]] = {
    "AutoARIMA + MSTL": auto_arima_mstl,
    "AutoETS + MSTL": auto_ets_mstl,
    "AutoTBATS": auto_tbats,
    "AutoMFLES": auto_mfles,
    "Prophet": prophet,
    "LightGBM": lightgbm,
}


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    names = ("statsforecast", "prophet", "lightgbm", "mlforecast", "pandas", "numpy")
    return {name: version(name) for name in names}


def _warmed(peer: Callable[[dict[str, Any]], Answer]) -> None:
    """Import what the peer needs: a made-up series, so that no import is timed."""
    times = pd.date_range("2024-01-01", periods=24 * 70, freq="h")
    past = 20 + 10 * np.sin(np.arange(24 * 42) / 24 * 6.283) + np.arange(24 * 42) % 7
    task = {
        "past": past.tolist(),
        "past_times": [str(time) for time in times[: len(past)]],
        "future_times": [str(time) for time in times[len(past) : len(past) + 24]],
        "slots": 24,
        "days": 7,
        "minutes": 60,
        "country": None,
    }
    if peer is not auto_tbats:
        peer(task)
    else:
        import_module("statsforecast.models")  # a fit would take too long


def _too_long(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    """Answer every task of one peer: `forecast_peers.py PEER SECONDS`."""
    if sys.argv[1] == "--versions":
        print(json.dumps(_versions()))
        return
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    peer, limit_s = PEERS[sys.argv[1]], float(sys.argv[2])
    _warmed(peer)
    signal.signal(signal.SIGALRM, _too_long)
    for line in sys.stdin:
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, limit_s)
        try:
            answer = peer(json.loads(line))
        except TimeoutError:
            answer = {"error": f"not done within {limit_s:.0f} s"}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A child's time counts too: Prophet's sampler is a process of its own.
        answer["cpu_s"] = time.process_time() - begun + _children_s()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


_counted = 0.0


def _children_s() -> float:
    """Processor seconds of processes that ended since the last call."""
    global _counted
    times = os.times()
    total = times.children_user + times.children_system
    fresh, _counted = total - _counted, total
    return fresh


if __name__ == "__main__":
    main()
