"""What differs between outcomes: paired differences, and whether they are real or noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from scenario.errors import InvalidValueError
from simulate.channel_tables import kept_periods, target_of
from simulate.closing_table import backlog_at_closings
from simulate.estimates import (
    Estimate,
    FloatArray,
    Parts,
    estimate_difference,
    estimate_from_influence,
)
from simulate.outcome import Outcome
from simulate.quantile_influence import SHARES
from simulate.ratios import ALL_KINDS, RATIOS
from simulate.replications import Span, occupancy_of

Unit = Literal["share", "seconds", "contacts", "money"]
LONG_S = 120  # from here on a person thinks in minutes
WHOLE = 10  # from here on nobody asks for pence or parts of a paid hour
SMALLEST = 0.005  # of a cost or of paid hours: less is rounding


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a difference of one measure is told: "{who} {verb} {size} {up or down} {rest}"."""

    verb: str
    up: str
    down: str
    unit: Unit
    rest: str = ""


_WORDINGS: Mapping[str, _Wording] = {
    "service_level": _Wording("is answered in time", "more often", "less often", "share"),
    "service_level_closed": _Wording(
        "that arrives closed is answered in time", "more often", "less often", "share"
    ),
    "asa_s": _Wording("is answered", "later", "sooner", "seconds", "on average"),
    "response_mean_s": _Wording(
        "has its first response", "later", "sooner", "seconds", "on average"
    ),
    "wait_p90_s": _Wording("has 9 in 10 answered", "later", "sooner", "seconds"),
    "response_p50_s": _Wording("has half of its first responses", "later", "sooner", "seconds"),
    "response_p90_s": _Wording("has 9 in 10 first responses", "later", "sooner", "seconds"),
    "abandonment": _Wording("is abandoned", "more often", "less often", "share"),
    "converted_share": _Wording("turns into a callback", "more often", "less often", "share"),
    "reached_share": _Wording("is reached", "more often", "less often", "share"),
    "offered": _Wording("has", "more contacts", "fewer contacts", "contacts"),
    "backlog": _Wording(
        "leaves", "more contacts", "fewer contacts", "contacts", "waiting at the end"
    ),
    "backlog_at_close": _Wording(
        "leaves", "more contacts", "fewer contacts", "contacts", "waiting at close"
    ),
    "probability_met_day": _Wording(
        "keeps its promise on", "more", "fewer", "share", "of the days"
    ),
    "probability_met_week": _Wording(
        "keeps its promise in", "more", "fewer", "share", "of the weeks"
    ),
    "occupancy": _Wording("is busy for", "more", "less", "share", "of its time"),
    "cost_per_contact": _Wording("a contact handled costs", "more", "less", "money"),
}
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
    "cost_per_contact": (),  # of all together
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
        A row per measure and channel (for `occupancy`: group; for `cost_per_contact`: none)
        that both have: `scenario` (name of the other), `measure`, `channel`, `difference`
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
        for measure in _WORDINGS:
            if declared.kind in _kinds_of(measure):
                pair = [_parts(outcome, measure, channel) for outcome in (other, baseline)]
                found.append((channel, measure, pair[0], pair[1]))
    for group in other.scenario.groups:
        if group in baseline.scenario.groups:
            times = [one.data.agent_time(group, "horizon") for one in (other, baseline)]
            busy = [occupancy_of(time) for time in times]
            flat = [Parts(parts.above[:, 0], parts.below[:, 0]) for parts in busy]
            found.append((group, "occupancy", flat[0], flat[1]))
    found.append(("", "cost_per_contact", _cost_of_contacts(other), _cost_of_contacts(baseline)))
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


def _kinds_of(measure: str) -> tuple[str, ...]:
    if measure in _KINDS:
        return _KINDS[measure]
    return RATIOS[measure].kinds if measure in RATIOS else ALL_KINDS


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
        "sentence": _sentence(measure, who, difference, low, high, real=real),
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


def _sentence(
    measure: str, who: str, difference: float, low: float, high: float, *, real: bool
) -> str:
    """Tell a difference: 'x is answered in time 5.2 points more often (3.9 to 6.5): real.'."""
    if difference == 0 and low == high:
        what = measure.removesuffix("_s").replace("_", " ")
        return f"{who}: no difference in {what}." if who else f"No difference in {what}."
    wording = _WORDINGS[measure]
    scale, unit = {
        "share": (100.0, " points"),
        "seconds": (1.0, " s"),
        "contacts": (1.0, ""),
        "money": (1.0, ""),
    }[wording.unit]
    digits = 2 if wording.unit == "money" else 1
    if wording.unit == "seconds" and abs(difference) >= LONG_S:
        scale, unit = 1 / 60, " min"
    sign = 1 if difference >= 0 else -1
    # Adding zero turns a minus zero into a plain one.
    ends = sorted(round(sign * scale * end, digits) + 0.0 for end in (low, high))
    direction = wording.up if difference >= 0 else wording.down
    size = f"{abs(scale * difference):.{digits}f}{unit}"
    told = " ".join(word for word in (who, wording.verb, size, direction, wording.rest) if word)
    interval = f"{ends[0]:.{digits}f} to {ends[1]:.{digits}f}"
    return f"{told} ({interval}): {'real' if real else 'may be noise'}."
