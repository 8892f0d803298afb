"""The sample centres are what data/README.md says, and the program makes them again."""

from __future__ import annotations

import gzip
import importlib
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tomlkit

from scenario import Demand, Scenario
from scenario.assumptions import burst_extra
from scenario.separate import separated

DATA = Path(__file__).resolve().parent.parent / "data"
SCENARIOS = {"team_20": "sample", "centre_200": "centre_200", "social_12": "social_12"}
CENTRES = tuple(SCENARIOS)
EVENT_DAYS = pd.to_datetime(["2025-11-20", "2025-11-28", "2025-12-12", "2026-01-14"])


@pytest.fixture(scope="module")
def program() -> Iterator[SimpleNamespace]:
    """The program's own modules, which live beside the data and are not installed."""
    sys.path.insert(0, str(DATA))
    try:
        yield SimpleNamespace(
            centres=importlib.import_module("centres"), weather=importlib.import_module("weather")
        )
    finally:
        sys.path.remove(str(DATA))
        for name in ("centres", "weather"):
            sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def histories() -> dict[str, pd.DataFrame]:
    """History of each centre with its times as instants and its local dates."""
    tables = {}
    for centre in CENTRES:
        table = pd.read_csv(DATA / centre / "history.csv")
        start = pd.to_datetime(table["interval_start"], utc=True).dt.tz_convert("Europe/London")
        tables[centre] = table.assign(start=start, date=start.dt.tz_localize(None).dt.normalize())
    return tables


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


@pytest.mark.parametrize("centre", CENTRES)
def test_the_expected_planned_week_has_the_declared_volumes(
    program: SimpleNamespace, centre: str
) -> None:
    """Volumes of the design: they are the planned week's, so growth must end exactly there."""
    weekly = {
        "team_20": {"chat": 2300, "x": 1300, "facebook": 750, "callback": 280},
        "centre_200": {"chat": 25_000, "x": 6800, "facebook": 4150, "callback": 3650},
        "social_12": {"x": 2400, "facebook": 1400},
    }[centre]
    starts = planned_week(program)
    for channel in centre_of(program, centre).channels:
        # Tuesday follows Easter Monday only in the week before: 13 to 19 April is ordinary.
        total = program.weather.ordinary_rate(channel, starts).sum()
        assert total == pytest.approx(weekly[channel.name])


def test_the_history_has_rows_for_every_open_quarter_hour_but_the_gap(
    histories: dict[str, pd.DataFrame],
) -> None:
    for centre, table in histories.items():
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


def test_counts_of_the_history_add_up(histories: dict[str, pd.DataFrame]) -> None:
    for table in histories.values():
        numbers = table[["offered", "answered", "abandoned", "handle_time_s"]]
        assert (numbers >= 0).all().all()
        assert (numbers.dtypes == np.int64).all()
        lost = table["offered"] - table["answered"] - table["abandoned"]
        assert (lost[table["channel"] != "callback"] == 0).all()
        assert (lost >= 0).all(), "callbacks that reach nobody are neither answered nor abandoned"
        assert (table["handle_time_s"].eq(0) | table["answered"].gt(0)).all()


def test_the_outlier_is_one_quarter_hour(histories: dict[str, pd.DataFrame]) -> None:
    for table in histories.values():
        posts = table[table["channel"] == "facebook"].set_index("interval_start")["offered"]
        assert posts["2025-12-12T13:30:00+00:00"] == 180
        assert posts.drop("2025-12-12T13:30:00+00:00").max() < 60


