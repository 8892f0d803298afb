"""Results as a planner reads them: beside the baseline, by the hour, and in a headline."""

import numpy as np
import pytest

from forecast import demand_for
from report.result_table import NOISE, REAL, results_table
from simulate.run import simulate
from views import results
from views.words import duration, money, percent


@pytest.fixture(scope="module")
def outcome(small):
    return simulate(small, demand_for(small))


@pytest.fixture(scope="module")
def busier(small):
    return simulate(small.with_changes({"demand.scale.chat": 2.0}), demand_for(small))


def test_results_stand_beside_the_baseline_with_interval_and_verdict(outcome, busier):
    table = results_table(busier, outcome).set_index("Result")
    row = table.loc["Chat in time"]
    assert row["Difference"].startswith("-")
    assert " to " in row["Difference"]
    assert row["Real or noise"] in {REAL, NOISE}
    cost = table.loc["Cost"]
    assert cost["Difference"] == "±0"
    assert (table["Here"] != "").all()


def test_the_baseline_alone_has_no_differences(outcome):
    assert "Difference" not in results_table(outcome, None)


def test_results_tell_the_interval_of_every_service_level(outcome):
    here = results_table(outcome, None).set_index("Result")["Here"]
    level = outcome.totals.set_index("channel").loc["chat", "service_level"]
    assert here["Chat in time"].startswith(percent(level))
    assert "(" in here["Chat in time"]


def test_a_miss_is_named_in_the_headline(busier):
    assert "Chat" in results.headline(busier)
    assert "under target" in results.headline(busier)


def test_a_floor_with_time_to_spare_keeps_its_promises(small):
    ample = small.with_changes({"groups.team.agents": 20, "groups.team.max_agents": None})
    assert results.headline(simulate(ample, demand_for(ample))).startswith("Every promise")


def test_the_week_by_hour_is_a_ratio_of_sums(outcome):
    heat = results.service_heat(results.Series.of(outcome), "chat", 0.8)
    parts = outcome.parts("service_level", "chat", "interval")
    hour = np.asarray(parts.above).sum(axis=0)[10] / np.asarray(parts.below).sum(axis=0)[10]
    assert heat[heat["hour"] == 10]["value"].iloc[0] == pytest.approx(hour)
    assert heat[heat["hour"] == 3]["value"].isna().all(), "nobody comes at night: undefined"


def test_days_that_fall_short_are_named_where_the_mean_hides_them(small):
    """A day of plenty and a day of one agent: the mean alone would say that all is well."""
    two = small.with_changes(
        {"horizon.length": "2d", "staffing": None, "demand.scale.chat": 0.3}
        | {"groups.team.agents": [20] * 24 + [1] * 24, "groups.team.max_agents": None}
    )
    told = results.headline(simulate(two, demand_for(two), replications=4))
    assert "Tue 14 Apr" in told
    assert "Mon 13 Apr" not in told.split("fall short")[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (percent(float("nan")), "–"),
        (duration(float("nan")), "–"),
        (duration(59.6), "60 s"),
        (money(1234.5, "EUR"), "€1,234"),
    ],
)
def test_numbers_are_written_for_people(text, expected):
    assert text == expected
