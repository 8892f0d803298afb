"""The second worked case: several sites that answer their own calls, or each other's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.cases_floor import (
    FRESH_TIMES,
    Floor,
    Found,
    IntArray,
    Search,
    check,
    flat,
    free,
)
from simulate.estimates import Estimate, Parts, estimate

SIZES = ((2, 10), (4, 10), (8, 10), (2, 50))  # sites, seats of each
DAYS = {"the same hours": "", "over the time zones": "_zones"}
STAFFED: dict[str, Search] = {"the same all day": flat, "by the half-hour": free}
ROWS = (
    ("the same all day", "the same hours"),
    ("the same all day", "over the time zones"),
    ("by the half-hour", "the same hours"),
)


@dataclass(frozen=True)
class Pool:
    """
    The same promises kept by sites apart and by sites pooled.

    Parameters
    ----------
    sites, seats
        How many, and how large each.
    day, staffed
        Names of how the sites' days lie and of how staff follows the day.
    apart, pooled
        What the least staff of each gives.
    same_staff
        What the staff of the sites apart gives when they pool.
    """

    sites: int
    seats: int
    day: str
    staffed: str
    apart: Found
    pooled: Found
    same_staff: Found

    def longest(self, other: Found) -> Estimate:
        """Longest wait of a day beside that of the sites apart, the same customers in both."""
        assert len(other.longest_s), "nobody was followed"
        parts = Parts.of(other.longest_s, self.apart.longest_s)
        return estimate(parts, np.arange(len(self.apart.longest_s)))


def pools(sizes: tuple[tuple[int, int], ...] = SIZES) -> Iterator[Pool]:
    """Every row of the case's table."""
    for staffed, day in ROWS:
        for sites, seats in sizes:
            yield pool(sites, seats, day, staffed)


def pool(sites: int, seats: int, day: str, staffed: str, runs: int | None = None) -> Pool:
    """Sites apart and pooled, each with its least staff."""
    search = STAFFED[staffed]
    name = f"sites_{sites}x{seats}{DAYS[day]}"
    alone, together = Floor.load(f"{name}_apart"), Floor.load(f"{name}_pooled")
    runs = runs or together.runs
    parts = [alone.part(group.skills, [site]) for site, group in alone.scenario.groups.items()]
    # The sites are alike: what the first needs, each needs at its own hours.
    begins = (alone.scenario.staff().agents > 0).argmax(axis=0)
    first = search(parts[0], runs)
    staffs = [np.roll(first, begin - begins[0], axis=0) for begin in begins]
    if search is free:  # whoever pools: agents are agents of all sites
        together = together.part(together.scenario.channels, list(together.scenario.groups)[:1])
        combined: IntArray = np.sum(staffs, axis=0)
    else:
        combined = np.concatenate(staffs, axis=1)
    return Pool(
        sites,
        seats,
        day,
        staffed,
        check(parts, staffs, runs=FRESH_TIMES * runs, follow=runs),
        check([together], [search(together, runs)], runs=FRESH_TIMES * runs, follow=runs),
        check([together], [combined], runs=FRESH_TIMES * runs, follow=runs),
    )
