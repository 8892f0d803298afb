"""What kinds of shift, contracts and fixed shifts allow, and what a roster makes of it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import staffing
from report.folder import save_plan
from scenario import Demand, InvalidInputError, InvalidValueError, Scenario
from scenario.fixed import fixed_shifts
from scenario.staff import agents_from_shifts
from staffing.cover_terms import Bound, Option
from staffing.covering import cover
from staffing.limits import limits_of
from staffing.roster import roster
from staffing.rota import make_rota

CENTRE = """
timezone = "Europe/London"
[horizon]
start = 2026-04-13
length = "7d"
interval_minutes = 60
[demand.rates]
chat = 4.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 480 }
target = { share = 0.8, within_s = 60 }
[groups.team]
skills = { chat = {} }
[groups.team.contracts.full]
agents = 12
hours_per_week = 40
cost_per_hour = 20
[groups.team.shifts.day]
earliest_start = "08:00"
latest_start = "12:00"
length_minutes = 480
contract = "full"
"""
OUTSIDE = {
    "earliest_start": "08:00",
    "latest_start": "18:00",
    "length_minutes": 120,
    "cost_per_hour": 95,
}


@pytest.fixture
def centre():
    return Scenario.parse(CENTRE)


def team(scenario, **keys):
    return scenario.with_changes({f"groups.team.{key}": value for key, value in keys.items()})


def kind(scenario, name, **keys):
    return team(scenario, **{f"shifts.{name}.{key}": value for key, value in keys.items()})


def wanted(scenario, agents, hours=range(24)):
    """So many agents in the open hours named."""
    hour = np.arange(scenario.period.count) % 24
    there = limits_of(scenario).open_now[:, 0] & np.isin(hour, list(hours))
    return np.where(there, agents, 0)[:, np.newaxis]


def by_day(made, name):
    days = pd.Series(0, index=range(13, 20))
    for shift in made.shifts:
        if shift.kind == name:
            days[shift.start.day] += shift.agents
    return days


def test_a_kind_keeps_its_least_number(centre):
    """The short kind is dearer by the hour and not needed, but three of it were promised."""
    scenario = team(centre, **{"shifts.evening": OUTSIDE | {"min_agents": 3, "days": "mon-fri"}})
    made = roster(scenario, wanted(scenario, 2, range(8, 16)))
    assert by_day(made, "evening").tolist() == [3] * 5 + [0, 0]


def test_a_call_out_is_of_enough_people_or_of_nobody(centre):
    """One agent is missing for two hours: four come when fewer than four never do."""
    scenario = kind(centre, "day", max_agents=2)
    called = team(scenario, **{"shifts.called": OUTSIDE | {"min_agents_if_any": 4}})
    required = wanted(called, 2, range(8, 16))
    required[10:12] = 3
    made = roster(called, required)
    assert by_day(made, "called").tolist() == [4, 0, 0, 0, 0, 0, 0]


def test_a_short_call_out_is_paid_to_its_minimum(centre):
    scenario = team(
        centre,
        contracts={},
        shifts={"called": OUTSIDE | {"min_paid_minutes": 240}},
    )
    made = roster(scenario, wanted(scenario, 1, range(10, 12)))
    assert made.paid_hours.sum() == 7 * 4
    assert made.cost.sum() == 7 * 4 * 95


def test_desks_bound_who_is_on_the_floor_at_once(centre):
    """Overlapping shifts would put six on the floor at noon, and there are four desks."""
    scenario = team(centre, max_agents=4)
    made = roster(scenario, wanted(scenario, 3))
    assert made.scheduled.max() == 4
    assert roster(centre, wanted(centre, 3)).scheduled.max() == 6


def test_days_off_bound_the_days_that_people_work(centre):
    """Twelve people of five days each are sixty shifts; without days off they would be 84."""
    required = wanted(centre, 12, range(8, 16))
    rules = {"contracts.full.max_hours_per_week": 56, "contracts.full.days_off": 2}
    made = roster(team(centre, **rules), required)
    assert sum(shift.agents for shift in made.shifts) == 60
    free = roster(team(centre, **{"contracts.full.max_hours_per_week": 56}), required)
    assert sum(shift.agents for shift in free.shifts) == 84


@settings(deadline=None, max_examples=8)
@given(st.lists(st.integers(0, 6), min_size=7, max_size=7), st.booleans(), st.integers(3, 7))
def test_what_is_planned_can_be_worked(agents, paired, run):
    """Where no rest is asked for, everybody's days off fit the shifts of the week."""
    scenario = team(
        Scenario.parse(CENTRE),
        **{
            "contracts.full.agents": 7,
            "contracts.full.days_off": 2,
            "contracts.full.paired_days_off": paired,
            "contracts.full.max_days_in_a_row": run,
        },
    )
    required = wanted(scenario, 1) * np.repeat(agents, 24)[:, np.newaxis]
    made = roster(scenario, required)
    rota = make_rota(scenario, made.shifts)
    assert rota.shifts_open == 0
    assert rota.table()["shifts"].sum() == sum(shift.agents for shift in made.shifts)


