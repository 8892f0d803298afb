"""Cost against service: dearer promises cost more, one knee, and bad wishes refused."""

import json

import numpy as np
import pytest

from scenario import InvalidValueError, RunCancelledError, Scenario
from small_scenarios import MORNING, demand_of
from staffing.frontier import frontier, knee_of

SHARES = (0.6, 0.75, 0.85, 0.95)


def curve(scenario, channel="chat", **more):
    return frontier(scenario, demand_of(scenario), channel, **{"shares": SHARES} | more)


@pytest.fixture(scope="module")
def morning():
    return Scenario.parse(MORNING)


@pytest.fixture(scope="module")
def found(morning):
    told = []
    made = curve(morning, progress=lambda share, sentence: told.append((share, sentence)))
    return made, told


def test_a_better_promise_never_costs_less(found):
    table = found[0].table
    assert table["target"].tolist() == list(SHARES)
    assert (table["floor_hours"].diff().dropna() >= 0).all()
    assert table["cost"].iloc[-1] > table["cost"].iloc[0]


def test_every_point_is_checked_with_numbers_that_the_search_never_saw(found):
    table = found[0].table
    assert ((table["low"] < table["achieved"]) & (table["achieved"] < table["high"])).all()
    assert (table["met"] == (table["achieved"] > table["target"] - 0.01)).all()


def test_cost_and_hours_follow_from_the_floor_hours(found):
    table = found[0].table
    assert table["paid_hours"].to_numpy() == pytest.approx(table["floor_hours"] / 0.8)
    assert table["cost"].to_numpy() == pytest.approx(20 * table["paid_hours"])


def test_marginal_cost_is_that_of_a_percentage_point(found):
    table = found[0].table
    assert np.isnan(table["marginal_cost"].iloc[0])
    steps = np.diff(table["cost"]) / (100 * np.diff(table["target"]))
    assert table["marginal_cost"].to_numpy()[1:] == pytest.approx(steps)


def test_there_is_one_knee_and_a_sentence(found):
    made = found[0]
    assert made.table["knee"].sum() == 1
    assert made.sentence.startswith("chat: the whole floor takes GBP ")
    document = json.loads(json.dumps(made.document()))
    assert document["rows"][0]["marginal_cost"] is None
    assert document["varies"] == "target"


def test_progress_rises_to_the_end(found):
    shares = [share for share, _ in found[1]]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert any("75 % in 60 s" in sentence for _, sentence in found[1])


@pytest.mark.parametrize(
    ("costs", "place"),
    [
        ([1.0, 2.0, 3.0, 11.0], 2),
        ([1.0, 1.0, 9.0, 11.0], 1),
        ([1.0, 2.0, 3.0, 4.0], 3),  # no bend
        ([1.0, 8.0, 9.0, 10.0], 3),  # bent the other way
        ([5.0, 5.0, 5.0, 5.0], 3),
    ],
)
def test_the_knee_is_farthest_below_the_chord(costs, place):
    assert knee_of(np.array([60.0, 70.0, 80.0, 90.0]), np.array(costs)) == place


def test_times_are_varied_with_the_share_as_it_is(morning):
    made = curve(morning, within_s=(30, 300, 120))
    assert made.varies == "within_s"
    assert made.table["within_s"].tolist() == [300, 120, 30]
    assert (made.table["target"] == 0.8).all()
    assert (made.table["floor_hours"].diff().dropna() >= 0).all()
    minutes = np.array([3, 1.5])
    assert made.table["marginal_cost"].to_numpy()[1:] == pytest.approx(
        np.diff(made.table["cost"]) / minutes
    )


def test_more_than_the_people_of_today_is_told(morning):
    made = curve(morning.with_changes({"groups.team.max_agents": 4}), shares=(0.6, 0.9))
    assert any("than there are today for" in note for note in made.notes)


def test_zero_volume_needs_no_more_for_a_better_promise(morning):
    nobody = morning.with_changes({"demand.rates": {"chat": 0.0, "posts": 0.0}})
    made = curve(nobody, shares=(0.6, 0.9))
    assert made.table["floor_hours"].nunique() == 1
    assert made.table["achieved"].isna().all()
    assert made.sentence.endswith("the staff is there for the other promises.")


@pytest.mark.parametrize(
    ("channel", "more", "told"),
    [
        ("chta", {}, "did you mean 'chat'"),
        ("chat", {"shares": (0.8, 1.0)}, r"shares must be in \(0, 1\)"),
        ("chat", {"shares": (0.8,)}, "2 to 50 different values"),
        ("chat", {"within_s": (60, -1)}, "within_s must be positive"),
        ("chat", {"within_s": (60, float("nan"))}, "within_s must be positive"),
        ("chat", {"replications": 1}, "replications must be at least 2"),
    ],
)
def test_bad_wishes_are_refused_by_name(morning, channel, more, told):
    with pytest.raises(InvalidValueError, match=told):
        curve(morning, channel, **more)


def test_a_channel_needs_a_target_and_somebody_who_serves_it(morning):
    text = MORNING.replace("target = { share = 0.8, within_s = 60 }\n", "")
    with pytest.raises(InvalidValueError, match=r"channels\.chat\.target must be given"):
        curve(Scenario.parse(text))
    team = morning.groups["team"]
    skills = {"posts": team.skills["posts"]}
    unserved = morning.model_copy(
        update={"groups": {"team": team.model_copy(update={"skills": skills})}}
    )
    with pytest.raises(InvalidValueError, match="served by some group"):
        curve(unserved)


def test_a_callback_channel_has_no_time_of_its_own_to_vary(morning):
    callback = {"kind": "callback", "handle_time": {"mean_s": 300}}
    callback["target"] = {"share": 0.8, "within_s": 3600}
    calls = morning.with_changes(
        {
            "channels.calls": callback,
            "demand.rates.calls": 2.0,
            "groups.team.skills.calls": {},
        }
    )
    with pytest.raises(InvalidValueError, match="its window_s"):
        curve(calls, "calls", within_s=(60, 120))


def test_the_curve_can_be_stopped(morning):
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(RunCancelledError):
        curve(morning, cancel=cancel)
