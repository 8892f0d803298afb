"""The first guess: promises, opening hours and limits, before anything is simulated."""

import numpy as np
import pytest

from scenario import Scenario
from scenario.assumptions import expected_demand
from scenario.channels import Patience
from small_scenarios import demand_of
from staffing.guess import first_guess, whole_agents
from staffing.limits import limits_of, serving
from staffing.live_need import mean_patience_s

BLENDED = """
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 30
[demand.rates]
chat = 12.0
posts = 6.0
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 480 }
patience = { mean_s = 240 }
target = { share = 0.8, within_s = 60 }
[channels.posts]
kind = "deferred"
priority = 2
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 240, cv = 1.0 }
target = { share = 0.8, within_s = 3600 }
target_closed = { share = 0.8, within_s = 7200 }
[groups.team.skills]
chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
posts = {}
"""


def guessed(scenario):
    return first_guess(scenario, expected_demand(scenario, demand_of(scenario)))


@pytest.fixture
def blended():
    return Scenario.parse(BLENDED)


def test_nobody_is_needed_while_all_is_closed(blended):
    required = guessed(blended).required[:, 0]
    assert required[:16].sum() == 0
    assert required[40:].sum() == 0
    assert required[16:40].min() >= 1


def test_blending_never_needs_more_than_teams_apart(blended):
    guess = guessed(blended)
    assert guess.required.sum() <= guess.apart.sum()
    assert guess.agents.sum() >= guess.work.sum() - 1e-6
    assert np.all(guess.required[:, 0] >= guess.agents[:, 0] - 1e-6)


def test_two_chats_at_once_need_fewer_agents_than_one(blended):
    single = blended.with_changes({"groups.team.skills.chat.max_concurrent": 1})
    assert guessed(blended).apart[:, 0].sum() < guessed(single).apart[:, 0].sum()
    assert guessed(single).work[20, 0] == pytest.approx(12 * 480 / 1800, rel=1e-3)


def test_erlang_c_is_shown_for_live_channels_alone(blended):
    erlang_c = guessed(blended).erlang_c
    assert np.isfinite(erlang_c[16:40, 0]).all()
    assert np.isnan(erlang_c[:, 1]).all()
    assert erlang_c[20:40, 0].min() >= guessed(blended).apart[20:40, 0].max()


def test_more_contacts_need_no_fewer_agents(blended):
    busier = blended.with_changes({"demand.scale": {"chat": 1.5}})
    assert guessed(busier).required.sum() >= guessed(blended).required.sum()


def test_no_volume_keeps_one_agent_where_a_live_channel_is_open(blended):
    silent = blended.with_changes({"demand.scale": {"chat": 0, "posts": 0}})
    required = guessed(silent).required[:, 0]
    assert required[16:40].tolist() == [1] * 24
    assert required.sum() == 24


def test_limits_of_a_group_are_kept(blended):
    bounded = blended.with_changes({"groups.team.max_agents": 3, "groups.team.min_agents": 2})
    required = guessed(bounded).required[:, 0]
    assert required.max() <= 3
    assert required[16:40].min() >= 2
    assert required[:16].max() == 0


def test_a_promise_that_no_number_of_agents_keeps_has_a_guess(blended):
    impossible = blended.with_changes({"channels.chat.target.share": 1.0})
    assert guessed(impossible).required.max() < 100


def test_fractions_of_groups_that_share_channels_are_rounded_together(blended):
    two = blended.with_changes({"groups.other": {"skills": {"posts": {}}, "min_agents": 0}})
    limits = limits_of(two)
    agents = np.where(limits.most > 0, 0.4, 0.0)
    whole = whole_agents(agents, serving(two), limits)
    assert whole[16:40].sum(axis=1).tolist() == [1] * 24


@pytest.mark.parametrize(
    ("patience", "mean"),
    [
        (Patience(distribution="none"), np.inf),
        (Patience(mean_s=240), 240),
        (Patience(distribution="empirical", values_s=(10, 30)), 20),
        # Half give up evenly over 100 s, so 75 s are waited for half a departure.
        (Patience(distribution="survival", survival=((0, 1), (100, 0.5))), 150),
        (Patience(distribution="survival", survival=((0, 1), (100, 1.0))), np.inf),
    ],
)
def test_patience_of_any_shape_has_an_exponential_stand_in(patience, mean):
    assert mean_patience_s(patience) == pytest.approx(mean)


def test_absence_and_novices_are_made_up_for(blended):
    """The work of the absent and the slow is done by others; waiting does not grow with it."""
    changes = {
        "now": {},
        "a fifth away": {"groups.team.absence": 0.2},
        "half novices": {"groups.team.novices": {"share": 0.5, "max_concurrent": 2}},
        "all novices": {"groups.team.novices": {"share": 1.0, "max_concurrent": 2}},
    }
    hours = {name: guessed(blended.with_changes(c)).required.sum() for name, c in changes.items()}
    assert 1.05 < hours["a fifth away"] / hours["now"] <= 1 / 0.8
    assert 1.1 < hours["all novices"] / hours["now"] <= 1.35
    assert hours["now"] < hours["half novices"] < hours["all novices"]
