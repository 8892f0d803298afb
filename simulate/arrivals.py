"""Who comes: the first contacts of a replication, drawn in compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate import draws
from simulate.compiled import compiled
from simulate.draws import (
    COUNT,
    FIRST,
    POSITION,
    key_of,
    relative_duration,
    shape_and_spread,
    stream_of,
    uniform,
)
from simulate.quantiles import poisson_quantile
from simulate.rules import rounded, rounded_patience

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@compiled
def contact_counts(root: int, means: NDArray[Any], channel_keys: NDArray[Any]) -> NDArray[Any]:
    """
    Contacts offered, shape (I, C): Poisson, by inversion of one uniform a cell.

    A higher mean gives at least as many, so that a volume lever only adds contacts.
    """
    counts = np.zeros(means.shape, dtype=np.int64)
    for interval in range(means.shape[0]):
        for channel in range(means.shape[1]):
            key = key_of(channel_keys[channel], FIRST, interval, 0)
            share = uniform(root, COUNT, key)
            counts[interval, channel] = poisson_quantile(share, means[interval, channel])
    return counts


@compiled
def fill_first_contacts(
    root: int,
    counts: NDArray[Any],
    channel_keys: NDArray[Any],
    interval_us: int,
    grain: int,
    contacts: NDArray[Any],
) -> None:
    """
    Write channel, interval, ordinal, key and arrival of every first contact, a row each.

    The ordinal-th contact of a cell has a position of its own, uniform in the interval and
    rounded down to the grain; it does not depend on how many others come.
    """
    row = 0
    for interval in range(counts.shape[0]):
        for channel in range(counts.shape[1]):
            for ordinal in range(counts[interval, channel]):
                key = key_of(channel_keys[channel], FIRST, interval, ordinal)
                offset = int(uniform(root, POSITION, key) * interval_us)
                contacts[row, 0] = channel
                contacts[row, 1] = interval
                contacts[row, 2] = ordinal
                contacts[row, 3] = key
                contacts[row, 4] = (interval * interval_us + offset) // grain * grain
                row += 1


@compiled
def works(
    root: int,
    keys: NDArray[Any],
    means: NDArray[Any],
    shape: int,
    cv: float,
    values: NDArray[Any],
    grain: int,
) -> NDArray[Any]:
    """Solo work of contacts in microseconds, before any agent's speed."""
    stream = stream_of(root, draws.WORK)
    shape, spread = shape_and_spread(shape, cv)
    result = np.empty(len(keys), dtype=np.int64)
    for n in range(len(keys)):
        relative = relative_duration(stream, keys[n], shape, spread, values, values)
        result[n] = rounded(relative * means[n], grain)
    return result


@compiled
def patiences(
    root: int,
    keys: NDArray[Any],
    mean: float,
    shape: int,
    cv: float,
    values: NDArray[Any],
    shares: NDArray[Any],
    grain: int,
) -> NDArray[Any]:
    """Patience of live customers in microseconds; `NEVER` for endless patience."""
    stream = stream_of(root, draws.PATIENCE)
    shape, spread = shape_and_spread(shape, cv)
    result = np.empty(len(keys), dtype=np.int64)
    for n in range(len(keys)):
        relative = relative_duration(stream, keys[n], shape, spread, values, shares)
        result[n] = rounded_patience(relative * mean, grain)
    return result


@compiled
def delay_of(root: int, key: int, mean: float, shape: int, cv: float, grain: int) -> int:
    """Time until a customer comes back, in microseconds; the key is that of the new contact."""
    shape, spread = shape_and_spread(shape, cv)
    nothing = np.empty(0, dtype=np.float64)
    stream = stream_of(root, draws.DELAY)
    return rounded(relative_duration(stream, key, shape, spread, nothing, nothing) * mean, grain)


@compiled
def reaches(root: int, keys: NDArray[Any], mean: float, cv: float) -> NDArray[Any]:
    """Followers of customers: whole numbers, lognormal before they are cut down to them."""
    stream = stream_of(root, draws.FOLLOWERS)
    shape, spread = shape_and_spread(draws.LOGNORMAL, cv)
    nothing = np.empty(0, dtype=np.float64)
    result = np.empty(len(keys), dtype=np.int64)
    for n in range(len(keys)):
        result[n] = int(relative_duration(stream, keys[n], shape, spread, nothing, nothing) * mean)
    return result
