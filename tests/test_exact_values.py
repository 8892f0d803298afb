"""The floor against queues whose exact values are known, through the public interface."""

from __future__ import annotations

import json

import pytest

from benchmarks.exact_cases import REFERENCES, SCENARIOS, cases
from benchmarks.exact_files import text_of
from benchmarks.exact_loads import load_at
from benchmarks.exact_sampling import Sample, run
from benchmarks.validation import LARGEST, SEED
from benchmarks.validation_page import ALLOWED_ERRORS, TITLES, page, summary
from simulate import Workers

REPLICATIONS = 32
CASES = {case.name: case for case in cases()}


def cheapest_of_each_model():
    """One queue of every kind: the one with the fewest contacts."""
    models = {case.model for case in CASES.values()}
    for model in sorted(models):
        # Redials ask for many rounds, and are too few to tell anything in a short run.
        own = [case for case in CASES.values() if case.model == model and case.demand is None]
        yield min(own, key=lambda case: sum(case.contacts)).name


@pytest.fixture(scope="module")
def pool():
    with Workers(2) as workers:
        yield workers


@pytest.mark.parametrize("name", list(cheapest_of_each_model()))
def test_every_measure_lies_within_four_standard_errors_of_the_exact_value(name):
    case = CASES[name]
    sample = Sample(case, SEED, workers=1)
    sample.grow(REPLICATIONS, repeats=1)

    for place in range(len(case.checks)):
        row = sample.row(place)
        assert abs(row.standard_errors) <= ALLOWED_ERRORS, row


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_measure_is_exact_to_half_a_point_or_a_hundredth_of_its_value(name, pool):
    found = run(CASES[name], SEED, pool, LARGEST)

    for row in found.rows:
        assert row.narrow, row
        assert abs(row.standard_errors) <= ALLOWED_ERRORS, row


def test_scenario_files_are_those_of_the_references():
    """After `python -m benchmarks.exact_files` nothing has changed."""
    for case in CASES.values():
        assert case.file.read_text(encoding="utf-8") == text_of(case), case.file.name
    assert {case.file for case in CASES.values()} == set(SCENARIOS.glob("*.toml"))


def test_every_entry_of_the_references_is_compared():
    file = json.loads((REFERENCES / "exact_values.json").read_text(encoding="utf-8"))
    wanted = {
        f"{model} {number}"
        for model, found in file["models"].items()
        for number in range(1, len(found["cases"]) + 1)
    }
    covered = {" ".join(name.split()[:2]) for name in CASES}
    assert wanted <= covered


def test_a_cycle_can_be_repeated_between_warm_up_and_cool_down():
    case = CASES["fmmw_theta_equals_mu 2"]
    once, thrice = case.declared, case.scenario(3)

    warm, _ = once.edge_counts
    assert thrice.measured_count == 3 * once.measured_count
    rates = once.demand.rates["chat"]
    assert thrice.demand.rates["chat"] == rates + 2 * rates[warm:]
    assert (
        thrice.groups["team"].agents
        == once.groups["team"].agents + 2 * (once.groups["team"].agents[warm:])
    )


def test_load_of_a_day_is_that_of_the_reference():
    file = json.loads((REFERENCES / "exact_values.json").read_text(encoding="utf-8"))
    case = file["models"]["mt_g_inf_offered_load"]["cases"][0]
    given = case["params"]

    for number, exact in enumerate(case["values"]["m_at_interval_ends"], start=1):
        load = load_at(given["offered_per_30min"], given["mean"], given["cv"], 30 * number)
        assert load == pytest.approx(exact, rel=1e-12)


def test_a_share_that_was_never_seen_has_the_error_of_its_exact_value():
    """In the first quarter-hour of the day of chats a slot is free but for once in two million."""
    case = CASES["time_varying_chat 1"]
    sample = Sample(case, SEED, workers=1)
    sample.grow(8, repeats=1)

    place = [check.name for check in case.checks].index("interval 1: share that waits")
    row = sample.row(place)
    assert row.ours == 0
    assert row.half_width > 0
    assert abs(row.standard_errors) < 1


def test_the_page_counts_what_agrees_and_marks_what_is_too_wide():
    found = run(CASES["erlang_b 4"], SEED, 1, largest=1)
    assert summary([found])["narrow"] == len(found.rows) == 2

    wide = CASES["erlang_c 1"]
    found = run(wide, SEED, 1, largest=1)
    text = page([found], SEED)
    assert not all(row.narrow for row in found.rows)
    assert "~ |" in text
    assert f"**{len(wide.checks)} numbers of 1 queues**" in text


def test_every_model_has_a_title():
    assert {case.model for case in CASES.values()} == set(TITLES)
