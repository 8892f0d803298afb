"""Tables of histories in the own layout, and a way through a file of any kind."""

from __future__ import annotations

import io

import pandas as pd

from forecast import read_history

LONDON = "Europe/London"
COLUMNS = ["interval_start", "channel", "offered", "answered", "abandoned", "handle_time_s"]


def rows(starts, channel="chat", offered=5, answered=4, abandoned=1, handle_time_s=1000):
    """A table in the own layout with the same numbers in every row, or one number a row."""
    table = pd.DataFrame({"interval_start": [str(start) for start in starts]})
    return table.assign(
        channel=channel,
        offered=offered,
        answered=answered,
        abandoned=abandoned,
        handle_time_s=handle_time_s,
    )


def read(table, *, name="history.csv", timezone=LONDON, **options):
    """A table through a file of the kind that the name says."""
    if isinstance(table, pd.DataFrame):
        buffer = io.BytesIO()
        if name.endswith(".parquet"):
            table.to_parquet(buffer)
        elif name.endswith(".xlsx"):
            table.to_excel(buffer, index=False)
        else:
            compression = "gzip" if name.endswith(".gz") else None
            table.to_csv(buffer, index=False, compression=compression)
        table = buffer.getvalue()
    return read_history(io.BytesIO(table), name=name, timezone=timezone, **options)


def half_hours(first, periods):
    return pd.date_range(first, periods=periods, freq="30min")


def open_weeks(weeks, first="2025-11-03"):
    """Monday to Friday from 9 to 17, half-hours, without rows for the rest of the week."""
    starts = pd.date_range(first, periods=weeks * 7 * 48, freq="30min")
    busy = (starts.day_of_week < 5) & (starts.hour >= 9) & (starts.hour < 17)
    return starts[busy]
