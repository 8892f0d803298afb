"""Contacts that beget others, counted on before anything is simulated, and plans for them."""

import numpy as np
import pytest

import staffing
from benchmarks import social_history
from scenario import Scenario, Staff
from scenario.assumptions import expected_demand, handle_time_s
from scenario.channels import Channel
from scenario.durations import Delay
from simulate import simulate
from small_scenarios import demand_of
from staffing.guess import first_guess
from staffing.kept_wait import queue_wait, wait_of
from staffing.limits import limits_of
from staffing.returns import delay_points, with_returns

DAY = """
seed = 5
replications = 24
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 30
[demand]
rates = { chat = 20.0, posts = 20.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 240, distribution = "exponential" }
patience = { mean_s = 120 }
target = { share = 0.8, within_s = 60, period = "interval" }
[channels.posts]
kind = "deferred"
handle_time = { mean_s = 240 }
target = { share = 0.8, within_s = 3600 }
[groups.chatters]
agents = 5
skills.chat = {}
[groups.writers]
agents = 4
skills.posts = {}
"""
JOURNEYS = {
    "channels.chat.redial": {"after_abandonment": 0.6, "delay": {"mean_s": 900}},
    "channels.chat.repeat": {"fcr": 0.75, "delay": {"mean_s": 3600}},
    "channels.posts.repeat": {"fcr": 0.8, "delay": {"mean_s": 3600}, "channel": "chat"},
    "channels.posts.repost": {"after_s": 1800, "share": 0.3},
    "channels.posts.spread": {"ratio": 0.5, "delay": {"mean_s": 3600}},
}


def day(**channels):
    """The day with further keys of some channels, e.g. `chat_repeat={"fcr": 0.7}`."""
    return Scenario.parse(DAY).with_changes(
        {f"channels.{key.replace('_', '.')}": value for key, value in channels.items()}
    )


def expected_in_all(scenario):
    expected = expected_demand(scenario, demand_of(scenario))
    handle, open_now = handle_time_s(scenario, expected), limits_of(scenario).open_now
    return expected.mean, with_returns(scenario, expected, handle, open_now).contacts


def test_without_journeys_nobody_comes_twice():
    first, together = expected_in_all(day())
    assert together.tolist() == first.tolist()


def test_matters_that_are_not_settled_come_back_a_geometric_number_of_times():
    """Delays of a minute and patience without end: 1 / fcr contacts a matter."""
    again = {"fcr": 0.8, "delay": {"mean_s": 60}}
    first, together = expected_in_all(
        day(chat_repeat=again, chat_patience={"distribution": "none"})
    )
    assert together[:, 0].sum() == pytest.approx(first[:, 0].sum() / 0.8, rel=0.01)
    assert together[:, 1].tolist() == first[:, 1].tolist()


def test_posts_that_nobody_stops_are_a_hawkes_process():
    """
    The stationary rate is 1 / (1 - ratio) times that of the posts by themselves.

    Hawkes (1971), Spectra of some self-exciting and mutually exciting point processes,
    Biometrika 58, 83-90.
    """
    spread = {"ratio": 0.6, "delay": {"mean_s": 900}, "until_answered": False}
    first, together = expected_in_all(day(posts_spread=spread))
    assert together[-1, 1] == pytest.approx(first[-1, 1] / 0.4, rel=0.005)


def test_posts_answered_sooner_beget_fewer():
    """With exponential waits and delays, ratio x wait / (wait + delay) of them come."""
    spread = {"ratio": 0.6, "delay": {"mean_s": 3600}}
    kept = []
    for within_s in (900, 1200, 86_400):
        scenario = day(posts_spread=spread, posts_target={"share": 0.8, "within_s": within_s})
        first, together = expected_in_all(scenario)
        kept.append(together[-1, 1] / first[-1, 1])
    wait_s = wait_of(day().channels["posts"], 240, 0.0).mean_s * 660 / 3360
    assert kept[0] == pytest.approx(1 / (1 - 0.6 * wait_s / (wait_s + 3600)), rel=0.01)
    assert kept == sorted(kept)
    # However late a promise, whole agents answer most posts before these are seen.
    assert kept[2] < 1.1


