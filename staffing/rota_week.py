"""Which person takes which shift of a week, within everybody's rules?"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenario.errors import PlanningError, RunCancelledError
from scenario.shift_kinds import Contract
from staffing.days_off import WEEK
from staffing.program import Program
from staffing.rota_network import Network, Past, Slot, State

IntArray = NDArray[np.int64]

# A shift left open costs 1; all else together costs less than that, so that nothing is left
# open for the sake of fewer people, more hours or fairer ones.
SHORT_HOURS = 0.5
UNEVEN = 0.4
PEOPLE = 0.4
GAP = 1e-3
MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class Week:
    """
    Everybody's week.

    Parameters
    ----------
    taken
        For each person the numbers of the slots taken, in order.
    open
        People missing in each slot, shape (S,).
    proven
        Whether it is proven that no fewer shifts could be left open.
    """

    taken: tuple[tuple[int, ...], ...]
    open: IntArray
    proven: bool


def fill_week(
    slots: Sequence[Slot],
    people: Sequence[Past],
    rules: Mapping[str, Contract],
    days: int,
    *,
    fewest: bool = False,
    time_limit_s: float = 20.0,
    cancel: Callable[[], bool] | None = None,
) -> Week:
    """
    Give the slots of a week to people, as many as rules allow.

    Parameters
    ----------
    slots
        Shifts, sorted by day and start.
    people
        What each brings from the week before.
    rules
        Contracts by name.
    days
        Days of the week that are planned.
    fewest
        Whether as few people as possible shall work; otherwise hours are shared out evenly.
    time_limit_s
        Time after which the best rota so far is taken.
    cancel
        Asked whether to stop.
    """
    network = Network(slots, rules, days)
    entries = [network.entry(past) for past in people]
    network.grow()
    program = Program()
    flows = program.variables(len(network.ways), whole=True)
    _conserve(program, network, flows, Counter(entries))
    open_posts = _fill(program, network, flows)
    _share_out(program, network, flows, len(people), days, fewest)
    try:
        found = program.solve(time_limit_s=time_limit_s, gap=GAP, cancel=cancel)
    except RunCancelledError:
        raise
    except PlanningError:  # no rota in time: everything stays open, and nothing is proven
        counts = np.array([slot.count for slot in slots], dtype=np.int64)
        return Week(((),) * len(people), counts, not counts.any())
    missing = np.rint(found.values[open_posts]).astype(np.int64)
    least_open = math.ceil(found.bound - SHORT_HOURS - UNEVEN - 1e-6)
    used = np.rint(found.values[flows]).astype(np.int64)
    taken = _paths(network, entries, used)
    return Week(taken, missing, int(missing.sum()) <= max(0, least_open))


def _conserve(program: Program, network: Network, flows: IntArray, supply: Counter[int]) -> None:
    """Who comes to a place leaves it, unless the week is over."""
    over = {number for number, _ in network.ends}
    origins = np.array([way.origin for way in network.ways], dtype=np.int64)
    targets = np.array([way.target for way in network.ways], dtype=np.int64)
    rows = np.array([n for n in range(len(network.places)) if n not in over], dtype=np.int64)
    row_of = np.full(len(network.places), -1, dtype=np.int64)
    row_of[rows] = np.arange(len(rows))
    inner = row_of[targets] >= 0
    program.sparse_rows(
        len(rows),
        (row_of[origins], flows, 1.0),
        (row_of[targets[inner]], flows[inner], -1.0),
        low=(supplied := np.array([supply[int(n)] for n in rows], dtype=float)),
        high=supplied,
    )


def _fill(program: Program, network: Network, flows: IntArray) -> IntArray:
    """People who take a slot and people missing are what it wants; the latter's variables."""
    counts = np.array([slot.count for slot in network.slots], dtype=float)
    missing = program.variables(len(counts), 1.0)
    slots = np.array([way.slot for way in network.ways], dtype=np.int64)
    taking = slots >= 0
    every = np.arange(len(counts))
    program.sparse_rows(
        len(counts),
        (slots[taking], flows[taking], 1.0),
        (every, missing, 1.0),
        low=counts,
        high=counts,
    )
    return missing


def _share_out(
    program: Program, network: Network, flows: IntArray, people: int, days: int, fewest: bool
) -> None:
    """Price the ends of weeks: too few hours, uneven hours, or people who work at all."""
    into = defaultdict(list)
    for number, way in enumerate(network.ways):
        into[way.target].append(number)
    for place, state in network.ends:
        price = _price(network.rules[state.contract], state, days, fewest) / max(people, 1)
        arriving = flows[np.array(into[place], dtype=np.int64)]
        if price > 0 and arriving.size:
            ending = program.variables(1, price)
            together = np.append(arriving, ending)[np.newaxis, :]
            program.rows((together, np.append(np.ones(arriving.size), -1.0)), low=0.0, high=0.0)


def _price(rules: Contract, state: State, days: int, fewest: bool) -> float:
    """Price of one person's week, below 1."""
    hours = state.minutes / 60
    least = rules.min_hours_per_week * days / WEEK
    short = SHORT_HOURS * max(0.0, 1 - hours / least) if least else 0.0
    if fewest:
        return short + PEOPLE * (state.days > 0)
    uneven: float = UNEVEN * (hours / rules.most_hours) ** 2
    return short + uneven


def _paths(network: Network, entries: Sequence[int], used: IntArray) -> tuple[tuple[int, ...], ...]:
    """One path for each person; from day to day the next start that comes no earlier in the day."""
    out: defaultdict[int, list[int]] = defaultdict(list)
    for number in np.flatnonzero(used).tolist():
        out[network.ways[number].origin].append(number)
    left = used.copy()
    weeks = []
    for entry in entries:
        place, usual = entry, -1
        taken = []
        while True:
            choices = [number for number in out[place] if left[number]]
            if not choices:
                break
            number = min(choices, key=lambda one: _rank(network, one, usual))
            left[number] -= 1
            way = network.ways[number]
            if way.slot >= 0:
                taken.append(way.slot)
                usual = network.slots[way.slot].begin % MINUTES_A_DAY
            place = way.target
        weeks.append(tuple(taken))
    return tuple(weeks)


def _rank(network: Network, number: int, usual: int) -> int:
    """Taking a slot no earlier than usual comes first, then going on, then an earlier one."""
    slot = network.ways[number].slot
    if slot < 0:
        return 1
    return 0 if network.slots[slot].begin % MINUTES_A_DAY >= usual else 2
