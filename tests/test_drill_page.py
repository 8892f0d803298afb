"""The Drill page: a burst on the team, when it is over, and what people called in change."""

from dataclasses import replace

import pandas as pd
import pytest

from app_pages import opened_app, settled
from forecast import demand_for
from views import drill_words
from views.drill_work import Asked, drilled
from views.jobs import Job
from views.turns import Turns

NEEDED = {"Forecasting", "Drilling the burst"}
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def asked(small):
    return Asked("x", small.local(pd.Timestamp("2026-04-13 10:00")), 8.0, 2.0, "team", 2, 30)


@pytest.fixture(scope="module")
def found(small, asked):
    return answer(small, asked)


def answer(scenario, asked):
    job = Job("a key", "Drilling the burst", lambda _: None)
    job.hold("a page that waits")
    return drilled(scenario, demand_for(scenario), asked, job, Turns(1))


def test_it_is_said_when_the_burst_is_over_without_and_with_more_people(found):
    first, second = drill_words.sentences(found)
    assert first.startswith("X at 8 times its volume from Mon 13 Apr 10:00, halving every 2 h: ")
    assert second.startswith("With 2 more in team from 10:30: ")


def test_the_arrangements_stand_side_by_side(found, small):
    table = drill_words.table(found, small).set_index("Result")
    assert list(table.columns) == ["Calm day", "Burst", "Burst, 2 more in team"]
    level = table.loc["X in time (promised 80 %)"]
    assert level["Calm day"][0] in "●▼"
    assert " pp)" in level["Burst"]
    assert table.loc["Over after, in half of the runs", "Calm day"] == "–"
    assert "Of these caused by earlier ones" not in table.index, "nobody writes again here"
    assert table.loc["Cost", "Burst"].endswith("(±0)")
    assert "(+" in table.loc["Cost", "Burst, 2 more in team"]


def test_the_picture_begins_before_the_burst_and_has_a_line_an_arrangement(found):
    drawn = drill_words.over_time(found, "x", "backlog", 1.0)
    assert set(drawn["name"]) == set(drill_words.names_of(found).values())
    assert drawn["when"].iloc[0] == "Mon 13 Apr 08:00"
    burst = drawn[drawn["name"] == "Burst"]["value"]
    calm = drawn[drawn["name"] == "Calm day"]["value"]
    assert burst.max() > calm.max()


def test_more_people_change_something_that_is_real(found):
    told = drill_words.what_changes(found)
    assert told
    assert all(sentence.endswith("real.") for sentence in told)


def test_nobody_called_in_is_a_drill_too(small, asked):
    alone = answer(small, replace(asked, more=0))
    assert len(drill_words.sentences(alone)) == 1
    assert drill_words.what_changes(alone) == []
    assert list(drill_words.table(alone, small).columns) == ["Result", "Calm day", "Burst"]


def test_the_page_drills_what_the_sidebar_asks_for(app):
    app.switch_page("views/drill.py").run()
    settled(app, NEEDED)
    assert app.dataframe[0].value.columns[1:].tolist() == [
        "Calm day",
        "Burst",
        "Burst, 2 more in team",
    ]
    app.number_input(key="drill-more").set_value(0).run()
    settled(app, NEEDED)
    assert app.dataframe[0].value.columns[1:].tolist() == ["Calm day", "Burst"]
    app.slider(key="drill-factor").set_value(12.0).run()
    settled(app, NEEDED)
    assert any("X at 12 times its volume" in text.value for text in app.markdown)


def test_a_what_if_can_be_drilled(app):
    app.switch_page("views/whatif.py").run()
    app.slider(key="lever-staff-team").set_value(2).run()
    app.switch_page("views/drill.py").run()
    app.segmented_control(key="drill-start").set_value("what-if").run()
    settled(app, NEEDED)
    assert not app.error
    assert len(app.dataframe) == 1
    key = app.query_params["drill-what-if"]
    shown = app.dataframe[0].value

    address = {"drill-start": "what-if", "drill-what-if": key}
    again = opened_app("drill", **address)
    settled(again, NEEDED)
    assert again.segmented_control(key="drill-start").value == "what-if"
    pd.testing.assert_frame_equal(again.dataframe[0].value, shown)
    again.segmented_control(key="drill-start").set_value("as now").run()
    settled(again, NEEDED)
    assert "drill-what-if" not in again.query_params
    assert not again.dataframe[0].value.equals(shown)
