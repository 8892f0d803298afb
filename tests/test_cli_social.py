"""Journeys, bursts and histories that count everything, on the command line."""

import json

import pytest

from commands.calibrating import with_first_attempts
from forecast import demand_for
from scenario import Scenario
from small_scenarios import MORNING

FAST = ("--replications", 4, "--workers", 1)
JOURNEYS = MORNING.replace(
    "[channels.posts]",
    "repeat = { fcr = 0.7, delay = { mean_s = 900 } }\n[channels.posts]",
).replace('"day_factor"', '"none"')
ALL = JOURNEYS.replace("[demand]", '[demand]\ncounts = "all"')


@pytest.fixture
def everything(tmp_path):
    path = tmp_path / "all.toml"
    path.write_text(ALL)
    return path


def totals_of(run, *words):
    status, out, err = run(*words, *FAST, "--json")
    assert status == 0, err
    return {row["channel"]: row for row in json.loads(out)["totals"]}


def test_first_attempts_are_taken_out_before_changes_apply(run, everything):
    """Chats that come back are in the volume; a better answer then lowers it."""
    today = totals_of(run, "simulate", everything)["chat"]
    better = totals_of(run, "simulate", everything, "--set", "channels.chat.repeat.fcr=0.9")["chat"]
    assert today["offered"] == pytest.approx(24 * 6, rel=0.1)
    assert better["first_attempts"] == today["first_attempts"] < 0.85 * today["offered"]
    assert better["offered"] < today["offered"]
    first = totals_of(run, "simulate", everything, "--set", "demand.counts=first")["chat"]
    assert first["first_attempts"] > 1.15 * today["first_attempts"]


def test_what_is_found_is_told_and_what_is_stated_holds(run, everything):
    _, _, err = run("simulate", everything, *FAST)
    assert "as staffed now, first attempts are" in err
    stated = ("--set", "demand.first_share={ chat = 0.5, posts = 1 }")
    _, _, err = run("simulate", everything, *FAST, *stated)
    assert "first attempts" not in err
    half = totals_of(run, "simulate", everything, *stated)["chat"]
    assert half["first_attempts"] == pytest.approx(72, rel=0.1)


def test_scenarios_compared_have_the_first_ones_customers(run, everything, tmp_path):
    other = tmp_path / "better.toml"
    other.write_text(ALL.replace("fcr = 0.7", "fcr = 0.95").replace("One", "Better"))
    status, out, err = run("compare", everything, other, *FAST, "--json")
    assert status == 0, err
    rows = {(row["measure"], row["channel"]): row for row in json.loads(out)["rows"]}
    assert rows["offered", "chat"]["difference"] < -20
    assert rows["heads_off", ""]["real"]
    assert err.count("Note: The volume counts all") == 1


def test_channels_that_only_the_second_scenario_has_are_calibrated_too(everything, tmp_path):
    """Mails come back as often as chats do: half of them would be counted twice."""
    mail = """
[channels.mail]
kind = "deferred"
handle_time = { mean_s = 60 }
repeat = { fcr = 0.5, delay = { mean_s = 60 } }
[groups.team]"""
    more = ALL.replace("posts = 8.0", "posts = 8.0, mail = 10.0").replace("[groups.team]", mail)
    other = tmp_path / "more.toml"
    other.write_text(f"{more.replace('One', 'More')}\nmail = {{}}\n")
    assert "mail = 10" in more
    declared, like = Scenario.load(other), Scenario.load(everything)
    demand = demand_for(declared)
    like = like.with_changes({"demand.first_share": {"chat": 0.6, "posts": 1.0}})
    shares = with_first_attempts(other, declared, demand, workers=1, like=like).demand.first_share
    assert shares == {"chat": 0.6, "posts": 1.0, "mail": pytest.approx(0.5, abs=0.03)}


