"""Saving in the app: by name, by whom, over whom; and what comes back after a restart."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import demand_for
from scenario import Scenario
from views import drafts, files, saved, saving, session, this_day
from views.jobs import board

ROOT = Path(__file__).parents[1]
# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DESK = """
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
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 480
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[groups.team]
max_agents = 6
[groups.team.skills.chat]
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
"""


@pytest.fixture
def desk_file(tmp_path):
    hours = pd.date_range("2026-04-13 08:00", periods=12, freq="h", tz="Europe/London")
    rows = {"interval_start": [hour.isoformat() for hour in hours], "group": "team", "agents": 2}
    pd.DataFrame(rows).to_csv(tmp_path / "staffing.csv", index=False)
    path = tmp_path / "scenario.toml"
    path.write_text(DESK)
    return path


@pytest.fixture
def desk(desk_file):
    return Scenario.load(desk_file)


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """A store for each test, and an app that has just been started."""
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/saved.sqlite")
    drafts._opened.cache_clear()


@pytest.fixture(autouse=True)
def only_what_is_looked_at(monkeypatch):
    """Pages ask for what they show; nothing else is worked out ahead."""
    monkeypatch.setattr(session, "begin", session.history_job)


# Parts


def test_a_scenario_comes_back_with_its_files(desk):
    text, parts = saving.parts_of(desk)
    assert set(parts) == {"staffing.csv"}
    again = saving.scenario_of(text, parts)
    assert files.scenario_content(again) == files.scenario_content(desk)
    assert (again.staff().agents == desk.staff().agents).all()


def test_files_of_one_name_and_other_content_are_kept_apart(desk, tmp_path):
    other = tmp_path / "other" / "staffing.csv"
    other.parent.mkdir()
    other.write_text((tmp_path / "staffing.csv").read_text().replace(",2", ",4"))
    more = desk.with_changes({"staffing": str(other)})
    text, parts = saving.with_levers(saving.parts_of(desk), more, saving.Moved({"staff-team": 2}))
    assert {"staffing.csv", "staffing_2.csv", saving.WHATIF, saving.LEVERS} == set(parts)
    assert saving.scenario_of(text, parts).staff().agents.sum() == 24
    assert saving.whatif_of(text, parts).staff().agents.sum() == 48
    assert saving.moved_of(parts).values == {"staff-team": 2}


def test_what_differs_is_told_key_by_key(desk):
    mine = saving.parts_of(desk)
    theirs = saving.parts_of(desk.with_changes({"seed": 9, "channels.chat.target.share": 0.9}))
    assert saving.differences(mine, mine) == []
    assert saving.differences(mine, theirs) == [
        ("seed", "3", "9"),
        ("channels.chat.target.share", "0.8", "0.9"),
    ]


def test_a_draft_outlives_the_app(desk):
    origin = drafts.Origin("Easter", 3, "abc")
    key = drafts.keep(drafts.Draft(desk, {"scenario": origin}))
    drafts._opened.cache_clear()  # the server was started again
    found = drafts.find(key)
    assert files.scenario_content(found.scenario) == files.scenario_content(desk)
    assert found.origins == {"scenario": origin}
    assert found.key == key
    assert drafts.find("0123") is None


def test_a_draft_without_a_store_lasts_until_the_app_ends(desk, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_STORE", "sqlite:////proc/no/where.sqlite")
    key = drafts.keep(drafts.Draft(desk))
    assert drafts.find(key).scenario == desk
    assert drafts.find("0123") is None
    assert saved.saved_scenarios() == {}


@pytest.mark.parametrize("made", ["example", "typed"])
def test_counts_of_today_outlive_the_app(desk, made):
    demand = demand_for(desk)
    day = this_day.days_of(demand)[0]
    if made == "example":
        counts = this_day.example_morning(demand, day)
    else:
        grid = this_day.blank_hours(demand, day, demand.channels)
        grid.loc[:2, "chat"] = [7, 0, 11]
        counts = this_day.typed(demand, day, grid)
    key = this_day.keep(counts)
    this_day._mornings.cache_clear()  # the server was started again
    found = this_day.kept(key)
    np.testing.assert_allclose(found.volume, counts.volume)
    assert (found.starts == counts.starts).all()
    assert found.channels == counts.channels
    assert this_day.kept("0123") is None


def test_saved_scenarios_are_those_that_were_looked_at(desk):
    shelf = saved.shelf()
    busier = desk.with_changes({"demand.scale.chat": 1.5})
    text, parts = saving.with_levers(
        saving.parts_of(desk), busier, saving.Moved({"volume-chat": 50})
    )
    shelf.save("scenario", "Busier", text, files=parts)
    shelf.save("scenario", "Plain", *saving.parts_of(desk)[:1], files=saving.parts_of(desk)[1])
    shelf.save("scenario", "Broken", "colour = 1")
    found = saved.saved_scenarios()
    assert list(found) == ["Busier", "Plain"]
    assert found["Busier"].demand.scale == {"chat": 1.5}
    assert found["Plain"].demand.scale == {}


# The app, by one person and by two


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
def opened(desk_file, monkeypatch):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(desk_file))

    def open_app(**address):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in address.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception
        return app

    yield open_app
    for job in board().running():  # work that no test waits for
        job._stop.set()
        job.join(30)


def save_as(app, person, name=None):
    app.text_input(key="save-person").set_value(person)
    if name is not None:
        next(box for box in app.text_input if box.key.startswith("save-name-")).set_value(name)
    next(button for button in app.button if button.label == "Save the scenario").click()
    app.run()
    assert not app.exception
    return app


def texts(*elements):
    return " ".join(element.value for element in elements)


def test_a_what_if_is_saved_and_opened_with_its_levers(opened):
    app = opened()
    app.switch_page("views/whatif.py").run()
    settled(app)
    app.slider(key="lever-volume-chat").set_value(50).run()
    save_as(app, "Anna", "Busier")
    assert "Saved as version 1" in texts(*app.success)
    assert "Busier, version 1, as saved" in texts(*app.caption)
    app.slider(key="lever-volume-chat").set_value(60).run()
    assert "version 1, changed since" in texts(*app.caption)

    other = opened()
    other.switch_page("views/shelf.py").run()
    assert other.dataframe[0].value.iloc[0].to_dict()["Saved by"] == "Anna"
    other.button(key="shelf-open").click().run()
    other.switch_page("views/whatif.py").run()
    settled(other)
    assert other.slider(key="lever-volume-chat").value == 50
    assert "Busier, version 1, as saved" in texts(*other.caption)
    assert saved.saved_scenarios()["Busier"].demand.scale == {"chat": 1.5}


def test_the_second_save_is_told_about_the_first(opened):
    save_as(opened(), "Anna", "Easter")
    anna, ben = opened(), opened()
    for app in (anna, ben):
        app.switch_page("views/shelf.py").run()
        app.button(key="shelf-open").click().run()
        app.switch_page("views/whatif.py").run()
        settled(app)
    anna.slider(key="lever-volume-chat").set_value(10).run()
    save_as(anna, "Anna")
    assert "Saved as version 2" in texts(*anna.success)
    assert saved.shelf().latest("scenario")[0].note == "changed: lever volume-chat"

    ben.slider(key="lever-volume-chat").set_value(20).run()
    assert "Anna saved version 2 at" in texts(*ben.caption), "told before he saves"
    save_as(ben, "Ben")
    told = texts(*ben.warning)
    assert told.startswith("Anna saved version 2 at ")
    assert "save as another name, or save over it" in told
    assert saved.saved_scenarios()["Easter"].demand.scale == {"chat": 1.1}

    ben.button(key="conflict-over").click().run()
    assert "Saved as version 3" in texts(*ben.success)
    shelf = saved.shelf()
    assert [version.author for version in shelf.versions("scenario", "Easter")] == [
        "Ben",
        "Anna",
        "Anna",
    ]
    save_as(anna, "Anna")  # nothing of hers has changed, and his is the latest
    assert "Ben saved version 3 at" in texts(*anna.warning)
    anna.button(key="conflict-other").click().run()
    assert not anna.exception
    assert shelf.names("scenario") == ("Easter", "Easter (Anna)")
    assert shelf.load("scenario", "Easter").version.number == 3


@pytest.mark.slow
def test_a_conflict_can_be_looked_at(opened):
    first, second = opened(), opened()
    save_as(first, "Anna", "Easter")
    save_as(second, "Ben", "Easter")
    assert not second.warning, "the same content is no conflict"
    second.switch_page("views/whatif.py").run()
    settled(second)
    second.slider(key="lever-volume-chat").set_value(20).run()
    first.switch_page("views/whatif.py").run()
    settled(first)
    first.slider(key="lever-volume-chat").set_value(10).run()
    save_as(first, "Anna")
    save_as(second, "Ben")
    second.button(key="conflict-look").click().run()
    assert second.title[0].value == "Saved"
    differing = second.dataframe[-1].value
    assert differing.to_numpy().tolist() == [["lever volume-chat", "20", "10"]]


def test_a_name_that_somebody_took_is_not_overwritten(opened):
    shelf = saved.shelf()
    shelf.save("scenario", "Easter", DESK, files={"staffing.csv": b"x"}, author="Anna")
    app = save_as(opened(), "Ben", "Easter")
    assert texts(*app.warning).startswith("Anna saved version 1 at ")
    assert shelf.load("scenario", "Easter").version.number == 1


@pytest.mark.slow
def test_a_deletion_is_told_and_can_be_saved_over(opened):
    app = save_as(opened(), "Ben", "Easter")
    saved.shelf().delete("scenario", "Easter", author="Anna")
    app.switch_page("views/whatif.py").run()
    settled(app)
    app.slider(key="lever-volume-chat").set_value(20).run()
    save_as(app, "Ben")
    assert texts(*app.warning).startswith("Anna deleted it at ")
    app.button(key="conflict-over").click().run()
    assert saved.shelf().latest("scenario")[0].number == 3


def test_an_older_version_is_opened_and_restored(opened, desk):
    shelf = saved.shelf()
    text, parts = saving.parts_of(desk)
    for seed in (3, 4):
        shelf.save("scenario", "Easter", text.replace("seed = 3", f"seed = {seed}"), files=parts)
    app = opened()
    app.switch_page("views/shelf.py").run()
    assert app.button(key="shelf-restore").disabled
    next(box for box in app.selectbox if box.label == "Version").select(1).run()
    app.button(key="shelf-restore").click().run()
    assert "is the latest again" in texts(*app.success)
    assert saving.scenario_of(shelf.load("scenario", "Easter").text, parts).seed == 3
    app.button(key="shelf-delete").click().run()
    assert shelf.names("scenario") == ()
    assert "Nothing is saved here yet" in texts(*app.info)
    app.toggle(key="shelf-deleted").set_value(True).run()
    assert app.button(key="shelf-delete").disabled
    app.button(key="shelf-restore").click().run()
    assert shelf.names("scenario") == ("Easter",)


def test_a_store_that_cannot_be_used_leaves_the_app_up(opened, tmp_path, monkeypatch):
    (tmp_path / "bad.sqlite").write_bytes(b"no database, but long enough to be one" * 50)
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/bad.sqlite")
    app = opened()
    assert "Not saved: the place for saved work cannot be used" in texts(*app.caption)
    app.switch_page("views/shelf.py").run()
    assert "is damaged" in texts(*app.error)
    app.switch_page("views/whatif.py").run()
    settled(app)
    assert app.metric


def test_a_refresh_after_a_restart_finds_the_same_work(opened):
    app = opened()
    app.switch_page("views/shelf.py").run()
    save_as(app, "Anna", "Easter")
    key = app.query_params["scenario"]
    drafts._opened.cache_clear()  # the server was started again
    again = opened(scenario=key)
    assert "Easter, version 1, as saved" in texts(*again.caption)
    assert key in again.query_params["scenario"]


def keep_present(app, kind, name):
    """Save the session's work of a kind on the Saved page."""
    app.switch_page("views/shelf.py").run()
    app.segmented_control(key="shelf-kind").set_value(kind).run()
    box = next(box for box in app.text_input if box.label == "Save the present one as")
    box.set_value(name)
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    assert not app.exception
    return app


