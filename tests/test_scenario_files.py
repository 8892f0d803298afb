"""Tables and staffing files: every layout read, every fault told."""

import gzip
import io
import re

import numpy as np
import pandas as pd
import pytest

from scenario import (
    Horizon,
    InvalidInputError,
    InvalidValueError,
    Scenario,
    Shift,
    Staff,
    tables,
)
from scenario.shift_file import shift_rows
from scenario.staff import agents_from_shifts, read_staffing
from scenario.tables import read_table

LONDON = "Europe/London"
DAY = Horizon(pd.Timestamp("2026-04-13", tz=LONDON), 30, 48)
BY_HOUR = "interval_start,group,agents\n2026-04-13 08:00,team,3\n2026-04-13 09:00,team,5\n"


def told(action, *arguments, **options):
    """The sentence with which a file is refused."""
    with pytest.raises(InvalidInputError) as caught:
        action(*arguments, **options)
    return str(caught.value)


def write(folder, text, name="staffing.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# Tables.


def test_cells_are_text_as_they_stand(tmp_path):
    """No cell is guessed away: neither NA nor 007 nor an empty one."""
    table = read_table(write(tmp_path, "\ufeffa, b ,c\nNA,007,\n1e3, x,2026-04-13\n"))
    assert list(table.columns) == ["a", "b", "c"]
    assert table.to_numpy().tolist() == [["NA", "007", ""], ["1e3", "x", "2026-04-13"]]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_seen_in_the_header(tmp_path, separator):
    table = read_table(write(tmp_path, "a,b\n1,2\n".replace(",", separator)))
    assert table.to_numpy().tolist() == [["1", "2"]]


def test_rows_keep_their_numbers_and_blank_ends_are_dropped(tmp_path):
    table = read_table(write(tmp_path, "a,b\n1,2\n\n3,4\n\n,\n"))
    assert table["a"].tolist() == ["1", "", "3"]


def test_a_name_that_no_file_can_have_is_no_existing_file(tmp_path):
    assert "must be an existing file" in told(read_table, tmp_path / f"{'long' * 100}.csv")


def test_more_agents_than_a_machine_can_hold_are_refused():
    with pytest.raises(InvalidValueError, match="at most 100,000 a group"):
        Staff(DAY, ("team",), np.full((48, 1), 2_000_000))


def test_every_kind_of_file_reads_alike(tmp_path):
    table = pd.DataFrame({"a": ["1", "2"], "b": ["x", ""]})
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.csv.gz", index=False)
    table.to_excel(tmp_path / "t.xlsx", index=False)
    table.to_parquet(tmp_path / "t.parquet", index=False)
    for name in ("t.csv", "t.csv.gz", "t.xlsx", "t.parquet"):
        assert read_table(tmp_path / name).to_numpy().tolist() == table.to_numpy().tolist()
        upload = io.BytesIO((tmp_path / name).read_bytes())
        assert read_table(upload, name).to_numpy().tolist() == table.to_numpy().tolist()


def test_file_that_is_no_table_is_told(tmp_path):
    assert "must be an existing file" in told(read_table, tmp_path / "nowhere.csv")
    assert "must be one of .csv" in told(read_table, write(tmp_path, "x", "notes.txt"))
    assert "this file is empty" in told(read_table, write(tmp_path, ""))
    assert "must be a readable table" in told(read_table, write(tmp_path, "no zip", "t.xlsx"))
    assert "must be a readable table" in told(read_table, write(tmp_path, "no", "t.parquet"))
    assert "must be a readable table" in told(read_table, write(tmp_path, "no", "t.csv.gz"))
    latin = tmp_path / "latin.csv"
    latin.write_bytes("näme\nZürich\n".encode("latin-1"))
    assert 'must be saved as "CSV UTF-8"' in told(read_table, latin)


def parquet(tmp_path, **columns):
    path = tmp_path / "t.parquet"
    pd.DataFrame(
        {name: pd.Series(cells, dtype=object) for name, cells in columns.items()}
    ).to_parquet(path)
    return read_table(path)


def test_parquet_cells_are_as_in_other_files(tmp_path):
    """Unknown texts are empty, as in a CSV; bytes and lists are texts; numbers and paths stay."""
    table = parquet(
        tmp_path,
        channel=["chat", None],
        group=[b"Z\xc3\xbcrich", b"x"],
        n=[1.5, None],
        nothing=[None, None],
        lists=[[1, 2], [3]],
        paths=[[1.0], [2.0]],
    )
    assert table["channel"].tolist() == ["chat", ""]
    assert table["group"].tolist() == ["Zürich", "x"]
    assert table["n"].isna().tolist() == [False, True]
    assert table["nothing"].tolist() == ["", ""]
    assert table["lists"].tolist() == ["[1 2]", "[3]"]
    assert table["paths"].map(list).tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([b"\xff", b"x"], 'whose texts are UTF-8, and those of "start" are not'),
        ([pd.Timestamp("0020-04-13")] * 2, 'with times of the years 1900 to 2200, and "start"'),
        ([pd.Timestamp("9999-12-31 23:30")] * 2, "with times of the years 1900 to 2200, and"),
    ],
)
def test_parquet_cells_that_no_table_has_are_told(tmp_path, cells, told):
    with pytest.raises(InvalidInputError, match=re.escape(told)):
        parquet(tmp_path, start=cells)


