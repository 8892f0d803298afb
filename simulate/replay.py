"""One day of one replication to look at: who had which contact in hand when, and who waited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Demand, InvalidValueError, RunCancelledError, Scenario, Staff
from simulate.floor.recorder import Happening, Recorder

if TYPE_CHECKING:  # encoding loads the compiled draws
    from simulate.floor_input import FloorInput

AGENT = np.dtype([("id", np.int32), ("group", np.int16), ("place", np.int32)])
"""A row of the picture: the floor's number of the agent, the group, the place in it from 0."""
STAY = np.dtype([("row", np.int32), ("begin_us", np.int64), ("end_us", np.int64), ("what", "i1")])
"""A time in which an agent (place in the table of agents) was present, on a break, or absent."""
BAR = np.dtype(
    [
        ("contact", np.int64),
        ("row", np.int32),
        ("channel", np.int16),
        ("begin_us", np.int64),
        ("end_us", np.int64),
        ("lane", np.int16),
        ("what", np.int8),
    ]
)
"""A time in which an agent had a contact in hand, in one of the agent's lanes from 0."""
WAIT = np.dtype(
    [
        ("contact", np.int64),
        ("channel", np.int16),
        ("begin_us", np.int64),
        ("end_us", np.int64),
        ("left", np.int8),
    ]
)
"""A time in which a contact stood in its channel's queue, and how it left."""
STEP = np.dtype([("channel", np.int16), ("instant_us", np.int64), ("waiting", np.int32)])
"""From this instant on so many contacts wait in the channel; one row an instant and channel."""
EVENT = np.dtype(
    [
        ("instant_us", np.int64),
        ("what", np.int16),
        ("contact", np.int64),
        ("row", np.int32),
        ("waiting", np.int32),
    ]
)
"""Something that happened to a contact: place in `Replay.words`, row of the agent or -1."""

PRESENT, ON_BREAK, ABSENT, STAYS_ON = range(4)  # what of a stay; the last one: past the shift
WORK, IN_VAIN, GONE = range(3)  # what of a bar: work, a call that reached nobody, nobody there
TAKEN, LEFT, STILL_THERE = range(3)  # left of a wait


@dataclass(frozen=True, eq=False)
class Replay:
    """
    One local day of one replication. Times are microseconds since `start`.

    Parameters
    ----------
    scenario
        What was simulated; where the work is separate its groups are the separate teams.
    start, length_us
        First instant of the day, and how much of it lies within the horizon.
    seed, replication
        What the random numbers were drawn by.
    agents
        Dtype `AGENT`: everybody who is there or absent on this day, by group, a row each.
    stays
        Dtype `STAY`, cut to the day, by row and begin.
    bars
        Dtype `BAR`, by begin, cut to the day. A contact that is put aside has several.
    waits
        Dtype `WAIT`, by begin; not cut, so what waits at midnight began to wait before.
    steps
        Dtype `STEP`, by channel and instant; the first row of each channel is at 0.
    contacts
        Dtype `simulate.log.CONTACT`, by id: every contact that this day knows of.
    contact_offset_us
        What to take off the instants of `contacts` to have them since `start`.
    events
        Dtype `EVENT`: all that has happened to these contacts up to the end of the day.
    words
        What happened, by number; see `simulate.floor.recorder.WORDS`.
    away
        Agents absent by interval and group, of groups that work by numbers, shape (i, G).
    """

    scenario: Scenario
    start: pd.Timestamp
    length_us: int
    seed: int
    replication: int
    agents: NDArray[Any]
    stays: NDArray[Any]
    bars: NDArray[Any]
    waits: NDArray[Any]
    steps: NDArray[Any]
    contacts: NDArray[Any]
    contact_offset_us: int
    events: NDArray[Any]
    words: tuple[str, ...]
    away: NDArray[np.int64]

    @property
    def channels(self) -> tuple[str, ...]:
        """Channel names by number."""
        return tuple(self.scenario.channels)

    @property
    def groups(self) -> tuple[str, ...]:
        """Group names by number."""
        return tuple(self.scenario.groups)