@pytest.mark.slow
def test_staffing_and_plan_are_saved_and_opened(opened):
    app = opened()
    app.switch_page("views/plan.py").run()
    settled(app)
    for kind in ("staffing", "plan"):
        keep_present(app, kind, "Desk")
        assert "Saved as version 1" in texts(*app.success)
    assert [metric.label for metric in app.metric][-1] == "Promises kept"
    planned = saved.shelf().load("plan", "Desk")
    assert {"staffing.csv", "requirement.csv", "shifts.csv"} == set(planned.files)
    app.button(key="shelf-open").click().run()
    assert "is what you work with now" in texts(*app.success)
    app.segmented_control(key="shelf-kind").set_value("staffing").run()
    app.button(key="shelf-open").click().run()
    assert "is what you work with now" in texts(*app.success)


@pytest.mark.slow
def test_the_plan_is_saved_with_the_scenario_if_wanted(opened):
    app = opened()
    app.switch_page("views/plan.py").run()
    settled(app)
    app.checkbox(key="save-with-plan").set_value(True)
    save_as(app, "Anna", "Easter")
    assert saved.shelf().latest("plan")[0].note == "saved with the scenario"


@pytest.mark.slow
def test_edits_are_saved_and_put_on_another_scenario(opened, desk, tmp_path):
    rows = "first_day,change,value,author\n2026-04-13,scale,1.5,Anna\n"
    (tmp_path / "edits.csv").write_text(rows)
    drafted = drafts.keep(
        drafts.Draft(desk.with_changes({"demand.edits": str(tmp_path / "edits.csv")}))
    )
    keep_present(opened(scenario=drafted), "edits", "Campaign")
    plain = opened()
    keep_present(plain, "edits", "Nothing")
    assert "nothing of this kind" in texts(*plain.error)
    plain.button(key="shelf-open").click().run()
    assert "“Campaign”, version 1, is what you work with now" in texts(*plain.success)
    save_as(plain, "Ben", "With the campaign")
    kept = saved.shelf().load("scenario", "With the campaign")
    assert saving.origins_in(kept.files) == {"edits": ("Campaign", 1)}
    again = opened()
    again.switch_page("views/shelf.py").run()
    again.button(key="shelf-open").click().run()
    assert again.session_state["origins"]["edits"].name == "Campaign"


