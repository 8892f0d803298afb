"""How forecasts, backtests and the rest of a day look on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from commands.terminal import cell, out, percent, print_rows

if TYPE_CHECKING:
    import pandas as pd

    from forecast.accuracy import WeeklySpread
    from forecast.backtesting import Backtest
    from forecast.today import Today


def print_backtest(
    tested: Backtest, grains: pd.DataFrame, weekly: Mapping[str, WeeklySpread]
) -> None:
    """How good the forecast was, by channel, then by grain of time and week ahead."""
    figures = ("wape", "wape_week1", "naive_wape", "bias", "coverage_80", "coverage_95")
    rows = [
        {"channel": name, **{key: percent(found[key]) for key in figures}}
        | {"mase": cell(found["mase"]), "method": found["method"]}
        for name, found in tested.channels.items()
    ]
    print_rows(rows, f"{len(tested.origins)} origins, {tested.horizon_days:.0f} days ahead")
    rows = [
        {
            "channel": row["channel"],
            "weeks ahead": "all" if row["week"] == 0 else str(row["week"]),
            "by": row["grain"],
            "error": percent(row["wape"]),
            "counting noise": percent(row["counting_noise"]),
            "last week repeated": percent(row["naive_wape"]),
            "bias": percent(row["bias"]),
            "compared": cell(row["sums"]),
        }
        for row in grains.to_dict("records")
    ]
    print_rows(rows, "Errors by lead time and grain; counting noise is what no forecast can beat")
    if weekly:
        rows = [
            {
                "channel": name,
                "paths stray by": percent(one.paths),
                "weeks were off by": percent(one.errors),
                "ratio": f"{one.ratio:.2f} ± {one.standard_error:.2f}",
                "weeks": str(one.weeks),
            }
            for name, one in weekly.items()
        ]
        print_rows(rows, "Weekly totals: the paths of each origin, and what came after it")


def print_today(today: Today) -> None:
    """The day so far and the rest of it, by channel; alarms first."""
    for alarm in today.alarms:
        out.print(f"▲ {alarm.sentence}", markup=False)
    rows = [
        {
            "channel": row["channel"],
            "so far": cell(row["so_far"]),
            "expected": cell(row["so_far_forecast"]),
            "band": f"{row['so_far_low']:,.0f}–{row['so_far_high']:,.0f}",
            "rest was": cell(row["rest_forecast"]),
            "rest is": cell(row["rest"]),
            "9 in 10": f"{row['rest_low']:,.0f}–{row['rest_high']:,.0f}",
            "change": percent(row["change"]),
            "day": cell(row["day"]),
        }
        for row in today.totals.to_dict("records")
    ]
    print_rows(rows, f"{today.day:%A %d %B %Y}, known to {today.at:%H:%M}")


def print_layers(layers: pd.DataFrame) -> None:
    """What the forecast and each edit were worth."""
    rows = [
        {
            "channel": row["channel"],
            "edit": "" if row["edit"] == 0 else str(row["edit"]),
            "what": row["what"],
            "contacts": cell(row["actual"]),
            "last week repeated": percent(row["naive_wape"]),
            "forecast": percent(row["forecast_wape"]),
            "edited": percent(row["edited_wape"]),
            "forecast adds": percent(row["forecast_adds"]),
            "edits add": percent(row["edits_add"]),
        }
        for row in layers.to_dict("records")
    ]
    print_rows(rows, "Errors by interval, and what each layer took off them")
