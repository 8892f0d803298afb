"""What the floor is given, as plain arrays and numbers that any engine can read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenario import Horizon, Scenario
from simulate import draws, rules
from simulate.begetting import NOBODY_RETURNS, Again, Offspring, Return
from simulate.queues import time_before
from simulate.rates import Rates

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Durations:
    """
    Shape of a duration; see `draws.relative_duration`.

    Parameters
    ----------
    shape, cv
        Code of the shape and coefficient of variation.
    values, shares
        Observed durations (works: in means; patience: in microseconds), or the points of a
        survival curve.
    mean_us
        Patience: mean in microseconds, 1 where the values are in microseconds themselves.
        Work has a mean for every interval instead.
    """

    shape: int
    cv: float
    values: FloatArray
    shares: FloatArray
    mean_us: float = 1.0


@dataclass(frozen=True)
class ChannelInput:
    """One channel in the floor's own units; -1 where a number is not set."""

    name: str
    key: int
    kind: int
    work: Durations
    work_mean_us: FloatArray  # solo, by interval, shape (I,)
    patience: Durations
    open_us: IntArray  # opening instants, rising; may lie before the start
    close_us: IntArray  # the closing instant of each
    drops_at_close: bool
    balk: float
    max_queue: int
    priority: int
    order: int
    promote_before_us: int
    above_live: bool
    target_us: int
    target_closed_us: int
    backlog_ages_us: IntArray  # oldest first
    endless: bool
    offer_condition: int
    offer_limit: int
    offer_channel: int
    accept: float
    not_before_us: int
    window_us: int
    reach_probability: float
    dial_us: int
    retry_after_us: int
    max_tries: int
    interruptible: bool = False
    silent: float = 0.0
    silent_us: int = 0  # agent time, slowdown apart, of a customer who left unnoticed
    followers_mean: float = 0.0  # reach of the customers; 0 where it is not told
    followers_cv: float = 0.0
    deflected: float = 0.0
    returns: tuple[Return | None, ...] = NOBODY_RETURNS  # by reason
    again: Again | None = None
    offspring: Offspring | None = None
    closing: Durations | None = None  # work of closing replies, where any are posted

    @property
    def has_journeys(self) -> bool:
        """Whether contacts of it are deflected, or beget others."""
        begets = (*self.returns, self.again, self.offspring)
        return self.deflected > 0 or any(one is not None for one in begets)

    @property
    def open_spans(self) -> list[tuple[int, int]]:
        """(opening, closing) instants, oldest first."""
        return list(zip(self.open_us.tolist(), self.close_us.tolist(), strict=True))

    def is_open(self, instant: int) -> bool:
        """Whether an instant lies in opening hours; the closing instant does not."""
        span = int(np.searchsorted(self.open_us, instant, side="right")) - 1
        return span >= 0 and instant < int(self.close_us[span])

    def opening_after(self, instant: int) -> int:
        """The first opening later than an instant; `NEVER` if none is known."""
        span = int(np.searchsorted(self.open_us, instant, side="right"))
        return int(self.open_us[span]) if span < len(self.open_us) else draws.NEVER


@dataclass(frozen=True)
class GroupInput:
    """
    Agents who come and go together.

    Parameters
    ----------
    name, key
        Name, and what its random numbers are drawn by.
    exit
        `rules.FIRST_FREE` (a number for every interval) or `rules.NAMED` (shifts).
    absence
        Probability that an agent is absent for a whole day (`FIRST_FREE`) or shift (`NAMED`).
    novices
        Millionths of the agents who are novices; see `rules.is_novice`.
    told_absent
        Places in the group of the agents who are absent, in place of a draw, for worked
        examples; None leaves it to chance.
    """

    name: str
    key: int
    exit: int = rules.FIRST_FREE
    absence: float = 0.0
    novices: int = 0
    told_absent: frozenset[int] | None = None


