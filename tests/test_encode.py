"""What the floor is given: the scenario in microseconds, millionths and codes."""

from dataclasses import replace

import numpy as np
import pytest

from scenario import Demand, InvalidValueError, Scenario, Staff
from simulate import draws, rules
from simulate.absence import absent_shifts, absent_us, attending
from simulate.encode import FloorInput, encode
from support import assert_mean_near

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


RESIDUAL = {"demand.residual": {"cv": 0.3, "correlation": 0.8, "shared": 0.6}}


def test_residuals_have_mean_one_and_the_spread_asked_for() -> None:
    rates = encoded(uncertainty="none", **RESIDUAL, **{"demand.uncertainty": "day_factor"}).rates
    factors = np.stack([rates.residuals(1, n) for n in range(600)])
    for channel in range(2):
        assert_mean_near(factors[:, :, channel].mean(axis=1), 1.0)
        assert_mean_near(((factors[:, :, channel] - 1) ** 2).mean(axis=1), 0.3**2)


def test_residuals_fade_from_interval_to_interval_and_share_a_part() -> None:
    """Logarithms: variance log(1 + cv²), lag k correlated by 0.8^k, channels by 0.6."""
    rates = encoded(**RESIDUAL).rates
    variance = np.log1p(0.3**2)
    logs = np.log(np.stack([rates.residuals(1, n) for n in range(600)])) + variance / 2
    for lag, correlation in ((1, 0.8), (5, 0.8**5)):
        products = (logs[:, lag:, 0] * logs[:, :-lag, 0]).mean(axis=1)
        assert_mean_near(products, correlation * variance)
    assert_mean_near((logs[:, :, 0] * logs[:, :, 1]).mean(axis=1), 0.6 * variance)


def test_residuals_multiply_the_mean_beside_the_day_factor_and_leave_bursts_alone() -> None:
    plain, rates = encoded().rates, encoded(**RESIDUAL).rates
    factor = rates.residuals(1, 0) * rates.factors(1, 0)[rates.day]
    assert rates.factors(1, 0) == pytest.approx(plain.factors(1, 0))
    assert rates.of_replication(1, 0)[6, 0] == pytest.approx(10.0 * factor[6, 0] + 20.0)
    none = encoded(uncertainty="none", **RESIDUAL).rates
    assert none.of_replication(1, 0)[0, 0] == 10.0


NAMED = """
staffing = "staff.csv"
[horizon]
start = 2026-04-13
length = "1d"
[demand.rates]
chat = 5.0
x = 5.0
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
priority = 1
silent = 0.4
silent_s = 30
[channels.x]
kind = "deferred"
handle_time = { mean_s = 300 }
priority = 2
order = "reach"
reach = { mean = 1000, cv = 2 }
interruptible = true
[groups.numbers]
agents = 10
absence = 0.2
novices = { share = 0.25 }
skills.chat = { max_concurrent = 3, speed = 1.2, slowdown = [1, 1.2, 1.5] }
skills.x = {}
[groups.shifts]
exit = "named"
absence = 0.3
skills.chat = { after_s = 60 }
skills.x = { priority = 0 }
"""
SHIFTS = """group,start,end,agents,break_start,break_end
shifts,2026-04-13 20:00,2026-04-14 04:00,1,2026-04-14 00:00,2026-04-14 00:30
shifts,2026-04-12 22:00,2026-04-13 06:00,2,2026-04-12 23:50,2026-04-13 00:20
shifts,2026-04-12 08:00,2026-04-12 16:00,4,,
numbers,2026-04-13 08:00,2026-04-13 16:00,1,,
"""
HOUR = 3_600_000_000


@pytest.fixture
def named(tmp_path) -> FloorInput:
    (tmp_path / "staff.csv").write_text(SHIFTS)
    scenario = Scenario.parse(NAMED, tmp_path)
    return encode(scenario, demand_of(scenario), scenario.staff())


def test_shifts_become_a_row_an_agent_cut_to_the_horizon(named: FloorInput) -> None:
    """The night shift under way has 20 minutes left of its break; the evening one loses its own."""
    shifts = named.shifts
    assert shifts.group.tolist() == [1, 1, 1]
    assert shifts.start_us.tolist() == [0, 0, 20 * HOUR]
    assert shifts.end_us.tolist() == [6 * HOUR, 6 * HOUR, 24 * HOUR]
    assert shifts.break_start_us.tolist() == [[0], [0], [0]]
    assert shifts.break_us.tolist() == [[HOUR // 3], [HOUR // 3], [0]]
    assert named.staff.tolist() == [[10, 0]] * 48


def test_novices_are_a_cohort_of_their_own(named: FloorInput) -> None:
    assert named.cohort_groups.tolist() == [0, 0, 1]
    assert named.groups[0].novices == 250_000
    chats = [skill for skill in named.skills if skill.channel == 0]
    assert [(s.cohort, s.speed, s.most) for s in chats] == [
        (0, 1_200_000, 3),
        (1, 1_620_000, 1),
        (2, 1_000_000, 1),
    ]
    assert chats[1].slowdown.tolist() == [1_000_000, 1_000_000]


def test_gates_priorities_and_qualities_of_customers_are_passed_on(named: FloorInput) -> None:
    chat, x = named.channels
    assert (chat.silent, chat.silent_us, chat.interruptible) == (0.4, 30_000_000, False)
    assert (x.order, x.interruptible) == (rules.REACH_FIRST, True)
    assert (x.followers_mean, x.followers_cv) == (1000.0, 2.0)
    told = {(s.cohort, s.channel): (s.priority, s.after_us) for s in named.skills}
    assert told == {
        (0, 0): (1, 0), (0, 1): (2, 0), (1, 0): (1, 0), (1, 1): (2, 0),
        (2, 0): (1, 60_000_000), (2, 1): (0, 0),
    }  # fmt: skip
    assert named.own_priorities
    assert not encoded().own_priorities


def test_agents_by_name_need_shifts(named: FloorInput) -> None:
    scenario = named.scenario
    staff = scenario.staff()
    with pytest.raises(InvalidValueError, match=r"groups\.shifts\.exit must be first_free"):
        encode(scenario, demand_of(scenario), staff.with_agents(staff.agents))


def test_absence_holds_for_a_day_or_a_shift(named: FloorInput) -> None:
    """Ten agents with absence 0.2: 8 come on average, the same the whole day long."""
    roots = [draws.root_of(1, n) for n in range(400)]
    come = np.stack([attending(named, root)[:, 0] for root in roots])
    assert np.array_equal(come.min(axis=1), come.max(axis=1))
    assert_mean_near(come[:, 0], 8.0)
    away = np.stack([absent_shifts(named, root) for root in roots])
    for agent in range(3):
        assert_mean_near(away[:, agent], 0.3)
    lost = np.stack([absent_us(named, root).sum(axis=0) for root in roots])
    assert np.array_equal(lost[:, 0], (10 - come[:, 0]) * 24 * HOUR)
    assert np.array_equal(lost[:, 1], away @ [6 * HOUR, 6 * HOUR, 4 * HOUR])


def test_more_agents_change_the_absence_of_nobody(named: FloorInput) -> None:
    more = replace(named, staff=named.staff + np.array([1, 0]))
    for root in (draws.root_of(1, n) for n in range(50)):
        added = attending(more, root)[:, 0] - attending(named, root)[:, 0]
        assert set(added.tolist()) <= {0, 1}
