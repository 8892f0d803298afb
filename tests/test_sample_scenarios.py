"""The sample's scenario files, staffing and presets are what data/README.md says."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomlkit

from sample_parts import CENTRES, DATA, figures, load, planned_week, program
from scenario import Demand, Scenario
from scenario.assumptions import burst_extra
from scenario.calendar import minutes_in, weekdays_in, weekly_spans
from simulate.rules import is_novice


def test_the_staffing_files_hold_the_declared_floor_hours() -> None:
    hours = {"team_20": {"team": 473}, "social_12": {"team": 291}}
    hours["centre_200"] = {"on_site": 3061, "at_home": 1479}
    for centre, by_group in hours.items():
        table = pd.read_csv(DATA / centre / "staffing.csv")
        assert table.groupby("group")["agents"].sum().to_dict() == by_group
        staff = load(centre).staff()
        assert dict(zip(staff.groups, staff.hours, strict=True)) == by_group


@pytest.mark.parametrize(
    ("centre", "paid_hours", "cost", "fte", "per_contact", "contacts"),
    [
        ("team_20", 675, 12_030, 18.0, 2.60, 4630),
        ("centre_200", 6500, 122_750, 173.3, 3.10, 39_600),
        ("social_12", 417, 7923, 11.1, 2.08, 3800),
    ],
)
def test_contracts_give_the_declared_paid_hours_and_cost(
    centre: str, paid_hours: float, cost: float, fte: float, per_contact: float, contacts: int
) -> None:
    scenario = load(centre)
    contracts = [c for group in scenario.groups.values() for c in group.contracts.values()]
    hours = sum(c.agents * c.hours_per_week for c in contracts)
    assert hours == paid_hours
    assert sum(c.agents * c.hours_per_week * c.cost_per_hour for c in contracts) == cost
    assert round(hours / scenario.full_time_hours, 1) == fte
    assert round(cost / contacts, 2) == per_contact
    for name, group in scenario.groups.items():
        paid = sum(c.agents * c.hours_per_week for c in group.contracts.values())
        floor = scenario.staff().hours[list(scenario.groups).index(name)]
        assert floor == pytest.approx(paid * (1 - group.total_shrinkage), abs=1.1)


@pytest.mark.parametrize("centre", CENTRES)
def test_shift_kinds_cover_every_open_half_hour_and_fit_their_contracts(centre: str) -> None:
    scenario = load(centre)
    needed = {
        (weekday, minute)
        for channel in scenario.channels.values()
        for weekday, begin, end in weekly_spans(channel.open)
        for minute in range(begin, end, 30)
    }
    covered = set()
    lengths: dict[tuple[str, str], set[float]] = {}
    for group_name, group in scenario.groups.items():
        for kind in group.shifts.values():
            unpaid = sum(pause.minutes for pause in kind.breaks if not pause.paid)
            paid = (kind.length_minutes - unpaid) / 60
            lengths.setdefault((group_name, str(kind.contract)), set()).add(paid)
            first, last = minutes_in(kind.earliest_start), minutes_in(kind.latest_start)
            for start in range(first, last + 1, kind.step_minutes):
                end = start + kind.length_minutes
                covered |= {(d, m) for d in weekdays_in(kind.days) for m in range(start, end, 30)}
                assert end <= closing(scenario, weekdays_in(kind.days))
    assert needed <= covered
    for (group_name, contract), paid_hours in lengths.items():
        week = scenario.groups[group_name].contracts[contract].hours_per_week
        weeks = {
            sum(chosen)
            for shifts in range(1, 8)
            for chosen in combinations_with_replacement(sorted(paid_hours), shifts)
        }
        assert any(week - 1 <= total <= week for total in weeks), (centre, contract)


@pytest.mark.parametrize("centre", CENTRES)
def test_scenario_files_load_and_round_trip(centre: str) -> None:
    scenario = load(centre)
    assert scenario.interval_count == 7 * 48
    assert scenario.period.starts[0] == pd.Timestamp("2026-04-13 00:00+01:00")
    assert Scenario.parse(scenario.to_toml(), DATA / "scenarios") == scenario
    assert scenario.path_of(str(scenario.demand.history)).is_file()
    assert scenario.path_of(str(scenario.demand.events)).is_file()
    assert set(scenario.channels) == set(pd.read_csv(DATA / centre / "history.csv")["channel"])


@pytest.mark.parametrize("centre", CENTRES)
def test_the_opening_backlog_is_what_sunday_leaves(centre: str) -> None:
    """Posts expected between Sunday's closing and midnight, at even steps of their number."""
    scenario = load(centre)
    starts = planned_week()
    for name in ("x", "facebook"):
        channel = figures(centre).channel(name)
        closes = max(end for day, _, end in weekly_spans(scenario.channels[name].open) if day == 6)
        rate = program().weather.ordinary_rate(channel, starts)[-96:]
        after = np.arange(96) * 15 >= closes
        backlog = scenario.channels[name].initial_backlog
        assert isinstance(backlog, tuple)
        assert abs(len(backlog) - rate[after].sum()) <= 0.5
        assert max(backlog) <= (1440 - closes) * 60
    if centre == "team_20":
        # 86 X and 51 Facebook posts wait on Monday at 8:00.
        for name, waiting in (("x", 86), ("facebook", 51)):
            rate = program().weather.ordinary_rate(figures(centre).channel(name), starts)
            backlog = scenario.channels[name].initial_backlog
            assert round(len(backlog) + rate[:32].sum()) == pytest.approx(waiting, abs=1)


