"""The Floor page without a browser: what it asks, what it is told, and the stories it tells."""

import pytest

from app_pages import captions, opened_app, settled

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DESK = """
name = "Two days at a desk"
timezone = "Europe/London"
seed = 5
replications = 3
[horizon]
start = 2026-04-13
length = "2d"
interval_minutes = 60
[demand.rates]
chat = 14.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 420
patience = { distribution = "exponential", mean_s = 120 }
target = { share = 0.8, within_s = 60 }
[groups.team]
agents = 2
skills.chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
"""


@pytest.fixture
def app(tmp_path, monkeypatch):
    file = tmp_path / "scenario.toml"
    file.write_text(DESK)
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(file))
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path / 'store.db'}")
    return replayed(opened_app("floor"))


def replayed(app):
    """Run until the day has been replayed, as the browser's own looks do."""
    settled(app, {"Replaying the day"})
    assert not app.error
    return app


def test_a_day_is_replayed_and_any_contact_told(app):
    assert [title.value for title in app.title] == ["Floor"]
    assert "2 agents had" in captions(app)
    assert "Replication 1, seed 5" in captions(app)
    first = captions(app)
    app.number_input(key="floor-contact").set_value(20).run()
    told = " ".join(text.value for text in app.text)
    assert "Came: Mon 13 Apr" in told
    assert app.dataframe[0].value.columns.tolist() == ["Time", "What happened"]

    app.number_input(key="floor-replication").set_value(2).run()
    assert "Replication 2" in captions(replayed(app))
    assert captions(app) != first
    app.selectbox(key="floor-day").set_value(1).run()
    settled(app)
    app.number_input(key="floor-contact").set_value(0).run()
    assert "knows of no contact 0" in app.info[0].value
