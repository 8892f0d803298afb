"""Pictures: what is drawn is what the forecast and the plan say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from report.figures import overview
from scenario import Demand, Horizon, Staff


@pytest.fixture
def horizon():
    return Horizon(pd.Timestamp("2026-04-13 08:00", tz="Europe/London"), 60, 4)


@pytest.fixture
def plan(horizon):
    """The parts of a plan that a picture reads: two groups, and the staffing of now."""
    starts = horizon.starts.repeat(2)
    requirement = pd.DataFrame(
        {
            "interval_start": starts,
            "group": ["a", "b"] * 4,
            "required": [1, 2, 2, 2, 3, 2, 1, 1],
            "scheduled": [2, 2, 2, 2, 3, 3, 1, 1],
        }
    )
    now = Staff(horizon, ("a", "b"), np.full((4, 2), 2, dtype=np.int64))
    return SimpleNamespace(requirement=requirement, baseline=SimpleNamespace(staff=now))


def test_the_overview_draws_the_mean_and_the_sums_over_groups(horizon, plan):
    mean = np.array([[4.0], [6.0], [5.0], [3.0]])
    bands = {0.05: mean - 2, 0.10: mean - 1, 0.90: mean + 1, 0.95: mean + 2}
    demand = Demand(horizon, ("chat",), mean, np.full((4, 1), 300.0), quantiles=bands)

    above, below = overview(demand, plan, "chat").axes

    expected = above.get_lines()[0]
    assert expected.get_ydata().tolist() == [4, 6, 5, 3]
    required, now = below.get_lines()
    assert required.get_ydata().tolist() == [3, 4, 5, 2]
    assert now.get_ydata().tolist() == [4, 4, 4, 4]
    assert len(above.collections) == 2  # the 80 and the 90 % band
    assert len(below.collections) == 1  # the scheduled agents


def test_without_quantiles_and_baseline_only_the_lines_are_drawn(horizon, plan):
    mean = np.ones((4, 1))
    demand = Demand(horizon, ("chat",), mean, np.full((4, 1), 300.0))
    plan.baseline = None

    above, below = overview(demand, plan, "chat").axes

    assert not above.collections
    assert len(below.get_lines()) == 1
