"""
Where every random number on the floor comes from.

A number is f(seed, replication, stream, key) and depends on nothing else, so two scenarios
meet the very same customers. Keys and roots are 63-bit non-negative integers; the arithmetic
inside is unsigned and wraps around.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.compiled import compiled
from simulate.log import Cause
from simulate.quantiles import normal_quantile

# Streams: which quality of a contact or day a number decides.
COUNT = 1
POSITION = 2
WORK = 3
PATIENCE = 4
BALK = 5
ACCEPT = 6
REACH = 7
CHOICE = 8
DAY_FACTOR = 9
ABSENCE = 10
SILENT = 11
FOLLOWERS = 12
RESIDUAL = 13
DEFLECTION = 14
RETURN = 15
DELAY = 16
OFFSPRING = 17
POST_AGAIN = 18
HAND_OVER = 19
STREAMS = 20

# Causes: why a contact exists.
FIRST = int(Cause.FIRST)
BACKLOG = int(Cause.BACKLOG)
ENDLESS = int(Cause.ENDLESS)
CALLBACK = int(Cause.CALLBACK)
REDIAL = int(Cause.REDIAL)
REPEAT = int(Cause.REPEAT)
REPOST = int(Cause.REPOST)
SPREAD = int(Cause.SPREAD)
HANDOFF = int(Cause.HANDOFF)
CLOSING = int(Cause.CLOSING)

# Shapes of durations.
CONSTANT = 0
EXPONENTIAL = 1
LOGNORMAL = 2
GAMMA = 3
EMPIRICAL = 4
SURVIVAL = 5
ENDURING = 6  # never ends

NEVER = 2**62
"""An instant, in microseconds, that no run reaches."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST_FACTOR = np.uint64(0xBF58476D1CE4E5B9)
_SECOND_FACTOR = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S1 = (np.uint64(n) for n in (30, 27, 31, 11, 1))
_STRATA_LEVELS = 20


@compiled
def _mixed(bits: np.uint64) -> np.uint64:
    """Every bit of the result depends on every bit given (Steele et al. 2014, splitmix64)."""
    bits = (bits ^ (bits >> _S30)) * _FIRST_FACTOR
    bits = (bits ^ (bits >> _S27)) * _SECOND_FACTOR
    return bits ^ (bits >> _S31)


@compiled
def hashed(key: int, word: int) -> int:
    """A key made of a key and one more number, both at least 0."""
    bits = _mixed(_mixed(np.uint64(key) + _GOLDEN) ^ (np.uint64(word) * _GOLDEN))
    return np.int64(bits >> _S1)  # type: ignore[return-value]  # an int in compiled code


@compiled
def root_of(seed: int, replication: int) -> int:
    """What all numbers of one replication start from."""
    return hashed(hashed(1, seed), replication)


@compiled
def key_of(channel_key: int, cause: int, interval: int, ordinal: int) -> int:
    """Key of a first contact: the ordinal-th of its channel and interval."""
    return hashed(hashed(hashed(channel_key, cause), interval), ordinal)


@compiled
def child_key(parent_key: int, cause: int, ordinal: int) -> int:
    """Key of the ordinal-th contact that another one begot."""
    return hashed(hashed(parent_key, cause), ordinal)


@compiled
def stream_of(root: int, stream: int) -> int:
    """What all numbers of one quality start from in one replication."""
    bits = _mixed(np.uint64(hashed(root, stream)) + _GOLDEN)
    return np.int64(bits)  # type: ignore[return-value]  # an int in compiled code


@compiled
def uniform_in(stream: int, key: int) -> float:
    """A number strictly between 0 and 1, from `stream_of` and a key."""
    bits = _mixed(np.uint64(stream) ^ (np.uint64(key) * _GOLDEN))
    return (float(bits >> _S11) + 0.5) * 2.0**-53


@compiled
def uniform(root: int, stream: int, key: int) -> float:
    """As `uniform_in`, for a number that is drawn now and then."""
    return uniform_in(stream_of(root, stream), key)


