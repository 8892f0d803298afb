"""A replication told event by event."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import demand_for
from random_scenarios import RandomFloor, floors
from scenario import InvalidValueError, Scenario
from simulate import simulate, trace
from simulate.floor import run_replication
from simulate.floor.recorder import WORDS, Recorder
from simulate.floor_input import FloorInput
from simulate.log import FloorLog
from simulate.tracing import trace_table
from small_scenarios import TWO_HOURS
from worked_days import DAYS, read_day

DAY = {path.stem: path for path in DAYS}


def told(floor_input: FloorInput, replication: int = 0) -> tuple[FloorLog, pd.DataFrame]:
    recorder = Recorder()
    log = run_replication(floor_input, 1, replication, recorder=recorder)
    return log, trace_table(recorder.happenings, floor_input)


def test_a_trace_tells_the_story_of_a_worked_day() -> None:
    """A post is put aside at 30 for a chat of 50 seconds, and resumed."""
    _, table = told(read_day(DAY["deferred_work_is_put_aside_for_a_live_contact"]).floor_input)
    second = (table["instant"] - table["instant"].iloc[0]).dt.total_seconds()
    story = list(
        zip(second, table["rank"], table["what"], table["contact"], table["queue"], strict=True)
    )
    assert story == [
        (0, 2, "agent comes", -1, -1),
        (0, 5, "comes in", 0, 0),
        (0, 5, "joins the queue", 0, 1),
        (0, 5, "starts", 0, 0),
        (30, 5, "comes in", 1, 0),
        (30, 5, "joins the queue", 1, 1),
        (30, 5, "is put aside", 0, 0),
        (30, 5, "starts", 1, 0),
        (80, 1, "is done", 1, 0),
        (80, 1, "is resumed", 0, 0),
        (150, 1, "is done", 0, 0),
        (3600, 2, "agent leaves", -1, -1),
        (3600, 2, "closes", -1, 0),
        (3600, 2, "closes", -1, 0),
    ]
    assert table["channel"].tolist()[1:6] == ["x", "x", "x", "chat", "chat"]
    assert set(table["group"]) == {"", "team"}


@settings(max_examples=8)
@given(floors(), st.integers(0, 3))
def test_a_trace_and_the_records_tell_the_same(floor: RandomFloor, replication: int) -> None:
    log, table = told(floor.encoded(), replication)
    assert set(table["what"]) <= WORDS.keys()
    assert table["instant"].is_monotonic_increasing
    assert set(table["rank"]) <= set(range(-1, 6))
    for what, column in (("is put aside", "put_aside"), ("is given up", "ending")):
        of = table.loc[table["what"] == what, "contact"].value_counts()
        logged = log.contacts[column] if column == "put_aside" else log.contacts[column] == 6
        assert of.reindex(range(len(log.contacts)), fill_value=0).tolist() == logged.tolist()
    done = table[table["what"] == "is done"]
    ends = log.contacts["end_us"][done["contact"]]
    since = (done["instant"] - floor.scenario.period.start) // pd.Timedelta(microseconds=1)
    assert since.tolist() == ends.tolist()


def test_a_trace_is_of_the_customers_that_the_simulation_meets() -> None:
    scenario = Scenario.parse(TWO_HOURS)
    demand = demand_for(scenario)
    table = trace(scenario, demand, replication=1)
    outcome = simulate(scenario, demand, replications=2, records=True)
    assert outcome.contacts is not None
    second = outcome.contacts[outcome.contacts["replication"] == 1]
    started = table[table["what"] == "starts"].set_index("contact")["instant"].sort_index()
    assert started.tolist() == second.set_index("id")["start"].dropna().tolist()


@pytest.mark.parametrize("wrong", [{"replication": -1}, {"seed": -1}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    scenario = Scenario.parse(TWO_HOURS)
    with pytest.raises(InvalidValueError, match=next(iter(wrong))):
        trace(scenario, demand_for(scenario), **wrong)


def test_the_guide_tells_everything_that_a_trace_tells() -> None:
    page = (Path(__file__).parents[1] / "docs" / "extend.md").read_text(encoding="utf-8")
    for what, meaning in WORDS.items():
        assert f"| {what} | {meaning} |" in page
