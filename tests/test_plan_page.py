"""The Plan page: what a plan knows is told, of the plan as found and of an edited one."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from app_pages import opened_app, settled, write_desk
from scenario import Scenario
from small_scenarios import SMALL, demand_of
from staffing import Plan, plan
from views import staffed
from views.edit_work import keep_edit
from views.plan_periods import ALL, period_rows, promises_of, when
from views.plan_rota import rota_rows
from views.shift_editor import HISTORY

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

DESKS = SMALL.replace('staffing = "staffing.csv"\n', "")


@cache
def planned() -> Plan:
    """The small desk; what is posted at night is promised more than the desks can give."""
    scenario = Scenario.parse(DESKS)
    return plan(scenario, demand_of(scenario))


def test_every_period_tells_agents_share_interval_chance_and_check() -> None:
    found = planned()
    rows = period_rows(found)
    assert len(rows) == len(found.periods) == 3
    first, told = found.periods.iloc[0], rows.iloc[0]
    assert told["When"] == "Mon 13 Apr"
    assert told["Promise"] == "Chat: 80 % in 60 s"
    assert told["Agent hours"] == f"{first['agent_hours']:.1f}"
    assert told["Planned"].startswith(f"{100 * first['achieved']:.1f} % (")
    low, high = 100 * first["fresh_low"], 100 * first["fresh_high"]
    assert told["Fresh check"].endswith(f"({low:.1f}–{high:.1f})")
    assert told["Fresh chance"] == f"{100 * first['fresh_probability_met']:.0f} %"


def test_periods_are_narrowed_to_a_promise_and_to_what_falls_short() -> None:
    found = planned()
    asked = promises_of(found)
    assert asked == ["Chat: 80 % in 60 s", "X: 80 % in 15 min", "X, arrived closed: 80 % in 15 min"]
    assert set(period_rows(found, asked[1])["Promise"]) == {asked[1]}
    short = period_rows(found, ALL, only_short=True)
    assert short["Promise"].tolist() == [asked[2]]
    assert short["Kept"].tolist() == ["▼"]


def test_hours_required_in_a_period_are_those_of_all_who_serve() -> None:
    found = planned()
    hours = float(found.requirement["required"].sum())  # an interval is an hour
    assert found.periods["agent_hours"].tolist() == pytest.approx([hours] * 3)
    assert found.periods["required"].tolist() == pytest.approx([hours / 24] * 3)


def test_what_is_not_kept_says_why_and_what_it_would_take() -> None:
    row = staffed.unmet(planned()).iloc[0]
    assert row["When"] == "Mon 13 Apr"
    assert row["Why"] == "no more people or desks"
    assert row["What it would take"].startswith("about ")


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("interval", "Mon 13 Apr 10:30"),
        ("day", "Mon 13 Apr"),
        ("week", "week of Mon 13 Apr"),
    ],
)
def test_a_period_is_told_by_its_kind(period, text) -> None:
    assert when(pd.Timestamp("2026-04-13 10:30", tz="Europe/London"), period) == text


def test_the_rota_has_a_line_for_every_agent_and_no_column_that_says_nothing() -> None:
    found = planned()
    rows = rota_rows(found.assigned)
    assert list(rows.columns) == ["Agent", "Mon", "Shifts", "Hours"]
    assert rows["Shifts"].sum() == len(rows)
    assert all("–" in cell for cell in rows["Mon"])


# The page itself


@pytest.fixture
def page(tmp_path, monkeypatch):
    """The Plan page of the small desk, opened at an address."""

    def opened(text: str = SMALL, **address: str):
        monkeypatch.setenv("ALLWEATHER_SCENARIO", str(write_desk(tmp_path, text)))
        app = opened_app("plan", **address)
        for _ in range(3):  # the plan, then its rota or the edit, then the rota of that
            settled(app)
        return app

    return opened


def headings(app) -> list[str]:
    return [heading.value for heading in app.subheader]


def told(app) -> str:
    return " ".join(text.value for text in app.text)


def table_with(app, column: str) -> pd.DataFrame:
    return next(one.value for one in app.dataframe if column in one.value.columns)


def test_the_page_shows_periods_and_rota_and_an_edit_redoes_them(page):
    app = page()
    assert {"Period by period", "Rota"} <= set(headings(app))
    assert "The shifts as found, given to numbered agents." in told(app)
    assert table_with(app, "Fresh chance")["Kept"].tolist() == ["●", "●", "▼"]
    assert table_with(app, "What it would take")["Why"].tolist() == ["no more people or desks"]
    agents = len(table_with(app, "Agent"))

    app.toggle(key="plan-period-short").set_value(True).run()
    assert table_with(app, "Fresh chance")["Kept"].tolist() == ["▼"]

    ((key, history),) = app.session_state[HISTORY].items()
    more = history.current.copy()
    more.loc[0, "agents"] = int(more.loc[0, "agents"]) + 5
    again = page(edits=keep_edit(key, more))
    assert "The shifts as edited, given to numbered agents." in told(again)
    assert len(table_with(again, "Agent")) >= agents + 5
    assert not again.error


def test_notes_of_a_plan_are_on_the_page(page, monkeypatch):
    def in_a_hurry(function, *args, tell=None, **_):
        found = function(*args, **({} if tell is None else {"tell": tell}))
        return replace(found, notes=("Hurried.",)) if isinstance(found, Plan) else found

    monkeypatch.setattr("views.work.apart", in_a_hurry)
    app = page(SMALL.replace("seed = 3", "seed = 4"))
    assert "Hurried." in [note.value.replace("\\", "") for note in app.info]


def test_levels_that_no_search_saw_are_dashes() -> None:
    found = planned()
    unknown = found.periods.assign(achieved=np.nan, probability_met=np.nan)
    rows = period_rows(replace(found, periods=unknown))
    assert set(rows["Planned"]) == set(rows["Chance"]) == {"–"}
