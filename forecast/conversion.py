"""From what a suite logged to what a planner means: solo handle times, actionable contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from forecast.findings import Findings
from forecast.request import DEFAULT_SLOWDOWN, Request
from scenario.errors import InvalidValueError

T = TypeVar("T")
BASES = ("solo", "elapsed")


def slowdown_at(concurrency: float, slowdown: tuple[float, ...] = DEFAULT_SLOWDOWN) -> float:
    """
    How many times longer a contact takes at a mean concurrency; straight lines in between.

    Raises
    ------
    InvalidValueError
        When the concurrency is below 1 or above what the slowdown covers, or the slowdown
        does not begin with 1 or falls.

    Examples
    --------
    Chats logged at 600 s in pairs are 480 s solo:

    >>> 600 / slowdown_at(2)
    480.0
    """
    values = np.asarray(slowdown, dtype=float)
    if not len(values) or values[0] != 1 or not np.all(np.diff(values) >= 0):
        raise InvalidValueError("slowdown", "numbers that begin with 1 and do not fall", slowdown)
    if not 1 <= concurrency <= len(values):
        rule = f"between 1 and {len(values)}, the most that the slowdown covers"
        raise InvalidValueError("mean_concurrency", rule, concurrency)
    return float(np.interp(concurrency, np.arange(1, len(values) + 1), values))


def solo_handle_times(rows: pd.DataFrame, request: Request, findings: Findings) -> pd.DataFrame:
    """
    Elapsed handle times divided by the slowdown at the mean concurrency, by channel.

    Raises
    ------
    InvalidValueError
        When a basis is unknown, a channel is, a concurrency is outside its range, or one is
        given for solo handle times.
    """
    channels = list(rows["channel"].unique())
    bases = _by_channel(request.handle_time_basis, channels, "solo", "handle_time_basis")
    together = _by_channel(request.mean_concurrency, channels, 1.0, "mean_concurrency")
    factors = {}
    for channel in channels:
        if bases[channel] not in BASES:
            raise InvalidValueError("handle_time_basis", f"one of {list(BASES)}", bases[channel])
        if bases[channel] == "solo":
            if together[channel] != 1:
                rule = f"1 for {channel}, whose handle times are solo"
                raise InvalidValueError("mean_concurrency", rule, together[channel])
            continue
        factor = slowdown_at(together[channel], request.slowdown)
        factors[channel] = 1 / factor
        findings.told(
            f"{channel}: elapsed handle times divided by {factor:g}, the slowdown with"
            f" {together[channel]:g} contacts in hand, to be those of a contact handled alone."
        )
    if not factors:
        return rows
    scale = rows["channel"].map(factors).fillna(1.0).astype(float)
    return rows.assign(handle_time_s=rows["handle_time_s"] * scale)


def actionable_contacts(rows: pd.DataFrame, request: Request, findings: Findings) -> pd.DataFrame:
    """
    What was heard times the share of it that are contacts; nothing is rounded.

    Every count and total of the channel is scaled alike, so the mean handle time stays.

    Raises
    ------
    InvalidValueError
        When a share is outside [0, 1] or a channel is unknown.
    """
    shares = _by_channel(request.actionable, list(rows["channel"].unique()), 1.0, "actionable")
    counts = [name for name in rows.columns if name not in {"interval_start", "channel"}]
    for channel, share in shares.items():
        if not 0 <= share <= 1:
            raise InvalidValueError(f"actionable of {channel}", "between 0 and 1", share)
        if share != 1:
            findings.told(f"{channel}: {share:.0%} of what was heard are taken as contacts.")
    scale = rows["channel"].map(shares).astype(float)
    return rows.assign(**{name: rows[name] * scale for name in counts})


def _by_channel(
    given: T | Mapping[str, T], channels: list[str], default: T, field: str
) -> dict[str, T]:
    if not isinstance(given, Mapping):
        return dict.fromkeys(channels, given)
    for channel in given:
        if channel not in channels:
            raise InvalidValueError(f"channel of {field}", f"one of {channels}", channel)
    return {channel: given.get(channel, default) for channel in channels}
