"""One channel's outlook: from its past to expected rates, how they may err, and why so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.arma import Arma
from forecast.channel import Basis, Past
from forecast.clean import without_bursts
from forecast.combine import Blend, blend, no_better
from forecast.days import BoolArray, Days, FloatArray, IntArray, day_grid
from forecast.events import Events
from forecast.level import Level
from forecast.members import Method, rates_of
from forecast.profile import ProfileChoice
from forecast.spread import Spread, learn, widened
from forecast.trials import Errors, errors_at_past_origins, errors_of_fit
from forecast.typical import typical_week

CHOSEN_FROM: tuple[Method, ...] = (
    "level_profile",
    "trend_profile",
    "lead_regression",
    "svd_factors",
    "weekday_mean",
    "seasonal_naive",
)
_MUCH_IN_BURSTS = 0.08  # of the contacts
_BURST_DAYS = 56
_CALM_EFFECT = 0.05  # of an event: less than this is learned as usual
_FEW_DAYS = 14
_EVEN = 1e-9
_SURELY = 3.0  # standard errors of a correlation with time
_BURST_COLUMNS = ["channel", "start", "end", "contacts", "usual"]
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
class Learned:
    """
    What was learned of a channel, to tell it again without learning it anew.

    Parameters
    ----------
    choices
        Ways of averaging past days for the profile.
    arma
        Memory of the level.
    blend
        The members and their weights.
    errors
        At past origins.
    spread
        How single rates may err.
    """

    choices: tuple[ProfileChoice, ...]
    arma: Arma | None
    blend: Blend
    errors: Errors
    spread: Spread


@dataclass(frozen=True)
class Outlook:
    """
    What one channel may bring.

    Parameters
    ----------
    rates
        Expected contacts by day and slot of all N days, events apart, shape (N, S).
    open_day
        Days on which the channel is open, shape (N,).
    level_memory
        Correlation of the level's deviations from one day to the next.
    learned
        Members and their weights, spread, and the errors that it was learned from.
    events
        Events of the channel, with factors where they could be found.
    bursts
        Stretches that were pulled in before anything was learned: `start`, `end`, `contacts`,
        `usual`.
    reasons
        Why it is so, in sentences.
    warnings
        What the planner must know, in sentences.
    """

    rates: FloatArray
    open_day: BoolArray
    level_memory: float
    learned: Learned
    events: Events
    bursts: pd.DataFrame
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]


def outlook(
    channel: str,
    volume: FloatArray,
    cells: Cells,
    days: Days,
    events: Events,
    methods: Sequence[Method] | None = None,
    learned: Learned | None = None,
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
        Methods to choose from by their errors at past origins; default: all.
    learned
        What was learned before, to be taken as it is.
    """
    raw, calm, burst = _without_unusual(channel, volume, cells, days, events)
    basis = (
        Basis.of(Past(calm, days))
        if learned is None
        else Basis.of(Past(calm, days), learned.choices, learned.arma)
    )
    in_bursts = _share_in_bursts(raw, days)
    known = learned or _learn(basis, raw, tuple(methods or CHOSEN_FROM), in_bursts)
    rates = _told(basis, known.blend)
    found = _found_factors(channel, volume, rates, cells, days, events)
    level = basis.level if basis.has_level else None
    return Outlook(
        rates,
        basis.open_day,
        level.arma.ar if level else 0.0,
        known,
        events.with_factors(channel, found),
        _burst_table(channel, volume, burst, rates, cells, days),
        tuple(f"{channel}: {text}" for text in _reasons(known.blend, level, found, burst, days)),
        tuple(
            f"{channel}: {text}"
            for text in (
                *_doubts(basis, known.errors, in_bursts),
                *_effects_unknown(channel, cells, events, found),
                *basis.opening.notes,
                *([level.arma.note] if level and level.arma.note else []),
            )
        ),
    )