def test_a_version_that_does_not_fit_is_told_and_nothing_is_lost(opened):
    rows = weeks("2026-03-02", 14, 5).replace(b",chat,", b",letters,")
    saved.shelf().save("history", "Post room", rows)
    app = opened()
    app.switch_page("views/shelf.py").run()
    app.segmented_control(key="shelf-kind").set_value("history").run()
    app.button(key="shelf-open").click().run()
    assert "cannot be used" in texts(*app.error)
    assert "one of the file's channels" in app.dataframe[-1].value.to_string()


# Histories that grow


def weeks(
    first, days, offered, columns="interval_start,channel,offered,answered,abandoned,handle_time_s"
):
    starts = pd.date_range(first, periods=24 * days, freq="h", tz="Europe/London")
    lines = [f"{start.isoformat()},chat,{offered},{offered},0,{offered * 300}" for start in starts]
    return "\n".join([columns, *lines]).encode()


def bring(app, name, content):
    app.file_uploader(key="history-file").set_value((name, content, "text/csv"))
    return app.run()


@pytest.mark.slow
def test_somebody_who_appended_first_is_told_about(opened):
    anna, ben = opened(), opened()
    bring(anna, "old.csv", weeks("2026-03-02", 28, 5))
    use(anna)
    keep_present(anna, "history", "Team")
    ben.switch_page("views/shelf.py").run()
    ben.segmented_control(key="shelf-kind").set_value("history").run()
    ben.button(key="shelf-open").click().run()
    for app, offered in ((anna, 7), (ben, 8)):
        read(app.switch_page("views/history.py").run())
        bring(app, "last_week.csv", weeks("2026-03-30", 7, offered))
        app.toggle(key="history-append").set_value(True).run()
        use(app)
    assert "▲ Not saved: Somebody saved version 2" in texts(*ben.text)
    assert saved.shelf().load("history", "Team").version.number == 2
    ben.button(key="conflict-look").click().run()
    assert "intervals of them otherwise in the new weeks" in texts(*ben.text)
    ben.button(key="conflict-over").click().run()
    assert saved.shelf().load("history", "Team").version.number == 3


