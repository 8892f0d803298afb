"""A history counts every contact: first attempts are taken out once, and hold for every what-if."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import InvalidInputError, InvalidValueError, PlanningError, Scenario
from scenario.assumptions import base_demand
from simulate.calibration import FEWEST, _Mixing, _replications, calibrated
from simulate.run import simulate
from small_scenarios import demand_of

ALL = """
name = "A day that counts all"
seed = 7
[horizon]
start = 2026-04-13
length = "1d"
[demand]
counts = "all"
rates = { chat = 40.0, posts = 20.0 }
uncertainty = "none"
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
patience = { mean_s = 120 }
redial = { after_abandonment = 0.6, delay = { mean_s = 600 } }
repeat = { fcr = 0.8, channel = "posts", delay = { mean_s = 3600 } }
[channels.posts]
kind = "deferred"
priority = 1
handle_time = { mean_s = 200 }
repost = { share = 0.3, after_s = 1800, max_times = 2 }
spread = { ratio = 0.3, delay = { mean_s = 1800 } }
[groups.team]
agents = 11
[groups.team.skills]
chat = {}
posts = {}
"""
DAY = Scenario.parse(ALL)
QUIET = DAY.with_changes(
    {f"channels.{name}": None for name in ("chat.redial", "posts.repost", "posts.spread")}
    | {
        "channels.chat.repeat": None,
        "channels.chat.handle_time.mean_s": 60,
        "groups.team.agents": 30,
    }
)


def offered(scenario, replications=300, seed=99):
    """Contacts offered over those expected, by channel, on customers never met before."""
    demand = demand_of(scenario)
    totals = simulate(scenario, demand, replications=replications, seed=seed).totals
    wanted = demand.mean.sum(axis=0)
    return dict(zip(totals["channel"], totals["offered"] / wanted, strict=True))


def test_all_contacts_of_the_baseline_amount_to_the_history():
    """With redials, repeats on another channel, reposts and posts that spread: within 0.5 %."""
    found = calibrated(DAY, demand_of(DAY))
    shares = found.demand.first_share
    assert shares["posts"] < 0.65
    assert shares["chat"] < 0.97
    for ratio in offered(found).values():
        assert ratio == pytest.approx(1, abs=0.005)
    counted_twice = offered(DAY.with_changes({"demand.counts": "first"}), replications=20)
    assert counted_twice["posts"] > 1.3


def random_journeys(rng):
    """The day with a private channel, on which every journey happens more or less often."""
    some = rng.uniform
    wide = DAY.with_changes(
        {
            "demand.rates.private": some(4, 12),
            "channels.private": {"kind": "deferred", "handle_time": {"mean_s": 240}},
            "groups.team.skills.private": {},
            "groups.team.agents": 15,
        }
    )
    return wide.with_changes(
        {
            "channels.chat.redial.after_abandonment": some(0.2, 0.8),
            "channels.chat.repeat": {
                "fcr": some(0.7, 0.95),
                "channel": rng.choice(["chat", "posts"]).item(),
                "delay": {"mean_s": some(600, 7200)},
            },
            "channels.chat.deflection": {"share": some(0, 0.4)},
            "channels.posts.repost": {
                "share": some(0.1, 0.4),
                "after_s": some(900, 3600),
                "max_times": 1,
            },
            "channels.posts.spread.ratio": some(0.1, 0.5),
            "channels.posts.handoff": {"share": some(0.05, 0.15), "channel": "private"},
            "channels.private.repeat": {"fcr": some(0.7, 0.95), "delay": {"mean_s": 1800}},
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(5))
def test_any_journeys_are_calibrated_to_half_a_per_cent(number):
    """Customers never met before: all contacts for every first attempt, whose number is known."""
    scenario = random_journeys(np.random.default_rng(number))
    found = calibrated(scenario, demand_of(scenario), workers=2)
    totals = simulate(found, demand_of(scenario), replications=500, seed=99, workers=2).totals
    met = totals.set_index("channel").eval("offered / first_attempts")
    for channel, share in found.demand.first_share.items():
        deflection = found.channels[channel].deflection
        kept = 1 - deflection.share if deflection else 1
        assert met[channel] * share * kept == pytest.approx(1, abs=0.005), channel


def test_share_is_exact_where_it_can_be_worked_out():
    """A quarter comes back in a minute, and of these a quarter again: three quarters are first."""
    back = QUIET.with_changes({"channels.chat.repeat": {"fcr": 0.75, "delay": {"mean_s": 60}}})
    found = calibrated(back, demand_of(back)).demand.first_share
    assert found["chat"] == pytest.approx(0.75, rel=0.004)
    assert found["posts"] == pytest.approx(1, abs=1e-4)


def test_deflected_customers_come_on_top_of_those_that_the_history_counts():
    deflecting = QUIET.with_changes({"channels.chat.deflection": {"share": 0.2}})
    found = calibrated(deflecting, demand_of(deflecting))
    assert found.demand.first_share["chat"] == pytest.approx(1.25, rel=0.002)
    assert offered(found)["chat"] == pytest.approx(1, abs=0.005)


def test_without_journeys_all_contacts_are_first_attempts():
    found = calibrated(QUIET, demand_of(QUIET))
    assert found.demand.first_share == {"chat": 1.0, "posts": 1.0}
    plain = QUIET.with_changes({"demand.counts": "first"})
    assert offered(found, 3) == offered(plain, 3) == offered(QUIET, 3)


def test_channel_on_which_hardly_anybody_comes_keeps_its_volume():
    """A chat that never opens is offered nothing; one contact in a thousand days is a first one."""
    for changes in ({"channels.chat.open": {"mon": "closed"}}, {"demand.rates.chat": 1e-5}):
        rare = DAY.with_changes(changes)
        shares = calibrated(rare, demand_of(rare), replications=4).demand.first_share
        # Nor do posts multiply where eleven agents have nothing else to do.
        assert shares == pytest.approx({"chat": 1, "posts": 1}, abs=0.01)


def test_known_shares_and_first_attempts_are_left_as_they_are():
    for changes in ({"demand.counts": "first"}, {"demand.first_share": {"chat": 0.8}}):
        scenario = DAY.with_changes(changes)
        assert calibrated(scenario, demand_of(scenario)) is scenario


def test_what_ifs_meet_the_same_first_attempts():
    """Frozen once, the share holds under every lever: better answers, fewer contacts."""
    frozen = calibrated(DAY, demand_of(DAY), replications=20)
    better = frozen.with_changes({"channels.chat.repeat.fcr": 0.95, "groups.team.agents": 14})
    before, after = (simulate(one, demand_of(DAY), replications=10) for one in (frozen, better))
    # Live customers who give up at once and those who wait are the same people.
    for channel in ("chat", "posts"):
        first = [one.data.tallies(channel, "horizon")["first_attempts"] for one in (before, after)]
        np.testing.assert_array_equal(*first)
    assert (after.totals["offered"] < before.totals["offered"]).all()


def test_bursts_and_people_called_in_are_no_part_of_a_history():
    demand = demand_of(DAY)
    burst = {"channel": "posts", "start": "2026-04-13T10:00:00", "peak": 9, "half_life_h": 2}
    called = [{"group": "team", "agents": 9, "at": "2026-04-13T10:00:00"}]
    stricken = DAY.with_changes({"bursts.viral": burst, "called_in": called})
    shares = [calibrated(one, demand, replications=4).demand.first_share for one in (DAY, stricken)]
    assert shares[0] == shares[1]
    quiet = QUIET.with_changes({"bursts.viral": burst, "called_in": called})
    found = calibrated(quiet, demand)
    assert (found.bursts, found.called_in) == (quiet.bursts, quiet.called_in)


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.01, 3), scale=st.floats(0, 3))
def test_share_and_scale_multiply_the_volume_once(share, scale):
    changed = DAY.with_changes(
        {"demand.first_share": {"chat": share, "posts": 1}, "demand.scale": {"chat": scale}}
    )
    base = base_demand(changed, demand_of(DAY)).mean
    np.testing.assert_allclose(base[:, 0], 40.0 * share * scale)
    np.testing.assert_allclose(base[:, 1], 20.0)
    first = changed.with_changes({"demand.counts": "first"})
    told = base_demand(first, demand_of(DAY))
    np.testing.assert_allclose(told.mean[:, 0], 40.0 * scale)
    assert [one for one in told.warnings if "demand.first_share is left out" in one]


def test_nothing_is_simulated_before_first_attempts_are_known():
    with pytest.raises(InvalidValueError, match=r"must be known .* got .nothing for chat, posts"):
        simulate(DAY, demand_of(DAY))
    some = DAY.with_changes({"demand.first_share": {"chat": 0.8}})
    with pytest.raises(InvalidValueError, match=r"every channel with .* got .nothing for posts"):
        simulate(some, demand_of(DAY))
    without = some.with_changes({"demand.scale": {"posts": 0.0}})
    assert base_demand(without, demand_of(DAY)).mean.sum() == pytest.approx(40 * 48 * 0.8)


def test_staffing_that_is_not_known_is_asked_for():
    unknown = DAY.with_changes({"groups.team.agents": None})
    with pytest.raises(InvalidValueError, match="current staffing is not known"):
        calibrated(unknown, demand_of(DAY))
    shares = calibrated(unknown, demand_of(DAY), DAY.staff(), replications=4).demand.first_share
    assert shares == calibrated(DAY, demand_of(DAY), replications=4).demand.first_share


def test_more_who_come_back_than_come_at_all_are_refused():
    """Chats send two hundred customers to a channel on which ten are expected."""
    sent = DAY.with_changes({"demand.rates": {"chat": 40.0, "posts": 0.2}})
    with pytest.raises(PlanningError, match="all of them are more than its demand"):
        calibrated(sent, demand_of(sent), replications=2)


def test_floor_on_the_verge_of_drowning_is_told():
    """With six agents posts multiply in some runs and not in others, at nearly the same share."""
    verge = DAY.with_changes(
        {
            "groups.team.agents": 6,
            "channels.posts.spread.ratio": 0.9,
            "channels.posts.repost.share": 0.04,
        }
    )
    with pytest.raises(PlanningError, match="far more customers come back in some runs"):
        calibrated(verge, demand_of(verge), replications=20)


def test_shares_must_be_of_known_channels_and_positive():
    for shares, rule in (({"chta": 0.8}, "did you mean 'chat'"), ({"chat": 0}, "above 0")):
        with pytest.raises(InvalidInputError, match=rule):
            DAY.with_changes({"demand.first_share": shares})


def test_mixing_finds_a_fixed_point_in_a_few_steps():
    """x = cos x, which plain iteration takes 30 steps to find to five digits."""
    mixing, point = _Mixing(), np.array([0.3, 1.2])
    for _ in range(6):
        point = mixing.next(point, np.cos(point) - point)
    np.testing.assert_allclose(point, 0.7390851, atol=1e-5)


def test_nobody_at_all_is_calibrated_too():
    """Closed for good, or no channel with a volume yet: there is nothing to tell apart."""
    nobody = DAY.with_changes({"demand.rates": {"chat": 0.0, "posts": 0.0}})
    found = calibrated(nobody, demand_of(nobody))
    assert found.demand.first_share == {"chat": 1.0, "posts": 1.0}
    totals = simulate(found, demand_of(found), replications=2).totals
    assert not totals["offered"].any()


def test_channels_of_which_each_is_small_are_worth_their_replications():
    """Of forty equal channels each has 2.5 %; beside a large one they would be a trifle."""
    assert _replications(np.full(40, 400.0)) == 200
    assert _replications(np.array([8_000.0, 100.0])) == FEWEST
