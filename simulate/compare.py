"""What differs between outcomes: paired differences, and whether they are real or noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from scenario.assumptions import begets
from scenario.channels import Channel
from scenario.errors import InvalidValueError
from simulate.channel_tables import kept_periods, target_of
from simulate.closing_table import backlog_at_closings
from simulate.difference_words import WORDINGS, sentence
from simulate.estimates import (
    Estimate,
    FloatArray,
    Parts,
    estimate_difference,
    estimate_from_influence,
)
from simulate.journey_pairs import journey_pairs
from simulate.outcome import Outcome
from simulate.quantile_influence import SHARES
from simulate.ratios import RATIOS
from simulate.replications import Span, occupancy_of
from simulate.resolved import cost_of_resolved

WHOLE = 10  # from here on nobody asks for pence or parts of a paid hour
SMALLEST = 0.005  # of a cost or of paid hours: less is rounding

_QUANTILES: Mapping[str, tuple[str, float]] = {
    "wait_p90_s": ("live", 0.90),
    "response_p50_s": ("deferred", 0.50),
    "response_p90_s": ("deferred", 0.90),
}
_SPANS: Mapping[str, Span] = {"probability_met_day": "day", "probability_met_week": "week"}
_KINDS: Mapping[str, tuple[str, ...]] = {
    "service_level_closed": ("deferred",),
    "response_mean_s": ("deferred", "callback"),
    "backlog": ("deferred", "callback"),
    "backlog_at_close": ("deferred", "callback"),
    **dict.fromkeys(("wait_p90_s", "response_p50_s", "response_p90_s"), ()),  # quantiles
    "occupancy": (),  # of groups
    **dict.fromkeys(("cost_per_contact", "cost_per_resolved"), ()),  # of all together
    # of journeys
    **dict.fromkeys(("begotten", "deflected", "fcr", "impressions_waiting", "heads_off"), ()),
}


def paired(baseline: Outcome, other: Outcome, names: Sequence[str] = ()) -> pd.DataFrame:
    """
    Differences of another outcome to a baseline, replication by replication.

    Parameters
    ----------
    baseline, other
        Outcomes with the same seed; where one has fewer replications, those that both have
        are compared.
    names
        Names of the two for people, baseline first; default: the scenarios' own.

    Returns
    -------
    DataFrame
        A row per measure and channel (for `occupancy`: group; for `cost_per_contact`,
        `cost_per_resolved` and the sum of `heads_off`: none) that both have: `scenario` (name
        of the other), `measure`, `channel`, `difference`
        (other minus baseline: shares in 0-1, seconds, contacts a replication, the currency),
        `low` and `high` (95 % interval), `real` (whether the interval leaves out zero) and
        `sentence`. The rows `cost` and `paid_hours` are exact. Measures that are undefined in
        either are left out.

    Raises
    ------
    InvalidValueError
        When the seeds differ or there are not two replications in common.

    Notes
    -----
    Both met the same customers, so what the two have in common cancels and the interval of
    the difference is narrower than either's own. One in twenty intervals misses by chance.
    """
    if baseline.seed != other.seed:
        raise InvalidValueError("seed", f"the baseline's {baseline.seed}", other.seed)
    count = min(baseline.replications, other.replications)
    if not count >= 2:
        raise InvalidValueError("replications", "at least 2 to compare", count)
    name = names[1] if len(names) > 1 else other.scenario.name
    rows = []
    for who, measure, ours, theirs in _pairs(baseline, other):
        batches = (baseline if baseline.replications <= other.replications else other).data.batches
        found = estimate_difference(_cut(ours, count), _cut(theirs, count), batches)
        if np.isfinite(found.value):
            rows.append(_row(name, measure, who, found))
    rows += [_row(name, *found) for found in _quantiles(baseline, other)]
    rows += [_exact_row(name, key, baseline, other) for key in ("cost", "paid_hours")]
    columns = ["scenario", "measure", "channel", "difference", "low", "high", "real", "sentence"]
    return pd.DataFrame(rows, columns=columns)


def _pairs(baseline: Outcome, other: Outcome) -> list[tuple[str, str, Parts, Parts]]:
    """Every measure that both have: of whom, which, and both before division."""
    found = []
    for channel, declared in other.scenario.channels.items():
        if channel not in baseline.scenario.channels:
            continue
        before = baseline.scenario.channels[channel]
        for measure in WORDINGS:
            if _is_of(measure, declared) and _is_of(measure, before):
                pair = [_parts(outcome, measure, channel) for outcome in (other, baseline)]
                found.append((channel, measure, pair[0], pair[1]))
    for group in other.scenario.groups:
        if group in baseline.scenario.groups:
            times = [one.data.agent_time(group, "horizon") for one in (other, baseline)]
            busy = [occupancy_of(time) for time in times]
            flat = [Parts(parts.above[:, 0], parts.below[:, 0]) for parts in busy]
            found.append((group, "occupancy", flat[0], flat[1]))
    found += journey_pairs(baseline, other)
    found.append(("", "cost_per_contact", _cost_of_contacts(other), _cost_of_contacts(baseline)))
    if begets(other.scenario) or begets(baseline.scenario):
        costs = [cost_of_resolved(one.data, one.cost) for one in (other, baseline)]
        found.append(("", "cost_per_resolved", costs[0], costs[1]))
    return found


def _quantiles(baseline: Outcome, other: Outcome) -> Iterator[tuple[str, str, Estimate]]:
    """Measure, channel and difference of waits and responses that a share stays within."""
    if baseline.replications != other.replications:
        return  # a quantile of fewer replications would have to be counted anew
    for channel, declared in other.scenario.channels.items():
        if channel not in baseline.scenario.channels:
            continue
        for measure, (kind, share) in _QUANTILES.items():
            if declared.kind != kind:
                continue
            ours, theirs = (_quantile(one, measure, channel, share) for one in (other, baseline))
            difference = ours[0] - theirs[0]
            if np.isfinite(difference):
                found = estimate_from_influence(
                    difference, ours[1] - theirs[1], baseline.data.batches
                )
                yield measure, channel, found


def _quantile(
    outcome: Outcome, measure: str, channel: str, share: float
) -> tuple[float, FloatArray]:
    """The quantile over the measured time, and what each replication adds to its error."""
    data, column = outcome.data, list(outcome.scenario.channels).index(channel)
    influence = data.wait_influence if measure.startswith("wait") else data.response_influence
    # The table has counted the times already, which takes long for many replications.
    value = float(outcome.total_rows[column][measure])
    return value, influence[:, column, SHARES.index(share)]


def _cost_of_contacts(outcome: Outcome) -> Parts:
    """Cost, which is the same in every replication, over the contacts handled, shape (R,)."""
    handled = outcome.data.contacts["answered"].sum(axis=(1, 2))
    return Parts.of(np.full(handled.shape, outcome.cost), handled)


def _is_of(measure: str, channel: Channel) -> bool:
    """Whether a channel has a measure."""
    if measure in _KINDS:
        return channel.kind in _KINDS[measure]
    return measure not in RATIOS or RATIOS[measure].is_of(channel)


def _parts(outcome: Outcome, measure: str, channel: str) -> Parts:
    """A measure over the measured time, shape (R,); counts are over one replication each."""
    if measure in {"offered", "backlog"}:
        values = outcome.data.tallies(channel, "horizon")["offered"]
        if measure == "backlog":
            values = outcome.data.at_span_ends("backlog", channel, "horizon")
        return Parts.of(values[:, 0], np.ones(len(values)))
    if measure == "backlog_at_close":
        left = backlog_at_closings(outcome.data, channel)
        return Parts.of(left.sum(axis=1), np.full(len(left), left.shape[1]))
    if measure in _SPANS:
        target = target_of(outcome.scenario.channels[channel], closed=False)
        if target is None:
            nothing = np.zeros(outcome.replications)
            return Parts(nothing, nothing)
        kept, judged = kept_periods(
            outcome.parts("service_level", channel, _SPANS[measure]), target
        )
        return Parts.of(kept.sum(axis=1), judged.sum(axis=1))
    closed = measure == "service_level_closed"
    parts = outcome.parts("service_level" if closed else measure, channel, closed=closed)
    return Parts(parts.above[:, 0], parts.below[:, 0])


def _cut(parts: Parts, count: int) -> Parts:
    return Parts(parts.above[:count], parts.below[:count])


def _row(name: str, measure: str, who: str, found: Estimate) -> dict[str, object]:
    difference, low, high = (float(value) for value in (found.value, found.low, found.high))
    real = low > 0 or high < 0
    return {
        "scenario": name,
        "measure": measure,
        "channel": who,
        "difference": difference,
        "low": low,
        "high": high,
        "real": real,
        "sentence": sentence(measure, who, difference, low, high, real=real),
    }


def _exact_row(name: str, measure: str, baseline: Outcome, other: Outcome) -> dict[str, object]:
    difference = float(getattr(other, measure) - getattr(baseline, measure))
    unit = other.scenario.currency if measure == "cost" else "paid hours"
    real = abs(difference) >= SMALLEST
    digits = 0 if abs(difference) >= WHOLE else 2
    direction = "more" if difference > 0 else "less"
    size = f"{abs(difference):,.{digits}f} {unit} {direction}" if real else "the same"
    verb = "costs" if measure == "cost" else "takes"
    return {
        "scenario": name,
        "measure": measure,
        "channel": "",
        "difference": difference,
        "low": difference,
        "high": difference,
        "real": real,
        "sentence": f"{name} {verb} {size}.",
    }
