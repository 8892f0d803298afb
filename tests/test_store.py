"""Saved work: versions that stay, conflicts that are told, and a database that may be anything."""

import itertools
import os
import pickle
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import event

import store
from scenario import InvalidValueError, PlanningError
from store import ConflictError, NotSavedError, StoreError, opening, rows, schema

ROOT = Path(__file__).parents[1]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/folder/saved.sqlite"


@pytest.fixture
def shelf(url):
    return store.open_store(url)


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


def test_threads_and_processes_write_one_after_another(url):
    """Nobody opened the store before: they make it at once, too."""
    command = [sys.executable, "-c", WRITER, url]
    running = [subprocess.Popen([*command, str(who)], cwd=ROOT) for who in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    shelf = store.open_store(url)
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


# The file


def test_the_store_lies_in_the_users_data_folder_unless_named(monkeypatch, tmp_path):
    monkeypatch.delenv("ALLWEATHER_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert store.default_url() == f"sqlite:///{tmp_path}/allweather/saved.sqlite"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert opening.data_folder() == Path.home() / "Library" / "Application Support" / "allweather"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert opening.data_folder() == tmp_path / "local" / "allweather"
    monkeypatch.setenv("ALLWEATHER_STORE", "sqlite:////elsewhere.sqlite")
    assert store.default_url() == "sqlite:////elsewhere.sqlite"


def test_readers_go_on_while_somebody_writes(shelf, url):
    shelf.save("scenario", "Easter", "x")
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as writer:
        assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM part")
        assert shelf.load("scenario", "Easter").text == "x"
        writer.execute("ROLLBACK")
    writer.close()


def test_a_writer_that_never_ends_is_told(url):
    impatient = f"{url}?timeout=0.2"
    shelf = store.open_store(impatient)
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="held by another program"):
            shelf.save("scenario", "Easter", "x")
        writer.execute("ROLLBACK")
    writer.close()
    assert shelf.save("scenario", "Easter", "x").number == 1


def test_a_file_that_may_only_be_read_is_read_and_told(shelf, url):
    shelf.save("scenario", "Easter", "x")
    path = url.removeprefix("sqlite:///")
    fixed = store.open_store(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert fixed.load("scenario", "Easter").text == "x"
    with pytest.raises(StoreError, match="can be read but not written"):
        fixed.save("scenario", "Easter", "y")
    assert shelf.load("scenario", "Easter").text == "x"


def test_a_full_disk_is_told_and_loses_nothing(shelf):
    shelf.save("scenario", "Easter", "x")

    def full(connection, _record):
        connection.execute("PRAGMA max_page_count = 1")  # no page more than there are

    event.listen(shelf._engine, "connect", full)
    with pytest.raises(StoreError, match="the disk is full"):
        shelf.save("scenario", "Easter", os.urandom(100_000))
    event.remove(shelf._engine, "connect", full)
    assert shelf.load("scenario", "Easter").text == "x"
    assert shelf.save("scenario", "Easter", "y").number == 2


@pytest.mark.parametrize("damage", ["text", "cut", "scribbled"])
def test_a_damaged_file_is_told_and_left_alone(shelf, url, damage):
    for number in range(40):
        shelf.save("scenario", f"Easter {number}", os.urandom(3000))
    path = Path(url.removeprefix("sqlite:///"))
    content = path.read_bytes()
    path.write_bytes(
        {
            "text": b"this is no database at all, and long enough to be looked at" * 20,
            "cut": content[: len(content) // 3],
            "scribbled": content[:100] + b"\xff" * 8000 + content[8100:],
        }[damage]
    )
    before = path.read_bytes()

    def load_everything():
        found = store.open_store(url)
        for number in range(40):
            found.load("scenario", f"Easter {number}")

    with pytest.raises(StoreError, match="damaged") as caught:
        load_everything()
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_version_whose_bytes_changed_on_the_disk_is_told(shelf, url):
    shelf.save("scenario", "Easter", "x")
    shelf.save("scenario", "Whitsun", "y")
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute(
        "UPDATE blob SET packed = (SELECT packed FROM blob b WHERE b.sha256 != blob.sha256)"
    )
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match='Version 1 of the scenario "Easter" is damaged'):
        shelf.load("scenario", "Easter")


def test_a_database_of_something_else_is_left_alone(url):
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="something else"):
        store.open_store(url)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_program_is_refused(url):
    store.open_store(url)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("UPDATE schema_version SET number = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="newer Allweather"):
        store.open_store(url)


def test_an_older_store_is_lifted_step_by_step_or_not_at_all(shelf, url, monkeypatch):
    shelf.save("scenario", "Easter", "x")

    def colour(connection):
        connection.exec_driver_sql("ALTER TABLE version ADD COLUMN colour TEXT DEFAULT 'blue'")

    def stumble(connection):
        colour(connection)
        raise StoreError("stumbled")

    monkeypatch.setattr(schema, "STEPS", (stumble,))
    with pytest.raises(StoreError, match="stumbled"):
        store.open_store(url)
    monkeypatch.setattr(schema, "STEPS", (colour,))
    assert store.open_store(url).load("scenario", "Easter").text == "x"
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    assert connection.execute("SELECT colour FROM version").fetchall() == [("blue",)]
    assert connection.execute("SELECT number FROM schema_version").fetchall() == [(2,)]
    connection.close()
    store.open_store(url)  # and it is not lifted twice


@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(bad):
    with pytest.raises(InvalidValueError, match="lost with the program"):
        store.open_store(bad)


@pytest.mark.parametrize("bad", ["no url", "nosuchdatabase://host/x", "sqlite:////proc/no/x.db"])
def test_an_address_that_leads_nowhere_is_told(bad):
    with pytest.raises(StoreError):
        store.open_store(bad)


# Laws

texts = st.text(max_size=20)
contents = st.binary(max_size=200)


@given(content=contents, files=st.dictionaries(st.sampled_from("abc"), contents, max_size=3))
@settings(max_examples=25)
def test_any_bytes_come_back(tmp_path_factory, content, files):
    shelf = store.open_store(f"sqlite:///{tmp_path_factory.getbasetemp()}/laws.sqlite")
    number = shelf.save("history", "any", content, files=files).number
    found = shelf.load("history", "any", number)
    assert (found.content, found.files) == (content, files)


class Shelf(RuleBasedStateMachine):
    """A store beside the plainest thing that behaves alike: a list of texts a name."""

    names = st.sampled_from(["a", "b"])

    @initialize(folder=st.integers(0, 2**40))
    def opened(self, folder):
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.shelf = store.open_store(f"sqlite:///{self.folder.name}/{folder}.sqlite")
        self.known = {"a": [], "b": []}

    @rule(name=names, text=texts, behind=st.sampled_from([None, 0, 1, 2]))
    def save(self, name, text, behind):
        texts = self.known[name]
        expected = None if behind is None else max(len(texts) - behind, 0)
        stale = behind is not None and expected != len(texts)
        freed = expected == 0 and texts[-1:] == [None]
        if texts and texts[-1] == text:
            assert self.shelf.save("plan", name, text, expected_version=expected).number == len(
                texts
            )
        elif stale and not freed:
            with pytest.raises(ConflictError):
                self.shelf.save("plan", name, text, expected_version=expected)
        else:
            texts.append(text)
            assert self.shelf.save("plan", name, text, expected_version=expected).number == len(
                texts
            )

    @rule(name=names)
    def delete(self, name):
        if self.known[name] and self.known[name][-1] is not None:
            self.shelf.delete("plan", name)
            self.known[name].append(None)
        else:
            with pytest.raises(NotSavedError):
                self.shelf.delete("plan", name)

    @invariant()
    def holds_what_is_known(self):
        if not hasattr(self, "shelf"):
            return
        listed = tuple(
            name for name, texts in self.known.items() if texts and texts[-1] is not None
        )
        assert self.shelf.names("plan") == listed
        for name, texts in self.known.items():
            found = self.shelf.versions("plan", name)
            assert [version.number for version in found] == list(range(len(texts), 0, -1))
            if name in listed:
                assert self.shelf.load("plan", name).text == texts[-1]

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()


Shelf.TestCase.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
TestShelf = Shelf.TestCase
