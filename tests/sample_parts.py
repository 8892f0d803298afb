"""The sample's own program and files, as its tests look at them."""

from __future__ import annotations

import importlib
import sys
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from scenario import Scenario

DATA = Path(__file__).resolve().parent.parent / "data"
SCENARIOS = {"team_20": "sample", "centre_200": "centre_200", "social_12": "social_12"}
CENTRES = tuple(SCENARIOS)
FIRST_DAY = pd.Timestamp("2025-10-13")


@cache
def program() -> SimpleNamespace:
    """The program's modules with its figures; they live beside the data, not installed."""
    sys.path.insert(0, str(DATA))
    try:
        modules = {name: importlib.import_module(name) for name in ("centres", "weather")}
    finally:
        sys.path.remove(str(DATA))
    for name in modules:
        del sys.modules[name]
    return SimpleNamespace(**modules)


@cache
def history(centre: str) -> pd.DataFrame:
    """History of a centre with `start` (instants), `date` (local) and `week` (number)."""
    table = pd.read_csv(DATA / centre / "history.csv")
    start = pd.to_datetime(table["interval_start"], utc=True).dt.tz_convert("Europe/London")
    date = start.dt.tz_localize(None).dt.normalize()
    return table.assign(start=start, date=date, week=(date - FIRST_DAY) // pd.Timedelta(days=7))


def load(centre: str) -> Scenario:
    """The centre's scenario file."""
    return Scenario.load(DATA / "scenarios" / f"{SCENARIOS[centre]}.toml")


def figures(centre: str) -> Any:
    """The centre's figures in the program."""
    return next(c for c in program().centres.CENTRES if c.folder == centre)


def planned_week() -> pd.DatetimeIndex:
    """Quarter-hours of the planned week."""
    monday = program().centres.PLANNED_WEEK
    return program().weather.quarter_starts(monday, monday + timedelta(days=6))
