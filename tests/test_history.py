"""Histories in the own layout: what is read, repaired and told, in every format."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import History, read_history
from scenario.errors import InvalidInputError, InvalidValueError

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


@pytest.fixture
def one_morning():
    return rows(half_hours("2025-10-20 08:00", 8))


# What is read


def test_a_clean_history_is_read_without_any_remark(one_morning):
    history = read(one_morning)

    assert isinstance(history, History)
    assert history.repairs == history.suspicions == ()
    assert (history.timezone, history.interval_minutes) == (LONDON, 30)
    assert list(history.table.columns) == COLUMNS
    assert str(history.table["interval_start"].dtype) == f"datetime64[us, {LONDON}]"
    assert history.volume.tolist() == [[5.0]] * 8
    assert history.mean_handle_time_s.tolist() == [[250.0]] * 8
    assert history.weeks == pytest.approx(4 / 168)
    assert history.end == pd.Timestamp("2025-10-20 12:00", tz=LONDON)


def test_a_path_is_read_like_an_upload(one_morning, tmp_path):
    path = tmp_path / "history.csv"
    one_morning.to_csv(path, index=False)

    assert read_history(path, timezone=LONDON).table.equals(read(one_morning).table)


@pytest.mark.parametrize("name", ["h.csv", "h.csv.gz", "h.xlsx", "h.parquet"])
@pytest.mark.parametrize("kind", ["texts", "local times", "instants"])
def test_every_format_gives_the_same_history(one_morning, name, kind):
    expected = read(one_morning).table
    local = pd.to_datetime(one_morning["interval_start"])
    if kind == "local times":
        one_morning["interval_start"] = local
    elif kind == "instants":
        instants = local.dt.tz_localize(LONDON)
        typed = name.endswith(".parquet")
        one_morning["interval_start"] = instants if typed else instants.map(pd.Timestamp.isoformat)

    assert read(one_morning, name=name).table.equals(expected)


def test_instants_with_an_offset_are_told_in_the_time_zone_asked_for(one_morning):
    one_morning["interval_start"] = [
        f"{start:%Y-%m-%dT%H:%M:%S}Z" for start in half_hours("2025-10-20 07:00", 8)
    ]

    assert read(one_morning).starts[0] == pd.Timestamp("2025-10-20 08:00", tz=LONDON)


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("%d/%m/%Y %H:%M", "day, month, year"),
        ("%m/%d/%Y %I:%M %p", "month, day, year"),
        ("%d.%m.%Y %H:%M:%S", "day, month, year"),
        ("%Y/%m/%d %H:%M", None),
        ("%Y-%m-%dT%H:%M", None),
    ],
)
def test_dates_as_spreadsheets_write_them(one_morning, pattern, told):
    expected = read(one_morning).table
    stamps = pd.to_datetime(one_morning["interval_start"]) + pd.Timedelta(hours=5)
    one_morning["interval_start"] = stamps.dt.strftime(pattern)
    history = read(one_morning)

    assert history.starts[0] == expected["interval_start"][0] + pd.Timedelta(hours=5)
    assert [told in repair for repair in history.repairs] == ([True] if told else [])


def test_semicolons_and_decimal_commas_are_read_and_told(one_morning):
    one_morning["handle_time_s"] = 1000.5
    text = one_morning.to_csv(index=False, sep=";", decimal=",").encode("utf-8-sig")
    history = read(text)

    assert history.table["handle_time_s"].tolist() == [1000.5] * 8
    assert history.repairs == ("Columns are separated by semicolons.",)


def test_the_first_sheet_of_a_workbook_is_read_and_told(one_morning):
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as book:
        one_morning.to_excel(book, sheet_name="History", index=False)
        one_morning.to_excel(book, sheet_name="Notes")
    history = read(buffer.getvalue(), name="history.xlsx")

    assert len(history.table) == 8
    assert '"History", is read' in history.repairs[0]


def test_optional_columns_are_kept(one_morning):
    history = read(one_morning.assign(wait_s=60, within_target=3))

    assert list(history.table.columns) == [*COLUMNS, "wait_s", "within_target"]
    assert history.counts("within_target").tolist() == [[3.0]] * 8


def test_other_column_names_are_mapped_and_the_rest_is_unknown(one_morning):
    table = one_morning.rename(columns={"interval_start": "When", "offered": "Calls"})
    history = read(
        table[["When", "Calls"]],
        mapping={"interval_start": "When", "offered": "Calls"},
        channel="voice",
    )

    assert history.channels == ("voice",)
    assert history.volume.tolist() == [[5.0]] * 8
    assert np.isnan(history.mean_handle_time_s).all()
    assert "8 rows without answered, abandoned, handle_time_s" in history.repairs[0]


def test_channels_are_renamed(one_morning):
    assert read(one_morning, channels={"chat": "live"}).channels == ("live",)
    with pytest.raises(InvalidValueError, match="names of the file"):
        read(one_morning, channels={"voice": "live"})


# Interval length


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_the_interval_length_is_read_from_the_starts(minutes):
    starts = pd.date_range("2025-10-20 08:00", periods=8, freq=f"{minutes}min")

    assert read(rows(starts)).interval_minutes == minutes


def test_shorter_intervals_are_added_up():
    starts = pd.date_range("2025-10-20 08:00", periods=12, freq="5min")
    history = read(
        rows(starts, offered=range(12), answered=0, abandoned=0, handle_time_s=0),
        interval_minutes=30,
    )

    assert history.volume.tolist() == [[15.0], [51.0]]
    assert "added up to 30 minutes" in history.repairs[-1]


def test_a_wider_interval_that_the_file_covers_in_part_is_unknown():
    starts = pd.date_range("2025-10-20 08:15", periods=8, freq="15min")
    history = read(rows(starts), interval_minutes=60)

    assert np.isnan(history.volume[[0, 2]]).all()
    assert history.volume[1] == 20


# What is repaired


def test_rows_in_any_order_are_sorted_and_told(one_morning):
    shuffled = read(one_morning.sample(frac=1, random_state=1))

    assert shuffled.table.equals(read(one_morning).table)
    assert shuffled.repairs == ("Rows stood out of time order: sorted.",)
    assert read(one_morning[::-1]).repairs == ("Rows stood newest first: sorted.",)


def test_rows_sorted_by_channel_are_in_order_too(one_morning):
    history = read(pd.concat([one_morning, one_morning.assign(channel="x")]))

    assert history.repairs == ()
    assert list(history.table["channel"][:4]) == ["chat", "x", "chat", "x"]


def test_blank_rows_repeated_headers_and_identical_rows_are_left_out(one_morning):
    lines = one_morning.to_csv(index=False).splitlines()
    messy = "\n".join([*lines[:3], "", ",,,,,", *lines[3:], lines[0], lines[-1]])
    history = read(messy.encode())

    assert history.table.equals(read(one_morning).table)
    assert history.repairs == (
        "2 blank rows left out.",
        "1 repeated header row left out.",
        "1 repeated identical row left out.",
    )


def test_empty_cells_are_unknown_never_zero(one_morning):
    table = one_morning.astype(object)
    table.loc[2, "offered"] = ""
    table.loc[3, ["answered", "handle_time_s"]] = ""
    history = read(table)

    assert np.isnan(history.volume[2, 0])
    assert np.isnan(history.mean_handle_time_s[3, 0])
    assert set(history.repairs) == {
        "1 row without offered: taken as unknown.",
        "1 row without answered, handle_time_s: taken as unknown.",
    }


def test_contacts_answered_in_no_time_have_an_unknown_handle_time(one_morning):
    one_morning.loc[2, "handle_time_s"] = 0
    history = read(one_morning)

    assert np.isnan(history.mean_handle_time_s[2, 0])
    assert "answered in 0 seconds" in history.repairs[0]


def test_missing_intervals_are_zero_when_closed_and_unknown_when_open():
    starts = open_weeks(4)
    hole = (starts >= "2025-11-13 11:00") & (starts < "2025-11-13 15:00")
    quiet = starts.hour == 9  # written down as zeros: this file leaves nothing out
    table = rows(starts, offered=np.where(quiet, 0, 5), answered=0, abandoned=0, handle_time_s=0)
    history = read(table[~hole])

    volume = pd.Series(history.volume[:, 0], index=history.starts)
    assert volume["2025-11-13 11:00":"2025-11-13 14:30"].isna().all()
    assert volume.isna().sum() == 8
    assert volume["2025-11-12 18:00"] == 0
    assert volume["2025-11-15"].eq(0).all()
    assert "896 intervals without a row" in history.repairs[0]
    assert "8 intervals missing" in history.repairs[1]
    assert "13 Nov 2025 11:00 to 15:00" in history.repairs[1]


def test_one_week_suffices_to_tell_a_hole_from_a_closed_hour():
    starts = open_weeks(1)
    table = rows(starts)[starts != pd.Timestamp("2025-11-05 11:00")]
    volume = pd.Series(*reversed((read(table).starts, read(table).volume[:, 0])))

    assert volume.index[volume.isna()] == [pd.Timestamp("2025-11-05 11:00", tz=LONDON)]


def test_a_file_that_leaves_empty_intervals_out_has_zeros_there():
    """Two contacts an interval on average: every seventh is empty, and has no row."""
    rng = np.random.default_rng(1)
    starts = open_weeks(8)
    offered = rng.poisson(2, len(starts))
    table = rows(starts, offered=offered, answered=offered, abandoned=0, handle_time_s=offered * 60)
    outage = (starts >= "2025-12-03 09:00") & (starts < "2025-12-03 17:00")
    history = read(table[(offered > 0) & ~outage])

    volume = pd.Series(history.volume[:, 0], index=history.starts)
    assert volume.isna().sum() == outage.sum() == 16
    known = volume[starts.tz_localize(LONDON)].to_numpy()[~outage]
    assert (known[:-1] == offered[~outage][:-1]).all()


def test_a_channel_that_starts_later_is_unknown_before():
    starts = open_weeks(6)
    late = starts[starts >= "2025-11-24"]
    history = read(pd.concat([rows(starts, "x"), rows(late)]))

    chat = pd.Series(history.volume[:, 1], index=history.starts)
    assert chat["2025-11-04 10:00"] != chat["2025-11-04 10:00"]
    assert chat["2025-11-04 20:00"] == 0


# Clock changes


AUTUMN = ["00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]


def autumn(order=range(8)):
    """The repeated hour of 26 October 2025: offered 5, 6, ... in true order."""
    table = rows([f"2025-10-26 {clock}" for clock in AUTUMN], offered=range(5, 13))
    return table.iloc[list(order)]


@pytest.mark.parametrize("order", [range(8), range(7, -1, -1), [0, 1, 2, 4, 3, 5, 6, 7]])
def test_the_repeated_hour_is_told_apart_by_its_order(order):
    """First to last, last to first, and sorted by what the clock shows."""
    assert read(autumn(order)).volume.ravel().tolist() == list(range(5, 13))


def test_the_repeated_hour_is_told_apart_by_its_offset():
    starts = pd.date_range("2025-10-26", periods=8, freq="30min", tz=LONDON)
    table = rows([start.isoformat() for start in starts], offered=range(5, 13))

    assert read(table.sample(frac=1, random_state=3)).volume.ravel().tolist() == list(range(5, 13))


@pytest.mark.parametrize("order", [[3, 1, 0, 2, 5, 7, 6, 4], [0, 1, 2, 3, 6, 7]])
def test_a_repeated_hour_that_cannot_be_told_apart_is_unknown_and_told(order):
    """In no order; or written once, so that it holds one of the hours or both."""
    history = read(autumn(order))

    assert np.isnan(history.volume[2:6]).all()
    assert history.volume[[0, 1, 6, 7]].ravel().tolist() == [5, 6, 11, 12]
    assert "26 October 2025" in history.repairs[0]
    assert "cannot be told apart" in history.repairs[0]


def test_a_repeated_hour_without_contacts_needs_no_telling_apart():
    table = autumn([0, 1, 2, 3, 6, 7])
    table.loc[[2, 3], ["offered", "answered", "abandoned", "handle_time_s"]] = 0
    history = read(table)

    assert history.volume.ravel().tolist() == [5, 6, 0, 0, 0, 0, 11, 12]
    assert history.repairs == ()


def test_the_skipped_hour_is_left_out_when_empty_and_a_fault_otherwise():
    table = rows(half_hours("2026-03-29 00:00", 8))
    with pytest.raises(InvalidInputError) as caught:
        read(table)
    assert [fault.where for fault in caught.value.faults] == ["row 4", "row 5"]
    assert "that exists in Europe/London" in caught.value.faults[0].rule

    table.loc[[2, 3], ["offered", "answered", "abandoned", "handle_time_s"]] = 0
    history = read(table)
    assert len(history.table) == 6
    assert "2 empty rows left out" in history.repairs[0]


def test_a_day_with_a_clock_change_has_23_or_25_hours():
    spring = pd.date_range("2026-03-29", "2026-03-30", freq="30min", tz=LONDON, inclusive="left")
    history = read(rows([start.isoformat() for start in spring]))

    assert len(history.table) == 46


# What a planner means


def test_elapsed_handle_times_become_solo():
    """480 s solo, logged as 600 s in pairs where each chat takes 1.25 times as long."""
    table = rows(half_hours("2025-10-20 08:00", 4), answered=4, handle_time_s=2400)
    history = read(table, handle_time_basis="elapsed", mean_concurrency=2)

    assert history.mean_handle_time_s.ravel().tolist() == [480.0] * 4
    assert "divided by 1.25" in history.repairs[0]


def test_the_basis_of_a_channel_leaves_the_others_alone():
    starts = half_hours("2025-10-20 08:00", 4)
    table = pd.concat([rows(starts), rows(starts, "x")])
    history = read(
        table,
        handle_time_basis={"chat": "elapsed"},
        mean_concurrency={"chat": 1.5},
        slowdown=(1, 2),
    )

    assert history.mean_handle_time_s[0].tolist() == [250 / 1.5, 250.0]


def test_actionable_share_scales_what_was_heard_and_rounds_nothing(one_morning):
    history = read(one_morning, actionable={"chat": 0.3})

    assert history.volume.ravel().tolist() == [1.5] * 8
    assert history.mean_handle_time_s.ravel().tolist() == pytest.approx([250.0] * 8)
    assert history.repairs == ("chat: 30% of what was heard are taken as contacts.",)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timezone": "Mars/Base"}, "timezone must be an IANA name"),
        ({"layout": "other"}, "layout must be one of"),
        ({"layout": "contact_log"}, "mapping must be given"),
        ({"mapping": {"who": "x"}}, "mapping must be of the fields"),
        ({"interval_minutes": 20}, "interval_minutes must be 15, 30 or 60"),
        ({"counting": "end"}, "counting must be"),
        ({"handle_time_basis": "talk"}, "handle_time_basis must be one of"),
        ({"mean_concurrency": 2}, "whose handle times are solo"),
        ({"handle_time_basis": "elapsed", "mean_concurrency": 5}, "between 1 and 4"),
        ({"handle_time_basis": {"x": "elapsed"}}, "channel of handle_time_basis must be"),
        ({"handle_time_basis": "elapsed", "slowdown": (2, 1)}, "slowdown must be"),
        ({"actionable": {"chat": 1.2}}, "actionable of chat must be between 0 and 1"),
        ({"outcomes": {"ok": "fine"}}, "outcome 'ok' must be one of"),
        ({"units": {"wait": "day"}}, "unit of wait must be one of"),
        ({"units": {"agent": "s"}}, "units must be given for"),
    ],
)
def test_options_outside_their_range_are_refused(one_morning, options, told):
    with pytest.raises(InvalidValueError, match=told):
        read(one_morning, **options)


# What looks odd


def test_a_lone_peak_is_listed_and_left_alone():
    starts = open_weeks(6)
    table = rows(starts)
    peak = int(np.flatnonzero(starts == pd.Timestamp("2025-12-11 13:30"))[0])
    table.loc[peak, ["offered", "answered", "handle_time_s"]] = [180, 170, 42_500]
    history = read(table)

    assert history.volume.max() == 180
    assert history.suspicions == (
        "chat: 180 contacts on 11 Dec 2025 13:30, where about 5 are usual.",
    )


def test_a_silent_hour_that_is_normally_busy_is_listed():
    starts = open_weeks(6)
    table = rows(starts, offered=40, answered=40, abandoned=0, handle_time_s=10_000)
    silent = np.flatnonzero(starts == pd.Timestamp("2025-12-11 13:30"))
    table.loc[silent, COLUMNS[2:]] = 0

    assert "no contacts at all in 1 interval" in read(table).suspicions[0]


def test_handle_times_that_look_like_means_are_listed():
    rng = np.random.default_rng(2)
    starts = open_weeks(4)
    offered = rng.integers(2, 30, len(starts))
    table = rows(starts, offered=offered, answered=offered, abandoned=0, handle_time_s=400)

    assert "a mean instead of the total" in read(table).suspicions[0]
    table["handle_time_s"] = offered * 400
    assert read(table).suspicions == ()
    table["handle_time_s"] = offered * 6
    assert "mean handle time is 6 seconds" in read(table).suspicions[0]


def test_channels_that_differ_in_spelling_only_are_listed(one_morning):
    both = pd.concat([one_morning, one_morning.assign(channel="Chat")])

    assert "differ only in spelling" in read(both).suspicions[0]


# Cuts


def test_until_holds_nothing_after_the_instant(one_morning):
    history = read(one_morning)
    cut = history.until(pd.Timestamp("2025-10-20 10:15", tz=LONDON))

    assert cut.end == pd.Timestamp("2025-10-20 10:00", tz=LONDON)
    assert cut.table.equals(history.table[:4])
    with pytest.raises(InvalidValueError, match="no interval"):
        history.until(pd.Timestamp("2025-10-20 08:15", tz=LONDON))


def test_between_takes_whole_intervals(one_morning):
    begin = pd.Timestamp("2025-10-20 08:10", tz=LONDON)
    cut = read(one_morning).between(begin, begin + pd.Timedelta(hours=2))

    assert (cut.starts[0].minute, cut.starts[0].hour, len(cut.table)) == (30, 8, 3)


def test_until_knows_no_more_than_the_file_cut_there():
    """Closed or unknown is judged anew from the rows before the instant."""
    starts = open_weeks(5)
    first_weeks_open_till_noon = (starts.hour < 12) | (starts >= "2025-11-17")
    table = rows(starts)[first_weeks_open_till_noon]
    instant = pd.Timestamp("2025-11-14 11:00", tz=LONDON)
    cut = read(table).until(instant)
    before = table[pd.to_datetime(table["interval_start"]) < "2025-11-14 11:00"]

    assert cut.table.equals(read(before).table)
    assert not read(table).between(read(table).starts[0], instant).table.equals(cut.table)


def test_a_history_is_complete_or_refused(one_morning):
    table = read(one_morning).table
    with pytest.raises(InvalidValueError, match="without gaps"):
        History(LONDON, 30, ("chat",), table.drop(index=3))
    with pytest.raises(InvalidValueError, match="at least one"):
        History(LONDON, 30, ("chat", "x"), table[:3])


# Any table


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
