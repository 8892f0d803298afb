"""Scenarios side by side: which differences are told, how surely, and what is put on paper."""

import io
import re

import openpyxl
import pandas as pd
import pytest

from forecast import demand_for
from report.comparison import Comparison
from report.comparison_page import comparison_page, service_differences
from report.frontier_page import frontier_page
from report.onepage import Page, fitted, width_of, wrapped
from report.plan_page import plan_page
from report.result_lines import result_lines
from report.result_table import results_table
from scenario import InvalidValueError
from simulate.compare import paired
from simulate.run import simulate
from small_scenarios import small_desk
from staffing import plan
from staffing.frontier import frontier


@pytest.fixture(scope="module")
def small():
    return small_desk().with_changes({"replications": 6})


@pytest.fixture(scope="module")
def demand(small):
    return demand_for(small)


@pytest.fixture(scope="module")
def outcomes(small, demand):
    changes = {
        "Now": {},
        "Twice the chats": {"demand.scale.chat": 2.0},
        "=One more": {"groups.team.agents_change": 1},
    }
    return {name: simulate(small.with_changes(change), demand) for name, change in changes.items()}


@pytest.fixture(scope="module")
def comparison(outcomes):
    return Comparison(outcomes, {"Twice the chats": ("Chat volume, %: 100",)})


@pytest.fixture(scope="module")
def found(small, demand):
    return plan(small, demand, replications=4)


def pages_of(pdf):
    """Number of pages of a PDF."""
    return len(re.findall(rb"/Type /Page\b", pdf))


# Side by side


def test_every_scenario_has_a_column_and_every_result_a_row(comparison):
    table = comparison.side_by_side()
    assert list(table.columns) == ["Result", "Now", "Twice the chats", "=One more", "Good is"]
    assert {"Chat in time", "X in time", "Paid hours", "Full-time posts", "Cost"} <= set(
        table["Result"]
    )
    assert table["Result"].is_unique


def test_differences_are_the_paired_ones(comparison, outcomes):
    ours = comparison.differences().query("scenario == 'Twice the chats'")
    theirs = paired(outcomes["Now"], outcomes["Twice the chats"], ("Now", "Twice the chats"))
    keys = ["measure", "channel"]
    merged = ours.merge(theirs, on=keys, suffixes=("", "_there"))
    assert len(merged) == len(theirs) == len(ours)
    for column in ("difference", "low", "high"):
        pd.testing.assert_series_equal(merged[column], merged[f"{column}_there"], check_names=False)


def test_what_is_real_and_what_may_be_noise_is_told_apart(comparison):
    real = comparison.sentences("Twice the chats", real=True)
    assert any("Chat is answered in time" in sentence for sentence in real)
    assert all(sentence.endswith("real.") for sentence in real)
    for sentence in comparison.sentences("Twice the chats", real=False):
        assert sentence.endswith("may be noise.")


def test_the_verdict_tells_promises_and_cost(comparison):
    assert comparison.verdict("Now").endswith("£514.")
    assert "the same cost as “Now”" in comparison.verdict("Twice the chats")
    more = comparison.verdict("=One more")
    assert "+" in more
    assert "against “Now”" in more
    assert "of 3 promises kept" in more


def test_pence_and_minutes_are_told_where_they_differ_and_rounding_is_nothing(
    small, demand, outcomes
):
    dearer = simulate(small.with_changes({"groups.team.cost_per_hour": 18.01}), demand)
    rows = paired(outcomes["Now"], dearer).set_index("measure")
    assert rows.loc["cost", "real"]
    assert rows.loc["cost", "sentence"] == "Small desk costs 0.29 GBP more."
    assert not rows.loc["paid_hours", "real"]

    split = small.with_changes({"groups.team.cost_per_hour": 18 + 1e-12})
    rows = paired(outcomes["Now"], simulate(split, demand)).set_index("measure")
    assert not rows.loc["cost", "real"]
    assert rows.loc["cost", "sentence"] == "Small desk costs the same."


def test_another_seed_is_shown_and_not_paired(small, demand, outcomes):
    other = simulate(small, demand, seed=99)
    apart = Comparison({"Now": outcomes["Now"], "Other seed": other}, {})
    assert "seed 99" in apart.unpaired("Other seed")
    assert apart.differences().empty
    assert "Other seed" in apart.side_by_side()
    assert "Other seed" not in apart.differences_in_words()


def test_nothing_to_compare_is_told():
    with pytest.raises(InvalidValueError, match="at least one"):
        Comparison({}, {})


