"""
The levers of the what-if page: all of them, and what the moved ones put into the scenario.

A lever is nothing but values at dotted keys of the scenario (`Scenario.with_changes`), so the
command line does the same with `--set`, and `Scenario` checks every bound again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from scenario.model import Scenario
from views.channel_levers import BY_CHANNEL
from views.group_levers import BY_GROUP
from views.journey_levers import JOURNEYS
from views.lever import (
    DEMAND,
    FLOOR,
    OFF,
    STARRED,
    Changes,
    Lever,
    Values,
    groups_of,
    of_kind,
)
from views.post_levers import IN_PUBLIC
from views.promise_levers import PROMISES
from views.words import heading

AS_DECLARED = "as declared"
BY_REACH = "most followers first"
A_WEEK_S = 604_800


class _This:
    """A scenario as a key of what was worked out for it: this very one, none that is equal."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other.scenario is self.scenario


def levers_of(scenario: Scenario) -> tuple[Lever, ...]:
    """The levers that a scenario has, in the order of the page."""
    # A page asks several times while it is drawn.
    return _levers_of(_This(scenario))


@lru_cache(maxsize=64)
def _levers_of(this: _This) -> tuple[Lever, ...]:
    scenario = this.scenario
    by_channel = [
        lever
        for family in (*BY_CHANNEL, *JOURNEYS, *PROMISES)
        for name in scenario.channels
        for lever in family(scenario, name)
    ]
    # There are many of these: those of a channel stand together.
    by_channel += [
        lever
        for name in scenario.channels
        for family in IN_PUBLIC
        for lever in family(scenario, name)
    ]
    by_group = [
        lever for family in BY_GROUP for name in scenario.groups for lever in family(scenario, name)
    ]
    whole = [
        lever for family in (_blend, _burst, _keep_free, _work_order) for lever in family(scenario)
    ]
    order = {"volume": 0, "staff": 1, "blend": 2, "at": 3}
    everything = [*by_channel, *by_group, *whole]
    return tuple(sorted(everything, key=lambda lever: order.get(lever.key.split("-")[0], 4)))


def changes_of(scenario: Scenario, values: Values) -> Changes:
    """
    What the moved levers put into a scenario, by dotted key.

    Parameters
    ----------
    scenario
        Where the levers start from.
    values
        Positions by lever key; a lever that is not named stands at its default.
    """
    levers = levers_of(scenario)
    positions = {lever.key: values.get(lever.key, lever.default) for lever in levers}
    changes: Changes = {}
    for lever in levers:
        if positions[lever.key] != lever.default:
            changes |= lever.put(positions)
    return changes


def moved(scenario: Scenario, values: Values) -> list[str]:
    """What was moved and changes something, in words, e.g. "Chat volume, %: 10"."""
    positions = dict(values)
    whole = changes_of(scenario, positions)
    told = []
    for lever in levers_of(scenario):
        position = values.get(lever.key, lever.default)
        if position == lever.default:
            continue
        # A delay of customers who never come back changes nothing.
        without = positions | {lever.key: lever.default}
        if changes_of(scenario, without) == whole:
            positions = without
        else:
            told.append(f"{lever.label}: {position}")
    return told


@dataclass(frozen=True, slots=True)
class Preset:
    """A weather that ships with the sample: a label, a line that says what it does, changes."""

    key: str
    label: str
    description: str
    changes: Mapping[str, Any]


def read_presets(path: Path) -> tuple[Preset, ...]:
    """The presets of a file such as `data/scenarios/presets.toml`; none where there is no file."""
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        document = tomllib.load(file)
    return tuple(
        Preset(key, entry["label"], entry["description"], entry["changes"])
        for key, entry in document.items()
    )


def _blend(scenario: Scenario) -> Iterator[Lever]:
    if len(scenario.channels) > 1:
        yield Lever(
            "blend",
            STARRED,
            "Teams",
            scenario.routing.blend,
            lambda values: {"routing.blend": str(values["blend"])},
            "Blended: every agent serves all channels of the group. Separate: the same hours are"
            " split by workload into one team a channel.",
            options=("blended", "separate"),
        )


