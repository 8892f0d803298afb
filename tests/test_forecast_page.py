"""The Forecast page: members, lead times, edits as a layer, events and bursts."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from app_pages import opened_app, settled
from forecast import Edit, Edits, backtest, demand_for, predict
from forecast.grains import accuracy_by_grain
from forecast.sources import edits_of
from made_histories import SLOTS, counts, history_of, post_rates
from scenario import Scenario
from views import ahead, edit_layer, event_layer, files, uploads

NEEDED = {"Forecasting", "Reading the history"}
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def burst_history():
    """Ten weeks of posts with one burst of an hour in the seventh."""
    volume = counts(post_rates(70), np.random.default_rng(3))
    volume[45, 28:30] += 150
    return history_of(volume, channels=("x",), start="2025-06-02")


@pytest.fixture(scope="module")
def posts(burst_history, tmp_path_factory):
    """A desk that plans three days of posts from that history."""
    folder = tmp_path_factory.mktemp("posts")
    uploads.own_rows(burst_history).to_csv(folder / "history.csv", index=False)
    (folder / "scenario.toml").write_text(
        """
        timezone = "Europe/London"
        replications = 2
        [horizon]
        start = 2025-08-11
        length = "3d"
        interval_minutes = 30
        [demand]
        history = "history.csv"
        [channels.x]
        kind = "deferred"
        handle_time.mean_s = 240
        target = { share = 0.8, within_s = 900 }
        [groups.team]
        agents = 4
        skills.x = {}
        """
    )
    return folder / "scenario.toml"


def raised(first="2025-08-12", value=2.0):
    day = date.fromisoformat(first)
    return Edit(("x",), day, day, "scale", value, author="Ana", reason="launch")


def test_members_are_told_with_errors_and_weights(burst_history):
    told = predict(burst_history, horizon="7d", paths=10)
    table = ahead.members_table(told.members, "x")
    assert {"Member", "Error, week 1", "Weight, week 1"} <= set(table.columns)
    assert "last week repeated" in set(table["Member"])
    assert not len(ahead.members_table(told.members, "nobody"))


def test_lead_times_stand_beside_their_counting_noise(burst_history):
    tested = backtest(burst_history, horizon="14d", origins=2)
    table = ahead.lead_times(accuracy_by_grain(tested), "x")
    assert table["Ahead"].tolist() == ["all weeks", "week 1", "week 2"]
    assert {"Interval", "Interval: counting noise", "Day", "Week"} <= set(table.columns)


def test_last_week_is_the_same_stretch_of_the_week(burst_history, posts):
    scenario = Scenario.load(posts)
    grid = ahead.week_grid(scenario, demand_for(scenario), None, burst_history)
    before = burst_history.volume[-7 * SLOTS : -4 * SLOTS].sum()
    assert grid["Last week"].tolist() == [f"{before:,.0f}"]


def test_a_layer_of_edits_goes_with_the_scenario_and_can_be_undone(posts):
    scenario = Scenario.load(posts)
    both = Edits((raised(), raised("2025-08-13", 0.5)))
    opened = edit_layer.with_layer(scenario, both)
    assert edits_of(opened) == both
    assert files.demand_content(opened) == files.demand_content(scenario)
    assert files.edited_content(opened) != files.edited_content(scenario)
    plain, edited = demand_for(scenario), demand_for(opened)
    np.testing.assert_allclose(edited.mean[SLOTS : 2 * SLOTS], 2 * plain.mean[SLOTS : 2 * SLOTS])
    fewer = edit_layer.with_layer(opened, both.without([0, 1]))
    assert fewer.demand.edits is None


def test_what_is_said_of_a_burst_becomes_an_event(burst_history, posts):
    told = predict(burst_history, horizon="7d", paths=10)
    assert len(told.bursts) == 1
    assert event_layer.decided(told.bursts, [event_layer.FOUND]) == []
    (learned,) = event_layer.decided(told.bursts, [event_layer.LEARN])
    (left_out,) = event_layer.decided(told.bursts, [event_layer.LEAVE])
    assert learned["factor"] == "1"
    assert left_out["factor"] == ""
    scenario = Scenario.load(posts)
    table = pd.DataFrame([learned], columns=event_layer.COLUMNS)
    opened = event_layer.with_events(scenario, table)
    assert not len(demand_for(opened).bursts), "a burst that is usual is none"
    undone = event_layer.with_events(opened, event_layer.events_table(opened).iloc[1:])
    assert undone.demand.events is None


@pytest.fixture
def app(posts, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(posts))
    return settled(opened_app("forecast"), NEEDED)


def test_the_page_shows_members_bursts_and_the_layer(app):
    assert {found.value for found in app.subheader} >= {
        "What it is made of",
        "Why it looks like this",
        "Events and bursts",
        "My edits",
        "How far it was off in the past",
    }
    assert any("Member" in table.value.columns for table in app.dataframe)
    assert any("My word" in table.value.columns for table in app.dataframe)
    assert any("No edits so far" in caption.value for caption in app.caption)


def test_an_edit_is_added_with_its_reason_and_undone(app):
    app.number_input(key="edit-value").set_value(3.0)
    app.text_input(key="edit-reason").set_value("launch")
    next(button for button in app.button if button.label == "Add this edit").click().run()
    settled(app, NEEDED)
    tables = [table.value for table in app.dataframe if "Undo" in table.value.columns]
    assert tables[0]["Reason"].tolist() == ["launch"]
    assert tables[0]["Change"].tolist() == ["Multiply by 3"]
    grids = [table.value for table in app.dataframe if "My edit, %" in table.value.columns]
    assert grids[0]["My edit, %"].tolist() == [200.0]


def test_an_edit_that_does_not_fit_is_told(app):
    app.number_input(key="edit-value").set_value(-3.0)
    next(button for button in app.button if button.label == "Add this edit").click().run()
    assert any("Must be" in table.value.columns for table in app.dataframe)
