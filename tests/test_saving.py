"""Saving in the app: by name, by whom, over whom; and what comes back when it is opened."""

import pytest

from app_pages import settled
from saving_app import DESK, keep_present, save_as, texts, weeks
from scenario import Scenario
from views import drafts, saved, saving

pytestmark = [
    pytest.mark.usefixtures("own_store"),
    # Streamlit's own test runner leaves an event loop open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


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


def test_an_older_version_is_opened_and_restored(opened, saving_desk):
    shelf = saved.shelf()
    text, parts = saving.parts_of(Scenario.load(saving_desk))
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
def test_edits_are_saved_and_put_on_another_scenario(opened, saving_desk, tmp_path):
    rows = "first_day,change,value,author\n2026-04-13,scale,1.5,Anna\n"
    (tmp_path / "edits.csv").write_text(rows)
    edited = Scenario.load(saving_desk, {"demand.edits": str(tmp_path / "edits.csv")})
    drafted = drafts.keep(drafts.Draft(edited))
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