def test_staffing_that_is_not_known_is_asked_for(run, everything):
    everything.write_text(ALL.replace("agents = 6\n", ""))
    status, _, err = run("plan", everything, *FAST)
    assert status == 2
    assert "current staffing is not known" in " ".join(err.split())
    status, out, _ = run("check", everything)
    assert status == 2
    assert "State it, or demand.first_share" in " ".join(out.split())


def test_check_tells_that_a_history_counts_customers_twice(run, tmp_path):
    (tmp_path / "history.csv").write_text(
        "interval_start,channel,offered,answered,abandoned,handle_time_s\n"
        "2026-01-05 08:00,chat,1,1,0,300\n2026-01-05 08:30,posts,1,1,0,300\n"
    )
    history = JOURNEYS.replace("rates = { chat = 24.0, posts = 8.0 }", 'history = "history.csv"')
    for text, told in (
        (history, True),
        (history.replace("[demand]", '[demand]\ncounts="all"'), False),
    ):
        (tmp_path / "one.toml").write_text(text)
        status, out, _ = run("check", tmp_path / "one.toml")
        assert status == 0
        assert ('demand.counts = "all"' in out) is told
        assert ("beside channels.chat.repeat that" in out) is told


def test_simulate_tells_when_each_burst_is_over(run, tmp_path):
    path = tmp_path / "burst.toml"
    path.write_text(
        MORNING + "[bursts.viral]\nchannel = 'posts'\nstart = 2026-04-13T08:30:00\n"
        "peak = 6\nhalf_life_h = 0.25\n"
    )
    _, out, _ = run("simulate", path, *FAST)
    assert "Burst viral: posts" in out
    _, out, _ = run("simulate", path, *FAST, "--json")
    (told,) = json.loads(out)["recovery"]
    assert (told["burst"], told["channel"]) == ("viral", "posts")
    assert told["peak_beyond_calm"] > 2


def test_simulate_shows_first_attempts_and_what_followers_buy(run, tmp_path):
    path = tmp_path / "loud.toml"
    path.write_text(JOURNEYS.replace("priority = 2", 'priority = 2\norder = "reach"\nreach = {}'))
    _, out, _ = run("simulate", path, *FAST)
    told = " ".join(out.split())
    assert "First attempts and what they beget" in told
    assert "a customer resolved GBP" in told
    assert "The loud first" in told
    path.write_text(MORNING)
    _, out, _ = run("simulate", path, *FAST)
    assert "First attempts" not in out
    assert "loud" not in out


DRILL = ("--channel", "posts", "--at", "2026-04-13T08:40", "--factor", 6, "--half-life", 0.3)


def test_drill_prints_one_document_or_the_days_side_by_side(run, tmp_path):
    path = tmp_path / "morning.toml"
    path.write_text(MORNING)
    status, out, err = run("drill", path, *DRILL, "--call-in", "team=2", *FAST, "--json")
    assert status == 0, err
    document = json.loads(out)
    assert [row["arrangement"] for row in document["rows"]] == ["calm day", "burst", "called in"]
    assert document["call_in"] == {"team": 2}
    assert document["called_at"] == "2026-04-13T09:10:00+01:00"
    _, out, _ = run("drill", path, *DRILL, *FAST)
    assert "crisis drill, posts" in out
    assert "posts at 6 times its volume from Mon 13 Apr 08:40" in " ".join(out.split())


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--call-in", "team"), "written like group=agents"),
        (("--call-in", "team=two"), "one whole number"),
        (("--call-in", "team=1,7"), "one whole number"),
        (("--call-in", "team=1", "--call-in", "team=2"), "given once a group"),
        (("--call-in", "desk=2"), "of groups"),
        (("--at", "noon-ish"), "a time such as"),
    ],
)
def test_drills_that_cannot_be_read_are_refused(run, tmp_path, words, rule):
    path = tmp_path / "morning.toml"
    path.write_text(MORNING)
    status, _, err = run("drill", path, *DRILL, *words, *FAST)
    assert status == 2
    assert rule in " ".join(err.split())
