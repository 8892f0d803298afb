"""The forecast in tables: its bands, and the grid in which a planner changes a week."""

from dataclasses import replace

import numpy as np
import pytest

from forecast import demand_for
from views import ahead


def test_daily_bands_are_drawn_on_the_sums_of_the_paths(small):
    demand = demand_for(small)
    paths = np.stack([demand.mean * factor for factor in (0.8, 1.0, 1.2)])
    table = ahead.bands(replace(demand, paths=paths), "chat", "D")
    assert table["mean"].iloc[0] == pytest.approx(6 * 24)
    assert table["p05"].iloc[0] < 0.8 * 144 < 1.2 * 144 < table["p95"].iloc[0]


def test_without_paths_there_is_no_band(small):
    assert ahead.bands(demand_for(small), "chat", "h")["p10"].isna().all()


def test_a_percentage_in_the_grid_becomes_an_edit_of_that_week_and_channel(small):
    demand = demand_for(small)
    grid = ahead.week_grid(small, demand, None, None)
    edited = grid.copy()
    assert ahead.grid_edits(grid, edited, "Ana", "launch") == []
    edited.loc[edited["channel"] == "x", "My edit, %"] = 20.0
    (edit,) = ahead.grid_edits(grid, edited, "Ana", "launch")
    assert (edit.channels, edit.change, edit.value) == (("x",), "scale", 1.2)
    assert edit.first_day == edit.last_day == demand.horizon.start.date()
    assert (edit.author, edit.reason) == ("Ana", "launch")


def test_the_grid_shows_what_all_edits_do_together_and_edits_stack(small):
    plain = demand_for(small)
    demand = plain.scaled({"x": 1.2})
    grid = ahead.week_grid(small, demand, plain, None)
    assert grid.set_index("channel")["My edit, %"].to_dict() == {"chat": 0.0, "x": 20.0}
    edited = grid.assign(**{"My edit, %": [0.0, 50.0]})
    (edit,) = ahead.grid_edits(grid, edited, "", "")
    assert edit.value == pytest.approx(1.25)
