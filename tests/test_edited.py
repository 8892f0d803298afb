"""Shifts edited by a planner: read, paid, rehearsed again, undone, and taken away."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from report.plan_page import hour_rows, promise_rows
from report.words import percent
from scenario import InvalidInputError, Scenario, Shift, Staff
from simulate.run import simulate
from small_scenarios import demand_of
from staffing import Plan, plan
from staffing.edit_rows import OWN_KIND, edit_table, read_edit
from staffing.edited import EditedPlan, edited_plan, notes_of, paid_table, staff_of
from views.edit_history import EditHistory, as_text, from_text, same
from views.edit_work import edited_package, edited_pdf, edited_xlsx, planned_scenario, shifts_csv

DESK = """
name = "Edited desk"
timezone = "Europe/London"
currency = "GBP"
seed = 5
replications = 4
[horizon]
start = 2026-04-13
length = "2d"
interval_minutes = 60
[demand.rates]
chat = 12.0
x = 4.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time.mean_s = 420
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.x]
kind = "deferred"
priority = 2
open = { daily = "08:00-20:00" }
handle_time.mean_s = 240
target = { share = 0.8, within_s = 3600 }
[groups.team]
max_agents = 6
cost_per_hour = 18
shrinkage = { leave = 0.2, breaks = 0.05 }
skills.chat = {}
skills.x = {}
[groups.team.shifts.long]
earliest_start = "08:00"
latest_start = "11:00"
step_minutes = 60
length_minutes = 540
breaks = [{ earliest_min = 240, latest_min = 300, minutes = 60, paid = false }]
[groups.team.shifts.short]
earliest_start = "08:00"
latest_start = "16:00"
step_minutes = 60
length_minutes = 240
breaks = [{ earliest_min = 60, latest_min = 120, minutes = 15, paid = true }]
"""


@cache
def desk() -> Scenario:
    return Scenario.parse(DESK)


@cache
def planned() -> Plan:
    return plan(desk(), demand_of(desk()))


@cache
def two_more() -> EditedPlan:
    """Two agents more on Monday morning."""
    table = pd.concat([edit_table(planned().shifts), rows({"agents": 2})], ignore_index=True)
    return edited_plan(planned(), demand_of(desk()), table)


def rows(*changes: dict[str, object]) -> pd.DataFrame:
    """Shifts of one agent from 8 to 12 on Monday, each with its changes."""
    plain = {
        "group": "team",
        "kind": "short",
        "day": date(2026, 4, 13),
        "start": time(8),
        "end": time(12),
        "breaks": "",
        "agents": 1,
    }
    return pd.DataFrame([{**plain, **change} for change in changes])


def test_shifts_that_nobody_edits_give_the_plan_as_found() -> None:
    found = planned()
    edited = edited_plan(found, demand_of(desk()), edit_table(found.shifts))
    assert edited.cost == pytest.approx(found.cost)
    assert edited.paid_hours == pytest.approx(found.paid_hours)
    assert edited.fte == pytest.approx(found.fte)
    assert edited.staff.agents.tolist() == found.staff.agents.tolist()
    assert edited.outcome.totals.equals(found.outcome.totals)
    assert edited.requirement.equals(found.requirement)
    assert not edited.differences["real"].any()
    assert edited.sentences == [
        "It costs the same, with as many paid hours.",
        "Nothing else changes by more than chance.",
    ]


def test_an_edit_is_rehearsed_on_the_same_customers_and_told() -> None:
    found = planned()
    table = edit_table(found.shifts)
    monday = table.index[table["day"] == date(2026, 4, 13)]
    edited = edited_plan(found, demand_of(desk()), table.drop(index=monday))
    assert edited.outcome.seed == found.outcome.seed
    assert edited.outcome.replications == found.outcome.replications
    gone = found.shifts[[start.date() == date(2026, 4, 13) for start in found.shifts["start"]]]
    assert found.cost - edited.cost == pytest.approx(gone["cost"].sum())
    assert found.paid_hours - edited.paid_hours == pytest.approx(gone["paid_hours"].sum())
    assert edited.requirement["scheduled"].sum() == edited.staff.agents.sum()
    chat = edited.differences.query("measure == 'service_level' and channel == 'chat'").iloc[0]
    assert chat["real"]
    assert chat["difference"] < -0.2
    told = " ".join(edited.sentences)
    assert "GBP less" in told
    assert "fewer paid hours" in told
    assert "The promise of chat is no longer kept" in told
    assert any("Nobody is there in 12 intervals" in note for note in edited.notes)
    json.dumps(edited.document())


def test_the_command_line_gives_an_edited_plan_taken_away_the_screens_figures(tmp_path) -> None:
    """With the real command, from the ZIP alone: its scenario, its forecast, its own seed."""
    edited = two_more()
    content = edited_package(desk(), edited, demand_of(desk()))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    told = subprocess.run(
        [Path(sys.executable).with_name("allweather"), "simulate", "scenario.toml", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    document = json.loads(told.stdout)
    screen = json.loads(json.dumps(edited.outcome.document()))
    for name in ("totals", "groups", "intervals"):
        assert document[name] == screen[name], name
    again = Scenario.load(tmp_path / "scenario.toml")
    (tmp_path / "shifts.csv").write_bytes(shifts_csv(edited))
    by_file = again.with_changes({"groups.team.agents": None, "staffing": "shifts.csv"})
    assert by_file.staff().agents.tolist() == edited.staff.agents.tolist()


def test_an_edited_plan_is_a_plan_of_its_own() -> None:
    """Promises, periods, ladder, hours and cost are those of the edited shifts."""
    edited, whole = two_more(), two_more().whole
    assert whole.shifts.equals(edited.shifts)
    assert whole.targets["fresh_seed_achieved"].tolist() == edited.promises["achieved"].tolist()
    assert whole.targets["met"].tolist() == edited.promises["met"].tolist()
    assert whole.targets["achieved"].isna().all(), "no search has seen these shifts"
    assert whole.periods["fresh_achieved"].notna().any()
    assert whole.periods["achieved"].isna().all()
    assert whole.ladder["total"].iloc[-1] == pytest.approx(edited.paid_hours)
    assert whole.ladder["agent_hours"].sum() == pytest.approx(edited.paid_hours)
    floor = whole.ladder.set_index("step")["total"]["shift shape"]
    assert floor == pytest.approx(edited.staff.agents.sum())
    before = planned().ladder.set_index("step")["total"]["forecast uncertainty"]
    assert whole.ladder.set_index("step")["total"]["forecast uncertainty"] == before
    assert "edited by hand" in whole.notes[0]
    assert whole.staff.agents.tolist() == edited.staff.agents.tolist()
    json.dumps(whole.document())


def test_the_rota_of_an_edited_plan_has_its_shifts() -> None:
    """Two on the floor with a quarter away are three people more on Monday."""
    before, after = planned().rota, two_more().whole.rota
    assert after["shifts"].sum() - before["shifts"].sum() in {2, 3}
    assert (after["mon"] == "08:00-12:00").sum() - (before["mon"] == "08:00-12:00").sum() in {2, 3}
    assert after["tue"].tolist().count("") >= before["tue"].tolist().count("")
    paid = sum(line["hours"] for line in after.to_dict("records"))
    assert paid == pytest.approx(two_more().paid_hours, abs=0.1 * paid)


def test_what_an_edit_breaks_is_named_with_what_it_would_take() -> None:
    table = edit_table(planned().shifts)
    nobody = edited_plan(planned(), demand_of(desk()), table.iloc[:0])
    broken = nobody.unmet.query("period == 'day' and channel == 'chat'")
    assert broken["interval_start"].dt.day.tolist() == [13, 14]
    assert broken["needed"].str.startswith("about ").all()
    assert (nobody.unmet["reason"] == "nobody scheduled").any()


def test_an_edited_plan_is_printed_and_put_into_a_workbook() -> None:
    edited = two_more()
    pdf = edited_pdf(edited)
    assert pdf.startswith(b"%PDF-")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    hours = hour_rows(edited.whole, edited.plan).set_index("")
    assert hours.loc["Paid hours", "Edited plan"] == f"{edited.paid_hours:,.0f}"
    assert hours.loc["Paid hours", "Plan as found"] == f"{edited.plan.paid_hours:,.0f}"
    gained = edited.paid_hours - edited.plan.paid_hours
    assert hours.loc["Paid hours", "Difference"] == f"{gained:+,.0f}"
    levels = promise_rows(edited.whole, edited.plan)
    found = edited.plan.targets["fresh_seed_achieved"]
    assert levels["Plan as found"].tolist() == [percent(level) for level in found]
    book = openpyxl.load_workbook(io.BytesIO(edited_xlsx(edited)))
    assert book["Rota"].max_row == len(edited.whole.rota) + 1
    assert book["Periods"].max_row == len(edited.whole.periods) + 1


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"group": "night watch"}, "group", "one of ['team']"),
        ({"group": None}, "group", "one of ['team']"),
        ({"kind": "endless"}, "kind", "empty, or one of ['long', 'short']"),
        ({"day": date(2026, 4, 15)}, "day", "between 2026-04-13 and 2026-04-14"),
        ({"day": "someday"}, "day", "a day such as 2026-04-13"),
        ({"start": time(8, 0, 30)}, "start", "in whole minutes"),
        ({"start": None}, "start", "a time of day such as 08:30"),
        ({"end": "25:00"}, "end", "a time of day such as 08:30"),
        ({"end": time(8)}, "end", "another time than the start"),
        ({"agents": -1}, "agents", "a whole number between 0"),
        ({"agents": 1.5}, "agents", "a whole number between 0"),
        ({"agents": None}, "agents", "a whole number between 0"),
        ({"breaks": "noon"}, "breaks", "written like"),
        ({"breaks": "09:00–09:75"}, "breaks", "written like"),
        ({"breaks": "11:30–12:30"}, "breaks", "within 08:00 to 12:00"),
        ({"breaks": "09:00-10:00, 09:30-10:30"}, "breaks", "one after the other"),
    ],
)
def test_a_bad_edit_is_told_with_its_row_and_what_it_must_be(change, field, rule) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_edit(desk(), rows({}, change))
    assert [(fault.where, fault.field) for fault in caught.value.faults] == [("row 2", field)]
    assert rule in caught.value.faults[0].rule


def test_all_faults_are_told_at_once_and_missing_columns_by_name() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_edit(desk(), rows({"agents": -1, "start": None}, {"group": "nobody"}))
    assert len(caught.value.faults) == 3
    with pytest.raises(InvalidInputError) as caught:
        read_edit(desk(), rows({}).drop(columns="breaks"))
    assert [fault.field for fault in caught.value.faults] == ["breaks"]


def test_a_shift_may_end_the_next_day_and_empty_rows_say_nothing() -> None:
    table = rows(
        {
            "start": "22:00",
            "end": "6:00",
            "breaks": "23:30–00:30, 02:00-02:15",
            "day": "2026-04-13",
        },
        {"agents": 0},
        dict.fromkeys(["group", "kind", "day", "start", "end", "breaks", "agents"]),
    )
    (night,) = read_edit(desk(), table)
    assert night.end - night.start == pd.Timedelta(hours=8)
    assert [f"{begin:%d %H:%M}–{end:%d %H:%M}" for begin, end in night.breaks] == [
        "13 23:30–14 00:30",
        "14 02:00–14 02:15",
    ]
    assert night.paid_hours == 7.0, "the hour is unpaid; the quarter is a paid break of its kind"


def test_a_shift_of_no_kind_is_paid_at_the_rate_of_its_group() -> None:
    (own,) = read_edit(desk(), rows({"kind": None, "breaks": "10:00–11:00", "agents": 2}))
    assert own.kind == OWN_KIND
    table = paid_table(desk(), [own])
    assert table["paid_hours"].tolist() == [pytest.approx(2 * 3 / 0.75)]
    assert table["cost"].tolist() == [pytest.approx(18 * 2 * 3 / 0.75)]


def test_groups_that_are_planned_by_interval_keep_their_numbers() -> None:
    """Only the team has kinds of shift; the helpers stay as they were planned."""
    text = DESK + "[groups.helpers]\ncost_per_hour = 15\nskills.x = {}\n"
    wider = Scenario.parse(text)
    agents = planned().staff.agents.repeat(2, axis=1)
    agents[:, 1] = 3
    found = replace(
        planned(), scenario=wider, staff=Staff(wider.period, ("team", "helpers"), agents)
    )
    staff = staff_of(found, read_edit(wider, rows({})))
    assert staff.agents[:, 1].tolist() == [3] * 48
    assert staff.agents[8:12, 0].tolist() == [1, 1, 1, 1]
    assert staff.agents[:, 0].sum() == 4


def test_limits_that_an_edit_passes_are_told() -> None:
    contracts = "[groups.team.contracts.all]\nagents = 6\nhours_per_week = 1\ncost_per_hour = 18\n"
    scenario = Scenario.parse(DESK + contracts)
    shifts = read_edit(scenario, rows({"agents": 9, "end": "20:00"}))
    staff = staff_of(replace(planned(), scenario=scenario), shifts)
    told = notes_of(scenario, staff)
    assert "9 agents at once on Mon 13 Apr 08:00" in told[0]
    assert "108.0 hours on the floor in a week, the contracts give 4.5" in told[1]
    assert "Nobody is there in 12 intervals" in told[2]


def test_edits_are_undone_and_done_again() -> None:
    first, second, third = (rows({"agents": number}) for number in (1, 2, 3))
    history = EditHistory.of("plan", first)
    assert history.is_as_found
    assert not history.put(first.copy()), "nothing has changed"
    assert history.put(second)
    assert history.put(third)
    epoch = history.epoch
    history.undo()
    assert same(history.current, second)
    assert history.epoch > epoch, "the editor begins anew"
    assert history.can_redo
    history.redo()
    assert same(history.current, third)
    history.back()
    assert history.is_as_found
    history.undo()
    assert same(history.current, third), "going back can be undone too"
    history.undo()
    history.put(rows({"agents": 9}))
    assert not history.can_redo, "what was undone is gone once something else is edited"
    while history.can_undo:
        history.undo()
    assert history.is_as_found
    history.undo()
    assert history.is_as_found


def test_a_table_of_edits_survives_as_text() -> None:
    table = rows(
        {"breaks": "10:00–10:30"}, {"agents": None, "kind": None, "day": None}, {"start": time(7)}
    )
    again = from_text(as_text(table))
    assert same(again, table)
    assert again["start"].tolist()[0] == time(7), "in order of their start"
    assert as_text(again.iloc[::-1]) == as_text(table), "whatever the order of the rows"
    assert isinstance(read_edit(desk(), again.iloc[:2])[0], Shift)


@pytest.mark.slow
def test_shifts_of_teams_that_work_apart_are_edited_and_taken_away(tmp_path) -> None:
    """The plan's groups are then one for every channel, and so are the files'."""
    from forecast import demand_for

    apart = Scenario.parse(DESK + '[routing]\nblend = "separate"\n')
    found = plan(apart, demand_of(apart))
    table = edit_table(found.shifts)
    assert set(table["group"]) <= {"team: chat", "team: x"}
    table.loc[0, "agents"] += 1
    edited = edited_plan(found, demand_of(apart), table)
    assert tuple(planned_scenario(apart, found).groups) == found.staff.groups
    with zipfile.ZipFile(io.BytesIO(edited_package(apart, edited, demand_of(apart)))) as archive:
        archive.extractall(tmp_path)
    again = Scenario.load(tmp_path / "scenario.toml")
    assert simulate(again, demand_for(again)).totals.equals(edited.outcome.totals)