def test_least_hours_are_planned_beyond_what_is_required(centre):
    scenario = team(centre, **{"contracts.full.min_hours_per_week": 16})
    made = roster(scenario, wanted(scenario, 1, range(8, 16)))
    assert made.paid_hours.sum() == 12 * 16


def test_a_limit_that_joins_days_is_kept_and_the_week_is_then_solved_as_one():
    """Three days want four agents each; eight hours in all go where shortage hurts least."""
    days = np.repeat(np.arange(3), 2)
    options = [Option(cost, days == day) for day, cost in enumerate((1.0, 1.0, 1.0))]
    bound = Bound([0, 1, 2], 1.0, 9)
    found = cover(np.full(6, 4), options, bounds=[bound], days=days, short_price=50.0, gap=0.0)
    assert found.agents.tolist() == [3, 3, 3]
    loose = cover(
        np.full(6, 4), options, bounds=[Bound([0, 1, 2], 1.0, 12)], days=days, short_price=50.0
    )
    assert loose.agents.tolist() == [4, 4, 4]
    assert loose.gap == 0


FIXED = """group,kind,start,end,agents,paid_hours
team,day,2026-04-13 08:00,2026-04-13 16:00,2,8
team,training,2026-04-14 09:00,2026-04-14 11:00,1,2
other,day,2026-04-14 08:00,2026-04-14 16:00,5,8
team,day,2026-05-14 08:00,2026-05-14 16:00,9,8
"""


@pytest.fixture
def promised(tmp_path):
    """A scenario with fixed shifts; those of others and of another month are left out."""
    (tmp_path / "fixed.csv").write_text(FIXED)
    text = CENTRE.replace("[groups.team]", '[groups.team]\nfixed_shifts = "fixed.csv"')
    return Scenario.parse(
        text + "[groups.other]\nagents = 0\nskills = { chat = {} }\n", folder=tmp_path
    )


def test_fixed_shifts_are_worked_and_the_rest_is_planned_around_them(promised):
    required = np.concatenate([wanted(promised, 3, range(8, 16)), wanted(promised, 0)], axis=1)
    made = roster(promised, required)
    fixed = fixed_shifts(promised)
    assert [(shift.kind, shift.agents) for shift in fixed] == [("day", 2), ("training", 1)]
    assert made.fixed == fixed
    assert set(fixed) <= set(made.shifts)
    counted = agents_from_shifts(made.shifts, promised.period, tuple(promised.groups))
    assert (counted == made.scheduled).all()
    assert by_day(made, "day").tolist() == [3] * 7
    assert made.paid_hours[0] == 7 * 3 * 8 + 2


def test_fixed_shifts_are_paid_where_nobody_is_needed(promised):
    made = roster(promised, np.zeros((promised.period.count, 2), dtype=int))
    assert made.paid_hours.tolist() == [18, 0]
    assert made.cost[0] == 18 * 20


