"""What customers met: a row per channel, of the whole measured time or of each interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from scenario.channels import Channel
from scenario.targets import Target, ratio
from simulate.estimates import FloatArray, Parts, estimate
from simulate.ratios import RATIOS, Tallies, formulas_of, service_level_of
from simulate.replications import Replications, Span

WAIT_SHARES = (0.50, 0.80, 0.90, 0.95, 0.99)
RESPONSE_SHARES = (0.50, 0.90)
COUNTED = (
    "offered", "first_attempts", "answered", "abandoned", "abandoned_short", "silent", "blocked",
    "closed", "converted", "given_up", "waiting", "put_aside", "redials", "repeats", "reposts",
    "spread", "caused", "headed_off", "deflected", "handoffs", "handed_over", "closing_replies",
    "loud",
)  # fmt: skip
PROMISED = ("promised", "within_window", "late", "pending", "misses")
WITH_INTERVALS = ("asa_s", "abandonment")
ROUNDING = 1e-12  # a service level of exactly the target meets it


def target_of(channel: Channel, *, closed: bool) -> Target | None:
    """The promise to contacts that arrive in opening hours, or outside them."""
    if not closed:
        return channel.target
    return channel.target_closed or channel.target if channel.kind == "deferred" else None


def met_share(parts: Parts, target: Target) -> tuple[FloatArray, FloatArray]:
    """
    How often a promise was kept, and in how many replications it could be judged.

    Parameters
    ----------
    parts
        Service level before division, shape (R, P).
    target
        The promise.

    Returns
    -------
    tuple
        Share of the judged replications that met it, NaN where none could be judged, and the
        number judged; both of shape (P,).
    """
    met, judged = kept_periods(parts, target)
    number = judged.sum(axis=0)
    return ratio(met.sum(axis=0), number), number.astype(np.float64)


def kept_periods(parts: Parts, target: Target) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    Where a promise was kept, and where it could be judged.

    Parameters
    ----------
    parts
        Service level before division, shape (R, P).
    target
        The promise.

    Returns
    -------
    tuple
        Both of shape (R, P).
    """
    levels = parts.per_replication()
    judged = np.isfinite(levels)
    return judged & (np.nan_to_num(levels, nan=-1.0) >= target.share - ROUNDING), judged


def channel_table(replications: Replications, span: Span) -> pd.DataFrame:
    """
    A row per span and channel, spans in time order.

    Returns
    -------
    DataFrame
        The columns of `docs/measures.md`; counts are means per replication, shares in 0-1,
        times in seconds; NaN where a measure is undefined or the channel has none.
    """
    starts = replications.span_starts(span)
    waits = replications.times(replications.waits, span, WAIT_SHARES)
    responses = replications.times(replications.responses, span, RESPONSE_SHARES)
    frames = []
    for number, (name, channel) in enumerate(replications.scenario.channels.items()):
        columns: dict[str, Any] = {"interval_start": starts, "channel": name, "kind": channel.kind}
        tallies = replications.tallies(name, span)
        columns |= {key: tallies[key].mean(axis=0) for key in COUNTED}
        columns |= _service_levels(replications, channel, tallies)
        columns |= _ratios(replications, channel, tallies)
        for place, share in enumerate(WAIT_SHARES):
            columns[f"wait_p{round(100 * share)}_s"] = waits[:, number, place]
        for place, share in enumerate(RESPONSE_SHARES):
            columns[f"response_p{round(100 * share)}_s"] = responses[:, number, place]
        columns |= _waiting_work(replications, name, channel, tallies, span)
        columns |= _unseen(channel, tallies)
        frames.append(pd.DataFrame(columns))
    table = pd.concat(frames, ignore_index=True)
    order = np.arange(len(table)).reshape(len(frames), -1).T.ravel()
    return table.iloc[order].reset_index(drop=True)


def _service_levels(
    replications: Replications, channel: Channel, tallies: Tallies
) -> dict[str, FloatArray]:
    columns: dict[str, FloatArray] = {}
    for ending, closed in (("", False), ("_closed", True)):
        parts = service_level_of(channel, tallies, closed=closed)
        if closed and channel.kind != "deferred":
            parts = Parts(parts.above * 0, parts.below * 0)
        found = estimate(parts, replications.batches)
        columns[f"service_level{ending}"] = found.value
        columns[f"service_level{ending}_low"] = np.maximum(found.low, 0)
        columns[f"service_level{ending}_high"] = np.minimum(found.high, 1)
        target = target_of(channel, closed=closed)
        met = np.full(found.value.shape, np.nan) if target is None else met_share(parts, target)[0]
        columns[f"probability_met{ending}"] = met
    return columns