def replay(
    scenario: Scenario,
    demand: Demand,
    staff: Staff | None = None,
    *,
    day: int = 0,
    replication: int = 0,
    seed: int | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Replay:
    """
    Live through a replication and keep one day of it.

    Parameters
    ----------
    scenario
        Everything that is assumed.
    demand
        Expected contacts, before the scenario's scale and bursts.
    staff
        Agents on the floor; default: the scenario's current staffing.
    day
        Local day of the horizon, from 0.
    replication, seed
        The same customers as in `simulate` meet the floor; default seed: the scenario's.
    cancel
        Asked every few milliseconds whether to stop.

    Raises
    ------
    InvalidValueError
        When a number is out of range or demand and staff do not cover the scenario's horizon.
    RunCancelledError
        When cancelled.

    Notes
    -----
    The SimPy engine lives from the horizon's start to the end of the day and tells what
    happens; the kernel tells what became of each contact later. Both meet the same customers
    and agree to the event.
    """
    from simulate.encode import encode

    seed = scenario.seed if seed is None else seed
    if not 0 <= seed < 2**63:
        raise InvalidValueError("seed", "between 0 and 2**63 - 1", seed)
    if not replication >= 0:
        raise InvalidValueError("replication", "at least 0", replication)
    days = int(scenario.period.day_of_interval[-1])
    if not 0 <= day <= days:
        raise InvalidValueError("day", f"between 0 and {days}", day)
    given = encode(scenario, demand, scenario.staff() if staff is None else staff)
    return replay_of(given, seed, replication, day, cancel)


def replay_of(
    given: FloorInput,
    seed: int,
    replication: int,
    day: int,
    cancel: Callable[[], bool] | None = None,
) -> Replay:
    """Keep one day of a replication of a floor's input; see `replay`."""
    from simulate.floor import run_replication
    from simulate.kernel import run_replication as run_kernel
    from simulate.replay_parts import parts_of

    number = given.period.day_of_interval
    own = np.flatnonzero(number == day)
    begin_us = int(own[0]) * given.period.interval_us
    end_us = (int(own[-1]) + 1) * given.period.interval_us
    facts = run_kernel(given, seed, replication, cancel)
    recorder = _UpTo(end_us)
    try:
        run_replication(given, seed, replication, recorder.is_told(cancel), recorder=recorder)
    except RunCancelledError:
        if not recorder.is_over:
            raise
    parts = parts_of(given, facts.contacts, recorder.happenings, seed, replication, own)
    return Replay(
        scenario=given.scenario,
        start=given.period.start + pd.Timedelta(microseconds=begin_us),
        length_us=end_us - begin_us,
        seed=seed,
        replication=replication,
        contact_offset_us=begin_us,
        **parts,
    )


class _UpTo(Recorder):
    """Keeps what happens before an instant, and says when it has come."""

    def __init__(self, end_us: int) -> None:
        super().__init__()
        self.end_us, self.is_over = end_us, False

    def note(self, instant_us: int, *rest: Any) -> None:
        """Write something down, unless it is too late."""
        if instant_us >= self.end_us:
            self.is_over = True
        else:
            super().note(instant_us, *rest)

    def is_told(self, cancel: Callable[[], bool] | None) -> Callable[[], bool]:
        """Whether nothing more is wanted."""
        return lambda: self.is_over or (cancel is not None and cancel())


def happenings_table(happenings: list[Happening]) -> NDArray[Any]:
    """What happened as columns; `what` as its place in `WORDS`."""
    from simulate.floor.recorder import WORDS

    places = {word: place for place, word in enumerate(WORDS)}
    table = np.empty(
        len(happenings),
        dtype=[
            ("instant_us", np.int64),
            ("what", np.int16),
            ("contact", np.int64),
            ("channel", np.int16),
            ("agent", np.int32),
            ("group", np.int16),
            ("waiting", np.int32),
        ],
    )
    table["instant_us"] = [one.instant_us for one in happenings]
    table["what"] = [places[one.what] for one in happenings]
    table["contact"] = [one.contact for one in happenings]
    table["channel"] = [one.channel for one in happenings]
    table["agent"] = [one.agent for one in happenings]
    table["group"] = [one.group for one in happenings]
    table["waiting"] = [one.queue for one in happenings]
    return table
