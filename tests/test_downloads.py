"""What is taken away gives the same numbers again: alone, by command, and in the app."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from forecast import demand_for
from scenario import Scenario, Shift
from scenario.fixed import fixed_shifts
from scenario.shift_file import shift_rows
from simulate.run import simulate
from views import files, uploads
from views.downloads import package
from views.downloads import staffed as staffed_in
from views.levers import read_presets


def test_a_downloaded_what_if_gives_the_same_numbers(small, tmp_path):
    changed = small.with_changes({"groups.team.agents_change": 1, "demand.scale.x": 1.5})
    here = simulate(changed, demand_for(changed))
    with zipfile.ZipFile(io.BytesIO(package(changed, demand_for(changed)))) as archive:
        archive.extractall(tmp_path)
    alone = Scenario.load(tmp_path / "scenario.toml")
    there = simulate(alone, demand_for(alone))
    pd.testing.assert_frame_equal(here.totals, there.totals)
    pd.testing.assert_frame_equal(here.groups, there.groups)
    before = simulate(small, demand_for(small))
    assert here.totals["offered"].sum() != before.totals["offered"].sum()


@pytest.mark.parametrize("name", ["small", "sample"])
def test_the_command_line_gives_a_downloaded_what_if_the_screens_numbers(name, small, tmp_path):
    """With the real command, from the ZIP alone, number for number."""
    scenario, changes = small, {"groups.team.agents_change": 1, "demand.scale.x": 1.5}
    if name == "sample":  # its history, paths, bursts, backlog and callbacks, for one day
        presets = {preset.key: preset.changes for preset in read_presets(files.PRESETS)}
        changes |= {"horizon.length": "1d", "replications": 4} | presets["outage_monday"]
        scenario = Scenario.load(files.SAMPLE)
    imagined = scenario.with_changes(changes)
    demand = demand_for(imagined)
    screen = simulate(imagined, demand, replications=6)
    with zipfile.ZipFile(io.BytesIO(package(imagined, demand, screen.replications))) as archive:
        archive.extractall(tmp_path)
    command = Path(sys.executable).with_name("allweather")
    told = subprocess.run(
        [command, "simulate", "scenario.toml", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    document = json.loads(told.stdout)
    assert document["replications"] == 6
    assert document["totals"] == json.loads(json.dumps(screen.document()["totals"]))
    assert document["groups"] == json.loads(json.dumps(screen.document()["groups"]))


def test_a_downloaded_what_if_can_be_opened_again(small):
    opened = uploads.scenario_from({"mine.zip": package(small, demand_for(small))}, small)
    assert (opened.staff().agents == small.staff().agents).all()


def test_levers_start_anew_from_a_planned_staffing(small):
    planned = small.with_changes({"groups.team.agents_change": 1}).staff()
    again = small.with_changes({"groups.team.agents_change": 1} | staffed_in(planned))
    assert (again.staff().agents == planned.agents).all()


def test_agents_who_leave_by_name_keep_their_shifts_in_downloads_and_what_ifs(small, tmp_path):
    midnight = small.period.start
    at = [midnight + pd.Timedelta(hours=hour) for hour in range(24)]
    shift = Shift("team", "day", at[8], at[16], ((at[10], at[11]), (at[12], at[13])), 9, 7.0)
    shift_rows([shift]).to_csv(tmp_path / "staffing.csv", index=False)
    changes = {"agents": None, "exit": "named"}
    named = small.with_changes({f"groups.team.{key}": value for key, value in changes.items()})
    named = named.with_changes({"staffing": str(tmp_path / "staffing.csv")})

    opened = uploads.scenario_from({"mine.zip": package(named, demand_for(small))}, small)
    assert opened.staff().shifts == (shift,)
    more = replace(shift, agents=10)
    staff = replace(named.staff(), shifts=(more,))
    assert uploads.with_plan(named, staff).staff().shifts == (more,)


def test_fixed_shifts_go_with_a_downloaded_what_if(small, tmp_path):
    midnight = small.period.start
    at = [midnight + pd.Timedelta(hours=hour) for hour in range(24)]
    shift = Shift("team", "day", at[8], at[16], (), 2, 8.0)
    shift_rows([shift]).to_csv(tmp_path / "promised.csv", index=False)
    fixed = small.with_changes({"groups.team.fixed_shifts": str(tmp_path / "promised.csv")})
    opened = uploads.scenario_from({"mine.zip": package(fixed, demand_for(small))}, small)
    assert fixed_shifts(opened) == (shift,)