def _ratios(
    replications: Replications, channel: Channel, tallies: Tallies
) -> dict[str, FloatArray]:
    columns: dict[str, FloatArray] = {}
    for name, measure in RATIOS.items():
        parts = measure.parts(tallies)
        if not measure.is_of(channel):
            parts = Parts(parts.above * 0, parts.below * 0)
        columns[name] = parts.pooled()
        if name in WITH_INTERVALS:
            found = estimate(parts, replications.batches)
            columns[f"{name}_low"] = np.maximum(found.low, 0)
            columns[f"{name}_high"] = found.high
    return columns


def _waiting_work(
    replications: Replications, name: str, channel: Channel, tallies: Tallies, span: Span
) -> dict[str, Any]:
    """Backlog and promises; NaN for the kinds that have none."""
    deferred, callback = channel.kind != "live", channel.kind == "callback"
    at_end = {key: replications.at_span_ends(key, name, span) for key in ("backlog", "oldest_us")}
    later = tallies["not_yet_due"] + tallies["not_yet_due_closed"]
    columns = {
        "backlog": at_end["backlog"].mean(axis=0) if deferred else np.nan,
        "oldest_s": at_end["oldest_us"].mean(axis=0) / MICROSECONDS if deferred else np.nan,
        "not_yet_due": later.mean(axis=0) if deferred else np.nan,
    }
    columns |= {key: tallies[key].mean(axis=0) if callback else np.nan for key in PROMISED}
    length_us = replications.period.interval_us * _intervals_per_span(replications, span)
    columns["queue_mean"] = tallies["queue_us"].mean(axis=0) / length_us
    return columns


def _unseen(channel: Channel, tallies: Tallies) -> dict[str, Any]:
    """What no customer asks for: agents kept by who has gone, closing replies, open posts."""
    silent_s = tallies["silent_us"].mean(axis=0) / MICROSECONDS
    closing_s = tallies["closing_us"].mean(axis=0) / MICROSECONDS
    impressions = tallies["impressions_s"].mean(axis=0) / 60
    return {
        "silent_s": silent_s if channel.kind == "live" else np.nan,
        "closing_s": closing_s if channel.handoff else np.nan,
        "impressions_waiting": impressions if channel.reach else np.nan,
    }


def _intervals_per_span(replications: Replications, span: Span) -> Any:
    return np.bincount(replications.labels(span))


def service_level_table(replications: Replications) -> pd.DataFrame:
    """
    Every formula side by side.

    Returns
    -------
    DataFrame
        A row per channel, arrivals (`in_hours`, and `closed` where any deferred
        contacts did) and
        formula: `channel`, `arrived`, `formula`, `chosen` (whether the channel is judged by
        it), `service_level`, `service_level_low`, `service_level_high`.
    """
    rows = []
    for name, channel in replications.scenario.channels.items():
        tallies = replications.tallies(name, "horizon")
        for arrived in ("in_hours", "closed"):
            if arrived == "closed" and not replications.arrived_closed(name):
                continue
            for place, formula in enumerate(formulas_of(channel)):
                parts = service_level_of(
                    channel, tallies, closed=arrived == "closed", formula=formula
                )
                found = estimate(parts, replications.batches)
                rows.append(
                    {
                        "channel": name,
                        "arrived": arrived,
                        "formula": formula,
                        "chosen": place == 0,
                        "service_level": found.value[0],
                        "service_level_low": max(found.low[0], 0.0),
                        "service_level_high": min(found.high[0], 1.0),
                    }
                )
    return pd.DataFrame(rows)


def promise_table(replications: Replications) -> pd.DataFrame:
    """
    How likely every promise is kept, in every interval, day and week.

    Returns
    -------
    DataFrame
        A row per promise, period and start of it (promises to arrivals outside opening hours
        only where there were any): `channel`, `arrived` (in_hours or closed),
        `period`, `period_start`, `target`, `service_level` (over all replications),
        `probability_met` (share of the replications in which it could be judged), `judged` and
        `undefined` (replications with and without contacts to judge by).
    """
    frames = []
    for name, channel in replications.scenario.channels.items():
        for arrived, target in _promises(channel):
            if arrived == "closed" and not replications.arrived_closed(name):
                continue
            for span in ("interval", "day", "week"):
                tallies = replications.tallies(name, span)
                parts = service_level_of(channel, tallies, closed=arrived == "closed")
                share, judged = met_share(parts, target)
                frames.append(
                    pd.DataFrame(
                        {
                            "channel": name,
                            "arrived": arrived,
                            "period": span,
                            "period_start": replications.span_starts(span),
                            "target": target.share,
                            "service_level": parts.pooled(),
                            "probability_met": share,
                            "judged": judged.astype(np.int64),
                            "undefined": replications.count - judged.astype(np.int64),
                        }
                    )
                )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["channel"])


def _promises(channel: Channel) -> Iterator[tuple[str, Target]]:
    for arrived in ("in_hours", "closed"):
        target = target_of(channel, closed=arrived == "closed")
        if target is not None:
            yield arrived, target
