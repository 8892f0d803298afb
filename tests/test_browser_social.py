"""A planner tells what customers do when nobody helps them, and drills a burst on them."""

import pytest
from playwright.sync_api import expect

from browser import served, tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def app(desk):
    with served(desk) as (address, _):
        yield address


def test_customers_who_come_back_become_the_baseline_and_meet_a_burst(browser, app):
    with tab(browser, app) as found:
        page = found.open("what-if?whatif-preset=Everything+in+public").page
        page.get_by_text("Customers who come back", exact=True).click()
        lever = "X customers who come back because it was not solved, %"
        expect(page.get_by_role("spinbutton", name=lever)).to_have_value("15")
        page.get_by_text("were caused by earlier ones").wait_for()
        found.until_worked(240)

        page.get_by_role("button", name="Make baseline").click()
        page.get_by_text("all contacts: who comes back is in it").click()
        found.settled()
        page.get_by_role("button", name="Work with this from now on").click()
        page.get_by_text("Nothing is moved: this is the baseline.").wait_for(timeout=120_000)
        found.until_worked(240)
        assert "whatif-preset" not in page.url
        page.get_by_text("were caused by earlier ones").wait_for()

        found.turn_to("Drill")
        page.get_by_text("With 2 more in team from 10:30").wait_for(timeout=120_000)
        more = page.get_by_role("spinbutton", name="Agents", exact=True)
        more.fill("0")
        more.press("Enter")
        page.get_by_text("With 2 more in team from 10:30").wait_for(state="detached")
        found.until_worked(240)
        page.reload()
        found.settled().until_worked(240)
        expect(more).to_have_value("0")
        page.get_by_text("X at 6 times its volume").wait_for()
        assert found.troubles == []