@pytest.mark.parametrize(
    "name", sorted(tomlkit.parse((DATA / "scenarios/presets.toml").read_text()))
)
def test_every_preset_applies_to_the_team_of_20(name: str) -> None:
    preset = presets()[name]
    assert preset["label"]
    assert preset["description"].endswith(".")
    base = load("team_20")
    changed = base.with_changes(preset["changes"])
    assert changed != base
    hours = {"flu_week": 405, "posts_15_min": 621}
    assert changed.staff().hours.sum() == hours.get(name, 473)


def test_the_viral_preset_adds_218_posts_and_the_outage_doubles_monday() -> None:
    base = load("team_20")
    demand = expected_week(base)
    viral = base.with_changes(presets()["viral_post"]["changes"])
    assert round(float(burst_extra(viral, demand).sum())) == 218
    outage = base.with_changes(presets()["outage_monday"]["changes"])
    extra = burst_extra(outage, demand)
    monday = slice(18, 26)
    lift = 1 + extra[monday].sum(axis=0) / demand.mean[monday].sum(axis=0)
    channels = list(demand.channels)
    assert lift[channels.index("chat")] == pytest.approx(2.06, abs=0.03)
    assert lift[channels.index("x")] == pytest.approx(2.57, abs=0.03)
    assert lift[channels.index("callback")] == 1
    assert extra[26:].sum() == 0


def test_new_hires_are_every_fifth_agent_of_the_floor() -> None:
    """Where fewer than five work nobody is a novice."""
    base = load("team_20")
    changed = base.with_changes(presets()["new_hires"]["changes"])
    assert (changed.staff().agents == base.staff().agents).all()
    team = changed.groups["team"]
    share = round(1e6 * team.novices.share)
    assert [number for number in range(12) if is_novice(number, share)] == [4, 9]
    served = {name: team.novice_skill(name) for name in base.channels}
    assert {(s.speed, s.max_concurrent) for s in served.values()} == {(1.35, 1)}


def test_separate_teams_share_the_same_hours() -> None:
    """By workload about 233 hours of chat, 168 of posts and 69 of callbacks."""
    base = load("team_20")
    apart = base.with_changes(presets()["separate_teams"]["changes"])
    before, after = base.staff(), apart.staff()
    assert (after.agents.sum(axis=1) == before.agents[:, 0]).all()
    hours = dict(zip(after.groups, after.hours, strict=True))
    assert hours == {"team": 176, "chat_team": 229, "callback_team": 68}
    served = [set(group.skills) for group in apart.groups.values()]
    assert served == [{"x", "facebook"}, {"chat"}, {"callback"}]


def presets() -> dict[str, Any]:
    text = (DATA / "scenarios" / "presets.toml").read_text(encoding="utf-8")
    return tomlkit.parse(text).unwrap()


def expected_week(scenario: Scenario) -> Demand:
    """Demand of the planned week as the program expects it, without any forecast."""
    rates = [
        program()
        .weather.ordinary_rate(figures("team_20").channel(name), planned_week())
        .reshape(-1, 2)
        .sum(axis=1)
        for name in scenario.channels
    ]
    mean = np.stack(rates, axis=1)
    return Demand(scenario.period, tuple(scenario.channels), mean, np.full_like(mean, np.nan))


def closing(scenario: Scenario, days: list[int]) -> int:
    """Latest minute at which any channel closes on the days."""
    hours = [channel.open for channel in scenario.channels.values()]
    return max(end for week in hours for day, _, end in weekly_spans(week) if day in days)
