"""A rehearsal as the screen shows it: a first look at once, then more replications."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from views.attention import attention

if TYPE_CHECKING:
    from scenario import Demand, Scenario
    from simulate.outcome import Outcome
    from views.turns import Turns

FIRST_LOOK = 4  # replications: a tenth of a second for a centre of 200
TURN_S = 0.15  # how long a later look keeps the processors from somebody's first
WHILE_LOOKED_AT = 100  # replications that follow while the person looks
MOST_CONTACTS = 1_600_000  # in these: a second's work, which twenty people have to share
IN_TENS = 10


def looks_of(asked: int, contacts: float = 0.0) -> tuple[int, ...]:
    """
    Replications of each look, growing.

    Parameters
    ----------
    asked
        The scenario's own number: always one of the looks, and the last one if it is large.
    contacts
        Expected in one replication. Many contacts tell much, and take long: a week of a centre
        of 200 is rehearsed 40 times and not 100.

    Examples
    --------
    >>> looks_of(20), looks_of(3), looks_of(500), looks_of(10, 39_000.0)
    ((4, 20, 100), (3, 100), (4, 500), (4, 10, 40))
    """
    affordable = int(MOST_CONTACTS / max(contacts, 1.0)) // IN_TENS * IN_TENS
    last = max(asked, min(WHILE_LOOKED_AT, max(affordable, IN_TENS)))
    first = {FIRST_LOOK} if asked > 2 * FIRST_LOOK else set()
    return tuple(sorted(first | {asked, last}))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """
    One scenario with more and more replications.

    Parameters
    ----------
    looks
        Outcomes by growing number of replications; each begins with the ones before.
    """

    looks: tuple[Outcome, ...]

    @property
    def latest(self) -> Outcome:
        """The outcome of most replications."""
        return self.looks[-1]

    @property
    def nbytes(self) -> int:
        """Memory that the looks take, about."""
        return sum(look.data.nbytes for look in self.looks)

    def beside(self, baseline: Rehearsal) -> tuple[Outcome, Outcome]:
        """
        Pair with a baseline after equally many replications, as many as both have.

        Outcomes of different length would differ by who happened to call, too.
        """
        before = {look.replications: look for look in baseline.looks}
        for look in reversed(self.looks):
            if look.replications in before:
                return look, before[look.replications]
        return self.latest, baseline.latest


def side_by_side(rehearsed: Mapping[str, Rehearsal]) -> dict[str, Outcome]:
    """
    Outcomes after equally many replications, as many as all have.

    Where no number is common to all, each comes with its latest.
    """
    counts = [{look.replications for look in one.looks} for one in rehearsed.values()]
    common = set.intersection(*counts) if counts else set()
    if not common:
        return {name: one.latest for name, one in rehearsed.items()}
    most = max(common)
    return {
        name: next(look for look in one.looks if look.replications == most)
        for name, one in rehearsed.items()
    }


def rehearse(
    scenario: Scenario,
    demand: Demand,
    *,
    turns: Turns,
    publish: Callable[[Rehearsal], None],
    count: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    all_looks: bool = True,
) -> Rehearsal:
    """
    Simulate a scenario with its own staffing, look by look.

    Parameters
    ----------
    scenario, demand
        As in `simulate.run.simulate`.
    turns
        Where to wait for a processor: the first look goes before everybody's later ones.
    publish
        Given every look but the last, as soon as it is there.
    count
        Told how many replications are finished, of how many.
    cancelled
        Asked on the way.
    all_looks
        Keep the earlier looks, so that others can be put beside them; without it the counts of a
        look are let go when the next one is there.

    Raises
    ------
    RunCancelledError
        When cancelled; what was published stands.
    """
    from simulate.growing import GrowingRun

    run, age = GrowingRun(scenario, demand), turns.age()
    contacts = float(demand.mean.sum())
    asked = looks_of(scenario.replications, contacts)
    looks: tuple[Outcome, ...] = ()
    chunk = FIRST_LOOK
    for rank, look in enumerate(asked):
        while run.replications < look:
            with turns.taken(rank, age, cancelled) as threads:
                began = time.monotonic()
                upto = min(run.replications + chunk, look)
                done = upto - run.replications
                # A first look is waited for; the others make room for pages.
                rest = attention.rest if rank else None
                run.grow(upto, threads=threads, cancel=cancelled, rest=rest)
                chunk = _next_chunk(done, time.monotonic() - began)
                count(run.replications, asked[-1])
                if upto == look:  # to tell it is work, too
                    looks = (*(looks if all_looks else ()), run.outcome())
                    if look < asked[-1]:
                        publish(Rehearsal(looks))
    return Rehearsal(looks)


def _next_chunk(replications: int, seconds: float) -> int:
    """How many replications take one turn, from what the last turn took."""
    return max(1, min(round(TURN_S * replications / max(seconds, 1e-4)), 8 * replications))
