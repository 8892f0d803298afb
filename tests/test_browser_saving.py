"""Saving in a real browser: what was saved, and what was not, outlive the server."""

from urllib.parse import urlparse

import pytest

from app_pages import staffing
from browser import chromium, served, tab

pytestmark = pytest.mark.browser


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


def test_a_restart_of_the_server_loses_nothing(saving_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/saved.sqlite")
    with chromium() as browser:
        with served(saving_desk) as (address, _), tab(browser, address) as page:
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

        with served(saving_desk) as (address, _), tab(browser, address) as page:
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
