"""Settings of all tests, and the machine parts that some of them need."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from support import need

# Real data to try things on lie beside the clone, unless the environment names another place.
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
if BESIDE.is_dir():
    os.environ.setdefault("ALLWEATHER_DATA", str(BESIDE))

# What tests save never lands among the saved work of the person who runs them.
SAVED = tempfile.mkdtemp(prefix="allweather-tests-")
atexit.register(shutil.rmtree, SAVED, ignore_errors=True)
os.environ["ALLWEATHER_STORE"] = f"sqlite:///{SAVED}/saved.sqlite"

# The same examples on every run: a test that fails today failed yesterday too.
settings.register_profile("allweather", deadline=None, derandomize=True)
settings.load_profile("allweather")


def pytest_runtest_setup(item):
    """Tests marked `browser` need Debian's chromium."""
    if item.get_closest_marker("browser"):
        need("chromium", shutil.which("chromium") is not None, "chromium is not installed")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command in this process; returns exit status, standard output and error."""

    import cli

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["allweather", *map(str, arguments)])
        status = 0
        try:
            cli.main()
        except SystemExit as stop:
            status = stop.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    """A desk of two that states its contacts: everything about it is quick."""
    from app_pages import write_desk

    return write_desk(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def small(small_file):
    """The small desk as it stands in its file."""
    from scenario import Scenario

    return Scenario.load(small_file)


@pytest.fixture
def app(small_file, monkeypatch):
    """The app, open on the small desk."""
    from app_pages import opened_app

    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(small_file))
    return opened_app()


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium."""
    from browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The sample's team on its last four weeks, planning one day: the real pages, in seconds."""
    from browser import small_desk

    return small_desk(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    """A store for the test alone, and an app that has just been started."""
    from views import drafts

    monkeypatch.setenv("ALLWEATHER_STORE", f"sqlite:///{tmp_path}/saved.sqlite")
    drafts._opened.cache_clear()


@pytest.fixture
def saving_desk(tmp_path):
    """The file of the desk that is saved and opened."""
    from app_pages import write_desk
    from saving_app import DESK

    return write_desk(tmp_path, DESK)


@pytest.fixture
def opened(saving_desk, monkeypatch):
    """Open the app on that desk; its pages ask for what they show, and nothing else is done."""
    from app_pages import opened_app
    from views import session
    from views.jobs import board

    monkeypatch.setattr(session, "begin", session.history_job)
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(saving_desk))
    yield opened_app
    for job in board().running():  # work that no test waits for
        job._stop.set()
        job.join(30)


@pytest.fixture
def store_url(tmp_path):
    """Where a store can be made that nobody else uses."""
    return f"sqlite:///{tmp_path}/folder/saved.sqlite"


@pytest.fixture
def shelf(store_url):
    """An empty store."""
    import store

    return store.open_store(store_url)


@pytest.fixture
def one_morning():
    """Eight half-hours of a history in the own layout."""
    from history_tables import half_hours, rows

    return rows(half_hours("2025-10-20 08:00", 8))