def _burst(scenario: Scenario) -> Iterator[Lever]:
    channels = {heading(channel): channel for channel in scenario.channels}
    dates = pd.DatetimeIndex(scenario.period.starts.tz_localize(None)).normalize().unique()[:14]
    days = {f"{day:%a %d %b}": f"{day:%Y-%m-%d}" for day in dates}

    def put(values: Values) -> Changes:
        if values["burst"] == OFF:
            return {}
        start = f"{days[str(values['burst-day'])]}T{int(values['burst-hour']):02d}:00:00"
        return {
            "bursts.lever": {
                "channel": channels[str(values["burst"])],
                "start": start,
                "peak": float(values["burst-peak"]),
                "half_life_h": float(values["burst-half-life"]),
            }
        }

    what = "Contacts beyond the forecast, falling back by half every half-life."
    yield Lever("burst", DEMAND, "Burst on", OFF, put, what, options=(OFF, *channels))
    what = "Day on which the burst starts."
    yield Lever("burst-day", DEMAND, "Burst: day", next(iter(days)), put, what, options=tuple(days))
    what = "Hour at which the burst starts, local time."
    yield Lever("burst-hour", DEMAND, "Burst: hour", 10, put, what, 0, 23, 1)
    what = "Volume at the start, as a multiple of the forecast. A viral post reached × 6."
    yield Lever("burst-peak", DEMAND, "Burst: peak, ×", 3.0, put, what, 1.0, 20.0, 0.5)
    what = "Hours until half of the extra volume is left. Posts 2-4; a launch 72."
    yield Lever("burst-half-life", DEMAND, "Burst: half-life, h", 3.0, put, what, 1.0, 24.0, 1.0)


def _keep_free(scenario: Scenario) -> Iterator[Lever]:
    live = {name for name, _ in of_kind(scenario, "live")}
    places = [
        (group, channel)
        for channel in scenario.channels
        if channel not in live
        for group in groups_of(scenario, channel)
        if live & set(scenario.groups[group].skills)
    ]
    if not places:
        return

    def put(values: Values) -> Changes:
        free = int(values["keep-free"])
        return {f"groups.{group}.skills.{channel}.keep_free": free for group, channel in places}

    yield Lever(
        "keep-free",
        FLOOR,
        "Slots kept free for live contacts",
        max(scenario.groups[group].skills[channel].keep_free for group, channel in places),
        put,
        "Posts and callbacks are not begun while fewer live slots than this would stay open."
        " Typical: 0 for a small team, 3 for a centre of 200.",
        0,
        10,
        1,
    )


def _work_order(scenario: Scenario) -> Iterator[Lever]:
    deferred = dict(of_kind(scenario, "deferred"))
    if not deferred:
        return
    first = {f"{heading(channel)} first": channel for channel in deferred}

    def put(values: Values) -> Changes:
        order = str(values["work-order"])
        by_deadline = order == "deadline"
        # Posts promoted from arrival on share one line by deadline, whatever their channel.
        line: Changes = {
            f"channels.{channel}.promote_before_s": A_WEEK_S if by_deadline else None
            for channel in deferred
        }
        if order in first:
            return line | {
                f"channels.{channel}.priority": declared.priority + (channel != first[order])
                for channel, declared in deferred.items()
            }
        if order == BY_REACH:
            queue = "reach"
            line |= {
                f"channels.{name}.reach": {} for name, one in deferred.items() if not one.reach
            }
        else:
            queue = "deadline" if by_deadline else "fifo"
        return line | {f"channels.{channel}.order": queue for channel in deferred}

    yield Lever(
        "work-order",
        FLOOR,
        "Work order of posts",
        AS_DECLARED,
        put,
        "Which post is next: the one whose deadline is nearest, one channel before the others, the"
        " oldest, or the one whose writer has most followers: fewer people see an open complaint,"
        " and the quiet wait longer. Followers: 1,300 on the average (Constant Contact).",
        options=(AS_DECLARED, "deadline", *(first if len(first) > 1 else ()), "oldest", BY_REACH),
    )
