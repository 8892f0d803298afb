"""Histories in the own layout: what is read, in every format, and what a planner says of it."""

import io

import numpy as np
import pandas as pd
import pytest

from forecast import History, read_history
from history_tables import COLUMNS, LONDON, half_hours, open_weeks, read, rows
from scenario.errors import InvalidInputError, InvalidValueError

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


def test_a_row_of_a_parquet_file_without_a_time_is_told(one_morning):
    """It once took the time of another row."""
    one_morning.loc[3, "interval_start"] = None
    with pytest.raises(InvalidInputError, match="row 5, interval_start"):
        read(one_morning, name="h.parquet")


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
