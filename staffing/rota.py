"""Who works which of a plan's shifts: a line a week for every numbered agent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario.groups import Group
from scenario.model import Scenario
from scenario.shift_kinds import Contract
from scenario.staff import Shift
from staffing.days_off import WEEK
from staffing.posts import Post, posts_of
from staffing.rota_network import Past, Slot
from staffing.rota_week import fill_week

if TYPE_CHECKING:
    from staffing.planning import Plan

OPEN = "open"  # in place of an agent: shifts that nobody takes
NO_CONTRACT = ""
FULL_WEEK_DAYS_OFF = 2  # of people without a contract
TIME_LIMIT_S = 20.0
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Line:
    """
    One agent's week.

    Parameters
    ----------
    group, contract
        Names; the contract "" for people without one.
    agent
        The agent's number within the contract, from 1; 0 for shifts that nobody takes.
    week
        Number of the week in the horizon, from 0.
    posts
        The shifts taken, at most one a day.
    """

    group: str
    contract: str
    agent: int
    week: int
    posts: tuple[Post, ...]


@dataclass(frozen=True)
class Rota:
    """
    A plan's shifts given to numbered agents.

    Parameters
    ----------
    scenario
        The plan's.
    lines
        By group, contract, agent and week; shifts left open come last in their group.
    proven
        Whether it is proven, week by week, that no fewer shifts could be left open.
    """

    scenario: Scenario
    lines: tuple[Line, ...]
    proven: bool

    @property
    def shifts_open(self) -> int:
        """Shifts that nobody takes."""
        return sum(len(line.posts) for line in self.lines if line.agent == 0)

    @property
    def sentence(self) -> str:
        """What became of the shifts, in words."""
        posts = sum(len(line.posts) for line in self.lines)
        if not posts:
            return "The plan has no shifts to give to anybody."
        if not self.shifts_open:
            working = {(line.group, line.contract, line.agent) for line in self.lines if line.posts}
            return f"All {posts:,} shifts are taken, by {len(working):,} agents."
        verb = "is" if self.shifts_open == 1 else "are"
        told = f"{self.shifts_open:,} of {posts:,} shifts {verb} left open"
        if self.proven:
            return f"{told}: the rules of the contracts allow no fewer."
        return f"{told}: no rota with fewer was found."

    def table(self) -> pd.DataFrame:
        """
        A row a week for each agent.

        Returns
        -------
        DataFrame
            `group`, `contract`, `agent` ("open" for shifts that nobody takes), `week` (its
            first day), a column a weekday with the local times of the shift, `shifts`,
            `hours` (paid) and `days_off`.
        """
        period = self.scenario.period
        first = period.start.date()
        days = int(period.day_of_interval.max()) + 1
        order = [DAYS[(first.weekday() + day) % WEEK] for day in range(min(WEEK, days))]
        rows = []
        for line in self.lines:
            cells = dict.fromkeys(order, "")
            for post in line.posts:
                cells[order[post.day % WEEK]] = _told(post, period.timezone)
            in_week = min(WEEK, days - WEEK * line.week)
            rows.append(
                {
                    "group": line.group,
                    "contract": line.contract,
                    "agent": f"{line.contract} {line.agent}".strip() if line.agent else OPEN,
                    "week": str(first + pd.Timedelta(days=WEEK * line.week)),
                    **cells,
                    "shifts": len(line.posts),
                    "hours": sum(post.paid_minutes for post in line.posts) / 60,
                    "days_off": in_week - len(line.posts) if line.agent else 0,
                }
            )
        columns = ["group", "contract", "agent", "week", *order, "shifts", "hours", "days_off"]
        return pd.DataFrame(rows, columns=columns)


def rota(plan: Plan) -> pd.DataFrame:
    """The rota of a plan as a table; see `Rota.table`. The same as `plan.rota`."""
    return plan.rota


def make_rota(
    scenario: Scenario,
    shifts: Sequence[Shift],
    *,
    time_limit_s: float = TIME_LIMIT_S,
    cancel: Callable[[], bool] | None = None,
) -> Rota:
    """
    Give shifts to numbered agents, within the rules of their contracts.

    Parameters
    ----------
    scenario
        Names groups, contracts and shrinkage.
    shifts
        With agents on the floor; the absent ones behind them take shifts too.
    time_limit_s
        Time for each group, contract and week.
    cancel
        Asked whether to stop.

    Notes
    -----
    Weeks follow each other: what a week leaves behind (the rest since the last shift, days
    worked in a row) binds the next. Within a week the fewest possible shifts are left open.
    People without a contract work at most five days and `full_time_hours` a week, and are as
    few as can be.
    """
    lines: list[Line] = []
    proven = True
    for name, group in scenario.groups.items():
        posts = posts_of(group, [s for s in shifts if s.group == name], scenario.period)
        for rules, mine in _apart(scenario, group, posts):
            given, sure = _fill(scenario, name, rules, mine, time_limit_s, cancel)
            lines += given
            proven &= sure
    groups = list(scenario.groups)
    lines.sort(key=lambda one: (groups.index(one.group), one.agent == 0))
    return Rota(scenario, tuple(lines), proven)


def _apart(
    scenario: Scenario, group: Group, posts: list[Post]
) -> list[tuple[dict[str, Contract], list[Post]]]:
    """Contracts with their shifts; all together where some shifts are anybody's."""
    if not group.contracts:
        if not posts:
            return []
        by_day = Counter(post.day for post in posts)
        longest = max(post.paid_minutes for post in posts) / 60
        anybody = Contract(
            # Two crews that take turns are always enough.
            agents=2 * max(by_day.values()),
            hours_per_week=max(scenario.full_time_hours, longest),
            cost_per_hour=0,
            days_off=FULL_WEEK_DAYS_OFF,
        )
        return [({NO_CONTRACT: anybody}, posts)]
    if any(post.contract is None for post in posts):
        return [(dict(group.contracts), posts)]
    return [
        ({name: contract}, [post for post in posts if post.contract == name])
        for name, contract in group.contracts.items()
    ]


