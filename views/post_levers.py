"""Levers of posts in public: written again, drawing others, taken to a private channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario.journeys import Handoff, Repost, Spread
from scenario.model import Scenario
from views.lever import (
    A_MINUTE,
    AN_HOUR,
    POSTS,
    Changes,
    Lever,
    Value,
    Values,
    delay_of,
    in_hours,
    put_table,
)
from views.words import heading

UNTIL_ANSWERED, ALL_THE_SAME = "until answered", "always"


def writes_again(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers who are not answered and write again."""
    declared = scenario.channels[channel]
    if declared.kind != "deferred":
        return
    start = declared.repost
    share, every, where = (f"repost{part}-{channel}" for part in ("", "-every", "-on"))
    places = {
        heading(name): name
        for name, other in scenario.channels.items()
        if other.kind != "callback" or (start is not None and start.channel == name)
    }
    now: dict[str, Value] = {
        share: round(100 * start.share) if start else 0,
        every: round((start or Repost(share=1.0)).after_s / A_MINUTE),
        where: heading(start.channel or channel) if start else heading(channel),
    }

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {}
        if values[share] != now[share]:
            own["share"] = float(values[share]) / 100
        there = own.get("share", start.share if start else 0.0) > 0
        if values[every] != now[every]:
            own["after_s"] = float(values[every]) * A_MINUTE
        if values[where] != now[where]:
            own["channel"] = places[str(values[where])]
        return put_table(f"channels.{channel}.repost", start, own, there=there)

    yield Lever(
        share,
        POSTS,
        f"{heading(channel)} customers who write again while not answered, %",
        now[share],
        put,
        "Share of the customers still without an answer who write again each time; the first post"
        " keeps waiting, and both are work. 0: nobody. No figure holds everywhere: count in your"
        " own log posts of one customer before the first answer; 10-20 % is an assumption.",
        0,
        90,
        5,
    )
    yield Lever(
        every,
        POSTS,
        f"{heading(channel)}: they write again every, min",
        now[every],
        put,
        "Minutes between one post of a customer who is not answered and the next. Typical: an"
        " hour; about 40 % of customers expect an answer within it (trade surveys).",
        1,
        2880,
        15,
    )
    yield Lever(
        where,
        POSTS,
        f"{heading(channel)}: they write again on",
        now[where],
        put,
        "Where the next message comes in: on the same channel, or on another one, whose hours and"
        " rules it then meets. A late answer to a post easily becomes a chat.",
        options=tuple(places),
    )


def draws_others(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Posts that others see, and answer with posts of their own."""
    declared = scenario.channels[channel]
    if declared.kind != "deferred":
        return
    start = declared.spread or Spread(ratio=0.0)
    ratio, after, until = (f"spread{part}-{channel}" for part in ("", "-after", "-until"))

    now: dict[str, Value] = {
        ratio: start.ratio,
        after: in_hours(start.delay.mean_s),
        until: UNTIL_ANSWERED if start.until_answered else ALL_THE_SAME,
    }

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {}
        if values[ratio] != now[ratio]:
            own["ratio"] = float(values[ratio])
        there = own.get("ratio", start.ratio) > 0
        if values[after] != now[after]:
            own |= delay_of(start.delay, float(values[after]) * AN_HOUR)
        if values[until] != now[until]:
            own["until_answered"] = values[until] == UNTIL_ANSWERED
        return put_table(f"channels.{channel}.spread", declared.spread, own, there=there)

    yield Lever(
        ratio,
        POSTS,
        f"{heading(channel)} posts by others that a post draws",
        now[ratio],
        put,
        "Further posts, by people who have seen it, that one post draws by itself on the average;"
        " these draw others as well, so 0.5 doubles the volume and 0.8 makes five of one where"
        " nobody answers. 0: none. An ordinary week 0 to 0.3, a viral one 0.5 to 0.9 (assumption:"
        " fit it to a burst of your own); 42-53 % of social customers tell others (J.D. Power).",
        0.0,
        0.95,
        0.05,
    )
    yield Lever(
        after,
        POSTS,
        f"{heading(channel)}: they come after, h",
        now[after],
        put,
        "Mean time from a post to one that it draws, in hours; half of them come within 0.69 of"
        " it. Typical: 2 hours (assumption).",
        0.1,
        48.0,
        0.5,
    )
    yield Lever(
        until,
        POSTS,
        f"{heading(channel)}: a post draws others",
        now[until],
        put,
        "Until answered: from the moment an agent takes a post in hand it draws none any more, so"
        " quick answers head off volume. Always: an answer calms nobody, as after a wrong"
        " one.",
        options=(UNTIL_ANSWERED, ALL_THE_SAME),
    )


def taken_offline(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers who are taken to a private channel with the public reply."""
    declared = scenario.channels[channel]
    start = declared.handoff
    places = {
        heading(name): name
        for name, other in scenario.channels.items()
        if name != channel and other.kind != "callback" and other.handoff is None
    }
    if declared.kind != "deferred" or not places:
        return
    live = [name for name in places.values() if scenario.channels[name].kind == "live"]
    there_now = start.channel if start else (live or list(places.values()))[0]
    closing = start.closing_handle_time if start else None
    delay = start.delay if start else Handoff(share=1.0, channel=there_now).delay
    share, to, after, close = (
        f"offline{part}-{channel}" for part in ("", "-to", "-after", "-close")
    )
    now: dict[str, Value] = {
        share: round(100 * start.share) if start else 0,
        to: heading(there_now),
        after: round(delay.mean_s / A_MINUTE),
        close: round(closing.mean_s) if closing else 0,
    }

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {}
        if values[share] != now[share]:
            own["share"] = float(values[share]) / 100
        there = own.get("share", start.share if start else 0.0) > 0
        if start is None or values[to] != now[to]:
            own["channel"] = places[str(values[to])]
        if values[after] != now[after]:
            own |= delay_of(delay, float(values[after]) * A_MINUTE)
        seconds = float(values[close])
        if values[close] != now[close]:
            kept = closing.model_dump(exclude_unset=True) if closing else {}
            own["closing_handle_time"] = kept | {"mean_s": seconds} if seconds else None
        return put_table(f"channels.{channel}.handoff", start, own, there=there)

    who = heading(channel)
    yield Lever(
        share,
        POSTS,
        f"{who} customers taken to a private channel, %",
        now[share],
        put,
        "Share of the customers whom the public reply asks to go on in private: a contact of its"
        " own there. 0: everything stays in public. Typical: whatever needs an account number, a"
        " fifth to a half (assumption).",
        0,
        100,
        5,
    )
    yield Lever(
        to,
        POSTS,
        f"{who}: taken to",
        now[to],
        put,
        "The private channel on which the matter goes on; its hours, staff and promise hold.",
        options=tuple(places),
    )
    yield Lever(
        after,
        POSTS,
        f"{who}: they come there after, min",
        now[after],
        put,
        "Mean time from the public reply until they write there, in minutes. Typical: 10 minutes"
        " (assumption; your own log knows).",
        1,
        1440,
        5,
    )
    yield Lever(
        close,
        POSTS,
        f"{who}: closing reply in public, s",
        now[close],
        put,
        "Agent time of the reply that tells the public that it is solved, in seconds; 0: none is"
        " posted. It is work that no customer waits for. Typical: a minute (assumption).",
        0,
        600,
        15,
    )


IN_PUBLIC = (writes_again, draws_others, taken_offline)
