"""When: SimPy's environment with integer microseconds and one total order of events."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias

import simpy
from simpy.events import EventPriority

from scenario import RunCancelledError

Story: TypeAlias = Generator[simpy.Event, Any, None]
"""A SimPy process: what one part of the floor lives through."""

_FIRST_PRIORITY = 2  # 0 and 1 are SimPy's own
_IDS = 2**40
_EVENTS_BETWEEN_POLLS = 256


class Moment(simpy.Event):
    """Something that happens at a set instant, in its place among others of that instant."""

    def __init__(self, clock: Clock, rank: int) -> None:
        super().__init__(clock)
        self.rank = rank
        self._ok = True
        self._value = None

    def then(self, action: Callable[[simpy.Event], None]) -> None:
        """Do something when the moment has come."""
        callbacks: list[Callable[[simpy.Event], None]] = self.callbacks
        callbacks.append(action)


class Clock(simpy.Environment):
    """
    Time on the floor: events in the order of (instant, rank, entity).

    Attributes
    ----------
    rank
        Rank of the event that is happening, where `tells_ranks` is set; -1 before the first.
    """

    def __init__(self, *, tells_ranks: bool = False) -> None:
        super().__init__()
        self.rank = -1
        self._tells_ranks = tells_ranks

    def moment(self, instant: int, rank: int, entity: int) -> Moment:
        """
        An event at an instant, now or later.

        Parameters
        ----------
        instant
            Microseconds from the horizon's start.
        rank, entity
            Place among the events of one instant: the lowest rank, then the lowest entity.
        """
        moment = Moment(self, rank)
        if self._tells_ranks:
            moment.then(self._note_rank)
        priority = EventPriority(_FIRST_PRIORITY + rank * _IDS + entity)
        self.schedule(moment, priority, instant - self._now)
        return moment

    def at(
        self, instant: int, rank: int, entity: int, action: Callable[..., None], *arguments: Any
    ) -> Moment:
        """Do something at an instant; see `moment`."""
        moment = self.moment(instant, rank, entity)
        moment.then(lambda _: action(*arguments))
        return moment

    def _note_rank(self, event: simpy.Event) -> None:
        assert isinstance(event, Moment)
        self.rank = event.rank

    def live(self, story: Story) -> None:
        """Live through a story; whatever goes wrong in it surfaces as it is."""
        self.process(self._guarded(story))

    def _guarded(self, story: Story) -> Story:
        # SimPy builds an error of a process anew, from its text alone. An error of a moment's
        # action comes through untouched.
        try:
            yield from story
        except BaseException as error:
            self.at(int(self.now), 0, 0, _raise, error)

    def run_out(self, cancel: Callable[[], bool] | None) -> None:
        """
        Go on until nothing is left to happen.

        Raises
        ------
        RunCancelledError
            When `cancel`, asked every few milliseconds, says so.
        """
        step = self.step
        try:
            while True:
                if cancel is not None and cancel():
                    raise RunCancelledError
                for _ in range(_EVENTS_BETWEEN_POLLS):
                    step()
        except simpy.core.EmptySchedule:
            return


def _raise(error: BaseException) -> None:
    raise error
