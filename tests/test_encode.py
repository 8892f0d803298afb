"""What the floor is given: the scenario in microseconds, millionths and codes."""

import numpy as np
import pytest

from scenario import Demand, InvalidValueError, Scenario, Staff
from simulate import draws, rules
from simulate.encode import FloorInput, encode

TEXT = """
timezone = "Europe/London"
[horizon]
start = 2026-03-28
length = "3d"
interval_minutes = 60
[demand]
rates = { chat = 10.0, x = 4.0 }
uncertainty = "{uncertainty}"
scale = { x = 2.0 }
[demand.day_factor]
cv = 0.2
shared = {shared}
[bursts.outage]
channel = "chat"
start = 2026-03-28T06:00:00
factors = [3.0]
[channels.chat]
kind = "live"
open = { daily = "08:00-20:00" }
handle_time = { mean_s = 300.5, scale = 2.0 }
patience = { distribution = "survival", survival = [[0, 1], [30, 0.9], [340, 0.5]] }
[channels.x]
kind = "deferred"
open = { daily = "08:00-20:00" }
handle_time = { distribution = "empirical", mean_s = 100, values_s = [1, 2, 3] }
target = { share = 0.8, within_s = 900 }
target_closed = { share = 0.8, within_s = 7200 }
initial_backlog = [60, 90000]
[groups.regular]
agents = 2
skills.chat = { max_concurrent = 2, slowdown = [1, 1.3333333, 9], speed = 1.35 }
skills.x = { preference = 7, keep_free = 1, keep_free_unit = "agents" }
[groups.reserve]
agents = 1
skills.x = { preference = 9 }
"""


def encoded(uncertainty: str = "day_factor", shared: str = "0.5", **changes: object) -> FloorInput:
    text = TEXT.replace("{uncertainty}", uncertainty).replace("{shared}", shared)
    scenario = Scenario.parse(text).with_changes(changes)
    return encode(scenario, demand_of(scenario), scenario.staff())


def demand_of(scenario: Scenario, paths: int = 0) -> Demand:
    shape = (scenario.period.count, len(scenario.channels))
    mean = np.broadcast_to([10.0, 4.0], shape).copy()
    joint = np.stack([mean * (1 + n) for n in range(paths)]) if paths else None
    return Demand(scenario.period, ("chat", "x"), mean, np.full(shape, np.nan), joint)


def test_durations_speeds_and_slowdowns_become_whole_numbers() -> None:
    chat, x = encoded().channels
    assert chat.work_mean_us.tolist() == [601e6] * 71  # a day of 23 hours
    assert (x.target_us, x.target_closed_us) == (900_000_000, 7_200_000_000)
    skill = encoded().skills[0]
    assert skill.speed == 1_350_000
    assert skill.slowdown.tolist() == [1_000_000, 1_000_000, 1_333_333]


def test_preferences_become_ranks_within_a_channel() -> None:
    ranks = {(skill.cohort, skill.channel): skill.preference for skill in encoded().skills}
    assert ranks == {(0, 0): 0, (0, 1): 0, (1, 1): 1}


def test_opening_hours_follow_the_clock_change() -> None:
    """On 29 March 2026 London loses an hour, so Sunday opens 23 hours after Saturday."""
    hour = 3_600_000_000
    chat = encoded().channels[0]
    opens = [opening // hour for opening, _ in chat.open_spans]
    assert 8 in opens
    assert 8 + 23 in opens
    assert not chat.is_open(8 * hour - 1)
    assert chat.is_open(8 * hour)
    assert not chat.is_open(20 * hour)
    assert chat.opening_after(20 * hour) == 31 * hour


def test_hours_reach_back_to_the_oldest_of_the_backlog() -> None:
    x = encoded().channels[1]
    assert x.backlog_ages_us.tolist() == [90_000_000_000, 60_000_000]
    assert x.opening_after(-90_000_000_000) == -16 * 3_600_000_000  # the day before at 08:00


def test_bursts_add_contacts_that_no_factor_changes() -> None:
    rates = encoded(uncertainty="none").rates.of_replication(1, 0)
    assert rates[5:8, 0].tolist() == [10.0, 30.0, 10.0]
    assert rates[:, 1].tolist() == [8.0] * 71
    varied = encoded().rates
    factor = varied.factors(1, 0)[0, 0]
    assert varied.of_replication(1, 0)[6, 0] == pytest.approx(10.0 * factor + 20.0)


def test_paths_are_taken_in_turn() -> None:
    scenario = Scenario.parse(TEXT.replace("{uncertainty}", "paths").replace("{shared}", "1.0"))
    rates = encode(scenario, demand_of(scenario, paths=3), scenario.staff()).rates
    assert [rates.of_replication(1, n)[0, 1] for n in range(4)] == [8.0, 16.0, 24.0, 8.0]


@pytest.mark.parametrize(("shared", "correlation"), [("1.0", 1.0), ("0.0", 0.0), ("0.5", 0.5)])
def test_day_factors_have_their_mean_spread_and_common_part(
    shared: str, correlation: float
) -> None:
    """Stratified over 1,024 replications: mean 1, standard deviation 0.2."""
    rates = encoded(shared=shared).rates
    factors = np.stack([rates.factors(1, n) for n in range(1024)])
    assert factors.mean(axis=0) == pytest.approx(np.ones((3, 2)), abs=0.015)
    assert factors.std(axis=0) == pytest.approx(np.full((3, 2), 0.2), rel=0.06)
    found = np.corrcoef(factors[:, 0, 0], factors[:, 0, 1])[0, 1]
    assert found == pytest.approx(correlation, abs=4 / np.sqrt(1024))
    days = np.corrcoef(factors[:, 0, 0], factors[:, 1, 0])[0, 1]
    assert abs(days) < 4 / np.sqrt(1024)


def test_a_demand_without_paths_varies_by_its_day_factor() -> None:
    assert encoded(uncertainty="paths").rates.common_cv > 0
    assert encoded(uncertainty="none").rates.common_cv == 0


def test_codes_of_shapes_and_units() -> None:
    floor_input = encoded()
    chat, x = floor_input.channels
    assert (chat.work.shape, x.work.shape) == (draws.LOGNORMAL, draws.EMPIRICAL)
    assert x.work.values.tolist() == [0.5, 1.0, 1.5]
    assert chat.patience.values.tolist() == [0.0, 30e6, 340e6]
    assert chat.patience.shares.tolist() == [1.0, 0.9, 0.5]
    assert floor_input.skills[1].keep_free_unit == rules.AGENTS
    assert (chat.max_queue, chat.promote_before_us) == (-1, -1)


def test_separate_teams_are_groups_of_their_own() -> None:
    floor_input = encoded(**{"routing.blend": "separate"})
    assert floor_input.group_names == ("regular: chat", "regular: x", "reserve: x")
    assert floor_input.staff.sum() == 3 * 71
    assert floor_input.scenario.groups.keys() == set(floor_input.group_names)


def test_staff_of_other_intervals_or_groups_are_refused() -> None:
    scenario = Scenario.parse(TEXT.replace("{uncertainty}", "none").replace("{shared}", "1.0"))
    staff = scenario.staff()
    shorter = scenario.with_changes({"horizon.length": "1d"})
    with pytest.raises(InvalidValueError, match="intervals"):
        encode(shorter, demand_of(scenario), staff)
    others = Staff(staff.horizon, ("a", "b"), staff.agents)
    with pytest.raises(InvalidValueError, match="groups"):
        encode(scenario, demand_of(scenario), others)