def name_key(name: str) -> int:
    """Key of a name, so that adding a channel renumbers no other."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1


@compiled
def stratified(seed: int, key: int, replication: int) -> float:
    """
    A uniform number whose replications 0, 1, 2 ... fill (0, 1) evenly: van der Corput's order.

    Any 2**k replications that begin at a multiple of 2**k hold one number of each of 2**k
    equal strata. Within each block the order is shuffled by the key: one common sequence,
    merely shifted for each key, would tie the days of a horizon to each other.
    """
    level_root = hashed(hashed(1, seed), DAY_FACTOR)
    node = hashed(level_root, key)
    rest = replication
    value, width = 0.0, 0.5
    for _ in range(_STRATA_LEVELS):
        half = rest & 1
        rest >>= 1
        # Which half comes first is drawn anew for every pair of blocks in this stratum.
        half ^= hashed(node, 2 * rest + 1) & 1
        value += half * width
        width *= 0.5
        node = hashed(node, half)
    return value + 2.0 * width * uniform(node, DAY_FACTOR, replication)


@compiled
def _gamma_draw(stream: int, key: int, shape: float) -> float:
    """
    A gamma number with scale 1; further numbers of the same key are drawn until one is kept.

    Marsaglia, G. and Tsang, W. W. (2000). A simple method for generating gamma variables.
    ACM Transactions on Mathematical Software, 26(3), 363-372.
    """
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    turn = 0
    while True:
        z = normal_quantile(uniform_in(stream, hashed(key, 2 * turn)))
        v = (1.0 + c * z) ** 3
        u = uniform_in(stream, hashed(key, 2 * turn + 1))
        if v > 0.0 and math.log(u) < 0.5 * z * z + d - d * v + d * math.log(v):
            break
        turn += 1
    if shape >= 1.0:
        return d * v
    return d * v * math.pow(uniform_in(stream, key), 1.0 / shape)


@compiled
def shape_and_spread(shape: int, cv: float) -> tuple[int, float]:
    """
    A shape with the number that its draws need; without spread every shape is `CONSTANT`.

    The number is the standard deviation of the logarithm (LOGNORMAL), or the gamma shape.
    """
    if shape == LOGNORMAL and cv > 0.0:
        return LOGNORMAL, math.sqrt(math.log1p(cv * cv))
    if shape == GAMMA and cv > 0.0:
        return GAMMA, 1.0 / (cv * cv)
    if shape in (LOGNORMAL, GAMMA):
        return CONSTANT, 0.0
    return shape, 0.0


@compiled
def relative_duration(
    stream: int,
    key: int,
    shape: int,
    spread: float,
    values: NDArray[Any],
    shares: NDArray[Any],
) -> float:
    """
    A duration in means (constant to gamma), else in microseconds; `NEVER` for no end.

    Parameters
    ----------
    stream, key
        Which number; see `uniform_in`.
    shape, spread
        From `shape_and_spread`.
    values
        EMPIRICAL: the observed durations. SURVIVAL: the points' times, rising from 0.
    shares
        SURVIVAL: share still waiting at each point, falling from 1.
    """
    if shape == ENDURING:
        return float(NEVER)
    if shape == CONSTANT:
        return 1.0
    if shape == GAMMA:
        return _gamma_draw(stream, key, spread) / spread
    u = uniform_in(stream, key)
    if shape == EXPONENTIAL:
        return -math.log1p(-u)
    if shape == LOGNORMAL:
        return math.exp(spread * normal_quantile(u) - 0.5 * spread * spread)
    if shape == EMPIRICAL:
        return float(values[int(u * len(values))])
    return _outlasted(u, values, shares)


@compiled
def _outlasted(u: float, times: NDArray[Any], shares: NDArray[Any]) -> float:
    """The instant at which the share still waiting falls to 1 - u; `NEVER` if it does not."""
    still = 1.0 - u
    for n in range(1, len(times)):
        if shares[n] <= still:
            if shares[n] == shares[n - 1]:
                return float(times[n])
            part = (shares[n - 1] - still) / (shares[n - 1] - shares[n])
            return float(times[n - 1] + part * (times[n] - times[n - 1]))
    return float(NEVER)