def use(app):
    """Use the file and wait until it is read; the forecast of it goes on or not."""
    app.button(key="history-use").click().run(timeout=60)
    return read(app)


def read(app):
    for job in board().running():
        if job.label == "Reading the history":
            job.join(60)
    app.run(timeout=60)
    assert not app.exception
    return app


def test_new_weeks_are_appended_to_a_saved_history(opened):
    app = opened()
    bring(app, "old.csv", weeks("2026-03-02", 28, 5))
    use(app)
    assert "old.csv is the history from now on" in texts(*app.success)
    keep_present(app, "history", "Team")
    assert saved.shelf().names("history") == ("Team",)

    app.switch_page("views/history.py").run()
    bring(app, "last_week.csv", weeks("2026-03-29", 8, 7))
    app.toggle(key="history-append").set_value(True).run()
    use(app)
    told = texts(*app.text)
    assert "chat: 168 intervals added, 30 Mar 2026 01:00 to 6 Apr 2026 01:00." in told
    assert "24 intervals in both; 24 intervals of them otherwise" in told
    assert "Saved as version 2 of the history" in told
    newest = saved.shelf().load("history", "Team")
    assert newest.version.note == "last_week.csv appended"
    assert newest.text.count("\n") == 1 + 35 * 24
    assert "5.0 weeks" in texts(*app.caption)