def test_what_is_assumed_differently_is_listed(comparison):
    table = comparison.assumptions().set_index("key")
    assert table.loc["demand.scale.chat", "Twice the chats"] == "2.0"
    assert table.loc["groups.team.agents_change", "=One more"] == "1"
    assert "groups.team.cost_per_hour" not in table.index


def test_the_workbook_holds_no_formula(comparison):
    book = openpyxl.load_workbook(io.BytesIO(comparison.xlsx()))
    assert book.sheetnames == ["Results", "Differences", "Numbers", "Assumptions", "Origin"]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
    assert "'=One more" in [cell.value for cell in book["Results"][1]]
    assert b"'=One more" in comparison.csv()


# Results on a line each


def test_a_chance_is_judged_in_the_promises_own_period(outcomes):
    lines = {line.name: line for line in result_lines(outcomes["Now"])}
    assert lines["Chat: chance that a day meets its target"].good == "≥ 80 %"
    assert "Chat: chance that a week meets its target" not in lines, "one day was planned"


def test_agents_over_and_under_a_requirement_are_told(outcomes, found):
    lines = {line.name: line for line in result_lines(outcomes["Now"], found.requirement)}
    line = lines["Team: agents over / under the plan's requirement"]
    required = found.requirement["required"].to_numpy()
    there = outcomes["Now"].staff.agents[:, 0]
    working = (required > 0) | (there > 0)
    spare = (there - required)[working]
    assert line.text.startswith(f"▲{max(spare.max(), 0):g} ▼{max(-spare.min(), 0):g} at most")
    assert line.fine == (abs(spare).max() <= 1)


@pytest.mark.parametrize("name", ["Chat: chance that a day meets its target", "X: waiting at close",
                                  "Cost per contact handled"])  # fmt: skip
def test_what_can_be_paired_says_whether_it_is_real(outcomes, name):
    table = results_table(outcomes["Twice the chats"], outcomes["Now"]).set_index("Result")
    assert table.loc[name, "Real or noise"] in {"real", "may be noise", "exact", "no difference"}


def test_a_contact_that_costs_the_same_staff_costs_less_when_more_come(outcomes):
    rows = paired(outcomes["Now"], outcomes["Twice the chats"]).set_index("measure")
    row = rows.loc["cost_per_contact"]
    now, more = outcomes["Now"], outcomes["Twice the chats"]
    assert row["difference"] == pytest.approx(more.cost_per_contact - now.cost_per_contact)
    assert row["low"] < row["difference"] < row["high"] < 0
    assert row["real"]
    assert row["sentence"].startswith("a contact handled costs")


def test_chances_and_backlogs_at_close_are_paired(outcomes):
    now, more = outcomes["Now"], outcomes["Twice the chats"]
    rows = paired(now, more).set_index(["measure", "channel"])["difference"]
    for column, measure, channel in (
        ("probability_met_day", "probability_met_day", "chat"),
        ("backlog_at_close", "backlog_at_close", "x"),
    ):
        here, before = (one.totals.set_index("channel")[column] for one in (more, now))
        assert rows[measure, channel] == pytest.approx(here[channel] - before[channel])


# On paper


def test_each_page_is_one_page_and_equal_for_equal_numbers(comparison, found):
    for make, what in ((comparison_page, comparison), (plan_page, found)):
        pdf = make(what)
        assert pdf.startswith(b"%PDF-")
        assert pages_of(pdf) == 1
        assert pdf == make(what)


def test_a_curve_is_printed(small, demand):
    curve = frontier(small, demand, "chat", shares=(0.6, 0.8), replications=4)
    assert pages_of(frontier_page(curve)) == 1


def test_six_scenarios_still_fit_on_one_page(outcomes):
    many = {f"A scenario with a rather long name {n}": outcomes["Now"] for n in range(6)}
    assert pages_of(comparison_page(Comparison(many, {}))) == 1


def test_what_does_not_fit_is_counted():
    page = Page("A title", "a line below")
    page.sentences([f"Sentence {n} of many." for n in range(500)])
    assert page.room >= 0
    last = page.figure.texts[-1].get_text()
    shown = sum(text.get_text().startswith("●") for text in page.figure.texts)
    assert last == f"… and {500 - shown} more."


def test_text_is_broken_within_the_width_and_numbers_keep_their_sign():
    lines = wrapped("An interval of 95 % and of 80 % again " * 8, 8, 2.0)
    assert all(width_of(line, 8) <= 2.0 * 72 for line in lines)
    assert not any(line.startswith("%") for line in lines)
    assert width_of(fitted("x" * 500, 8, 100), 8) <= 100


def test_the_picture_has_a_row_a_promise_and_scenario(comparison):
    table = service_differences(comparison)
    assert set(table["scenario"]) == {"Twice the chats", "=One more"}
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()
