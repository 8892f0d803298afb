"""The crisis drill: a calm day, the same day with a burst, and that with people called in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scenario import Demand, InvalidValueError, RunCancelledError, Scenario, Staff
from scenario.called_in import CalledIn, with_called_in
from scenario.separate import separated
from simulate.compare import paired
from simulate.engines import Cancel
from simulate.outcome import Outcome
from simulate.records import as_records
from simulate.recovery import Recovery, part_of, recovery
from simulate.run import simulate
from simulate.workers import Progress, Workers

CALM, BURST, CALLED_IN = "calm day", "burst", "called in"
BURST_NAME = "drill"
MOST_MINUTES = 1_000_000  # from the burst until somebody comes
MOST_CALLED = 10_000  # agents of a group, as `[[called_in]]` has it


@dataclass(frozen=True, eq=False)
class Drill:
    """
    How a given staff copes with a burst, and what calling people in changes.

    Parameters
    ----------
    scenario
        The calm day.
    channel
        Channel that the burst meets.
    at
        When it begins.
    factor, half_life_h
        Volume multiplies by the factor at once and falls back by halves in so many hours.
    call_in
        Agents called in, by group; empty for nobody.
    called_at
        When they come.
    outcomes
        The same customers met on the calm day, in the burst and, where people are called in,
        in the burst with them, by "calm day", "burst" and "called in".
    """

    scenario: Scenario
    channel: str
    at: pd.Timestamp
    factor: float
    half_life_h: float
    call_in: Mapping[str, int]
    called_at: pd.Timestamp
    outcomes: Mapping[str, Outcome]

    @cached_property
    def recoveries(self) -> Mapping[str, Recovery]:
        """When the burst's channel has recovered, by arrangement; not of the calm day."""
        return {
            name: recovery(self.outcomes[CALM], outcome, self.channel, self.at)
            for name, outcome in self.outcomes.items()
            if name != CALM
        }

    @cached_property
    def table(self) -> pd.DataFrame:
        """
        A row per arrangement.

        Returns
        -------
        DataFrame
            `arrangement`; of the burst's channel: `service_level` with `_low` and `_high`,
            `peak_beyond_calm` (most contacts waiting beyond the calm day at an interval's end,
            mean over replications), `waiting_beyond_calm_h` (hours that contacts waited beyond
            the calm day, all together), `recovered_median_h` and `recovered_p90_h` (hours after
            the burst began; NaN on the calm day, and where too few recover),
            `caught_up_median_h` (until as few wait for the first time), `unrecovered_share`,
            `impressions_waiting`; of all channels: `offered`, `first_attempts`, `caused`,
            `answered`; and `paid_hours` and `cost`.
        """
        return pd.DataFrame([self._row(name) for name in self.outcomes])

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """
        A row per interval, channel and arrangement, sorted by time.

        Returns
        -------
        DataFrame
            `interval_start`, `channel`, `arrangement`, `offered`, `backlog` (contacts waiting
            at the interval's end, live ones too, mean over replications), `backlog_p10` and
            `backlog_p90`, and `service_level`.
        """
        frames = []
        for name, outcome in self.outcomes.items():
            for channel in outcome.scenario.channels:
                tallies = outcome.data.tallies(channel, "interval")
                low, high = np.quantile(tallies["backlog"], (0.1, 0.9), axis=0)
                frames.append(
                    pd.DataFrame(
                        {
                            "interval_start": outcome.data.period.starts,
                            "channel": channel,
                            "arrangement": name,
                            "offered": tallies["offered"].mean(axis=0),
                            "backlog": tallies["backlog"].mean(axis=0),
                            "backlog_p10": low,
                            "backlog_p90": high,
                            "service_level": outcome.parts(
                                "service_level", channel, "interval"
                            ).pooled(),
                        }
                    )
                )
        return pd.concat(frames, ignore_index=True).sort_values(
            "interval_start", kind="stable", ignore_index=True
        )

    @cached_property
    def difference(self) -> pd.DataFrame:
        """What calling people in changes in the burst, as `compare.paired`; empty for nobody."""
        if CALLED_IN not in self.outcomes:
            return pd.DataFrame()
        pair = self.outcomes[BURST], self.outcomes[CALLED_IN]
        return paired(*pair, names=("the burst", "Calling people in"))

    @property
    def sentence(self) -> str:
        """When it is over, with whom, told to a person."""
        told = (
            f"{self.channel} at {self.factor:g} times its volume from {self.at:%a %d %b %H:%M},"
            f" halving every {self.half_life_h:g} h: {self.recoveries[BURST].sentence}"
        )
        if CALLED_IN not in self.outcomes:
            return told
        who = " and ".join(f"{number} more in {group}" for group, number in self.call_in.items())
        return (
            f"{told} With {who} from {self.called_at:%H:%M}: {self.recoveries[CALLED_IN].sentence}"
        )

    def document(self) -> dict[str, Any]:
        """
        The drill as one JSON document.

        Returns
        -------
        dict
            `channel`, `at`, `factor`, `half_life_h`, `call_in`, `called_at`, `seed`,
            `replications`, `rows`, `intervals`, `difference` and `sentence`.
        """
        calm = self.outcomes[CALM]
        return {
            "channel": self.channel,
            "at": self.at.isoformat(),
            "factor": self.factor,
            "half_life_h": self.half_life_h,
            "call_in": dict(self.call_in),
            "called_at": self.called_at.isoformat(),
            "seed": calm.seed,
            "replications": calm.replications,
            "rows": as_records(self.table),
            "intervals": as_records(self.intervals),
            "difference": as_records(self.difference),
            "sentence": self.sentence,
        }

    def _row(self, name: str) -> dict[str, Any]:
        outcome, found = self.outcomes[name], self.recoveries.get(name)
        totals = outcome.totals.set_index("channel")
        mine = totals.loc[self.channel]
        levels = ("service_level", "service_level_low", "service_level_high")
        return {
            "arrangement": name,
            **{level: mine[level] for level in levels},
            "peak_beyond_calm": float(found.peak.mean()) if found else 0.0,
            "waiting_beyond_calm_h": float(found.waiting_h.mean()) if found else 0.0,
            "caught_up_median_h": found.caught_up_h if found else np.nan,
            "recovered_median_h": found.median_h if found else np.nan,
            "recovered_p90_h": found.sure_h if found else np.nan,
            "unrecovered_share": found.unrecovered if found else np.nan,
            "impressions_waiting": mine["impressions_waiting"],
            **{key: totals[key].sum() for key in ("offered", "first_attempts")},
            **{key: totals[key].sum() for key in ("caused", "answered")},
            "paid_hours": outcome.paid_hours,
            "cost": outcome.cost,
        }


