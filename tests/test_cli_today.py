"""The rest of the day, edits and their worth on the command line."""

import json

import numpy as np
import pandas as pd
import pytest

from made_histories import LONDON, SLOTS, chat_rates, counts, history_of

FIRST = "2025-06-02"
KNOWN_DAYS = 70  # ten weeks; the eleventh is what came


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Eleven weeks of chats: what was known, Monday up to 11:00, the same doubled, and all."""
    folder = tmp_path_factory.mktemp("desk")
    rates = 3 * chat_rates(77)
    whole = history_of(counts(rates, np.random.default_rng(2), day_cv=0.1), start=FIRST)
    table = whole.table
    day = pd.Timestamp(FIRST, tz=LONDON) + pd.DateOffset(days=KNOWN_DAYS)
    morning = (table["interval_start"] >= day) & (
        table["interval_start"] < day + pd.Timedelta(hours=11)
    )
    table[table["interval_start"] < day].to_csv(folder / "known.csv", index=False)
    table[morning].to_csv(folder / "so_far.csv", index=False)
    table[morning].assign(offered=2 * table["offered"]).to_csv(folder / "busy.csv", index=False)
    table.to_csv(folder / "all.csv", index=False)
    (folder / "edits.csv").write_text(
        f"channel,first_day,change,value,author,reason\nchat,{day.date()},set,900,Ana,launch\n"
    )
    return folder


def test_today_tells_the_rest_of_the_day(run, files):
    status, out, _ = run(
        "today", files / "known.csv", files / "so_far.csv", "--timezone", LONDON, "--json"
    )
    document = json.loads(out)
    assert status == 0
    assert set(document) == {"at", "rows", "totals", "alarms", "notes"}
    assert document["at"] == "2025-08-11T11:00:00+01:00"
    assert len(document["rows"]) == SLOTS
    (total,) = document["totals"]
    assert total["rest_low"] < total["rest"] < total["rest_high"]
    assert document["alarms"] == []


def test_today_names_a_day_that_leaves_its_band(run, files):
    status, out, _ = run("today", files / "known.csv", files / "busy.csv", "--timezone", LONDON)
    assert status == 0
    assert "above the band" in out


def test_today_takes_the_historys_last_day_where_no_file_is_given(run, files):
    _, out, _ = run(
        "today", files / "all.csv", "--at", "2025-08-11 11:00", "--timezone", LONDON, "--json"
    )
    _, told, _ = run(
        "today", files / "known.csv", files / "so_far.csv", "--timezone", LONDON, "--json"
    )
    assert json.loads(out)["totals"] == json.loads(told)["totals"]


def test_today_refuses_a_time_that_is_none(run, files):
    status, out, err = run("today", files / "known.csv", "--at", "soon")
    assert status == 2
    assert out == ""
    assert "--at must be a time" in err


def test_forecast_takes_edits_and_review_tells_their_worth(run, files, tmp_path):
    plain, edits = tmp_path / "plain.parquet", files / "edits.csv"
    common = (files / "known.csv", "--timezone", LONDON, "--horizon", "7d")
    assert run("forecast", *common, "--out", plain)[0] == 0
    status, out, _ = run("forecast", *common, "--edits", edits, "--json")
    rows = json.loads(out)["rows"]
    assert status == 0
    assert sum(row["mean"] for row in rows[:SLOTS]) == pytest.approx(900)

    status, out, _ = run(
        "review", plain, files / "all.csv", "--edits", edits, "--timezone", LONDON, "--json"
    )
    layers = json.loads(out)["layers"]
    assert status == 0
    assert [row["edit"] for row in layers] == [0, 1]
    assert layers[0]["forecast_adds"] > 0
    assert layers[1]["edits_add"] < 0
    assert "launch; Ana" in layers[1]["what"]


def test_faults_of_an_edits_file_are_told(run, files, tmp_path):
    bad = tmp_path / "edits.csv"
    bad.write_text("first_day,change,value\nsoon,double,x\n")
    status, out, err = run("forecast", files / "known.csv", "--edits", bad)
    assert status == 2
    assert out == ""
    assert "edits.csv, row 2, first_day" in err
    assert "edits.csv, row 2, change" in err


def test_backtest_tells_errors_by_lead_time_and_grain(run, files):
    status, out, _ = run(
        "backtest", files / "all.csv", "--timezone", LONDON,
        "--horizon", "14d", "--origins", 2, "--spread", "--json",
    )  # fmt: skip
    document = json.loads(out)
    assert set(document["weekly_spread"]["chat"]) == {
        *("paths", "errors", "ratio", "standard_error", "weeks"),
    }
    rows = document["accuracy"]
    assert status == 0
    assert {(row["week"], row["grain"]) for row in rows} == {
        (week, grain) for week in (0, 1, 2) for grain in ("interval", "day", "week")
    }
    by_grain = {row["grain"]: row for row in rows if row["week"] == 0}
    assert by_grain["interval"]["wape"] > by_grain["day"]["wape"]
    for row in by_grain.values():
        assert 0 < row["counting_noise"] < row["naive_wape"]
