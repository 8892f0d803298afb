"""How many agents of each group do live needs and waiting work take together?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.backlog import WorkStream
from staffing.limits import Limits
from staffing.program import Program

FloatArray = NDArray[np.float64]

MOST_OCCUPIED = 0.92  # of a blended day; trade guidance
SHORT_PRICE = 30.0  # an agent hour missing, in agent hours
LATE_PRICE = 60.0  # an hour of work late, in agent hours: dearer than any staff
UNEVEN_PRICE = 0.02  # one agent more or fewer than before: a flat plan at equal cost
LATER_PRICE = 1e-4  # an hour's delay of work that may wait: sooner at equal cost


@dataclass(frozen=True)
class LiveNeed:
    """
    Agents that a live channel needs.

    Parameters
    ----------
    agents
        Agents with fraction, shape (I,).
    busy
        Share of their time spent on contacts, shape (I,), in [0, 1].
    worth
        Agents of the channel's measure that one agent of each group is worth, shape (G,); 0
        where the group does not serve the channel.
    """

    agents: FloatArray
    busy: FloatArray
    worth: FloatArray


@dataclass(frozen=True)
class WaitingWork:
    """
    A stream of deferred work or callbacks and who may do it.

    Parameters
    ----------
    stream
        What comes and by when it is due, in agent seconds of a contact handled alone.
    worth
        Solo agent seconds that one second of each group is worth, shape (G,); 0 where the
        group does not serve the channel.
    """

    stream: WorkStream
    worth: FloatArray


def blended_agents(
    live: Sequence[LiveNeed],
    waiting: Sequence[WaitingWork],
    limits: Limits,
    weeks: NDArray[np.int64],
    interval_s: float,
    cancel: Callable[[], bool] | None = None,
) -> FloatArray:
    """
    Least agents, with fraction, that meet live needs and finish waiting work by its deadlines.

    Parameters
    ----------
    live
        Needs of the live channels.
    waiting
        Deferred work and callbacks.
    limits
        Bounds and prices of the groups.
    weeks
        Week of each interval, shape (I,), for the contracts' hours.
    interval_s
        Length of an interval in seconds.
    cancel
        Asked whether to stop.

    Returns
    -------
    ndarray
        Agents by interval and group, shape (I, G). Where the limits leave no room, what
        cannot be done is left out at a price, so there is always an answer.

    Raises
    ------
    PlanningError
        When the solver fails, which it should not.

    Notes
    -----
    A linear program. An agent of a live need serves it `busy` of the time; the rest, up to
    the occupancy that people can bear, is offered to waiting work. The work done by each
    interval's end stays between what is due and what has come.
    """
    count, groups = limits.most.shape
    hour = interval_s / 3600
    program = Program()
    agents = program.variables(
        (count, groups), limits.price * hour, low=limits.fewest, high=limits.most
    )
    _prefer_even(program, agents, limits.price * hour)
    present = [(agents, np.ones(1))]
    busy = [(agents, np.full(1, MOST_OCCUPIED))]
    dear = float(limits.price.max()) * hour
    for need in live:
        may = (need.worth > 0) & (limits.most > 0)
        given = program.variables((count, groups), high=np.where(may, np.inf, 0.0))
        short = program.variables((count, 1), SHORT_PRICE * dear)
        program.rows((given, need.worth), (short, 1.0), low=need.agents)
        present.append((given, np.full(1, -1.0)))
        busy.append((given, -np.minimum(need.busy, MOST_OCCUPIED)[:, np.newaxis]))
    for work in waiting:
        done = _worked_off(program, work, limits, dear, interval_s)
        busy.append((done, np.full(1, -1.0)))
    for terms in (present, busy):
        flat = [(v.ravel(), np.broadcast_to(f, v.shape).ravel()) for v, f in terms]
        program.rows(*flat, low=0.0)
    for week in np.unique(weeks):
        for group in np.flatnonzero(np.isfinite(limits.hours_a_week)):
            beyond = program.variables(1, SHORT_PRICE / 3 * dear)
            together = agents[weeks == week, group][np.newaxis, :]
            program.rows((together, 1.0), (beyond, -1.0), high=limits.hours_a_week[group] / hour)
    return np.maximum(program.solve(cancel=cancel).values[agents], 0.0)


def _prefer_even(program: Program, agents: NDArray[np.int64], price: FloatArray) -> None:
    """Every change from one interval to the next costs a trifle."""
    change = program.variables(agents[1:].shape, UNEVEN_PRICE * price)
    for sign in (1.0, -1.0):
        program.rows(
            (change.ravel(), 1.0), (agents[1:].ravel(), sign), (agents[:-1].ravel(), -sign), low=0.0
        )


def _worked_off(
    program: Program, work: WaitingWork, limits: Limits, dear: float, interval_s: float
) -> NDArray[np.int64]:
    """Agents at work on a stream, by interval and group; what is done is kept as a running sum."""
    count, groups = limits.most.shape
    may = (work.worth > 0) & work.stream.allowed[:, np.newaxis] & (limits.most > 0)
    done = program.variables((count, groups), high=np.where(may, np.inf, 0.0))
    released = np.cumsum(work.stream.released) / interval_s
    # What is done early is worth a trifle more, so that no work waits without a reason.
    total = program.variables(count, -LATER_PRICE * dear, high=released)
    late = program.variables(count, LATE_PRICE * dear)
    later = program.variables(count, LATE_PRICE * dear)
    program.rows((total[:1], 1.0), (done[:1], -work.worth), low=0.0, high=0.0)
    program.rows((total[1:], 1.0), (total[:-1], -1.0), (done[1:], -work.worth), low=0.0, high=0.0)
    program.rows((total, 1.0), (late, 1.0), low=work.stream.on_time / interval_s)
    program.rows((total, 1.0), (later, 1.0), low=work.stream.at_last / interval_s)
    return done
