"""Every page that `app.py` lists: readable by everybody, at any size, and closed to others."""

import urllib.request

import pytest

from accessibility import lasting_findings
from browser import SIZE, pages, served, tab

pytestmark = pytest.mark.browser

TABLETS = ({"width": 1024, "height": 768}, {"width": 820, "height": 1180})

# What reaches beyond the window's right edge; tables and charts scroll in themselves.
_FITS = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    return document.documentElement.scrollWidth <= window.innerWidth
        && main.scrollWidth <= main.clientWidth;
}"""


@pytest.fixture(scope="module")
def app(desk):
    with served(desk) as (address, _):
        yield address


@pytest.fixture(scope="module")
def shared(browser, app):
    """One tab that is turned from page to page, as a person does."""
    with tab(browser, app) as found:
        found.open().until_worked(240)
        yield found


def test_pages_are_read_from_the_navigation(shared):
    links = shared.page.locator('[data-testid="stTopNavLink"], [data-testid="stSidebarNavLink"]')
    assert list(pages()) == [text.strip() for text in links.all_inner_texts()]
    assert next(iter(pages().values())) == ""


@pytest.mark.parametrize("title", pages())
def test_a_page_is_accessible_in_both_themes_and_fits_every_window(shared, title):
    """axe-core finds nothing serious; nothing has to be scrolled sideways on a tablet either."""
    shared.page.set_viewport_size(SIZE)
    shared.turn_to(title).until_worked(240)
    for theme in ("light", "dark"):
        assert lasting_findings(shared.in_theme(theme).page) == [], theme
    shared.in_theme("light")
    for size in (SIZE, *TABLETS):
        shared.page.set_viewport_size(size)
        shared.page.wait_for_timeout(200)  # it may have fitted before it was drawn anew
        shared.page.wait_for_function(_FITS)
    shared.page.set_viewport_size(SIZE)
    assert shared.troubles == []


def test_a_lever_is_moved_and_its_figures_are_read_with_the_keyboard_alone(browser, app):
    with tab(browser, app) as found:
        found.open("what-if").until_worked(240)
        keyboard = found.page.keyboard
        on_a_lever = "() => document.activeElement.type === 'range'"
        for _ in range(60):
            keyboard.press("Tab")
            if found.page.evaluate(on_a_lever):
                break
        for _ in range(4):
            keyboard.press("ArrowRight")
        found.page.get_by_text("Moved: Chat volume").wait_for()
        found.until_worked(240)
        assert found.page.locator('[data-testid="stMetricDelta"]').count() >= 4
        assert found.page.evaluate(on_a_lever), "the focus stays where it was"
        assert found.troubles == []


def test_pages_load_nothing_from_elsewhere_and_nobody_may_embed_them(app):
    with urllib.request.urlopen(f"{app}/", timeout=10) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources for sources in policy.values())
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_another_sites_name_for_this_machine_is_refused(app):
    """A page elsewhere whose name points here (DNS rebinding) gets no session."""
    from websockets.exceptions import InvalidStatus
    from websockets.sync.client import connect

    port = app.rsplit(":", 1)[1]
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    refused = pytest.raises(InvalidStatus)
    with refused, connect(address, additional_headers={"Host": "elsewhere.example"}):
        pass
