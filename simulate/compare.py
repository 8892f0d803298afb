"""What differs between outcomes: paired differences, and whether they are real or noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from scenario.errors import InvalidValueError
from simulate.estimates import Estimate, Parts, estimate_difference
from simulate.outcome import Outcome
from simulate.ratios import ALL_KINDS, RATIOS
from simulate.replications import occupancy_of

Unit = Literal["share", "seconds", "contacts"]
LONG_S = 120  # from here on a person thinks in minutes


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
    "abandonment": _Wording("is abandoned", "more often", "less often", "share"),
    "converted_share": _Wording("turns into a callback", "more often", "less often", "share"),
    "reached_share": _Wording("is reached", "more often", "less often", "share"),
    "offered": _Wording("has", "more contacts", "fewer contacts", "contacts"),
    "backlog": _Wording(
        "leaves", "more contacts", "fewer contacts", "contacts", "waiting at the end"
    ),
    "occupancy": _Wording("is busy for", "more", "less", "share", "of its time"),
}
_KINDS: Mapping[str, tuple[str, ...]] = {
    "service_level_closed": ("deferred",),
    "response_mean_s": ("deferred", "callback"),
    "backlog": ("deferred", "callback"),
    "occupancy": (),  # of groups
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
        A row per measure and channel (for `occupancy`: group) that both have: `scenario` (name
        of the other), `measure`, `channel`, `difference` (other minus baseline: shares in 0-1,
        seconds, contacts a replication), `low` and `high` (95 % interval), `real` (whether
        the interval leaves out zero) and `sentence`. The rows `cost` and `paid_hours` are
        exact. Measures that are undefined in both are left out.

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
    return found


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
    direction = "more" if difference > 0 else "less"
    size = f"{abs(difference):,.0f} {unit} {direction}" if round(difference) else "the same"
    verb = "costs" if measure == "cost" else "takes"
    return {
        "scenario": name,
        "measure": measure,
        "channel": "",
        "difference": difference,
        "low": difference,
        "high": difference,
        "real": difference != 0,
        "sentence": f"{name} {verb} {size}.",
    }


def _sentence(
    measure: str, who: str, difference: float, low: float, high: float, *, real: bool
) -> str:
    """Tell a difference: 'x is answered in time 5.2 points more often (3.9 to 6.5): real.'."""
    if difference == 0 and low == high:
        return f"{who}: no difference in {measure.removesuffix('_s').replace('_', ' ')}."
    wording = _WORDINGS[measure]
    scale, unit = {"share": (100.0, " points"), "seconds": (1.0, " s"), "contacts": (1.0, "")}[
        wording.unit
    ]
    if wording.unit == "seconds" and abs(difference) >= LONG_S:
        scale, unit = 1 / 60, " min"
    sign = 1 if difference >= 0 else -1
    # Adding zero turns a minus zero into a plain one.
    ends = sorted(round(sign * scale * end, 1) + 0.0 for end in (low, high))
    direction = wording.up if difference >= 0 else wording.down
    size = f"{abs(scale * difference):.1f}{unit}"
    told = " ".join(word for word in (who, wording.verb, size, direction, wording.rest) if word)
    return f"{told} ({ends[0]:.1f} to {ends[1]:.1f}): {'real' if real else 'may be noise'}."
