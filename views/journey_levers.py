"""Levers of what contacts beget: customers who come back or write again, posts that draw others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scenario.channels import Channel
from scenario.durations import Delay
from scenario.journeys import Deflection, Redial, Repeat, Repost, Spread
from scenario.keys import Declared
from scenario.model import Scenario
from views.lever import POSTS, RETURNS, SELF_SERVICE, Changes, Lever, Values
from views.words import heading, name_of

A_MINUTE, AN_HOUR = 60, 3600
UNTIL_ANSWERED, ALL_THE_SAME = "until answered", "answered or not"


def unsolved(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers whose matter was not settled."""
    declared = scenario.channels[channel]
    if declared.kind == "callback" and declared.repeat is None:
        return
    start = declared.repeat or Repeat(fcr=1.0)
    share, after = f"unsolved-{channel}", f"unsolved-after-{channel}"

    def put(values: Values) -> Changes:
        come_back = float(values[share]) / 100
        return _put(
            f"channels.{channel}.repeat",
            declared.repeat,
            {"fcr": round(1 - come_back, 4)} | _delay(start.delay, float(values[after]) * AN_HOUR),
            there=come_back > 0,
        )

    yield Lever(
        share,
        RETURNS,
        f"{heading(channel)} customers who come back because it was not solved, %",
        round(100 * (1 - start.fcr)),
        put,
        "Share of the contacts served after which the customer comes back; of those who have come"
        " back the same share again. 0: nobody. First contact resolution is the rest. Typical:"
        " 30 % come back, a resolution of 70 % (trade surveys).",
        0,
        80,
        5,
    )
    yield Lever(
        after,
        RETURNS,
        f"{heading(channel)}: they come back after, h",
        _hours(start.delay.mean_s),
        put,
        "Mean time from the end of a contact that did not solve it until the customer is back, in"
        " hours. Typical: a day (assumption; your own contact log knows). Whoever would come back"
        " after the planned time is not seen.",
        0.1,
        168.0,
        1.0,
    )


