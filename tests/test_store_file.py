"""The store's file: where it lies, who may use it, and what may be wrong with it."""

import os
import sqlite3
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event

import store
from scenario import InvalidValueError
from store import StoreError, opening, schema


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


def test_readers_go_on_while_somebody_writes(shelf, store_url):
    shelf.save("scenario", "Easter", "x")
    with sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None) as writer:
        assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM part")
        assert shelf.load("scenario", "Easter").text == "x"
        writer.execute("ROLLBACK")
    writer.close()


def test_a_writer_that_never_ends_is_told(store_url):
    impatient = f"{store_url}?timeout=0.2"
    shelf = store.open_store(impatient)
    with sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="held by another program"):
            shelf.save("scenario", "Easter", "x")
        writer.execute("ROLLBACK")
    writer.close()
    assert shelf.save("scenario", "Easter", "x").number == 1


def test_whoever_opens_a_new_file_waits_for_another_who_does(store_url):
    path = Path(store_url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    with sqlite3.connect(path, isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="held by another program"):
            store.open_store(f"{store_url}?timeout=0.2")
        soon = threading.Timer(0.3, other.execute, ["ROLLBACK"])
        soon.start()
        assert store.open_store(store_url).save("scenario", "Easter", "x").number == 1
        soon.join()
    other.close()


def test_a_file_that_may_only_be_read_is_read_and_told(shelf, store_url):
    shelf.save("scenario", "Easter", "x")
    path = store_url.removeprefix("sqlite:///")
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
def test_a_damaged_file_is_told_and_left_alone(shelf, store_url, damage):
    for number in range(40):
        shelf.save("scenario", f"Easter {number}", os.urandom(3000))
    path = Path(store_url.removeprefix("sqlite:///"))
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
        found = store.open_store(store_url)
        for number in range(40):
            found.load("scenario", f"Easter {number}")

    with pytest.raises(StoreError, match="damaged") as caught:
        load_everything()
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_version_whose_bytes_changed_on_the_disk_is_told(shelf, store_url):
    shelf.save("scenario", "Easter", "x")
    shelf.save("scenario", "Whitsun", "y")
    connection = sqlite3.connect(store_url.removeprefix("sqlite:///"))
    connection.execute(
        "UPDATE blob SET packed = (SELECT packed FROM blob b WHERE b.sha256 != blob.sha256)"
    )
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match='Version 1 of the scenario "Easter" is damaged'):
        shelf.load("scenario", "Easter")


def test_a_database_of_something_else_is_left_alone(store_url):
    path = Path(store_url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE songs (title)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="something else"):
        store.open_store(store_url)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_program_is_refused(store_url):
    store.open_store(store_url)
    connection = sqlite3.connect(store_url.removeprefix("sqlite:///"))
    connection.execute("UPDATE schema_version SET number = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="newer Allweather"):
        store.open_store(store_url)


def test_an_older_store_is_lifted_step_by_step_or_not_at_all(shelf, store_url, monkeypatch):
    shelf.save("scenario", "Easter", "x")

    def colour(connection):
        connection.exec_driver_sql("ALTER TABLE version ADD COLUMN colour TEXT DEFAULT 'blue'")

    def stumble(connection):
        colour(connection)
        raise StoreError("stumbled")

    monkeypatch.setattr(schema, "STEPS", (stumble,))
    with pytest.raises(StoreError, match="stumbled"):
        store.open_store(store_url)
    monkeypatch.setattr(schema, "STEPS", (colour,))
    assert store.open_store(store_url).load("scenario", "Easter").text == "x"
    connection = sqlite3.connect(store_url.removeprefix("sqlite:///"))
    assert connection.execute("SELECT colour FROM version").fetchall() == [("blue",)]
    assert connection.execute("SELECT number FROM schema_version").fetchall() == [(2,)]
    connection.close()
    store.open_store(store_url)  # and it is not lifted twice


@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:"])
def test_a_store_in_memory_is_refused(bad):
    with pytest.raises(InvalidValueError, match="lost with the program"):
        store.open_store(bad)


@pytest.mark.parametrize("bad", ["no url", "nosuchdatabase://host/x", "sqlite:////proc/no/x.db"])
def test_an_address_that_leads_nowhere_is_told(bad):
    with pytest.raises(StoreError):
        store.open_store(bad)
