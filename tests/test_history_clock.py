"""The hour that comes twice and the one that is skipped, in histories of local times."""

import numpy as np
import pandas as pd
import pytest

from history_tables import LONDON, half_hours, read, rows
from scenario.errors import InvalidInputError

AUTUMN = ["00:00", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00", "02:30"]


def autumn(order=range(8)):
    """The repeated hour of 26 October 2025: offered 5, 6, ... in true order."""
    table = rows([f"2025-10-26 {clock}" for clock in AUTUMN], offered=range(5, 13))
    return table.iloc[list(order)]


@pytest.mark.parametrize("order", [range(8), range(7, -1, -1), [0, 1, 2, 4, 3, 5, 6, 7]])
def test_the_repeated_hour_is_told_apart_by_its_order(order):
    """First to last, last to first, and sorted by what the clock shows."""
    assert read(autumn(order)).volume.ravel().tolist() == list(range(5, 13))


def test_the_repeated_hour_is_told_apart_by_its_offset():
    starts = pd.date_range("2025-10-26", periods=8, freq="30min", tz=LONDON)
    table = rows([start.isoformat() for start in starts], offered=range(5, 13))

    assert read(table.sample(frac=1, random_state=3)).volume.ravel().tolist() == list(range(5, 13))


@pytest.mark.parametrize("order", [[3, 1, 0, 2, 5, 7, 6, 4], [0, 1, 2, 3, 6, 7]])
def test_a_repeated_hour_that_cannot_be_told_apart_is_unknown_and_told(order):
    """In no order; or written once, so that it holds one of the hours or both."""
    history = read(autumn(order))

    assert np.isnan(history.volume[2:6]).all()
    assert history.volume[[0, 1, 6, 7]].ravel().tolist() == [5, 6, 11, 12]
    assert "26 October 2025" in history.repairs[0]
    assert "cannot be told apart" in history.repairs[0]


def test_a_repeated_hour_without_contacts_needs_no_telling_apart():
    table = autumn([0, 1, 2, 3, 6, 7])
    table.loc[[2, 3], ["offered", "answered", "abandoned", "handle_time_s"]] = 0
    history = read(table)

    assert history.volume.ravel().tolist() == [5, 6, 0, 0, 0, 0, 11, 12]
    assert history.repairs == ()


def test_the_skipped_hour_is_left_out_when_empty_and_a_fault_otherwise():
    table = rows(half_hours("2026-03-29 00:00", 8))
    with pytest.raises(InvalidInputError) as caught:
        read(table)
    assert [fault.where for fault in caught.value.faults] == ["row 4", "row 5"]
    assert "that exists in Europe/London" in caught.value.faults[0].rule

    table.loc[[2, 3], ["offered", "answered", "abandoned", "handle_time_s"]] = 0
    history = read(table)
    assert len(history.table) == 6
    assert "2 empty rows left out" in history.repairs[0]


def test_a_day_with_a_clock_change_has_23_or_25_hours():
    spring = pd.date_range("2026-03-29", "2026-03-30", freq="30min", tz=LONDON, inclusive="left")
    history = read(rows([start.isoformat() for start in spring]))

    assert len(history.table) == 46
