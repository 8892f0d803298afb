"""What tests of the app without a browser share: a desk to open, and waiting for its work."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from small_scenarios import SMALL
from views.jobs import board

ROOT = Path(__file__).parents[1]


def staffing(agents: int) -> str:
    """The text of a staffing file: so many agents from 8 to 20."""
    hours = pd.date_range("2026-04-13 08:00", periods=12, freq="h", tz="Europe/London")
    rows = {"interval_start": [hour.isoformat() for hour in hours], "group": "team"}
    return pd.DataFrame(rows).assign(agents=agents).to_csv(index=False)


def write_desk(folder: Path, text: str = SMALL) -> Path:
    """Write a scenario beside the staffing that it names, two agents from 8 to 20."""
    (folder / "staffing.csv").write_text(staffing(2))
    path = folder / "scenario.toml"
    path.write_text(text)
    return path


def opened_app(page: str = "", **address: str) -> AppTest:
    """The app as ALLWEATHER_SCENARIO names it, opened at an address, on a page."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for key, value in address.items():
        app.query_params[key] = value
    app.run()
    if page:
        app.switch_page(f"views/{page}.py").run()
    assert not app.exception
    return app


def settled(app: AppTest, labels: Collection[str] = ()) -> AppTest:
    """Run until no work goes on, or none of these labels; then once more to draw its answers."""
    for _ in range(200):
        jobs = [job for job in board().running() if not labels or job.label in labels]
        if not jobs:
            break
        jobs[0].join(0.5)
    app.run(timeout=60)
    assert not app.exception
    return app


def captions(app: AppTest) -> str:
    """All captions of a page."""
    return " ".join(caption.value for caption in app.caption)
