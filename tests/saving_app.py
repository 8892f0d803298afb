"""What tests of saving in the app share: a small desk, and what a person does on its pages."""

from __future__ import annotations

import pandas as pd
from streamlit.testing.v1 import AppTest

OWN_COLUMNS = "interval_start,channel,offered,answered,abandoned,handle_time_s"
DESK = """
name = "Small desk"
timezone = "Europe/London"
seed = 3
replications = 3
staffing = "staffing.csv"
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand.rates]
chat = 6.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 480
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[groups.team]
max_agents = 6
[groups.team.skills.chat]
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
"""


def save_as(app: AppTest, person: str, name: str | None = None) -> AppTest:
    """Save the scenario as a person, under a new name or the one it has."""
    boxes = app.sidebar.text_input
    next(box for box in boxes if box.label == "Your name").set_value(person)
    if name is not None:
        next(box for box in boxes if box.key.startswith("save-name-")).set_value(name)
    next(button for button in app.button if button.label == "Save the scenario").click()
    app.run()
    assert not app.exception
    return app


def keep_present(app: AppTest, kind: str, name: str) -> AppTest:
    """Save the session's work of a kind on the Saved page."""
    app.switch_page("views/shelf.py").run()
    app.segmented_control(key="shelf-kind").set_value(kind).run()
    box = next(box for box in app.text_input if box.label == "Save the present one as")
    box.set_value(name)
    next(button for button in app.button if button.label == "Save").click()
    app.run()
    assert not app.exception
    return app


def texts(*elements) -> str:
    """All that these elements say."""
    return " ".join(element.value for element in elements)


def weeks(first: str, days: int, offered: int, columns: str = OWN_COLUMNS) -> bytes:
    """A history of as many chats every hour."""
    starts = pd.date_range(first, periods=24 * days, freq="h", tz="Europe/London")
    lines = [f"{start.isoformat()},chat,{offered},{offered},0,{offered * 300}" for start in starts]
    return "\n".join([columns, *lines]).encode()
