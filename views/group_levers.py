"""The levers that every group has: agents on the floor, absence, shrinkage, novices."""

from __future__ import annotations

from collections.abc import Iterator

from scenario.groups import Novices
from scenario.model import Scenario
from scenario.shrinkage import ABSENCE, shrinkage_of
from views.lever import STAFF, STARRED, Changes, Lever, Values, put_at
from views.words import heading


def staff(scenario: Scenario, group: str) -> Iterator[Lever]:
    """Agents more or fewer."""
    if scenario.groups[group].exit == "named":
        return  # who works when is known by the shift: there is no number to add to
    base = scenario.groups[group].agents_change
    key = f"staff-{group}"
    yield Lever(
        key,
        STARRED,
        f"{heading(group)} staff, agents an hour",
        0,
        put_at(f"groups.{group}.agents_change", key, lambda more: base + round(more)),
        "Agents added to, or taken from, every hour in which the group works; on the floor, after"
        " shrinkage. Never below 0. In the sample one agent moves X by tens of points.",
        -20,
        20,
        1,
    )


def shrinkage(scenario: Scenario, group: str) -> Iterator[Lever]:
    """Who is paid and not there: absence, and the other parts in proportion."""
    declared = scenario.groups[group]
    parts = declared.shrinkage
    place = f"groups.{group}.shrinkage"
    simulated = {f"{place}.{part}": None for part in shrinkage_of(declared).simulated}
    absent = next((part for part in parts if part in ABSENCE), ABSENCE[0])
    others = {part: share for part, share in parts.items() if part not in ABSENCE}
    total = sum(others.values())
    absence, other = f"absence-{group}", f"shrinkage-{group}"

    def put_other(values: Values) -> Changes:
        share = float(values[other]) / 100
        if not total:
            return {f"{place}.other": share}
        return {f"{place}.{part}": share * was / total for part, was in others.items()}

    def put_absence(values: Values) -> Changes:
        # The parts that absence stands for stay out of the factor when nobody is absent, too.
        return simulated | {f"groups.{group}.absence": float(values[absence]) / 100}

    if declared.absence > 0:
        yield Lever(
            absence,
            STAFF,
            f"{heading(group)} absence, % of the agents scheduled",
            round(100 * declared.absence, 2),
            put_absence,
            "Agents who stay away, drawn for each day or shift. It changes the floor; they are"
            " paid. Typical: 5 % (trade surveys).",
            0.0,
            30.0,
            1.0,
        )
    else:
        yield Lever(
            absence,
            STAFF,
            f"{heading(group)} absence, % of paid time",
            round(100 * parts.get(absent, 0.0), 2),
            put_at(f"{place}.{absent}", absence, lambda percent: percent / 100),
            "Sickness and other absence. It changes the paid hours, not the floor. Typical: 5 %"
            " (trade surveys).",
            0.0,
            30.0,
            1.0,
        )
    yield Lever(
        other,
        STAFF,
        f"{heading(group)} other shrinkage, % of paid time",
        round(100 * total, 2),
        put_other,
        "Leave, breaks, meetings, training and the rest. It changes the paid hours, not the floor."
        " Typical: 25 % (leave 11, training 3, meetings 4, breaks 5, other 2; trade surveys).",
        0.0,
        50.0,
        1.0,
    )


def novices(scenario: Scenario, group: str) -> Iterator[Lever]:
    """Agents in training, and how much longer they take."""
    declared = scenario.groups[group].novices
    start = declared or Novices(share=0.0)
    share, speed = f"novices-{group}", f"novice-time-{group}"
    place = f"groups.{group}.novices"

    def put(values: Values) -> Changes:
        if not float(values[share]):
            return {place: None} if declared else {}
        return {
            place: {
                "share": float(values[share]) / 100,
                "speed": float(values[speed]),
                "max_concurrent": start.max_concurrent,
            }
        }

    yield Lever(
        share,
        STAFF,
        f"{heading(group)} novices, % of the agents",
        round(100 * start.share, 2),
        put,
        "Agents in training, spread evenly over the group; they hold one chat at a time.",
        0.0,
        50.0,
        5.0,
    )
    yield Lever(
        speed,
        STAFF,
        f"{heading(group)} novices' handle time, ×",
        start.speed,
        put,
        "How many times longer a contact takes a novice. Typical: 1.35.",
        1.0,
        2.0,
        0.05,
    )


BY_GROUP = (staff, shrinkage, novices)
