"""History in (reading, checking, repairing), demand out, with its spread."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.append import Joined, joined
    from forecast.backtesting import backtest
    from forecast.borrowed import Statement
    from forecast.edits import Edit, Edits
    from forecast.edits_file import read_edits
    from forecast.events import read_events
    from forecast.handling import handle_time_laws
    from forecast.history import History, read_history
    from forecast.layers import layer_accuracy
    from forecast.prediction import Forecast, predict, predict_without_history
    from forecast.sources import demand_for
    from forecast.today import rest_of_day

# No module bears the name of a public function: importing it would hide the function.
_HOMES = {
    "Joined": "append",
    "joined": "append",
    "Edit": "edits",
    "Edits": "edits",
    "read_edits": "edits_file",
    "layer_accuracy": "layers",
    "History": "history",
    "read_history": "history",
    "read_events": "events",
    "handle_time_laws": "handling",
    "Forecast": "prediction",
    "predict": "prediction",
    "predict_without_history": "prediction",
    "Statement": "borrowed",
    "backtest": "backtesting",
    "demand_for": "sources",
    "rest_of_day": "today",
}

__all__ = [
    "Edit",
    "Edits",
    "Forecast",
    "History",
    "Joined",
    "Statement",
    "backtest",
    "demand_for",
    "handle_time_laws",
    "joined",
    "layer_accuracy",
    "predict",
    "predict_without_history",
    "read_edits",
    "read_events",
    "read_history",
    "rest_of_day",
]


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used: statsmodels takes seconds."""
    if name in _HOMES:
        return getattr(import_module(f"forecast.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'forecast' has no attribute {name!r}")