def test_a_mapping_by_hand_is_remembered_for_the_same_columns(opened):
    columns = "Slot,Media,Came,Taken,Lost,Busy seconds"
    content = weeks("2026-03-02", 28, 5, columns).replace(b",chat,", b",Web chat,")
    app = opened()
    bring(app, "suite.csv", content)
    app.segmented_control(
        key=next(w.key for w in app.segmented_control if w.label == "A row of this file is")
    ).set_value("own").run()
    hand = {
        "Interval start": "Slot",
        "Channel": "Media",
        "Offered": "Came",
        "Answered": "Taken",
        "Abandoned": "Lost",
        "Handle time, total s": "Busy seconds",
    }
    for label, column in hand.items():
        next(box for box in app.selectbox if box.label == label).select(column).run()
    next(box for box in app.selectbox if box.label == "Chat").select("Web chat").run()
    use(app)
    assert "suite.csv is the history from now on" in texts(*app.success)

    again = opened()
    bring(again, "suite_of_next_week.csv", content)
    assert "for these columns" in texts(*again.caption)
    chosen = {box.label: box.value for box in again.selectbox}
    assert {label: chosen[label] for label in hand} == hand
    assert chosen["Chat"] == "Web chat"
    use(again)
    assert "suite_of_next_week.csv is the history from now on" in texts(*again.success)
