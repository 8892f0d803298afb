"""A what-if becomes the baseline; a history that counts all contacts is taken apart first."""

import pytest

from app_pages import settled
from scenario import Scenario
from small_scenarios import small_desk
from views.first_share import is_missing, kept_where_it_holds

COMING_BACK = {"channels.chat.repeat": {"fcr": 0.7, "delay": {"mean_s": 3600}}}
ALL = {"demand.counts": "all"}
NEEDED = {"Forecasting", "Rehearsing the week", "Finding the first attempts"}
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_only_a_volume_of_all_contacts_without_a_share_is_to_be_taken_apart():
    desk = small_desk()
    assert not is_missing(desk)
    assert is_missing(desk.with_changes(ALL))
    assert not is_missing(desk.with_changes(ALL | {"demand.first_share.chat": 0.8}))


def test_a_share_that_was_found_on_another_volume_is_found_anew():
    found = small_desk().with_changes(ALL | {"demand.first_share": {"chat": 0.8, "x": 1.0}})
    busier = found.with_changes({"demand.rates.chat": 9.0})
    assert is_missing(kept_where_it_holds(busier, found))
    assert kept_where_it_holds(found, None) == found
    moved = found.with_changes({"channels.chat.target.share": 0.9})
    assert kept_where_it_holds(moved, found) == moved
    own = busier.with_changes({"demand.first_share.chat": 0.7})
    assert kept_where_it_holds(own, found) == own, "it tells its own share"


@pytest.fixture
def counting_file(small_file):
    """The small desk whose volume counts all contacts."""
    path = small_file.parent / "counting.toml"
    Scenario.load(small_file).with_changes(ALL | COMING_BACK).save(path)
    return path


def test_a_scenario_that_counts_all_contacts_is_opened_with_its_first_attempts(
    counting_file, monkeypatch
):
    from app_pages import opened_app

    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(counting_file))
    app = opened_app()
    assert app.title[0].value == "First attempts"
    settled(app, NEEDED)
    settled(app, NEEDED)
    share = app.session_state["scenario"].demand.first_share
    assert share["chat"] == pytest.approx(0.7, abs=0.1)
    assert app.title[0].value == "History"


def test_levers_become_the_baseline_and_can_be_taken_back(app):
    app.switch_page("views/whatif.py").run()
    app.session_state["lever-unsolved-chat"] = 30  # its section is folded, and not drawn
    app.run()
    settled(app, NEEDED)
    app.radio(key="rebase-counts-first").set_value("all").run()
    app.button(key="rebase-go").click().run()
    settled(app, NEEDED)
    settled(app, NEEDED)
    demand = app.session_state["scenario"].demand
    assert demand.counts == "all"
    assert demand.first_share["chat"] < 1
    assert any("this is the baseline" in caption.value for caption in app.caption)
    assert app.session_state["lever-unsolved-chat"] == 30
    app.button(key="rebase-back").click().run()
    settled(app, NEEDED)
    assert app.session_state["scenario"].demand.counts == "first"
    assert app.session_state["lever-unsolved-chat"] == 0
