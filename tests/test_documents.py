"""JSON documents: one text in JSON's own types, whatever comes in."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from report.documents import as_json, forecast_document, plain
from scenario import Demand, Horizon


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (np.float64("nan"), None),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (pd.NaT, None),
        (pd.NA, None),
        (None, None),
        (True, True),
        (date(2026, 4, 13), "2026-04-13"),
        (pd.Timestamp("2026-04-13 08:00", tz="Europe/London"), "2026-04-13T08:00:00+01:00"),
        (np.array([1.5, np.nan]), [1.5, None]),
        ((1, "a"), [1, "a"]),
        ({"x": {1: 0.5}}, {"x": {"1": 0.5}}),
    ],
)
def test_plain_gives_the_type_of_json(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_a_table_becomes_a_list_of_records():
    starts = pd.date_range("2026-10-25", periods=2, freq="h", tz="Europe/London")
    table = pd.DataFrame({"start": starts, "level": [0.8, np.nan], "name": ["chat", "x"]})

    records = json.loads(as_json({"rows": table}))["rows"]

    assert records == [
        {"start": "2026-10-25T00:00:00+01:00", "level": 0.8, "name": "chat"},
        {"start": "2026-10-25T01:00:00+01:00", "level": None, "name": "x"},
    ]


def test_what_json_cannot_tell_is_refused():
    with pytest.raises(TypeError, match="object has no JSON form"):
        plain(object())


def test_forecast_document_has_a_row_per_interval_and_channel():
    horizon = Horizon(pd.Timestamp("2026-04-13", tz="Europe/London"), 30, 3)
    mean = np.arange(6.0).reshape(3, 2)
    demand = Demand(horizon, ("chat", "x"), mean, np.full((3, 2), 300.0), warnings=("a gap",))

    document = json.loads(as_json(forecast_document(demand)))

    assert document["channels"] == ["chat", "x"]
    assert document["interval_minutes"] == 30
    assert document["warnings"] == ["a gap"]
    assert [row["mean"] for row in document["rows"]] == [0, 1, 2, 3, 4, 5]
