"""Shifts against textbook optima, and the rules that every roster keeps."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.staffing_shifts import CRESTS, PROBLEMS
from benchmarks.staffing_shifts import solved as solved_week
from scenario import RunCancelledError, Scenario
from scenario.staff import agents_from_shifts
from staffing.cover_terms import Bound, Option
from staffing.covering import cover
from staffing.limits import limits_of, shrinkage_parts
from staffing.pay import paid_of, shift_shrinkage
from staffing.roster import roster
from staffing.shifts import possible_shifts

FOLDER = Path(__file__).parent / "references"
KNOWN = json.loads((FOLDER / "staffing_shifts.json").read_text())


def span(count, begin, length, *, cyclic=False):
    present = np.zeros(count, dtype=bool)
    places = np.arange(begin, begin + length)
    present[places % count if cyclic else places] = True
    return present


def solved(required, options, **more):
    return cover(np.array(required), options, short_price=1e5, gap=0.0, **more)


def test_union_airways_is_optimal():
    """Hillier and Lieberman: 30,610 a day with 48, 31, 39, 43 and 15 agents."""
    known = KNOWN["union_airways"]
    options = []
    for places, cost in zip(known["shifts"], known["costs"], strict=True):
        present = np.zeros(len(known["required"]), dtype=bool)
        present[places] = True
        options.append(Option(cost, present))
    found = solved(known["required"], options)
    assert found.cost == known["optimum"]
    assert found.agents.tolist() == known["agents"]


def test_the_post_office_is_optimal():
    """Winston: five days on, two off, 23 agents."""
    known = KNOWN["winston_post_office"]
    options = [Option(1.0, span(7, day, 5, cyclic=True)) for day in range(7)]
    assert solved(known["required"], options).cost == known["optimum"]


def test_the_buses_are_optimal():
    """Taha: eight-hour buses over six four-hour periods, 26 buses."""
    known = KNOWN["taha_bus"]
    options = [Option(1.0, span(6, period, 2, cyclic=True)) for period in range(6)]
    assert solved(known["required"], options).cost == known["optimum"]


def test_full_and_part_time_with_a_break_is_optimal():
    known = KNOWN["full_and_part_time"]
    full = [
        Option(
            15.0,
            span(20, begin, 16),
            (np.stack([span(20, begin + away, 1) for away in range(6, 11)]),),
        )
        for begin in range(5)
    ]
    part = [Option(8.4, span(20, begin, 8)) for begin in range(13)]
    found = solved(known["required"], full + part)
    assert found.cost == pytest.approx(known["optimum"])
    assert found.gap == 0
    assert found.short.sum() == 0


@pytest.mark.slow
@pytest.mark.parametrize("crest", CRESTS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_week_of_432_possible_shifts_is_all_but_optimal(problem, crest):
    week = solved_week(problem, crest)
    assert week["possible_shifts"] == 432
    assert week["gap"] <= 0.005
    assert week["short"] == 0


def test_a_maximum_leaves_shortage_and_never_fails():
    options = [Option(8.0, span(8, 0, 8))]
    found = solved([3] * 8, options, bounds=[Bound([0], 1.0, 2)])
    assert found.agents.tolist() == [2]
    assert found.short.tolist() == [1] * 8


def test_a_shortage_that_cannot_be_helped_is_spread():
    """Eight agents for two intervals that want eight each: not all of them in one."""
    options = [Option(1.0, span(2, 0, 1)), Option(1.01, span(2, 1, 1))]
    found = solved([8, 8], options, bounds=[Bound([0, 1], 1.0, 8)])
    assert found.scheduled.sum() == 8
    assert found.scheduled.min() >= 3


def test_hours_that_no_shift_reaches_are_short():
    found = solved([1, 1, 1, 1], [Option(2.0, span(4, 0, 2))])
    assert found.short.tolist() == [0, 0, 1, 1]
    assert solved([1, 2], []).short.tolist() == [1, 2]


def test_two_breaks_are_placed_apart_but_counted_together():
    """Three places for each rest: of four agents two would rest at once, of five as well."""
    rests = tuple(np.stack([span(8, at, 1) for at in window]) for window in ((1, 2, 3), (4, 5, 6)))
    found = solved([4, 3, 3, 3, 3, 3, 3, 4], [Option(8.0, span(8, 0, 8), rests)])
    assert found.agents.tolist() == [5]
    assert found.scheduled.min() >= 3
    assert [ways.sum() for ways in found.breaks[0]] == [5, 5]


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 6), min_size=8, max_size=8))
def test_whatever_is_wanted_is_covered_when_shifts_reach_it(required):
    options = [Option(3.0, span(8, begin, 3)) for begin in range(6)]
    found = solved(required, options)
    assert found.short.sum() == 0
    assert np.all(found.scheduled >= required)


def test_a_cancelled_solve_stops():
    with pytest.raises(RunCancelledError):
        solved([1, 1], [Option(1.0, span(2, 0, 2))], cancel=lambda: True)


TEAM = """
timezone = "Europe/London"
[horizon]
start = 2026-04-13
length = "2d"
interval_minutes = 30
[demand.rates]
chat = 4.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 480 }
target = { share = 0.8, within_s = 60 }
[groups.team]
skills = { chat = {} }
shrinkage = { leave = 0.15, meetings = 0.05, breaks = 0.05 }
[groups.team.contracts.full_time]
agents = 40
hours_per_week = 37.5
cost_per_hour = 18
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
contract = "full_time"
breaks = [
    { earliest_min = 120, latest_min = 150, minutes = 15, paid = true },
    { earliest_min = 210, latest_min = 300, minutes = 30 },
]
"""


@pytest.fixture
def team():
    return Scenario.parse(TEAM)


def wanted(scenario, number=3):
    return np.where(limits_of(scenario).open_now[:, :1], number, 0)


def test_the_roster_covers_with_breaks_and_counts_as_the_floor_does(team):
    required = wanted(team)
    made = roster(team, required)
    assert np.all(made.scheduled >= required)
    counted = agents_from_shifts(made.shifts, team.period, tuple(team.groups))
    assert (counted == made.scheduled).all()
    for shift in made.shifts:
        rest, lunch = shift.breaks
        assert rest[1] - rest[0] == pd.Timedelta(minutes=15)
        assert 210 <= (lunch[0] - shift.start).total_seconds() / 60 <= 300


def test_shrinkage_is_applied_once_and_without_the_breaks_that_shifts_plan(team):
    """An eight-hour shift with half an hour unpaid is 7.5 paid hours; behind it stand 1 / 0.8."""
    made = roster(team, wanted(team))
    agents = sum(shift.agents for shift in made.shifts)
    assert made.paid_hours.sum() == pytest.approx(agents * 7.5 / (1 - 0.20))
    assert made.cost.sum() == pytest.approx(made.paid_hours.sum() * 18)
    assert shrinkage_parts(team.groups["team"]) == (["leave", "meetings"], ["breaks"])


def test_an_unpaid_lunch_takes_nothing_out_of_the_shrinkage(team):
    """Shrinkage is a share of paid time, and nobody is paid at lunch."""
    lunch = [{"earliest_min": 210, "latest_min": 300, "minutes": 30}]
    group = team.with_changes({"groups.team.shifts.day.breaks": lunch}).groups["team"]
    assert shift_shrinkage(group, group.shifts["day"]).share == pytest.approx(0.25)
    assert shrinkage_parts(group) == (["leave", "meetings", "breaks"], [])


def test_a_shortage_that_cannot_be_helped_is_spread_over_the_days():
    """Twelve agents for three days that want five each: four a day, not five, five and two."""
    days = np.repeat(np.arange(3), 4)
    found = cover(
        np.full(12, 5),
        [Option(1.0, days == day) for day in range(3)],
        bounds=[Bound([0, 1, 2], 1.0, 12)],
        days=days,
        short_price=100.0,
    )
    assert found.agents.tolist() == [4, 4, 4]


def test_without_shift_kinds_every_interval_is_paid_with_all_shrinkage(team):
    open_team = team.with_changes({"groups.team.shifts": {}})
    required = wanted(open_team)
    made = roster(open_team, required)
    assert (made.scheduled == required).all()
    assert made.paid_hours.sum() == pytest.approx(2 * 12 * 3 / 0.75)
    assert paid_of(open_team, required)[0] == pytest.approx(made.paid_hours.sum())


def test_contracts_limit_people_and_hours(team):
    few = team.with_changes({"groups.team.contracts.full_time.agents": 5})
    made = roster(few, wanted(few))
    by_day = {}
    for shift in made.shifts:
        by_day[shift.start.date()] = by_day.get(shift.start.date(), 0) + shift.agents
    assert max(by_day.values()) <= 5 * 0.8
    assert made.paid_hours.sum() <= 5 * 37.5 + 1e-6
    assert (made.scheduled < wanted(few)).any()


def test_starts_follow_local_time_through_a_clock_change():
    """On the day the clocks go forward a shift from 00:00 of eight hours ends at 09:00."""
    night = TEAM.replace("2026-04-13", "2026-03-29").replace(
        'earliest_start = "08:00"', 'earliest_start = "00:00"'
    )
    scenario = Scenario.parse(night.replace('daily = "08:00-20:00"', 'daily = "00:00-24:00"'))
    period = scenario.period
    shifts = possible_shifts(scenario.groups["team"], period, np.ones(period.count, dtype=bool))
    assert shifts[0].start.hour == 0
    assert shifts[0].end.hour == 9
    assert shifts[0].option.present.sum() == 16