def _fill(
    scenario: Scenario,
    group: str,
    rules: dict[str, Contract],
    posts: list[Post],
    time_limit_s: float,
    cancel: Callable[[], bool] | None,
) -> tuple[list[Line], bool]:
    """Week after week."""
    days = int(scenario.period.day_of_interval.max()) + 1
    people = [
        (name, number)
        for name, contract in rules.items()
        for number in range(1, contract.agents + 1)
    ]
    pasts = [Past(name, -(10**9), 0) for name, _ in people]
    lines, proven = [], True
    for week in range((days - 1) // WEEK + 1):
        in_week = min(WEEK, days - WEEK * week)
        slots, waiting = _slots([post for post in posts if post.day // WEEK == week], week)
        found = fill_week(
            slots, pasts, rules, in_week,
            fewest=NO_CONTRACT in rules, time_limit_s=time_limit_s, cancel=cancel,
        )  # fmt: skip
        proven &= found.proven
        for number, (person, taken) in enumerate(zip(people, found.taken, strict=True)):
            mine = tuple(waiting[slot].pop() for slot in taken)
            lines.append(Line(group, *person, week, mine))
            pasts[number] = _past(pasts[number], rules[person[0]], mine, week, in_week)
        lines += _left_open(group, rules, week, [post for rest in waiting for post in rest])
    working = {(line.contract, line.agent) for line in lines if line.posts}
    return [
        line
        for line in sorted(lines, key=lambda one: (one.contract, one.agent, one.week))
        if line.contract != NO_CONTRACT or (line.contract, line.agent) in working
    ], proven


def _slots(posts: list[Post], week: int) -> tuple[list[Slot], list[list[Post]]]:
    """Posts of the same times and contract as one slot, by day and start, and the posts in each."""
    together: defaultdict[Slot, list[Post]] = defaultdict(list)
    for post in posts:
        day = post.day - WEEK * week
        slot = Slot(day, post.begin, post.end, post.paid_minutes, post.contract, 0)
        together[slot].append(post)
    ordered = sorted(together, key=lambda s: (s.day, s.begin, s.end, s.contract or ""))
    waiting = [together[slot][::-1] for slot in ordered]
    slots = [
        Slot(s.day, s.begin, s.end, s.paid_minutes, s.contract, len(together[s])) for s in ordered
    ]
    return slots, waiting


def _past(before: Past, rules: Contract, posts: tuple[Post, ...], week: int, in_week: int) -> Past:
    """What a week leaves behind for the next."""
    worked = np.zeros(in_week, dtype=np.bool_)
    worked[[post.day - WEEK * week for post in posts]] = True
    run = before.run + in_week if worked.all() else int(np.argmin(worked[::-1]))
    if not posts:
        return Past(before.contract, before.free_from, run)
    return Past(before.contract, posts[-1].end + round(60 * rules.rest_hours), run)


def _left_open(group: str, rules: dict[str, Contract], week: int, posts: list[Post]) -> list[Line]:
    """Lines of shifts that nobody takes, at most one a day in each line."""
    alone = next(iter(rules)) if len(rules) == 1 else ""

    stacks: list[list[Post]] = []
    for post in sorted(posts, key=lambda one: one.begin):
        stack = next((s for s in stacks if all(one.day != post.day for one in s)), None)
        if stack is None:
            stacks.append(stack := [])
        stack.append(post)
    return [Line(group, alone, 0, week, tuple(stack)) for stack in stacks]


def _told(post: Post, timezone: str) -> str:
    begin, end = (moment.tz_convert(timezone) for moment in (post.shift.start, post.shift.end))
    return f"{begin:%H:%M}-{end:%H:%M}"