def test_row_longer_than_the_header_is_not_cut_in_silence(tmp_path):
    assert "and row 2 is" in told(read_table, write(tmp_path, "a,b\n1,2,3\n1,2,3\n"))
    assert "row 3 has 3 cells" in told(read_table, write(tmp_path, "a,b\n1,2\n1,2,3\n"))


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_BYTES", 2**20)
    path = write(tmp_path, "a\n" + "1\n" * 2**20)
    assert told(read_table, path) == "staffing.csv: must be at most 1 MB, got '2 MB'"


@pytest.mark.parametrize("name", ["t.csv.gz", "t.xlsx", "t.parquet"])
def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch, name):
    """A small file that grows in memory by the thousandfold is stopped by its unpacked size."""
    wide = pd.DataFrame({"a": ["y" * 5000 + str(i) for i in range(500)]})
    if name == "t.csv.gz":
        (tmp_path / name).write_bytes(gzip.compress(wide.to_csv().encode()))
    elif name == "t.xlsx":
        wide.to_excel(tmp_path / name)
    else:
        wide.to_parquet(tmp_path / name)
    monkeypatch.setattr(tables, "MAX_EXPANDED_BYTES", 2**20)
    assert "must be at most 1 MB when unpacked" in told(read_table, tmp_path / name)


# Staffing.


def test_hours_are_laid_on_half_hours(tmp_path):
    staff = read_staffing(write(tmp_path, BY_HOUR), DAY, ["team"])
    np.testing.assert_array_equal(np.flatnonzero(staff.agents[:, 0]), [16, 17, 18, 19])
    np.testing.assert_array_equal(staff.agents[16:20, 0], [3, 3, 5, 5])
    assert staff.hours == pytest.approx(8)


def test_shifts_count_while_their_agents_are_there(tmp_path):
    """Two agents 08:00-12:00, away 10:00-10:15: the half-hour of the break is not whole."""
    text = (
        "group,start,end,agents,break_start,break_end\n"
        "team,2026-04-13 08:00,2026-04-13 12:00,2,2026-04-13 10:00,2026-04-13 10:15\n"
        "night,2026-04-12 22:00,2026-04-13 01:00,1,,\n"
    )
    staff = read_staffing(write(tmp_path, text), DAY, ["team", "night"])
    np.testing.assert_array_equal(np.flatnonzero(staff.agents[:, 0]), [16, 17, 18, 19, 21, 22, 23])
    np.testing.assert_array_equal(np.flatnonzero(staff.agents[:, 1]), [0, 1])


NAMED = """
timezone = "Europe/London"
staffing = "staffing.csv"
[horizon]
start = 2026-04-13
length = "1d"
[demand.rates]
chat = 5.0
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
[groups.night]
exit = "named"
skills.chat = {}
[groups.day]
skills.chat = {}
"""
SHIFT_ROWS = (
    "group,start,end,agents,break_start,break_end\n"
    "day,2026-04-13 08:00,2026-04-13 16:00,3,2026-04-13 12:00,2026-04-13 12:30\n"
    "night,2026-04-12 22:00,2026-04-13 06:00,2,2026-04-13 02:00,2026-04-13 02:30\n"
)


