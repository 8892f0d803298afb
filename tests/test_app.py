"""The pages and what stands behind them: uploads, results, downloads, and a first open."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import demand_for, read_history
from report.result_table import NOISE, REAL, results_table
from scenario import InvalidInputError, Scenario, Shift
from scenario.fixed import fixed_shifts
from scenario.shift_file import shift_rows
from simulate.run import simulate
from views import ahead, files, past, results, uploads
from views.downloads import package
from views.downloads import staffed as staffed_in
from views.faults import faults_table
from views.jobs import board
from views.levers import read_presets
from views.words import duration, money, percent

ROOT = Path(__file__).parents[1]
# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

SMALL = """
name = "Small desk"
timezone = "Europe/London"
seed = 3
replications = 3
staffing = "staffing.csv"
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand.rates]
chat = 6.0
x = 5.0
[channels.chat]
kind = "live"
priority = 1
open = { daily = "08:00-20:00" }
handle_time.mean_s = 480
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
order = "deadline"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 240
target = { share = 0.8, within_s = 900 }
[groups.team]
max_agents = 6
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05 }
[groups.team.skills.chat]
max_concurrent = 2
[groups.team.skills.x]
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
"""


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    """A desk of two that states its contacts: everything about it is quick."""
    folder = tmp_path_factory.mktemp("small")
    hours = pd.date_range("2026-04-13 08:00", periods=12, freq="h", tz="Europe/London")
    rows = {"interval_start": [hour.isoformat() for hour in hours], "group": "team", "agents": 2}
    pd.DataFrame(rows).to_csv(folder / "staffing.csv", index=False)
    path = folder / "scenario.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def small(small_file):
    return Scenario.load(small_file)


@pytest.fixture(scope="module")
def outcome(small):
    return simulate(small, demand_for(small))


@pytest.fixture(scope="module")
def busier(small):
    return simulate(small.with_changes({"demand.scale.chat": 2.0}), demand_for(small))


def history_csv(rows, first="2026-03-02", minutes=60, channels=("chat", "x")):
    """A history in the own layout, `rows` intervals of 5 contacts a channel."""
    starts = pd.date_range(first, periods=rows, freq=f"{minutes}min", tz="Europe/London")
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


# Uploads


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


# Results


def test_results_stand_beside_the_baseline_with_interval_and_verdict(outcome, busier):
    table = results_table(busier, outcome).set_index("Result")
    row = table.loc["Chat in time"]
    assert row["Difference"].startswith("-")
    assert " to " in row["Difference"]
    assert row["Real or noise"] in {REAL, NOISE}
    cost = table.loc["Cost"]
    assert cost["Difference"] == "±0"
    assert (table["Here"] != "").all()


def test_the_baseline_alone_has_no_differences(outcome):
    assert "Difference" not in results_table(outcome, None)


def test_results_tell_the_interval_of_every_service_level(outcome):
    here = results_table(outcome, None).set_index("Result")["Here"]
    level = outcome.totals.set_index("channel").loc["chat", "service_level"]
    assert here["Chat in time"].startswith(percent(level))
    assert "(" in here["Chat in time"]


def test_a_miss_is_named_in_the_headline(busier):
    assert "Chat" in results.headline(busier)
    assert "under target" in results.headline(busier)


def test_a_floor_with_time_to_spare_keeps_its_promises(small):
    ample = small.with_changes({"groups.team.agents": 20, "groups.team.max_agents": None})
    assert results.headline(simulate(ample, demand_for(ample))).startswith("Every promise")


def test_the_week_by_hour_is_a_ratio_of_sums(outcome):
    heat = results.service_heat(outcome, "chat")
    parts = outcome.parts("service_level", "chat", "interval")
    hour = np.asarray(parts.above).sum(axis=0)[10] / np.asarray(parts.below).sum(axis=0)[10]
    assert heat[heat["hour"] == 10]["value"].iloc[0] == pytest.approx(hour)
    assert heat[heat["hour"] == 3]["value"].isna().all(), "nobody comes at night: undefined"


def test_days_that_fall_short_are_named_where_the_mean_hides_them(small):
    """A day of plenty and a day of one agent: the mean alone would say that all is well."""
    two = small.with_changes(
        {"horizon.length": "2d", "staffing": None, "demand.scale.chat": 0.3}
        | {"groups.team.agents": [20] * 24 + [1] * 24, "groups.team.max_agents": None}
    )
    told = results.headline(simulate(two, demand_for(two), replications=4))
    assert "Tue 14 Apr" in told
    assert "Mon 13 Apr" not in told.split("fall short")[-1]


# Forecast tables


def test_daily_bands_are_drawn_on_the_sums_of_the_paths(small):
    from dataclasses import replace

    demand = demand_for(small)
    paths = np.stack([demand.mean * factor for factor in (0.8, 1.0, 1.2)])
    table = ahead.bands(replace(demand, paths=paths), "chat", "D")
    assert table["mean"].iloc[0] == pytest.approx(6 * 24)
    assert table["p05"].iloc[0] < 0.8 * 144 < 1.2 * 144 < table["p95"].iloc[0]


def test_without_paths_there_is_no_band(small):
    assert ahead.bands(demand_for(small), "chat", "h")["p10"].isna().all()


def test_a_percentage_in_the_grid_becomes_an_edit_of_that_week_and_channel(small):
    demand = demand_for(small)
    grid = ahead.week_grid(small, demand, None, None)
    edited = grid.copy()
    assert ahead.grid_edits(grid, edited, "Ana", "launch") == []
    edited.loc[edited["channel"] == "x", "My edit, %"] = 20.0
    (edit,) = ahead.grid_edits(grid, edited, "Ana", "launch")
    assert (edit.channels, edit.change, edit.value) == (("x",), "scale", 1.2)
    assert edit.first_day == edit.last_day == demand.horizon.start.date()
    assert (edit.author, edit.reason) == ("Ana", "launch")


def test_the_grid_shows_what_all_edits_do_together_and_edits_stack(small):
    plain = demand_for(small)
    demand = plain.scaled({"x": 1.2})
    grid = ahead.week_grid(small, demand, plain, None)
    assert grid.set_index("channel")["My edit, %"].to_dict() == {"chat": 0.0, "x": 20.0}
    edited = grid.assign(**{"My edit, %": [0.0, 50.0]})
    (edit,) = ahead.grid_edits(grid, edited, "", "")
    assert edit.value == pytest.approx(1.25)


def test_the_usual_week_is_a_mean_of_known_hours():
    history = read(history_csv(24 * 14, minutes=30))
    week = past.usual_week(history, "chat")
    assert week["value"].tolist() == pytest.approx([10.0] * 168)


def test_holidays_and_gaps_are_marked():
    history = read_history(ROOT / "data" / "team_20" / "history.csv", timezone="Europe/London")
    calendar = Scenario.load(files.SAMPLE).calendar
    marks = past.days_of(history, calendar).set_index(["name", "when"])["mark"]
    assert marks["Chat", "Fri 26 Dec 2025"] == past.HOLIDAY
    assert marks["Chat", "Thu 20 Nov 2025"] == past.GAP
    assert marks["Facebook", "Fri 12 Dec 2025"] == past.BURST


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


# Downloads


def test_a_downloaded_what_if_gives_the_same_numbers(small, outcome, tmp_path):
    changed = small.with_changes({"groups.team.agents_change": 1, "demand.scale.x": 1.5})
    here = simulate(changed, demand_for(changed))
    with zipfile.ZipFile(io.BytesIO(package(changed, demand_for(changed)))) as archive:
        archive.extractall(tmp_path)
    alone = Scenario.load(tmp_path / "scenario.toml")
    there = simulate(alone, demand_for(alone))
    pd.testing.assert_frame_equal(here.totals, there.totals)
    pd.testing.assert_frame_equal(here.groups, there.groups)
    assert here.totals["offered"].sum() != outcome.totals["offered"].sum()


@pytest.mark.parametrize("name", ["small", "sample"])
def test_the_command_line_gives_a_downloaded_what_if_the_screens_numbers(name, small, tmp_path):
    """With the real command, from the ZIP alone, number for number."""
    scenario, changes = small, {"groups.team.agents_change": 1, "demand.scale.x": 1.5}
    if name == "sample":  # its history, paths, bursts, backlog and callbacks, for one day
        presets = {preset.key: preset.changes for preset in read_presets(files.PRESETS)}
        changes |= {"horizon.length": "1d", "replications": 4} | presets["outage_monday"]
        scenario = Scenario.load(files.SAMPLE)
    imagined = scenario.with_changes(changes)
    demand = demand_for(imagined)
    screen = simulate(imagined, demand, replications=6)
    with zipfile.ZipFile(io.BytesIO(package(imagined, demand, screen.replications))) as archive:
        archive.extractall(tmp_path)
    command = Path(sys.executable).with_name("allweather")
    told = subprocess.run(
        [command, "simulate", "scenario.toml", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    document = json.loads(told.stdout)
    assert document["replications"] == 6
    assert document["totals"] == json.loads(json.dumps(screen.document()["totals"]))
    assert document["groups"] == json.loads(json.dumps(screen.document()["groups"]))


def test_a_downloaded_what_if_can_be_opened_again(small):
    opened = uploads.scenario_from({"mine.zip": package(small, demand_for(small))}, small)
    assert (opened.staff().agents == small.staff().agents).all()


def test_levers_start_anew_from_a_planned_staffing(small):
    planned = small.with_changes({"groups.team.agents_change": 1}).staff()
    again = small.with_changes({"groups.team.agents_change": 1} | staffed_in(planned))
    assert (again.staff().agents == planned.agents).all()


def test_agents_who_leave_by_name_keep_their_shifts_in_downloads_and_what_ifs(small, tmp_path):
    midnight = small.period.start
    at = [midnight + pd.Timedelta(hours=hour) for hour in range(24)]
    shift = Shift("team", "day", at[8], at[16], ((at[10], at[11]), (at[12], at[13])), 9, 7.0)
    shift_rows([shift]).to_csv(tmp_path / "staffing.csv", index=False)
    changes = {"agents": None, "exit": "named"}
    named = small.with_changes({f"groups.team.{key}": value for key, value in changes.items()})
    named = named.with_changes({"staffing": str(tmp_path / "staffing.csv")})

    opened = uploads.scenario_from({"mine.zip": package(named, demand_for(small))}, small)
    assert opened.staff().shifts == (shift,)
    more = replace(shift, agents=10)
    staff = replace(named.staff(), shifts=(more,))
    assert uploads.with_plan(named, staff).staff().shifts == (more,)


def test_fixed_shifts_go_with_a_downloaded_what_if(small, tmp_path):
    midnight = small.period.start
    at = [midnight + pd.Timedelta(hours=hour) for hour in range(24)]
    shift = Shift("team", "day", at[8], at[16], (), 2, 8.0)
    shift_rows([shift]).to_csv(tmp_path / "promised.csv", index=False)
    fixed = small.with_changes({"groups.team.fixed_shifts": str(tmp_path / "promised.csv")})
    opened = uploads.scenario_from({"mine.zip": package(fixed, demand_for(small))}, small)
    assert fixed_shifts(opened) == (shift,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percent(float("nan")), "–"),
        (duration(float("nan")), "–"),
        (duration(59.6), "60 s"),
        (money(1234.5, "EUR"), "€1,234"),
    ],
)
def test_numbers_are_written_for_people(text, expected):
    assert text == expected


# The app itself


def settled(app):
    """Run until no work of any session goes on, then once more to draw its answers."""
    for _ in range(200):
        jobs = board().running()
        if not jobs:
            break
        jobs[0].join(0.5)
    app.run(timeout=60)
    assert not app.exception
    return app


@pytest.fixture
def app(small_file, monkeypatch):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(small_file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def titled(app):
    return [title.value for title in app.title]


def test_every_page_shows_its_figures_with_no_other_step(app):
    assert titled(app) == ["History"]
    for page, title in (
        ("forecast", "Forecast"),
        ("today", "Today"),
        ("whatif", "What-if"),
        ("plan", "Plan"),
    ):
        app.switch_page(f"views/{page}.py").run()
        settled(app)
        assert titled(app) == [title]
        assert not app.error
        assert app.dataframe, f"{title} shows a table"
    assert [metric.label for metric in app.metric][:3] == ["Paid hours", "Full-time posts", "Cost"]


def test_a_moved_lever_changes_results_beside_the_baseline(app):
    app.switch_page("views/whatif.py").run()
    settled(app)
    before = app.metric[0].value
    app.slider(key="lever-volume-chat").set_value(150).run()
    settled(app)
    assert app.metric[0].value != before
    assert app.metric[0].delta.endswith("pp")
    assert "Chat volume, %: 150" in " ".join(caption.value for caption in app.caption)


def test_levers_that_do_not_fit_are_told_and_nothing_is_lost(app):
    app.switch_page("views/whatif.py").run()
    settled(app)
    app.text_input(key="lever-open-chat").set_value("someday 08:00").run()
    assert "do not fit" in app.error[0].value
    app.text_input(key="lever-open-chat").set_value("daily 08:00-20:00").run()
    settled(app)
    assert not app.error
    assert app.metric


def test_a_lever_stays_moved_across_pages(app):
    app.switch_page("views/whatif.py").run()
    app.slider(key="lever-staff-team").set_value(1).run()
    app.switch_page("views/forecast.py").run()
    app.switch_page("views/whatif.py").run()
    settled(app)
    assert app.slider(key="lever-staff-team").value == 1
