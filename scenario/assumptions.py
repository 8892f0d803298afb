"""Which contacts a scenario expects: its demand cut to the period, scaled, bursts added."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pandas as pd

from scenario.demand import Demand, FloatArray
from scenario.errors import InvalidValueError
from scenario.model import Burst, Scenario
from scenario.targets import ratio

_MINUTE = pd.Timedelta(minutes=1)
MOST_CONTACTS = 20_000_000  # of one replication; each takes some hundred bytes on the floor


def base_demand(scenario: Scenario, demand: Demand) -> Demand:
    """
    A demand as the scenario sees it: its own period, interval length, channels and scale.

    Parameters
    ----------
    scenario
        Names the period, the channels and `demand.scale`.
    demand
        Demand over at least the scenario's period, before scale and bursts. Longer intervals
        are split evenly, shorter ones are added up.

    Returns
    -------
    Demand
        Over `scenario.period` with the scenario's channels in their order: 0 contacts and NaN
        handle time where the demand does not know a channel. Apply it once: the scale is in it,
        and of a demand that counts all contacts the first attempts are taken.

    Raises
    ------
    InvalidValueError
        When the demand does not cover the period, knows none of the scenario's channels, is
        more than a machine can hold, or counts all contacts and it is not known yet how many of
        them are first attempts.

    Notes
    -----
    Quantiles of longer or shorter intervals are added and split like the mean, as if
    neighbouring intervals rose and fell together; only the picture reads them. Paths, which
    the floor reads, are exact sums.
    """
    require_common_channel(scenario, demand.channels)
    cut = _Cut(scenario, demand)
    paths = None if demand.paths is None else cut.volume(demand.paths)
    adapted = Demand(
        scenario.period,
        tuple(scenario.channels),
        cut.volume(demand.mean),
        cut.handle_time(demand),
        paths,
        {level: cut.volume(values) for level, values in demand.quantiles.items()},
        (*demand.warnings, *unmatched(scenario, demand.channels)),
    )
    adapted = adapted.scaled(scenario.demand.scale)
    adapted = adapted.scaled(_first_shares(scenario, channels_met(adapted)))
    if not adapted.mean.sum() <= MOST_CONTACTS:
        rule = f"at most {MOST_CONTACTS:,} contacts over the horizon"
        raise InvalidValueError("demand", rule, f"{adapted.mean.sum():,.0f}")
    return adapted


def burst_extra(scenario: Scenario, base: Demand) -> FloatArray:
    """
    Contacts that the scenario's bursts add to the mean, shape (I, C).

    Each burst adds the mean times (its factor − 1), the factor averaged over the interval.
    The extra is the same on every path: a burst on a busy day is no larger. Factors below 1
    take contacts away, never more than there are in the mean.

    Parameters
    ----------
    scenario
        Names the bursts.
    base
        Its demand, from `base_demand`.
    """
    extra = np.zeros_like(base.mean)
    for burst in scenario.bursts.values():
        column = base.index_of(burst.channel)
        extra[:, column] += base.mean[:, column] * _mean_excess(scenario, burst)
    return np.maximum(extra, -base.mean)


def expected_demand(scenario: Scenario, demand: Demand) -> Demand:
    """
    What staffing plans for: the base demand with the bursts on its mean, paths and quantiles.

    Contacts that are deflected are not in it. Customers who come back are not, either: how many
    do is for the floor to say.

    Parameters
    ----------
    scenario, demand
        As for `base_demand`.
    """
    base = base_demand(scenario, demand)
    extra = burst_extra(scenario, base)
    kept = _kept(scenario, base)
    return Demand(
        base.horizon,
        base.channels,
        (base.mean + extra) * kept,
        base.handle_time_s,
        None if base.paths is None else np.maximum(base.paths + extra, 0.0) * kept,
        {level: np.maximum(values + extra, 0.0) * kept for level, values in base.quantiles.items()},
        base.warnings,
    )


def handle_time_s(scenario: Scenario, base: Demand) -> FloatArray:
    """
    Mean solo handle time in seconds of contacts offered in each interval, shape (I, C).

    The demand's own where it knows one, else the channel's mean; times the channel's
    `handle_time.scale`. Where a deflection declares the handle time of what is left, that.

    Parameters
    ----------
    scenario
        Names the channels' handle times.
    base
        Its demand, from `base_demand` or `expected_demand`.
    """
    channels = [scenario.channels[channel] for channel in base.channels]
    declared = [channel.handle_time_on_floor for channel in channels]
    means = np.array([handle_time.mean_s for handle_time in declared])
    scales = np.array([handle_time.scale for handle_time in declared])
    all_reach_it = [channel.handle_time_on_floor is channel.handle_time for channel in channels]
    known = np.isfinite(base.handle_time_s) & np.array(all_reach_it)
    times: FloatArray = np.where(known, base.handle_time_s, means) * scales
    return times


def _kept(scenario: Scenario, base: Demand) -> FloatArray:
    """Share of the contacts of each channel that are not deflected, shape (C,)."""
    deflections = [scenario.channels[channel].deflection for channel in base.channels]
    return np.array([1.0 - one.share if one else 1.0 for one in deflections])


def channels_met(demand: Demand) -> tuple[str, ...]:
    """Channels on which somebody is expected."""
    volume = demand.mean.sum(axis=0)
    return tuple(name for name, sum_ in zip(demand.channels, volume, strict=True) if sum_ > 0)


def _first_shares(scenario: Scenario, met: tuple[str, ...]) -> dict[str, float]:
    """Part of the volume that is first attempts, for each channel met where it counts all."""
    keys = scenario.demand
    if keys.counts == "first":
        return {}
    unknown = [name for name in met if name not in keys.first_share]
    if unknown and begets(scenario):
        rule = (
            'known for every channel with a volume where demand.counts is "all": state it (1 where'
            " every contact is a first attempt), or leave all of it out, and it is found with the"
            " current staffing"
        )
        raise InvalidValueError("demand.first_share", rule, f"nothing for {', '.join(unknown)}")
    return keys.first_share


def begets(scenario: Scenario) -> bool:
    """
    Whether some contacts of a scenario beget others, or never come.

    Where none do, all contacts are first attempts.
    """
    channels = scenario.channels.values()
    return any(one.journeys or one.offer_callback is not None for one in channels)


class _Cut:
    """
    How tables of a demand become tables of a scenario.

    Both are laid on the grid of the longest step that divides both interval lengths and the
    distance of their starts, so that equal lengths are copied and nothing is interpolated.
    """

    def __init__(self, scenario: Scenario, demand: Demand) -> None:
        period, given = scenario.period, demand.horizon
        ahead = period.start - given.start
        if period.start < given.start or period.end > given.end:
            rule = f"known from {_moment(period.start)} to {_moment(period.end)}"
            known = f"{_moment(given.start)} to {_moment(given.end)}"
            raise InvalidValueError("demand", rule, known)
        if ahead % _MINUTE:
            raise InvalidValueError("demand", "told for whole minutes", str(given.start))
        minutes_ahead = int(ahead // _MINUTE)
        step = math.gcd(given.interval_minutes, period.interval_minutes, minutes_ahead)
        self.split = given.interval_minutes // step
        self.merge = period.interval_minutes // step
        first = minutes_ahead // step
        self.rows = slice(first, first + period.count * self.merge)
        self.columns = [
            demand.channels.index(name) if name in demand.channels else -1
            for name in scenario.channels
        ]

    def volume(self, table: FloatArray) -> FloatArray:
        """Contacts of the scenario, shape (..., I, C), from (..., I', C'); 0 where unknown."""
        volume: FloatArray = self._pieces(table / self.split, unknown=0.0).sum(axis=-2)
        return volume

    def handle_time(self, demand: Demand) -> FloatArray:
        """Handle time weighted with the contacts; NaN where no piece knows one."""
        times = self._pieces(demand.handle_time_s, unknown=np.nan)
        if self.merge == 1:
            return times[:, 0]
        # A tiny weight keeps the handle time of intervals in which nobody is expected.
        weights = self._pieces(demand.mean, unknown=0.0) + 1e-12
        weights = np.where(np.isfinite(times), weights, 0.0)
        total = weights.sum(axis=1)
        weighted = (np.nan_to_num(times) * weights).sum(axis=1)
        return ratio(weighted, total)

    def _pieces(self, table: FloatArray, unknown: float) -> FloatArray:
        """Pieces of each of the scenario's intervals, shape (..., I, merge, C)."""
        fine = np.repeat(table, self.split, axis=-2)[..., self.rows, :]
        known = np.full((*fine.shape[:-1], len(self.columns)), unknown)
        for column, source in enumerate(self.columns):
            if source >= 0:
                known[..., column] = fine[..., source]
        pieces: FloatArray = known.reshape(*fine.shape[:-2], -1, self.merge, len(self.columns))
        return pieces


