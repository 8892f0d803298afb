"""Levers of customers who come back, try again, or are helped before they reach an agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenario.channels import ALWAYS_OPEN, Channel
from scenario.journeys import Deflection, Redial, Repeat
from scenario.model import Scenario
from views.lever import (
    A_MINUTE,
    AN_HOUR,
    RETURNS,
    SELF_SERVICE,
    Changes,
    Lever,
    Values,
    delay_of,
    in_hours,
    put_table,
)
from views.words import heading, name_of


def unsolved(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers whose matter was not settled."""
    declared = scenario.channels[channel]
    if declared.kind == "callback" and declared.repeat is None:
        return
    start = declared.repeat or Repeat(fcr=1.0)
    share, after = f"unsolved-{channel}", f"unsolved-after-{channel}"
    at_first = {share: round(100 * (1 - start.fcr)), after: in_hours(start.delay.mean_s)}

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {}
        if values[share] != at_first[share]:
            own["fcr"] = round(1 - float(values[share]) / 100, 4)
        if values[after] != at_first[after]:
            own |= delay_of(start.delay, float(values[after]) * AN_HOUR)
        there = own.get("fcr", start.fcr) < 1
        return put_table(f"channels.{channel}.repeat", declared.repeat, own, there=there)

    yield Lever(
        share,
        RETURNS,
        f"{heading(channel)} customers who come back because it was not solved, %",
        at_first[share],
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
        at_first[after],
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
    up, met, shut, after = (
        f"redial{part}-{channel}" for part in ("", "-full", "-closed", "-after")
    )
    at_first = {
        up: round(100 * given_up),
        met: round(100 * full),
        shut: round(100 * closed),
        after: round(start.delay.mean_s / A_MINUTE),
    }

    def put(values: Values) -> Changes:
        shares = {"after_abandonment": given_up, "after_blocking": full, "after_closed": closed}
        own: dict[str, Any] = {}
        for lever, what in zip((up, met, shut), shares, strict=True):
            if values.get(lever, at_first[lever]) != at_first[lever]:
                own[what] = float(values[lever]) / 100
        there = any((shares | own).values())
        if values[after] != at_first[after]:
            own |= delay_of(start.delay, float(values[after]) * A_MINUTE)
        return put_table(f"channels.{channel}.redial", declared.redial, own, there=there)

    who = heading(channel)
    yield Lever(
        up,
        RETURNS,
        f"{who} customers who try again after giving up, %",
        at_first[up],
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
            at_first[met],
            put,
            "Share of those who were turned away because too many waited who try again, every"
            " time. 0: nobody. Usually more than of those who gave up (assumption).",
            0,
            95,
            5,
        )
    if declared.open != ALWAYS_OPEN:
        yield Lever(
            shut,
            RETURNS,
            f"{who} customers who try again when it was closed, %",
            at_first[shut],
            put,
            "Share of those who came outside opening hours who try again, every time. 0: nobody,"
            " which is right where the forecast counts nobody then.",
            0,
            95,
            5,
        )
    yield Lever(
        after,
        RETURNS,
        f"{who}: they try again after, min",
        at_first[after],
        put,
        "Mean time from the attempt that failed until the next one, in minutes. Typical: 20"
        " minutes (assumption; your own log knows).",
        1,
        1440,
        5,
    )


def self_service(scenario: Scenario, channel: str) -> Iterator[Lever]:
    """Customers whom self-service or the community helps."""
    declared = scenario.channels[channel]
    if declared.kind == "callback":
        return
    start = declared.deflection or Deflection(share=0.0)
    helped, harder = f"deflected-{channel}", f"deflected-handle-{channel}"
    at_first = round(100 * start.share)

    def put(values: Values) -> Changes:
        own: dict[str, Any] = {}
        if values[helped] != at_first:
            own["share"] = float(values[helped]) / 100
        there = own.get("share", start.share) > 0
        longer = 1 + float(values.get(f"handle-{channel}", 0)) / 100
        # This table takes the place of the declared one, which the lever of the handle time moves.
        if float(values[harder]) or (start.handle_time is not None and longer != 1):
            own["handle_time"] = _longer(declared, longer * (1 + float(values[harder]) / 100))
        place = f"channels.{channel}.deflection"
        changes = put_table(place, declared.deflection, own, there=there)
        if not there and start.handle_time is not None and longer != 1:
            changes[f"channels.{channel}.handle_time.scale"] = declared.handle_time.scale * longer
        return changes

    yield Lever(
        helped,
        SELF_SERVICE,
        f"{heading(channel)} customers helped before they reach an agent, %",
        at_first,
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


JOURNEYS = (unsolved, tries_again, self_service)


def _longer(channel: Channel, times: float) -> dict[str, Any]:
    """The handle time of what reaches the floor, so many times as long."""
    now = channel.handle_time_on_floor
    return now.model_dump(exclude_unset=True) | {"mean_s": now.mean_s * times}
