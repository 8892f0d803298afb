"""What will come: expected contacts and handle times per interval and channel, and their spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.errors import Fault, InvalidInputError, InvalidValueError

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Demand:
    """
    Rates, their paths and handle times over a horizon.

    Parameters
    ----------
    horizon
        The I intervals.
    channels
        C channel names.
    mean
        Expected contacts offered, shape (I, C), at least 0.
    handle_time_s
        Mean solo handle time in seconds of contacts offered in the interval, shape (I, C);
        NaN where the scenario's own mean is to be used.
    paths
        Joint sample paths of *rates* (expected contacts without counting noise), shape
        (P, I, C); None when only the mean is known.
    quantiles
        Quantiles of *counts* by level, each of shape (I, C); empty when not known.
    warnings
        What the planner must know about how this demand came about.

    Raises
    ------
    InvalidValueError
        When a shape does not fit, or a volume is negative or not finite.
    """

    horizon: Horizon
    channels: tuple[str, ...]
    mean: FloatArray
    handle_time_s: FloatArray
    paths: FloatArray | None = None
    quantiles: Mapping[float, FloatArray] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (self.horizon.count, len(self.channels))
        tables: dict[str, FloatArray] = {"mean": self.mean}
        tables |= {f"quantile {level}": values for level, values in self.quantiles.items()}
        if self.paths is not None:
            if self.paths.ndim != 3 or self.paths.shape[1:] != shape or not len(self.paths):
                raise InvalidValueError("demand paths", f"(P, {shape})", self.paths.shape)
            tables["paths"] = self.paths
        for name, values in tables.items():
            if name != "paths" and values.shape != shape:
                raise InvalidValueError(f"demand {name}", f"of shape {shape}", values.shape)
            if not np.all(np.isfinite(values)) or np.any(values < 0):
                raise InvalidValueError(f"demand {name}", "finite and at least 0", "other values")
        if self.handle_time_s.shape != shape:
            rule = f"of shape {shape}"
            raise InvalidValueError("demand handle_time_s", rule, self.handle_time_s.shape)
        if np.any(self.handle_time_s <= 0):
            raise InvalidValueError("demand handle_time_s", "positive", "other values")

    def index_of(self, channel: str) -> int:
        """Column of a channel; raises InvalidValueError when it is unknown."""
        try:
            return self.channels.index(channel)
        except ValueError:
            raise InvalidValueError("channel", f"one of {list(self.channels)}", channel) from None

    def scaled(self, factors: Mapping[str, float]) -> Demand:
        """The same shape with the volume of the named channels multiplied; at least 0."""
        weights = np.ones(len(self.channels))
        for channel, factor in factors.items():
            if not factor >= 0:
                raise InvalidValueError(f"scale of {channel}", "at least 0", factor)
            weights[self.index_of(channel)] = factor
        return replace(
            self,
            mean=self.mean * weights,
            paths=None if self.paths is None else self.paths * weights,
            quantiles={level: values * weights for level, values in self.quantiles.items()},
        )

    def frame(self) -> pd.DataFrame:
        """
        Long table, a row per interval and channel, sorted by time.

        Returns
        -------
        DataFrame
            Columns `interval_start`, `channel`, `mean` (contacts), `p05` ... `p95` where known
            (contacts), `handle_time_s`.
        """
        count, width = self.mean.shape
        columns: dict[str, object] = {
            "interval_start": self.horizon.starts.repeat(width),
            "channel": list(self.channels) * count,
            "mean": self.mean.ravel(),
        }
        for level, values in sorted(self.quantiles.items()):
            columns[f"p{round(100 * level):02d}"] = values.ravel()
        columns["handle_time_s"] = self.handle_time_s.ravel()
        return pd.DataFrame(columns)

    def save(self, path: str | Path) -> None:
        """Write a forecast file: Parquet with paths and time zone, or CSV without paths."""
        path = Path(path)
        table = self.frame()
        if path.suffix == ".csv":
            table["interval_start"] = [start.isoformat() for start in table["interval_start"]]
            table.to_csv(path, index=False)
            return
        if self.paths is not None:
            by_row = self.paths.transpose(1, 2, 0).reshape(len(table), -1)
            table["paths"] = pd.Series(list(by_row), dtype=object)
        table.attrs = {}
        table.to_parquet(path, index=False)

    @classmethod
    def load(cls, path: str | Path, timezone: str) -> Demand:
        """
        Read a forecast file written by `save` or by hand.

        Parameters
        ----------
        path
            Parquet or CSV with at least `interval_start`, `channel` and `mean`.
        timezone
            IANA name of the time zone that the intervals are told in.

        Raises
        ------
        InvalidInputError
            When a column is missing, a time has no offset, or rows are missing or repeated.
        """
        from scenario.tables import read_table

        path = Path(path)
        table = read_table(path)
        missing = {"interval_start", "channel", "mean"} - set(table.columns)
        if missing:
            raise InvalidInputError(
                Fault(path.name, "header", name, "", "present") for name in sorted(missing)
            )
        return _from_table(table, path.name, timezone)


def _from_table(table: pd.DataFrame, file: str, timezone: str) -> Demand:
    try:
        starts = pd.to_datetime(table["interval_start"], utc=True).dt.as_unit("us")
        numbers = {
            name: pd.to_numeric(table[name]).to_numpy(float)
            for name in table.columns
            if name in {"mean", "handle_time_s"} or name[1:].isdigit()
        }
    except (ValueError, TypeError) as error:
        raise InvalidInputError([Fault(file, "", "", "", f"readable: {error}")]) from None
    channels = tuple(dict.fromkeys(table["channel"].astype(str)))
    instants = pd.DatetimeIndex(sorted(starts.unique()))
    length = instants[1] - instants[0] if len(instants) > 1 else pd.Timedelta(minutes=30)
    regular = len(instants) < 2 or bool((instants[1:] - instants[:-1] == length).all())
    if not regular or len(table) != len(instants) * len(channels):
        rule = "one row for every interval and channel, without gaps"
        raise InvalidInputError([Fault(file, "", "interval_start", "", rule)])
    horizon = Horizon(
        instants[0].tz_convert(timezone), int(length.total_seconds() // 60), len(instants)
    )
    row = instants.get_indexer(pd.DatetimeIndex(starts))
    column = pd.Index(channels).get_indexer(pd.Index(table["channel"].astype(str)))

    def grid(values: FloatArray) -> FloatArray:
        filled = np.full((len(instants), len(channels)), np.nan)
        filled[row, column] = values
        return filled

    paths = None
    if "paths" in table.columns:
        by_row = np.stack([np.asarray(path, dtype=float) for path in table["paths"]])
        paths = np.full((by_row.shape[1], len(instants), len(channels)), np.nan)
        paths[:, row, column] = by_row.T
    nothing = np.full((len(instants), len(channels)), np.nan)
    return Demand(
        horizon,
        channels,
        grid(numbers["mean"]),
        grid(numbers["handle_time_s"]) if "handle_time_s" in numbers else nothing,
        paths,
        {int(name[1:]) / 100: grid(numbers[name]) for name in numbers if name[1:].isdigit()},
    )
