"""In a real browser: a replayed day is scrubbed, played and asked, a plan's shifts are edited."""

import pytest

from browser import served, tab

pytestmark = pytest.mark.browser

DESK = """
name = "Replayed desk"
timezone = "Europe/London"
currency = "GBP"
seed = 5
replications = 3
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand.rates]
chat = 14.0
x = 6.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 420
patience = { distribution = "exponential", mean_s = 120 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
open = { daily = "08:00-20:00" }
handle_time.mean_s = 240
target = { share = 0.8, within_s = 3600 }
[groups.team]
max_agents = 6
cost_per_hour = 18
agents = [0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0]
skills.chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
skills.x = {}
[groups.team.shifts.long]
earliest_start = "08:00"
latest_start = "11:00"
step_minutes = 60
length_minutes = 540
breaks = [{ earliest_min = 240, latest_min = 300, minutes = 60, paid = false }]
"""
ROW = 35  # pixels of a row of the table of shifts


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    file = tmp_path_factory.mktemp("replayed") / "scenario.toml"
    file.write_text(DESK)
    with served(file) as found:
        yield found


@pytest.fixture
def page(browser, app):
    """A fresh tab; whatever went wrong in it fails the test."""
    with tab(browser, app[0]) as found:
        yield found
        assert found.troubles == []


def seconds(page):
    """Where the cursor stands, in seconds of the day."""
    return int(page.page.locator(".cursor").input_value())


def ink(page, selector):
    """Colours in a canvas: a picture that was not drawn has one."""
    return page.page.locator(selector).evaluate(
        """canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData(
            0, 0, canvas.width, canvas.height).data.buffer)).size"""
    )


def test_a_day_is_scrubbed_by_keyboard_and_a_contact_tells_its_story(page):
    page.open("floor").until_worked()
    rows = page.page.locator(".rows")
    rows.wait_for()
    page.page.wait_for_timeout(500)
    assert ink(page, ".rows canvas") > 5
    assert ink(page, ".queues") > 5

    rows.focus()
    before = seconds(page)
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    assert seconds(page) == before + 300
    page.page.keyboard.press("Shift+ArrowLeft")
    assert seconds(page) == before - 300
    page.page.locator(".cursor").press("ArrowRight")
    assert seconds(page) == before - 240, "the slider moves by keyboard too"

    # The table says what the picture shows, and its buttons tell the stories.
    page.page.locator(".player summary").click()
    page.page.locator(".holding tbody tr").first.wait_for()
    assert page.page.locator(".staffed tbody tr").first.inner_text().split()[1] == "3"
    while not page.page.locator(".holding button").count():
        page.page.keyboard.press("Tab")
        page.page.locator(".cursor").press("ArrowRight")
        page.page.wait_for_timeout(250)
    button = page.page.locator(".holding button").first
    contact = button.inner_text().split()[-1]
    button.click()
    page.page.get_by_text("Came: Mon 13 Apr").wait_for()
    page.page.get_by_text("Ending: ").wait_for()
    assert page.page.get_by_role("spinbutton", name="Contact number").input_value() == contact
    page.page.locator('[data-testid="stDataFrame"]').wait_for()


def test_a_click_on_a_bar_and_on_a_queue_tells_who_that_is(page):
    page.open("floor").until_worked()
    page.page.locator(".rows canvas").wait_for()
    page.page.wait_for_timeout(500)
    told = page.page.get_by_role("spinbutton", name="Contact number")
    for across in range(300, 700, 8):  # until a bar of the first agent is met
        page.page.locator(".rows canvas").click(position={"x": across, "y": 6})
        if page.page.locator(".hint").inner_text().startswith("Contact "):
            break
    page.page.get_by_text("Agent: team 1").wait_for()
    first = told.input_value()
    # Posts of the night wait when the day begins: the one that has waited longest.
    page.page.locator(".queues").click(position={"x": 140, "y": 16 + 40 + 34})
    page.page.get_by_text("Promise: within 60 min").wait_for()
    assert told.input_value() != first


def test_play_moves_the_cursor_and_pause_holds_it(page):
    page.open("floor").until_worked()
    page.page.locator(".play").wait_for()
    page.page.locator(".zoom").select_option("3600")
    before = seconds(page)
    page.page.locator(".play").click()
    page.page.wait_for_function(
        """before => Number(document.querySelector('[data-testid="stBidiComponentIsolated"]')
            .shadowRoot.querySelector('.cursor').value) > before + 300""",
        arg=before,
    )
    page.page.locator(".play").click()
    held = seconds(page)
    page.page.wait_for_timeout(400)
    assert seconds(page) == held
    assert page.page.locator(".play").inner_text() == "▶ Play"


def type_into(page, row, text, from_right=60):
    """Type into a cell of the table of shifts, counted from its right edge."""
    grid = page.page.locator(".st-key-plan-undo").locator(
        'xpath=following::div[@data-testid="stDataFrame"][1]'
    )
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.page.mouse.click(
        box["x"] + box["width"] - from_right, box["y"] + ROW * (row + 1) + ROW / 2
    )
    page.page.wait_for_timeout(300)
    page.page.keyboard.type(text, delay=50)
    page.page.wait_for_timeout(300)
    page.page.keyboard.press("Enter")


def test_shifts_are_edited_rehearsed_undone_and_never_lost(page):
    changes = page.page.get_by_text("What the edit changes")
    found = page.page.get_by_text("These are the shifts as found")
    page.open("plan").until_worked(300)
    found.wait_for()
    type_into(page, 0, "5")
    changes.wait_for()
    page.until_worked()
    assert "GBP more" in page.text()
    assert "more paid hours" in page.text()
    assert "edits=" in page.page.url
    page.page.get_by_role("button", name="Edited plan, ZIP").wait_for()

    type_into(page, 0, "-2")
    page.page.get_by_text("These shifts cannot be worked").wait_for()
    page.page.get_by_role("button", name="Undo").click()
    changes.wait_for()

    page.turn_to("What-if")
    page.turn_to("Plan")
    changes.wait_for()
    page.page.reload()
    page.settled()
    changes.wait_for()
    page.until_worked()

    page.turn_to("Floor").until_worked()
    page.page.get_by_text("as edited", exact=True).click()
    page.until_worked()
    page.page.locator(".rows canvas").wait_for()

    page.turn_to("Plan").until_worked()
    page.page.get_by_role("button", name="Plan as found").click()
    found.wait_for()
    page.page.get_by_role("button", name="Undo").click()
    changes.wait_for()
