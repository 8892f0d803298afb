"""The History page's tables: every hour of every week, odd days, and the staffing of now."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import read_history
from made_histories import SLOTS, history_of
from scenario import Scenario
from views import files, odd_days, past, staffing_now
from views.history_charts import staffed_now, weeks_heat

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def sample():
    return Scenario.load(files.SAMPLE)


@pytest.fixture(scope="module")
def history():
    return read_history(ROOT / "data" / "team_20" / "history.csv", timezone="Europe/London")


@pytest.fixture(scope="module")
def days(history, sample):
    return past.days_of(history, sample.calendar)


def test_every_week_adds_up_to_what_is_known(history, days):
    weeks = odd_days.weeks_of(history, "chat", days)
    known = history.volume[:, history.channels.index("chat")]
    assert weeks["value"].sum() == pd.Series(known).sum()
    assert weeks["hour"].between(0, 167).all()
    assert weeks["week"].nunique() == 26
    assert set(weeks.loc[weeks["when"].str.startswith("Fri 26 Dec"), "note"]) == {past.HOLIDAY}
    assert weeks_heat(weeks).to_dict()["mark"]["type"] == "rect"


def test_hours_of_a_gap_are_left_out(history, days):
    """20 Nov 2025, 11:00 to 15:00: the suite was down, and nobody knows."""
    weeks = odd_days.weeks_of(history, "chat", days)
    of_day = weeks[weeks["when"].str.startswith("Thu 20 Nov 2025")]
    assert sorted(set(range(24)) - set(of_day["hour"] - 3 * 24)) == [11, 12, 13, 14]


def test_odd_days_stand_beside_what_is_usual(days):
    odd = odd_days.odd_days(days).set_index(["Day", "Channel"])
    assert odd.loc[("Fri 26 Dec 2025", "Chat"), "What"] == past.HOLIDAY
    assert odd.loc[("Thu 20 Nov 2025", "Chat"), "What"] == past.GAP
    burst = odd.loc[("Fri 12 Dec 2025", "Facebook")]
    assert burst["What"] == past.BURST
    assert float(burst["Contacts"].replace(",", "")) > float(burst["Usual"].replace(",", ""))


def test_a_weekday_with_few_days_has_no_usual():
    few = pd.DataFrame(
        {
            "at": [0.0, 1.0],
            "when": ["Mon 02 Mar 2026", "Mon 09 Mar 2026"],
            "name": "Chat",
            "value": [5.0, 50.0],
            "mark": ["", past.BURST],
        }
    )
    assert odd_days.odd_days(few)["Usual"].tolist() == ["–"]
    assert odd_days.odd_days(few[:1]).empty


def test_the_staffing_of_now_is_told_and_drawn(sample):
    staff = sample.staff()
    words = staffing_now.staffing_words(staff)
    assert words.startswith("473 hours on the floor")  # the sample week, agents times hours
    lines = staffing_now.staffing_lines(staff)
    assert lines["value"].sum() == staff.agents.sum()
    assert staffed_now(lines, ["Team"]).to_dict()["mark"]["type"] == "line"
    nobody = sample.with_changes({"groups.team.agents": 0, "staffing": None}).staff()
    assert staffing_now.staffing_words(nobody) == "Nobody is scheduled in the planned time."


def test_shifts_of_a_staffing_file_are_listed(sample, tmp_path):
    assert staffing_now.shifts_now(sample) == ()
    (tmp_path / "shifts.csv").write_text(
        "group,start,end,agents,break_start,break_end\n"
        "team,2026-04-13T08:00,2026-04-13T16:00,9,2026-04-13T12:00,2026-04-13T12:30\n"
    )
    shifted = sample.with_changes({"staffing": str(tmp_path / "shifts.csv")})
    table = staffing_now.shift_table(staffing_now.shifts_now(shifted))
    assert table.iloc[0].to_dict() == {
        "Day": "Mon 13 Apr",
        "From": "08:00",
        "To": "16:00",
        "Breaks": "12:00–12:30",
        "Group": "Team",
        "Agents on the floor": 9,
    }


def test_the_usual_week_is_a_mean_of_known_hours():
    fives = history_of(np.full((14 * SLOTS, 1), 5.0), channels=("chat",))
    week = past.usual_week(fives, "chat")
    assert week["value"].tolist() == pytest.approx([10.0] * 168)


def test_holidays_and_gaps_are_marked(days):
    marks = days.set_index(["name", "when"])["mark"]
    assert marks["Chat", "Fri 26 Dec 2025"] == past.HOLIDAY
    assert marks["Chat", "Thu 20 Nov 2025"] == past.GAP
    assert marks["Facebook", "Fri 12 Dec 2025"] == past.BURST
