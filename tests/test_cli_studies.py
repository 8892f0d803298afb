"""Several scenarios, and other assumptions, on the command line."""

import json

import pytest

from small_scenarios import MORNING

FAST = ("--replications", 2, "--workers", 1, "--json")


@pytest.fixture
def morning(tmp_path):
    path = tmp_path / "morning.toml"
    path.write_text(MORNING)
    return path


def document_of(run, *words):
    status, out, err = run(*words, *FAST)
    assert status == 0, err
    return json.loads(out)


def test_compare_tells_what_really_differs(run, morning, tmp_path):
    more = tmp_path / "more.toml"
    more.write_text(MORNING.replace("agents = 6", "agents = 9").replace("One", "Another"))
    document = document_of(run, "compare", morning, more)
    assert document["baseline"] == "One morning"
    assert (document["seed"], document["replications"]) == (7, 2)
    assert [one["scenario"] for one in document["scenarios"]] == ["One morning", "Another morning"]
    rows = {(row["measure"], row["channel"]): row for row in document["rows"]}
    assert {row["scenario"] for row in document["rows"]} == {"Another morning"}
    assert rows["cost", ""]["difference"] == pytest.approx(3 * 3 * 20 / 0.8)
    assert rows["paid_hours", ""]["difference"] == pytest.approx(3 * 3 / 0.8)
    assert rows["occupancy", "team"]["real"] is True
    assert rows["occupancy", "team"]["difference"] < 0


def test_compare_names_scenarios_apart_and_shows_them_side_by_side(run, morning, tmp_path):
    other = tmp_path / "afternoon.toml"
    other.write_text(MORNING)
    status, out, _ = run("compare", morning, other, "--replications", 2, "--workers", 1)
    assert status == 0
    assert "Side by side" in out
    assert "afternoon: 2 of 2 promises kept" in out


def test_compare_uses_the_baselines_seed_and_says_where_nothing_pairs(run, morning, tmp_path):
    other = tmp_path / "tuesday.toml"
    text = MORNING.replace("seed = 7", "seed = 8").replace("04-13", "04-14").replace("One", "Next")
    other.write_text(text)
    status, out, err = run("compare", morning, other, *FAST)
    assert status == 0
    assert json.loads(out)["rows"] == []
    assert "Next morning has no paired differences: it plans another time." in err.replace("\n", "")


def test_compare_wants_two_scenarios(run, morning):
    status, _, err = run("compare", morning)
    assert status == 2
    assert "at least two" in err


def test_frontier_prints_the_curve(run, morning):
    document = document_of(run, "frontier", morning, "--target", "chat", "--shares", "60,90")
    assert document["channel"] == "chat"
    assert [row["target"] for row in document["rows"]] == [0.6, 0.9]
    status, out, _ = run(
        "frontier", morning, "--target", "posts", "--within", "3600,900", *FAST[:-1]
    )
    assert status == 0
    assert "One morning: cost against service, posts" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "chta"), "did you mean 'chat'?"),
        (("--target", "chat", "--shares", "60,x"), "--shares must be a number"),
        (("--target", "chat", "--shares", "60,100"), "shares must be in (0, 1)"),
        (("--target", "chat", "--within", "60,-5"), "within_s must be positive"),
    ],
)
def test_frontier_refuses_bad_wishes(run, morning, words, told):
    status, out, err = run("frontier", morning, *words, *FAST)
    assert status == 2
    assert told in err.replace("\n", " ")
    assert not out


def test_sensitivity_prints_the_tornado(run, morning):
    document = document_of(run, "sensitivity", morning, "--set", "channels.posts.target.share=0.5")
    assert {"paid_hours", "cost", "rows", "sentence"} == set(document)
    assert ("shrinkage", "team") in {(r["assumption"], r["subject"]) for r in document["rows"]}


def test_concurrency_and_blending_print_their_tables(run, morning):
    caps = document_of(run, "concurrency", morning, "--channel", "chat", "--caps", "1,2")
    assert [row["max_concurrent"] for row in caps["rows"]] == [1, 2]
    status, out, _ = run("blending", morning, *FAST[:-1])
    assert status == 0
    assert "separate teams" in out
    assert "Blending " in out
    status, _, err = run("concurrency", morning, "--channel", "chat", "--caps", "two")
    assert status == 2
    assert "--caps must be whole numbers such as 1,2,3" in err


def test_explain_tells_the_steps_of_a_moment(run, morning):
    document = document_of(run, "explain", morning, "--at", "2026-04-13T09:10")
    steps = document["intervals"][0]["ladder"]
    assert document["intervals"][0]["interval_start"] == "2026-04-13T09:00:00+01:00"
    assert steps[0]["step"] == document["ladder"][0]["step"] == "pure workload"
    assert sum(step["agents"] for step in steps) == pytest.approx(steps[-1]["total"])
    status, _, err = run("explain", morning, "--at", "2026-04-20T09:10")
    assert status == 2
    assert "--at must be between" in err


@pytest.fixture
def history(tmp_path):
    rows = ["interval_start,channel,offered,answered,abandoned,handle_time_s"]
    rows += [
        f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:00Z,chat,10,10,0,6000"
        for day in range(2, 30)
        for hour in range(8, 18)
        for minute in (0, 30)
    ]
    path = tmp_path / "history.csv"
    path.write_text("\n".join(rows))
    return path


@pytest.mark.parametrize("words", [("elapsed", "2"), ("chat=elapsed", "chat=2")])
def test_elapsed_handle_times_become_solo_on_the_way_in(run, history, words):
    """600 s with two in hand and a slowdown of 1.25 are 480 s alone."""
    status, out, err = run(
        "forecast", history, "--timezone", "UTC", "--horizon", "1d", "--json",
        "--basis", words[0], "--mean-concurrency", words[1],
    )  # fmt: skip
    assert status == 0, err
    times = [row["handle_time_s"] for row in json.loads(out)["rows"] if row["mean"] > 1]
    assert times == pytest.approx([480] * len(times), rel=0.01)


def test_the_actionable_share_is_taken_of_what_was_heard(run, history):
    status, _, err = run("check", history, "--timezone", "UTC", "--actionable", "chat=0.3")
    assert status == 0, err
    status, out, _ = run(
        "check", history, "--timezone", "UTC", "--json", "--actionable", "chat=0.3"
    )
    assert any("30% of what was heard" in note for note in json.loads(out)["files"][0]["notes"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--actionable", "0.3"), "--actionable must be written like channel=share"),
        (("--actionable", "chat=much"), "--actionable must be a number"),
        (("--basis", "talk"), "handle_time_basis must be one of"),
        (("--mean-concurrency", "2"), "whose handle times are solo"),
        (("--basis", "solo", "--basis", "elapsed"), "one for all, or channel=value"),
    ],
)
def test_bad_ways_of_reading_are_refused(run, history, words, told):
    status, _, err = run("backtest", history, "--timezone", "UTC", "--origins", 1, *words)
    assert status == 2
    assert told in err.replace("\n", " ")
