"""Demand: checked, saved and loaded, cut to a scenario, scaled and met by bursts."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import Demand, Horizon, InvalidInputError, InvalidValueError, Scenario
from scenario.assumptions import base_demand, burst_extra, expected_demand, handle_time_s

LONDON = "Europe/London"


def horizon(start="2026-04-13", minutes=30, hours=24):
    return Horizon(pd.Timestamp(start, tz=LONDON), minutes, hours * 60 // minutes)


def demand_over(period, channels=("chat", "x"), mean=None, **parts):
    shape = (period.count, len(channels))
    mean = np.arange(np.prod(shape), dtype=float).reshape(shape) if mean is None else mean
    parts = {"handle_time_s": np.full(shape, np.nan)} | parts
    return Demand(period, channels, mean, **parts)


def scenario_over(hours=24, minutes=30, start="2026-04-13", more=""):
    return Scenario.parse(
        f"""
        timezone = "{LONDON}"
        [horizon]
        start = {start}
        length = "{hours}h"
        interval_minutes = {minutes}
        [demand]
        forecast = "forecast.parquet"
        [channels.x]
        kind = "deferred"
        handle_time = {{ mean_s = 240 }}
        [channels.chat]
        kind = "live"
        handle_time = {{ mean_s = 480, scale = 2.0 }}
        [groups.team]
        skills = {{ chat = {{}}, x = {{}} }}
        agents = 5
        {more}
        """
    )


# Files.


def rich_demand(start="2026-10-25", hours=25):
    """A day of 25 hours with handle times, quantiles and paths."""
    period = horizon(start, 30, hours)
    rng = np.random.default_rng(1)
    paths = rng.gamma(4, 2, (5, period.count, 2))
    handle_time = rng.uniform(100, 600, (period.count, 2))
    handle_time[3, 1] = np.nan
    return demand_over(
        period,
        mean=paths.mean(axis=0),
        handle_time_s=handle_time,
        paths=paths,
        quantiles={level: np.quantile(paths, level, axis=0) for level in (0.05, 0.5, 0.95)},
    )


@pytest.mark.parametrize("name", ["day.parquet", "day.csv", "day.csv.gz"])
def test_forecast_file_brings_the_demand_back(tmp_path, name):
    demand = rich_demand()
    demand.save(tmp_path / name)
    again = Demand.load(tmp_path / name, LONDON)

    assert again.horizon == demand.horizon
    assert again.channels == demand.channels
    np.testing.assert_array_equal(again.mean, demand.mean)
    np.testing.assert_array_equal(again.handle_time_s, demand.handle_time_s)
    assert again.quantiles.keys() == demand.quantiles.keys()
    for level, values in demand.quantiles.items():
        np.testing.assert_array_equal(again.quantiles[level], values)
    if name.endswith(".parquet"):
        np.testing.assert_array_equal(again.paths, demand.paths)
    else:
        assert again.paths is None


def test_forecast_file_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InvalidValueError, match=r"named \.parquet, \.csv"):
        rich_demand().save(tmp_path / "day.xlsx")


HEADER = "interval_start,channel,mean"
FAULTS = {
    "missing column": ("interval_start,channel\n2026-04-13 08:00,chat", "mean: must be present"),
    "text in numbers": (
        f"{HEADER}\n2026-04-13 08:00,chat,many",
        "row 2, mean: must be a number of at least 0, got 'many'",
    ),
    "negative": (f"{HEADER}\n2026-04-13 08:00,chat,-1", "at least 0, got '-1'"),
    "no time": (f"{HEADER}\nsoon,chat,1", "such as 2026-04-13 08:00, got 'soon'"),
    "repeated hour": (f"{HEADER}\n2026-10-25 01:30,chat,1", "since this hour comes twice"),
    "skipped hour": (f"{HEADER}\n2026-03-29 01:30,chat,1", "the clocks go forward"),
    "repeated row": (
        f"{HEADER}\n2026-04-13 08:00,chat,1\n2026-04-13 08:00,chat,2",
        "row 3: must be the only row of its interval",
    ),
    "gap": (
        f"{HEADER}\n2026-04-13 08:00,a,1\n2026-04-13 08:30,a,1\n2026-04-13 09:30,a,1",
        "nothing at 2026-04-13T09:00:00+01:00",
    ),
    "parts of minutes": (
        f"{HEADER}\n2026-04-13 08:00:00.000001,a,1\n2026-04-13 08:30,a,1\n2026-04-13 09:00,a,1",
        "whole minutes apart",
    ),
    "no rows": (HEADER, "must be a table with at least one row"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_in_a_forecast_file_is_told(tmp_path, text, sentence):
    (tmp_path / "day.csv").write_text(text)
    with pytest.raises(InvalidInputError) as caught:
        Demand.load(tmp_path / "day.csv", LONDON)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        ([[1.0, 2.0], [1.0]], "row 3, paths: must be 2 numbers, as in the first row, got '1'"),
        (
            [[1.0], None],
            "row 3, paths: must be a list of numbers, the rate on each path",
        ),
        ([["a"], ["b"]], "row 2, paths: must be a list of numbers"),
        ([1.0, 2.0], "row 2, paths: must be a list of numbers, the rate on each path, got '1.0'"),
        ([[], []], "row 2, paths: must be a list of numbers, the rate on each path, got '[]'"),
    ],
)
def test_a_fault_in_the_paths_of_a_forecast_file_is_told(tmp_path, paths, told):
    starts = pd.date_range("2026-04-13 08:00", periods=2, freq="30min", tz=LONDON)
    table = pd.DataFrame({"interval_start": starts, "channel": "chat", "mean": 3.0})
    table["paths"] = pd.Series(paths, dtype=object)
    table.to_parquet(tmp_path / "day.parquet")
    with pytest.raises(InvalidInputError, match=re.escape(told)):
        Demand.load(tmp_path / "day.parquet", LONDON)


def test_all_faults_of_a_forecast_file_are_told_at_once(tmp_path):
    (tmp_path / "day.csv").write_text(f"{HEADER}\nsoon,chat,many\n2026-04-13 08:00,chat,-2")
    with pytest.raises(InvalidInputError) as caught:
        Demand.load(tmp_path / "day.csv", LONDON)
    assert [fault.where for fault in caught.value.faults] == ["row 2", "row 2", "row 3"]


@pytest.mark.parametrize(
    "parts",
    [
        {"mean": np.full((48, 2), -1.0)},
        {"mean": np.full((48, 2), np.nan)},
        {"mean": np.ones((48, 3))},
        {"handle_time_s": np.zeros((48, 2))},
        {"paths": np.ones((48, 2))},
        {"paths": np.ones((0, 48, 2))},
        {"paths": np.full((1, 48, 2), np.inf)},
        {"quantiles": {0.5: np.ones((47, 2))}},
    ],
)
def test_demand_that_cannot_be_is_told(parts):
    with pytest.raises(InvalidValueError, match="demand"):
        demand_over(horizon(), **parts)


def test_frame_is_sorted_by_time_then_channel():
    frame = rich_demand().frame()
    assert list(frame.columns) == [
        "interval_start", "channel", "mean", "p05", "p50", "p95", "handle_time_s"
    ]  # fmt: skip
    assert frame["interval_start"].is_monotonic_increasing
    assert list(frame["channel"][:3]) == ["chat", "x", "chat"]


# As a scenario sees it.


def test_same_intervals_are_cut_and_ordered_without_touching_a_number():
    demand = demand_over(
        horizon("2026-04-12", hours=72), paths=np.random.default_rng(1).random((3, 144, 2))
    )
    base = base_demand(scenario_over(), demand)
    assert base.channels == ("x", "chat")
    np.testing.assert_array_equal(base.mean, demand.mean[48:96, ::-1])
    np.testing.assert_array_equal(base.paths, demand.paths[:, 48:96, ::-1])
    assert base.horizon == scenario_over().period


@settings(max_examples=30)
@given(
    given_minutes=st.sampled_from([15, 30, 60]),
    wanted=st.sampled_from([15, 30, 60]),
    start=st.sampled_from(["2026-04-13", "2026-04-13T08:30:00", "2026-04-13T07:15:00"]),
)
def test_changing_the_interval_length_keeps_every_contact(given_minutes, wanted, start):
    """Between instants on both grids the volume is the same, on the mean and on each path."""
    rng = np.random.default_rng(given_minutes)
    period = horizon("2026-04-13", given_minutes, 24)
    paths = rng.random((2, period.count, 2))
    demand = demand_over(period, mean=paths[0], paths=paths, quantiles={0.5: paths[0]})
    scenario = scenario_over(hours=10, minutes=wanted, start=start)
    base = base_demand(scenario, demand)

    minute = np.repeat(paths / given_minutes, given_minutes, axis=1)  # contacts a minute
    first = int((scenario.period.start - period.start) / pd.Timedelta(minutes=1))
    cut = minute[:, first : first + 600].reshape(2, -1, wanted, 2).sum(axis=2)[..., ::-1]
    np.testing.assert_allclose(base.paths, cut)
    np.testing.assert_allclose(base.mean, cut[0])
    np.testing.assert_allclose(base.quantiles[0.5], cut[0])


def test_handle_time_of_joined_intervals_is_weighted_with_the_contacts():
    mean = np.tile([[1.0, 0.0], [3.0, 0.0]], (48, 1))
    times = np.tile([[100.0, 50.0], [200.0, np.nan]], (48, 1))
    base = base_demand(
        scenario_over(minutes=30), demand_over(horizon(minutes=15), mean=mean, handle_time_s=times)
    )
    np.testing.assert_allclose(base.handle_time_s[:, 1], 175)
    np.testing.assert_allclose(base.handle_time_s[:, 0], 50, err_msg="no contacts, one known")


def test_channels_that_only_one_side_knows_are_told():
    base = base_demand(scenario_over(), demand_over(horizon(), ("voice", "chat")))
    assert not base.mean[:, 0].any()
    assert np.isnan(base.handle_time_s[:, 0]).all()
    assert base.warnings == (
        "The demand of voice is left out: the scenario has no such channel.",
        "No demand is known for x: nobody is expected there.",
    )


def test_demand_of_none_of_the_channels_is_refused():
    """Names that do not match would give a plan for nobody."""
    with pytest.raises(InvalidValueError, match=r"for a channel of the scenario .*'phone'"):
        base_demand(scenario_over(), demand_over(horizon(), ("phone",)))


def test_demand_that_no_machine_can_hold_is_refused():
    with pytest.raises(InvalidValueError, match="at most 20,000,000 contacts over the horizon"):
        base_demand(scenario_over(), demand_over(horizon(), mean=np.full((48, 2), 1e6)))


@pytest.mark.parametrize("period", [horizon("2026-04-14"), horizon(hours=23)])
def test_demand_that_does_not_cover_the_period_is_told(period):
    with pytest.raises(InvalidValueError, match="demand must be known from 2026"):
        base_demand(scenario_over(), demand_over(period))


def test_scale_multiplies_mean_paths_and_quantiles_once():
    mean = np.ones((48, 2))
    demand = demand_over(horizon(), mean=mean, paths=mean[None], quantiles={0.9: 2 * mean})
    expected = expected_demand(scenario_over().with_changes({"demand.scale.chat": 1.5}), demand)
    for values, unscaled in (
        (expected.mean, 1),
        (expected.paths[0], 1),
        (expected.quantiles[0.9], 2),
    ):
        np.testing.assert_array_equal(values[:, 0], unscaled)
        np.testing.assert_array_equal(values[:, 1], 1.5 * unscaled)


def test_burst_adds_by_its_factors_over_the_part_of_the_interval_that_it_holds():
    """× 3 from 14:15, × 6 from 15:15, until 16:15."""
    burst = {"channel": "x", "start": "2026-04-13T14:15:00", "factors": [3, 6]}
    scenario = scenario_over().with_changes({"bursts.viral": burst})
    base = base_demand(scenario, demand_over(horizon(), mean=np.full((48, 2), 4.0)))
    extra = burst_extra(scenario, base)
    np.testing.assert_allclose(extra[27:34, 0], [0, 4, 8, 14, 20, 10, 0])
    assert not extra[:, 1].any()


def test_burst_with_a_half_life_adds_its_integral():
    """
    (peak − 1) × half-life / ln 2 times the rate in all, and halves each half-life.

    From 06:00, × 5 with a half-life of an hour on 2 contacts an hour: 4 × 2 / ln 2 = 11.54.
    """
    burst = {"channel": "chat", "start": "2026-04-13T06:00:00", "peak": 5, "half_life_h": 1}
    scenario = scenario_over().with_changes({"bursts.launch": burst})
    base = base_demand(scenario, demand_over(horizon(), mean=np.ones((48, 2))))
    extra = burst_extra(scenario, base)[:, 1]
    assert not extra[:12].any()
    assert extra.sum() == pytest.approx(8 / np.log(2), rel=1e-5)
    np.testing.assert_allclose(extra[14:24] / extra[12:22], 0.5)


def test_bursts_that_take_away_never_take_more_than_there_is():
    closed = {"channel": "chat", "start": "2026-04-13T00:00:00", "factors": [0] * 24}
    scenario = scenario_over().with_changes({"bursts.a": closed, "bursts.b": closed})
    paths = np.stack([np.full((48, 2), 0.5), np.full((48, 2), 2.0)])
    demand = demand_over(horizon(), mean=np.ones((48, 2)), paths=paths)
    expected = expected_demand(scenario, demand)
    assert not expected.mean[:, 1].any()
    np.testing.assert_allclose(expected.paths[:, :, 1].mean(axis=1), [0, 1])


def test_bursts_are_the_same_on_every_path():
    burst = {"channel": "x", "start": "2026-04-13T10:00:00", "factors": [2]}
    scenario = scenario_over().with_changes({"bursts.viral": burst, "demand.scale.x": 3})
    paths = np.random.default_rng(1).random((4, 48, 2))
    demand = demand_over(horizon(), mean=paths.mean(axis=0), paths=paths)
    base, expected = base_demand(scenario, demand), expected_demand(scenario, demand)
    extra = burst_extra(scenario, base)
    assert extra[20:22, 0] == pytest.approx(base.mean[20:22, 0])
    np.testing.assert_allclose(expected.paths, base.paths + extra)
    np.testing.assert_allclose(expected.mean, base.mean + extra)


def test_handle_time_is_the_demands_where_known_else_the_channels_times_its_scale():
    times = np.full((48, 2), np.nan)
    times[5] = [300.0, 100.0]
    demand = demand_over(horizon(), mean=np.ones((48, 2)), handle_time_s=times)
    scenario = scenario_over()
    found = handle_time_s(scenario, base_demand(scenario, demand))
    np.testing.assert_array_equal(found[5], [100, 600])
    np.testing.assert_array_equal(found[6], [240, 960])
