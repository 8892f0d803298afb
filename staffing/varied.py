"""Which assumptions carry a plan, and how far off might each plausibly be?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from scenario.assumptions import handle_time_s
from scenario.channels import Channel, Patience
from scenario.demand import Demand
from scenario.groups import Group, Skill
from scenario.model import Scenario
from staffing.live_need import mean_patience_s
from staffing.sizing import with_channel, with_groups

FEWEST_PATHS = 20  # fewer say nothing about one week in ten
VOLUME = 0.10
HANDLE_TIME = 0.10
PATIENCE = 2.0
LITTLE_SLOWDOWN = 0.04
MUCH_SLOWDOWN = 1.5
ACCEPTANCE = 2.0
SHRINKAGE = 0.05
ABSENCE = 0.5
MOST_SHRINKAGE = 0.95

BY_PATHS = "8 in 10 of the forecast's own paths lie between"
BY_TENTH = "a tenth to either side: assumed, no paths are known"
SOURCES = {
    "handle time": "a tenth to either side, as a change of mix or tool brings: assumed",
    "patience": "half and twice: waits of those who gave up are often taken for it; assumed",
    "slowdown": "4 % a further contact (Goes et al.), and half as much again as stated",
    "acceptance": "half and twice what is stated: centres differ; assumed",
    "shrinkage": "five points to either side; trade surveys tell 25-40 %",
    "absence": "half as much and half as much again: assumed",
}


@dataclass(frozen=True)
class Variation:
    """
    One assumption at its plausible ends.

    Parameters
    ----------
    assumption
        "volume", "handle time", "patience", "slowdown", "acceptance", "shrinkage" or "absence".
    subject
        Channel or group that it is about.
    unit
        Unit of the values.
    now, low, high
        Value assumed, and the ends tried.
    source
        Where the ends come from.
    at_low, at_high
        The scenario at each end.
    only_paid
        Whether it changes what is paid and nothing on the floor.
    """

    assumption: str
    subject: str
    unit: str
    now: float
    low: float
    high: float
    source: str
    at_low: Scenario
    at_high: Scenario
    only_paid: bool = False


def variations(scenario: Scenario, expected: Demand) -> Iterator[Variation]:
    """
    Every assumption that can be varied, one at a time.

    Parameters
    ----------
    scenario
        What is assumed.
    expected
        Its demand, from `scenario.assumptions.expected_demand`.
    """
    handle = handle_time_s(scenario, expected)
    for column, (name, channel) in enumerate(scenario.channels.items()):
        contacts = float(expected.mean[:, column].sum())
        if contacts > 0:
            yield _volume(scenario, expected, name, contacts)
        if contacts > 0 or channel.kind == "callback":
            weights = expected.mean[:, column] + 1e-9
            mean = float(np.average(handle[:, column], weights=weights))
            yield _handle_time(scenario, name, channel, mean)
        if np.isfinite(mean_patience_s(channel.patience)) and contacts > 0:
            yield _patience(scenario, name, channel.patience)
        held = [
            (group, skill)
            for group, declared in scenario.groups.items()
            if (skill := declared.skills.get(name)) is not None and skill.max_concurrent > 1
        ]
        if held and contacts > 0:
            yield _slowdown(scenario, name, dict(held))
        if channel.offer_callback is not None and 0 < channel.offer_callback.accept < 1:
            yield _acceptance(scenario, name, channel)
    for name, group in scenario.groups.items():
        if sum(group.shrinkage.values()) > 0:
            yield _shrinkage(scenario, name, group)
        if group.absence > 0:
            yield _absence(scenario, name, group)


def _volume(scenario: Scenario, expected: Demand, name: str, contacts: float) -> Variation:
    low, high, source = 1 - VOLUME, 1 + VOLUME, BY_TENTH
    if (
        expected.paths is not None
        and len(expected.paths) >= FEWEST_PATHS
        and scenario.demand.uncertainty == "paths"
    ):
        totals = expected.paths[:, :, expected.index_of(name)].sum(axis=1)
        low, high = (float(q) / contacts for q in np.quantile(totals, (0.1, 0.9)))
        source = BY_PATHS

    def scaled(value: float) -> Scenario:
        scale = dict(scenario.demand.scale)
        scale[name] = scale.get(name, 1.0) * value / contacts
        demand = scenario.demand.model_copy(update={"scale": scale})
        return scenario.model_copy(update={"demand": demand})

    return _varied(
        "volume", name, "contacts", contacts, low * contacts, high * contacts, scaled,
        source,
    )  # fmt: skip


def _handle_time(scenario: Scenario, name: str, channel: Channel, mean: float) -> Variation:
    def scaled(value: float) -> Scenario:
        scale = channel.handle_time.scale * value / mean
        changed = channel.handle_time.model_copy(update={"scale": scale})
        return with_channel(scenario, name, handle_time=changed)

    low, high = mean * (1 - HANDLE_TIME), mean * (1 + HANDLE_TIME)
    return _varied("handle time", name, "seconds", mean, low, high, scaled)


def _patience(scenario: Scenario, name: str, patience: Patience) -> Variation:
    now = mean_patience_s(patience)

    def scaled(value: float) -> Scenario:
        factor = value / now
        changed = patience.model_copy(
            update={
                "mean_s": patience.mean_s * factor,
                "values_s": tuple(seconds * factor for seconds in patience.values_s),
                "survival": tuple((time * factor, share) for time, share in patience.survival),
            }
        )
        return with_channel(scenario, name, patience=changed)

    return _varied("patience", name, "seconds", now, now / PATIENCE, now * PATIENCE, scaled)


def _slowdown(scenario: Scenario, name: str, skills: dict[str, Skill]) -> Variation:
    """All groups together; told by the value of the first at its most contacts at once."""
    first = next(iter(skills.values()))
    most = first.max_concurrent

    def ends(skill: Skill, value: float) -> tuple[float, ...]:
        if value <= 1 + LITTLE_SLOWDOWN * (most - 1) + 1e-12:
            return tuple(1 + LITTLE_SLOWDOWN * held for held in range(len(skill.slowdown)))
        return tuple(1 + MUCH_SLOWDOWN * (slow - 1) for slow in skill.slowdown)

    def slowed(value: float) -> Scenario:
        changes: dict[str, dict[str, object]] = {}
        for group, skill in skills.items():
            changed = skill.model_copy(update={"slowdown": ends(skill, value)})
            changes[group] = {"skills": {**scenario.groups[group].skills, name: changed}}
        return with_groups(scenario, changes)

    now = first.slowdown[most - 1]
    low = 1 + LITTLE_SLOWDOWN * (most - 1)
    high = max(1 + MUCH_SLOWDOWN * (now - 1), low)
    return _varied("slowdown", name, "ratio", now, low, high, slowed)


def _acceptance(scenario: Scenario, name: str, channel: Channel) -> Variation:
    offer = channel.offer_callback
    assert offer is not None

    def accepting(value: float) -> Scenario:
        changed = offer.model_copy(update={"accept": value})
        return with_channel(scenario, name, offer_callback=changed)

    low, high = offer.accept / ACCEPTANCE, min(1.0, offer.accept * ACCEPTANCE)
    return _varied("acceptance", name, "share", offer.accept, low, high, accepting)


def _shrinkage(scenario: Scenario, name: str, group: Group) -> Variation:
    now = sum(group.shrinkage.values())

    def shrunk(value: float) -> Scenario:
        parts = {part: share * value / now for part, share in group.shrinkage.items()}
        return with_groups(scenario, {name: {"shrinkage": parts}})

    low, high = max(now - SHRINKAGE, 0.0), min(now + SHRINKAGE, MOST_SHRINKAGE)
    found = _varied("shrinkage", name, "share", now, low, high, shrunk)
    return Variation(**{**vars(found), "only_paid": True})


def _absence(scenario: Scenario, name: str, group: Group) -> Variation:
    def absent(value: float) -> Scenario:
        return with_groups(scenario, {name: {"absence": value}})

    low, high = group.absence * (1 - ABSENCE), min(group.absence * (1 + ABSENCE), MOST_SHRINKAGE)
    return _varied("absence", name, "share", group.absence, low, high, absent)


def _varied(
    assumption: str,
    subject: str,
    unit: str,
    now: float,
    low: float,
    high: float,
    changed: Callable[[float], Scenario],
    source: str = "",
) -> Variation:
    return Variation(
        assumption,
        subject,
        unit,
        now,
        low,
        high,
        source or SOURCES[assumption],
        changed(low),
        changed(high),
    )
