"""Saved work: versions that stay, conflicts that are told, drafts that fade."""

import itertools
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import store
from scenario import InvalidValueError, PlanningError
from store import ConflictError, NotSavedError, StoreError, rows

ROOT = Path(__file__).parents[1]


# What is saved


def test_what_was_saved_is_loaded_again(shelf):
    files = {"history.csv": b"interval_start\n", "staffing.csv": bytes(range(256)) * 20}
    saved = shelf.save("scenario", "Easter", "name = 'Ö'", files=files, author="Anna", note="first")
    found = shelf.load("scenario", "Easter")
    assert found.text == "name = 'Ö'"
    assert found.files == files
    assert found.version == saved
    assert (saved.number, saved.author, saved.note) == (1, "Anna", "first")
    assert saved.size == len("name = 'Ö'".encode()) + sum(map(len, files.values()))
    assert abs(saved.saved_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_every_save_is_a_version_and_the_older_ones_stay(shelf):
    for text in ("one", "two", "three"):
        shelf.save("edits", "campaign", text)
    assert [found.number for found in shelf.versions("edits", "campaign")] == [3, 2, 1]
    assert [shelf.load("edits", "campaign", number).text for number in (1, 2, 3)] == [
        "one",
        "two",
        "three",
    ]


def test_saving_the_same_again_makes_no_version(shelf):
    first = shelf.save("history", "team", b"rows", files={"a": b"1"}, author="Anna")
    assert shelf.save("history", "team", b"rows", files={"a": b"1"}, author="Ben") == first
    assert shelf.save("history", "team", b"rows", files={"a": b"2"}).number == 2
    assert shelf.save("history", "team", b"rows", files={"b": b"2"}).number == 3


def test_kinds_have_names_of_their_own(shelf):
    shelf.save("scenario", "Easter", "a")
    shelf.save("plan", "Easter", "b")
    assert shelf.names("scenario") == shelf.names("plan") == ("Easter",)
    assert shelf.names("history") == ()
    assert shelf.load("plan", "Easter").text == "b"


def test_equal_files_of_many_versions_lie_on_the_disk_once(shelf, tmp_path):
    history = os.urandom(200_000)
    for number in range(20):
        shelf.save("scenario", "Easter", f"seed = {number}", files={"history.csv": history})
    assert sum(path.stat().st_size for path in (tmp_path / "folder").iterdir()) < 600_000


@pytest.mark.parametrize("name", ["", "   ", "a" * 121, "a\x00b", "\x1b[2J"])
def test_a_name_that_cannot_be_read_is_refused(shelf, name):
    with pytest.raises(InvalidValueError, match="name must be"):
        shelf.save("scenario", name, "x")


def test_a_kind_that_is_not_kept_is_refused(shelf):
    with pytest.raises(InvalidValueError, match="kind must be"):
        shelf.save("draft", "x", "x")


def test_what_is_not_there_is_told_by_name_and_version(shelf):
    with pytest.raises(NotSavedError, match='no scenario "Easter" among'):
        shelf.load("scenario", "Easter")
    shelf.save("scenario", "Easter", "x")
    with pytest.raises(NotSavedError, match="version 7"):
        shelf.load("scenario", "Easter", 7)


# Two people


def test_a_second_save_from_the_same_version_is_told_about_the_first(shelf):
    shelf.save("scenario", "Easter", "start", author="Anna")
    shelf.save("scenario", "Easter", "Anna's", author="Anna", expected_version=1)
    with pytest.raises(ConflictError) as caught:
        shelf.save("scenario", "Easter", "Ben's", author="Ben", expected_version=1)
    assert caught.value.latest.author == "Anna"
    assert caught.value.latest.number == 2
    assert str(caught.value).startswith('Anna saved version 2 of the scenario "Easter" at ')
    assert shelf.load("scenario", "Easter").text == "Anna's"
    after = shelf.save("scenario", "Easter", "Ben's", author="Ben", expected_version=2)
    assert after.number == 3
    assert shelf.load("scenario", "Easter", 2).text == "Anna's"


def test_a_name_that_is_taken_is_not_taken_twice(shelf):
    shelf.save("scenario", "Easter", "Anna's", expected_version=0)
    with pytest.raises(ConflictError, match="thought to be free"):
        shelf.save("scenario", "Easter", "Ben's", expected_version=0)
    assert isinstance(ConflictError(shelf.latest("scenario")[0], 0), PlanningError)


def test_numbers_never_come_twice_even_after_deleting(shelf):
    """Who opened version 1 before a deletion cannot take a new version for his own."""
    shelf.save("scenario", "Easter", "old")
    shelf.delete("scenario", "Easter", author="Ben", expected_version=1)
    with pytest.raises(ConflictError, match='Ben deleted the scenario "Easter"'):
        shelf.save("scenario", "Easter", "mine", expected_version=1)
    assert shelf.save("scenario", "Easter", "anew", expected_version=0).number == 3


def test_what_was_deleted_is_off_the_list_and_can_be_restored(shelf):
    shelf.save("scenario", "Easter", "old", author="Anna")
    shelf.delete("scenario", "Easter", author="Ben")
    assert shelf.names("scenario") == ()
    with pytest.raises(NotSavedError):
        shelf.load("scenario", "Easter")
    with pytest.raises(NotSavedError):
        shelf.delete("scenario", "Easter")
    assert [version.deleted for version in shelf.latest("scenario", deleted=True)] == [True]
    back = shelf.restore("scenario", "Easter", 1, author="Anna")
    assert (back.number, back.note) == (3, "version 1 restored")
    assert shelf.load("scenario", "Easter").text == "old"


def test_restoring_is_a_save_and_can_conflict(shelf):
    for text in ("one", "two", "three"):
        shelf.save("scenario", "Easter", text)
    with pytest.raises(ConflictError):
        shelf.restore("scenario", "Easter", 1, expected_version=2)
    assert shelf.restore("scenario", "Easter", 1, expected_version=3).number == 4


def test_errors_travel_between_processes(shelf):
    shelf.save("scenario", "Easter", "x")
    for error in (
        ConflictError(shelf.latest("scenario")[0], 4),
        NotSavedError("plan", "x", 3),
        StoreError("full"),
    ):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)


