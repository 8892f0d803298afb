"""
Everything there is on the kernel's floor: tables of 64-bit numbers, a row for each thing.

A column is named by a constant of `state`, so that `agents[agent, TURN]` reads as it should.
All of the state is in these tables: the loop can stop after any event and go on later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, get_args, get_type_hints

import numpy as np
from numpy.typing import NDArray

from simulate.journeys import REASONS
from simulate.kernel import state as at

Numbers = NDArray[np.int64]
Fractions = NDArray[np.float64]
ANY = None  # rows or columns: known when the floor is made
PLACES = 4  # in a row of `Floor.layout`: an address and up to three sizes


@dataclass(eq=False, kw_only=True)
class Floor:
    """
    One replication, and then the next.

    Parameters
    ----------
    state
        Numbers of the whole floor, by the constants above.
    contacts
        Those on the floor; a row is used again once its contact has gone.
    timers
        Heap of (instant, place, row) of what awaits single contacts and agents.
    agents
        By number.
    hands, aside
        Rows of the contacts in hand and put aside, by agent.
    completions
        Winner tree of instants at which agents' next contacts are done; see `timers`.
    groups, cohorts, skills, channels
        By number; skills by cohort and channel.
    loads
        Agents who may be told to leave, by group and contacts in hand.
    benches
        First and last agent of every bench: those of a cohort with empty hands, then those
        with one contact in hand and more by `FIRST_BENCH`; longest in that state first.
    slowdown
        By cohort, channel and contacts in hand.
    chances
        By channel.
    ways, way_chances
        How customers come in again, by channel and reason.
    unborn
        Children begotten and not born; a row is used again.
    work_means
        Mean work in microseconds by channel and interval.
    values
        Observed works of all channels, in means.
    points, shares
        Observed patience or points of survival curves of all channels, with the share still
        waiting in `shares`.
    opens, closes
        Opening hours of all channels.
    gates
        Waits that some group asks for, by channel.
    timetable, doors, staff
        What happens at set instants: see the constants; a door is (channel, opens); staff by
        interval and group, with a last row of nobody.
    shift_events, shifts
        What happens in shifts, in order; the shifts by agent.
    counts
        First contacts by interval and channel.
    opening
        Who waits at the start, the oldest first.
    arrivals, order
        First contacts of the next interval that has any, and their rows in order of arrival.
    told
        What is told of first contacts instead of drawn, by id.
    tallies
        What the contacts amount to, by cell (interval and channel, then the opening backlog
        by channel) and the constants of `tally`.
    thresholds, within, of
        Further times; served within them and what that is a share of, by interval.
    queue, backlog, oldest
        By interval and channel; see `measures.CONTACT_COUNTS`.
    busy, held, in_hand
        Agent and contact time in hand by interval, group and channel; agent time by interval,
        group and number in hand.
    present, paused, leaving
        Agent time on the floor, on break, and spent after the shift, by interval and group.
    waits, responses
        Hash tables of histogram bins; see `histograms`.
    by_reach
        Heaps of the contacts in queues by followers, most followers first; see `heaps`.
    log
        Every contact that has gone, by id, in the columns above, where that is wanted.
    heads
        Scratch: the contacts to try, in order.

    Attributes
    ----------
    layout
        Where each table is and how large, for compiled code: a row a table, its address and
        then its shape.
    address
        Of `layout`: all that compiled functions hand each other.
    """

    state: Annotated[Numbers, at.STATE_SIZE]
    contacts: Annotated[Numbers, ANY, at.CONTACT_SIZE]
    timers: Annotated[Numbers, ANY, at.TIMER_SIZE]
    agents: Annotated[Numbers, ANY, at.AGENT_SIZE]
    hands: Annotated[Numbers, ANY, ANY]
    aside: Annotated[Numbers, ANY, ANY]
    completions: Annotated[Numbers, ANY]
    groups: Annotated[Numbers, ANY, at.GROUP_SIZE]
    cohorts: Annotated[Numbers, ANY, at.COHORT_SIZE]
    skills: Annotated[Numbers, ANY, ANY, at.SKILL_SIZE]
    channels: Annotated[Numbers, ANY, at.CHANNEL_SIZE]
    loads: Annotated[Numbers, ANY, ANY]
    benches: Annotated[Numbers, ANY, 2]
    slowdown: Annotated[Numbers, ANY, ANY, ANY]
    chances: Annotated[Fractions, ANY, at.CHANCES_SIZE]
    ways: Annotated[Numbers, ANY, REASONS, at.WAY_SIZE]
    way_chances: Annotated[Fractions, ANY, REASONS, at.WAY_CHANCES_SIZE]
    unborn: Annotated[Numbers, ANY, at.CHILD_SIZE]
    work_means: Annotated[Fractions, ANY, ANY]
    values: Annotated[Fractions, ANY]
    points: Annotated[Fractions, ANY]
    shares: Annotated[Fractions, ANY]
    opens: Annotated[Numbers, ANY]
    closes: Annotated[Numbers, ANY]
    gates: Annotated[Numbers, ANY]
    timetable: Annotated[Numbers, ANY, at.ENTRY_SIZE]
    doors: Annotated[Numbers, ANY, 2]
    staff: Annotated[Numbers, ANY, ANY]
    shift_events: Annotated[Numbers, ANY, at.EVENT_SIZE]
    shifts: Annotated[Numbers, ANY, ANY]
    counts: Annotated[Numbers, ANY, ANY]
    opening: Annotated[Numbers, ANY, at.OPENING_SIZE]
    arrivals: Annotated[Numbers, ANY, at.ARRIVAL_SIZE]
    order: Annotated[Numbers, ANY]
    told: Annotated[Numbers, ANY, at.TOLD_SIZE]
    tallies: Annotated[Numbers, ANY, ANY]
    thresholds: Annotated[Numbers, ANY]
    within: Annotated[Numbers, ANY, ANY]
    of: Annotated[Numbers, ANY, ANY]
    queue: Annotated[Numbers, ANY, ANY]
    backlog: Annotated[Numbers, ANY, ANY]
    oldest: Annotated[Numbers, ANY, ANY]
    busy: Annotated[Numbers, ANY, ANY, ANY]
    held: Annotated[Numbers, ANY, ANY, ANY]
    in_hand: Annotated[Numbers, ANY, ANY, ANY]
    present: Annotated[Numbers, ANY, ANY]
    paused: Annotated[Numbers, ANY, ANY]
    leaving: Annotated[Numbers, ANY, ANY]
    waits: Annotated[Numbers, ANY]
    responses: Annotated[Numbers, ANY]
    by_reach: Annotated[Numbers, ANY, ANY, at.REACH_PLACE_SIZE]
    log: Annotated[Numbers, ANY, at.CONTACT_SIZE]
    heads: Annotated[Numbers, ANY, ANY]
    layout: Numbers = field(init=False)
    address: int = field(init=False)

    def __post_init__(self) -> None:
        self.layout = np.zeros((len(TABLES), PLACES), dtype=np.int64)
        self.address = self.layout.ctypes.data
        for table in TABLES:
            self.put(table.name, getattr(self, table.name))

    def put(self, name: str, held: NDArray[Any]) -> None:
        """Put a table in the place of the one of that name."""
        number, table = _PLACES[name]
        table.check(held)
        setattr(self, name, held)
        row = self.layout[number]
        row[0] = held.ctypes.data
        row[1 : 1 + held.ndim] = held.shape


@dataclass(frozen=True)
class Table:
    """What compiled code knows of one of the tables."""

    name: str
    of: type
    shape: tuple[int | None, ...]

    def check(self, held: NDArray[Any]) -> None:
        """Hold a table to what compiled code takes for granted."""
        sizes = zip(self.shape, held.shape, strict=True)
        as_known = all(known is None or known == size for known, size in sizes)
        if not as_known or held.dtype != self.of or not held.flags.c_contiguous:
            raise TypeError(f"{self.name}: {held.dtype} {held.shape} is not {self}")


def _tables() -> tuple[Table, ...]:
    found = []
    for name, hint in get_type_hints(Floor, include_extras=True).items():
        if hasattr(hint, "__metadata__"):
            kind = np.float64 if get_args(hint)[0] == Fractions else np.int64
            found.append(Table(name, kind, hint.__metadata__))
    return tuple(found)


TABLES = _tables()
"""The tables in the order in which `Floor.layout` tells them."""

_PLACES = {table.name: (number, table) for number, table in enumerate(TABLES)}
