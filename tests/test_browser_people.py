"""Who is at work: a name that the browser remembers, and people who sign in."""

import pytest

from accessibility import lasting_findings
from browser import served, tab
from identity_provider import provider, secrets

pytestmark = pytest.mark.browser

ANNA = {"name": "Anna Example", "email": "anna@example.com"}
BEN = {"name": "Ben Example", "email": "ben@example.org"}


def name_field(page):
    page.page.get_by_role("button", name="Save", exact=True).click()
    return page.page.get_by_role("textbox", name="Your name")


def test_a_name_is_remembered_at_the_next_visit_and_stays_out_of_the_address(browser, desk):
    with served(desk) as (address, _), tab(browser, address) as page:
        page.open()
        name_field(page).fill("Änne O'Neil")
        page.page.get_by_role("button", name="Save the scenario").click()
        page.page.get_by_text("Saved as version 1").wait_for()
        page.page.wait_for_function("() => document.cookie.includes('allweather-person')")
        assert "Neil" not in page.page.url
        # There the script runs again before anybody sees the field.
        page.open("what-if").until_worked()
        reads(name_field(page), "Änne O'Neil")
        assert page.troubles == []


def test_people_sign_in_planners_save_and_others_look(browser, desk):
    person = dict(ANNA)
    with (
        provider(person) as issuer,
        served(desk, secrets=secrets(issuer, ["*@example.com"])) as (address, _),
    ):
        with tab(browser, address) as anna:
            sign_in(anna, address)
            field = name_field(anna)
            reads(field, "Anna Example (anna@example.com)")
            assert field.is_disabled()
            anna.page.get_by_role("button", name="Save the scenario").click()
            anna.page.get_by_text("Saved as version 1").wait_for()
            anna.turn_to("Saved")
            assert anna.page.get_by_role("button", name="Delete", exact=True).is_enabled()
            assert anna.troubles == []
        person.clear()
        person.update(BEN)
        with tab(browser, address) as ben:
            sign_in(ben, address)
            assert ben.page.get_by_role("button", name="Save", exact=True).count() == 0
            assert "You may look and try everything" in ben.text()
            ben.turn_to("Saved")
            assert ben.page.get_by_role("button", name="Delete", exact=True).is_disabled()
            assert ben.troubles == []
            ben.page.get_by_role("button", name="Sign out").click()
            ben.page.get_by_role("button", name="Sign in").wait_for()


def reads(field, value):
    """Wait until a field that has just been drawn shows its value."""
    from playwright.sync_api import expect

    expect(field).to_have_value(value)


def sign_in(page, address):
    """Nothing is shown before; after it one is where one wanted to be."""
    page.page.goto(f"{address}/plan")
    button = page.page.get_by_role("button", name="Sign in")
    button.wait_for()
    assert "Plan" not in page.text()
    assert lasting_findings(page.page) == []
    button.click()
    page.page.get_by_role("button", name="Sign out").wait_for(timeout=60_000)
    page.settled()
