"""The floor against queues whose exact values are known, through the public interface."""

import pytest

from benchmarks.exact_cases import cases, demand_of
from simulate import Workers, simulate
from simulate.estimates import estimate
from support import assert_ratio_near

REPLICATIONS = 32
CASES = {case.name: case for case in cases()}
# Its queue takes 49 minutes to forget the start: a day of warm-up for an hour of use.
HEAVY = "erlang_c 3"


@pytest.fixture(scope="module")
def pool():
    with Workers(2) as workers:
        yield workers


@pytest.mark.parametrize("name", [name for name in CASES if name != HEAVY])
def test_every_measure_lies_within_four_standard_errors_of_the_exact_value(name, pool):
    case = CASES[name]
    scenario = case.scenario(24_000 / REPLICATIONS)
    outcome = simulate(
        scenario, demand_of(scenario), replications=REPLICATIONS, seed=5, workers=pool
    )

    for check in case.checks:
        parts = check.parts(outcome)
        assert_ratio_near(parts.above, parts.below, check.exact)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["erlang_c 1", "erlang_a 3", "chat_concurrency 2"])
def test_service_levels_are_exact_to_half_a_percentage_point(name, pool):
    case = CASES[name]
    scenario = case.scenario(700_000 / 64)
    outcome = simulate(scenario, demand_of(scenario), replications=64, seed=6, workers=pool)

    for check in case.checks:
        parts = check.parts(outcome)
        assert_ratio_near(parts.above, parts.below, check.exact)
    level = estimate(case.checks[0].parts(outcome), outcome.data.batches)
    assert level.high - level.value <= 0.005


@pytest.mark.slow
def test_a_queue_in_heavy_traffic_is_exact_too(pool):
    case = CASES[HEAVY]
    scenario = case.scenario(1_000_000 / 16)
    outcome = simulate(scenario, demand_of(scenario), replications=16, seed=7, workers=pool)

    for check in case.checks:
        parts = check.parts(outcome)
        assert_ratio_near(parts.above, parts.below, check.exact)