def tries_again(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Live customers who were not served."""
    declared = scenario.channels[channel]
    if declared.kind != "live":
        return
    start = declared.redial or Redial(after_closed=1.0)  # one that nobody makes is refused
    given_up, full, closed = (
        (start.after_abandonment, start.after_blocking, start.after_closed)
        if declared.redial
        else (0.0, 0.0, 0.0)
    )
    up, met, after = f"redial-{channel}", f"redial-full-{channel}", f"redial-after-{channel}"

    def put(values: Values) -> Changes:
        shares = {
            "after_abandonment": float(values[up]) / 100,
            "after_blocking": float(values.get(met, 100 * full)) / 100,
        }
        changed = shares | _delay(start.delay, float(values[after]) * A_MINUTE)
        return _put(
            f"channels.{channel}.redial",
            declared.redial,
            changed,
            there=any(shares.values()) or closed > 0,
        )

    who = heading(channel)
    yield Lever(
        up,
        RETURNS,
        f"{who} customers who try again after giving up, %",
        round(100 * given_up),
        put,
        "Share of those who left before they were answered who try again, every time. 0: nobody."
        " No figure holds everywhere: count in your own log who is there again within the hour"
        " after an unanswered contact; half is a cautious assumption.",
        0,
        95,
        5,
    )
    if declared.max_queue is not None:
        yield Lever(
            met,
            RETURNS,
            f"{who} customers who try again when the queue was full, %",
            round(100 * full),
            put,
            "Share of those who were turned away because too many waited who try again, every"
            " time. 0: nobody. Usually more than of those who gave up (assumption).",
            0,
            95,
            5,
        )
    yield Lever(
        after,
        RETURNS,
        f"{who}: they try again after, min",
        round(start.delay.mean_s / A_MINUTE),
        put,
        "Mean time from giving up until the next attempt, in minutes. Typical: 20 minutes"
        " (assumption; your own log knows).",
        1,
        1440,
        5,
    )


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
    now = heading(start.channel or channel) if start else heading(channel)

    def put(values: Values) -> Changes:
        own = {
            "share": float(values[share]) / 100,
            "after_s": float(values[every]) * A_MINUTE,
            "channel": places[str(values[where])],
        }
        return _put(f"channels.{channel}.repost", start, own, there=own["share"] > 0)

    yield Lever(
        share,
        POSTS,
        f"{heading(channel)} customers who write again while not answered, %",
        round(100 * start.share) if start else 0,
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
        round((start or Repost(share=1.0)).after_s / A_MINUTE),
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
        now,
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

    def put(values: Values) -> Changes:
        own = {
            "ratio": float(values[ratio]),
            "until_answered": values[until] == UNTIL_ANSWERED,
        } | _delay(start.delay, float(values[after]) * AN_HOUR)
        return _put(f"channels.{channel}.spread", declared.spread, own, there=own["ratio"] > 0)

    yield Lever(
        ratio,
        POSTS,
        f"{heading(channel)} posts by others that a post draws",
        start.ratio,
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
        _hours(start.delay.mean_s),
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
        UNTIL_ANSWERED if start.until_answered else ALL_THE_SAME,
        put,
        "Until answered: from the moment an agent takes a post in hand it draws none any more, so"
        " quick answers head off volume. Answered or not: an answer calms nobody, as after a wrong"
        " one.",
        options=(UNTIL_ANSWERED, ALL_THE_SAME),
    )


def self_service(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers whom self-service or the community helps."""
    declared = scenario.channels[channel]
    if declared.kind == "callback":
        return
    start = declared.deflection or Deflection(share=0.0)
    helped, harder = f"deflected-{channel}", f"deflected-handle-{channel}"

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {"share": float(values[helped]) / 100}
        if float(values[harder]):
            longer = 1 + float(values.get(f"handle-{channel}", 0)) / 100
            own["handle_time"] = _longer(declared, longer * (1 + float(values[harder]) / 100))
        place = f"channels.{channel}.deflection"
        return _put(place, declared.deflection, own, there=own["share"] > 0)

    yield Lever(
        helped,
        SELF_SERVICE,
        f"{heading(channel)} customers helped before they reach an agent, %",
        round(100 * start.share),
        put,
        "Share of the customers whom self-service or other customers help: they never reach the"
        " floor. The forecast counts them, so this takes its share off it. 0: nobody. A new help"
        " centre or community 5-20 % (assumption; measure your own).",
        0,
        90,
        5,
    )
    yield Lever(
        harder,
        SELF_SERVICE,
        f"{heading(channel)} handle time of what is left, %",
        0,
        put,
        f"Agent time of the {name_of(channel)} contacts that still come, against that of the"
        " scenario: the easy ones are gone. Takes the place of a handle time by the hour. Typical:"
        " 10-30 % more (assumption).",
        -30,
        100,
        5,
    )


JOURNEYS = (unsolved, tries_again, writes_again, draws_others, self_service)


def _put(
    place: str, declared: Declared | None, changed: Mapping[str, Any], *, there: bool
) -> Changes:
    """A table of the scenario with some keys changed; nothing where it says nothing any more."""
    if not there:
        return {place: None} if declared is not None else {}
    own = declared.model_dump(exclude_unset=True) if declared is not None else {}
    return {place: own | dict(changed)}


def _delay(start: Delay, mean_s: float) -> dict[str, Any]:
    """A delay with another mean, its shape kept."""
    return {"delay": start.model_dump(exclude_unset=True) | {"mean_s": mean_s}}


def _longer(channel: Channel, times: float) -> dict[str, Any]:
    """The handle time of what reaches the floor, so many times as long."""
    now = channel.handle_time_on_floor
    return now.model_dump(exclude_unset=True) | {"mean_s": now.mean_s * times}


def _hours(seconds: float) -> float:
    return round(seconds / AN_HOUR, 2)