def test_a_wait_keeps_the_promise_and_no_more():
    channel = day().channels["posts"]
    assert wait_of(channel, 240, 0.0).beyond(np.array([3360.0])) == pytest.approx([0.2])
    closed = wait_of(channel, 240, 7200.0)
    assert closed.beyond(np.array([0.0, 7200.0, 10_560.0])) == pytest.approx([1, 1, 0.2])


def test_closed_doors_and_nights_send_customers_back():
    hours = {"daily": "08:00-20:00"}
    back = {"after_closed": 0.5, "delay": {"mean_s": 1800}}
    first, together = expected_in_all(day(chat_redial=back, chat_open=hours))
    came = together[16:40, 0] - first[16:40, 0]
    assert came[0] > came[2] > came[6] > 0  # of the night's customers, soon after opening
    assert np.all(together[40:, 0] >= first[40:, 0])
    written = {"after_s": 3600, "share": 0.2}
    _, night = expected_in_all(day(posts_repost=written, posts_open=hours))
    _, always = expected_in_all(day(posts_repost=written))
    assert night[:, 1].sum() > 1.5 * always[:, 1].sum() - 0.5 * first[:, 1].sum()


def test_self_service_heads_off_what_posts_beget():
    spread = {"ratio": 0.6, "delay": {"mean_s": 900}, "until_answered": False}
    first, together = expected_in_all(day(posts_spread=spread, posts_deflection={"share": 0.5}))
    assert together[-1, 1] == pytest.approx(first[-1, 1] / (1 - 0.3), rel=0.005)


def test_customers_taken_offline_come_in_private_and_are_closed_in_public():
    """Half of the posts go on in chats; whoever is handed over does not come back besides."""
    scenario = day(
        posts_handoff={
            "share": 0.5,
            "channel": "chat",
            "delay": {"mean_s": 60},
            "closing_handle_time": {"mean_s": 30},
        },
        posts_repeat={"fcr": 0.8, "delay": {"mean_s": 60}},
    )
    expected = expected_demand(scenario, demand_of(scenario))
    handle, open_now = handle_time_s(scenario, expected), limits_of(scenario).open_now
    found = with_returns(scenario, expected, handle, open_now)
    assert found.contacts[-1, 1] == pytest.approx(20 / (1 - 0.5 * 0.2), rel=0.01)
    assert found.contacts[-1, 0] == pytest.approx(20 + 0.5 * found.contacts[-1, 1], rel=0.01)
    assert found.closing_s[-1] == pytest.approx([0, 30 * 0.5 * found.contacts[-1, 1]], rel=0.01)
    plain = first_guess(scenario, expected)
    longer = scenario.with_changes({"channels.posts.handoff.closing_handle_time.mean_s": 600.0})
    assert first_guess(longer, expected).required[:, 1].sum() > plain.required[:, 1].sum()


def test_contacts_that_multiply_for_long_are_cut_short():
    """Posts of a closed channel that are written again every minute and spread."""
    scenario = day(
        posts_open={"daily": "23:30-24:00"},
        posts_repost={"after_s": 60, "share": 0.5},
        posts_spread={"ratio": 0.39, "delay": {"mean_s": 600}},
    )
    first, together = expected_in_all(scenario)
    assert np.isfinite(together).all()
    assert 10 * first.sum() < together.sum() < 30 * first.sum()


@pytest.mark.parametrize(
    "delay",
    [
        Delay(mean_s=600),
        Delay(mean_s=600, distribution="lognormal", cv=0.8),
        Delay(mean_s=600, distribution="gamma", cv=1.5),
        Delay(mean_s=600, distribution="gamma", cv=0.0),
        Delay(mean_s=600, distribution="constant"),
    ],
)
def test_points_of_a_delay_have_its_mean_and_rise(delay):
    points = delay_points(delay)
    assert points.mean() == pytest.approx(600)
    assert np.all(np.diff(points) >= 0)
    spread = 0.0 if delay.distribution == "constant" else delay.cv
    assert points.std() / 600 == pytest.approx(spread, abs=0.2)


