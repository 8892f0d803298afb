"""Results as JSON documents: one text, no NaN, times with their offset."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from scenario import Demand


def as_json(document: Mapping[str, Any]) -> str:
    """
    One JSON document; tables become lists of records, NaN and NaT become null.

    Parameters
    ----------
    document
        Names to values: numbers, texts, times, lists, mappings, arrays or DataFrames.
    """
    return json.dumps(plain(document), ensure_ascii=False, indent=1, allow_nan=False)


def plain(value: Any) -> Any:
    """
    The same value in JSON's own types.

    Raises
    ------
    TypeError
        When a value has no JSON form.
    """
    match value:
        case None | bool() | int() | str() if not isinstance(value, np.generic):
            return value
        case pd.DataFrame():
            return [
                {name: plain(cell) for name, cell in zip(value.columns, row, strict=True)}
                for row in value.itertuples(index=False, name=None)
            ]
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case pd.Series() | np.ndarray():
            return [plain(item) for item in value.tolist()]
        case np.generic():
            return plain(value.item())
        case float():
            return value if math.isfinite(value) else None
        case datetime() | date():
            return None if value is pd.NaT else value.isoformat()
    if value is pd.NaT or value is pd.NA:
        return None
    raise TypeError(f"{type(value).__name__} has no JSON form")


def forecast_document(demand: Demand) -> dict[str, Any]:
    """
    The `forecast` document.

    Returns
    -------
    dict
        `channels`, `interval_minutes`, `rows` (`interval_start`, `channel`, `mean` and the
        quantiles `p05` ... `p95` in contacts, `handle_time_s`), `warnings`.
    """
    return {
        "channels": list(demand.channels),
        "interval_minutes": demand.horizon.interval_minutes,
        "rows": demand.frame(),
        "warnings": list(demand.warnings),
    }
