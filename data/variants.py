"""Other staffings of the team of 20 that the presets use: flu, separate teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from centres import Shape

PRESENT_IN_FLU_WEEK = 0.85
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


def _rounded(number: float) -> int:
    return int(number + 0.5)


def _each(day: Shape, change: Callable[[float], int]) -> Shape:
    return replace(day, shares=tuple(change(agents) for agents in day.shares))
