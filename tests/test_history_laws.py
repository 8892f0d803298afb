"""Any table in the own layout comes back; a broken cell is told with its place."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from history_tables import COLUMNS, LONDON, read, rows
from scenario.errors import InvalidInputError


@st.composite
def valid_tables(draw):
    """Two channels over some days of 15, 30 or 60 minutes, in Europe or Asia, in any order."""
    minutes = draw(st.sampled_from([15, 30, 60]))
    zone = draw(st.sampled_from([LONDON, "UTC", "Asia/Kolkata", "America/New_York"]))
    first = pd.Timestamp(draw(st.sampled_from(["2025-10-25", "2026-03-28", "2026-01-01"])), tz=zone)
    count = draw(st.integers(2, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    starts = pd.date_range(first, periods=count, freq=f"{minutes}min")
    tables = []
    for channel in ("chat", "x"):
        offered = rng.integers(0, 20, count)
        answered = rng.binomial(offered, 0.8)
        table = rows([start.isoformat() for start in starts], channel)
        tables.append(
            table.assign(
                offered=offered,
                answered=answered,
                abandoned=offered - answered,
                handle_time_s=answered * rng.integers(30, 600, count),
            )
        )
    return pd.concat(tables).sample(frac=1, random_state=rng.integers(2**32)), zone, minutes


@settings(max_examples=25)
@given(valid_tables(), st.sampled_from(["h.csv", "h.csv.gz", "h.parquet"]))
def test_any_valid_table_comes_back_as_it_went_in(made, name):
    table, zone, minutes = made
    history = read(table, name=name, timezone=zone)

    assert history.interval_minutes == minutes
    back = history.table.assign(
        interval_start=history.table["interval_start"].map(pd.Timestamp.isoformat)
    )
    key = ["interval_start", "channel"]
    expected = table.astype(dict.fromkeys(COLUMNS[2:], float)).sort_values(key)
    pd.testing.assert_frame_equal(
        back.sort_values(key).reset_index(drop=True),
        expected.reset_index(drop=True),
        check_dtype=False,
    )


@settings(max_examples=40)
@given(valid_tables(), st.data())
def test_one_broken_cell_is_reported_at_its_row_and_column(made, data):
    table, zone, _ = made
    row = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.sampled_from(COLUMNS))
    bad = {"interval_start": ["yesterday", "", "2025-13-01T08:00:00Z"], "channel": ["", " "]}
    value = data.draw(st.sampled_from(bad.get(column, ["four", "-1", "inf", "1e999", "1,5"])))
    table = table.astype(object)
    table.iloc[row, COLUMNS.index(column)] = value
    with pytest.raises(InvalidInputError) as caught:
        read(table, timezone=zone)

    places = {(fault.file, fault.where, fault.field) for fault in caught.value.faults}
    assert ("history.csv", f"row {row + 2}", column) in places
    assert {where for _, where, _ in places} == {f"row {row + 2}"}
