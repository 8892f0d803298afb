"""Histories in the own layout: what is repaired, and what looks odd and is left alone."""

import numpy as np
import pandas as pd

from history_tables import COLUMNS, LONDON, open_weeks, read, rows

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
