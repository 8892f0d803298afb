"""Settings of all tests, and the machine parts that some of them need."""

import os
import shutil
from pathlib import Path

from hypothesis import settings

from support import need

# Real data to try things on lie beside the clone, unless the environment names another place.
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
if BESIDE.is_dir():
    os.environ.setdefault("ALLWEATHER_DATA", str(BESIDE))

# The same examples on every run: a test that fails today failed yesterday too.
settings.register_profile("allweather", deadline=None, derandomize=True)
settings.load_profile("allweather")


def pytest_runtest_setup(item):
    """Tests marked `browser` need Debian's chromium."""
    if item.get_closest_marker("browser"):
        need("chromium", shutil.which("chromium") is not None, "chromium is not installed")
