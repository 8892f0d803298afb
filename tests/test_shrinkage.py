"""What is paid behind scheduled hours: shrinkage once, without what is planned or simulated."""

import numpy as np
import pandas as pd
import pytest

from scenario import Scenario, Shift, Staff
from scenario.shrinkage import shrinkage_of
from simulate.pay import pay

SCENARIO = Scenario.parse(
    """
    full_time_hours = 40
    [horizon]
    start = 2026-04-13
    length = "1d"
    warm_up = "9h"
    [demand.rates]
    chat = 5
    [channels.chat]
    kind = "live"
    handle_time = { mean_s = 300 }
    [groups.team]
    cost_per_hour = 20
    shrinkage = { leave = 0.1, breaks = 0.05, sickness = 0.05 }
    skills.chat = {}
    """
)
PERIOD = SCENARIO.period


def group(**changes):
    return SCENARIO.with_changes({f"groups.team.{k}": v for k, v in changes.items()}).groups["team"]


@pytest.mark.parametrize(
    ("absence", "plans_breaks", "share", "left_out"),
    [
        (0.0, False, 0.20, ()),
        (0.0, True, 0.15, ("breaks",)),
        (0.08, False, 0.15, ("sickness",)),
        (0.08, True, 0.10, ("breaks", "sickness")),
    ],
)
def test_what_is_planned_or_simulated_is_left_out(absence, plans_breaks, share, left_out):
    shrinkage = shrinkage_of(group(absence=absence), plans_breaks=plans_breaks)
    assert shrinkage.share == pytest.approx(share)
    assert shrinkage.left_out == left_out
    assert shrinkage.paid(9.0) == pytest.approx(9.0 / (1 - share))
    assert shrinkage.scheduled(shrinkage.paid(9.0)) == pytest.approx(9.0)


def test_absent_agents_are_paid():
    """Ten agents scheduled for 15 measured hours, a fifth of them away: 150 h / 0.85."""
    scenario = SCENARIO.with_changes({"groups.team.absence": 0.2})
    paid = pay(scenario, Staff(PERIOD, ("team",), np.full((48, 1), 10))).iloc[0]
    assert paid["floor_hours"] == 150
    assert paid["paid_hours"] == pytest.approx(150 / 0.85)
    assert paid["cost"] == pytest.approx(20 * 150 / 0.85)
    assert paid["shrinkage_left_out"] == "sickness"


@pytest.mark.parametrize(
    ("paid_hours", "left_out", "share"), [(8.0, "", 0.20), (8.5, "breaks", 0.15)]
)
def test_of_shifts_paid_breaks_are_paid_and_unpaid_ones_are_not(paid_hours, left_out, share):
    """Three agents from 8 to 17, an hour of breaks; the hour before 9 is not measured."""
    scenario = SCENARIO.with_changes({"groups.team.exit": "named"})
    start = PERIOD.start + pd.Timedelta("8h")
    breaks = ((start + pd.Timedelta("4h"), start + pd.Timedelta("5h")),)
    shift = Shift("team", "day", start, start + pd.Timedelta("9h"), breaks, 3, paid_hours)
    paid = pay(scenario, Staff(PERIOD, ("team",), np.zeros((48, 1), int), (shift,))).iloc[0]
    assert paid["floor_hours"] == pytest.approx(3 * 8 * 8 / 9)
    assert paid["paid_hours"] == pytest.approx(3 * paid_hours * 8 / 9 / (1 - share))
    assert paid["shrinkage_left_out"] == left_out