@pytest.mark.parametrize("centre", CENTRES)
def test_bank_holidays_the_launch_and_the_viral_post_lift_as_declared(
    program: SimpleNamespace, histories: dict[str, pd.DataFrame], centre: str
) -> None:
    days = daily(program, histories[centre], centre)
    cv = centre_of(program, centre).day_cv

    def check(rows: pd.DataFrame, factor: float, ordinary: pd.Series) -> None:
        expected = float((factor * ordinary).sum())
        spread = np.sqrt(expected + cv**2 * float(((factor * ordinary) ** 2).sum()))
        assert abs(rows["offered"].sum() - expected) < 4 * spread

    on_holidays = {"chat": 0.45, "callback": 0.45, "x": 0.75, "facebook": 0.75}
    for channel, rows in days.groupby("channel"):
        holidays = rows[rows["date"].isin(pd.to_datetime(["2025-12-26", "2026-01-01"]))]
        check(holidays, 1.0, holidays["ordinary"])
        # The same weekdays, a Friday and a Thursday, of an ordinary week.
        usual = rows.set_index("date")["ordinary"][["2025-12-19", "2025-12-18"]].to_numpy()
        share = holidays["ordinary"].to_numpy() / usual
        assert share == pytest.approx(on_holidays[str(channel)], rel=0.02)
        if channel in {"chat", "x"}:
            launch = rows[rows["date"].between("2026-02-03", "2026-02-05")]
            peak = {"chat": 1.6, "x": 1.8}[str(channel)]
            lifted = launch["ordinary"] + launch["extra"]
            check(launch, 1.0, lifted)
            # Three days of one half-life: on average 0.72 of the peak's lift is left.
            assert lifted.sum() / launch["ordinary"].sum() == pytest.approx(
                1 + 0.72 * (peak - 1), abs=0.03
            )
    viral = days[(days["channel"] == "x") & (days["date"] == "2026-01-14")]
    check(viral, 1.0, viral["ordinary"] + viral["extra"])
    # Hour shares of the afternoon times the factors lift the day's X posts by 115 %.
    assert float((viral["extra"] / viral["ordinary"]).iloc[0]) == pytest.approx(1.1546, abs=0.003)


@pytest.mark.parametrize("centre", CENTRES)
def test_daily_totals_vary_as_much_as_declared(
    program: SimpleNamespace, histories: dict[str, pd.DataFrame], centre: str
) -> None:
    """
    Variance of daily totals = mean + cv² mean²: the counting noise and the day's own weather.

    So ((total - mean)² - mean) / mean² estimates cv², here pooled over days and channels.
    """
    days = ordinary_days(daily(program, histories[centre], centre))
    noise_free = (days["offered"] - days["ordinary"]) ** 2 - days["ordinary"]
    estimate, error = jackknife(days["week"], noise_free, days["ordinary"] ** 2)
    asked = {"team_20": 0.12, "centre_200": 0.08, "social_12": 0.12}[centre] ** 2
    assert abs(estimate - asked) < 4 * error
    assert estimate > 4 * error, "and the data can tell it from no spread at all"
    ratio = ((days["offered"] - days["ordinary"]) ** 2).sum() / days["ordinary"].sum()
    assert ratio > 1.5, "far from Poisson, whose variance over mean is 1"


@pytest.mark.parametrize(
    ("centre", "channel"),
    [("team_20", "chat"), ("centre_200", "chat"), ("centre_200", "x"), ("centre_200", "callback")],
)
def test_rates_of_adjacent_half_hours_correlate_at_0_8(
    program: SimpleNamespace, histories: dict[str, pd.DataFrame], centre: str, channel: str
) -> None:
    """
    Of the rates, that is of the counts with their own Poisson noise taken out of the variance.

    Bank calls of 2003: residuals of adjacent half-hours correlate at about 0.8.
    """
    table = expected(program, histories[centre], centre)
    table = ordinary_days(table[table["channel"] == channel])
    half = table.groupby(table["start"].dt.tz_convert("UTC").dt.floor("30min")).agg(
        offered=("offered", "sum"),
        ordinary=("ordinary", "sum"),
        quarters=("offered", "size"),
        week=("week", "first"),
    )
    half = half[half["quarters"] == 2]
    error = (half["offered"] - half["ordinary"]) / half["ordinary"]
    follows = half.index.to_series().diff() == pd.Timedelta(minutes=30)
    weight = half["ordinary"]
    together = (error * error.shift() * weight).where(follows, 0.0)
    alone = ((error**2 - 1 / half["ordinary"]) * weight).where(follows, 0.0)
    estimate, standard_error = jackknife(half["week"], together, alone)
    assert standard_error < 0.15
    assert abs(estimate - 0.8) < 4 * standard_error


