"""Swaps: staff of which nobody can go, and yet a cheaper mix keeps every promise."""

from functools import cache

import numpy as np
import pytest

from scenario import Scenario
from small_scenarios import demand_of
from staffing.pairing import Pairing
from staffing.rehearsal import Rehearsal, Rounds, Telling
from staffing.requirement import broken, requirement_only
from staffing.swaps import Swapping
from staffing.task import task_of

MIX = """
name = "All-rounders and beginners"
seed = 3
replications = 64
[horizon]
start = 2026-04-13T09:00:00
length = "1h"
interval_minutes = 60
[demand]
rates = { chat = 20.0, posts = 40.0 }
uncertainty = "none"
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
patience = { mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.posts]
kind = "deferred"
priority = 2
handle_time = { mean_s = 300 }
target = { share = 0.8, within_s = 1800 }
[groups.all_rounders]
cost_per_hour = 30
[groups.all_rounders.skills]
chat = {}
posts = {}
[groups.beginners]
cost_per_hour = 10
[groups.beginners.skills]
posts = {}
"""
RUNS = 64
PRICE = np.array([30, 10])


@cache
def swapping(out_of_time: bool = False) -> Swapping:
    scenario = Scenario.parse(MIX)
    rehearsal = Rehearsal(scenario, demand_of(scenario), "kernel", 1, Telling(None), None)
    task = task_of(rehearsal, RUNS, scenario.seed)
    pairing = Pairing(task, Rounds(Telling(None), 0.0, 1.0, 99, 1.0, ""))
    verdicts = pairing.found_on(np.array([[7, 5]]), RUNS)
    asked = tuple(np.full(one.periods, one.promise.target.share) for one in verdicts)
    return Swapping(task, pairing, asked, lambda: out_of_time)


def holds(*agents: int) -> bool:
    """Whether every promise is kept by a standard error, as the search asks."""
    one = swapping()
    return not broken(one.pairing.verdicts(np.array([agents]), RUNS), one.asked)


def swapped(*agents: int) -> list[int]:
    one = swapping()
    one.pairing.found_on(np.array([agents]), RUNS)
    found: list[int] = one.run(np.array([agents]))[0].tolist()
    return found


def test_only_a_swap_finds_the_cheapest_mix() -> None:
    """Six all-rounders: not one can go, and four of them with four beginners cost less."""
    assert holds(6, 0)
    assert not holds(5, 0)
    mixes = [(dear, cheap) for dear in range(3, 8) for cheap in range(6)]
    cheapest = min(PRICE @ mix for mix in mixes if holds(*mix))
    assert cheapest == PRICE @ (4, 4) < PRICE @ (6, 0)
    assert PRICE @ swapped(6, 0) == cheapest


@pytest.mark.parametrize("start", [(7, 0), (5, 2), (5, 3), (4, 4)])
def test_swaps_never_cost_more_and_keep_what_was_kept(start) -> None:
    after = swapped(*start)
    assert holds(*after)
    assert PRICE @ after <= PRICE @ start


def test_a_requirement_is_swapped_too() -> None:
    scenario = Scenario.parse(MIX)
    found = requirement_only(scenario, demand_of(scenario), replications=RUNS)
    assert found.agents.tolist() == [[4, 4]]


def test_staff_that_breaks_a_promise_is_left_alone() -> None:
    assert swapped(3, 0) == [3, 0]


def test_nothing_is_tried_where_time_is_over() -> None:
    one = swapping(out_of_time=True)
    agents = np.array([[6, 0]])
    before = one.pairing.rehearsals
    assert one.run(agents) is agents
    assert one.pairing.rehearsals <= before + 1


def test_pools_with_promises_to_intervals_have_nothing_to_swap() -> None:
    """Trimming has tried everybody there: no other time and no other group could do it."""
    text = (
        MIX.replace("posts = {}\n[groups.beg", "[groups.beg")
        .replace("within_s = 60 }", 'within_s = 60, period = "interval" }')
        .replace("within_s = 1800 }", 'within_s = 1800, period = "interval" }')
    )
    scenario = Scenario.parse(text)
    rehearsal = Rehearsal(scenario, demand_of(scenario), "kernel", 1, Telling(None), None)
    task = task_of(rehearsal, 8, 3)
    pairing = Pairing(task, Rounds(Telling(None), 0.0, 1.0, 99, 1.0, ""))
    agents = np.array([[9, 9]])
    verdicts = pairing.found_on(agents, 8)
    asked = tuple(np.full(one.periods, one.promise.target.share) for one in verdicts)
    assert Swapping(task, pairing, asked, lambda: False).run(agents) is agents
    assert pairing.rehearsals == 1
