"""One channel's outlook: from its past to expected rates, how they may err, and why so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.channel import METHODS, Basis, Method, Past, Told, tell
from forecast.clean import without_bursts
from forecast.days import BoolArray, Days, FloatArray, IntArray, day_grid
from forecast.events import Events
from forecast.spread import Spread, learn, widened
from forecast.trials import Errors, errors_at_past_origins, errors_of_fit

CHOSEN_FROM: tuple[Method, ...] = ("level_profile", "trend_profile", "weekday_mean")
_PLAIN: Method = "seasonal_naive"
_FEW_DAYS = 14
_CLEARLY_BETTER = 0.97  # times the first candidate's error
_CALM_EFFECT = 0.05  # of an event: less than this is learned as usual
_MOST_BURSTS_TOLD = 3


@dataclass(frozen=True)
class Cells:
    """
    Where intervals lie in days × slots.

    Parameters
    ----------
    starts
        Local interval starts, shape (T,).
    day
        Days since 1970, shape (T,).
    slot
        Slot of the day, shape (T,).
    slots
        Slots of a day.
    """

    starts: pd.DatetimeIndex
    day: IntArray
    slot: IntArray
    slots: int

    def grid(self, values: FloatArray) -> FloatArray:
        """Interval values as days × slots."""
        return day_grid(values, self.day, self.slot, self.slots)


@dataclass(frozen=True)
class Outlook:
    """
    What one channel may bring.

    Parameters
    ----------
    told
        Expected contacts by day and slot, events apart.
    method
        The method chosen.
    spread, errors
        How single rates may err, and the errors that it was learned from.
    events
        Events of the channel, with factors where they could be found.
    reasons
        Why it is so, in sentences.
    warnings
        What the planner must know, in sentences.
    """

    told: Told
    method: Method
    spread: Spread
    errors: Errors
    events: Events
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


def outlook(
    channel: str,
    volume: FloatArray,
    cells: Cells,
    days: Days,
    events: Events,
    methods: Sequence[Method] | None = None,
) -> Outlook:
    """
    Learn from one channel's past and tell all days.

    Parameters
    ----------
    channel
        Name, for events and sentences.
    volume
        Contacts by interval, shape (T,), NaN where unknown.
    cells
        Where the T intervals lie.
    days
        From the first day of the history to the last day to tell.
    events
        Events known at the history's end.
    methods
        Methods to choose from by their errors at past origins; default: all but the naive one.
    """
    warnings: list[str] = []
    factor = events.factors(channel, cells.starts)
    usual = np.divide(volume, factor, out=np.full(len(volume), np.nan), where=factor > 0)
    usual[events.unexplained(channel, cells.starts) > _CALM_EFFECT] = np.nan
    raw = cells.grid(usual)
    begun = np.flatnonzero(np.nan_to_num(raw, nan=0.0).sum(axis=1) > 0)
    if len(begun):
        # Before its first contact a channel did not exist: that is no pattern.
        raw[: begun[0]] = np.nan
    calm, burst = without_bursts(raw, days.weekday[: len(raw)])
    past = Past(calm, days)
    few = len(raw) - (int(begun[0]) if len(begun) else 0) < _FEW_DAYS
    if few and len(begun):
        warnings.append(
            f"only {len(raw) - int(begun[0])} days of history, at least {_FEW_DAYS} are needed to "
            "learn from its errors: the mean of those days, with wide bands"
        )
    candidates = tuple(methods or (CHOSEN_FROM if not few else ("weekday_mean",)))
    method, told, errors, reason = _best(past, raw, candidates)
    reasons = [reason] if reason else []
    untried = not np.isfinite(errors.expected).any()
    spread = learn(errors)
    if untried and len(begun):
        spread = widened(learn(errors_of_fit(raw, told)))
    if untried and told.open_day.any() and not few:
        warnings.append("too short a history to learn from its errors: wide bands are assumed")
    found = _found_factors(channel, volume, told, cells, days, events)
    reasons += [
        f"event {name!r}: volume × {value:.2f}, as an earlier one" for name, value in found.items()
    ]
    warnings += [
        f"event {event.name!r} has no factor and no earlier one of that name: no effect assumed"
        for event in events.events
        if event.meets(channel)
        and event.factor is None
        and event.end > cells.starts[-1]
        and event.start > cells.starts[-1]
        and event.name.lower() not in found
    ]
    reasons += [
        f"{name} × {value:.2f}" for name, value in told.effects.items() if abs(value - 1) > 0.005
    ]
    reasons += _burst_sentences(burst, days)
    warnings += told.notes
    return Outlook(
        told,
        method,
        spread,
        errors,
        events.with_factors(channel, found),
        tuple(f"{channel}: {text}" for text in reasons),
        tuple(f"{channel}: {text}" for text in warnings),
    )


def _best(
    past: Past, raw: FloatArray, candidates: tuple[Method, ...]
) -> tuple[Method, Told, Errors, str]:
    """The candidate with the smallest error at past origins; the first where none can be told."""
    basis = Basis.of(past)
    answers = {method: tell(basis, method) for method in dict.fromkeys((*candidates, _PLAIN))}
    errors = errors_at_past_origins(basis, raw, answers)
    off = {method: _day_error(errors[method]) for method in answers}
    known = [method for method in candidates if np.isfinite(off[method])]
    if not known:
        return candidates[0], answers[candidates[0]], errors[candidates[0]], ""
    best = min(known, key=lambda method: off[method])
    # A dozen overlapping origins cannot tell a small gain from luck.
    if candidates[0] in known and off[best] > _CLEARLY_BETTER * off[candidates[0]]:
        best = candidates[0]
    compared = ", ".join(
        f"{_words(method)} {off[method]:.1%}"
        for method in sorted(answers, key=lambda method: off[method])
        if method != best
    )
    count = len(errors[best].first_day)
    reason = f"{_words(best)}: days off by {off[best]:.1%} at {count} past origins ({compared})"
    return best, answers[best], errors[best], reason


def _day_error(errors: Errors) -> float:
    """WAPE of whole days: single intervals would mostly compare counting noise."""
    told = np.isfinite(errors.expected)
    expected = np.where(told, errors.expected, 0.0).sum(axis=2)
    actual = np.where(told, errors.actual, 0.0).sum(axis=2)
    return float(np.abs(expected - actual).sum() / actual.sum()) if actual.sum() > 0 else np.nan


def _words(method: Method) -> str:
    words = (
        "level and profile",
        "level with a trend and profile",
        "mean of the same weekdays",
        "last week repeated",
    )
    return dict(zip(METHODS, words, strict=True))[method]


def _found_factors(
    channel: str, volume: FloatArray, told: Told, cells: Cells, days: Days, events: Events
) -> dict[str, float]:
    """Factors of events that have none, from earlier ones of the same name."""
    wanted = {
        event.name.lower()
        for event in events.events
        if event.meets(channel) and event.factor is None
    }
    usual = told.rates[cells.day - days.ordinal[0], cells.slot]
    found: dict[str, float] = {}
    for event in sorted(events.events, key=lambda event: event.start):
        name = event.name.lower()
        if name not in wanted or not event.meets(channel) or event.start > cells.starts[-1]:
            continue
        if event.factor is not None:
            found[name] = event.factor
            continue
        shape = event.shape(cells.starts)
        inside = (shape > 0) & np.isfinite(volume)
        weight = float((usual * shape)[inside].sum())
        if weight > 0:
            extra = float((volume - usual)[inside].sum()) / weight
            found[name] = float(np.clip(1 + extra, 0.0, 20.0))
    return found


def _burst_sentences(burst: BoolArray, days: Days) -> list[str]:
    per_day = burst.sum(axis=1)
    worst = np.argsort(-per_day, kind="stable")[:_MOST_BURSTS_TOLD]
    told = [days.date(int(row)).isoformat() for row in sorted(worst) if per_day[row]]
    if not told:
        return []
    count = int(per_day.sum())
    noun = "interval" if count == 1 else "intervals"
    return [f"{count} {noun} far above the usual, not learned as pattern ({', '.join(told)})"]
