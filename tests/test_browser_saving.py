"""Saving in a real browser: what was saved, and what was not, outlive the server."""

from urllib.parse import urlparse

import pandas as pd
import pytest

from browser import chromium, served, tab

pytestmark = pytest.mark.browser

DESK = """
name = "Small desk"
timezone = "Europe/London"
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
target = { share = 0.8, within_s = 60 }
[groups.team]
max_agents = 6
[groups.team.skills.chat]
"""


def staffing(agents):
    hours = pd.date_range("2026-04-13 08:00", periods=12, freq="h", tz="Europe/London")
    rows = {"interval_start": [hour.isoformat() for hour in hours], "group": "team"}
    return pd.DataFrame(rows).assign(agents=agents).to_csv(index=False)


@pytest.fixture
def desk(tmp_path):
    """A desk that states its contacts: everything about it is quick."""
    (tmp_path / "staffing.csv").write_text(staffing(2))
    (tmp_path / "scenario.toml").write_text(DESK)
    return tmp_path / "scenario.toml"


def save(page, person, name):
    page.page.get_by_role("button", name="Save", exact=True).click()
    page.page.get_by_role("textbox", name="Your name").fill(person)
    page.page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.page.get_by_role("button", name="Save the scenario").click()
    page.page.get_by_text("Saved as version").wait_for()
    return page.settled()


def move(page, steps):
    slider = page.page.get_by_role("slider").first
    slider.focus()
    for _ in range(steps):
        slider.press("ArrowRight")
    return page.settled()


def test_a_restart_of_the_server_loses_nothing(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/saved.sqlite")
    with chromium() as browser:
        with served(desk) as (address, _), tab(browser, address) as page:
            page.open()
            page.page.get_by_text("24 hours on the floor").wait_for()
            page.page.get_by_text("Use your own data").click()
            page.page.get_by_role("tab", name="Staffing now").click()
            chooser = page.page.locator('[data-testid="stFileUploader"]')
            file = {"name": "more.csv", "mimeType": "text/csv", "buffer": staffing(3).encode()}
            chooser.filter(has_text="Staffing file").locator("input").set_input_files(file)
            page.page.get_by_role("button", name="Use this staffing").click()
            page.page.get_by_text("36 hours on the floor").wait_for()
            page.turn_to("What-if").until_worked()
            move(page, 4)
            page.page.get_by_text("Moved: Chat volume, %: 20").wait_for()
            save(page, "Anna", "Easter week")
            move(page, 2)
            page.page.get_by_text("version 1, changed since").wait_for()
            left_at = urlparse(page.page.url)
            assert page.troubles == []

        with served(desk) as (address, _), tab(browser, address) as page:
            page.open(f"{left_at.path[1:]}?{left_at.query}").until_worked()
            page.page.get_by_text("Moved: Chat volume, %: 30").wait_for()
            page.page.get_by_text("Easter week, version 1, changed since").wait_for()
            page.turn_to("History")
            page.page.get_by_text("36 hours on the floor").wait_for()

            page.turn_to("Saved")
            page.page.get_by_role("button", name="Open this version").click()
            page.page.get_by_text("is what you work with now").wait_for()
            page.turn_to("What-if").until_worked()
            page.page.get_by_text("Moved: Chat volume, %: 20").wait_for()
            page.page.get_by_text("Easter week, version 1, as saved").wait_for()
            assert page.troubles == []
