"""Every rule of the floor on a handful of contacts whose fate was worked out by hand."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from simulate.floor import run_replication as run_simpy
from simulate.kernel import run_replication as run_kernel
from simulate.log import FloorLog
from simulate.measures import measure
from worked_days import DAYS, hours_of, read_day, told_of

ENGINES: dict[str, Callable[..., FloorLog]] = {"simpy": run_simpy, "kernel": run_kernel}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_day_goes_as_worked_out_by_hand(path: Path, engine: str) -> None:
    day = read_day(path)

    log = ENGINES[engine](day.floor_input, 1, 0)

    assert told_of(log, day) == day.expected, day.says
    assert hours_of(log, day) == day.hours, day.says
    measure(log, day.floor_input)  # keeps the laws of conservation


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_day_is_small_enough_to_follow(path: Path) -> None:
    day = read_day(path)

    assert len(day.expected) <= 8
    assert day.says.endswith(".")


def test_the_model_page_names_every_day() -> None:
    """No sentence without its day is left behind, and no day without its sentence."""
    page = (Path(__file__).parents[1] / "docs" / "model.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?<!\*)\*([a-z_]+)\*(?!\*)", page)) == {path.stem for path in DAYS}