def _without_unusual(
    channel: str, volume: FloatArray, cells: Cells, days: Days, events: Events
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """What came without the events, the same with bursts pulled in, and which those are."""
    factor = events.factors(channel, cells.starts)
    usual = np.divide(volume, factor, out=np.full(len(volume), np.nan), where=factor > 0)
    usual[events.unexplained(channel, cells.starts) > _CALM_EFFECT] = np.nan
    raw = cells.grid(usual)
    begun = np.flatnonzero(np.nan_to_num(raw, nan=0.0).sum(axis=1) > 0)
    if len(begun):
        # Before its first contact a channel did not exist: that is no pattern.
        raw[: begun[0]] = np.nan
    calm, burst = without_bursts(raw, days.weekday[: len(raw)])
    ordinary = cells.grid(events.ordinary(channel, cells.starts).astype(float)) > 0
    return raw, np.where(ordinary, raw, calm), burst & ~ordinary


def _learn(
    basis: Basis, raw: FloatArray, candidates: tuple[Method, ...], in_bursts: float
) -> Learned:
    """Weights and spread from errors at past origins; the baseline if nothing is better."""
    if len(candidates) > 1 and not _may_grow(basis):
        candidates = tuple(method for method in candidates if method != "trend_profile")
    tried = tuple(dict.fromkeys((*candidates, "plain_mean", "seasonal_naive")))
    errors = errors_at_past_origins(basis, raw, tried)
    mix = blend(candidates, errors, in_bursts=in_bursts)
    if len(candidates) > 1 and no_better(mix, errors):
        mix = blend(("plain_mean",), errors)
    mixed = mix.mixed_errors(errors)
    spread = learn(mixed)
    if not np.isfinite(mixed.expected).any() and np.nansum(raw) > 0:
        spread = widened(learn(errors_of_fit(raw, _told(basis, mix))))
    arma = basis.level.arma if basis.has_level else None
    return Learned(basis.choices, arma, mix, mixed, spread)


def _may_grow(basis: Basis) -> bool:
    """Whether the days' totals rise or fall more steadily than by chance."""
    rest = basis.calm - basis.still_line[: len(basis.calm)] if basis.has_level else np.zeros(0)
    day = np.flatnonzero(np.isfinite(rest))
    if len(day) < _FEW_DAYS:
        return False
    fitted = np.corrcoef(day, rest[day])[0, 1] if np.std(rest[day]) > _EVEN else 0.0
    return bool(abs(fitted) * np.sqrt(len(day)) > _SURELY)


def _told(basis: Basis, mix: Blend) -> FloatArray:
    """Rates of all days by the members' weights."""
    lead_day = np.arange(len(basis.past.days)) - basis.past.known
    return mix.mixed({method: rates_of(basis, method) for method in mix.used}, lead_day)


def _doubts(basis: Basis, errors: Errors, in_bursts: float) -> list[str]:
    """What makes the forecast less sure than it looks."""
    doubts = []
    if in_bursts > _MUCH_IN_BURSTS:
        doubts.append(
            f"{in_bursts:.0%} of the contacts came in bursts on top of what is typical: the "
            "typical volume is told, the bands hold the bursts"
        )
    if not np.isfinite(errors.expected).any() and basis.open_day.any():
        doubts.append("too short a history to learn from its errors: wide bands are assumed")
    return doubts


def _effects_unknown(
    channel: str, cells: Cells, events: Events, found: dict[str, float]
) -> list[str]:
    """Events ahead of which nobody knows what they do."""
    return [
        f"event {event.name!r} has no factor and no earlier one of that name: no effect assumed"
        for event in events.events
        if event.meets(channel)
        and event.factor is None
        and event.end > cells.starts[-1]
        and event.start > cells.starts[-1]
        and event.name.lower() not in found
    ]


def _reasons(
    mix: Blend, level: Level | None, found: dict[str, float], burst: BoolArray, days: Days
) -> list[str]:
    """Why the forecast is as it is."""
    effects = level.effects if level else {}
    return [
        *([text] if (text := mix.reason()) else []),
        *(
            f"event {name!r}: volume × {value:.2f}, as an earlier one"
            for name, value in found.items()
        ),
        *(f"{name} × {value:.2f}" for name, value in effects.items() if abs(value - 1) > 0.005),
        *_burst_sentences(burst, days),
    ]


def _share_in_bursts(raw: FloatArray, days: Days) -> float:
    """Part of the contacts that came on top of what is typical for their slots, in [0, 1)."""
    late = raw[-_BURST_DAYS:]
    weekday = days.weekday[len(raw) - len(late) : len(raw)]
    usual = typical_week(raw, days)[weekday]
    seen = np.isfinite(late)
    came = float(late[seen].sum())
    return max(0.0, 1 - float(usual[seen].sum()) / came) if came > 0 else 0.0


def _found_factors(
    channel: str, volume: FloatArray, rates: FloatArray, cells: Cells, days: Days, events: Events
) -> dict[str, float]:
    """Factors of events that have none, from earlier ones of the same name."""
    wanted = {
        event.name.lower()
        for event in events.events
        if event.meets(channel) and event.factor is None
    }
    usual = rates[cells.day - days.ordinal[0], cells.slot]
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


def no_bursts() -> pd.DataFrame:
    """A table of bursts without any."""
    return pd.DataFrame(columns=_BURST_COLUMNS)


def _burst_table(
    channel: str, volume: FloatArray, burst: BoolArray, rates: FloatArray, cells: Cells, days: Days
) -> pd.DataFrame:
    """A row per stretch of neighbouring intervals that were pulled in."""
    row = cells.day - days.ordinal[0]
    at = np.flatnonzero(burst[row, cells.slot])
    pieces = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if len(at) else []
    usual = rates[row, cells.slot]
    step = cells.starts[1] - cells.starts[0] if len(cells.starts) > 1 else pd.Timedelta(hours=1)
    return pd.DataFrame(
        [
            {
                "channel": channel,
                "start": cells.starts[piece[0]],
                "end": cells.starts[piece[-1]] + step,
                "contacts": float(volume[piece].sum()),
                "usual": float(usual[piece].sum()),
            }
            for piece in pieces
        ],
        columns=_BURST_COLUMNS,
    )
