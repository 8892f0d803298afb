"""The scenario on which the speed of contacts that beget contacts is measured."""

import numpy as np
import pytest

from benchmarks import social_rules
from benchmarks.floor_team import counting
from simulate.encode import encode


@pytest.fixture(scope="module")
def counts():
    """A week of it."""
    return counting("kernel")(encode(*social_rules.everything_on()), 1, 0)


def test_every_rule_happens_all_the_time(counts):
    contacts = social_rules.came_in(counts)
    often = (*social_rules.BEGOTTEN, "deflected", "headed_off", "blocked", "closed", "loud")
    for name in often:
        assert counts.contacts[name].sum() > contacts / 400, name


def test_queues_come_and_go(counts):
    """By a backlog that never ends another thing would be measured."""
    backlog = counts.contacts["backlog"][0].sum(axis=1)
    assert backlog.max() > 100
    assert np.all(backlog.reshape(7, -1).min(axis=1) < 10)


def test_the_rules_are_cut_from_the_copy():
    with social_rules._without_the_rules() as folder:
        kernel = folder / "simulate" / "kernel"
        assert not any("state[JOURNEYS]" in path.read_text() for path in kernel.glob("*.py"))
        assert (folder / "benchmarks" / "floor_team.py").exists()
