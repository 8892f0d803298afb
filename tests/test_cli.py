"""The command line: one document on standard output, messages elsewhere, exit status 2."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cli

ROOT = Path(__file__).parents[1]
SMALL = """
name = "One morning"
timezone = "Europe/London"
replications = 4

[horizon]
start = 2026-04-13T08:00:00
length = "3h"

[demand.rates]
chat = 12
post = 6

[channels.chat]
kind = "live"
handle_time = { mean_s = 300 }
patience = { distribution = "exponential", mean_s = 240 }
target = { share = 0.8, within_s = 60 }

[channels.post]
kind = "deferred"
priority = 1
handle_time = { mean_s = 240 }
target = { share = 0.8, within_s = 900 }

[groups.team]
agents = 4
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05 }
skills = { chat = { max_concurrent = 2 }, post = {} }
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "morning.toml"
    path.write_text(SMALL)
    return path


def test_simulate_prints_one_document_with_the_promised_keys(run, scenario):
    status, out, _ = run("simulate", scenario, "--json", "--workers", 1)

    document = json.loads(out)
    assert status == 0
    assert {"engine", "seed", "replications", "totals", "intervals", "groups"} <= set(document)
    assert document["replications"] == 4
    row = {entry["channel"]: entry for entry in document["totals"]}["chat"]
    assert {
        "offered", "answered", "abandoned", "blocked", "converted", "waiting", "service_level",
        "service_level_low", "service_level_high", "probability_met", "asa_s", "wait_mean_s",
        "wait_p50_s", "wait_p90_s", "wait_p99_s", "abandonment",
    } <= set(row)  # fmt: skip
    group = document["groups"][0]
    assert {"group", "occupancy", "slots_filled", "cost"} <= set(group)


def test_same_seed_gives_the_same_document_whatever_the_workers(run, scenario):
    first = run("simulate", scenario, "--json", "--seed", 7, "--workers", 1)[1]
    second = run("simulate", scenario, "--json", "--seed", 7, "--workers", 2)[1]

    assert first == second


def test_set_puts_a_value_in_place(run, scenario):
    status, out, _ = run(
        "simulate", scenario, "--json", "--workers", 1, "--set", "groups.team.agents=0"
    )

    totals = {row["channel"]: row for row in json.loads(out)["totals"]}
    assert status == 0
    assert totals["chat"]["answered"] == 0
    assert totals["post"]["answered"] == 0


def test_records_hold_every_contact_offered(run, scenario, tmp_path):
    import pandas as pd

    file = tmp_path / "contacts.csv"
    _, out, _ = run("simulate", scenario, "--json", "--workers", 1, "--records", file)

    offered = sum(row["offered"] for row in json.loads(out)["totals"])
    contacts = pd.read_csv(file)
    assert len(contacts) == pytest.approx(offered * 4)


def test_a_trace_holds_every_event_of_the_first_run(run, scenario, tmp_path):
    import pandas as pd

    files = (tmp_path / "trace.csv", tmp_path / "contacts.csv")
    run("simulate", scenario, "--workers", 1, "--trace", files[0], "--records", files[1])

    story, contacts = (pd.read_csv(file) for file in files)
    started = contacts[(contacts["replication"] == 0) & contacts["start"].notna()]
    assert set(story.loc[story["what"] == "starts", "contact"]) == set(started["id"])


def test_plan_prints_one_document_and_fills_its_folder(run, scenario, tmp_path):
    folder = tmp_path / "plan"
    status, out, _ = run("plan", scenario, "--json", "--workers", 1, "--out", folder)

    document = json.loads(out)
    assert status == 0
    assert {
        "requirement", "shifts", "targets", "unmet", "ladder", "cost", "paid_hours", "fte",
        "seconds",
    } <= set(document)  # fmt: skip
    assert all("fresh_seed_achieved" in target for target in document["targets"])
    assert (folder / "scenario.toml").exists()
    assert (folder / "plan.json").exists()


def test_a_plan_s_folder_holds_the_options_it_was_made_with(run, scenario, tmp_path):
    """The scenario in it gives the same plan again."""
    from scenario import Scenario

    folder = tmp_path / "plan"
    options = ("--workers", 1, "--seed", 7, "--replications", 2)
    run("plan", scenario, *options, "--out", folder)

    kept = Scenario.load(folder / "scenario.toml")
    assert (kept.seed, kept.replications) == (7, 2)


@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "--records", "nowhere/contacts.csv"),
        ("simulate", "--records", "folder.csv"),
        ("simulate", "--records", "contacts.txt"),
        ("simulate", "--trace", "trace.txt"),
        ("plan", "--out", "morning.toml"),
        ("plan", "--out", "morning.toml/plan"),
    ],
)
def test_results_that_could_not_be_kept_are_refused_before_the_work(
    run, scenario, tmp_path, monkeypatch, arguments
):
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.setattr("forecast.sources.demand_for", lambda *_: pytest.fail("work was begun"))
    command, option, place = arguments

    status, out, err = run(command, scenario, option, tmp_path / place)

    assert status == 2
    assert option in err
    assert out == ""


