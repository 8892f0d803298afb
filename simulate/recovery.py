"""When a floor has recovered from a burst: as few waiting as on the same day without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Demand, InvalidValueError, RunCancelledError, Scenario
from simulate.engines import Cancel
from simulate.estimates import FloatArray
from simulate.outcome import Outcome
from simulate.run import simulate
from simulate.workers import Progress, Workers

FELT = 0.05  # of the most that waited beyond the calm day: less than that is over
HEAVY = 0.5  # of the most: from here on a floor has something to catch up with
LEAST = 1.0  # contact; one more or fewer is the day's own noise
AGAIN_H = 2.0  # from here on it matters that it was felt a second time
SURE = 0.9  # share of the days by which a planner wants it over


@dataclass(frozen=True)
class Recovery:
    """
    How long after a burst begins a channel has recovered.

    Parameters
    ----------
    channel
        Channel.
    start
        When the burst begins.
    hours
        Hours from then on, by replication, shape (R,): 0 where it was never felt, NaN where the
        horizon ended first.
    caught_up
        Hours until as few wait for the first time after half of the most did, at most `hours`: a
        floor may catch up before the night and find more in the morning, shape (R,).
    peak
        Most contacts waiting beyond the calm day at the end of an interval, shape (R,).
    waiting_h
        Hours that contacts waited beyond the calm day, all together, shape (R,).

    Notes
    -----
    A channel has recovered at the end of the first interval, after the one in which most
    waited beyond the calm day, in which no more than 5 % of that number, or than one contact,
    wait beyond it. The calm day is the same replication without the burst.
    """

    channel: str
    start: pd.Timestamp
    hours: FloatArray
    caught_up: FloatArray
    peak: FloatArray
    waiting_h: FloatArray

    @property
    def median_h(self) -> float:
        """Hours by which half of the replications have recovered; NaN where fewer do."""
        return _by_when(self.hours, 0.5)

    @property
    def caught_up_h(self) -> float:
        """Hours by which half of the replications have caught up once; NaN where fewer do."""
        return _by_when(self.caught_up, 0.5)

    @property
    def sure_h(self) -> float:
        """Hours by which 90 % of the replications have recovered; NaN where fewer do."""
        return _by_when(self.hours, SURE)

    @property
    def unrecovered(self) -> float:
        """Share of the replications that do not recover within the horizon."""
        return float(np.isnan(self.hours).mean())

    @property
    def sentence(self) -> str:
        """When it is over, told to a person."""
        if not self.hours.any():
            return f"{self.channel} hardly feels it: no backlog builds up."
        if np.isnan(self.median_h):
            share = f"{100 * (1 - self.unrecovered):.0f} % of the runs"
            return f"{self.channel} does not recover before the end: only {share} do."
        told = f"{self.channel} has recovered after {self.median_h:.1f} h in half of the runs"
        if self.median_h - self.caught_up_h >= AGAIN_H:
            told = (
                f"{self.channel} has caught up for the first time after {self.caught_up_h:.1f} h,"
                f" and recovered after {self.median_h:.1f} h in half of the runs"
            )
        if not np.isnan(self.sure_h):
            return f"{told}, after {self.sure_h:.1f} h in nine of ten."
        return f"{told}; in {100 * self.unrecovered:.0f} % it does not before the end."

    def document(self) -> dict[str, Any]:
        """The recovery in JSON's types: times as ISO, undefined values None."""
        return {
            "channel": self.channel,
            "start": self.start.isoformat(),
            "recovered_median_h": _known(self.median_h),
            "recovered_p90_h": _known(self.sure_h),
            "caught_up_median_h": _known(self.caught_up_h),
            "unrecovered_share": self.unrecovered,
            "peak_beyond_calm": float(self.peak.mean()),
            "waiting_beyond_calm_h": float(self.waiting_h.mean()),
            "sentence": self.sentence,
        }


