"""The kernel as a program: it can be stopped, grows its tables, and runs without a compiler."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from random_scenarios import encoded
from scenario import RunCancelledError, Scenario
from simulate.floor import run_replication as run_simpy
from simulate.kernel import run_replication
from simulate.log import Ending

ROOT = Path(__file__).parents[1]

TEAM = """
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 30
[demand]
rates = { chat = 200.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
patience = { mean_s = 240 }
[channels.x]
kind = "deferred"
handle_time = { mean_s = 20 }
target = { share = 0.8, within_s = 300 }
initial_backlog = "endless"
[groups.team]
agents = 40
skills = { chat = {}, x = {} }
"""


def test_tables_grow_as_a_backlog_that_never_ends_is_worked_off() -> None:
    floor_input = encoded(Scenario.parse(TEAM))
    log = run_replication(floor_input, 1, 0)
    assert np.array_equal(log.contacts, run_simpy(floor_input, 1, 0).contacts)
    assert np.count_nonzero(log.contacts["interval"] == -1) > 20_000


def test_a_cancelled_replication_stops_soon() -> None:
    asked = 0

    def cancel() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(RunCancelledError):
        run_replication(encoded(Scenario.parse(TEAM)), 1, 0, cancel)
    assert asked == 4


def test_being_asked_whether_to_stop_changes_nothing() -> None:
    floor_input = encoded(Scenario.parse(TEAM).with_changes({"horizon.length": "4h"}))
    watched = run_replication(floor_input, 1, 0, lambda: False)
    assert np.array_equal(watched.contacts, run_replication(floor_input, 1, 0).contacts)


def test_nobody_on_the_floor_answers_nobody() -> None:
    floor_input = encoded(Scenario.parse(TEAM).with_changes({"groups.team.agents": 0}))
    log = run_replication(floor_input, 1, 0)
    assert Ending.ANSWERED not in log.contacts["ending"]
    assert log.busy_us.sum() == 0


def test_days_go_the_same_without_the_compiler() -> None:
    """Code that no compiler has seen tells the same story of a worked day."""
    program = (
        "from worked_days import DAYS, read_day, told_of\n"
        "from simulate.kernel import run_replication\n"
        "for path in DAYS:\n"
        "    day = read_day(path)\n"
        "    assert told_of(run_replication(day.floor_input, 1, 0), day) == day.expected, path\n"
    )
    environment = {
        **os.environ,
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    }
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
