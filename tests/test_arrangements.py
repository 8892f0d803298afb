"""How many contacts at once, and what blending is worth: least staff beside least staff."""

import json
import re

import pytest

from scenario import InvalidValueError, Scenario
from small_scenarios import MORNING, OFFERING, demand_of
from staffing.blending import value_of_blending
from staffing.concurrency import best_concurrency, with_cap

ONE_AGENT = 0.5  # hours of an interval


@pytest.fixture(scope="module")
def morning():
    return Scenario.parse(MORNING)


@pytest.fixture(scope="module")
def choice(morning):
    return best_concurrency(morning, demand_of(morning), "chat", caps=(1, 2, 3), replications=4)


@pytest.fixture(scope="module")
def blending():
    scenario = Scenario.parse(OFFERING)
    return value_of_blending(scenario, demand_of(scenario), replications=4)


def test_holding_more_at_once_takes_fewer_agents_and_longer_each(choice):
    table = choice.table
    assert table["max_concurrent"].tolist() == [1, 2, 3]
    assert table["floor_hours"].iloc[0] > table["floor_hours"].iloc[1]
    assert (table["handle_mean_s"].diff().dropna() > 0).all()
    assert table["handle_mean_s"].iloc[0] == pytest.approx(420, rel=0.1)


def test_the_best_cap_is_the_cheapest_within_one_per_cent(choice):
    best = choice.table[choice.table["best"]]
    assert len(best) == 1
    kept = choice.table[choice.table["met"]]
    assert best["cost"].iloc[0] <= 1.01 * kept["cost"].min()
    assert choice.sentence.startswith(f"chat: hold at most {best['max_concurrent'].iloc[0]} ")
    assert json.loads(json.dumps(choice.document()))["channel"] == "chat"


def test_a_slowdown_that_is_not_stated_is_carried_on_and_told(morning, choice):
    skill = with_cap(morning, "chat", 4).groups["team"].skills["chat"]
    assert skill.slowdown == (1.0, 1.25, 1.5, 1.75)
    assert skill.max_concurrent == 4
    assert choice.notes[0] == (
        "team states no slowdown for more than 2 of chat at once: its last step is carried on."
    )


def test_a_default_slowdown_and_a_night_in_the_waits_are_told(morning):
    made = best_concurrency(morning, demand_of(morning), "posts", caps=(1, 2), replications=4)
    assert any("states no slowdown of posts: 1, 1.25" in note for note in made.notes)
    assert any("while posts is closed" in note for note in made.notes)


def test_holding_more_at_once_spares_nobody_where_it_slows_down_beyond_reason(morning):
    slow = morning.with_changes(
        {"groups.team.skills.chat": {"max_concurrent": 2, "slowdown": [1.0, 3.0]}}
    )
    found = best_concurrency(slow, demand_of(slow), "chat", caps=(1, 2), replications=4)
    alone, together = found.table["floor_hours"]
    assert together >= alone - ONE_AGENT


@pytest.mark.parametrize("caps", [(), (0, 1), (17,), (1.5,)])
def test_caps_out_of_range_are_refused(morning, caps):
    with pytest.raises(InvalidValueError, match="caps must be whole numbers from 1 to 16"):
        best_concurrency(morning, demand_of(morning), "chat", caps=caps)
    with pytest.raises(InvalidValueError, match="did you mean 'posts'"):
        best_concurrency(morning, demand_of(morning), "post")


def test_blended_is_never_dearer_than_separate_beyond_noise(blending):
    rows = blending.table.set_index("arrangement")
    for ending in ("", " without callbacks"):
        blended, apart = rows.loc[f"blended{ending}"], rows.loc[f"separate teams{ending}"]
        assert blended["floor_hours"] <= apart["floor_hours"] + ONE_AGENT
        assert blended["occupancy"] > apart["occupancy"]


def test_callbacks_are_weighed_only_where_they_are_offered(blending, morning):
    assert blending.table["arrangement"].tolist() == [
        "blended", "blended without callbacks", "separate teams",
        "separate teams without callbacks",
    ]  # fmt: skip
    plain = value_of_blending(morning, demand_of(morning), replications=4)
    assert plain.table["arrangement"].tolist() == ["blended", "separate teams"]
    assert "Callbacks" not in plain.sentence
    assert json.loads(json.dumps(plain.document()))["rows"][0]["arrangement"] == "blended"


def test_the_promise_that_an_arrangement_misses_is_named(morning):
    few = morning.with_changes({"channels.posts.target.within_s": 200})  # shorter than a reply
    made = value_of_blending(few, demand_of(few), replications=4)
    told = next(note for note in made.notes if note.startswith("Blended: the fresh check misses"))
    assert "posts (" in told
    assert "% where 80 % are promised, in the worst day)" in told


def test_hours_saved_are_the_difference_of_the_hours_told(blending):
    told = blending.sentence.replace(",", "")
    if "saves" in told:
        saved, here, apart = (
            float(re.search(pattern, told).group(1))
            for pattern in (r"saves ([\d.]+) floor", r": ([\d.]+) blended", r"([\d.]+) in separate")
        )
        assert saved == pytest.approx(apart - here)


def test_the_saving_is_told_with_hours_and_occupancy(blending):
    assert blending.sentence.startswith("Blending ")
    assert "in separate teams; agents are busy" in blending.sentence
    assert "Callbacks " in blending.sentence
