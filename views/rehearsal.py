"""A rehearsal as the screen shows it: a first look at once, then more replications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario import Demand, Scenario
    from simulate.outcome import Outcome
    from simulate.workers import Workers

FIRST_LOOK = 4  # replications: half a second for a centre of 200
WHILE_LOOKED_AT = 100  # replications that follow while the person looks


def looks_of(asked: int) -> tuple[int, ...]:
    """
    Replications of each look, growing.

    Parameters
    ----------
    asked
        The scenario's own number: always one of the looks, and the last one if it is large.

    Examples
    --------
    >>> looks_of(20), looks_of(3), looks_of(500)
    ((4, 20, 100), (3, 100), (4, 500))
    """
    last = max(asked, WHILE_LOOKED_AT)
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
    workers: Workers | int = 1,
    publish: Callable[[Rehearsal], None],
    count: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Rehearsal:
    """
    Simulate a scenario with its own staffing, look by look.

    Parameters
    ----------
    scenario, demand, workers
        As in `simulate.run.simulate`.
    publish
        Given every look but the last, as soon as it is there.
    count
        Told how many replications are finished, of how many.
    cancelled
        Asked on the way.

    Raises
    ------
    RunCancelledError
        When cancelled; what was published stands.
    """
    from scenario import RunCancelledError
    from simulate.run import simulate

    *early, total = looks_of(scenario.replications)
    looks: tuple[Outcome, ...] = ()
    for asked in (*early, total):
        done = looks[-1].replications if looks else 0
        outcome = simulate(
            scenario,
            demand,
            replications=asked,
            workers=workers,
            # What was shown as finished stays finished while the next look repeats it.
            progress=lambda more, _, done=done: count(max(more, done), total),  # type: ignore[misc]
            cancel=cancelled,
        )
        if outcome.cancelled:
            raise RunCancelledError
        looks = (*looks, outcome)
        if asked < total:
            publish(Rehearsal(looks))
    return Rehearsal(looks)
