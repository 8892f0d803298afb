"""What several tests need: statistical assertions, and what a machine may lack."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike


def assert_mean_near(sample: ArrayLike, expected: float, *, z: float = 4.0) -> None:
    """The mean of a sample lies within z standard errors of the expected value."""
    values = np.asarray(sample, dtype=float)
    assert values.ndim == 1
    assert len(values) > 1
    mean, error = values.mean(), values.std(ddof=1) / math.sqrt(len(values))
    _assert_within(mean, error, expected, z)


def assert_ratio_near(
    numerators: ArrayLike, denominators: ArrayLike, expected: float, *, z: float = 4.0
) -> None:
    """
    A ratio of sums over replications lies within z standard errors of the expected value.

    The standard error is the delta method's: that of the residuals numerator − ratio × denominator.
    """
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    assert top.shape == bottom.shape == (len(top),)
    assert len(top) > 1
    ratio = top.sum() / bottom.sum()
    residuals = top - ratio * bottom
    error = residuals.std(ddof=1) / math.sqrt(len(top)) / bottom.mean()
    _assert_within(ratio, error, expected, z)


def _assert_within(found: float, error: float, expected: float, z: float) -> None:
    # A sample without any spread must hit the value, up to rounding.
    room = z * error + 1e-9 * abs(expected)
    assert abs(found - expected) <= room, f"{found:.6g} ± {error:.2g}, expected {expected:.6g}"


def need(name: str, present: bool, reason: str) -> None:
    """
    Skip the test where something it needs is missing; fail where it was asked for.

    Parameters
    ----------
    name
        What the machine must have, e.g. "chromium"; the environment variable
        ALLWEATHER_REQUIRE names, separated by commas, what must not be missing.
    present
        Whether it is there.
    reason
        What to tell when it is not.
    """
    if present:
        return
    if name in os.environ.get("ALLWEATHER_REQUIRE", "").split(","):
        pytest.fail(f"{reason} (and ALLWEATHER_REQUIRE names {name})")
    pytest.skip(reason)


def telling(number: int, tell: Callable[..., None]) -> int:
    """One more than the number; a function that another process can find by its name."""
    tell(0.5, "half")
    tell(0.9)
    return number + 1
