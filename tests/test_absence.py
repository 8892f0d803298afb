"""Who is absent, beside a plain loop over everybody: each day, each shift by itself."""

import numpy as np
import pandas as pd
import pytest

from random_scenarios import encoded
from scenario import Scenario, Shift, Staff
from simulate.absence import absent_shifts, attending
from simulate.draws import ABSENCE, key_of, root_of, uniform
from simulate.floor_input import FloorInput

TEAMS = """
[horizon]
start = 2026-04-13
length = "3d"
interval_minutes = 60
[demand]
rates = { chat = 1.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 60 }
[groups.early]
exit = "named"
absence = 0.4
skills = { chat = {} }
[groups.late]
exit = "named"
absence = 0.4
skills = { chat = {} }
[groups.numbers]
absence = 0.4
skills = { chat = {} }
"""


@pytest.fixture(scope="module")
def floor_input() -> FloorInput:
    scenario = Scenario.parse(TEAMS)
    period = scenario.period
    start = period.start + pd.Timedelta(hours=8)
    shifts = tuple(
        Shift(group, "day", start, start + pd.Timedelta(hours=8), (), 4, 8.0)
        for group in ("early", "late")
    )
    agents = np.zeros((period.count, 3), dtype=np.int64)
    agents[:, 2] = np.arange(period.count) % 7
    return encoded(scenario, Staff(period, ("early", "late", "numbers"), agents, shifts))


@pytest.mark.parametrize("replication", range(4))
def test_each_agent_is_drawn_for_each_day(floor_input: FloorInput, replication: int) -> None:
    root = root_of(1, replication)
    key = floor_input.groups[2].key
    expected = [
        sum(
            uniform(root, ABSENCE, key_of(key, ABSENCE, interval // 24, number)) >= 0.4
            for number in range(interval % 7)
        )
        for interval in range(72)
    ]
    assert attending(floor_input, root)[:, 2].tolist() == expected
    assert len(set(expected[6::7])) > 1


@pytest.mark.parametrize("replication", range(4))
def test_each_shift_is_drawn_by_its_place_in_the_group(
    floor_input: FloorInput, replication: int
) -> None:
    root = root_of(1, replication)
    expected = [
        uniform(root, ABSENCE, key_of(floor_input.groups[group].key, ABSENCE, 0, number)) < 0.4
        for group in (0, 1)
        for number in range(4)
    ]
    assert absent_shifts(floor_input, root).tolist() == expected