def test_agents_who_leave_by_name_keep_their_shifts(tmp_path):
    """A break in a file is unpaid; of the others the numbers lead, so that a change holds."""
    write(tmp_path, SHIFT_ROWS)
    changes = {"groups.day.agents_change": 1}
    staff = Scenario.parse(NAMED, tmp_path).with_changes(changes).staff()
    assert [(shift.group, shift.agents, shift.paid_hours) for shift in staff.shifts] == [
        ("night", 2, 7.5)
    ]
    assert staff.agents[18].tolist() == [0, 4]
    assert staff.with_agents(staff.agents).shifts == ()


def test_written_shifts_read_back_with_their_breaks_and_pay(tmp_path):
    """Over the night of a clock change; one has two breaks, one none."""
    start = pd.Timestamp("2026-10-24 22:00", tz=LONDON)
    at = [start + pd.Timedelta(hours=hours) for hours in range(10)]
    shifts = (
        Shift("a", "night", at[0], at[9], ((at[2], at[3]), (at[5], at[6])), 2, 8.5),
        Shift("b", "short", at[1], at[4], (), 1, 3.0),
    )
    shift_rows(shifts).to_csv(tmp_path / "staffing.csv", index=False)
    horizon = Horizon(pd.Timestamp("2026-10-25", tz=LONDON), 30, 50)
    assert read_staffing(tmp_path / "staffing.csv", horizon, ["a", "b"]).shifts == shifts


def test_agents_who_leave_by_name_need_a_file_of_shifts(tmp_path):
    write(tmp_path, "interval_start,group,agents\n2026-04-13 08:00,night,3\n")
    with pytest.raises(InvalidValueError, match=r"groups.night.exit must be first_free, or the"):
        Scenario.parse(NAMED, tmp_path).staff()


@pytest.mark.parametrize(
    ("length", "breaks", "agents", "sentence"),
    [
        ("0h", [], 1, "shift end must be after its start"),
        ("8h", [("3h", "4h"), ("1h", "2h")], 1, "shift breaks must be in order and within"),
        ("8h", [("7h", "9h")], 1, "shift breaks must be in order and within"),
        ("8h", [], -1, "shift agents must be at least 0, got -1"),
    ],
)
def test_a_shift_that_cannot_be_worked_is_refused(length, breaks, agents, sentence):
    at = [(DAY.start + pd.Timedelta(b), DAY.start + pd.Timedelta(e)) for b, e in breaks]
    with pytest.raises(InvalidValueError, match=sentence):
        Shift("a", "x", DAY.start, DAY.start + pd.Timedelta(length), tuple(at), agents, 8.0)


def test_staffing_is_read_from_a_spreadsheet_and_an_upload(tmp_path):
    table = pd.read_csv(write(tmp_path, BY_HOUR), parse_dates=["interval_start"])
    table.to_excel(tmp_path / "staffing.xlsx", index=False)
    expected = read_staffing(tmp_path / "staffing.csv", DAY, ["team"]).agents
    upload = io.BytesIO((tmp_path / "staffing.xlsx").read_bytes())
    for source, name in ((tmp_path / "staffing.xlsx", None), (upload, "staffing.xlsx")):
        np.testing.assert_array_equal(
            read_staffing(source, DAY, ["team"], name=name).agents, expected
        )


def test_written_staff_reads_back_over_a_clock_change(tmp_path):
    """The repeated hour is told apart by its offset."""
    horizon = Horizon(pd.Timestamp("2026-10-25", tz=LONDON), 30, 50)
    staff = Staff(horizon, ("a", "b"), np.arange(100).reshape(50, 2))
    frame = staff.frame()
    frame["interval_start"] = [start.isoformat() for start in frame["interval_start"]]
    frame.to_csv(tmp_path / "staffing.csv", index=False)
    again = read_staffing(tmp_path / "staffing.csv", horizon, ["a", "b"])
    np.testing.assert_array_equal(again.agents, staff.agents)


