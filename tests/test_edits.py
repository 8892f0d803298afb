"""Planner's edits: what each does, that nothing is overwritten, their file, their worth."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecast import Edit, Edits, demand_for, layer_accuracy, predict, read_edits
from forecast.bands import count_quantiles
from forecast.edits_file import COLUMNS, edits_frame
from made_histories import SLOTS, chat_rates, counts, history_of, post_rates
from scenario import InvalidInputError, Scenario
from scenario.errors import InvalidValueError

MONDAY = date(2025, 9, 1)


@pytest.fixture(scope="module")
def whole():
    """Fifteen weeks of chats and posts; the last two are what came."""
    rng = np.random.default_rng(8)
    volume = np.stack([counts(chat_rates(105), rng), counts(post_rates(105), rng)], axis=2)
    return history_of(volume, channels=("chat", "x"))


@pytest.fixture(scope="module")
def told(whole):
    known = whole.until(pd.Timestamp(MONDAY, tz=whole.timezone))
    return predict(known, horizon="14d")


def edit(change, value, **changes):
    given = {"channels": ("chat",), "first_day": MONDAY, "last_day": MONDAY} | changes
    return Edit(change=change, value=value, author="Ana", reason="campaign", **given)


def days(values):
    """Sums by day, the last axis being intervals."""
    return values.reshape(*values.shape[:-1], -1, SLOTS).sum(axis=-1)


def test_scale_multiplies_mean_paths_and_bands_of_its_day_and_channel(told):
    edited = Edits((edit("scale", 1.5),)).applied(told)
    np.testing.assert_allclose(edited.mean[:SLOTS, 0], 1.5 * told.mean[:SLOTS, 0])
    np.testing.assert_allclose(edited.paths[:, :SLOTS, 0], 1.5 * told.paths[:, :SLOTS, 0])
    busy = told.mean[:SLOTS, 0] > 5
    assert (edited.quantiles[0.5][:SLOTS, 0] > told.quantiles[0.5][:SLOTS, 0])[busy].all()
    for name in ("mean", "paths"):
        np.testing.assert_array_equal(
            getattr(edited, name)[..., SLOTS:, :], getattr(told, name)[..., SLOTS:, :]
        )
    np.testing.assert_array_equal(edited.mean[:, 1], told.mean[:, 1])


def test_bands_of_edited_intervals_hold_the_counts_of_the_edited_paths(told):
    edited = Edits((edit("scale", 2.0),)).applied(told)
    again = count_quantiles(edited.paths[:, :SLOTS, 0], [0.1, 0.9], rng=np.random.default_rng(5))
    busy = told.mean[:SLOTS, 0] > 5
    for level, drawn in zip((0.1, 0.9), again, strict=True):
        apart = (edited.quantiles[level][:SLOTS, 0] - drawn)[busy]
        assert np.abs(apart).mean() < 1.0


def test_set_gives_the_contacts_of_each_day_in_the_forecasts_shape(told):
    edited = Edits((edit("set", 500, last_day=date(2025, 9, 3)),)).applied(told)
    np.testing.assert_allclose(days(edited.mean[:, 0])[:3], 500)
    np.testing.assert_allclose(
        edited.mean[:SLOTS, 0] / 500, told.mean[:SLOTS, 0] / days(told.mean[:, 0])[0]
    )
    relative = days(edited.paths[:, :, 0])[:, 0] / 500
    np.testing.assert_allclose(relative, days(told.paths[:, :, 0])[:, 0] / days(told.mean[:, 0])[0])


def test_add_gives_so_many_more_and_never_less_than_none(told):
    before = days(told.mean[:, 0])[0]
    more = Edits((edit("add", 40),)).applied(told)
    assert days(more.mean[:, 0])[0] == pytest.approx(before + 40)
    fewer = Edits((edit("add", -1e6),)).applied(told)
    assert days(fewer.mean[:, 0])[0] == 0


def test_contacts_set_where_none_are_expected_spread_evenly(told):
    """Sundays are closed; a special opening brings 60 chats between 10 and 12."""
    sunday = date(2025, 9, 7)
    special = edit("set", 60, first_day=sunday, last_day=sunday, start="10:00", end="12:00")
    edited = Edits((special,)).applied(told)
    inside = slice(6 * SLOTS + 20, 6 * SLOTS + 24)
    np.testing.assert_allclose(edited.mean[inside, 0], 15)
    np.testing.assert_allclose(edited.paths[:, inside, 0], 15)
    assert days(edited.mean[:, 0])[6] == pytest.approx(60)
    assert edited.quantiles[0.9][6 * SLOTS + 20, 0] == pytest.approx(20, abs=1)


def test_shift_moves_contacts_later_and_loses_none(told):
    later = edit("shift", 60, start="08:00", end="10:00")
    edited = Edits((later,)).applied(told)
    before, after = told.mean[:SLOTS, 0], edited.mean[:SLOTS, 0]
    assert after[16:18].sum() == 0
    np.testing.assert_allclose(after[20:22], before[20:22] + before[18:20])
    np.testing.assert_allclose(after[18:20], before[16:18])
    assert after.sum() == pytest.approx(before.sum())
    np.testing.assert_allclose(
        edited.paths[:, :SLOTS, 0].sum(axis=1), told.paths[:, :SLOTS, 0].sum(axis=1)
    )


def test_times_and_weekdays_narrow_an_edit(told):
    mornings = edit(
        "scale", 2, last_day=date(2025, 9, 14), start="08:00", end="12:00", days="mon-wed"
    )
    ratio = Edits((mornings,)).applied(told).mean[:, 0] / np.where(
        told.mean[:, 0] > 0, told.mean[:, 0], np.nan
    )
    touched = np.flatnonzero(ratio > 1.5)
    assert set(touched // SLOTS) == {0, 1, 2, 7, 8, 9}
    assert set(touched % SLOTS) == set(range(16, 24))


def test_edits_never_overwrite_what_they_stand_on(told):
    mean, paths = told.mean.copy(), told.paths.copy()
    both = Edits((edit("scale", 2), edit("add", 10)))
    edited = both.applied(told)
    np.testing.assert_array_equal(told.mean, mean)
    np.testing.assert_array_equal(told.paths, paths)
    assert days(edited.mean[:, 0])[0] == pytest.approx(2 * days(mean[:, 0])[0] + 10)
    undone = both.without([1]).applied(told)
    assert days(undone.mean[:, 0])[0] == pytest.approx(2 * days(mean[:, 0])[0])
    assert edited.methods == told.methods
    assert sum("campaign; Ana" in reason for reason in edited.reasons) == 2


def test_an_edit_without_channels_meets_all(told):
    edited = Edits((edit("scale", 0, channels=()),)).applied(told)
    assert edited.mean[:SLOTS].sum() == 0


def test_a_demand_without_paths_takes_edits_too(told):
    plain = replace(told, paths=None)
    edited = Edits((edit("scale", 3),)).applied(plain)
    np.testing.assert_allclose(edited.quantiles[0.9][:SLOTS, 0], 3 * told.quantiles[0.9][:SLOTS, 0])


def test_an_unknown_channel_is_refused(told):
    with pytest.raises(InvalidValueError, match="voice"):
        Edits((edit("scale", 2, channels=("voice",)),)).applied(told)


def test_a_shift_must_be_whole_intervals(told):
    with pytest.raises(InvalidValueError, match="30 minutes"):
        Edits((edit("shift", 45),)).applied(told)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"value": -0.1}, "value"),
        ({"value": float("nan")}, "value"),
        ({"change": "double"}, "change"),
        ({"last_day": date(2025, 8, 1)}, "last_day"),
        ({"start": "12:00", "end": "09:00"}, "end"),
        ({"days": "someday"}, "day"),
    ],
)
def test_edits_out_of_range_are_refused(changes, named):
    given = {"change": "scale", "value": 1.0} | changes
    with pytest.raises(InvalidValueError, match=named):
        edit(**given)


def test_a_file_of_edits_comes_back_as_it_was(tmp_path):
    edits = Edits(
        (
            edit("scale", 1.2, days="mon-fri", start="09:00", end="17:00"),
            edit("set", 0, channels=(), made="2025-08-29T10:00"),
            edit("shift", -30, channels=("chat", "x")),
        )
    )
    for name in ("edits.csv", "edits.parquet"):
        path = tmp_path / name
        frame = edits_frame(edits)
        frame.to_csv(path, index=False) if name.endswith("csv") else frame.to_parquet(path)
        assert read_edits(path) == edits


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    path = tmp_path / "edits.csv"
    path.write_text(
        "channel,first_day,last_day,start,end,change,value\n"
        "chat,2025-09-01,2025-08-01,,,scale,1.2\n"
        "chat,soon,,25:00,,scale,-1\n"
        "chat,2025-09-01,,12:00,09:00,double,2\n"
        "chat,2025-09-01,,,,set,many\n"
    )
    with pytest.raises(InvalidInputError) as caught:
        read_edits(path)
    found = {(fault.where, fault.field) for fault in caught.value.faults}
    assert found == {
        ("row 2", "last_day"),
        ("row 3", "first_day"),
        ("row 3", "start"),
        ("row 3", "value"),
        ("row 4", "end"),
        ("row 4", "change"),
        ("row 5", "value"),
    }


def test_an_unknown_number_of_a_parquet_file_is_told(tmp_path):
    table = pd.DataFrame({"first_day": "2026-04-13", "change": "scale", "value": [1.5, np.nan]})
    table.to_parquet(tmp_path / "edits.parquet")
    with pytest.raises(InvalidInputError, match="row 3, value"):
        read_edits(tmp_path / "edits.parquet")


def test_strange_and_missing_columns_are_told(tmp_path):
    path = tmp_path / "edits.csv"
    path.write_text("channel,first_day,factor\nchat,2025-09-01,1.2\n")
    with pytest.raises(InvalidInputError) as caught:
        read_edits(path)
    assert {fault.field for fault in caught.value.faults} == {"change", "value", "factor"}


def test_what_each_layer_was_worth(whole, told):
    """
    A good edit (the day came twice as busy) adds value, a bad one takes it; both are told.
    """
    table = whole.table.copy()
    first = table["interval_start"].dt.date == MONDAY
    table.loc[first & (table["channel"] == "chat"), "offered"] *= 2
    came = replace(whole, table=table)
    tuesday = date(2025, 9, 2)
    edits = Edits((edit("scale", 2), edit("scale", 3, first_day=tuesday, last_day=tuesday)))
    found = layer_accuracy(came, told, edits)
    chat = found[found["channel"] == "chat"].set_index("edit")
    assert chat.loc[1, "edits_add"] > 0.2
    assert chat.loc[2, "edits_add"] < -1
    assert chat.loc[1, "intervals"] == SLOTS
    assert "campaign; Ana" in chat.loc[1, "what"]
    overall = chat.loc[0]
    assert overall["edits_add"] == pytest.approx(overall["forecast_wape"] - overall["edited_wape"])
    assert overall["forecast_adds"] == pytest.approx(
        overall["naive_wape"] - overall["forecast_wape"]
    )
    posts = found[found["channel"] == "x"]
    assert posts["edit"].tolist() == [0]
    assert posts["edits_add"].tolist() == [0]


def test_layers_need_contacts_that_came_in(whole, told):
    before = whole.until(told.horizon.start)
    with pytest.raises(InvalidValueError, match="counted within the forecast"):
        layer_accuracy(before, told, Edits())


def test_a_scenario_names_its_edits(tmp_path):
    (tmp_path / "edits.csv").write_text(
        ",".join(COLUMNS) + "\nchat,2026-04-13,,09:00,10:00,,scale,3,Ana,launch,\n"
    )
    (tmp_path / "scenario.toml").write_text(
        """
        [horizon]
        start = 2026-04-13
        length = "1d"
        interval_minutes = 60
        [demand]
        edits = "edits.csv"
        rates.chat = 4.0
        [channels.chat]
        kind = "live"
        handle_time.mean_s = 300
        patience.mean_s = 240
        [groups.team]
        agents = 3
        skills.chat = {}
        """
    )
    demand = demand_for(Scenario.load(tmp_path / "scenario.toml"))
    assert demand.mean[9, 0] == 12
    assert demand.mean.sum() == 4 * 24 + 8
