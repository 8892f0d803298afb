"""A plan leaves the project as tables that a spreadsheet can open and cannot run."""

import io
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from report.tables import PLAN_TABLES, plan_csv, plan_xlsx, safe_cell, safe_csv, workbook
from scenario import Scenario

SCENARIO = """
name = "=cmd()"
timezone = "Europe/London"
seed = 7
[horizon]
start = 2026-03-28
length = "2d"
interval_minutes = 60
[demand.rates]
chat = 4.0
[channels.chat]
kind = "live"
handle_time.mean_s = 480
[groups.team.skills.chat]
"""


@pytest.fixture
def plan():
    """A plan over the night in which the clocks go forward; the group has a wicked name."""
    scenario = Scenario.parse(SCENARIO)
    starts = scenario.period.starts
    count = len(starts)
    shift = {
        "group": "+team",
        "kind": "day",
        "start": starts[8],
        "end": starts[16],
        "breaks": ((starts[11], starts[12]),),
        "agents": 3,
    }
    target = {"channel": "chat", "target": 0.8, "achieved": np.nan, "met": True}
    baseline = SimpleNamespace(paid_hours=40.0, cost=700.0)
    return SimpleNamespace(
        scenario=scenario,
        requirement=pd.DataFrame(
            {
                "interval_start": starts,
                "group": ["+team"] * count,
                "required": np.arange(count),
                "scheduled": np.arange(count) + 1,
            }
        ),
        shifts=pd.DataFrame([shift]),
        rota=pd.DataFrame([{"group": "+team", "agent": "open", "sun": "09:00-17:00"}]),
        targets=pd.DataFrame([target]),
        periods=pd.DataFrame({"interval_start": starts[:1], "channel": ["chat"]}),
        notes=("Hurried.",),
        unmet=pd.DataFrame({"interval_start": starts[:0], "channel": [], "achieved": []}),
        ladder=pd.DataFrame({"step": ["workload", "-paid"], "agent_hours": [10.5, 3.25]}),
        volume=pd.DataFrame({"channel": ["=chat"], "expected": [40.0], "offered": [52.5]}),
        paid_hours=24.0,
        cost=432.0,
        fte=0.64,
        baseline=baseline,
        outcome=SimpleNamespace(engine="simpy", seed=7, replications=20),
    )


def sheets_of(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_would_run_as_a_formula_is_prefixed(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"


def test_negative_numbers_are_numbers():
    assert safe_cell(-1.5) == -1.5
    assert safe_csv(pd.DataFrame({"difference": [-2, 3]})) == b"difference\n-2\n3\n"


def test_csv_times_carry_their_offset_through_a_clock_change(plan):
    table = pd.read_csv(io.BytesIO(plan_csv(plan)), dtype=str)
    assert table["interval_start"].iloc[0] == "2026-03-28T00:00:00+00:00"
    assert table["interval_start"].iloc[-1] == "2026-03-29T23:00:00+01:00"
    assert len(table) == 47, "the night has an hour less"


def test_csv_tells_group_breaks_and_unknown_numbers(plan):
    shifts = pd.read_csv(io.BytesIO(plan_csv(plan, "shifts")), dtype=str)
    assert shifts.loc[0, "group"] == "'+team"
    assert shifts.loc[0, "breaks"] == "11:00-12:00"
    targets = plan_csv(plan, "targets").decode().splitlines()
    assert targets[1] == "chat,0.8,,True"


def test_every_table_of_the_plan_is_a_sheet(plan):
    book = sheets_of(plan_xlsx(plan))
    names = ["Summary", *(name.capitalize() for name in PLAN_TABLES), "Assumptions"]
    assert book.sheetnames == names
    assert book["Requirement"].max_row == 48


def test_workbook_times_are_local_with_their_offset_beside(plan):
    rows = list(sheets_of(plan_xlsx(plan))["Requirement"].iter_rows(values_only=True))
    assert rows[0][:2] == ("interval_start", "utc_offset")
    assert (rows[1][0].isoformat(), rows[1][1]) == ("2026-03-28T00:00:00", "UTC+00:00")
    assert (rows[-1][0].isoformat(), rows[-1][1]) == ("2026-03-29T23:00:00", "UTC+01:00")


def test_workbook_holds_no_formula(plan):
    for sheet in sheets_of(plan_xlsx(plan)):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_workbook_says_what_it_was_made_from(plan):
    assumed = dict(sheets_of(plan_xlsx(plan))["Assumptions"].iter_rows(values_only=True))
    assert assumed["seed"] == 7
    assert assumed["channels.chat.handle_time.mean_s"] == 480
    summary = dict(sheets_of(plan_xlsx(plan))["Summary"].iter_rows(values_only=True))
    assert (summary["Seed of the check"], summary["Replications of the check"]) == (7, 20)
    assert summary["Note"] == "Hurried."


def test_an_empty_table_is_a_sheet_with_its_header():
    content = workbook({"Unmet": pd.DataFrame({"channel": []})})
    assert [row for row in sheets_of(content)["Unmet"].iter_rows(values_only=True)] == [
        ("channel",)
    ]
