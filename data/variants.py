"""Other staffings of the team of 20 that the presets use: a flu week, a class of new hires."""

from __future__ import annotations

from dataclasses import replace

from centres import Shape

PRESENT_IN_FLU_WEEK = 0.85
NOVICE_SHARE = 0.20
NOVICES_FROM = 5  # agents on the floor: fewer than this have no novice among them

Staffing = dict[str, tuple[Shape, ...]]


def flu(staffing: Staffing) -> Staffing:
    """Every hour's staff times 0.85, rounded."""
    return {
        group: tuple(
            _each(day, lambda agents: _rounded(PRESENT_IN_FLU_WEEK * agents)) for day in week
        )
        for group, week in staffing.items()
    }


def new_hires(staffing: Staffing) -> Staffing:
    """The team with a fifth of the floor, where at least five work, in a group of novices."""
    week = staffing["team"]
    novices = tuple(_each(day, _novices) for day in week)
    veterans = tuple(_each(day, lambda agents: agents - _novices(agents)) for day in week)
    return {"team": veterans, "novices": novices}


def _novices(agents: float) -> int:
    return _rounded(NOVICE_SHARE * agents) if agents >= NOVICES_FROM else 0


def _rounded(number: float) -> int:
    return int(number + 0.5)


def _each(day: Shape, change) -> Shape:
    return replace(day, shares=tuple(change(agents) for agents in day.shares))
