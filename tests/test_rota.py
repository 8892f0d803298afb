"""The rota: everybody's week keeps everybody's rules, and what nobody can take is named."""

from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import PlanningError, Scenario
from scenario.shift_kinds import Contract
from scenario.staff import Shift
from staffing.days_off import work_patterns
from staffing.rota import make_rota
from staffing.rota_network import Past, Slot
from staffing.rota_week import fill_week

DAY = 1440
SCENARIO = """
timezone = "Europe/London"
full_time_hours = 40
[horizon]
start = 2026-04-13
length = "14d"
[demand.rates]
chat = 4.0
[channels.chat]
kind = "live"
handle_time.mean_s = 480
[groups.team.skills.chat]
"""
RULES = {
    "agents": 6,
    "hours_per_week": 40,
    "cost_per_hour": 18,
    "days_off": 2,
    "paired_days_off": True,
    "max_days_in_a_row": 5,
    "rest_hours": 11,
}
KIND = {"length_minutes": 480, "latest_start": "23:30", "earliest_start": "00:00", "contract": "a"}


def team(rules=None, **keys):
    changes = {f"groups.team.{key}": value for key, value in keys.items()}
    if rules is not None:
        changes |= {"groups.team.contracts.a": rules, "groups.team.shifts.day": KIND}
    return Scenario.parse(SCENARIO).with_changes(changes)


def worked(day, hour, agents=1, kind="day", hours=8):
    start = pd.Timestamp("2026-04-13", tz="Europe/London") + pd.Timedelta(days=day, hours=hour)
    end = start + pd.Timedelta(hours=hours)
    return Shift("team", kind, start, end, (), agents, float(hours))


def assert_kept(rota, rules):
    """Every line keeps the rules of its contract, from week to week too."""
    by_agent = {}
    for line in rota.lines:
        if line.agent:
            assert sum(post.paid_minutes for post in line.posts) <= 60 * rules.most_hours
            days = {post.day % 7 for post in line.posts}
            assert len(days) == len(line.posts) <= 7 - rules.days_off
            off = [day not in days for day in range(7)]
            assert not rules.paired_days_off or any(both == (True, True) for both in pairwise(off))
            by_agent.setdefault(line.agent, []).extend(line.posts)
    for posts in by_agent.values():
        for before, after in pairwise(sorted(posts, key=lambda post: post.begin)):
            assert after.begin - before.end >= 60 * rules.rest_hours
        if rules.max_days_in_a_row is not None:
            days = sorted(post.day for post in posts)
            for first, last in zip(days, days[rules.max_days_in_a_row :], strict=False):
                assert last - first > rules.max_days_in_a_row
    return by_agent


@settings(deadline=None, max_examples=15)
@given(
    starts=st.lists(
        st.tuples(st.integers(0, 13), st.sampled_from([6, 9, 14, 22]), st.integers(1, 3)),
        min_size=1,
        max_size=40,
    ),
    paired=st.booleans(),
    run=st.sampled_from([None, 3, 5]),
)
def test_every_line_keeps_the_rules_and_every_shift_is_taken_or_named(starts, paired, run):
    rules = RULES | {"paired_days_off": paired}
    rules = rules | {"max_days_in_a_row": run} if run else rules
    if not run:
        del rules["max_days_in_a_row"]
    scenario = team(rules)
    shifts = [worked(day, hour, agents) for day, hour, agents in starts]
    rota = make_rota(scenario, shifts)
    assert_kept(rota, scenario.groups["team"].contracts["a"])
    posts = [post for line in rota.lines for post in line.posts]
    assert len(posts) == sum(shift.agents for shift in shifts)
    table = rota.table()
    assert table["shifts"].sum() == len(posts)
    assert table.loc[table["agent"] == "open", "shifts"].sum() == rota.shifts_open


@settings(deadline=None, max_examples=25)
@given(
    slots=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0, 6, 14]), st.integers(1, 2)),
        min_size=1,
        max_size=4,
    ),
    rest=st.sampled_from([0, 11, 30]),
)
def test_no_rota_leaves_fewer_shifts_open(slots, rest):
    """Two people, three days, all ways to give everybody a shift or a day off."""
    rules = Contract(agents=2, hours_per_week=16, cost_per_hour=1, rest_hours=rest)
    made = sorted(
        (Slot(day, DAY * day + 60 * hour, DAY * day + 60 * hour + 480, 480, "a", count)
         for day, hour, count in slots),
        key=lambda slot: (slot.day, slot.begin),
    )  # fmt: skip
    week = fill_week(made, [Past("a", -(10**6), 0)] * 2, {"a": rules}, 3)
    assert week.proven
    assert week.open.sum() == fewest_open(made, rules)


