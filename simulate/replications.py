"""The counts of finished replications side by side, cut to the measured intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Horizon, Scenario
from simulate.batches import Batch
from simulate.estimates import FloatArray, Parts, batches_of
from simulate.ratios import Tallies
from simulate.times import Times
from simulate.waits import WaitHistogram

IntArray = NDArray[np.int64]
Span = Literal["interval", "day", "week", "horizon"]


@dataclass(frozen=True)
class Replications:
    """
    R replications of one scenario.

    Parameters
    ----------
    scenario
        What was simulated.
    contacts
        Counts by the names of `measures.CONTACT_COUNTS`, each of shape (R, I, C) over the
        measured intervals.
    groups
        Agent time by the names of `measures.GROUP_COUNTS`, each of shape (R, I, G).
    busy_by_channel_us
        Shape (R, G, C), summed over the measured intervals.
    in_hand_us
        Agent time with exactly n contacts in hand, n from 1, shape (R, G, M), summed over the
        measured intervals.
    drain_us
        Shape (R, G).
    opening
        Opening backlog by the names of `measures.Counts.opening`, each of shape (R, C).
    within_threshold, of_threshold
        Shape (R, K), summed over the measured intervals.
    wait_times, response_times
        Histograms over all replications, cell `i * C + c` of measured interval i; and what each
        replication adds to the error of their quantiles.
    stratified
        Whether the replications share one stratified sequence of day factors.
    """

    scenario: Scenario
    contacts: Mapping[str, IntArray]
    groups: Mapping[str, IntArray]
    busy_by_channel_us: IntArray
    in_hand_us: IntArray
    drain_us: IntArray
    opening: Mapping[str, IntArray]
    within_threshold: IntArray
    of_threshold: IntArray
    wait_times: Times
    response_times: Times
    stratified: bool = False

    @classmethod
    def of(
        cls, scenario: Scenario, batches: Sequence[Batch], *, stratified: bool = False
    ) -> Replications:
        """Put at least one replication in order of their numbers, cut to what is measured."""
        warm, cool = scenario.edge_counts
        measured = slice(warm, scenario.period.count - cool)
        cell_of = _measured_cells(scenario.period.count, len(scenario.channels), measured)
        channels = len(scenario.channels)
        rows = np.argsort(np.argsort(np.concatenate([one.numbers for one in batches])))
        put = _Putting(np.split(rows, np.cumsum([one.count for one in batches])[:-1]))
        first = batches[0]
        return cls(
            scenario,
            {
                n: put.tables(one.contacts[n][:, measured] for one in batches)
                for n in first.contacts
            },
            {n: put.tables(one.groups[n][:, measured] for one in batches) for n in first.groups},
            put.tables(one.busy_by_channel_us[:, measured].sum(axis=1) for one in batches),
            put.tables(one.in_hand_us[:, measured].sum(axis=1) for one in batches),
            put.tables(one.drain_us for one in batches),
            {n: put.tables(one.opening[n] for one in batches) for n in first.opening},
            put.tables(one.within_threshold[:, measured].sum(axis=1) for one in batches),
            put.tables(one.of_threshold[:, measured].sum(axis=1) for one in batches),
            Times(put.histograms([one.waits for one in batches]), cell_of, channels),
            Times(put.histograms([one.responses for one in batches]), cell_of, channels),
            stratified,
        )

    @property
    def count(self) -> int:
        """Number of replications, R."""
        return len(self.drain_us)

    @property
    def waits(self) -> WaitHistogram:
        """Waits of the answered over all replications; cell `i * C + c`."""
        return self.wait_times.together

    @property
    def responses(self) -> WaitHistogram:
        """Times to the response over all replications; cell `i * C + c`."""
        return self.response_times.together

    @property
    def wait_influence(self) -> FloatArray:
        """What each replication adds to the error of the quantiles of waits, shape (R, C, Q)."""
        return self.wait_times.influence

    @property
    def response_influence(self) -> FloatArray:
        """The same of the times to the response."""
        return self.response_times.influence

    @property
    def nbytes(self) -> int:
        """Memory that the counts take."""
        tables = [*self.contacts.values(), *self.groups.values(), *self.opening.values()]
        histograms = [
            part for one in (self.waits, self.responses) for part in (one.keys, one.counts)
        ]
        return sum(table.nbytes for table in (*tables, *histograms))

    @cached_property
    def period(self) -> Horizon:
        """The measured intervals."""
        warm, cool = self.scenario.edge_counts
        whole = self.scenario.period
        minutes = warm * whole.interval_minutes
        start = whole.start + pd.Timedelta(minutes=minutes)
        return Horizon(start, whole.interval_minutes, whole.count - warm - cool)

    @property
    def batches(self) -> IntArray:
        """Batch of each replication, for intervals; shape (R,)."""
        return batches_of(self.count, stratified=self.stratified)

    def labels(self, span: Span) -> IntArray:
        """Number of the span in which each measured interval lies, shape (I,), from 0."""
        period = self.period
        match span:
            case "interval":
                return np.arange(period.count)
            case "day":
                return period.day_of_interval
            case "week":
                return period.week_of_interval
            case _:
                return np.zeros(period.count, dtype=np.int64)

    def span_starts(self, span: Span) -> pd.DatetimeIndex:
        """First measured interval of every span."""
        return self.period.starts[_firsts(self.labels(span))]

    def tallies(self, channel: str, span: Span) -> Tallies:
        """Counts of one channel summed over spans, each of shape (R, P)."""
        column = list(self.scenario.channels).index(channel)
        if span == "interval":
            return {name: values[:, :, column] for name, values in self.contacts.items()}
        # The same few sums are asked for by every table and every line of the results.
        if (channel, span) not in self._summed:
            firsts = _firsts(self.labels(span))
            self._summed[channel, span] = {
                name: np.add.reduceat(values[:, :, column], firsts, axis=1)
                for name, values in self.contacts.items()
            }
        return self._summed[channel, span]

    @cached_property
    def _summed(self) -> dict[tuple[str, Span], Tallies]:
        return {}

    def agent_time(self, group: str, span: Span) -> Mapping[str, IntArray]:
        """Agent time of one group summed over spans, each of shape (R, P)."""
        column = list(self.scenario.groups).index(group)
        firsts = _firsts(self.labels(span))
        return {
            name: np.add.reduceat(values[:, :, column], firsts, axis=1)
            for name, values in self.groups.items()
        }

    def arrived_closed(self, channel: str) -> bool:
        """Whether any deferred contacts arrived outside the channel's opening hours."""
        column = list(self.scenario.channels).index(channel)
        names = ("due_closed", "not_yet_due_closed")
        return any(bool(self.contacts[name][:, :, column].any()) for name in names)

    def at_span_ends(self, name: str, channel: str, span: Span) -> NDArray[Any]:
        """A count about instants at the last measured interval of each span, shape (R, P)."""
        column = list(self.scenario.channels).index(channel)
        lasts = np.append(_firsts(self.labels(span))[1:], self.period.count) - 1
        return self.contacts[name][:, lasts, column]

    def times(self, waits: WaitHistogram, span: Span, shares: Sequence[float]) -> Any:
        """Quantiles in seconds of a histogram of ours, shape (P, C, Q)."""
        width = len(self.scenario.channels)
        labels = self.labels(span)
        spans = int(labels[-1]) + 1
        cell_of = (labels[:, None] * width + np.arange(width)).ravel()
        merged = waits if span == "interval" else waits.merged(cell_of)
        return merged.quantiles_s(spans * width, shares).reshape(spans, width, len(shares))


