"""Scenarios read, written and changed; the staff and the time that they give."""

import numpy as np
import pandas as pd
import pytest

from scenario import InvalidInputError, InvalidValueError, Scenario
from small_scenarios import TWO_CHANNELS, two_channels


def test_saved_scenario_loads_equal(tmp_path):
    scenario = Scenario.parse(TWO_CHANNELS, folder=tmp_path)
    scenario.save(tmp_path / "week.toml")
    assert Scenario.load(tmp_path / "week.toml") == scenario


def test_files_are_found_beside_the_scenario(tmp_path):
    (tmp_path / "week.toml").write_text(TWO_CHANNELS)
    scenario = Scenario.load(tmp_path / "week.toml")
    assert scenario.path_of("staff.csv") == tmp_path / "staff.csv"
    assert scenario.with_changes({"seed": 2}).path_of("staff.csv") == tmp_path / "staff.csv"


def test_names_that_toml_must_quote_survive():
    changes = {
        "channels.Live chat (ünïcode)": {"kind": "live", "handle_time": {"mean_s": 60}},
        "groups.team.skills.Live chat (ünïcode)": {},
        "demand.rates.Live chat (ünïcode)": 3,
        "description": 'Say "hello"\nand # go \\ on',
    }
    scenario = two_channels().with_changes(changes)
    assert Scenario.parse(scenario.to_toml()) == scenario


def test_callback_terms_given_or_not_are_the_same_scenario():
    channel = {"kind": "callback", "handle_time": {"mean_s": 60}}
    without = two_channels().with_changes({"channels.back": channel, "groups.team.skills.back": {}})
    given_terms = without.with_changes({"channels.back.callback": {}})
    assert without == given_terms == Scenario.parse(without.to_toml())
    assert without.channels["back"].callback.window_s == 3600


def test_changes_put_values_and_tables_and_take_keys_away():
    scenario = two_channels()
    changed = scenario.with_changes(
        {
            "channels.chat.patience": {"distribution": "exponential", "mean_s": 180},
            "channels.chat.target.within_s": 45,
            "demand.scale.chat": 1.2,
            "groups.team.skills.chat.max_concurrent": None,
        }
    )
    assert changed.channels["chat"].patience.mean_s == 180
    assert changed.channels["chat"].target.within_s == 45
    assert changed.demand.scale == {"chat": 1.2}
    assert changed.groups["team"].skills["chat"].max_concurrent == 1
    assert scenario == two_channels()
    assert scenario.with_changes({}) == scenario


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("channels.chat.patience.maen_s", 180, "did you mean 'mean_s'"),
        ("channels.chat.priority.high", 1, "channels.chat.priority.high"),
        ("seed.value", 1, "seed"),
        ("groups.team.agents", -1, "agents must be at least 0"),
    ],
)
def test_change_that_breaks_a_rule_is_told(key, value, sentence):
    with pytest.raises(InvalidInputError, match=sentence):
        two_channels().with_changes({"channels.chat.priority": 1, "seed": 1} | {key: value})


def test_load_applies_changes(tmp_path):
    (tmp_path / "week.toml").write_text(TWO_CHANNELS)
    assert Scenario.load(tmp_path / "week.toml", {"seed": 7}).seed == 7


def test_staff_comes_from_the_groups_with_their_change():
    scenario = two_channels().with_changes(
        {"groups.team.agents": [0, 1] * 24, "groups.team.agents_change": -2}
    )
    assert not scenario.staff().agents.any()
    more = scenario.with_changes({"groups.team.agents_change": 2}).staff().agents[:, 0]
    np.testing.assert_array_equal(more, [0, 3] * 24)


@pytest.mark.parametrize(
    ("keep_free", "unit", "sentence"),
    [
        (8, "agents", "at most 7, the other agents of the group when most are there, got 8"),
        (15, "slots", "at most 14, the live slots open beside one agent when most are there"),
    ],
)
def test_more_kept_free_than_there_ever_is_is_refused(keep_free, unit, sentence):
    """Eight agents of two chats each: with one on a post, seven and fourteen slots are left."""
    place = "groups.team.skills.x"
    changes = {f"{place}.keep_free": keep_free, f"{place}.keep_free_unit": unit}
    with pytest.raises(InvalidValueError, match=sentence):
        two_channels().with_changes(changes).staff()
    assert two_channels().with_changes(changes | {f"{place}.keep_free": keep_free - 1}).staff()


def test_group_without_any_staffing_is_told():
    with pytest.raises(InvalidValueError, match=r"groups.team.agents must be given, or a staffing"):
        two_channels("agents = 8", "").staff()


def test_period_is_local_time():
    scenario = two_channels()
    assert scenario.period.start == pd.Timestamp("2026-04-13", tz="Europe/London")
    assert (scenario.interval_count, scenario.measured_count) == (48, 48)
    warm = scenario.with_changes({"horizon.warm_up": "2h", "horizon.cool_down": "1h"})
    assert (warm.edge_counts, warm.measured_count) == ((4, 2), 42)
