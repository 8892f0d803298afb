"""Random numbers: right distributions, nothing shared, and the same customers in every scenario."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from simulate import draws
from simulate.arrivals import contact_counts, fill_first_contacts, patiences, works
from simulate.quantiles import gamma_quantile, gamma_share, normal_quantile, poisson_quantile

ROOT = draws.root_of(7, 0)
KEYS = np.array([draws.hashed(11, n) for n in range(4000)], dtype=np.int64)
NONE = np.zeros(0)
LIKELY = 1e-4  # a right distribution fails a test at this level once in ten thousand


def uniforms(stream: int, root: int = ROOT, count: int = 4000) -> np.ndarray:
    return np.array([draws.uniform(root, stream, key) for key in KEYS[:count].tolist()])


def test_uniform_numbers_are_uniform() -> None:
    for root in (ROOT, draws.root_of(0, 0), draws.root_of(2**62, 10**6)):
        found = uniforms(draws.WORK, root)
        assert stats.kstest(found, "uniform").pvalue > LIKELY
        assert found.min() > 0
        assert found.max() < 1


def test_a_number_depends_on_seed_replication_stream_and_key_alone() -> None:
    again = draws.uniform(draws.root_of(7, 0), draws.WORK, 5)
    assert again == draws.uniform(draws.root_of(7, 0), draws.WORK, 5)
    others = {
        draws.uniform(draws.root_of(8, 0), draws.WORK, 5),
        draws.uniform(draws.root_of(7, 1), draws.WORK, 5),
        draws.uniform(draws.root_of(0, 7), draws.WORK, 5),
        draws.uniform(draws.root_of(7, 0), draws.PATIENCE, 5),
        draws.uniform(draws.root_of(7, 0), draws.WORK, 6),
        again,
    }
    assert len(others) == 6


@pytest.mark.parametrize("lag", [1, 2, 7])
def test_streams_replications_and_neighbouring_keys_are_independent(lag: int) -> None:
    work = uniforms(draws.WORK)
    for other in (
        uniforms(draws.PATIENCE),
        uniforms(draws.WORK, draws.root_of(7, lag)),
        np.roll(work, lag),
    ):
        correlation = np.corrcoef(work, other)[0, 1]
        assert abs(correlation) < 4 / math.sqrt(len(work))
        cells = np.histogram2d(work, other, bins=8, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(cells.ravel()).pvalue > LIKELY


def test_keys_do_not_collide_on_a_large_centre() -> None:
    """4,000 intervals, 5 channels and 40 contacts each: 800,000 keys."""
    counts = np.full((4000, 5), 40)
    channel_keys = np.array([draws.name_key(f"channel {n}") for n in range(5)], dtype=np.int64)
    rows = np.empty((counts.sum(), 5), dtype=np.int64)
    fill_first_contacts(ROOT, counts, channel_keys, 900_000_000, 1, rows)
    assert len(np.unique(rows[:, 3])) == len(rows)
    assert rows[:, 3].min() >= 0


SHAPES = {
    draws.EXPONENTIAL: (1.0, stats.expon()),
    draws.LOGNORMAL: (0.8, stats.lognorm(math.sqrt(math.log(1.64)), scale=1 / math.sqrt(1.64))),
    draws.GAMMA: (0.5, stats.gamma(4.0, scale=0.25)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_durations_follow_their_distribution(shape: int) -> None:
    cv, law = SHAPES[shape]
    found = works(ROOT, KEYS, np.full(len(KEYS), 3e8), shape, cv, NONE, 1) / 3e8
    assert law.mean() == pytest.approx(1.0)
    assert stats.kstest(found, law.cdf).pvalue > LIKELY


def test_gamma_durations_with_a_large_spread_follow_their_distribution() -> None:
    """Shape 1 / 1.6² is below 1, where the method needs a boost."""
    found = works(ROOT, KEYS, np.full(len(KEYS), 3e8), draws.GAMMA, 1.6, NONE, 1) / 3e8
    assert stats.kstest(found, stats.gamma(1 / 2.56, scale=2.56).cdf).pvalue > LIKELY


def test_empirical_durations_are_the_observed_ones() -> None:
    values = np.array([0.5, 1.0, 1.5])
    found = works(ROOT, KEYS, np.full(len(KEYS), 60e6), draws.EMPIRICAL, 0.0, values, 1)
    kinds, counts = np.unique(found, return_counts=True)
    assert kinds.tolist() == [30_000_000, 60_000_000, 90_000_000]
    assert stats.chisquare(counts).pvalue > LIKELY


def test_constant_durations_are_rounded_to_the_grain_and_at_least_one() -> None:
    means = np.array([0.0, 29e6, 30e6, 89e6, 90e6])
    found = works(ROOT, KEYS[:5], means, draws.CONSTANT, 0.0, NONE, 60_000_000)
    assert (found / 60e6).tolist() == [1, 1, 1, 1, 2]


def test_survival_curve_gives_the_share_still_waiting_and_some_for_ever() -> None:
    """90 % still wait after 30 s, 50 % after 340 s; of these nobody gives up."""
    times, shares = np.array([0.0, 30e6, 340e6]), np.array([1.0, 0.9, 0.5])
    found = patiences(ROOT, KEYS, 1.0, draws.SURVIVAL, 0.0, times, shares, 1)
    for limit, share in ((30e6, 0.9), (185e6, 0.7), (341e6, 0.5)):
        waiting = float(np.mean(found > limit))
        assert abs(waiting - share) < 4 * math.sqrt(share * (1 - share) / len(found))
    assert set(found[found > 340e6]) == {draws.NEVER}


def test_customers_without_patience_have_exactly_none() -> None:
    found = patiences(ROOT, KEYS[:3], 1.0, draws.EMPIRICAL, 0.0, np.array([0.0]), NONE, 1000)
    assert found.tolist() == [0, 0, 0]
    found = patiences(ROOT, KEYS[:3], 1.0, draws.ENDURING, 0.0, NONE, NONE, 1000)
    assert found.tolist() == [draws.NEVER] * 3


def test_normal_quantiles_match_scipy() -> None:
    shares = np.concatenate([np.linspace(1e-4, 1 - 1e-4, 301), [1e-8, 1e-16, 1e-300, 1 - 1e-12]])
    ours = [normal_quantile(share) for share in shares]
    np.testing.assert_allclose(ours, stats.norm.ppf(shares), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("mean", [0.0, 0.3, 5.0, 63.9, 64.1, 800.0, 1e5])
def test_poisson_quantiles_match_scipy(mean: float) -> None:
    shares = [1e-12, 1e-4, 0.02, 0.31, 0.5, 0.77, 0.995, 1 - 1e-9, *uniforms(draws.COUNT, count=50)]
    ours = [poisson_quantile(share, mean) for share in shares]
    expected = stats.poisson(mean).ppf(shares) if mean else np.zeros(len(shares))
    assert ours == expected.astype(int).tolist()


def test_poisson_counts_never_fall_when_the_mean_rises() -> None:
    for share in uniforms(draws.COUNT, count=40):
        counts = [poisson_quantile(share, mean) for mean in np.linspace(55, 75, 400)]
        assert np.all(np.diff(counts) >= 0)


@pytest.mark.parametrize("shape", [0.3, 1.0, 7.7, 156.25])
def test_gamma_quantiles_match_scipy(shape: float) -> None:
    shares = np.linspace(0.001, 0.999, 31)
    ours = [gamma_quantile(share, shape) for share in shares]
    np.testing.assert_allclose(ours, stats.gamma(shape).ppf(shares), rtol=1e-10)
    np.testing.assert_allclose([gamma_share(shape, x) for x in ours], shares, rtol=1e-10)


def first_contacts(means: np.ndarray) -> dict[int, int]:
    """Arrival by key."""
    keys = np.array([3, 4], dtype=np.int64)
    counts = contact_counts(ROOT, means, keys)
    rows = np.empty((counts.sum(), 5), dtype=np.int64)
    fill_first_contacts(ROOT, counts, keys, 900_000_000, 1, rows)
    return dict(zip(rows[:, 3].tolist(), rows[:, 4].tolist(), strict=True))


def test_a_higher_rate_adds_contacts_and_keeps_all_others() -> None:
    means = np.tile([40.0, 90.0], (20, 1))
    few, many = first_contacts(means), first_contacts(means * [1.0, 1.3])
    assert few.items() < many.items()
    assert len(many) > 1.08 * len(few)


def test_arrivals_are_poisson_and_uniform_in_the_interval() -> None:
    keys = np.array([3], dtype=np.int64)
    counts = contact_counts(ROOT, np.full((3000, 1), 6.0), keys)
    assert abs(counts.mean() - 6) < 4 * math.sqrt(6 / 3000)
    observed = np.bincount(counts[:, 0], minlength=16)[:16]
    expected = stats.poisson(6).pmf(np.arange(15))
    expected = np.append(expected, 1 - expected.sum()) * 3000
    observed[-1] = 3000 - observed[:-1].sum()
    assert stats.chisquare(observed, expected).pvalue > LIKELY
    rows = np.empty((counts.sum(), 5), dtype=np.int64)
    fill_first_contacts(ROOT, counts, keys, 1000, 1, rows)
    within = (rows[:, 4] - 1000 * rows[:, 1] + 0.5) / 1000
    assert stats.kstest(within, "uniform").pvalue > LIKELY


@pytest.mark.parametrize("key", [1, 2, 99])
@pytest.mark.parametrize("levels", [1, 3, 6])
def test_day_factors_fill_equal_strata(key: int, levels: int) -> None:
    """Each aligned block of 2**k replications has one number in each of 2**k strata."""
    size = 2**levels
    for block in range(4):
        found = [draws.stratified(5, key, block * size + n) for n in range(size)]
        assert sorted(int(number * size) for number in found) == list(range(size))


def test_day_factors_of_two_days_are_independent() -> None:
    """Over many seeds, eight replications of two days are on average uncorrelated."""
    sums = []
    for seed in range(400):
        first, second = (
            np.array([draws.stratified(seed, day, n) for n in range(8)]) for day in (1, 2)
        )
        sums.append(float(np.mean((first - 0.5) * (second - 0.5))))
    assert abs(np.mean(sums)) < 4 * np.std(sums) / math.sqrt(len(sums))
    # The mean of 8 products of independent uniforms has a standard deviation of 1/12/sqrt(8);
    # one sequence shifted for each day would have several times that.
    assert np.std(sums) < 1.5 / 12 / math.sqrt(8)


NUMBERS = """
import numpy as np
from simulate import draws
from simulate.quantiles import gamma_quantile, poisson_quantile
from simulate.arrivals import contact_counts, patiences, works
root = draws.root_of(2**62 + 5, 3)
keys = np.array([draws.hashed(2**61, n) for n in range(40)])
print(keys.tolist(), [float(draws.uniform(root, 3, int(key))) for key in keys])
for shape in range(5):
    print(works(root, keys, np.full(40, 3e8), shape, 0.7, np.array([0.5, 1.5]), 1).tolist())
print(patiences(root, keys, 1.0, 5, 0.0, np.array([0.0, 9.0]), np.array([1.0, 0.2]), 1).tolist())
print(contact_counts(root, np.array([[3.0, 800.0, 1e5]]), keys[:3]).tolist())
print([float(draws.stratified(1, 2, n)) for n in range(8)], float(gamma_quantile(0.3, 70.0)))
"""


def test_numbers_are_the_same_without_compilation() -> None:
    """Bit for bit, and without a warning of unsigned numbers that wrap around."""
    told = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", NUMBERS],
            env=os.environ | {"NUMBA_DISABLE_JIT": switched_off},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for switched_off in ("0", "1")
    ]
    assert told[0] == told[1]