def test_schema_is_a_json_schema(run):
    _, out, _ = run("schema")

    schema = json.loads(out)
    assert "channels" in schema["properties"]


def test_check_finds_a_valid_scenario_valid(run, scenario):
    status, out, _ = run("check", scenario)

    assert status == 0
    assert "valid" in out


TABLES = {
    "staffing": ("interval_start,group,agents\n2026-04-13 08:00,team,{}\n", "3", "-3", "agents"),
    "events": (
        "name,channel,start,end\nsale,chat,2026-04-13 08:00,{}\n",
        "2026-04-14 08:00", "soon", "end",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
def test_check_knows_a_table_by_its_columns(run, tmp_path, kind):
    text, good, bad, column = TABLES[kind]
    file = tmp_path / "table.csv"
    file.write_text(text.format(good))
    status, out, _ = run("check", file, "--timezone", "Europe/London")
    assert (status, out.strip()) == (0, f"{file}: {kind}, valid")

    file.write_text(text.format(bad))
    status, out, _ = run("check", file, "--timezone", "Europe/London")
    assert status == 2
    assert f"row 2, {column}: must be" in out


FILES_NAMED = {
    "a forecast that ends too soon": (
        'forecast = "named.csv"',
        "interval_start,channel,mean\n2026-04-13 08:00,chat,3\n2026-04-13 08:30,chat,3\n",
        "demand must be known from 2026-04-13 08:00 BST",
    ),
    "a history of other channels": (
        'history = "named.csv"',
        "interval_start,channel,offered,answered,abandoned,handle_time_s\n"
        "2026-01-05 08:00,phone,1,1,0,300\n2026-01-05 08:30,phone,1,1,0,300\n",
        "for a channel of the scenario (chat, post), got 'phone'",
    ),
    "events that are not there": ('history = "named.csv"\nevents = "no.csv"', "", "no.csv"),
}


@pytest.mark.parametrize("fault", FILES_NAMED)
def test_check_reads_the_files_that_a_scenario_names(run, scenario, tmp_path, fault):
    keys, table, named = FILES_NAMED[fault]
    scenario.write_text(SMALL.replace("[demand.rates]\nchat = 12\npost = 6", f"[demand]\n{keys}"))
    (tmp_path / "named.csv").write_text(table)

    status, out, _ = run("check", scenario)

    assert status == 2
    assert named in out


def test_utc_is_told_where_no_time_zone_is_given(run, tmp_path):
    file = tmp_path / "history.csv"
    file.write_text(HEADER + "2026-01-05 08:00,chat,1,1,0,300\n2026-01-05 08:30,chat,1,1,0,300\n")

    assert "read in UTC; --timezone" in run("check", file)[2]
    assert "UTC" not in run("check", file, "--timezone", "Europe/London")[2]
    assert "timezone must be an IANA name" in run("check", file, "--timezone", "Mars")[1]


BROKEN_SCENARIOS = {
    "an unknown key": ('name = "One morning"', 'nmae = "One morning"', "nmae"),
    "a group without skills": (
        "skills = { chat = { max_concurrent = 2 }, post = {} }", "skills = {}", "skills",
    ),
    "a channel that nobody serves": (
        "skills = { chat = { max_concurrent = 2 }, post = {} }", "skills = { chat = {} }", "post",
    ),
    "text in a number": ("agents = 4", 'agents = "four"', "agents"),
    "a value out of range": ("share = 0.8, within_s = 60", "share = 80, within_s = 60", "share"),
    "no TOML at all": ("[horizon]", "[horizon", ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", BROKEN_SCENARIOS)
@pytest.mark.parametrize("command", ["check", "simulate", "plan"])
def test_broken_scenarios_are_told_in_a_clear_message(run, scenario, fault, command):
    old, new, named = BROKEN_SCENARIOS[fault]
    assert old in SMALL
    scenario.write_text(SMALL.replace(old, new))

    status, out, err = run(command, scenario)

    assert status == 2
    assert "morning.toml" in out + err
    assert named in out + err
    assert "Traceback" not in out + err


HEADER = "interval_start,channel,offered,answered,abandoned,handle_time_s\n"
BROKEN_HISTORIES = {
    "empty": (b"", "empty"),
    "missing columns": (b"interval_start,channel\n2026-01-05 08:00,chat\n", "offered"),
    "text in numbers": (
        (HEADER + "2026-01-05 08:00,chat,many,1,0,300\n2026-01-05 08:30,chat,1,1,0,300\n").encode(),
        "row 2",
    ),
    "mixed time zones": (
        (
            HEADER + "2026-01-05T08:00:00+00:00,chat,1,1,0,300\n2026-01-05 08:30,chat,1,1,0,300\n"
        ).encode(),
        "interval_start",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "history.csv"),
}


@pytest.mark.parametrize("fault", BROKEN_HISTORIES)
@pytest.mark.parametrize("command", ["check", "forecast", "backtest"])
def test_broken_histories_are_told_in_a_clear_message(run, tmp_path, fault, command):
    content, named = BROKEN_HISTORIES[fault]
    file = tmp_path / "history.csv"
    file.write_bytes(content)

    status, out, err = run(command, file)

    assert status == 2
    assert named in out + err
    assert "Traceback" not in out + err


def test_a_huge_file_is_refused_before_it_is_read(run, tmp_path):
    file = tmp_path / "huge.csv"
    with file.open("wb") as handle:
        handle.truncate(200 * 2**20)

    status, out, err = run("check", file)

    assert status == 2
    assert "200 MB" in out + err


def test_a_gz_that_unpacks_to_too_much_is_refused(run, tmp_path, monkeypatch):
    import scenario.tables

    monkeypatch.setattr(scenario.tables, "MAX_EXPANDED_BYTES", 1000)
    file = tmp_path / "history.csv.gz"
    with gzip.open(file, "wb") as handle:
        handle.write(HEADER.encode() + b"2026-01-05 08:00,chat,1,1,0,300\n" * 100)

    status, out, err = run("check", file)

    assert status == 2
    assert "unpacked" in out + err


@pytest.fixture(scope="module")
def team_history(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "history.csv"
    shutil.copy(ROOT / "data" / "team_20" / "history.csv", path)
    return path


def test_forecast_document_has_the_promised_keys(run, team_history):
    status, out, err = run(
        "forecast", team_history, "--timezone", "Europe/London", "--horizon", "2d", "--json"
    )

    document = json.loads(out)
    assert status == 0
    assert {"channels", "interval_minutes", "rows", "warnings"} <= set(document)
    assert {
        "interval_start", "channel", "mean", "p05", "p10", "p50", "p90", "p95", "handle_time_s",
    } <= set(document["rows"][0])  # fmt: skip
    assert "Note:" in err  # the gap and the clock changes of the sample are told


def test_forecast_file_is_a_demand_for_a_scenario(run, team_history, tmp_path):
    file = tmp_path / "forecast.parquet"
    run("forecast", team_history, "--timezone", "Europe/London", "--horizon", "7d", "--out", file)

    text = (ROOT / "data" / "scenarios" / "sample.toml").read_text()
    (tmp_path / "staffing.csv").write_text((ROOT / "data/team_20/staffing.csv").read_text())
    from scenario import Scenario
    from scenario.demand import Demand

    original = Scenario.parse(text)
    demand = Demand.load(file, original.timezone)
    assert set(demand.channels) == set(original.channels)
    assert demand.paths is not None


def test_backtest_document_has_the_promised_keys(run, team_history):
    status, out, _ = run(
        "backtest", team_history, "--timezone", "Europe/London", "--horizon", "7d",
        "--origins", "2", "--json",
    )  # fmt: skip

    document = json.loads(out)
    assert status == 0
    assert {"horizon_days", "origins", "channels"} <= set(document)
    assert len(document["origins"]) == 2
    assert {
        "wape", "wape_week1", "bias", "mase", "naive_wape", "coverage_80", "coverage_95",
        "pinball", "method", "seconds",
    } <= set(document["channels"]["chat"])  # fmt: skip


def test_words_of_a_table_stay_whole_on_a_narrow_terminal(capsys, monkeypatch):
    """Callback is no callbac k, 23-55 no 23-5 5."""
    from commands import terminal

    monkeypatch.setattr(terminal.out, "width", 40)
    row = {f"column {number}": "callback 1,234–5,678" for number in range(5)}
    terminal.print_rows([row], "Narrow")
    shown = capsys.readouterr().out
    assert shown.count("callback") == shown.count("1,234–5,678") == 5


def test_the_installed_command_starts():
    """The console script itself, in a process of its own."""
    done = subprocess.run(
        [sys.executable, ROOT / "cli.py", "--help"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    for command in ("check", "forecast", "backtest", "simulate", "plan", "schema", "app"):
        assert command in done.stdout


def test_unexpected_errors_surface(monkeypatch, scenario):
    """Anything that is not a PlanningError is a bug: it keeps its traceback."""
    monkeypatch.setattr("scenario.Scenario.load", lambda *_: 1 / 0)
    monkeypatch.setattr(sys, "argv", ["allweather", "simulate", str(scenario)])

    with pytest.raises(ZeroDivisionError):
        cli.main()
