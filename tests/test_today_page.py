"""The Today page: counts typed or made up, the day by hour, and the rest as a scenario."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from app_pages import opened_app, settled
from forecast import demand_for, predict, rest_of_day
from made_histories import SLOTS, chat_rates, counts, history_of, post_rates
from scenario import InvalidInputError, Scenario
from simulate.run import simulate
from views import this_day, uploads

NEEDED = {"Reading the history", "Forecasting", "Rehearsing the rest of the day"}
MONDAY = date(2025, 8, 11)
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DESK = """
timezone = "Europe/London"
replications = 4
[horizon]
start = 2025-08-11
length = "2d"
interval_minutes = 30
[demand]
history = "history.csv"
[channels.chat]
kind = "live"
priority = 1
handle_time.mean_s = 300
patience.mean_s = 240
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
handle_time.mean_s = 240
target = { share = 0.8, within_s = 900 }
[groups.team]
agents = 5
skills.chat = {}
skills.x = {}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    rng = np.random.default_rng(5)
    volume = np.stack([counts(chat_rates(70), rng), counts(post_rates(70), rng)], axis=2)
    folder = tmp_path_factory.mktemp("desk")
    history = history_of(volume, channels=("chat", "x"))
    uploads.own_rows(history).to_csv(folder / "history.csv", index=False)
    (folder / "scenario.toml").write_text(DESK)
    return folder / "scenario.toml"


@pytest.fixture(scope="module")
def scenario(desk):
    return Scenario.load(desk)


@pytest.fixture(scope="module")
def demand(scenario):
    return demand_for(scenario)


@pytest.fixture(scope="module")
def today(demand):
    return rest_of_day(demand, this_day.example_morning(demand, MONDAY))


def test_typed_hours_spread_as_the_forecast_and_end_with_the_last(demand):
    grid = this_day.blank_hours(demand, MONDAY, ["chat", "x"])
    assert grid["Hour"].iloc[0] == "00:00", "posts come round the clock"
    typed = grid["Hour"] <= "10:00"
    grid.loc[typed, "chat"] = np.where(grid.loc[typed, "Hour"] < "08:00", 0, 40)
    grid.loc[typed, "x"] = 12
    so_far = this_day.typed(demand, MONDAY, grid)
    assert so_far.end == pd.Timestamp("2025-08-11 11:00", tz="Europe/London")
    assert so_far.volume[:, 0].sum() == pytest.approx(120)
    nine = so_far.volume[18:20, 0]
    np.testing.assert_allclose(
        nine / nine.sum(), demand.mean[18:20, 0] / demand.mean[18:20, 0].sum()
    )


def test_nothing_typed_and_negative_counts_are_told(demand):
    grid = this_day.blank_hours(demand, MONDAY, ["chat", "x"])
    with pytest.raises(InvalidInputError, match="an hour at least"):
        this_day.typed(demand, MONDAY, grid)
    grid.loc[0, "x"] = -1
    with pytest.raises(InvalidInputError, match="0 or more"):
        this_day.typed(demand, MONDAY, grid)


def test_counts_are_kept_for_a_refresh(demand):
    so_far = this_day.example_morning(demand, MONDAY)
    assert this_day.kept(this_day.keep(so_far)) is so_far
    assert this_day.kept("never") is None


def test_the_day_by_hour_adds_up(today):
    table = this_day.hourly(today, "chat")
    row = today.totals.set_index("channel").loc["chat"]
    assert len(table) == 24
    assert table["counted"].sum() == row["so_far"]
    assert table["expected"].sum() == pytest.approx(row["so_far"] + row["rest"])
    ahead = table["low"].notna()
    assert ahead.tolist() == [False] * 11 + [True] * 13
    assert (table["low"] <= table["high"])[ahead].all()


def test_an_hour_half_over_counts_as_to_come(demand):
    morning = this_day.example_morning(demand, MONDAY)
    short = morning.between(morning.starts[0], morning.starts[-1])
    table = this_day.hourly(rest_of_day(demand, short), "chat")
    assert np.isnan(table["counted"].iloc[10])
    assert table["low"].iloc[10] >= short.volume[-1, 0]


def test_the_rest_is_a_scenario_with_what_waits_and_two_more_agents(scenario, today):
    waiting = {"x": (30, 90.0)}
    as_staffed = this_day.rest_scenario(scenario, today, waiting, {})
    moved = this_day.rest_scenario(scenario, today, waiting, {"team": 2})
    assert as_staffed.period.start == today.at
    assert as_staffed.period.count == SLOTS - 22
    backlog = as_staffed.channels["x"].initial_backlog
    assert len(backlog) == 30
    assert (max(backlog), min(backlog)) == (5400, 0)
    assert (moved.staff().agents - as_staffed.staff().agents == 2).all()
    here, there = (simulate(one, today.rest, replications=4) for one in (as_staffed, moved))
    levels = [
        outcome.totals.set_index("channel")["service_level"]["x"] for outcome in (here, there)
    ]
    assert levels[1] > levels[0]
    assert here.totals["offered"].tolist() == there.totals["offered"].tolist()


def test_scale_is_not_applied_twice(scenario, today):
    scaled = scenario.with_changes({"demand.scale.chat": 2.0})
    rest = this_day.rest_scenario(scaled, today, {}, {})
    assert rest.demand.scale == {"chat": 1.0}


def test_channels_stand_in_the_scenarios_order(scenario):
    history = history_of(np.ones((14 * SLOTS, 2)), channels=("x", "chat"))
    assert this_day.in_order(predict(history, horizon="1d"), scenario) == ["chat", "x"]


@pytest.fixture
def app(desk, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(desk))
    return settled(opened_app("today"), NEEDED)


def test_without_counts_the_day_is_shown_as_it_was_forecast(app):
    assert "Nothing is counted yet" in app.info[0].value
    (table,) = [table.value for table in app.dataframe if "Rest, now" in table.value.columns]
    assert table["Rest, now"].tolist() == table["Rest, as forecast"].tolist()


def test_an_example_morning_raises_an_alarm_and_is_rehearsed(app):
    app.button(key="today-example").click().run()
    settled(app, NEEDED)
    assert any("above the band" in warning.value for warning in app.warning)
    assert [metric.label for metric in app.metric][:2] == ["Chat", "X"]
    assert any("Rest, now" in table.value.columns for table in app.dataframe)
    results = [table.value for table in app.dataframe if "Result" in table.value.columns]
    assert "Difference" in results[0].columns, "two more agents beside the staffing as it stands"
