"""New weeks put to a history: added, believed, kept and missing intervals, each told."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import joined, read_history
from scenario import InvalidInputError

ROOT = Path(__file__).parents[1]
LONDON = "Europe/London"


def history(first, hours, offered=5, channels=("chat", "x"), minutes=60, timezone=LONDON, drop=()):
    """Every interval of some hours with the same numbers, but those left out by position."""
    starts = pd.date_range(first, periods=hours, freq=f"{minutes}min", tz=timezone)
    rows = [
        (start.isoformat(), channel, offered, offered, 0, offered * 300)
        for place, start in enumerate(starts)
        for channel in channels
        if place not in drop
    ]
    columns = ["interval_start", "channel", "offered", "answered", "abandoned", "handle_time_s"]
    content = pd.DataFrame(rows, columns=columns).to_csv(index=False).encode()
    return read_history(io.BytesIO(content), name="h.csv", timezone=timezone)


def test_last_week_is_added_and_told_by_channel():
    found, told = joined(history("2026-03-02", 48), history("2026-03-04", 24, 7))
    assert len(found.starts) == 72
    assert found.volume[47:49, 0].tolist() == [5, 7]
    assert told == (
        "chat: 24 intervals added, 4 Mar 2026 00:00 to 5 Mar 2026 00:00.",
        "x: 24 intervals added, 4 Mar 2026 00:00 to 5 Mar 2026 00:00.",
    )


def test_where_both_tell_the_new_weeks_are_believed_and_counted():
    found, told = joined(history("2026-03-02", 48), history("2026-03-03", 48, 7))
    assert found.volume[:, 0].tolist() == [5] * 24 + [7] * 48
    assert (
        "chat: 24 intervals in both; 24 intervals of them otherwise in the new weeks, which are"
        " believed (the first on 3 Mar 2026 00:00: 5 contacts became 7)."
    ) in told


def test_the_same_file_twice_changes_nothing():
    before = history("2026-03-02", 48)
    found, told = joined(before, before)
    np.testing.assert_array_equal(found.volume, before.volume)
    assert told[:2] == (
        "chat: no interval added.",
        "chat: 48 intervals in both, saying the same.",
    )


def test_a_correction_of_a_day_takes_nothing_away():
    found, told = joined(history("2026-03-02", 24 * 14), history("2026-03-05", 24, 9))
    assert len(found.starts) == 24 * 14
    assert found.volume[:, 0].sum() == 5 * 24 * 13 + 9 * 24
    assert "chat: no interval added." in told


def test_what_the_new_weeks_leave_out_is_kept():
    found, told = joined(history("2026-03-02", 48), history("2026-03-03", 48, 7, drop=(3, 4)))
    assert found.volume[24 + 3 : 24 + 5, 0].tolist() == [5, 5]
    assert "chat: 2 intervals known so far and not in the new weeks: kept." in told


def test_handle_times_that_the_new_weeks_do_not_tell_are_kept_beside_equal_counts():
    before = history("2026-03-02", 48)
    rows = b"interval_start,channel,offered,answered,abandoned,handle_time_s\n"
    rows += b"2026-03-03T10:00+00:00,chat,5,,,\n2026-03-03T11:00+00:00,chat,6,,,\n"
    more = read_history(io.BytesIO(rows), name="h.csv", timezone=LONDON)
    found, told = joined(before, more)
    assert found.mean_handle_time_s[34, 0] == 300
    assert np.isnan(found.mean_handle_time_s[35, 0])
    assert found.volume[34:36, 0].tolist() == [5, 6]
    assert any("1 interval of them otherwise" in sentence for sentence in told)


def test_a_gap_between_the_two_is_unknown_and_told():
    found, told = joined(history("2026-03-02", 24 * 7), history("2026-03-12", 24 * 4))
    assert np.isnan(found.volume[24 * 7 : 24 * 10]).all()
    assert np.isfinite(found.volume[24 * 10 :]).all()
    assert told[-1].startswith("▲ Nothing is told of 9 Mar 2026 00:00 to 12 Mar 2026 00:00")
    assert "72 intervals" in told[-1]


def test_new_weeks_may_lie_before_the_history():
    found, _ = joined(history("2026-03-09", 48), history("2026-03-08", 24, 7))
    assert found.volume[:, 0].tolist() == [7] * 24 + [5] * 48


def test_a_channel_that_the_new_weeks_lack_or_bring_is_told():
    before = history("2026-03-02", 24 * 7)
    found, told = joined(before, history("2026-03-09", 24, 7, channels=("chat", "letters")))
    assert found.channels == ("chat", "x", "letters")
    assert "x: not in the new weeks; what was known stays." in told
    assert np.isnan(found.volume[24 * 7 :, 1]).all()
    assert np.isnan(found.volume[: 24 * 5, 2]).all(), "before its first row nobody knows"
    assert any("a channel that is new" in sentence for sentence in told)


def test_a_misspelt_channel_another_length_and_another_grid_are_refused():
    before = history("2026-03-02", 48, channels=("chat", "facebook"))
    with pytest.raises(InvalidInputError, match='must be "facebook"'):
        joined(before, history("2026-03-04", 24, channels=("chat", "Face book")))
    with pytest.raises(InvalidInputError, match="60 minutes"):
        joined(before, history("2026-03-04", 24, minutes=30))
    shifted = history("2026-03-04 00:30", 24, channels=("chat", "facebook"))
    with pytest.raises(InvalidInputError, match="on the grid"):
        joined(before, shifted)


def test_times_of_another_zone_are_put_on_the_histories_own():
    found, _ = joined(
        history("2026-03-02", 48), history("2026-03-03 19:00", 24, 7, timezone="America/New_York")
    )
    assert found.timezone == LONDON
    assert str(found.starts.tz) == LONDON
    assert found.volume[:, 0].tolist() == [5] * 48 + [7] * 24


def test_the_sample_cut_and_joined_is_the_sample():
    """Closed hours, an unknown outage and the clock change are judged as in one file."""
    whole = read_history(ROOT / "data" / "team_20" / "history.csv", timezone=LONDON)
    cut = pd.Timestamp("2026-03-23", tz=LONDON)
    early, late = whole.between(whole.starts[0], cut), whole.between(cut, whole.end)
    found, _ = joined(early, late)
    np.testing.assert_array_equal(found.volume, whole.volume)
    np.testing.assert_array_equal(found.filled, whole.filled)


def test_a_log_of_contacts_is_put_to_a_history_of_intervals():
    """Hours without contacts of the log are known to be empty; the other's closed ones stay so."""
    before = history("2026-03-02", 24 * 21, 5, channels=("chat",), drop=set(range(0, 504, 24)))
    rows = "when,channel\n" + "\n".join(
        f"2026-03-23 {hour:02d}:10,chat" for hour in (8, 8, 9, 11, 17)
    )
    log = read_history(
        io.BytesIO(rows.encode()),
        name="log.csv",
        timezone=LONDON,
        mapping={"arrival": "when", "channel": "channel"},
        interval_minutes=60,
    )
    found, told = joined(before, log)
    assert found.volume[-10:, 0].tolist() == [2, 1, 0, 1, 0, 0, 0, 0, 0, 1]
    assert found.starts[23].hour == 0
    assert found.volume[23, 0] == before.volume[23, 0] == 0, "closed at midnight"
    assert told[-1].startswith("▲ Nothing is told of 23 Mar 2026 00:00 to 08:00")


@given(
    length=st.integers(2, 60),
    begin=st.integers(-30, 90),
    more=st.integers(2, 60),
    drop=st.sets(st.integers(0, 59), max_size=10),
)
@settings(max_examples=15)
def test_every_interval_of_the_span_is_told_by_the_new_the_old_or_nobody(length, begin, more, drop):
    kept = set(range(more)) - drop
    if len(kept) < 2:
        return
    origin = pd.Timestamp("2026-03-02", tz=LONDON)
    before = history(origin.tz_localize(None), length, 5, channels=("chat",))
    first = origin + pd.Timedelta(hours=begin)
    after = history(first.tz_localize(None), more, 7, channels=("chat",), drop=drop)
    found, told = joined(before, after)
    present = (
        ~found.filled.ravel() if found.filled is not None else np.ones(len(found.starts), bool)
    )
    expected = {origin + pd.Timedelta(hours=hour): 5 for hour in range(length)}
    expected |= {first + pd.Timedelta(hours=hour): 7 for hour in sorted(kept)}
    assert dict(zip(found.starts[present], found.volume[present, 0], strict=True)) == expected
    assert told
