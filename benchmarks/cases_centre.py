"""The first worked case: chats and scheduled callbacks, blended or in a pool each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.cases_floor import FRESH_TIMES, Floor, Found, Search, check, flat, free

ONE_AT_A_TIME = {
    f"groups.{group}.skills.chat.max_concurrent": 1 for group in ("on_site", "at_home")
}
SOON = {
    "channels.callback.callback.window_s": 900,
    "channels.callback.target.within_s": 900,
}
DUE_FIRST = {
    "channels.callback.above_live": True,
    "channels.callback.promote_before_s": 7200,
}
USUAL = "two chats at a time, callbacks within 4 h"
ASSUMED: dict[str, dict[str, Any]] = {
    USUAL: {},
    "callbacks first in their last 2 h": DUE_FIRST,
    "callbacks within 15 min": SOON,
    "one chat at a time": ONE_AT_A_TIME,
}
SIZES = (20, 60, 200)
STAFFED: dict[str, tuple[Search, tuple[str, ...]]] = {
    "the same all day": (flat, tuple(ASSUMED)),
    "by the half-hour": (free, (USUAL,)),
}


@dataclass(frozen=True)
class Blend:
    """
    The same promises kept by pools and by a blended team.

    Parameters
    ----------
    agents
        On duty.
    assumed, staffed
        Names of what is assumed and of how staff follows the day.
    apart, blended
        What the least staff of each gives.
    same_staff
        What the pools' staff gives when it is blended.
    """

    agents: int
    assumed: str
    staffed: str
    apart: Found
    blended: Found
    same_staff: Found


def blends(sizes: tuple[int, ...] = SIZES) -> Iterator[Blend]:
    """Every row of the case's table."""
    for staffed, (search, assumptions) in STAFFED.items():
        for assumed in assumptions:
            for agents in sizes:
                yield Blend(agents, assumed, staffed, *compared(agents, ASSUMED[assumed], search))


def compared(
    agents: int, changes: dict[str, Any], search: Search, runs: int | None = None
) -> tuple[Found, Found, Found]:
    """Pools and blended team of a centre, each with its least staff; and that of pools, blended."""
    floor = Floor.load(f"centre_{agents}", changes)
    runs = runs or floor.runs
    groups = floor.scenario.groups
    pools = [floor.part([channel], groups) for channel in floor.scenario.channels]
    of_pools = [search(pool, runs) for pool in pools]
    apart = check(pools, of_pools, runs=FRESH_TIMES * runs)
    blended = check([floor], [search(floor, runs)], runs=FRESH_TIMES * runs)
    return apart, blended, check([floor], [sum(of_pools)], runs=FRESH_TIMES * runs)
