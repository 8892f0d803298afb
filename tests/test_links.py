"""A scenario as a link: what it holds, what of a foreign one is left out, and that it is told."""

from urllib.parse import parse_qs, urlsplit

import pytest

from app_pages import settled
from scenario import Scenario
from views import files
from views.levers import changes_of, levers_of
from views.links import IGNORED, link, positions_of, text_of

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def sample():
    return Scenario.load(files.SAMPLE)


@pytest.fixture(scope="module")
def levers(sample):
    return levers_of(sample)


def test_every_lever_survives_the_way_through_a_link(sample, levers):
    """Each at another position than its default, and the changes are the same."""
    values = {lever.key: lever.default for lever in levers}
    for lever in levers:
        if lever.options:
            values[lever.key] = lever.options[-1]
        elif lever.high:
            _, high, step = lever.range
            values[lever.key] = high if high != lever.default else high - step
    text = text_of(levers, values)
    found, ignored = positions_of(levers, text, sample)
    assert ignored == []
    assert {lever.key: lever.default for lever in levers} | found == values
    assert changes_of(sample, found) == changes_of(sample, values)


def test_a_link_holds_only_what_was_moved(levers):
    values = {lever.key: lever.default for lever in levers}
    assert text_of(levers, values) == ""
    assert text_of(levers, values | {"volume-chat": 20}) == "volume-chat~20"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("volume-chat", "no lever with a position"),
        ("volume-voice~20", "no lever of this scenario"),
        ("volume-chat~lots", "no position"),
        ("volume-chat~9000", "no position"),
        ("volume-chat~nan", "no position"),
        ("volume-chat~12.5", "no position"),
        ("blend~mixed", "no position"),
        ("open-chat~someday 08:00", "no position"),
    ],
)
def test_parts_of_a_link_that_are_foreign_are_told_and_left_out(sample, levers, text, told):
    found, ignored = positions_of(levers, f"{text}|volume-x~10", sample)
    assert found == {"volume-x": 10}
    assert len(ignored) == 1
    assert told in ignored[0]


def test_a_link_opens_the_same_what_if_in_another_session(app):
    app.switch_page("views/whatif.py")
    app.query_params["levers"] = "volume-chat~150|volume-voice~10"
    app.query_params["whatif-preset"] = "Plague"
    app.run()
    settled(app)
    assert app.slider(key="lever-volume-chat").value == 150
    told = " ".join(warning.value for warning in app.warning)
    assert "volume\\-voice" in told
    assert "Plague" in told
    copied = next(code.value for code in app.code)
    assert parse_qs(urlsplit(copied).query)["levers"] == ["volume-chat~150"]
    app.button(key="link-seen").click().run()
    assert app.session_state[IGNORED] == []


def test_a_link_without_anything_moved_is_the_plain_address():
    assert "?" not in link({})
