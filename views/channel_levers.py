"""The levers that every channel has: volume, work, patience, backlog, callbacks."""

from __future__ import annotations

from collections.abc import Iterator

from scenario.groups import Skill
from scenario.model import Scenario
from views.lever import (
    CALLBACKS,
    DEMAND,
    OFF,
    STARRED,
    WORK,
    Changes,
    Lever,
    Values,
    groups_of,
    put_at,
)
from views.words import heading

SLOWDOWN = (1.0, 1.25, 1.6, 2.0)  # the scenario's own cautious default
OFFER_STEPS_S = (30, 60, 90, 120, 180, 240, 300, 450, 600)


def volume(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Contacts against the forecast."""
    base = scenario.demand.scale.get(channel, 1.0)
    key = f"volume-{channel}"
    yield Lever(
        key,
        STARRED,
        f"{heading(channel)} volume, %",
        0,
        put_at(f"demand.scale.{channel}", key, lambda percent: base * (1 + percent / 100)),
        "Scales the forecast and keeps its shape. A campaign adds 20-40 %; the sample's own"
        " launch made chat × 1.6 and X × 1.8.",
        -50,
        200,
        5,
    )


def at_once(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Contacts that an agent may hold."""
    skills = _skills(scenario, channel)
    now = max(skill.max_concurrent for skill in skills.values())
    if scenario.channels[channel].kind != "live" or now < 2:
        return
    key = f"at-once-{channel}"

    def put(values: Values) -> Changes:
        cap = int(values[key])
        changes: Changes = {}
        for group, skill in skills.items():
            place = f"groups.{group}.skills.{channel}"
            known = max(cap, len(skill.slowdown))
            changes[f"{place}.max_concurrent"] = cap
            changes[f"{place}.slowdown"] = list(_to_four(skill.slowdown)[:known])
        return changes

    yield Lever(
        key,
        STARRED,
        f"{heading(channel)} contacts at once",
        now,
        put,
        "Most contacts of this channel that one agent may hold. Typical: 2, at most 3 (Palm Coast"
        " Data: two at a time; 2-3 common in trade surveys).",
        1,
        4,
        1,
    )


def slowdown(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """How much longer a contact takes beside others."""
    skills = _skills(scenario, channel)
    if max(skill.max_concurrent for skill in skills.values()) < 2:
        return
    now = _to_four(next(iter(skills.values())).slowdown)
    keys = [f"slowdown-{channel}-{count}" for count in (2, 3, 4)]

    def put(values: Values) -> Changes:
        slower = [1.0]
        for key in keys:
            slower.append(max(float(values[key]), slower[-1]))
        return {f"groups.{group}.skills.{channel}.slowdown": slower for group in skills}

    for count, key in zip((2, 3, 4), keys, strict=True):
        yield Lever(
            key,
            WORK,
            f"{heading(channel)} slowdown at {count}, ×",
            now[count - 1],
            put,
            f"Each takes so many times longer while the agent holds {count}; without effect where"
            " fewer are allowed at once. Cautious default"
            f" {SLOWDOWN[count - 1]:g}; +18 % reply delay an extra chat in Goes et al.; best fitted"
            " from your own logs.",
            1.0,
            3.0,
            0.05,
        )


def handle_time(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Agent time against the forecast's."""
    declared = scenario.channels[channel]
    base, key = declared.handle_time_on_floor.scale, f"handle-{channel}"
    of_the_rest = declared.handle_time_on_floor is not declared.handle_time
    place = f"channels.{channel}.{'deflection.' if of_the_rest else ''}handle_time.scale"
    yield Lever(
        key,
        WORK,
        f"{heading(channel)} handle time, %",
        0,
        put_at(place, key, lambda percent: base * (1 + percent / 100)),
        "Agent time of one contact handled alone, against the forecast's. Typical: chat 8 minutes"
        " (Comm100 2019), social posts 4-5 minutes (LiveAgent).",
        -30,
        50,
        5,
    )


def patience(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """How long live customers wait."""
    declared = scenario.channels[channel].patience
    if declared.distribution in ("none", "empirical", "survival"):
        return
    key = f"patience-{channel}"
    yield Lever(
        key,
        WORK,
        f"{heading(channel)} patience, s",
        round(declared.mean_s),
        put_at(f"channels.{channel}.patience.mean_s", key),
        "Mean seconds that a customer would wait before leaving, whether answered or not."
        " Typical: chat 240 s, voice 300 s (bank call log of 1999).",
        30,
        900,
        10,
    )


def backlog(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Work that waits when the period begins."""
    declared = scenario.channels[channel]
    if declared.kind != "deferred" or isinstance(declared.initial_backlog, str):
        return
    ages = declared.initial_backlog
    number, oldest = f"backlog-{channel}", f"backlog-{channel}-oldest"

    def put(values: Values) -> Changes:
        count, limit = int(values[number]), 3600 * float(values[oldest])
        spread = [limit * (place + 1) / count for place in range(count)]
        return {f"channels.{channel}.initial_backlog": spread}

    yield Lever(
        number,
        DEMAND,
        f"{heading(channel)} opening backlog, contacts",
        len(ages),
        put,
        "Unanswered contacts when the period begins; once moved, their ages are spread evenly up"
        " to the oldest. The sample has the posts of Sunday evening.",
        0,
        5000,
        10,
    )
    yield Lever(
        oldest,
        DEMAND,
        f"{heading(channel)} backlog, oldest, h",
        round(max(ages, default=0.0) / 3600, 1),
        put,
        "Age of the oldest contact in the opening backlog, in hours.",
        0.0,
        72.0,
        0.5,
    )


def callback_offer(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """When a live customer is offered a callback, and how many accept."""
    offer = scenario.channels[channel].offer_callback
    if offer is None or offer.when_expected_wait_over_s is None:
        return
    place = f"channels.{channel}.offer_callback"
    when, accept = f"offer-{channel}", f"accept-{channel}"
    now = f"{offer.when_expected_wait_over_s:g} s"

    def put_when(values: Values) -> Changes:
        if values[when] == OFF:
            return {place: None}
        return {f"{place}.when_expected_wait_over_s": float(str(values[when]).removesuffix(" s"))}

    def put_accept(values: Values) -> Changes:
        # Nobody can accept what is not offered.
        return {} if values[when] == OFF else {f"{place}.accept": float(values[accept]) / 100}

    yield Lever(
        when,
        CALLBACKS,
        f"{heading(channel)}: offer a callback when the wait exceeds",
        now,
        put_when,
        "Expected wait at arrival; off: callbacks are never offered. Typical: 120 s.",
        options=tuple(dict.fromkeys([now, OFF, *(f"{step} s" for step in OFFER_STEPS_S)])),
    )
    yield Lever(
        accept,
        CALLBACKS,
        f"{heading(channel)} customers who accept, %",
        round(100 * offer.accept),
        put_accept,
        "Share of those offered a callback who take it. Typical: 25 % (trade practice).",
        0,
        80,
        5,
    )


def callback_terms(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """How callbacks are made."""
    declared = scenario.channels[channel]
    if declared.callback is None:
        return
    reached, window = f"reached-{channel}", f"window-{channel}"

    def put_window(values: Values) -> Changes:
        seconds = 60 * float(values[window])
        changes: Changes = {f"channels.{channel}.callback.window_s": seconds}
        if declared.target is not None:
            changes[f"channels.{channel}.target.within_s"] = seconds
        return changes

    yield Lever(
        reached,
        CALLBACKS,
        f"{heading(channel)} calls that reach the customer, %",
        round(100 * declared.callback.reach_probability),
        put_at(f"channels.{channel}.callback.reach_probability", reached, lambda n: n / 100),
        "Share of the calls that reach the customer. Typical: 70 % (trade practice).",
        30,
        100,
        5,
    )
    yield Lever(
        window,
        CALLBACKS,
        f"{heading(channel)} window, min",
        round(declared.callback.window_s / 60),
        put_window,
        "Time within which the call is promised. Typical: 60 minutes (trade practice).",
        15,
        480,
        15,
    )


BY_CHANNEL = (
    volume,
    at_once,
    slowdown,
    handle_time,
    patience,
    backlog,
    callback_offer,
    callback_terms,
)


def _skills(scenario: Scenario, channel: str) -> dict[str, Skill]:
    return {group: scenario.groups[group].skills[channel] for group in groups_of(scenario, channel)}


def _to_four(slower: tuple[float, ...]) -> tuple[float, ...]:
    """Slowdown at one to four contacts: cautious defaults after what is declared, never falling."""
    longer = list(slower[:4])
    for default in SLOWDOWN[len(longer) :]:
        longer.append(max(default, longer[-1]))
    return tuple(longer)
