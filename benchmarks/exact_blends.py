"""Live work blended with work that can wait: backlogs, posts and callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.exact_cases import (
    Case,
    Document,
    Entry,
    entries,
    exponential,
    live,
    steady,
    target,
    team,
)
from benchmarks.exact_checks import (
    answered_within,
    busy_with,
    in_hand_beside,
    number,
    occupancy,
    queue,
    ratio,
    real_time_wait,
    seconds,
    share,
)

# Inverse second eigenvalues of the chains, min, rounded up: how fast they forget their start.
ENDLESS_RELAXATION_MIN = 1.1
DEFERRED_RELAXATION_MIN = (44.0, 18.0, 13.0)
CALLBACK_RELAXATION_MIN = (14.0, 16.0)
CHAT_AND_POSTS_RELAXATION_MIN = (20.0, 550.0)
TO_FINISH_H = 6  # deferred work offered last is done by then


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for model in ("blend_infinite_backlog_equal_rates", "blend_infinite_backlog_unequal_rates"):
        for entry in entries(model):
            yield _endless_backlog(entry)
    for entry in entries("blend_deferrable_poisson"):
        yield _deferred(entry)
    for entry in entries("blended_chat_plus_social"):
        yield _chats_and_posts(entry)
    for entry in entries("callback_option"):
        yield _callbacks(entry)


def _posts(mean_min: float, **keys: object) -> Document:
    return {"kind": "deferred", "priority": 1, "handle_time": exponential(mean_min)} | keys


def _kept_free(agents: int) -> Document:
    return {"keep_free": agents, "keep_free_unit": "agents"}


def _endless_backlog(entry: Entry) -> Case:
    """Calls, and a backlog that never runs out for whoever is free beyond a reserve."""
    given, values = entry.given, entry.values
    agents, kept = given["c"], given["c"] - given["threshold"]
    live_rate = given.get("mu1", given.get("mu"))
    backlog_rate = given.get("mu2", live_rate)
    theta = given.get("theta")
    answered = values.get("p_answered_within") or {
        time: 1 - longer for time, longer in values["p_wait_gt"].items()
    }
    within, *further = answered
    chat = live(
        1 / live_rate,
        1 / theta if theta else None,
        target=target(float(within)),
        thresholds_s=[60 * float(time) for time in further],
    )
    document = steady(
        f"{agents} agents, {given['lam']:g} calls a minute of {1 / live_rate:g} min; an endless"
        f" backlog of {1 / backlog_rate:g} min each keeps {kept} agents free",
        {"chat": given["lam"], "posts": 0.0},
        {"chat": chat, "posts": _posts(1 / backlog_rate, initial_backlog="endless")},
        team(agents, chat={}, posts=_kept_free(kept)),
        relaxation_min=ENDLESS_RELAXATION_MIN,
    )
    checks = [
        *answered_within(answered),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        seconds("mean wait of all", ratio("wait_mean_s"), values["ew"]),
        number("mean queue", queue(), values["lq"]),
        number("backlog in hand", busy_with("posts"), values["bg_throughput"] / backlog_rate),
        share("occupancy", occupancy(), values["utilisation"]),
    ]
    if theta:
        checks.append(share("abandonment", ratio("abandonment"), values["p_ab"]))
    return entry.case(document, checks)


def _deferred(entry: Entry) -> Case:
    """Calls first; deferred work starts only while enough other agents stay free."""
    given, values = entry.given, entry.values
    agents, kept = given["c"], given["c"] - given["threshold"]
    rates = {"chat": given["lam1"], "posts": given["lam2"]}
    document = steady(
        f"{agents} agents; live {rates['chat']:.4g} and deferred {rates['posts']:.4g} a minute;"
        f" deferred work keeps {kept} agents free",
        rates,
        {
            "chat": live(1 / given["mu1"], 1 / given["theta1"]),
            "posts": _posts(1 / given["mu2"]),
        },
        team(agents, chat={}, posts=_kept_free(kept)),
        relaxation_min=DEFERRED_RELAXATION_MIN[entry.number - 1],
        cool_down_h=TO_FINISH_H,
    )
    checks = (
        share("live: share that waits", ratio("delayed_share"), values["p_wait1"]),
        share("live: abandonment", ratio("abandonment"), values["p_ab1"]),
        seconds("live: mean wait of all", ratio("wait_mean_s"), values["ew1"]),
        number("live: mean queue", queue(), values["lq1"]),
        share(
            "deferred: share that waits",
            ratio("delayed_share", "posts"),
            1 - values["p_class2_starts_immediately"],
        ),
        seconds("deferred: mean wait", ratio("asa_s", "posts"), values["ew2"]),
        number("deferred: mean queue", queue("posts"), values["lq2"]),
        number("deferred: in hand", busy_with("posts"), values["in_service2"]),
        share("occupancy", occupancy(), values["utilisation"]),
    )
    return entry.case(document, checks)


def _chats_and_posts(entry: Entry) -> Case:
    """Agents hold several chats, or one post."""
    given, values = entry.given, entry.values
    rates, most = given["total_rate_by_level"], given["max_chats"]
    slowdown = [n * rates[1] / rates[n] for n in range(1, most + 1)]
    kept = given["reserve_idle"]
    document = steady(
        f"{given['agents']} agents with up to {most} chats or one post; {given['lam_chat']:g} chats"
        f" and {given['lam_social']:g} posts a minute; posts keep {kept} agents free",
        {"chat": given["lam_chat"], "posts": given["lam_social"]},
        {
            "chat": live(1 / rates[1], 1 / given["theta_chat"]),
            "posts": _posts(1 / given["mu_social"]),
        },
        team(
            given["agents"],
            chat={"max_concurrent": most, "slowdown": slowdown},
            posts=_kept_free(kept),
        ),
        relaxation_min=CHAT_AND_POSTS_RELAXATION_MIN[entry.number - 1],
        # The longer of the queues of posts empties in hours, not minutes.
        cool_down_h=4 * TO_FINISH_H,
    )
    checks = (
        share("chat: share that waits", ratio("delayed_share"), values["p_wait_chat"]),
        share("chat: abandonment", ratio("abandonment"), values["p_ab_chat"]),
        seconds("chat: mean wait of all", ratio("wait_mean_s"), values["ew_chat"]),
        number("chat: mean queue", queue(), values["lq_chat"]),
        number("chats in hand", in_hand_beside("posts"), values["mean_chats"]),
        number("agents with chats", busy_with("chat"), values["agents_on_chat"]),
        number("agents with posts", busy_with("posts"), values["agents_on_msg"]),
        seconds("posts: mean wait", ratio("asa_s", "posts"), values["ew_social"]),
        number("posts: mean queue", queue("posts"), values["lq_social"]),
        share("occupancy", occupancy(), values["utilisation"]),
    )
    return entry.case(document, checks)


def _callbacks(entry: Entry) -> Case:
    """A callback is offered when the queue is long; it is called when nobody waits."""
    given, values = entry.given, entry.values
    agents, rate = given["c"], given["lam"]
    kept = agents - given["callback_threshold"]
    offer = {
        "channel": "callback",
        "when_queue_at_least": given["offer_if_queue_ge"],
        "accept": given["accept_prob"],
    }
    callback = {
        "kind": "callback",
        "priority": 1,
        "handle_time": exponential(1 / given["mu"]),
        "callback": {"reach_probability": 1.0, "window_s": 86_400.0},
    }
    document = steady(
        f"{agents} agents, {rate:.4g} a minute, offered from {given['offer_if_queue_ge']} waiting,"
        f" {100 * given['accept_prob']:.0f} % accept, calls keep {kept} agents free",
        {"chat": rate},
        {
            "chat": live(1 / given["mu"], 1 / given["theta"], offer_callback=offer),
            "callback": callback,
        },
        team(agents, chat={}, callback=_kept_free(kept)),
        relaxation_min=CALLBACK_RELAXATION_MIN[entry.number - 1],
        cool_down_h=TO_FINISH_H,
    )
    checks = (
        share("share that takes a callback", ratio("converted_share"), values["frac_callback"]),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        share("abandonment", ratio("abandonment"), values["p_ab_of_all"]),
        seconds("mean wait of those who stay", real_time_wait, values["ew_realtime"]),
        number("mean queue", queue(), values["lq1"]),
        seconds("mean wait for the callback", ratio("asa_s", "callback"), values["ew_callback"]),
        number("callbacks waiting", queue("callback"), values["lq2"]),
        share("occupancy", occupancy(), values["utilisation"]),
    )
    return entry.case(document, checks)
