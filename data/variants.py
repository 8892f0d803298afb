"""Other staffings of the team of 20 that the presets use: flu, new hires, separate teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from centres import Shape

PRESENT_IN_FLU_WEEK = 0.85
NOVICE_SHARE = 0.20
NOVICES_FROM = 5  # agents on the floor: fewer than this have no novice among them
CHAT_OF_CHAT_AND_POSTS = 0.6  # by workload with chats in pairs: 192 against 130 live hours

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


def separate_teams(staffing: Staffing) -> Staffing:
    """
    The same hours in three teams: one agent for callbacks, the others by workload.

    On Sunday, when only posts are answered, everybody answers posts: the team keeps its name.
    """
    *live, sunday = staffing["team"]
    nobody = _each(sunday, lambda _: 0)
    posts = [_each(day, lambda agents: agents - 1 - _chat_team(agents)) for day in live]
    return {
        "team": (*posts, sunday),
        "chat_team": (*(_each(day, _chat_team) for day in live), nobody),
        "callback_team": (*(_each(day, lambda _: 1) for day in live), nobody),
    }


def _chat_team(agents: float) -> int:
    return _rounded(CHAT_OF_CHAT_AND_POSTS * (agents - 1))


def _novices(agents: float) -> int:
    return _rounded(NOVICE_SHARE * agents) if agents >= NOVICES_FROM else 0


def _rounded(number: float) -> int:
    return int(number + 0.5)


def _each(day: Shape, change: Callable[[float], int]) -> Shape:
    return replace(day, shares=tuple(change(agents) for agents in day.shares))
