"""What will come: expected contacts and handle times per interval and channel, and their spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.errors import InvalidValueError

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
        """
        Write a forecast file: Parquet with the paths, or CSV (also gz) without them.

        Raises
        ------
        InvalidValueError
            When the file's name ends otherwise.
        """
        from scenario.demand_file import write

        write(self, Path(path))

    @classmethod
    def load(cls, path: str | Path, timezone: str) -> Demand:
        """
        Read a forecast file written by `save` or by hand.

        Parameters
        ----------
        path
            Parquet, CSV or XLSX with at least `interval_start`, `channel` and `mean`
            (contacts); `handle_time_s` (mean, seconds) may be there and may have empty cells,
            `p05` ... `p95` too. One row for every interval and channel.
        timezone
            IANA name of the zone that the intervals are told in, and of times without offset.

        Raises
        ------
        InvalidInputError
            With every fault found: missing columns, times and numbers that cannot be read,
            rows missing or repeated.
        """
        from scenario.demand_file import read

        return read(Path(path), timezone)