WRITER = """
import sys, threading, store
shelf = store.open_store(sys.argv[1])
def write(who):
    for number in range(5):
        shelf.save("scenario", "Easter", f"{sys.argv[2]}-{who}-{number}")
threads = [threading.Thread(target=write, args=(who,)) for who in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_threads_and_processes_write_one_after_another(store_url):
    """Nobody opened the store before: they make it at once, too."""
    command = [sys.executable, "-c", WRITER, store_url]
    running = [subprocess.Popen([*command, str(who)], cwd=ROOT) for who in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    shelf = store.open_store(store_url)
    versions = shelf.versions("scenario", "Easter")
    assert [version.number for version in versions] == list(range(20, 0, -1))
    texts = {shelf.load("scenario", "Easter", version.number).text for version in versions}
    assert texts == {f"{p}-{t}-{n}" for p, t, n in itertools.product(range(2), range(2), range(5))}


def test_of_many_who_expect_the_same_version_one_saves(shelf):
    shelf.save("scenario", "Easter", "start")

    def attempt(who):
        try:
            return shelf.save("scenario", "Easter", f"by {who}", expected_version=1).number
        except ConflictError:
            return None

    with ThreadPoolExecutor(6) as people:
        ends = list(people.map(attempt, range(6)))
    assert sorted(end for end in ends if end) == [2]


# Drafts


def test_a_draft_is_kept_under_its_key_and_not_listed(shelf):
    shelf.keep_draft("k1", "text", {"history.csv": b"rows"})
    shelf.keep_draft("k1", "text", {"history.csv": b"rows"})
    found = shelf.draft("k1")
    assert (found.text, found.files) == ("text", {"history.csv": b"rows"})
    assert shelf.draft("k2") is None
    assert all(shelf.names(kind) == () for kind in store.KINDS)


def test_drafts_that_nobody_opens_are_dropped_with_their_bytes(shelf, monkeypatch):
    shelf.keep_draft("old", "old text")
    shelf.keep_draft("used", "used text")
    shelf.save("scenario", "Easter", "old text")
    now = rows._now_us()
    day = 24 * 3600 * 1_000_000
    monkeypatch.setattr(rows, "_now_us", lambda: now + 60 * day)
    assert shelf.draft("used") is not None
    monkeypatch.setattr(rows, "_now_us", lambda: now + 100 * day)
    shelf.keep_draft("new", "new text")
    assert shelf.draft("old") is None
    assert shelf.draft("used").text == "used text"
    assert shelf.load("scenario", "Easter").text == "old text", "shared bytes stay"
