"""The app at its first open: every page, and levers that are moved."""

import pytest

from app_pages import captions, settled

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


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
    assert "Chat volume, %: 150" in captions(app)


def test_levers_that_do_not_fit_are_told_and_nothing_is_lost(app):
    app.switch_page("views/whatif.py").run()
    settled(app)
    app.session_state["levers-Opening hours"] = True
    app.run()
    app.text_input(key="lever-open-chat").set_value("someday 08:00").run()
    assert "do not fit" in app.error[0].value
    app.text_input(key="lever-open-chat").set_value("daily 08:00-20:00").run()
    settled(app)
    assert not app.error
    assert app.metric


def test_a_lever_that_is_folded_away_stays_where_it_is(app):
    app.switch_page("views/whatif.py").run()
    assert not [lever for lever in app.number_input if lever.key.startswith("lever-patience")]
    app.session_state["levers-Work and patience"] = True
    app.run()
    patience = next(one for one in app.number_input if one.key.startswith("lever-patience"))
    moved = f"{patience.label}: {patience.value + 60:g}"
    patience.set_value(patience.value + 60).run()

    assert moved in captions(app)
    app.session_state["levers-Work and patience"] = False
    app.run()
    assert moved in captions(app)
    app.switch_page("views/forecast.py").run()
    app.switch_page("views/whatif.py").run()
    settled(app)
    assert moved in captions(app)


def test_a_lever_stays_moved_across_pages(app):
    app.switch_page("views/whatif.py").run()
    app.slider(key="lever-staff-team").set_value(1).run()
    app.switch_page("views/forecast.py").run()
    app.switch_page("views/whatif.py").run()
    settled(app)
    assert app.slider(key="lever-staff-team").value == 1