def test_all_faults_of_a_staffing_file_are_told_at_once(tmp_path):
    text = (
        "interval_start,group,agents\n2026-04-13 08:00,team,3\nnever,team,3\n"
        "2026-04-13 09:00,taem,3\n2026-04-13 10:00,team,2.5\n2026-04-13 11:00,team,-1\n"
        "2026-04-13 12:00,team,some\n2026-04-13 08:00,team,4\n2026-03-29 01:30,team,1\n"
    )
    sentences = told(read_staffing, write(tmp_path, text), DAY, ["team"]).splitlines()
    assert sorted(sentences) == [
        "staffing.csv, row 3, interval_start: must be a date and time such as 2026-04-13 08:00,"
        " got 'never'",
        "staffing.csv, row 4, group: must be one of ['team'], got 'taem'",
        "staffing.csv, row 5, agents: must be a whole number of at least 0, got '2.5'",
        "staffing.csv, row 6, agents: must be a whole number of at least 0, got '-1'",
        "staffing.csv, row 7, agents: must be a whole number of at least 0, got 'some'",
        "staffing.csv, row 8, interval_start: must be named once a group, got '2026-04-13 08:00'",
        "staffing.csv, row 9, interval_start: must be a time that exists in Europe/London: the"
        " clocks go forward, got '2026-03-29 01:30'",
    ]


SHIFTS = "group,start,end,agents,break_start,break_end\nteam,"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("when,who\n1,2\n", "header: must be interval_start, group, agents or group, start, end"),
        (BY_HOUR.replace("04-13", "05-13"), "must be told in rows between 2026-04-13"),
        (BY_HOUR.replace("09:00", "08:20"), "must be a whole multiple of the 30 minutes"),
        (f"{SHIFTS}2026-04-13 12:00,2026-04-13 08:00,2,,\n", "end: must be after start"),
        (
            f"{SHIFTS}2026-04-13 08:00,2026-04-13 12:00,2,2026-04-13 07:00,2026-04-13 09:00\n",
            "row 2, break: must be a start and an end within the shift",
        ),
        (
            f"{SHIFTS}2026-04-13 08:00,2026-04-13 12:00,2,2026-04-13 09:00,\n",
            "row 2, break: must be a start and an end within the shift",
        ),
        (
            "group,start,end,agents,paid_hours\nteam,2026-04-13 08:00,2026-04-13 12:00,2,all\n",
            "row 2, paid_hours: must be a number of at least 0, got 'all'",
        ),
        (
            "group,start,end,agents,break_start_2\n"
            "team,2026-04-13 08:00,2026-04-13 12:00,2,2026-04-13 09:00\n",
            "row 2, break: must be a start and an end within the shift",
        ),
        (f"{SHIFTS}2026-05-13 08:00,2026-05-13 12:00,2,,\n", "must be told in shifts between"),
    ],
)
def test_fault_in_a_staffing_file_is_told(tmp_path, text, sentence):
    assert sentence in told(read_staffing, write(tmp_path, text), DAY, ["team"])


def test_an_agent_counts_where_present_for_the_whole_interval():
    begin = DAY.start + pd.Timedelta("8h 10min")
    shift = Shift("team", "early", begin, begin + pd.Timedelta("2h"), (), 4, 2.0)
    agents = agents_from_shifts([shift, shift], DAY, ("team",))
    np.testing.assert_array_equal(np.flatnonzero(agents[:, 0]), [17, 18, 19])
    assert set(agents[17:20, 0]) == {8}


@pytest.mark.parametrize("time", ["04/05/2026 08:00", "08:00", "now", "13 April 2026", "45000"])
def test_times_that_can_be_read_in_two_ways_are_refused(tmp_path, time):
    """Month or day first, or another day whenever the file is read."""
    path = write(tmp_path, f"interval_start,group,agents\n{time},team,3\n")
    rule = "row 2, interval_start: must be a date and time such as 2026-04-13 08:00"
    assert f"{rule}, got '{time}'" in told(read_staffing, path, DAY, ["team"])