def fewest_open(slots, rules):
    by_day = [[None, *(n for n, s in enumerate(slots) if s.day == day)] for day in range(3)]

    def allowed(line):
        taken = [slots[number] for number in line if number is not None]
        rested = all(b.begin - a.end >= 60 * rules.rest_hours for a, b in pairwise(taken))
        return rested and sum(s.paid_minutes for s in taken) <= 60 * rules.hours_per_week

    lines = [line for line in product(*by_day) if allowed(line)]
    most = max(
        sum(min(slot.count, (*one, *two).count(n)) for n, slot in enumerate(slots))
        for one in lines
        for two in lines
    )
    return sum(slot.count for slot in slots) - most


def test_rest_that_makes_a_week_impossible_is_told():
    """A late shift every evening, an early one every morning, one person, eleven hours of rest."""
    scenario = team(RULES | {"agents": 1})
    shifts = [worked(day, hour) for day in range(3) for hour in (6, 16)]
    rota = make_rota(scenario, shifts)
    assert rota.shifts_open == 3
    assert rota.sentence == (
        "3 of 6 shifts are left open: the rules of the contracts allow no fewer."
    )
    left = rota.table().query("agent == 'open'")
    assert left["shifts"].sum() == 3
    assert (left["days_off"] == 0).all()


def test_a_run_of_days_goes_over_the_end_of_the_week():
    """Thursday to Sunday worked: with five in a row at most, Monday is the last before a rest."""
    rules = {key: RULES[key] for key in ("hours_per_week", "cost_per_hour", "max_days_in_a_row")}
    scenario = team(rules | {"agents": 1, "hours_per_week": 56})
    rota = make_rota(scenario, [worked(day, 9) for day in range(3, 10)])
    taken = [post.day for line in rota.lines if line.agent for post in line.posts]
    assert len(taken) == 6
    assert {3, 4, 5, 6} <= set(taken)
    assert rota.shifts_open == 1


def test_a_week_has_as_many_people_as_the_plan_pays():
    """Ten shifts of two on the floor with a quarter absent: 26.7 paid, so 27 lines of a shift."""
    scenario = team(RULES | {"agents": 12, "rest_hours": 0}, shrinkage={"leave": 0.25})
    rota = make_rota(scenario, [worked(day, hour, 2) for day in range(5) for hour in (8, 12)])
    assert rota.shifts_open == 0
    assert rota.table()["shifts"].sum() == 27


def test_people_without_a_contract_are_numbered_and_few():
    scenario = team()
    rota = make_rota(scenario, [worked(day, 9, 2, "existing") for day in range(7)])
    table = rota.table()
    assert rota.shifts_open == 0
    assert table["agent"].tolist() == ["1", "1", "2", "2", "3", "3"]  # two weeks each
    assert table["hours"].max() <= 40
    assert (table.loc[table["week"] == "2026-04-13", "days_off"] >= 2).all()


def test_minimum_hours_are_planned_where_they_can_be():
    """Twelve shifts for four people of whom each shall have three."""
    rules = RULES | {"agents": 4, "min_hours_per_week": 24, "rest_hours": 0}
    rota = make_rota(team(rules), [worked(day, 9, 3) for day in (0, 1, 2, 3)])
    first = rota.table().query("week == '2026-04-13'")
    assert first["hours"].tolist() == [24.0] * 4


def test_times_are_local_and_nights_are_told_by_their_evening():
    rota = make_rota(team(RULES), [worked(2, 22)])
    line = next(row for row in rota.table().itertuples() if row.shifts)
    assert line.wed == "22:00-06:00"


@pytest.mark.parametrize(
    ("rules", "patterns"),
    [({}, 1), ({"days_off": 2}, 21), ({"days_off": 2, "paired_days_off": True}, 6)],
)
def test_days_of_work_are_spread_as_the_contract_allows(rules, patterns):
    """Any five of seven are 21 ways; six of them leave two days off side by side."""
    contract = Contract(agents=1, hours_per_week=40, cost_per_hour=1, **rules)
    found = work_patterns(contract, 7)
    assert len(found) == patterns
    assert (found.sum(axis=1) == 7 - contract.days_off).all()


def test_a_run_of_days_bounds_the_patterns():
    contract = Contract(agents=1, hours_per_week=40, cost_per_hour=1, max_days_in_a_row=3)
    found = work_patterns(contract, 7)
    assert sorted(found.sum(axis=1)) == [5] * 6 + [6], "six days, or five that are not among them"
    for pattern in found:
        runs = "".join("x" if day else " " for day in pattern).split()
        assert max(map(len, runs)) <= 3


def test_a_solver_that_finds_nothing_leaves_everything_open(monkeypatch):
    def solve(*_, **__):
        raise PlanningError("The solver found no plan: time limit")

    monkeypatch.setattr("staffing.program.Program.solve", solve)
    rota = make_rota(team(RULES), [worked(0, 9, 2)])
    assert rota.shifts_open == 2
    assert rota.sentence == "2 of 2 shifts are left open: no rota with fewer was found."


def test_an_empty_plan_has_an_empty_rota():
    rota = make_rota(team(), [])
    assert rota.table().empty
    assert rota.sentence == "The plan has no shifts to give to anybody."
    assert np.isfinite(rota.shifts_open)
