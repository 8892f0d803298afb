"""Volumes, spread and correlation of the sample are what data/README.md says."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from sample_parts import CENTRES, figures, history, planned_week, program

EVENT_DAYS = pd.to_datetime(["2025-11-20", "2025-11-28", "2025-12-12", "2026-01-14"])


@pytest.mark.parametrize("centre", CENTRES)
def test_the_expected_planned_week_has_the_declared_volumes(centre: str) -> None:
    """Volumes of the design: they are the planned week's, so growth must end exactly there."""
    weekly = {
        "team_20": {"chat": 2300, "x": 1300, "facebook": 750, "callback": 280},
        "centre_200": {"chat": 25_000, "x": 6800, "facebook": 4150, "callback": 3650},
        "social_12": {"x": 2400, "facebook": 1400},
    }[centre]
    starts = planned_week()
    for channel in figures(centre).channels:
        total = program().weather.ordinary_rate(channel, starts).sum()
        assert total == pytest.approx(weekly[channel.name])


@pytest.mark.parametrize("centre", CENTRES)
def test_bank_holidays_the_launch_and_the_viral_post_lift_as_declared(centre: str) -> None:
    days = daily(centre)
    cv = figures(centre).day_cv

    def check(rows: pd.DataFrame) -> None:
        mean = rows["ordinary"] + rows["extra"]
        spread = np.sqrt(mean.sum() + cv**2 * (rows["ordinary"] ** 2).sum())
        assert abs(rows["offered"].sum() - mean.sum()) < 4 * spread

    on_holidays = {"chat": 0.45, "callback": 0.45, "x": 0.75, "facebook": 0.75}
    for channel, rows in days.groupby("channel"):
        holidays = rows[rows["date"].isin(pd.to_datetime(["2025-12-26", "2026-01-01"]))]
        check(holidays)
        # The same weekdays, a Friday and a Thursday, of an ordinary week.
        usual = rows.set_index("date")["ordinary"][["2025-12-19", "2025-12-18"]].to_numpy()
        share = holidays["ordinary"].to_numpy() / usual
        assert share == pytest.approx(on_holidays[str(channel)], rel=0.02)
        if channel in {"chat", "x"}:
            launch = rows[rows["date"].between("2026-02-03", "2026-02-05")]
            peak = {"chat": 1.6, "x": 1.8}[str(channel)]
            lifted = launch["ordinary"] + launch["extra"]
            check(launch)
            # Three days of one half-life: on average 0.72 of the peak's lift is left.
            assert lifted.sum() / launch["ordinary"].sum() == pytest.approx(
                1 + 0.72 * (peak - 1), abs=0.03
            )
    viral = days[(days["channel"] == "x") & (days["date"] == "2026-01-14")]
    check(viral)
    # Hour shares of the afternoon times the factors lift the day's X posts by 115 %.
    assert float((viral["extra"] / viral["ordinary"]).iloc[0]) == pytest.approx(1.1546, abs=0.003)


@pytest.mark.parametrize("centre", CENTRES)
def test_daily_totals_vary_as_much_as_declared(centre: str) -> None:
    """
    Variance of daily totals = mean + cv² mean²: the counting noise and the day's own weather.

    So ((total - mean)² - mean) / mean² estimates cv², here pooled over days and channels.
    """
    days = ordinary_days(daily(centre))
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
def test_rates_of_adjacent_half_hours_correlate_at_0_8(centre: str, channel: str) -> None:
    """
    Of the rates, that is of the counts with their own Poisson noise taken out of the variance.

    Bank calls of 2003: residuals of adjacent half-hours correlate at about 0.8.
    """
    table = expected(centre)
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
def test_half_of_a_days_variance_is_common_to_the_channels(centre: str) -> None:
    days = ordinary_days(daily(centre))
    days["error"] = days["offered"] / days["ordinary"] - 1
    wide = days.pivot_table(index=["week", "date"], columns="channel", values="error")
    pairs = combinations(wide.columns, 2)
    together = pd.concat([wide[one] * wide[other] for one, other in pairs]).dropna()
    week = together.index.get_level_values("week").to_series(together.index)
    estimate, error = jackknife(week, together, pd.Series(1.0, together.index))
    asked = 0.5 * figures(centre).day_cv ** 2
    assert abs(estimate - asked) < 4 * error
    assert estimate > 2 * error


def test_handle_times_have_the_declared_mean_and_trend() -> None:
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
        table = history(centre)
        rows = table[table["channel"] == channel]
        weeks = (rows["date"] - pd.Timestamp("2026-04-13")) // pd.Timedelta(days=7)
        expected_s = (rows["answered"] * mean_s * (1 + trend) ** weeks).sum()
        spread = mean_s * cv * np.sqrt(rows["answered"].sum())
        assert abs(rows["handle_time_s"].sum() - expected_s) < 4 * spread


def expected(centre: str) -> pd.DataFrame:
    """The history beside what was expected: `ordinary`, and `extra` that events added."""
    starts, weather = program().weather.quarter_starts(), program().weather
    parts = []
    for channel in figures(centre).channels:
        ordinary = weather.ordinary_rate(channel, starts)
        extra = weather.event_extra(channel, starts, ordinary)
        part = pd.DataFrame({"start": starts, "ordinary": ordinary, "extra": extra})
        parts.append(part.assign(channel=channel.name))
    return history(centre).merge(pd.concat(parts), on=["start", "channel"], validate="one_to_one")


def daily(centre: str) -> pd.DataFrame:
    """The same by day and channel."""
    keys = ["date", "channel", "week"]
    return expected(centre).groupby(keys, as_index=False)[["offered", "ordinary", "extra"]].sum()


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