@pytest.mark.parametrize("centre", CENTRES)
def test_half_of_a_days_variance_is_common_to_the_channels(
    program: SimpleNamespace, histories: dict[str, pd.DataFrame], centre: str
) -> None:
    days = ordinary_days(daily(program, histories[centre], centre))
    relative = (days["offered"] / days["ordinary"] - 1).to_frame("relative")
    wide = relative.assign(date=days["date"], channel=days["channel"]).pivot_table(
        index="date", columns="channel", values="relative"
    )
    week = pd.Series((wide.index - pd.Timestamp("2025-10-13")) // pd.Timedelta(days=7), wide.index)
    pairs = [(a, b) for n, a in enumerate(wide) for b in list(wide)[n + 1 :]]
    products = pd.concat([wide[a] * wide[b] for a, b in pairs]).dropna()
    weeks = pd.concat([week] * len(pairs)).loc[lambda s: s.index.isin(products.index)]
    weeks = pd.Series(week.reindex(products.index).to_numpy(), products.index)
    estimate, error = jackknife(weeks, products, pd.Series(1.0, products.index))
    asked = 0.5 * centre_of(program, centre).day_cv ** 2
    assert abs(estimate - asked) < 4 * error
    assert estimate > 2 * error


def test_handle_times_have_the_declared_mean_and_trend(
    histories: dict[str, pd.DataFrame],
) -> None:
    """Chat -0.15 % and X +0.2 % a week, ending at the planned week's means."""
    declared = {
        ("team_20", "chat"): (480, 0.8, -0.0015),
        ("team_20", "x"): (240, 1.0, 0.002),
        ("team_20", "facebook"): (300, 1.0, 0.0),
        ("team_20", "callback"): (450, 0.9, 0.0),
        ("centre_200", "chat"): (540, 0.8, -0.0015),
        ("centre_200", "callback"): (480, 0.9, 0.0),
        ("social_12", "x"): (200, 1.0, 0.002),
    }
    for (centre, channel), (mean_s, cv, trend) in declared.items():
        table = histories[centre]
        rows = table[table["channel"] == channel]
        weeks = (rows["date"] - pd.Timestamp("2026-04-13")) // pd.Timedelta(days=7)
        expected_s = (rows["answered"] * mean_s * (1 + trend) ** weeks).sum()
        spread = mean_s * cv * np.sqrt(rows["answered"].sum())
        assert abs(rows["handle_time_s"].sum() - expected_s) < 4 * spread


def test_the_staffing_files_hold_the_declared_floor_hours() -> None:
    hours = {"team_20": {"team": 473}, "social_12": {"team": 291}}
    hours["centre_200"] = {"on_site": 3061, "at_home": 1479}
    for centre, by_group in hours.items():
        table = pd.read_csv(DATA / centre / "staffing.csv")
        assert table.groupby("group")["agents"].sum().to_dict() == by_group
        staff = load(centre).staff()
        assert dict(zip(staff.groups, staff.hours, strict=True)) == by_group


@pytest.mark.parametrize(
    ("centre", "paid_hours", "cost", "fte", "per_contact", "contacts"),
    [
        ("team_20", 675, 12_030, 18.0, 2.60, 4630),
        ("centre_200", 6500, 122_750, 173.3, 3.10, 39_600),
        ("social_12", 417, 7923, 11.1, 2.08, 3800),
    ],
)
def test_contracts_give_the_declared_paid_hours_and_cost(
    centre: str, paid_hours: float, cost: float, fte: float, per_contact: float, contacts: int
) -> None:
    scenario = load(centre)
    contracts = [c for group in scenario.groups.values() for c in group.contracts.values()]
    hours = sum(c.agents * c.hours_per_week for c in contracts)
    assert hours == paid_hours
    assert sum(c.agents * c.hours_per_week * c.cost_per_hour for c in contracts) == cost
    assert round(hours / scenario.full_time_hours, 1) == fte
    assert round(cost / contacts, 2) == per_contact
    for name, group in scenario.groups.items():
        paid = sum(c.agents * c.hours_per_week for c in group.contracts.values())
        floor = scenario.staff().hours[list(scenario.groups).index(name)]
        assert floor == pytest.approx(paid * (1 - group.total_shrinkage), abs=1.1)


@pytest.mark.parametrize("centre", CENTRES)
def test_shift_kinds_cover_every_open_half_hour_and_fit_their_contracts(centre: str) -> None:
    scenario = load(centre)
    needed = {
        (weekday, minute)
        for channel in scenario.channels.values()
        for weekday, begin, end in spans(channel.open)
        for minute in range(begin, end, 30)
    }
    covered = set()
    for group in scenario.groups.values():
        for kind in group.shifts.values():
            unpaid = sum(pause.minutes for pause in kind.breaks if not pause.paid)
            paid = (kind.length_minutes - unpaid) / 60
            hours = group.contracts[str(kind.contract)].hours_per_week
            assert hours / paid == pytest.approx(round(hours / paid), abs=0.3)
            first, last = minutes(kind.earliest_start), minutes(kind.latest_start)
            for start in range(first, last + 1, kind.step_minutes):
                end = start + kind.length_minutes
                covered |= {(d, m) for d in weekdays(kind.days) for m in range(start, end, 30)}
                assert end <= max(e for d, _, e in open_spans(scenario) if d in weekdays(kind.days))
    assert needed <= covered


@pytest.mark.parametrize("centre", CENTRES)
def test_scenario_files_load_and_round_trip(centre: str) -> None:
    scenario = load(centre)
    assert scenario.interval_count == 7 * 48
    assert scenario.period.starts[0] == pd.Timestamp("2026-04-13 00:00+01:00")
    assert Scenario.parse(scenario.to_toml(), DATA / "scenarios") == scenario
    assert scenario.path_of(str(scenario.demand.history)).is_file()
    assert scenario.path_of(str(scenario.demand.events)).is_file()
    assert set(scenario.channels) == set(pd.read_csv(DATA / centre / "history.csv")["channel"])


@pytest.mark.parametrize("centre", CENTRES)
def test_the_opening_backlog_is_what_sunday_leaves(program: SimpleNamespace, centre: str) -> None:
    """Posts expected between Sunday's closing and midnight, at even steps of their number."""
    scenario = load(centre)
    starts = planned_week(program)
    for name in ("x", "facebook"):
        channel = centre_of(program, centre).channel(name)
        closes = max(end for day, _, end in spans(scenario.channels[name].open) if day == 6)
        rate = program.weather.ordinary_rate(channel, starts)[-96:]
        after = np.arange(96) * 15 >= closes
        backlog = scenario.channels[name].initial_backlog
        assert isinstance(backlog, tuple)
        assert abs(len(backlog) - rate[after].sum()) <= 0.5
        assert max(backlog) <= (1440 - closes) * 60
    if centre == "team_20":
        # 86 X and 51 Facebook posts wait on Monday at 8:00.
        for name, waiting in (("x", 86), ("facebook", 51)):
            rate = program.weather.ordinary_rate(centre_of(program, centre).channel(name), starts)
            backlog = scenario.channels[name].initial_backlog
            assert round(len(backlog) + rate[:32].sum()) == pytest.approx(waiting, abs=1)


@pytest.mark.parametrize(
    "name", sorted(tomlkit.parse((DATA / "scenarios/presets.toml").read_text()))
)
def test_every_preset_applies_to_the_team_of_20(name: str) -> None:
    preset = presets()[name]
    assert preset["label"]
    assert preset["description"].endswith(".")
    base = load("team_20")
    changed = base.with_changes(preset["changes"])
    assert changed != base
    assert changed.staff().hours.sum() == {"flu_week": 405}.get(name, 473)


def test_the_viral_preset_adds_218_posts_and_the_outage_doubles_monday(
    program: SimpleNamespace,
) -> None:
    base = load("team_20")
    demand = expected_week(program, base)
    viral = base.with_changes(presets()["viral_post"]["changes"])
    assert round(float(burst_extra(viral, demand).sum())) == 218
    outage = base.with_changes(presets()["outage_monday"]["changes"])
    extra = burst_extra(outage, demand)
    monday = slice(18, 26)
    lift = 1 + extra[monday].sum(axis=0) / demand.mean[monday].sum(axis=0)
    channels = list(demand.channels)
    assert lift[channels.index("chat")] == pytest.approx(2.06, abs=0.03)
    assert lift[channels.index("x")] == pytest.approx(2.57, abs=0.03)
    assert lift[channels.index("callback")] == 1
    assert extra[26:].sum() == 0


def test_new_hires_are_a_fifth_of_the_floor_where_five_or_more_work() -> None:
    base = load("team_20")
    changed = base.with_changes(presets()["new_hires"]["changes"])
    before, after = base.staff().agents[:, 0], changed.staff().agents
    assert (after.sum(axis=1) == before).all()
    novices = np.where(before >= 5, np.floor(0.2 * before + 0.5), 0)
    assert (after[:, 1] == novices).all()
    skills = changed.groups["novices"].skills
    assert {(s.speed, s.max_concurrent) for s in skills.values()} == {(1.35, 1)}
    assert set(skills) == set(base.channels)


def test_separate_teams_share_the_same_hours(program: SimpleNamespace) -> None:
    base = load("team_20").with_changes(presets()["separate_teams"]["changes"])
    apart, staff = separated(base, expected_week(program, base), base.staff())
    assert staff.hours.sum() == 473
    assert all(len(group.skills) == 1 for group in apart.groups.values())


def test_the_contact_log_is_the_history_one_by_one(histories: dict[str, pd.DataFrame]) -> None:
    log = contact_log()
    medium = {
        "Live chat": "chat",
        "X post": "x",
        "Facebook post": "facebook",
        "Call back": "callback",
    }
    own_names = set(histories["team_20"]) | {"wait", "outcome", "agent", "reach", "arrival"}
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
    week = histories["team_20"]
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


# Helpers


def load(centre: str) -> Scenario:
    return Scenario.load(DATA / "scenarios" / f"{SCENARIOS[centre]}.toml")


def presets() -> dict[str, Any]:
    text = (DATA / "scenarios" / "presets.toml").read_text(encoding="utf-8")
    return tomlkit.parse(text).unwrap()


def contact_log() -> pd.DataFrame:
    return pd.read_csv(DATA / "contact_log.csv.gz", parse_dates=["Received"])


def centre_of(program: SimpleNamespace, folder: str) -> Any:
    return next(c for c in program.centres.CENTRES if c.folder == folder)


def planned_week(program: SimpleNamespace) -> pd.DatetimeIndex:
    monday = program.centres.PLANNED_WEEK
    return program.weather.quarter_starts(monday, monday + pd.Timedelta(days=6))


def expected_week(program: SimpleNamespace, scenario: Scenario) -> Demand:
    """Demand of the planned week as the program expects it, without any forecast."""
    rates = [
        program.weather.ordinary_rate(
            centre_of(program, "team_20").channel(name), planned_week(program)
        )
        .reshape(-1, 2)
        .sum(axis=1)
        for name in scenario.channels
    ]
    mean = np.stack(rates, axis=1)
    return Demand(scenario.period, tuple(scenario.channels), mean, np.full_like(mean, np.nan))


def expected(program: SimpleNamespace, table: pd.DataFrame, centre: str) -> pd.DataFrame:
    """The history beside what was expected: `ordinary` and what events added, `extra`."""
    starts = program.weather.quarter_starts()
    parts = []
    for channel in centre_of(program, centre).channels:
        rate = program.weather.ordinary_rate(channel, starts)
        extra = program.weather.event_extra(channel, starts, rate)
        parts.append(
            pd.DataFrame({"start": starts, "ordinary": rate, "extra": extra}).assign(
                channel=channel.name
            )
        )
    both = table.merge(pd.concat(parts), on=["start", "channel"], validate="one_to_one")
    return both.assign(week=(both["date"] - pd.Timestamp("2025-10-13")) // pd.Timedelta(days=7))


def daily(program: SimpleNamespace, table: pd.DataFrame, centre: str) -> pd.DataFrame:
    table = expected(program, table, centre)
    keys = ["date", "channel", "week"]
    return table.groupby(keys, as_index=False)[["offered", "ordinary", "extra"]].sum()


def ordinary_days(table: pd.DataFrame) -> pd.DataFrame:
    """Days without gap, outlier, burst or launch."""
    launch = table["date"].between("2026-02-03", "2026-02-23")
    return table[~table["date"].isin(EVENT_DAYS) & ~launch]


def jackknife(week: pd.Series, top: pd.Series, bottom: pd.Series) -> tuple[float, float]:
    """Ratio of sums and its standard error, one week left out at a time."""
    tops, bottoms = (values.groupby(week.to_numpy()).sum() for values in (top, bottom))
    without = (tops.sum() - tops) / (bottoms.sum() - bottoms)
    count = len(without)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    return float(tops.sum() / bottoms.sum()), float(error)


def spans(hours: dict[str, str]) -> list[tuple[int, int, int]]:
    from scenario.calendar import weekly_spans

    return list(weekly_spans(hours))


def open_spans(scenario: Scenario) -> list[tuple[int, int, int]]:
    return [span for channel in scenario.channels.values() for span in spans(channel.open)]


def minutes(clock: str) -> int:
    from scenario.calendar import minutes_in

    return minutes_in(clock)


def weekdays(text: str) -> list[int]:
    from scenario.calendar import weekdays_in

    return weekdays_in(text)
