"""What kinds of shift and contracts allow in a week, what is fixed taken off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.groups import Group
from scenario.shift_kinds import Contract
from scenario.staff import Shift
from staffing.cover_terms import Bound, Team
from staffing.days_off import WEEK, work_patterns
from staffing.pay import shrinkage_behind
from staffing.shifts import PossibleShift

Drawn = tuple[set[str | None], list[Contract]]  # kinds of these contracts draw on these people


@dataclass(frozen=True)
class FixedPart:
    """
    A fixed shift as the limits see it.

    Parameters
    ----------
    kind, contract
        Names; None where the kind is none of the group's, or of no contract.
    day
        Local day of its start, counted from the horizon's first.
    people
        Paid people behind its agents.
    hours
        Their paid hours.
    """

    kind: str | None
    contract: str | None
    day: int
    people: float
    hours: float


def fixed_parts(group: Group, fixed: Sequence[Shift], period: Horizon) -> list[FixedPart]:
    """What fixed shifts take of the limits; those begun before the horizon are of its first day."""
    parts = []
    first = period.start.date()
    for shift in fixed:
        known = group.shifts.get(shift.kind)
        day = max(0, (shift.start.tz_convert(period.timezone).date() - first).days)
        people = shrinkage_behind(group, shift).paid(shift.agents)
        hours = people * shift.paid_hours
        contract = None if known is None else known.contract
        parts.append(FixedPart(shift.kind if known else None, contract, day, people, hours))
    return parts


def bounds_of(
    group: Group, possible: Sequence[PossibleShift], fixed: Sequence[FixedPart], days: Sequence[int]
) -> list[Bound]:
    """
    Bounds of each kind a day, of the people of each contract a day and their hours a week.

    Parameters
    ----------
    group
        Its kinds and contracts.
    possible
        Shifts that may be chosen.
    fixed
        What is taken already.
    days
        Days of the week, counted from the horizon's first.
    """
    return [
        *_of_kinds(group, possible, fixed, days),
        *_of_contracts(group, possible, fixed, days),
    ]


def teams_of(
    group: Group, possible: Sequence[PossibleShift], fixed: Sequence[FixedPart], days: Sequence[int]
) -> list[Team]:
    """People with days off; those whose contracts ask for none are bounded by the day alone."""
    teams = []
    for names, contracts in _drawn(group):
        if all(work_patterns(one, len(days)).all() for one in contracts):
            continue
        chosen = _of(group, possible, names)
        taken = np.zeros(len(days))
        for part in fixed:
            if part.contract in names and part.day in days:
                taken[part.day - days[0]] += part.people
        teams.append(
            Team(
                chosen,
                [possible[n].paid_factor for n in chosen],
                [possible[n].day - days[0] for n in chosen],
                tuple((one.agents, work_patterns(one, len(days))) for one in contracts),
                taken,
            )
        )
    return teams


def _of_kinds(
    group: Group, possible: Sequence[PossibleShift], fixed: Sequence[FixedPart], days: Sequence[int]
) -> Iterator[Bound]:
    for name, kind in group.shifts.items():
        if kind.max_agents is None and not kind.min_agents and not kind.min_agents_if_any:
            continue
        for day in days:
            chosen = [n for n, s in enumerate(possible) if s.kind == name and s.day == day]
            if not chosen:
                continue
            factor = possible[chosen[0]].paid_factor
            taken = sum(one.people for one in fixed if one.kind == name and one.day == day)
            most = np.inf if kind.max_agents is None else max(kind.max_agents - taken, 0.0)
            yield Bound(chosen, factor, most, max(kind.min_agents - taken, 0.0))
            if kind.min_agents_if_any > taken:
                yield Bound(chosen, factor, most, kind.min_agents_if_any - taken, taken == 0)


def _of_contracts(
    group: Group, possible: Sequence[PossibleShift], fixed: Sequence[FixedPart], days: Sequence[int]
) -> Iterator[Bound]:
    for names, contracts in _drawn(group):
        chosen = _of(group, possible, names)
        mine = [part for part in fixed if part.contract in names and part.day in days]
        hours: NDArray[np.float64] = np.array(
            [possible[n].paid_hours * possible[n].paid_factor for n in chosen]
        )
        taken = sum(part.hours for part in mine)
        most = sum(one.agents * one.most_hours for one in contracts)
        least = sum(one.agents * one.min_hours_per_week for one in contracts) * len(days) / WEEK
        yield Bound(chosen, hours, max(most - taken, 0.0), max(least - taken, 0.0))
        people = sum(one.agents for one in contracts)
        for day in days:
            starting = [n for n in chosen if possible[n].day == day]
            factors = np.array([possible[n].paid_factor for n in starting])
            there = sum(part.people for part in mine if part.day == day)
            yield Bound(starting, factors, max(people - there, 0.0))


def _drawn(group: Group) -> list[Drawn]:
    """Each contract with its own kinds; all contracts with all kinds, those of none included."""
    if not group.contracts:
        return []
    drawn: list[Drawn] = [({name}, [contract]) for name, contract in group.contracts.items()]
    return [*drawn, ({*group.contracts, None}, list(group.contracts.values()))]


def _of(group: Group, possible: Sequence[PossibleShift], names: set[str | None]) -> list[int]:
    kinds = {name for name, kind in group.shifts.items() if kind.contract in names}
    return [n for n, shift in enumerate(possible) if shift.kind in kinds]
