"""The worked cases: their files are the program's, and pooling never asks for more than noise."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from benchmarks import cases_centre, cases_sites
from benchmarks.cases_floor import CASES, Floor, flat
from benchmarks.cases_page import HEADS, filled
from scenario import Scenario

PAGE = Path(__file__).parents[1] / "docs" / "cases.md"
FILES = sorted(path.name for path in CASES.glob("*.toml"))
NOISE = 1.02  # of the hours: two searches end that near


def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("cases_make", CASES / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_program_makes_the_files_of_the_cases() -> None:
    made = dict(program().files())
    assert sorted(made) == FILES
    for name, text in made.items():
        assert (CASES / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", FILES)
def test_a_scenario_of_a_case_is_valid_and_needs_no_history(name: str) -> None:
    scenario = Scenario.load(CASES / name)
    assert scenario.demand.rates is not None
    assert all(channel.target is not None for channel in scenario.channels.values())
    assert scenario.staff().hours.sum() > 0


@pytest.mark.parametrize("agents", cases_centre.SIZES)
def test_a_centre_has_work_for_the_declared_share_of_its_agents(agents: int) -> None:
    """Busy for 86 % of seven hours each, with two chats in hand throughout."""
    floor = Floor.load(f"centre_{agents}")
    chats, callbacks = floor.demand.mean.sum(axis=0)
    hours = (chats * 540 * 1.25 / 2 + callbacks * 480) / 3600
    assert hours == pytest.approx(0.86 * 7 * agents, rel=0.001)


@pytest.mark.parametrize("apart", [name for name in FILES if name.endswith("_apart.toml")])
def test_sites_apart_and_pooled_have_the_same_customers_and_agents(apart: str) -> None:
    sites = apart.removesuffix("_apart.toml")
    alone, together = Floor.load(f"{sites}_apart"), Floor.load(f"{sites}_pooled")
    np.testing.assert_array_equal(alone.demand.mean, together.demand.mean)
    np.testing.assert_array_equal(alone.scenario.staff().agents, together.scenario.staff().agents)
    assert all(len(group.skills) == 1 for group in alone.scenario.groups.values())
    channels = set(together.scenario.channels)
    assert all(set(group.skills) == channels for group in together.scenario.groups.values())


def test_a_small_blended_team_needs_no_more_than_its_pools() -> None:
    apart, blended, same_staff = cases_centre.compared(20, {}, flat, runs=16)
    assert same_staff.hours == apart.hours
    assert blended.hours <= NOISE * apart.hours
    assert blended.busy.value[0] > apart.busy.value[0]


@pytest.mark.parametrize("staffed", cases_sites.STAFFED)
def test_two_small_sites_pooled_need_no_more_and_wait_no_longer(staffed: str) -> None:
    found = cases_sites.pool(2, 10, "the same hours", staffed, runs=16)
    assert found.pooled.hours <= NOISE * found.apart.hours
    assert found.same_staff.hours == found.apart.hours
    assert found.longest(found.same_staff).high[()] < 1
    assert found.pooled.busy.low[0] > found.apart.busy.high[0]


def test_flat_staff_is_the_least_that_keeps_the_promise() -> None:
    floor = Floor.load("sites_2x10_apart").part(["calls_1"], ["site_1"])
    agents = flat(floor, 16)
    assert len(np.unique(agents)) == 1

    def level(staff: np.ndarray) -> float:
        return float(floor.run(staff, 16, floor.scenario.seed).totals["service_level"][0])

    assert level(agents) >= 0.80 > level(agents - 1) - 0.01


def test_the_tables_of_the_page_are_as_the_program_writes_them() -> None:
    """The heads are those of today, every row has their columns, and all sizes are told."""
    page = PAGE.read_text(encoding="utf-8")
    rows = {"centre": 15, "sites": len(cases_sites.ROWS) * len(cases_sites.SIZES)}
    for name, heads in HEADS.items():
        between = page.split(f"<!-- {name}: begin -->\n")[1].split(f"<!-- {name}: end -->")[0]
        lines = between.splitlines()
        assert tuple(lines[:2]) == heads
        assert len(lines) == 2 + rows[name]
        assert {line.count("|") for line in lines[2:]} == {heads[1].count("|")}


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="no markers"):
        filled("# Nothing here", {"centre": [], "sites": []})
