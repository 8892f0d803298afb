"""Histories that cannot be used: every fault at once, with file, row, field, value and rule."""

import io

import numpy as np
import pandas as pd
import pytest

from forecast import read_history
from scenario import tables
from scenario.errors import Fault, InvalidInputError

HEADER = "interval_start,channel,offered,answered,abandoned,handle_time_s\n"
MORNING = [f"2025-10-20 {8 + i // 2:02d}:{i % 2 * 30:02d}" for i in range(8)]
GOOD = HEADER + "".join(f"{start},chat,5,4,1,1000\n" for start in MORNING)


def faults_of(content, name="history.csv", **options):
    """What is wrong with a file of this content."""
    source = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInputError) as caught:
        read_history(source, name=name, timezone="Europe/London", **options)
    assert all(fault.file == name for fault in caught.value.faults)
    return caught.value.faults


def sentence_of(content, name="history.csv", **options):
    """The only fault, as a sentence."""
    (fault,) = faults_of(content, name, **options)
    return str(fault)


def with_row(number, line):
    """The good file with another row in the place of one, the header being row 1."""
    lines = GOOD.splitlines()
    lines[number - 1] = line
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "a table with a header row, and this file is empty"),
        ("\n\n", "a table with a header row, and this file is blank"),
        (HEADER, "at least one row below the header"),
        (HEADER + ",,,,,\n", "at least one row below the header"),
        (GOOD.encode("utf-16"), 'saved as "CSV UTF-8", and this file is UTF-16'),
        (GOOD.replace("chat", "chät").encode("latin-1"), "this file is in another encoding"),
        (GOOD.encode()[:300] + b"\0" * 40, "this file holds NUL bytes"),
        (b"PK\x03\x04 and more", "named .xlsx, since this file is a workbook"),
        (b"PAR1 and more", "named .parquet, since this file is a Parquet file"),
        (b"\x1f\x8b and more", "named .csv.gz, since this file is compressed"),
        (GOOD + "2025-10-20 12:00,chat,5,4,1,1000,9\n", "row 10 has 7 cells instead of 6"),
        (GOOD + '"2025-10-20 12:00,chat,5', "one is left open"),
        (GOOD.replace("answered", "offered", 1), '"offered" stands twice'),
        ("name,age\nAda,36\n", "a table with the columns interval_start, channel, offered"),
    ],
)
def test_a_file_that_is_no_history_is_refused_in_one_sentence(content, told):
    assert told in sentence_of(content)


def test_a_file_of_a_wrong_kind_or_size_is_refused(monkeypatch, tmp_path):
    assert "must be one of .csv, .csv.gz, .xlsx, .parquet" in sentence_of(GOOD, "history.txt")
    assert "must be a readable table" in sentence_of(GOOD, "history.xlsx")
    assert "must be a readable table" in sentence_of(GOOD, "history.parquet")
    assert "must be a readable table" in sentence_of(GOOD, "history.csv.gz")
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    assert "must be at most" in sentence_of(GOOD)
    with pytest.raises(InvalidInputError, match="an existing file"):
        read_history(tmp_path / "nowhere.csv", timezone="UTC")


