"""The statistical assertions accept the truth and refuse what is a little off."""

import numpy as np
import pytest

from support import assert_mean_near, assert_ratio_near, need


def test_mean_is_held_to_four_standard_errors():
    """A thousand normals have a standard error of 0.032: half a unit off is far away."""
    sample = np.random.default_rng(1).normal(5, 1, 1000)
    assert_mean_near(sample, 5)
    with pytest.raises(AssertionError, match=r"expected 5\.5"):
        assert_mean_near(sample, 5.5)


def test_ratio_of_sums_is_held_to_its_own_spread():
    """Days of unequal volume answer 80 %: the ratio of sums says so, 78 % is refused."""
    rng = np.random.default_rng(1)
    offered = rng.poisson(rng.gamma(20, 25, 400))
    answered = rng.binomial(offered, 0.8)
    assert_ratio_near(answered, offered, 0.8)
    with pytest.raises(AssertionError, match=r"expected 0\.78"):
        assert_ratio_near(answered, offered, 0.78)


def test_four_standard_errors_are_seldom_exceeded():
    """In 2,000 samples of a skewed ratio the truth is refused next to never."""
    rng = np.random.default_rng(2)
    refused = 0
    for _ in range(2000):
        offered = rng.poisson(30, 50) + 1
        try:
            assert_ratio_near(rng.binomial(offered, 0.9), offered, 0.9)
        except AssertionError:
            refused += 1
    assert refused <= 4


def test_sample_without_spread_must_hit_the_value():
    assert_mean_near([3.0, 3.0], 3.0)
    with pytest.raises(AssertionError):
        assert_mean_near([3.0, 3.0], 3.001)


@pytest.mark.parametrize(("required", "outcome"), [("", "skipped"), ("a,chromium", "failed")])
def test_what_is_missing_is_skipped_unless_required(monkeypatch, required, outcome):
    monkeypatch.setenv("ALLWEATHER_REQUIRE", required)
    expected = pytest.skip.Exception if outcome == "skipped" else pytest.fail.Exception
    with pytest.raises(expected, match="no browser"):
        need("chromium", False, "no browser")
    need("chromium", True, "no browser")
