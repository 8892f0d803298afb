"""How a forecast file is written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scenario.calendar import Horizon
from scenario.cells import local_times, numbers_of
from scenario.demand import Demand, FloatArray
from scenario.errors import Fault, InvalidInputError, InvalidValueError
from scenario.tables import read_table


def write(demand: Demand, path: Path) -> None:
    """Write a forecast file; see `Demand.save`."""
    table = demand.frame()
    if path.name.endswith((".csv", ".csv.gz")):
        # ISO times with their offset tell the repeated hour of a clock change apart.
        table["interval_start"] = [start.isoformat() for start in table["interval_start"]]
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        if demand.paths is not None:
            by_row = demand.paths.transpose(1, 2, 0).reshape(len(table), -1)
            table["paths"] = pd.Series(list(by_row), dtype=object)
        table.to_parquet(path, index=False)
    else:
        raise InvalidValueError("forecast file", "named .parquet, .csv or .csv.gz", path.name)


def read(path: Path, timezone: str) -> Demand:
    """Read a forecast file; see `Demand.load`."""
    table, file = read_table(path), path.name
    missing = {"interval_start", "channel", "mean"} - set(table.columns)
    if missing:
        raise InvalidInputError(
            Fault(file, "header", name, "", "present") for name in sorted(missing)
        )
    faults: list[Fault] = []
    levels = {name: int(name[1:]) / 100 for name in table.columns if _is_quantile(name)}
    times = local_times(table["interval_start"], "interval_start", timezone, file, faults)
    volumes = {
        name: numbers_of(table[name], name, file, faults, least=0) for name in ("mean", *levels)
    }
    handle_time = np.full(len(table), np.nan)
    if "handle_time_s" in table.columns:
        handle_time = numbers_of(
            table["handle_time_s"], "handle_time_s", file, faults, above=0, optional=True
        )
    by_row = _paths(table["paths"], file, faults) if "paths" in table.columns else None
    channel = table["channel"].astype(str)
    for row in np.flatnonzero(pd.DataFrame({"t": times, "c": channel}).duplicated()):
        value = f"{table['interval_start'].iloc[row]}, {channel.iloc[row]}"
        faults.append(Fault(file, f"row {row + 2}", "", value, "the only row of its interval"))
    if faults:
        raise InvalidInputError(faults)

    channels = tuple(dict.fromkeys(channel))
    horizon = _horizon(pd.DatetimeIndex(times), len(channels), timezone, file)
    rows = horizon.starts.get_indexer(pd.DatetimeIndex(times))
    columns = pd.Index(channels).get_indexer(pd.Index(channel))

    def grid(values: FloatArray) -> FloatArray:
        filled = np.empty((horizon.count, len(channels)))
        filled[rows, columns] = values
        return filled

    paths = None
    if by_row is not None:
        paths = np.empty((by_row.shape[1], horizon.count, len(channels)))
        paths[:, rows, columns] = by_row.T
    return Demand(
        horizon,
        channels,
        grid(volumes["mean"]),
        grid(handle_time),
        paths,
        {level: grid(volumes[name]) for name, level in levels.items()},
    )


def _paths(column: pd.Series, file: str, faults: list[Fault]) -> FloatArray | None:
    """The rates on the paths, shape (rows, P); None where a row has none or another number."""
    by_row = [_numbers_in(cell) for cell in column]
    count = next((len(numbers) for numbers in by_row if numbers is not None), 0)
    known = len(faults)
    for row, (cell, numbers) in enumerate(zip(column, by_row, strict=True)):
        if numbers is None:
            rule, value = "a list of numbers, the rate on each path", str(cell)
        elif len(numbers) != count:
            rule, value = f"{count} numbers, as in the first row", str(len(numbers))
        else:
            continue
        faults.append(Fault(file, f"row {row + 2}", "paths", value, rule))
    lists = [numbers for numbers in by_row if numbers is not None]
    return np.stack(lists) if lists and len(faults) == known else None


def _numbers_in(cell: object) -> FloatArray | None:
    """The numbers of a list in a cell; None where it is no such list, or an empty one."""
    try:
        numbers = np.asarray(cell, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return numbers if numbers.ndim == 1 and len(numbers) else None


def _is_quantile(name: str) -> bool:
    return len(name) == 3 and name[0] == "p" and name[1:].isdigit()


def _horizon(times: pd.DatetimeIndex, channels: int, timezone: str, file: str) -> Horizon:
    """The intervals named, which must be regular and have a row for each channel."""
    if times.empty:
        raise InvalidInputError([Fault(file, "", "", "", "a table with at least one row")])
    starts = pd.DatetimeIndex(sorted(times.unique()))
    steps = starts[1:] - starts[:-1]
    length = steps.min() if len(steps) else pd.Timedelta(minutes=30)
    if length % pd.Timedelta(minutes=1):
        rule = "whole minutes apart"
        raise InvalidInputError([Fault(file, "", "interval_start", str(length), rule)])
    if (steps != length).any() or len(times) != len(starts) * channels:
        gaps = starts[:-1][steps != length] + length
        value = f"nothing at {gaps[0].isoformat()}" if len(gaps) else ""
        rule = "named in one row for every interval and channel, without gaps"
        raise InvalidInputError([Fault(file, "", "interval_start", value, rule)])
    return Horizon(starts[0].tz_convert(timezone), int(length.total_seconds() // 60), len(starts))