def test_the_guess_is_near_what_the_floor_meets():
    """Within a fifth; 4 of ten contacts are begotten by others."""
    scenario = Scenario.parse(DAY).with_changes(JOURNEYS)
    demand = demand_of(scenario)
    guess = first_guess(scenario, expected_demand(scenario, demand))
    agents = guess.required.copy()
    agents[:, 1] = 4  # the least number, the same all day, that keeps the promise to posts
    staff = Staff(scenario.period, tuple(scenario.groups), agents)
    totals = simulate(scenario, demand, staff, replications=60).totals
    assert (totals["service_level"] > 0.8).all()
    assert guess.contacts.sum(axis=0) == pytest.approx(totals["offered"].to_numpy(), rel=0.2)
    assert guess.contacts.sum() > 1.3 * demand.mean.sum()


def test_more_returns_never_ask_for_fewer_agents():
    scenario = Scenario.parse(DAY)
    hours = []
    for changes in ({}, {k: v for k, v in JOURNEYS.items() if "repeat" in k}, JOURNEYS):
        changed = scenario.with_changes(changes)
        guess = first_guess(changed, expected_demand(changed, demand_of(changed)))
        hours.append(guess.required.sum())
    assert hours == sorted(hours)
    assert hours[0] < hours[2]


def test_a_plan_tells_first_attempts_and_all():
    scenario = Scenario.parse(DAY).with_changes(
        {"horizon.length": "3h", "replications": 4, **JOURNEYS}
    )
    plan = staffing.plan(scenario, demand_of(scenario), replications=4)
    volume = plan.volume.set_index("channel")
    assert volume["expected"].tolist() == pytest.approx([120, 120])
    assert volume["first_attempts"].to_numpy() == pytest.approx([120, 120], rel=0.2)
    assert (volume["guessed"] > volume["expected"]).all()
    by_cause = ["first_attempts", "redials", "repeats", "reposts", "spread", "handoffs"]
    causes = volume[by_cause].sum(axis=1)
    assert causes.to_numpy() == pytest.approx(volume["offered"].to_numpy())
    told = plan.document()["volume"]
    assert [row["channel"] for row in told] == ["chat", "posts"]
    assert told[1]["spread"] > 0


def test_whole_agents_answer_sooner_than_many_a_promise():
    """Half an agent beyond the work empties a queue in two handle times."""
    wait = queue_wait(4.5, 240)
    assert wait.whole_s == pytest.approx(0.9 * 480)
    assert wait.beyond(np.array([0.0, 480.0])) == pytest.approx([0.9, 0.9 / np.e])


def test_a_channel_without_a_promise_has_a_wait():
    nothing = Channel(kind="deferred", handle_time={"mean_s": 100})
    assert 0 < wait_of(nothing, 100, 0.0).mean_s < 86_400


def test_a_plan_is_made_with_every_journey_at_once():
    """Deflection, redials, repeats, reposts, spread and handoffs, in a channel that closes, too."""
    everything = Scenario.parse(social_history.SCENARIO).with_changes(
        {
            "demand.counts": "first",
            "replications": 4,
            "horizon.length": "6h",
            "channels.x.order": "reach",
            "channels.x.reach": {"mean": 1300},
            "channels.dm.open": {"daily": "01:00-24:00"},
            "channels.chat.redial.after_closed": 0.2,
        }
    )
    plan = staffing.plan(everything, demand_of(everything), replications=4)
    volume = plan.volume.set_index("channel")
    assert volume.loc["dm", "handoffs"] > 0
    assert volume.loc["x", "closing_replies"] > 0
    assert (volume["guessed"] > volume["first_attempts"]).all()
    assert plan.requirement["required"].sum() > 0
