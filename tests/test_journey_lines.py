"""What journeys do to a week stands in the results, beside a week without them, too."""

import pytest

from forecast import demand_for
from report.comparison import Comparison
from report.journey_lines import journey_sentence
from report.result_table import results_table
from simulate.run import simulate

JOURNEYS = {
    "channels.x.spread": {"ratio": 0.3, "delay": {"mean_s": 1800}},
    "channels.x.repost": {"share": 0.2, "after_s": 10800},
    "channels.x.reach": {},
    "channels.chat.repeat": {"fcr": 0.7, "delay": {"mean_s": 3600}},
    "channels.chat.redial": {"after_abandonment": 0.5},
    "channels.chat.deflection": {"share": 0.1},
}


@pytest.fixture(scope="module")
def quiet(small):
    return simulate(small, demand_for(small))


@pytest.fixture(scope="module")
def lively(small):
    return simulate(small.with_changes(JOURNEYS), demand_for(small))


def test_a_week_without_journeys_has_no_lines_of_them(quiet):
    names = " ".join(results_table(quiet, None)["Result"])
    assert "contacts in all" not in names
    assert "followers" not in names


def test_first_attempts_stand_beside_all_contacts(lively):
    here = results_table(lively, None).set_index("Result")["Here"]
    totals = lively.totals.set_index("channel").loc["x"]
    offered, first = totals["offered"], totals["first_attempts"]
    assert offered > first > 0
    assert here["X: contacts in all"] == f"{offered:,.{0 if offered >= 100 else 1}f}"
    assert here["X: of these first attempts"] == f"{first:,.{0 if first >= 100 else 1}f}"
    assert here["Chat: solved at the first contact"].endswith(" %")
    told = {
        "Chat: came back, not having been helped",
        "Chat: helped before they reached an agent",
        "X: posts by others, drawn by posts",
        "X: wrote again, not having been answered",
        "X: posts headed off by an answer",
        "X: followers × minutes without a reply",
    }
    assert told <= set(here.index)


def test_a_baseline_without_journeys_tells_what_the_what_if_tells(quiet, lively):
    table = results_table(lively, quiet).set_index("Result")
    row = table.loc["X: contacts in all"]
    assert row["Baseline"] != "–"
    assert row["Difference"].startswith("+")
    assert table.loc["X: posts by others, drawn by posts", "Baseline"] == "0.0"
    back = results_table(quiet, lively).set_index("Result")
    assert back.loc["X: contacts in all", "Difference"].startswith("-")


def test_scenarios_side_by_side_have_the_same_lines(quiet, lively):
    side = Comparison({"Quiet": quiet, "Lively": lively}, {}).side_by_side().set_index("Result")
    assert (side.loc["X: contacts in all", ["Quiet", "Lively"]] != "–").all()
    alone = Comparison({"Quiet": quiet}, {}).side_by_side()["Result"]
    assert "X: contacts in all" not in set(alone)


def test_a_sentence_sums_up_who_came_because_of_earlier_contacts(quiet, lively):
    assert journey_sentence(quiet) == ""
    told = journey_sentence(lively)
    assert "were caused by earlier ones: " in told
    assert " came back, " in told
    assert "headed off" in told
    assert "helped before they reached an agent" in told


def test_what_is_caused_less_has_an_interval(quiet, lively):
    table = results_table(lively, quiet).set_index("Result")
    row = table.loc["X: caused by its contacts, on any channel"]
    assert row["Difference"].startswith("+")
    assert " to " in row["Difference"]
    assert row["Real or noise"] == "real"


def test_serving_followers_first_is_told_with_its_price(small, quiet):
    first = {"channels.x.order": "reach", "channels.x.reach": {}, "demand.scale.x": 2.0}
    loud = simulate(small.with_changes(first), demand_for(small))
    table = results_table(loud, quiet).set_index("Result")
    names = [f"X in time, {whom}" for whom in ("the tenth with most followers", "all others")]
    most, others = (table.loc[name, "Here"] for name in names)
    assert float(most.removesuffix(" %")) >= float(others.removesuffix(" %"))
    assert f"X answers the tenth with most followers in time in {float(most[:-2]):.0f} %" in (
        journey_sentence(loud)
    )
    by_deadline = small.with_changes(first | {"channels.x.order": "deadline"})
    plain = simulate(by_deadline, demand_for(small))
    assert names[0] not in set(results_table(plain, None)["Result"])
    beside = results_table(loud, plain).set_index("Result")
    assert " to " in beside.loc["X: mean wait, all others", "Difference"]
