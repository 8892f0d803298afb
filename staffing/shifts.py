"""Which shifts could be worked: every start of every kind, with the ways to place its breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon, local_instant, minutes_in, weekdays_in
from scenario.groups import Group
from scenario.shift_kinds import Break, ShiftKind
from staffing.cover_terms import Option
from staffing.pay import rate_of, shift_shrinkage

BoolArray = NDArray[np.bool_]
MOST_WAYS = 400  # ways to place a run of breaks; beyond it starts are tried further apart
MICROSECONDS_A_MINUTE = 60_000_000


@dataclass(frozen=True)
class PossibleShift:
    """
    One start of one kind of shift.

    Parameters
    ----------
    kind
        Name of the kind.
    start, end
        Instants.
    day
        Local day of the start, counted from the horizon's first.
    paid_hours
        Paid hours of one agent on shift, unpaid breaks taken out.
    paid_factor
        Paid agents behind one on shift, 1 / (1 - shrinkage).
    rate
        Cost of a paid hour.
    option
        What the covering sees of it; its cost is that of a paid agent, or where the group's
        hours cost nothing, the hours.
    pauses
        For each of the option's breaks, for each way, (minute after the start, minutes) of
        every break in it.
    """

    kind: str
    start: pd.Timestamp
    end: pd.Timestamp
    day: int
    paid_hours: float
    paid_factor: float
    rate: float
    option: Option
    pauses: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]


def possible_shifts(group: Group, horizon: Horizon, wanted: BoolArray) -> list[PossibleShift]:
    """
    Every shift of a group that starts within the horizon and is wanted at some time.

    Parameters
    ----------
    group
        Its kinds of shift, contracts and shrinkage.
    horizon
        Intervals to cover.
    wanted
        Intervals in which anybody is required, shape (I,).
    """
    shifts = []
    # Where nothing costs anything, hours do: shifts for nothing would be worked by anybody.
    free = not any(rate_of(group, kind) for kind in group.shifts.values())
    dates = pd.date_range(horizon.start.date(), horizon.end.date(), freq="D")
    for name, kind in group.shifts.items():
        ways = [_ways(run, horizon.interval_minutes) for run in _runs(kind.breaks)]
        days = set(weekdays_in(kind.days))
        paid_hours = kind.paid_hours
        factor = shift_shrinkage(group, kind).paid(1.0)
        rate = rate_of(group, kind)
        for day, stamp in enumerate(dates):
            if stamp.weekday() not in days:
                continue
            for minute in _starts(kind):
                start = local_instant(stamp.date(), minute, horizon.timezone)
                begin = horizon.offset_us(start)
                if not 0 <= begin < horizon.length_us:
                    continue
                end = start + pd.Timedelta(minutes=kind.length_minutes)
                present = _whole(horizon, begin, kind.length_minutes)
                if not (present & wanted).any():
                    continue
                breaks = tuple(
                    np.stack([_away(horizon, begin, way) for way in places]) for places in ways
                )
                option = Option(paid_hours * factor * (1.0 if free else rate), present, breaks)
                shifts.append(
                    PossibleShift(
                        name, start, end, day, paid_hours, factor, rate, option, tuple(ways)
                    )
                )
    return shifts


def _starts(kind: ShiftKind) -> range:
    first, last = minutes_in(kind.earliest_start), minutes_in(kind.latest_start)
    return range(first, last + 1, kind.step_minutes)


def _runs(breaks: tuple[Break, ...]) -> Iterator[list[Break]]:
    """Breaks in order, those whose windows could collide together."""
    run: list[Break] = []
    for pause in sorted(breaks, key=lambda one: one.earliest_min):
        if run and pause.earliest_min >= max(b.latest_min + b.minutes for b in run):
            yield run
            run = []
        run.append(pause)
    if run:
        yield run


def _ways(run: list[Break], interval_minutes: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Every way to place a run of breaks one after the other: (minute, minutes) of each."""
    step = interval_minutes
    while True:
        starts = [
            sorted({*range(b.earliest_min, b.latest_min + 1, step), b.latest_min})
            if (b.latest_min - b.earliest_min) % step
            else list(range(b.earliest_min, b.latest_min + 1, step))
            for b in run
        ]
        ways = []
        for places in product(*starts):
            order = sorted(zip(places, (b.minutes for b in run), strict=True))
            if all(begin + length <= later for (begin, length), (later, _) in pairwise(order)):
                ways.append(tuple(order))
        if len(ways) <= MOST_WAYS:
            # Windows too tight for all: the breaks follow each other from the first on.
            return tuple(ways) or (tuple(_one_after_the_other(run)),)
        step *= 2


def _one_after_the_other(run: list[Break]) -> Iterator[tuple[int, int]]:
    free = 0
    for pause in run:
        begin = max(free, pause.earliest_min)
        yield begin, pause.minutes
        free = begin + pause.minutes


def _whole(horizon: Horizon, begin_us: int, minutes: int) -> BoolArray:
    """Intervals wholly within the shift; only in these does an agent count."""
    starts = np.arange(horizon.count, dtype=np.int64) * horizon.interval_us
    end_us = begin_us + minutes * MICROSECONDS_A_MINUTE
    within: BoolArray = (starts >= begin_us) & (starts + horizon.interval_us <= end_us)
    return within


def _away(horizon: Horizon, begin_us: int, way: tuple[tuple[int, int], ...]) -> BoolArray:
    """Intervals touched by a break; in these an agent does not count."""
    starts = np.arange(horizon.count, dtype=np.int64) * horizon.interval_us
    away = np.zeros(horizon.count, dtype=np.bool_)
    for minute, length in way:
        from_us = begin_us + minute * MICROSECONDS_A_MINUTE
        to_us = from_us + length * MICROSECONDS_A_MINUTE
        away |= (starts < to_us) & (starts + horizon.interval_us > from_us)
    return away
