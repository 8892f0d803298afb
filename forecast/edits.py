"""What the planner knows better: edits as a layer on a forecast, which they never overwrite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from forecast.bands import count_quantiles
from forecast.days import BoolArray, FloatArray, IntArray
from scenario.calendar import DAY_MINUTES, minutes_in, weekdays_in
from scenario.demand import Demand
from scenario.errors import InvalidValueError

Change = Literal["scale", "set", "add", "shift"]
CHANGES: tuple[Change, ...] = get_args(Change)
MOST_CONTACTS = 1e9
MOST_FACTOR = 1000.0

Layered = TypeVar("Layered", bound=Demand)


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One thing that the planner knows and the history does not.

    Parameters
    ----------
    channels
        Channels that it changes; empty means all.
    first_day, last_day
        Local dates, both included.
    change
        `scale`: volume times the value; `set`: the value is the contacts of each day within the
        times, spread as the forecast is; `add`: so many contacts more (or fewer) each day,
        spread likewise; `shift`: the times' contacts come so many minutes later (or earlier).
    value
        Factor, contacts a day, or minutes.
    start, end
        Times of day [start, end), "00:00" to "24:00".
    days
        Weekdays such as "mon-fri"; "daily" for all.
    author, reason
        Who made it and why; both are asked for, since later accuracy is told by edit.
    made
        When it was made, as ISO text; may be empty.

    Raises
    ------
    InvalidValueError
        When a value is out of range.
    """

    channels: tuple[str, ...]
    first_day: date
    last_day: date
    change: Change
    value: float
    start: str = "00:00"
    end: str = "24:00"
    days: str = "daily"
    author: str = ""
    reason: str = ""
    made: str = ""

    def __post_init__(self) -> None:
        if self.change not in CHANGES:
            raise InvalidValueError("edit change", f"one of {', '.join(CHANGES)}", self.change)
        if not self.first_day <= self.last_day:
            raise InvalidValueError("edit last_day", "on or after first_day", str(self.last_day))
        if not minutes_in(self.start) < minutes_in(self.end):
            raise InvalidValueError("edit end", "after start", self.end)
        weekdays_in(self.days)
        if not self.value_is_good():
            raise InvalidValueError("edit value", VALUE_RULES[self.change], self.value)

    def value_is_good(self) -> bool:
        """Whether the value is in the range of its kind of change."""
        return value_is_good(self.change, self.value)

    def meets(self, channel: str) -> bool:
        """Whether the edit changes this channel's volume."""
        return not self.channels or channel in self.channels

    def rows(self, demand: Demand) -> BoolArray:
        """Intervals of a demand that begin within the edit, shape (I,)."""
        starts = demand.horizon.starts
        days = starts.tz_localize(None).normalize().to_numpy().astype("datetime64[D]")
        minute = np.asarray(starts.hour * 60 + starts.minute)
        inside = (days >= np.datetime64(self.first_day)) & (days <= np.datetime64(self.last_day))
        inside &= np.isin(starts.day_of_week, weekdays_in(self.days))
        clock = (minute >= minutes_in(self.start)) & (minute < minutes_in(self.end))
        return np.asarray(inside & clock, dtype=np.bool_)

    def sentence(self) -> str:
        """What it does, for people."""
        told = {
            "scale": f"volume × {self.value:g}",
            "set": f"{self.value:g} contacts a day",
            "add": f"{self.value:+g} contacts a day",
            "shift": f"{abs(self.value):g} minutes {'later' if self.value > 0 else 'earlier'}",
        }[self.change]
        when = str(self.first_day)
        if self.last_day != self.first_day:
            when += f" to {self.last_day}"
        if self.days != "daily":
            when += f", {self.days}"
        if (self.start, self.end) != ("00:00", "24:00"):
            when += f", {self.start} to {self.end}"
        names = "; ".join(self.channels) or "all channels"
        why = f" ({self.reason}; {self.author})" if self.reason or self.author else ""
        return f"{names}: {told}, {when}{why}"


VALUE_RULES: dict[str, str] = {
    "scale": f"a factor of at least 0 and at most {MOST_FACTOR:g}",
    "set": "contacts a day, at least 0",
    "add": "contacts a day, more (+) or fewer (-)",
    "shift": f"minutes within a day, at most {DAY_MINUTES} either way",
}


def value_is_good(change: str, value: float) -> bool:
    """Whether a value is in the range of its kind of change."""
    low, high = {
        "scale": (0.0, MOST_FACTOR),
        "set": (0.0, MOST_CONTACTS),
        "add": (-MOST_CONTACTS, MOST_CONTACTS),
        "shift": (-float(DAY_MINUTES), float(DAY_MINUTES)),
    }[change]
    return bool(low <= value <= high)


