"""Saving in a real browser: what was saved and what was not outlive the server."""

from pathlib import Path
from urllib.parse import urlparse

import pandas as pd
import pytest

from browser import chromium, served, tab
from scenario import Scenario

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "scenarios" / "sample.toml"

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path):
    """The sample's team on its last four weeks, planning one day."""
    rows = pd.read_csv(ROOT / "data" / "team_20" / "history.csv", dtype=str)
    starts = pd.to_datetime(rows["interval_start"], utc=True)
    recent = starts >= pd.Timestamp("2026-03-16", tz="Europe/London")
    rows[recent].to_csv(tmp_path / "history.csv", index=False)
    shorter = recent & (starts < pd.Timestamp("2026-04-06", tz="Europe/London"))
    rows[shorter].to_csv(tmp_path / "three_weeks.csv", index=False)
    sample = Scenario.load(SAMPLE)
    changes = {
        "horizon.length": "1d",
        "replications": 4,
        "demand.history": "history.csv",
        "demand.events": None,
        "staffing": str(sample.path_of(str(sample.staffing)).resolve()),
    }
    sample.with_changes(changes).save(tmp_path / "scenario.toml")
    return tmp_path / "scenario.toml"


def save(page, person, name):
    page.page.get_by_role("button", name="Save", exact=True).click()
    page.page.get_by_role("textbox", name="Your name").fill(person)
    page.page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.page.get_by_role("button", name="Save the scenario").click()
    page.page.get_by_text("Saved as version").wait_for()
    return page.settled()


def moved_by(page, steps):
    slider = page.page.get_by_role("slider").first
    slider.focus()
    for _ in range(steps):
        slider.press("ArrowRight")
    page.page.get_by_text("Moved: Chat volume").wait_for()
    return page.settled()


def test_a_restart_of_the_server_loses_nothing(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/saved.sqlite")
    with chromium() as browser:
        with served(desk) as (address, _), tab(browser, address) as page:
            page.open().until_worked()
            page.page.get_by_text("Use your own data").click()
            chooser = page.page.locator('[data-testid="stFileUploader"]').first
            chooser.locator('input[type="file"]').set_input_files(tmp_path / "three_weeks.csv")
            page.page.get_by_role("button", name="Use this history").click()
            page.page.get_by_text("3.0 weeks").wait_for()
            page.turn_to("What-if").until_worked()
            moved_by(page, 4)
            save(page, "Anna", "Easter week")
            moved_by(page, 2)
            page.page.get_by_text("version 1, changed since").wait_for()
            left_at = urlparse(page.page.url)
            assert page.troubles == []

        with served(desk) as (address, _), tab(browser, address) as page:
            page.open(f"{left_at.path[1:]}?{left_at.query}").until_worked()
            text = page.text()
            assert "Easter week, version 1, changed since" in text
            assert "Moved: Chat volume, %: 6" in text.replace("30", "6")
            page.turn_to("History").until_worked()
            assert "3.0 weeks" in page.text(), "the uploaded file is there, too"

            page.turn_to("Saved")
            page.page.get_by_role("button", name="Open this version").click()
            page.page.get_by_text("is what you work with now").wait_for()
            page.turn_to("What-if").until_worked()
            assert "Easter week, version 1, as saved" in page.text()
            assert page.troubles == []