def test_fixed_shifts_use_up_people_and_hours_of_their_contract(promised):
    """Two people of three work on Monday already: one more can."""
    scenario = team(promised, **{"contracts.full.agents": 3})
    required = np.concatenate([wanted(scenario, 9, range(8, 16)), wanted(scenario, 0)], axis=1)
    made = roster(scenario, required)
    assert by_day(made, "day").max() <= 3
    assert made.paid_hours[0] <= 3 * 40


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (FIXED.replace("team,day,2026-04-13", "crew,day,2026-04-13"), "crew"),
        ("group,start,end,agents\nteam,2026-06-01 08:00,2026-06-01 16:00,2\n", "that is planned"),
        (
            "group,start,end,agents\nother,2026-04-13 08:00,2026-04-13 16:00,2\n",
            "of team between",
        ),
        ("interval_start,group,agents\n2026-04-13 08:00,team,2\n", "of team between"),
        ("group,start,end,agents\nteam,2026-04-13 16:00,2026-04-13 08:00,2\n", "after start"),
    ],
)
def test_fixed_shifts_with_faults_are_told(promised, content, told):
    promised.path_of("fixed.csv").write_text(content)
    with pytest.raises(InvalidInputError, match=told):
        fixed_shifts(promised)


def test_a_missing_file_of_fixed_shifts_is_told(promised):
    with pytest.raises((InvalidInputError, InvalidValueError), match=r"nowhere\.csv"):
        fixed_shifts(team(promised, fixed_shifts="nowhere.csv"))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"shifts.day.min_agents": 5, "shifts.day.max_agents": 4}, "max_agents must be at least"),
        ({"shifts.day.min_agents": 13}, "min_agents must be at most the 12 people"),
        ({"contracts.full.min_hours_per_week": 48}, "min_hours_per_week must be at most"),
        ({"contracts.full.paired_days_off": True}, "days_off must be at least 2"),
        ({"contracts.full.days_off": 7}, "equal to 6"),
        ({"contracts.full.max_days_in_a_row": 0}, "equal to 1"),
        ({"fixed_shifts": " "}, "must name a file"),
    ],
)
def test_rules_that_contradict_each_other_are_told(centre, keys, told):
    with pytest.raises(InvalidInputError, match=told):
        team(centre, **keys)


def test_hours_that_cost_nothing_are_not_worked_for_nothing(centre):
    free = team(centre, **{"contracts.full.cost_per_hour": 0})
    made = roster(free, wanted(free, 2, range(8, 16)))
    assert made.paid_hours.sum() == 2 * 7 * 8
    assert made.cost.sum() == 0


def test_a_plan_keeps_fixed_shifts_and_takes_them_and_its_rota_along(promised, tmp_path):
    scenario = promised.with_changes(
        {
            "horizon.length": "2d",
            "replications": 3,
            "demand.rates.chat": 8.0,
            "groups.team.exit": "named",
            "groups.team.absence": 0.1,
            "groups.team.contracts.full.rest_hours": 11,
        }
    )
    period = scenario.period
    demand = Demand(
        period, ("chat",), np.full((period.count, 1), 8.0), np.full((period.count, 1), np.nan)
    )
    plan = staffing.plan(scenario, demand)
    fixed = plan.shifts[plan.shifts["fixed"]]
    assert fixed["agents"].tolist() == [2, 1]
    assert plan.cost == pytest.approx(plan.shifts["cost"].sum())
    # Absence is simulated and other shrinkage there is none: a person for each agent.
    assert plan.rota["shifts"].sum() == plan.shifts["agents"].sum()
    assert plan.document()["rota"][0]["agent"] == "full 1"

    save_plan(plan, tmp_path / "plan")
    kept = pd.read_csv(tmp_path / "plan" / "rota.csv")
    assert kept["shifts"].sum() == plan.rota["shifts"].sum()
    assert fixed_shifts(Scenario.load(tmp_path / "plan" / "scenario.toml")) == fixed_shifts(
        scenario
    )


def test_hours_that_no_kind_of_shift_reaches_are_named(centre):
    """Open from eight, and the earliest shift begins at ten: two hours of nobody."""
    scenario = kind(centre, "day", earliest_start="10:00", latest_start="12:00")
    scenario = scenario.with_changes({"horizon.length": "1d", "replications": 2})
    period = scenario.period
    demand = Demand(
        period, ("chat",), np.full((period.count, 1), 8.0), np.full((period.count, 1), np.nan)
    )
    plan = staffing.plan(scenario, demand)
    empty = plan.unmet.query("reason == 'nobody scheduled'")["interval_start"]
    assert [start.hour for start in empty] == [8, 9]
