"""The program makes the sample's files again, and the files hold together."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from sample_parts import CENTRES, DATA, history


def test_the_program_makes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(DATA / "make.py"), "--out", str(tmp_path)], check=True, timeout=120
    )
    made = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    committed = sorted(
        p.relative_to(DATA)
        for p in DATA.rglob("*.csv*")
        if p.is_file() and "cases" not in p.relative_to(DATA).parts
    )
    assert made == committed
    for name in made:
        new, old = (tmp_path / name).read_bytes(), (DATA / name).read_bytes()
        if name.suffix == ".gz":
            assert gzip.decompress(new) == gzip.decompress(old)
            assert new[3:8] == bytes(5), "no name and no time of packing"
            if not zlib.ZLIB_RUNTIME_VERSION.startswith(("1.2.", "1.3.")):
                continue  # another packer packs the same text into other bytes
        assert new == old, name


def test_the_sample_stays_small() -> None:
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 8e6


def test_the_history_has_rows_for_every_open_quarter_hour_but_the_gap() -> None:
    for centre in CENTRES:
        table = history(centre)
        quarters = table["start"].dt.tz_convert("UTC")
        assert quarters.is_monotonic_increasing
        assert not table.duplicated(["interval_start", "channel"]).any()
        posts = table[table["channel"] == "x"]
        assert len(posts) == 26 * 7 * 96 - 16, "two clock changes cancel, the gap is four hours"
        gap = table["start"].between("2025-11-20 11:00+00:00", "2025-11-20 14:45+00:00")
        assert not gap.any()
        autumn = posts[posts["date"] == "2025-10-26"]["interval_start"]
        spring = posts[posts["date"] == "2026-03-29"]["interval_start"]
        assert (len(autumn), len(spring)) == (100, 92)
        assert {"2025-10-26T01:00:00+01:00", "2025-10-26T01:00:00+00:00"} <= set(autumn)
        closed = table[(table["date"] == "2025-12-25") & ~table["channel"].isin(["x", "facebook"])]
        assert closed.empty, centre


def test_counts_of_the_history_add_up() -> None:
    for table in map(history, CENTRES):
        numbers = table[["offered", "answered", "abandoned", "handle_time_s"]]
        assert (numbers >= 0).all().all()
        assert (numbers.dtypes == np.int64).all()
        lost = table["offered"] - table["answered"] - table["abandoned"]
        assert (lost[table["channel"] != "callback"] == 0).all()
        assert (lost >= 0).all(), "callbacks that reach nobody are neither answered nor abandoned"
        assert (table["handle_time_s"].eq(0) | table["answered"].gt(0)).all()


def test_the_outlier_is_one_quarter_hour() -> None:
    for table in map(history, CENTRES):
        posts = table[table["channel"] == "facebook"].set_index("interval_start")["offered"]
        assert posts["2025-12-12T13:30:00+00:00"] == 180
        assert posts.drop("2025-12-12T13:30:00+00:00").max() < 60


def test_the_contact_log_is_the_history_one_by_one() -> None:
    log = contact_log()
    medium = {
        "Live chat": "chat",
        "X post": "x",
        "Facebook post": "facebook",
        "Call back": "callback",
    }
    own_names = set(history("team_20")) | {"wait", "outcome", "agent", "reach", "arrival"}
    assert not set(log) & own_names, "a mapping is needed"
    counted = (
        log.assign(
            channel=log["Medium"].map(medium),
            quarter=log["Received"].dt.floor("15min").dt.tz_localize("Europe/London"),
            answered=log["Outcome"].isin(["Answered", "Replied", "Connected"]),
            abandoned=log["Outcome"].eq("Abandoned"),
        )
        .groupby(["quarter", "channel"])[["answered", "abandoned", "Conversation"]]
        .agg({"answered": "sum", "abandoned": "sum", "Conversation": "size"})
    )
    week = history("team_20")
    week = week[week["date"].between("2026-03-16", "2026-03-22") & (week["offered"] > 0)]
    week = week.set_index(["start", "channel"]).sort_index()
    assert len(week) == len(counted)
    for ours, theirs in (
        ("offered", "Conversation"),
        ("answered", "answered"),
        ("abandoned", "abandoned"),
    ):
        assert (week[ours].to_numpy() == counted[theirs].to_numpy()).all()


def test_agents_of_the_log_hold_two_chats_or_one_post() -> None:
    log = contact_log()
    log = log[log["Agent"].notna() & (log["Medium"] != "Call back")]
    wait = pd.to_timedelta(log["First answer after (s)"], unit="s")
    work = pd.to_timedelta(log["Agent time (s)"], unit="s")
    chat = log["Medium"] == "Live chat"
    begin = log["Received"] + wait - work.where(~chat, pd.Timedelta(0))
    steps = pd.concat(
        [
            pd.DataFrame(
                {"agent": log["Agent"], "time": begin, "chats": chat * 1, "posts": ~chat * 1}
            ),
            pd.DataFrame(
                {
                    "agent": log["Agent"],
                    "time": begin + work,
                    "chats": chat * -1,
                    "posts": (~chat) * -1,
                }
            ),
        ]
    )
    steps["change"] = steps["chats"] + steps["posts"]
    steps = steps.sort_values(["agent", "time", "change"])
    held = steps.groupby("agent")[["chats", "posts"]].cumsum()
    assert held["chats"].max() == 2
    assert held["posts"].max() == 1
    assert not ((held["chats"] > 0) & (held["posts"] > 0)).any()


def contact_log() -> pd.DataFrame:
    return pd.read_csv(DATA / "contact_log.csv.gz", parse_dates=["Received"])