def drill(
    scenario: Scenario,
    demand: Demand,
    staff: Staff | None = None,
    *,
    channel: str,
    at: pd.Timestamp,
    factor: float,
    half_life_h: float,
    call_in: Mapping[str, int] | None = None,
    after_minutes: float = 30,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
) -> Drill:
    """
    Rehearse a burst with a given staff, without and with people called in.

    Parameters
    ----------
    scenario
        The calm day, with whatever bursts it has itself.
    demand
        Its demand, before scale and bursts.
    staff
        Agents on the floor; default: the scenario's current staffing. Separate teams
        (`routing.blend`) are set for the calm day, as nobody knows of the burst beforehand.
    channel
        Channel that the burst meets.
    at
        When it begins; without a zone, local time.
    factor, half_life_h
        Volume multiplies by the factor, at least 1, and falls back by halves in so many hours.
    call_in
        Agents called in, by group; they stay as long as the group works on that day, and until
        midnight where nobody of it works any more.
    after_minutes
        Minutes from the burst's beginning until they are there. Where a group is staffed by
        interval they come with the first interval that begins then or later.
    replications, seed, engine, workers, cancel
        As for `simulate.run.simulate`.
    progress
        Told how many replications of how many are finished, of all arrangements.

    Raises
    ------
    InvalidValueError
        When the channel or a group is unknown, a number is out of range, the burst does not
        begin before the measured time ends, or somebody called in would not be there at all.
    RunCancelledError
        When cancelled.
    """
    at = scenario.local(at)
    if not abs(after_minutes) <= MOST_MINUTES:
        rule = f"a number of minutes, at most {MOST_MINUTES:,}"
        raise InvalidValueError("after_minutes", rule, after_minutes)
    called_at = at + pd.Timedelta(minutes=after_minutes)
    call_in = {group: number for group, number in (call_in or {}).items() if number}
    _check_burst(scenario, channel, at)
    _check_call(scenario, called_at, call_in)
    if not factor >= 1:
        raise InvalidValueError("factor", "at least 1", factor)
    if not half_life_h > 0:
        raise InvalidValueError("half_life_h", "positive", half_life_h)
    staff = scenario.staff() if staff is None else staff
    stricken = scenario.with_changes(
        {
            f"bursts.{_free_name(scenario)}": {
                "channel": channel,
                "start": at.to_pydatetime(),
                "peak": factor,
                "half_life_h": half_life_h,
            }
        }
    )
    called = [
        CalledIn(group=group, agents=int(number), at=called_at.to_pydatetime())
        for group, number in call_in.items()
    ]
    # Teams are set for the calm day: nobody knows of the burst before it breaks out.
    calm, teams = separated(scenario, demand, staff)
    floors = {CALM: (calm, teams), BURST: (_with_bursts(calm, stricken), teams)}
    if called:
        names = [f"call_in {group}" for group in call_in]
        joined = with_called_in(scenario, staff, called, names=names)
        calm, teams = separated(scenario, demand, joined)
        floors[CALLED_IN] = (_with_bursts(calm, stricken), teams)
    count = scenario.replications if replications is None else replications
    outcomes: dict[str, Outcome] = {}
    for number, (name, (assumed, present)) in enumerate(floors.items()):
        outcomes[name] = simulate(
            assumed,
            demand,
            present,
            replications=count,
            seed=seed,
            engine=engine,
            workers=workers,
            progress=part_of(progress, number * count, len(floors) * count),
            cancel=cancel,
        )
        if outcomes[name].cancelled:
            raise RunCancelledError
    return Drill(scenario, channel, at, factor, half_life_h, call_in, called_at, outcomes)


