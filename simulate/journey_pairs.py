"""What two outcomes differ in where contacts beget others: who comes back, and who need not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from simulate.estimates import FloatArray, Parts
from simulate.outcome import Outcome

Pair = tuple[str, str, Parts, Parts]  # channel, measure, other and baseline before division

_DECLARED = {"fcr": "repeat", "impressions_waiting": "reach", "deflected": "deflection"}
"""Keys of a channel without which a measure of it means nothing."""


def journey_pairs(baseline: Outcome, other: Outcome) -> Iterator[Pair]:
    """
    Every measure of journeys that both outcomes have.

    Parameters
    ----------
    baseline, other
        Outcomes with the same seed.

    Yields
    ------
    tuple
        Channel ("" for all together), measure, and the measure of the other and of the
        baseline, before division, shape (R,).
    """
    common = [name for name in other.scenario.channels if name in baseline.scenario.channels]
    for channel in common:
        for measure, parts_of in _MEASURES.items():
            if _matters(measure, channel, baseline, other):
                yield channel, measure, parts_of(other, channel), parts_of(baseline, channel)
    if same_customers(baseline, other) and any(_causes(one, common) for one in (baseline, other)):
        # What is caused less than on the baseline is headed off: the sign turns.
        caused = [
            {channel: -_count(one, channel, "caused") for channel in common}
            for one in (other, baseline)
        ]
        for channel in common:
            if any(_causes(one, [channel]) for one in (baseline, other)):
                ours, theirs = (_mean(one[channel]) for one in caused)
                yield channel, "heads_off", ours, theirs
        ours, theirs = (_mean(np.sum(list(one.values()), axis=0)) for one in caused)
        yield "", "heads_off", ours, theirs


def same_customers(baseline: Outcome, other: Outcome) -> bool:
    """Whether the customers who come by themselves are the same, not just some of them."""
    ours, theirs = other.scenario, baseline.scenario
    return baseline.customers == other.customers and ours.horizon == theirs.horizon


def _matters(measure: str, channel: str, baseline: Outcome, other: Outcome) -> bool:
    if measure == "begotten":
        return any(_count(one, channel, "begotten").any() for one in (baseline, other))
    key = _DECLARED[measure]
    declared = [getattr(one.scenario.channels[channel], key) for one in (baseline, other)]
    return any(declared) if measure == "deflected" else all(declared)


def _count(outcome: Outcome, channel: str, name: str) -> FloatArray:
    tallies = outcome.data.tallies(channel, "horizon")
    if name == "begotten":
        causes = ("redials", "repeats", "reposts", "spread")  # not who is moved, or called back
        sums: FloatArray = np.sum([tallies[cause][:, 0] for cause in causes], axis=0, dtype=float)
        return sums
    return np.asarray(tallies[name][:, 0], dtype=np.float64)


def _causes(outcome: Outcome, channels: list[str]) -> bool:
    return any(bool(_count(outcome, channel, "caused").any()) for channel in channels)


def _flat(parts: Parts) -> Parts:
    return Parts(parts.above[:, 0], parts.below[:, 0])


def _mean(values: FloatArray) -> Parts:
    return Parts(values, np.ones_like(values))


_MEASURES: dict[str, Callable[[Outcome, str], Parts]] = {
    "begotten": lambda one, channel: _mean(_count(one, channel, "begotten")),
    "deflected": lambda one, channel: _mean(_count(one, channel, "deflected")),
    "fcr": lambda one, channel: _flat(one.parts("fcr", channel)),
    "impressions_waiting": lambda one, channel: _mean(_count(one, channel, "impressions_s") / 60),
}
