"""What a planner brings along: files as they are read, what of them is told, what is kept."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import read_history
from scenario import InvalidInputError, Scenario
from small_scenarios import SMALL
from views import files, uploads
from views.faults import faults_table

ROOT = Path(__file__).parents[1]


def history_csv(rows, first="2026-03-02", channels=("chat", "x")):
    """A history in the own layout, `rows` hours of 5 contacts a channel."""
    starts = pd.date_range(first, periods=rows, freq="h", tz="Europe/London")
    table = pd.DataFrame(
        [
            (start.isoformat(), channel, 5, 5, 0, 5 * 300)
            for start in starts
            for channel in channels
        ],
        columns=uploads.OWN_COLUMNS,
    )
    return table.to_csv(index=False).encode()


def read(content, name="history.csv"):
    return uploads.read_upload(name, content, "Europe/London", {})


def test_a_broken_upload_tells_every_fault_with_its_place():
    content = history_csv(4).replace(b"chat,5,5", b"chat,five,5", 1).replace(b"x,5", b"x,-5", 1)
    with pytest.raises(InvalidInputError) as caught:
        read(content, "mine.csv")
    table = faults_table(caught.value)
    assert set(table["File"]) == {"mine.csv"}
    assert len(table) == 2
    assert {"five", "-5"} == set(table["Value"])
    assert (table["Row or line"] != "").all()
    assert (table["Must be"] != "").all()


def test_a_history_moves_the_planned_time_to_its_end(small):
    """The first Monday that the history does not reach; rates are replaced."""
    changed = uploads.with_history(small, read(history_csv(24 * 14, "2025-06-02")))
    assert changed.period.start == pd.Timestamp("2025-06-16", tz="Europe/London")
    assert changed.demand.rates == {}
    assert changed.path_of(changed.demand.history).is_file()


def test_a_history_that_ends_where_the_planned_time_begins_keeps_it(small):
    changed = uploads.with_history(small, read(history_csv(24 * 41, "2026-03-02")))
    assert changed.period.start == small.period.start


def test_a_history_without_a_channel_of_the_scenario_is_told(small):
    with pytest.raises(InvalidInputError, match="x"):
        uploads.with_history(small, read(history_csv(24 * 14, channels=("chat",))))


def test_a_history_survives_being_kept_in_our_own_layout():
    """What was unknown stays unknown, what was closed stays closed."""
    before = read_history(
        ROOT / "data" / "team_20" / "history.csv", timezone="Europe/London"
    ).between(
        pd.Timestamp("2025-11-10", tz="Europe/London"),
        pd.Timestamp("2025-12-08", tz="Europe/London"),
    )
    after = read(uploads.own_rows(before).to_csv(index=False).encode())
    assert list(after.channels) == list(before.channels)
    np.testing.assert_array_equal(after.volume, before.volume)


def test_the_template_can_be_read(small):
    history = read(uploads.template(small))
    assert set(history.channels) == {"chat", "x"}


def test_a_staffing_of_an_unknown_group_is_told(small):
    content = b"interval_start,group,agents\n2026-04-13T08:00,night,3\n"
    with pytest.raises(InvalidInputError, match="night"):
        uploads.with_staffing(small, "staffing.csv", content)


def test_a_staffing_becomes_the_current_one(small):
    content = b"interval_start,group,agents\n2026-04-13T08:00,team,4\n2026-04-13T09:00,team,4\n"
    assert uploads.with_staffing(small, "new.csv", content).staff().agents.sum() == 8


def test_a_scenario_with_an_unknown_key_is_told_with_its_line(small):
    text = SMALL.replace("priority = 1", "prioritee = 1")
    with pytest.raises(InvalidInputError) as caught:
        uploads.scenario_from({"mine.toml": text.encode()}, small)
    row = faults_table(caught.value).iloc[0]
    assert row["Row or line"].startswith("line ")
    assert "priority" in row["Must be"]


def test_a_file_that_a_scenario_names_must_come_along(small):
    text = SMALL.replace("staffing.csv", "elsewhere.csv")
    with pytest.raises(InvalidInputError, match=r"elsewhere\.csv"):
        uploads.scenario_from({"mine.toml": text.encode()}, small)


def test_an_unreadable_zip_is_told(small):
    with pytest.raises(InvalidInputError, match="ZIP"):
        uploads.scenario_from({"mine.zip": b"no archive"}, small)


def test_kept_uploads_cannot_leave_their_folder():
    path = files.keep("../../evil.csv", b"a,b\n")
    assert path.name == "evil.csv"
    assert path.parent.parent == files.keep("other.csv", b"c\n").parent.parent


def test_a_changed_file_changes_the_scenarios_content(small_file):
    scenario = Scenario.load(small_file)
    before = files.scenario_content(scenario)
    staffing = small_file.with_name("staffing.csv")
    original = staffing.read_text()
    try:
        staffing.write_text(original.replace("team,2", "team,3"))
        assert files.scenario_content(scenario) != before
    finally:
        staffing.write_text(original)


def test_only_what_decides_the_demand_asks_for_another_forecast(small):
    same = small.with_changes({"demand.scale.chat": 2.0, "channels.chat.target.share": 0.9})
    assert files.demand_content(same) == files.demand_content(small)
    later = small.with_changes({"horizon.start": "2026-04-14"})
    assert files.demand_content(later) != files.demand_content(small)


def test_where_a_file_lies_decides_nothing(small):
    moved = uploads.with_staffing(
        small, "moved.csv", small.path_of(str(small.staffing)).read_bytes()
    )
    assert files.scenario_content(moved) == files.scenario_content(small)


def test_channels_that_a_file_calls_otherwise_take_the_scenarios_names(small):
    found = ("Live chat", "X post")
    names = uploads.guessed_names(list(small.channels), found)
    assert names == {"chat": "Live chat", "x": "X post"}
    history = read(history_csv(24 * 14, channels=found))
    own = {theirs: ours for ours, theirs in names.items()}
    known = uploads.renamed(history, own, small.timezone)
    assert set(known.channels) == {"chat", "x"}
    assert known.volume.sum() == history.volume.sum()
    assert uploads.with_history(small, known).demand.rates == {}


def test_a_name_that_fits_no_channel_is_left_to_the_planner():
    assert uploads.guessed_names(["voice", "x"], ["Extra", "Text"]) == {}