def _check_burst(scenario: Scenario, channel: str, at: pd.Timestamp) -> None:
    if channel not in scenario.channels:
        raise InvalidValueError("channel", f"one of {list(scenario.channels)}", channel)
    period, cool_down = scenario.period, scenario.edge_counts[1]
    measured = (period.count - cool_down) * period.interval_minutes
    end = period.start + pd.Timedelta(minutes=measured)
    if not period.start <= at < end:
        told = f"between {period.start} and {end}"
        rule = f"{told}, where what is measured ends" if cool_down else told
        raise InvalidValueError("at", rule, str(at))


def _check_call(scenario: Scenario, called_at: pd.Timestamp, call_in: Mapping[str, int]) -> None:
    for group, number in call_in.items():
        if group not in scenario.groups:
            raise InvalidValueError("call_in", f"of groups {list(scenario.groups)}", group)
        if not (isinstance(number, int | np.integer) and 1 <= number <= MOST_CALLED):
            rule = f"a whole number between 1 and {MOST_CALLED:,}"
            raise InvalidValueError(f"call_in {group}", rule, number)
    period = scenario.period
    if call_in and not period.start <= called_at < period.end:
        rule = f"between {period.start} and {period.end}"
        raise InvalidValueError("called in at", rule, str(called_at))


def _with_bursts(scenario: Scenario, stricken: Scenario) -> Scenario:
    """A scenario, be it one of separate teams, with the bursts of another."""
    return scenario.model_copy(update={"bursts": stricken.bursts})


def _free_name(scenario: Scenario) -> str:
    """A name that no burst of the scenario has."""
    name = BURST_NAME
    while name in scenario.bursts:
        name += " again"
    return name