def test_two_hundred_megabytes_are_refused_without_being_read(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    with pytest.raises(InvalidInputError, match="must be at most 150 MB, got '200 MB'"):
        read_history(path, timezone="UTC")


def test_missing_columns_are_named_with_the_nearest_one():
    content = GOOD.replace("offered", "ofered", 1).replace("handle_time_s", "Handle Time", 1)
    told = [str(fault) for fault in faults_of(content)]

    assert told == [
        'history.csv, header, offered: must be present (the nearest column is "ofered")',
        'history.csv, header, handle_time_s: must be present (the nearest column is "Handle Time")',
    ]


def test_a_mapping_to_a_column_that_is_not_there_is_a_fault():
    told = sentence_of(GOOD, mapping={"interval_start": "Start", "offered": "offered"})

    assert told.startswith("history.csv, header, Start: must be present among the columns")


@pytest.mark.parametrize(
    ("line", "field", "value", "rule"),
    [
        ("2025-10-20 09:30,chat,five,4,1,1000", "offered", "five", "a number"),
        ('2025-10-20 09:30,chat,"1,000",4,1,1000', "offered", "1,000", "a number"),
        ("2025-10-20 09:30,chat,5,-4,1,1000", "answered", "-4", "at least 0"),
        ("2025-10-20 09:30,chat,5,4,inf,1000", "abandoned", "inf", "a finite number"),
        ("2025-10-20 09:30,chat,5,4,1,16 min", "handle_time_s", "16 min", "a number"),
        ("2025-10-20 09:30,chat,5,6,0,1000", "answered", "6", "at most offered"),
        ("2025-10-20 09:30,chat,5,0,6,0", "abandoned", "6", "at most offered"),
        (
            "2025-10-20 09:30,chat,5,4,2,1000",
            "abandoned",
            "2",
            "at most offered together with answered",
        ),
        ("2025-10-20 09:30,chat,5,0,1,1000", "handle_time_s", "1000", "0 with none answered"),
        ("2025-10-20 09:30, ,5,4,1,1000", "channel", "", "a name"),
        (
            "2025-10-20 09:40,chat,5,4,1,1000",
            "interval_start",
            "2025-10-20 09:40:00+01:00",
            "on the file's grid of 30 minutes",
        ),
        (
            "2925-10-20 09:30,chat,5,4,1,1000",
            "interval_start",
            "2925-10-20 09:30:00+01:00",
            "within ten years of most other rows",
        ),
        (
            "2025-10-20 08:00,chat,6,4,1,1000",
            "interval_start",
            "2025-10-20 08:00:00+01:00 chat",
            "named once a channel (row 2 says something else)",
        ),
    ],
)
def test_one_bad_row_is_one_fault(line, field, value, rule):
    (fault,) = faults_of(with_row(5, line))

    assert fault == Fault("history.csv", "row 5", field, value, rule)


def test_an_unreadable_time_is_a_fault():
    for text in ("noon", "2025-02-30 08:00", "25:00", "1761000000"):
        (fault,) = faults_of(with_row(5, f"{text},chat,5,4,1,1000"))
        assert (fault.where, fault.field, fault.value) == ("row 5", "interval_start", text)
        assert "a date and time such as" in fault.rule


def test_every_fault_is_told_at_once_in_the_order_of_the_file():
    content = with_row(3, "2025-10-20 08:30,chat,5,-4,x,1000").replace("10:00,chat", "10:00,")
    places = [(fault.where, fault.field) for fault in faults_of(content)]

    assert places == [("row 3", "answered"), ("row 3", "abandoned"), ("row 6", "channel")]


def test_times_with_and_without_an_offset_are_not_mixed():
    (fault,) = faults_of(with_row(5, "2025-10-20T08:30:00Z,chat,5,4,1,1000"))

    assert (fault.where, fault.value) == ("row 5", "2025-10-20T08:30:00Z")
    assert fault.rule.startswith("without a time-zone offset like the other rows")


def test_dates_that_leave_open_which_is_the_month_are_refused_once():
    rows = "".join(f"03/04/2025 {8 + i:02d}:00,chat,5,4,1,1000\n" for i in range(8))

    assert "which number is the month" in sentence_of(HEADER + rows)


@pytest.mark.parametrize(
    ("minutes", "told"), [(1440, "mostly 1440 minutes"), (10, "mostly 10 minutes")]
)
def test_other_interval_lengths_are_refused(minutes, told):
    starts = pd.date_range("2025-10-27", periods=8, freq=f"{minutes}min")
    content = HEADER + "".join(f"{start},chat,5,4,1,1000\n" for start in starts)

    assert told in sentence_of(content)


def test_intervals_are_not_split():
    assert "so far apart that the 15 minutes" in sentence_of(GOOD, interval_minutes=15)


def test_a_single_row_needs_its_interval_length_told():
    single = HEADER + "2025-10-20 08:00,chat,5,4,1,1000\n"
    assert "at least two intervals" in sentence_of(single)

    history = read_history(
        io.BytesIO(single.encode()), name="h.csv", timezone="UTC", interval_minutes=30
    )
    assert history.volume.tolist() == [[5.0]]


@pytest.mark.parametrize(
    ("column", "values", "rule"),
    [
        ("interval_start", np.arange(8), "a date and time such as"),
        ("offered", [True] * 8, "a number"),
        ("offered", ["many"] * 8, "a number"),
        ("answered", pd.Timestamp("2025-10-20"), "a number"),
        ("handle_time_s", [[1, 2]] * 8, "a number"),
        ("channel", [None] * 8, "a name"),
    ],
)
def test_parquet_columns_of_a_wrong_type_are_faults(column, values, rule):
    table = pd.read_csv(io.StringIO(GOOD))
    table[column] = values
    buffer = io.BytesIO()
    table.to_parquet(buffer)
    found = faults_of(buffer.getvalue(), "history.parquet")

    assert {fault.field for fault in found} == {column}
    assert found[0].rule.startswith(rule)


def test_thousands_of_faults_stay_short():
    starts = pd.date_range("2025-01-01", periods=5000, freq="15min", tz="UTC")
    content = HEADER + "".join(f"{start.isoformat()},chat,x,4,1,1000\n" for start in starts)
    found = faults_of(content)

    assert len(found) == 1001
    assert found[-1].rule == "4,000 further rows break the same rule: must be a number"
    assert len(str(InvalidInputError(found)).splitlines()) == 21
