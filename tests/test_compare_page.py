"""The Compare page: scenarios side by side, kept what-ifs, the curve, and what is taken away."""

from pathlib import Path

import pandas as pd
import pytest

from test_app import SMALL, settled
from views import candidates

ROOT = Path(__file__).parents[1]
# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    """A desk of two that states its contacts: everything about it is quick."""
    folder = tmp_path_factory.mktemp("small")
    hours = pd.date_range("2026-04-13 08:00", periods=12, freq="h", tz="Europe/London")
    rows = {"interval_start": [hour.isoformat() for hour in hours], "group": "team", "agents": 2}
    pd.DataFrame(rows).to_csv(folder / "staffing.csv", index=False)
    path = folder / "scenario.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def app(small_file, monkeypatch):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(small_file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def test_the_plan_stands_beside_the_staffing_of_now_at_first(app):
    app.switch_page("views/compare.py").run()
    settled(app)
    settled(app)
    shown = app.multiselect(key="compare-shown").value
    assert shown == [candidates.NOW, candidates.PLANNED]
    table = app.dataframe[0].value
    assert list(table.columns) == ["Result", "As staffed now", "As planned", "Good is"]
    assert not app.error
