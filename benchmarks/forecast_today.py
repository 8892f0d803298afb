"""
How much the day so far tells of its rest: every half-hour of past days replayed.

    python -m benchmarks.forecast_today --json --data DATA

From each weekly origin the week is forecast; then every day of it is lived through again, and
the rest of it is told at every half-hour, as the forecast stood and updated.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.forecast import write_table
from benchmarks.forecast_series import Source, sources
from forecast import History, predict, rest_of_day
from forecast.days import local_cells
from scenario.model import CalendarKeys

STEP_MINUTES = 30
MARK = "<!-- made by python -m benchmarks.forecast_today --write -->"


def replayed(
    history: History,
    *,
    calendar: CalendarKeys | None = None,
    events: Any = None,
    origins: int = 8,
    days: int = 7,
    step_minutes: int = STEP_MINUTES,
) -> pd.DataFrame:
    """
    Errors of the rest of the day by the time up to which it is known.

    Returns
    -------
    DataFrame
        `channel`, `clock`, `plain`, `updated` (WAPE of the rest's total), `plain_interval`,
        `updated_interval` (WAPE by interval), `days`, `seconds` (of an update, median).
    """
    minutes = history.interval_minutes
    end = history.end.tz_localize(None).normalize()
    sums: dict[tuple[str, int], np.ndarray] = {}
    seconds: list[float] = []
    for week in range(origins, 0, -1):
        first = (end - pd.Timedelta(days=7 * week)).tz_localize(history.timezone)
        told = predict(
            history.until(first),
            horizon=f"{min(days, 7 * week)}d",
            calendar=calendar,
            events=events,
            paths=50,
        )
        came = history.between(first, told.horizon.end)
        day, slot = local_cells(told.horizon.starts, minutes)
        for number in np.unique(day):
            rows = np.flatnonzero(day == number)
            for place in range(1, len(rows)):
                if slot[rows[place]] * minutes % step_minutes:
                    continue
                begun = time.perf_counter()
                today = rest_of_day(told, came, at=told.horizon.starts[rows[place]])
                seconds.append(time.perf_counter() - begun)
                _add(sums, told, came, today.rest.mean, rows, place, slot[rows[place]])
    table = []
    for (channel, place), found in sums.items():
        came_in, plain, updated, plain_each, updated_each, count = found.tolist()
        table.append(
            {
                "channel": channel,
                "clock": f"{place * minutes // 60:02d}:{place * minutes % 60:02d}",
                "plain": plain / came_in,
                "updated": updated / came_in,
                "plain_interval": plain_each / came_in,
                "updated_interval": updated_each / came_in,
                "days": int(count),
                "seconds": float(np.median(seconds)),
            }
        )
    return pd.DataFrame(table).sort_values(["channel", "clock"], ignore_index=True)


def _add(
    sums: dict[tuple[str, int], np.ndarray],
    told: Any,
    came: History,
    rest: np.ndarray,
    rows: np.ndarray,
    place: int,
    slot: int,
) -> None:
    so_far, ahead = rows[:place], rows[place:]
    for column, channel in enumerate(told.channels):
        actual = came.volume[ahead, came.channels.index(channel)]
        plain = told.mean[ahead, column]
        known = np.isfinite(actual)
        # Before opening and after closing there is nothing to update and nothing to tell.
        if not told.mean[so_far, column].any() or not plain[known].any() or not actual[known].any():
            continue
        off = [(told_there - actual)[known] for told_there in (plain, rest[:, column])]
        found = sums.setdefault((channel, int(slot)), np.zeros(6))
        found += [
            actual[known].sum(),
            *(abs(one.sum()) for one in off),
            *(np.abs(one).sum() for one in off),
            1,
        ]


def summary(table: pd.DataFrame) -> dict[str, Any]:
    """A channel's figures at 11:00 and over all times of day; the worst of them."""
    weights = table["days"]
    at_eleven = table[table["clock"] == "11:00"]
    ratio = table["updated_interval"] / table["plain_interval"]
    return {
        "plain_at_11": float(at_eleven["plain"].iloc[0]) if len(at_eleven) else None,
        "updated_at_11": float(at_eleven["updated"].iloc[0]) if len(at_eleven) else None,
        "plain": float(np.average(table["plain"], weights=weights)),
        "updated": float(np.average(table["updated"], weights=weights)),
        "plain_interval": float(np.average(table["plain_interval"], weights=weights)),
        "updated_interval": float(np.average(table["updated_interval"], weights=weights)),
        "worst_time": str(table["clock"][ratio.idxmax()]),
        "worst_ratio": float(ratio.max()),
        "seconds": float(table["seconds"].iloc[0]),
    }


def _of(source: Source, origins: int) -> dict[str, Any]:
    table = replayed(
        source.history, calendar=source.calendar, events=source.events, origins=origins
    )
    return {
        source.series(str(channel)): summary(own.reset_index(drop=True))
        for channel, own in table.groupby("channel", sort=False)
    }


def table_of(series: dict[str, Any]) -> str:
    """The figures as a table of a document."""
    lines = [
        "| series | error of the rest, known to 11:00 | updated | all half-hours | updated"
        " | by interval | updated | worst half-hour | one update, all channels |",
        "|---" * 9 + "|",
    ]
    for name, found in series.items():
        at_eleven = [
            "–" if found[key] is None else f"{found[key]:.1%}"
            for key in ("plain_at_11", "updated_at_11")
        ]
        figures = ("plain", "updated", "plain_interval", "updated_interval")
        cells = [*at_eleven, *(f"{found[key]:.1%}" for key in figures)]
        cells.append(f"{found['worst_ratio'] - 1:+.1%} at {found['worst_time']}")
        cells.append(f"{1000 * found['seconds']:.0f} ms")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, default=os.environ.get("ALLWEATHER_DATA"))
    parser.add_argument("--origins", type=int, default=8)
    parser.add_argument("--series", help="sources to measure, separated by commas")
    parser.add_argument("--write", type=Path, help="document to put the table into")
    chosen = parser.parse_args()
    load_before = os.getloadavg()[0]
    series: dict[str, Any] = {}
    for source in sources(None if chosen.data is None else Path(chosen.data)):
        if chosen.series and source.name not in chosen.series.split(","):
            continue
        # The short history has two weeks before its first origin and no more origins than that.
        origins = min(chosen.origins, int(source.history.weeks) - 4)
        series |= _of(source, origins)
    document = {"series": series, "machine_load": [load_before, os.getloadavg()[0]]}
    if chosen.write is not None:
        write_table(table_of(series), chosen.write, MARK)
    if chosen.json:
        print(json.dumps(document, indent=2))
        return
    print(table_of(series))


if __name__ == "__main__":
    main()