@dataclass(frozen=True, slots=True)
class Edits:
    """
    Edits in the order in which they are applied: a later one finds what an earlier one left.

    Parameters
    ----------
    edits
        One after the other.
    """

    edits: tuple[Edit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.edits)

    def __len__(self) -> int:
        return len(self.edits)

    def plus(self, edit: Edit) -> Edits:
        """With one more, applied last."""
        return Edits((*self.edits, edit))

    def without(self, numbers: Iterable[int]) -> Edits:
        """Without those numbers, the first being 0."""
        gone = set(numbers)
        return Edits(tuple(edit for place, edit in enumerate(self.edits) if place not in gone))

    def applied(self, demand: Layered, *, seed: int = 1) -> Layered:
        """
        A demand with the edits on it; the one given stays as it is.

        Parameters
        ----------
        demand
            Of any kind; a `Forecast` stays one, with its parts, methods and past errors, and
            tells the edits among its reasons.
        seed
            Seed of the counts that the edited intervals' bands are drawn from.

        Returns
        -------
        Demand
            Mean, paths and quantiles changed. Where contacts are scaled, set or added the paths
            keep their relative spread; bands of edited intervals are drawn anew on the paths
            (and scaled with the mean where there are none). Handle times stay.

        Raises
        ------
        InvalidValueError
            When an edit names a channel that the demand does not have, or shifts by minutes
            that are no whole number of intervals.

        Notes
        -----
        Contacts shifted beyond the horizon's ends stay in its first or last interval. Where the
        forecast expects nothing, contacts that are set or added spread evenly, on all paths alike.
        """
        mean = demand.mean.copy()
        paths = None if demand.paths is None else demand.paths.copy()
        bands = {level: values.copy() for level, values in demand.quantiles.items()}
        touched = np.zeros(mean.shape, dtype=np.bool_)
        for edit in self.edits:
            for name in edit.channels:
                demand.index_of(name)
            rows = edit.rows(demand)
            for column, channel in enumerate(demand.channels):
                if not edit.meets(channel) or not rows.any():
                    continue
                before = mean[:, column].copy()
                layers = [mean[None, :, column], *([] if paths is None else [paths[:, :, column]])]
                for layer in layers:
                    _change(edit, demand, rows, before, layer)
                _move_bands(edit, demand, rows, before, mean[:, column], bands, column)
                touched[:, column] |= mean[:, column] != before
        if paths is not None and bands and touched.any():
            rng = np.random.default_rng(seed)
            levels = sorted(bands)
            drawn = count_quantiles(paths[:, touched], levels, rng=rng)
            for level, values in zip(levels, drawn, strict=True):
                bands[level][touched] = values
        changes: dict[str, Any] = {"mean": mean, "paths": paths, "quantiles": bands}
        if hasattr(demand, "reasons"):
            changes["reasons"] = (*demand.reasons, *self.sentences())
        return replace(demand, **changes)

    def sentences(self) -> tuple[str, ...]:
        """What each edit does, for people."""
        return tuple(f"edited: {edit.sentence()}" for edit in self.edits)


def _change(
    edit: Edit, demand: Demand, rows: BoolArray, before: FloatArray, layer: FloatArray
) -> None:
    """Change one channel's rates in place, shape (P, I); `before` is its mean (I,)."""
    if edit.change == "scale":
        layer[:, rows] *= edit.value
    elif edit.change == "shift":
        _shift(layer, _steps(edit, demand), rows)
    else:
        for day in _days(demand, rows):
            total = float(before[day].sum())
            wanted = edit.value if edit.change == "set" else max(total + edit.value, 0.0)
            if total > 0:
                layer[:, day] *= wanted / total
            else:
                layer[:, day] = wanted / day.sum()


def _move_bands(
    edit: Edit,
    demand: Demand,
    rows: BoolArray,
    before: FloatArray,
    after: FloatArray,
    bands: dict[float, FloatArray],
    column: int,
) -> None:
    """Let the bands of one channel follow its mean, where no paths can tell them."""
    for values in bands.values():
        if edit.change == "shift":
            _shift(values[None, :, column], _steps(edit, demand), rows)
        else:
            ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
            values[:, column] = np.where(before > 0, values[:, column] * ratio, after)


def _shift(layer: FloatArray, steps: int, rows: BoolArray) -> None:
    source = np.flatnonzero(rows)
    target = np.clip(source + steps, 0, layer.shape[1] - 1)
    moved = layer[:, source].copy()
    layer[:, source] = 0.0
    for place, column in enumerate(target):
        layer[:, column] += moved[:, place]


def _steps(edit: Edit, demand: Demand) -> int:
    minutes = demand.horizon.interval_minutes
    if edit.value % minutes:
        rule = f"a whole number of the demand's intervals of {minutes} minutes"
        raise InvalidValueError("edit value", rule, edit.value)
    return int(edit.value // minutes)


def _days(demand: Demand, rows: BoolArray) -> list[BoolArray]:
    """The chosen intervals of each local day."""
    number: IntArray = demand.horizon.day_of_interval
    return [rows & (number == day) for day in np.unique(number[rows])]