def require_common_channel(scenario: Scenario, channels: Collection[str]) -> None:
    """
    Refuse a demand, or a history, of which the scenario knows no channel: a plan for nobody.

    Raises
    ------
    InvalidValueError
        When there are channels and none is the scenario's.
    """
    if channels and not set(channels) & set(scenario.channels):
        rule = f"known for a channel of the scenario ({', '.join(scenario.channels)})"
        raise InvalidValueError("demand", rule, ", ".join(channels))


def unmatched(scenario: Scenario, channels: Iterable[str]) -> Iterator[str]:
    """
    What does not fit between a demand's channels and a scenario's, in sentences.

    Parameters
    ----------
    scenario
        Names its channels.
    channels
        Channels of the demand, or of the history it comes from.
    """
    known = tuple(channels)
    for name in known:
        if name not in scenario.channels:
            yield f"The demand of {name} is left out: the scenario has no such channel."
    for name, channel in scenario.channels.items():
        # A callback channel may live on what other channels hand over.
        if name not in known and channel.kind != "callback":
            yield f"No demand is known for {name}: nobody is expected there."
    if scenario.demand.first_share and scenario.demand.counts == "first":
        yield (
            "demand.first_share is left out: all of the volume is first attempts where"
            ' demand.counts is "first", as it is unless it says "all".'
        )


def _moment(instant: pd.Timestamp) -> str:
    return f"{instant:%Y-%m-%d %H:%M %Z}"


def _mean_excess(scenario: Scenario, burst: Burst) -> FloatArray:
    """Mean over each interval of the burst's factor − 1, shape (I,)."""
    horizon = scenario.period
    start_us = horizon.offset_us(scenario.local(burst.start))
    begin = np.arange(horizon.count) * horizon.interval_us - start_us
    hours = np.stack([begin, begin + horizon.interval_us]) / 3.6e9  # since the burst's start
    if burst.peak is not None and burst.half_life_h is not None:
        # The integral of (peak − 1) · 2^(−t / half-life) from a to b.
        left = (burst.peak - 1) * 0.5 ** (np.maximum(hours, 0.0) / burst.half_life_h)
        area = (left[0] - left[1]) * burst.half_life_h / math.log(2)
    else:
        area = np.zeros(horizon.count)
        step = burst.step_minutes / 60
        for number, factor in enumerate(burst.factors):
            held = np.clip(hours, number * step, (number + 1) * step)
            area += (factor - 1) * (held[1] - held[0])
    excess: FloatArray = area * (60 / horizon.interval_minutes)
    return excess
