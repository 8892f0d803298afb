"""What the benchmark of plans measures, on a smaller day, and the rules that it scores."""

import numpy as np
import pytest

import staffing
from benchmarks import staffing as staffing_benchmark
from benchmarks import staffing_rules
from benchmarks.staffing_days import breaking_share, checked, two_pools
from staffing.promises import judge


def test_the_benchmarks_rules_are_scored_beside_the_best_printed_ones(monkeypatch) -> None:
    monkeypatch.delenv(staffing_rules.PEERS_PYTHON, raising=False)
    found = staffing_rules.figures(("AHT40",))
    assert "pyworkforce" in found["missing"]
    day = found["AHT40"]
    assert day["allweather"]["agent_intervals"] <= day["best_printed"] + 1
    assert day["allweather"]["intervals_under"] == 0
    assert day["erlang_a"]["worst_interval"] == pytest.approx(0.282, abs=1e-3)
    assert day["erlang_c"]["agent_intervals"] > day["erlang_a"]["agent_intervals"]


def test_every_figure_that_the_benchmark_is_named_for_has_a_part() -> None:
    keys = {key for part in staffing_benchmark.PARTS.values() for key in part.keys}
    assert keys >= {
        "day_25_agents_s", "day_230_agents_s", "week_200_agents_s", "fresh_worst_gap_pp",
        "fresh_share_under", "decrement_breaks_share", "shifts_432_gap", "shifts_432_s",
        "vs_pyworkforce",
    }  # fmt: skip


@pytest.mark.slow
def test_a_planned_day_holds_with_fresh_numbers_and_has_nobody_to_spare() -> None:
    scenario, demand = two_pools(0.4)
    plan = staffing.plan(scenario, demand, workers=2)
    worst_gap_pp, share_under, surely_under = checked(judge(plan.outcome.data))
    assert worst_gap_pp <= 1
    assert share_under <= 0.1
    assert surely_under == 0
    runs = plan.outcome.replications // 4
    agents = plan.staff.agents
    assert breaking_share(scenario, demand, agents, runs, workers=2, tried=6) >= 0.8
    assert np.isfinite(plan.periods["fresh_achieved"]).any()
