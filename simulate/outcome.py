"""What a run shows: tables of channels, intervals and groups, promises kept, and the cost."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scenario import Scenario, Staff
from scenario.errors import InvalidValueError
from simulate.channel_tables import (
    channel_table,
    met_share,
    promise_table,
    service_level_table,
    target_of,
)
from simulate.closing_table import closing_table
from simulate.estimates import FloatArray, Parts, estimate
from simulate.group_tables import group_interval_table, group_table, in_hand_table
from simulate.measures import thresholds_of
from simulate.ratios import RATIOS, service_level_of
from simulate.records import as_records
from simulate.replications import Replications, Span
from simulate.resolved import customers_resolved


@dataclass(frozen=True, eq=False)
class Outcome:
    """
    The result of a run.

    Parameters
    ----------
    scenario
        What was simulated; with `blend = "separate"` its groups are the separate teams.
    staff
        Agents on the floor.
    engine
        Name of the engine.
    seed
        Seed of every random number.
    data
        The counts of every finished replication.
    cancelled
        Whether the person stopped the run, so that fewer replications than asked are in it.
    contacts
        Every contact of every replication, where asked for; see `simulate.records`.
    customers
        Equal in outcomes of one seed whose customers are the same; see `simulate.customers`.

    Notes
    -----
    A ratio is the sum of its numerators over the sum of its denominators, over replications
    as over intervals; its 95 % interval is a jackknife over replications (over batches where
    these share a stratified sequence of day factors). It tells how sure the mean is, not how
    much days differ; that is what `probability_met` and `service_level` tell.
    """

    scenario: Scenario
    staff: Staff
    engine: str
    seed: int
    data: Replications
    cancelled: bool = False
    contacts: pd.DataFrame | None = None
    customers: str = ""

    @property
    def replications(self) -> int:
        """Number of finished replications."""
        return self.data.count

    @cached_property
    def totals(self) -> pd.DataFrame:
        """
        A row per channel over the measured time; columns as in `docs/measures.md`.

        `probability_met` is judged in the target's own period, over all periods together;
        `probability_met_day` and `probability_met_week` in days and weeks.
        """
        table = channel_table(self.data, "horizon").drop(columns="interval_start")
        for ending, closed in (("", False), ("_closed", True)):
            for span in ("day", "week"):
                table[f"probability_met_{span}{ending}"] = [
                    self._kept(name, span, closed=closed) for name in table["channel"]
                ]
            table[f"probability_met{ending}"] = [
                self._kept(name, None, closed=closed) for name in table["channel"]
            ]
        return pd.concat([table, self._under_target(), self._at_close()], axis=1)

    @cached_property
    def total_rows(self) -> list[dict[str, Any]]:
        """The rows of `totals` as plain values by column, as whoever tells of them wants them."""
        columns = {str(name): values.tolist() for name, values in self.totals.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """The columns of `totals` for every measured interval, with `interval_start`."""
        return channel_table(self.data, "interval")

    @cached_property
    def days(self) -> pd.DataFrame:
        """The columns of `totals` for every local day; `interval_start` is its first."""
        return channel_table(self.data, "day")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """A row per group: occupancy, hours, cost; see `group_table`."""
        return group_table(self.data, self.staff)

    @cached_property
    def group_intervals(self) -> pd.DataFrame:
        """A row per measured interval and group; see `group_interval_table`."""
        return group_interval_table(self.data, self.staff)

    @cached_property
    def in_hand(self) -> pd.DataFrame:
        """How many contacts agents have in hand at once; see `in_hand_table`."""
        return in_hand_table(self.data)

    @cached_property
    def probability_met(self) -> pd.DataFrame:
        """How likely every promise is kept, by interval, day and week; see `promise_table`."""
        return promise_table(self.data)

    @cached_property
    def closings(self) -> pd.DataFrame:
        """Work left at every closing time of deferred and callback channels."""
        return closing_table(self.data)

    def service_levels(self) -> pd.DataFrame:
        """Every service-level formula side by side; see `service_level_table`."""
        return service_level_table(self.data)

    def service_level(
        self, channel: str, period: Span = "day", *, closed: bool = False
    ) -> FloatArray:
        """
        Service level of each replication in each period.

        Parameters
        ----------
        channel
            Channel name.
        period
            "interval", "day", "week" or "horizon".
        closed
            Deferred contacts that arrived outside opening hours instead of inside.

        Returns
        -------
        ndarray
            Shape (R, P), NaN where there was nothing to judge.

        Raises
        ------
        InvalidValueError
            When the channel is unknown.
        """
        return self.parts("service_level", channel, period, closed=closed).per_replication()

    def parts(
        self, measure: str, channel: str, period: Span = "horizon", *, closed: bool = False
    ) -> Parts:
        """
        A measure of a channel before division, so that it can be compared or pooled.

        Parameters
        ----------
        measure
            "service_level" or a name of `simulate.ratios.RATIOS`.
        channel, period, closed
            As in `service_level`.

        Raises
        ------
        InvalidValueError
            When the channel or the measure is unknown.
        """
        if channel not in self.scenario.channels:
            raise InvalidValueError("channel", f"one of {list(self.scenario.channels)}", channel)
        tallies = self.data.tallies(channel, period)
        if measure == "service_level":
            return service_level_of(self.scenario.channels[channel], tallies, closed=closed)
        if measure not in RATIOS:
            raise InvalidValueError("measure", f"one of {['service_level', *RATIOS]}", measure)
        return RATIOS[measure].parts(tallies)

    @cached_property
    def thresholds(self) -> pd.DataFrame:
        """Share served within each further time: `channel`, `within_s`, `share`, low, high."""
        parts = Parts.of(self.data.within_threshold, self.data.of_threshold)
        found = estimate(parts, self.data.batches)
        named = pd.DataFrame(thresholds_of(self.scenario), columns=["channel", "within_s"])
        low, high = np.maximum(found.low, 0), np.minimum(found.high, 1)
        return named.assign(share=found.value, low=low, high=high)

    @property
    def cost(self) -> float:
        """Cost of the measured time, in the scenario's currency."""
        return float(self.groups["cost"].sum())

    @property
    def paid_hours(self) -> float:
        """Paid hours of the measured time."""
        return float(self.groups["paid_hours"].sum())

    @property
    def fte(self) -> float:
        """Full-time posts."""
        return float(self.groups["fte"].sum())

    @property
    def cost_per_contact(self) -> float:
        """Cost over contacts answered; NaN when none was."""
        answered = float(self.totals["answered"].sum())
        return self.cost / answered if answered else float("nan")

    @property
    def customers_resolved(self) -> float:
        """Customers whose matter was settled, of a replication; see `customers_resolved`."""
        return float(customers_resolved(self.data).mean())

    @property
    def cost_per_resolved(self) -> float:
        """Cost over customers resolved, however many contacts each took; NaN when none was."""
        resolved = self.customers_resolved
        return self.cost / resolved if resolved else float("nan")

    def document(self) -> dict[str, Any]:
        """
        The run as one JSON document.

        Returns
        -------
        dict
            `engine`, `seed`, `replications`, `cancelled`, `totals`, `intervals`, `groups`,
            `in_hand`, `service_levels`, `thresholds`, `closings`, `cost`, `paid_hours`, `fte`,
            `cost_per_contact`, `customers_resolved` and `cost_per_resolved`; tables as lists of
            records, undefined values None, times ISO.
        """
        return {
            "engine": self.engine,
            "seed": self.seed,
            "replications": self.replications,
            "cancelled": self.cancelled,
            "totals": as_records(self.totals),
            "intervals": as_records(self.intervals),
            "groups": as_records(self.groups),
            "in_hand": as_records(self.in_hand),
            "service_levels": as_records(self.service_levels()),
            "thresholds": as_records(self.thresholds),
            "closings": as_records(self.closings),
            "cost": self.cost,
            "paid_hours": self.paid_hours,
            "fte": self.fte,
            "cost_per_contact": None if np.isnan(self.cost_per_contact) else self.cost_per_contact,
            "customers_resolved": self.customers_resolved,
            "cost_per_resolved": (
                None if np.isnan(self.cost_per_resolved) else self.cost_per_resolved
            ),
        }

    def _kept(self, name: str, span: Span | None, *, closed: bool) -> float:
        """Share of periods and replications in which a promise was kept, NaN without one."""
        target = target_of(self.scenario.channels[name], closed=closed)
        if target is None:
            return float("nan")
        parts = self.parts("service_level", name, span or target.period, closed=closed)
        share, judged = met_share(parts, target)
        periods = float(judged.sum())
        return float(np.nansum(share * judged)) / periods if periods else float("nan")

    def _under_target(self) -> pd.DataFrame:
        """
        Intervals under the target and the worst of them, by channel.

        An interval counts by its service level over all replications; in-hours arrivals.
        """
        rows = []
        for name, channel in self.scenario.channels.items():
            levels = self.parts("service_level", name, "interval").pooled()
            known = np.isfinite(levels)
            target = channel.target
            worst = int(np.nanargmin(levels)) if known.any() else None
            rows.append(
                {
                    "intervals_judged": int(known.sum()),
                    "intervals_under_target": (
                        np.nan if target is None else int((levels[known] < target.share).sum())
                    ),
                    "worst_interval_start": (
                        pd.NaT if worst is None else self.data.period.starts[worst]
                    ),
                    "worst_service_level": np.nan if worst is None else levels[worst],
                }
            )
        return pd.DataFrame(rows)

    def _at_close(self) -> pd.DataFrame:
        """Mean backlog over the closing times and the oldest work then, by channel."""
        by_channel = self.closings.groupby("channel", sort=False)
        names = list(self.scenario.channels)
        return pd.DataFrame(
            {
                "backlog_at_close": by_channel["backlog"].mean().reindex(names).to_numpy(),
                "oldest_at_close_s": by_channel["oldest_s"].max().reindex(names).to_numpy(),
            }
        )