def recovery(calm: Outcome, burst: Outcome, channel: str, start: pd.Timestamp) -> Recovery:
    """
    When a channel has recovered from a burst.

    Parameters
    ----------
    calm, burst
        The same days without the burst and with it: the same seed and number of replications.
    channel
        Channel on which the backlog is looked at.
    start
        When the burst begins.

    Raises
    ------
    InvalidValueError
        When the outcomes are not of the same days.
    """
    if (calm.seed, calm.replications) != (burst.seed, burst.replications):
        rule = f"of seed {calm.seed} and {calm.replications} replications, as the calm day"
        raise InvalidValueError("burst", rule, f"{burst.seed} and {burst.replications}")
    backlogs = [one.data.tallies(channel, "interval")["backlog"] for one in (burst, calm)]
    more = (backlogs[0] - backlogs[1]).astype(np.float64)
    period = calm.data.period
    first = max(0, period.offset_us(start) // period.interval_us)
    more = more[:, first:]
    if not more.shape[1]:
        raise InvalidValueError(
            "start", f"before {period.end}, the end of the measured time", start
        )
    peak = np.maximum(more.max(axis=1), 0.0)
    begun_us = period.offset_us(start) - first * period.interval_us
    ends_h = ((np.arange(more.shape[1]) + 1) * period.interval_us - begun_us) / 3.6e9
    few = more <= np.maximum(LEAST, FELT * peak)[:, None]
    after_worst = np.arange(more.shape[1]) >= more.argmax(axis=1)[:, None]
    heavy = ~few & (more >= HEAVY * peak[:, None])
    after_heavy = np.logical_or.accumulate(heavy, axis=1)
    queued = [
        one.data.tallies(channel, "interval")["queue_us"].sum(axis=1) for one in (burst, calm)
    ]
    waiting_h = (queued[0] - queued[1]) / 3.6e9
    return Recovery(
        channel,
        start,
        _first(few & after_worst, ends_h, peak),
        _first(few & after_heavy, ends_h, peak),
        peak,
        waiting_h,
    )


def _first(is_so: NDArray[np.bool_], ends_h: FloatArray, peak: FloatArray) -> FloatArray:
    """Hours until it is so for the first time; 0 where the burst was never felt."""
    hours = np.where(is_so.any(axis=1), ends_h[is_so.argmax(axis=1)], np.nan)
    return np.where(peak <= LEAST, 0.0, hours)


def recoveries(
    scenario: Scenario,
    demand: Demand,
    outcome: Outcome,
    *,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> dict[str, Recovery]:
    """
    When a scenario's channels have recovered from its bursts, by name of the burst.

    Each burst is left out once, for the calm day. Bursts that begin after the measured time
    have none.

    Parameters
    ----------
    scenario, demand
        What was simulated.
    outcome
        Its outcome; the calm days have the same staff, and the same separate teams.
    engine, workers, cancel
        As for `simulate.run.simulate`.
    progress
        Told how many replications of how many are finished, of all bursts.

    Raises
    ------
    RunCancelledError
        When cancelled.
    """
    end = outcome.data.period.end
    felt = {
        name: burst for name, burst in scenario.bursts.items() if scenario.local(burst.start) < end
    }
    count = outcome.replications
    found: dict[str, Recovery] = {}
    for number, (name, burst) in enumerate(felt.items()):
        others = {other: one for other, one in scenario.bursts.items() if other != name}
        calm = simulate(
            outcome.scenario.model_copy(update={"bursts": others}),
            demand,
            outcome.staff,
            replications=count,
            seed=outcome.seed,
            engine=engine,
            workers=workers,
            progress=part_of(progress, number * count, len(felt) * count),
            cancel=cancel,
        )
        if calm.cancelled:
            raise RunCancelledError
        found[name] = recovery(calm, outcome, burst.channel, scenario.local(burst.start))
    return found


def part_of(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one of several runs as progress of all."""
    if progress is None:
        return None
    return lambda done, _: progress(before + done, total)


def _by_when(hours: FloatArray, share: float) -> float:
    """The least time by which so many have recovered; those who have not, never have."""
    times = np.sort(np.where(np.isnan(hours), np.inf, hours))
    found = float(times[max(0, int(np.ceil(share * len(times))) - 1)])
    return found if np.isfinite(found) else float("nan")


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