@dataclass(frozen=True)
class AgentShifts:
    """
    The shifts of all groups that work by shifts, a row an agent, sorted by group, then start.

    Parameters
    ----------
    group, start_us, end_us
        Shape (N,); within the horizon, `0 <= start < end <= length`.
    break_start_us, break_us
        Planned start and length of each break, in order, from the shift's start on and before
        its end; shape (N, B), length 0 for none, behind the others.
    """

    group: IntArray
    start_us: IntArray
    end_us: IntArray
    break_start_us: IntArray
    break_us: IntArray

    @classmethod
    def nobody(cls) -> AgentShifts:
        """No shift at all."""
        none = np.zeros(0, dtype=np.int64)
        return cls(none, none, none, none.reshape(0, 0), none.reshape(0, 0))

    def length_us(self, period: Horizon, groups: int, rows: BoolArray | None = None) -> IntArray:
        """
        Time from shift start to end, breaks included, by interval and group, shape (I, G).

        Parameters
        ----------
        period
            The I intervals.
        groups
            Number of groups, G.
        rows
            Which shifts count, shape (N,); all by default.
        """
        edges = np.arange(period.count + 1, dtype=np.int64) * period.interval_us
        length = np.zeros((period.count, groups), dtype=np.int64)
        for number in range(groups):
            mine = self.group == number if rows is None else rows & (self.group == number)
            area = time_before(self.end_us[mine], edges) - time_before(self.start_us[mine], edges)
            length[:, number] = np.diff(area)
        return length


@dataclass(frozen=True)
class SkillInput:
    """
    How agents of one cohort serve one channel.

    A group has one cohort, or two: the experienced, and behind them the novices.
    """

    cohort: int
    channel: int
    most: int
    preference: int  # rank among the channel's preferences, 0 for the best
    speed: int
    slowdown: IntArray  # by contacts in hand; place 0 is not used
    keep_free: int
    keep_free_unit: int
    priority: int = 0  # the group's own for the channel, else the channel's
    after_us: int = 0  # only contacts that have waited this long


@dataclass(frozen=True)
class GivenContacts:
    """
    First contacts told one by one in place of drawn ones, for worked examples.

    Parameters
    ----------
    channel, offered_us, work_us, patience_us
        Arrays of shape (N,), sorted by offer.
    reached_at_try
        Try at which a callback customer answers; 0 is never, -1 leaves it to chance.
    silent
        Whether a customer who gives up does so unnoticed, 0 or 1; -1 leaves it to chance.
    reach
        Followers of the customer; -1 leaves it to chance.
    offspring
        Posts that this one begets; -1 leaves it to chance.
    """

    channel: IntArray
    offered_us: IntArray
    work_us: IntArray
    patience_us: IntArray
    reached_at_try: IntArray
    silent: IntArray
    reach: IntArray
    offspring: IntArray


@dataclass(frozen=True)
class FloorInput:
    """
    Everything a replication needs besides its seed; the same for both engines.

    Parameters
    ----------
    scenario
        The scenario as simulated: where `routing.blend` is `separate`, the one of the teams.
    period
        The I intervals.
    grain_us
        Durations are whole multiples of this.
    rates
        Expected contacts and how they vary.
    channels
        C channels.
    skills
        Every skill, by cohort and then channel.
    groups
        G groups.
    cohort_groups
        Group of each cohort, shape (K,), rising.
    staff
        Agents scheduled, shape (I, G); 0 for groups that work by shifts.
    shifts
        Shifts of the groups that work by shifts.
    choice, load
        Codes of the routing rule.
    own_priorities
        Whether some group has a priority of its own for a channel.
    given
        Contacts in place of drawn ones.
    """

    scenario: Scenario
    period: Horizon
    grain_us: int
    rates: Rates
    channels: tuple[ChannelInput, ...]
    skills: tuple[SkillInput, ...]
    groups: tuple[GroupInput, ...]
    cohort_groups: IntArray
    staff: IntArray
    shifts: AgentShifts
    choice: int
    load: int
    own_priorities: bool = False
    given: GivenContacts | None = None

    @property
    def channel_names(self) -> tuple[str, ...]:
        """C names, in the order of the log's channel numbers."""
        return tuple(channel.name for channel in self.channels)

    @property
    def group_names(self) -> tuple[str, ...]:
        """G names, in the order of the log's group numbers."""
        return tuple(group.name for group in self.groups)

    @cached_property
    def scheduled_us(self) -> IntArray:
        """Agent time scheduled, breaks and the absent included, shape (I, G)."""
        by_shifts = self.shifts.length_us(self.period, len(self.groups))
        return self.staff * self.period.interval_us + by_shifts

    def with_contacts(self, given: GivenContacts) -> FloorInput:
        """The same floor, met by exactly these first contacts."""
        return replace(self, given=given)
