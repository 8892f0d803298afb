"""A what-if becomes the baseline; a history that counts all contacts is taken apart first."""

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import opened_app, settled
from forecast import demand_for
from scenario import Scenario
from simulate.calibration import calibrated
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
    fewer = found.with_changes({"groups.team.agents_change": -1})
    assert is_missing(kept_where_it_holds(fewer, found))
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
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(counting_file))
    app = opened_app()
    assert app.title[0].value == "First attempts"
    settled(app, NEEDED)
    settled(app, NEEDED)
    share = app.session_state["scenario"].demand.first_share
    assert share["chat"] == pytest.approx(0.7, abs=0.1)
    assert app.title[0].value == "History"


def test_levers_become_the_baseline_and_can_be_taken_back(app):
    before = app.session_state["scenario"]
    app.switch_page("views/whatif.py").run()
    app.session_state["lever-unsolved-chat"] = 30  # its section is folded, and not drawn
    app.slider(key="lever-staff-team").set_value(2)
    app.run()
    settled(app, NEEDED)
    app.radio(key="rebase-counts-first").set_value("all").run()
    app.button(key="rebase-go").click().run()
    settled(app, NEEDED)
    settled(app, NEEDED)
    opened = app.session_state["scenario"]
    assert opened.demand.counts == "all"
    assert (opened.staff().agents.sum(), before.staff().agents.sum()) == (48, 24)
    returning = before.with_changes(ALL | {"channels.chat.repeat": {"fcr": 0.7}})
    found = calibrated(returning, demand_for(before))
    assert opened.demand.first_share == found.demand.first_share, "with the staff there was"
    assert any("this is the baseline" in caption.value for caption in app.caption)
    assert app.session_state["lever-unsolved-chat"] == 30

    address = {name: app.query_params[name] for name in ("scenario", "former")}
    again = opened_app("whatif", **address)
    settled(again, NEEDED)
    assert again.session_state["scenario"].demand == opened.demand, "a refresh"
    again.button(key="rebase-back").click().run()
    settled(again, NEEDED)
    assert again.session_state["scenario"].demand.counts == "first"
    assert again.session_state["lever-unsolved-chat"] == 0
    assert "rebase-back" not in {button.key for button in again.button}


def test_who_opens_another_scenario_has_no_former_baseline_any_more():
    def page():
        import streamlit as st

        from small_scenarios import small_desk
        from views import session
        from views.drafts import Draft

        desk = small_desk()
        session.open_scenario(desk.with_changes({"seed": 5}), {}, former=Draft(desk))
        st.text(session.former().scenario.seed == desk.seed)
        session.open_scenario(desk.with_changes({"seed": 6}), {})
        st.text(session.former())

    shown = AppTest.from_function(page, default_timeout=60).run()
    assert not shown.exception
    assert [text.value for text in shown.text] == ["True", "None"]
