"""Bands of counts widen with what is not known, and counting noise is Poisson's own."""

import numpy as np
import pytest
from scipy.stats import poisson

from forecast.bands import count_quantiles, counting_noise


def quantiles(rates, shares):
    return count_quantiles(
        np.asarray(rates, float), shares, rng=np.random.default_rng(1), draws_per_path=4000
    )


@pytest.mark.parametrize("rate", [0.2, 1.0, 8.5, 8.999, 9.0, 240.0])
def test_counting_noise_is_the_mean_absolute_deviation_of_a_poisson_count(rate):
    counts = np.arange(2000)
    expected = (np.abs(counts - rate) * poisson.pmf(counts, rate)).sum()
    assert counting_noise(np.array([rate]))[0] == pytest.approx(expected)


def test_where_nobody_is_expected_there_is_no_counting_noise():
    assert counting_noise(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_the_band_of_one_known_rate_is_poissons():
    found = quantiles([[100.0]], [0.05, 0.5, 0.95])[:, 0]
    assert found == pytest.approx(poisson.ppf([0.05, 0.5, 0.95], 100.0), abs=2)


def test_paths_that_differ_make_the_band_wider_than_counting_alone():
    known, unsure = quantiles([[100.0]], [0.05, 0.95]), quantiles([[80.0], [120.0]], [0.05, 0.95])
    assert unsure[0, 0] < known[0, 0] < known[1, 0] < unsure[1, 0]


def test_the_band_of_a_sum_is_narrower_than_the_sum_of_the_bands():
    """Independent hours: chance evens out over a day."""
    hours = np.full((1, 24), 10.0)
    day = quantiles(hours.sum(axis=1, keepdims=True), [0.05, 0.95])
    parts = quantiles(hours, [0.05, 0.95]).sum(axis=1)
    assert parts[0] < day[0, 0] < day[1, 0] < parts[1]


def test_the_same_seed_draws_the_same_band():
    assert np.array_equal(quantiles([[5.0, 7.0]], [0.9]), quantiles([[5.0, 7.0]], [0.9]))
