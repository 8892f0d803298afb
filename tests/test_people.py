"""Who is at work, and whether they may save: without a sign-in and with one."""

import pickle
from types import SimpleNamespace

import pytest

from views import people, saved

ANNA = {"is_logged_in": True, "name": "Anna Example", "email": "Anna@example.com"}


@pytest.fixture
def at_work(monkeypatch):
    """The server's secrets, who has signed in, what was typed, and the browser's cookies."""

    def set_up(user=None, planners=None, typed=None, cookie=""):
        told = {} if planners is None else {"people": {"planners": planners}}
        state = {} if typed is None else {people.PERSON: typed}
        monkeypatch.setattr(
            people,
            "st",
            SimpleNamespace(
                user=SimpleUser(user or {}),
                secrets=told,
                session_state=state,
                context=SimpleNamespace(cookies={people.COOKIE: cookie} if cookie else {}),
            ),
        )

    return set_up


class SimpleUser(dict):
    def __getattr__(self, name):
        return self[name]


def test_without_a_sign_in_everybody_is_known_and_may_save(at_work):
    at_work()
    assert people.known()
    assert people.may_save()
    assert people.name() == ""


@pytest.mark.parametrize(
    ("typed", "cookie", "name"),
    [
        ("Anna", "", "Anna"),
        (None, "%C3%84nne", "Änne"),
        ("Anna", "Ben", "Anna"),
        ("", "Ben", ""),  # who empties the field wants to be unnamed
        (None, "x" * 500, "x" * people.LONGEST),
    ],
)
def test_the_name_is_what_was_typed_now_or_at_the_last_visit(at_work, typed, cookie, name):
    at_work(typed=typed, cookie=cookie)
    assert people.name() == name


def test_where_people_sign_in_nobody_can_call_himself_another(at_work):
    at_work(ANNA, typed="Ben", cookie="Ben")
    assert people.name() == "Anna Example (Anna@example.com)"


def test_who_has_not_signed_in_is_not_known(at_work):
    at_work({"is_logged_in": False})
    assert not people.known()


@pytest.mark.parametrize(
    ("planners", "more", "may"),
    [
        (None, {}, True),
        (["anna@EXAMPLE.com"], {}, True),
        (["*@example.com"], {}, True),
        (["*@example.com"], {"email_verified": True}, True),
        (["*@example.com"], {"email_verified": False}, False),
        (["*@example.org", "ben@example.com"], {}, False),
        (["*@example.com"], {"email": None}, False),
        ([], {}, False),
    ],
)
def test_planners_are_named_by_address_or_pattern(at_work, planners, more, may):
    at_work({**ANNA, **more}, planners)
    assert people.may_save() is may


def test_a_viewer_reaches_no_store_to_save_in(at_work):
    at_work(ANNA, planners=[])
    with pytest.raises(people.ViewerError, match=r"Anna Example .* not save"):
        saved.shelf_to_save()


def test_the_refusal_survives_a_journey_between_processes():
    refused = pickle.loads(pickle.dumps(people.ViewerError("Anna")))
    assert str(refused) == str(people.ViewerError("Anna"))
