"""A day planned from calls and mentions in the layout of the real files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import real_input
from benchmarks.real_data import (
    ACTIONABLE,
    CALLS_FILE,
    COMPANY,
    FILES,
    MENTIONS_FILE,
    ZONE,
    read_real_data,
)
from scenario import PlanningError
from support import need

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def small_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight weeks of a small bank's calls and six of mentions, made up, in the real layout."""
    rng = np.random.default_rng(20030303)
    folder = tmp_path_factory.mktemp("sources")
    times = pd.date_range("2003-03-03 07:00", "2003-04-24 21:05", freq="5min")
    clock = times.hour + times.minute / 60
    times = times[(times.day_of_week < 5) & (clock >= 7) & (clock <= 21.1)]
    busy = 1 + np.sin(np.pi * (times.hour - 7) / 14)
    calls = pd.DataFrame({"ts": times, "calls": rng.poisson(1.5 * busy)})
    calls.to_csv(folder / CALLS_FILE, index=False)
    heard = pd.date_range("2015-03-05 21:42:53", "2015-04-17 20:52:53", freq="5min")
    mentions = pd.DataFrame({"timestamp": heard})
    for company in ("FB", COMPANY, "IBM"):
        mentions[company] = rng.poisson(2 + np.sin(np.pi * heard.hour / 24))
    # A collector outage: an hour without some of its five minutes.
    mentions = mentions[(heard < "2015-03-11 07:20") | (heard > "2015-03-11 07:50")]
    mentions.to_csv(folder / MENTIONS_FILE, index=False)
    return folder


def test_mentions_fall_on_the_same_weekday_of_the_banks_dates(small_sources: Path) -> None:
    data = read_real_data(small_sources)
    assert str(data.planned_day) == "2003-04-24", "the last day of the calls, a Thursday"
    mentions = data.history[data.history["channel"] == "mentions"]
    times = pd.to_datetime(mentions["interval_start"], utc=True).dt.tz_convert(ZONE)
    assert times.iloc[-1] == pd.Timestamp("2003-04-24 23:30", tz=ZONE)
    source = pd.read_csv(small_sources / MENTIONS_FILE, parse_dates=["timestamp"])
    thursday = source[source["timestamp"].dt.normalize() == "2015-04-16"][COMPANY].sum()
    assert mentions[times.dt.date == data.planned_day]["offered"].sum() == thursday
    assert any("2015" in sentence and "2003" in sentence for sentence in data.mapping)


def test_an_hour_with_missing_five_minutes_is_not_known(small_sources: Path) -> None:
    data = read_real_data(small_sources)
    mentions = data.history[data.history["channel"] == "mentions"]
    shifted = pd.Timestamp("2015-03-11 07:00") - pd.Timedelta(days=4375)
    known = mentions["interval_start"].str[:16]
    assert str(shifted.isoformat())[:16] not in set(known)
    assert (shifted - pd.Timedelta(hours=1)).isoformat()[:16] in set(known)


def test_an_hour_that_the_banks_clocks_skip_is_left_out(small_sources: Path) -> None:
    """The mentions' spring falls on 6 April 2003, when 02:00 to 03:00 did not exist there."""
    history = read_real_data(small_sources).history
    assert not history.duplicated(["interval_start", "channel"]).any()
    mentions = history[history["channel"] == "mentions"]["interval_start"]
    assert mentions.str.startswith("2003-04-06").sum() == 46


def test_calls_are_added_up_to_whole_half_hours(small_sources: Path) -> None:
    data = read_real_data(small_sources)
    calls = data.history[data.history["channel"] == "calls"]
    day = calls[calls["interval_start"].str.startswith("2003-04-24")]
    assert len(day) == 28, "07:00 to 21:00"
    source = pd.read_csv(small_sources / CALLS_FILE, parse_dates=["ts"])
    within = source["ts"].between("2003-04-24 07:00", "2003-04-24 20:55")
    assert day["offered"].sum() == source[within]["calls"].sum()


def test_missing_data_end_in_one_clear_message(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.real_input", "--data", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2
    assert run.stdout == ""
    assert str(tmp_path) in run.stderr
    assert CALLS_FILE in run.stderr
    assert "Traceback" not in run.stderr


def test_a_file_without_its_columns_is_refused(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("other,columns\n1,2\n")
    with pytest.raises(PlanningError, match="calls"):
        read_real_data(tmp_path)


def test_a_small_day_is_planned_from_end_to_end(small_sources: Path) -> None:
    found = real_input.measure(small_sources, replications=2)
    assert set(found["forecast"]) == {"calls", "mentions"}
    assert len(found["intervals"]) == 48
    targets = found["plan"]["targets"]
    assert {row["channel"] for row in targets} == {"calls", "mentions"}
    assert all(0 <= row["fresh_seed_achieved"] <= 1 for row in targets)
    text = real_input.report(found)
    assert f"{ACTIONABLE:.0%} of the mentions" in text
    assert "fresh seed" in text
    assert "Unmet:" in text


@pytest.mark.slow
def test_the_real_day_is_planned() -> None:
    folder = os.environ.get("ALLWEATHER_DATA")
    need("data", folder is not None, "ALLWEATHER_DATA does not name a folder with the real data")
    found = real_input.measure(
        real_input.data_folder(Path(folder or ".")), replications=4, workers=2
    )
    calls = found["forecast"]["calls"]
    assert calls["actual"] == 34_943
    assert calls["wape"] < 0.10
    assert abs(found["forecast"]["mentions"]["error"]) < 0.3