def occupancy_of(agent_time: Mapping[str, IntArray]) -> Parts:
    """Share of the agents' available time with a contact in hand."""
    return Parts.of(agent_time["busy_us"], agent_time["present_us"])


def slots_filled_of(agent_time: Mapping[str, IntArray]) -> Parts:
    """Share of the contacts that could have been in hand that were."""
    return Parts.of(agent_time["held_us"], agent_time["slots_us"])


@dataclass(frozen=True)
class _Putting:
    """Where the replications of each batch belong, shapes (R of the batch,)."""

    rows: Sequence[IntArray]

    def tables(self, parts: Iterable[NDArray[Any]]) -> Any:
        """The batches' tables as one, replications in order."""
        held = list(parts)
        table = np.empty((sum(map(len, held)), *held[0].shape[1:]), dtype=held[0].dtype)
        for rows, part in zip(self.rows, held, strict=True):
            table[rows] = part
        return table

    def histograms(self, parts: Sequence[Sequence[WaitHistogram]]) -> list[WaitHistogram]:
        """The same of histograms, one a replication."""
        pairs = zip(np.concatenate(self.rows).tolist(), chain(*parts), strict=True)
        return [histogram for _, histogram in sorted(pairs, key=itemgetter(0))]


def _firsts(labels: IntArray) -> IntArray:
    """Places at which a new label begins."""
    return np.flatnonzero(np.diff(labels, prepend=labels[0] - 1))


def _measured_cells(intervals: int, channels: int, measured: slice) -> IntArray:
    """New cell of each cell of the whole horizon, -1 outside the measured intervals."""
    cell_of = np.full((intervals, channels), -1, dtype=np.int64)
    kept = len(range(*measured.indices(intervals)))
    cell_of[measured] = np.arange(kept * channels).reshape(kept, channels)
    return cell_of.ravel()
