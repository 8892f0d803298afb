"""Posts that multiply without end are told, and do not take the server with them."""

import math

import pytest

from forecast import demand_for
from scenario import PlanningError, Scenario
from views import runaway
from views.rehearsal import rehearse
from views.turns import Turns

DROWNING = """
name = "Drowning"
replications = 4
[horizon]
start = 2026-04-13
length = "7d"
interval_minutes = 60
[demand.rates]
x = 20.0
[channels.x]
kind = "deferred"
handle_time.mean_s = 240
target = { share = 0.8, within_s = 900 }
repost = { share = 0.3, after_s = 3600 }
spread = { ratio = 0.6, delay = { mean_s = 3600 } }
[groups.team]
agents = 1
skills.x = {}
"""


@pytest.fixture(scope="module")
def drowning():
    return Scenario.parse(DROWNING)


def rehearsed(scenario):
    return rehearse(
        scenario,
        demand_for(scenario),
        turns=Turns(1),
        publish=lambda _: None,
        count=lambda *_: None,
        cancelled=lambda: False,
    )


def test_what_multiplies_without_end_is_told_in_place_of_results(drowning, monkeypatch):
    monkeypatch.setattr(runaway, "AT_LEAST_S", 0.5)
    with pytest.raises(PlanningError, match="Posts on X multiply faster"):
        rehearsed(drowning)


def test_only_posts_that_are_written_again_and_draw_others_are_given_a_limit(drowning):
    assert runaway.longest_s(drowning, 1000.0) < math.inf
    for without in ("repost", "spread"):
        tame = drowning.with_changes({f"channels.x.{without}": None})
        assert runaway.longest_s(tame, 1000.0) == math.inf


def test_enough_staff_ends_it(drowning):
    enough = drowning.with_changes({"groups.team.agents": 6})
    assert rehearsed(enough).latest.replications >= 4
