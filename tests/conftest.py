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
