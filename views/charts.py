"""
Pictures for the screen: tables in, Altair charts out.

Colour is never the only sign: lines also differ in their dashes, cells and bars carry a symbol
or a number. Times are drawn as the centre's own clock shows them, whatever the time zone of
the browser: they are passed as milliseconds of the local clock on a scale that converts nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
UNDER, OVER, MET = "▼", "▲", "●"
# Orange and blue after Okabe and Ito, and a grey, readable on light and dark grounds.
BAD, GOOD, PLAIN = "#D55E00", "#2b8cc4", "#8a949e"
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]]
HEIGHT = 260
AXES = (1.5, 16.0)  # days up to which a time axis tells hours, and weekdays
MAX_TOUCHED = 4_000  # points that answer to the pointer; more take longer than half a second


def clock_ms(times: Any) -> np.ndarray:
    """Milliseconds of the local clock, as the charts want times; shape as `times`."""
    index = pd.DatetimeIndex(times)
    local = index.tz_localize(None) if index.tz is not None else index
    return np.asarray(local.as_unit("ms").asi8, dtype=float)


def clock_text(times: Any, form: str = "%a %d %b %H:%M") -> list[str]:
    """Times for tooltips and tables, in local time."""
    return [time.strftime(form) for time in pd.DatetimeIndex(times)]


def alike(days: float, others: float) -> bool:
    """Whether two lengths of time, in days, have the same kind of time axis."""
    return [days <= end for end in AXES] == [others <= end for end in AXES]


def time_axis(days: float, title: str | None = None) -> alt.X:
    """The axis of a time column named `at`, labelled to suit its length in days."""
    if days <= AXES[0]:
        axis = alt.Axis(format="%H:%M", title=title, grid=False)
    elif days <= AXES[1]:
        ticks = alt.TimeIntervalStep(interval="day", step=1)
        axis = alt.Axis(
            format="%a %d", title=title, tickCount=ticks, labelAlign="left", labelOverlap=True
        )
    else:
        axis = alt.Axis(format="%d %b", title=title, labelOverlap=True, grid=False)
    return alt.X("at:T", scale=alt.Scale(type="utc", nice=False), axis=axis)


def named(
    field: str, names: Sequence[str], title: str | None = None, symbol: str = "stroke"
) -> alt.Color:
    """Colour by name, in the order of the names."""
    return alt.Color(
        f"{field}:N",
        sort=list(names),
        scale=alt.Scale(domain=list(names)),
        legend=alt.Legend(title=title, orient="top", symbolType=symbol, columns=4),
    )


def dashed(field: str, names: Sequence[str]) -> alt.StrokeDash:
    """Dashes by name, in one legend with the colour."""
    # One legend tells colour and dashes together, which needs equal domains and titles.
    return alt.StrokeDash(
        f"{field}:N",
        sort=list(names),
        scale=alt.Scale(domain=list(names), range=DASHES[: max(len(names), 1)]),
        legend=alt.Legend(title=None, orient="top", symbolType="stroke", columns=4),
    )


def lines(
    table: pd.DataFrame, names: Sequence[str], *, title: str, form: str = ",.1f", zero: bool = True
) -> alt.LayerChart:
    """
    One line a name over time.

    Parameters
    ----------
    table
        Columns `at` (milliseconds, see `clock_ms`), `when` (text), `name`, `value`.
    names
        Names in the order of the legend.
    title
        What is drawn, with its unit: the title of the axis.
    form
        Number format of the tooltips.
    zero
        Whether the axis begins at 0.
    """
    return lines_on(
        table,
        names,
        title=title,
        form=form,
        zero=zero,
        days=days_of(table),
        touched=len(table) <= MAX_TOUCHED,
    )


def lines_on(
    source: Any,
    names: Sequence[str],
    *,
    title: str,
    form: str,
    zero: bool,
    days: float,
    touched: bool,
) -> alt.LayerChart:
    """
    The same on a source of rows.

    Parameters
    ----------
    source
        Table, or a name that stands for one.
    names, title, form, zero
        As in `lines`.
    days
        Length of the drawn time.
    touched
        Whether the points answer to the pointer.
    """
    base = alt.Chart(source).encode(
        time_axis(days),
        alt.Y("value:Q", title=title, scale=alt.Scale(zero=zero)),
        named("name", names),
        tooltip=[
            alt.Tooltip("when:N", title="Time"),
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("value:Q", title=title, format=form),
        ],
    )
    drawn = base.mark_line(strokeWidth=1.8, clip=True).encode(dashed("name", names))
    if not touched:
        return alt.layer(drawn).properties(height=HEIGHT)
    # Invisible points give the tooltip something to meet.
    return (drawn + base.mark_point(size=40, opacity=0)).properties(height=HEIGHT)


def daily_history(table: pd.DataFrame, names: Sequence[str]) -> alt.LayerChart:
    """
    Contacts a day by channel, with a symbol on the days that are out of the ordinary.

    Parameters
    ----------
    table
        Columns `at`, `when`, `name` (channel), `value` (contacts; NaN where unknown) and
        `mark` ("" or a word such as "holiday").
    names
        Channels in order.
    """
    marked = table[table["mark"] != ""]
    # The symbols' own default is black, which the dark theme would swallow.
    legend = alt.Legend(
        title=None, orient="top", symbolSize=60, symbolFillColor=PLAIN, symbolStrokeColor=PLAIN
    )
    symbols = (
        alt.Chart(marked)
        .mark_point(size=55, filled=True, opacity=0.9)
        .encode(
            time_axis(days_of(table)),
            alt.Y("value:Q"),
            alt.Shape("mark:N", legend=legend),
            named("name", names),
            tooltip=[
                alt.Tooltip("when:N", title="Day"),
                alt.Tooltip("name:N", title="Channel"),
                alt.Tooltip("mark:N", title="Note"),
                alt.Tooltip("value:Q", title="Contacts", format=",.0f"),
            ],
        )
    )
    return lines(table, names, title="Contacts a day", form=",.0f") + symbols


def week_heat(
    table: pd.DataFrame, *, title: str, form: str = ",.1f", symbols: bool = False
) -> alt.LayerChart:
    """
    A week at a glance: a row a weekday, a column an hour.

    Parameters
    ----------
    table
        Columns `day` (label of the row), `hour` (0-23), `value` (NaN is left blank), and
        `symbol` where `symbols` is set.
    title
        What the colour means, with its unit.
    form
        Number format of the tooltip.
    symbols
        Write the symbol of each cell into it.
    """
    days = list(dict.fromkeys(table["day"]))
    base = alt.Chart(table.dropna(subset=["value"])).encode(
        alt.X("hour:O", title="Hour of the day", axis=alt.Axis(labelAngle=0)),
        alt.Y("day:N", sort=days, title=None, axis=alt.Axis(labelOverlap=False)),
    )
    cells = base.mark_rect(cornerRadius=2).encode(
        alt.Color("value:Q", legend=alt.Legend(title=title, orient="top", gradientLength=180)),
        tooltip=[
            alt.Tooltip("day:N", title="Day"),
            alt.Tooltip("hour:O", title="Hour"),
            alt.Tooltip("value:Q", title=title, format=form),
        ],
    )
    chart = alt.layer(cells)
    if symbols:
        text = base.mark_text(fontSize=12, fontWeight="bold", color=BAD).encode(text="symbol:N")
        chart = alt.layer(cells, text)
    return chart.properties(height=26 * max(len(days), 1) + 110)


def target_heat(source: Any, days: Sequence[str], target: float) -> alt.LayerChart:
    """
    Service level by day and hour beside its target: blue is met, orange with ▼ is missed.

    Parameters
    ----------
    source
        Table, or a name that stands for one, with columns `day` (label), `hour` (0-23), `value`
        (share; no row where nobody came), `symbol` (▼ under the target, else empty) and
        `offered` (contacts).
    days
        Labels of the days in order.
    target
        Promised share.
    """
    base = alt.Chart(source).encode(
        alt.X("hour:O", title="Hour of the day", axis=alt.Axis(labelAngle=0)),
        alt.Y("day:N", sort=list(days), title=None, axis=alt.Axis(labelOverlap=False)),
    )
    scale = alt.Scale(
        domain=[0, target - 1e-9, target, 1],
        range=["#9c3f00", "#f3c9a8", "#cfe3f3", "#0b5a8f"],
        clamp=True,
    )
    legend = alt.Legend(
        title=f"Service level (target {100 * target:g} %)",
        orient="top",
        format=".0%",
        gradientLength=180,
        values=[0, target, 1],
    )
    cells = base.mark_rect(cornerRadius=2).encode(
        alt.Color("value:Q", scale=scale, legend=legend),
        tooltip=[
            alt.Tooltip("day:N", title="Day"),
            alt.Tooltip("hour:O", title="Hour"),
            alt.Tooltip("value:Q", title="Service level", format=".1%"),
            alt.Tooltip("offered:Q", title="Contacts", format=",.1f"),
        ],
    )
    readable = alt.condition(alt.datum.value < 0.4, alt.value("#ffffff"), alt.value("#1f2933"))
    text = base.mark_text(fontSize=11).encode(text="symbol:N", color=readable)
    return (cells + text).properties(height=26 * max(len(days), 1) + 110)


def fan(
    table: pd.DataFrame,
    *,
    title: str,
    past: pd.DataFrame | None = None,
    unedited: pd.DataFrame | None = None,
) -> alt.LayerChart:
    """
    A forecast with its bands.

    Parameters
    ----------
    table
        Columns `at`, `when`, `mean`, `p05`, `p10`, `p90`, `p95` (contacts).
    title
        Title of the axis, with the unit.
    past
        What was counted before: columns `at`, `when`, `value`.
    unedited
        The forecast without the planner's edits: columns `at`, `mean`.
    """
    tips = [alt.Tooltip("when:N", title="Time")]
    tips += [
        alt.Tooltip(f"{column}:Q", title=name, format=",.1f")
        for column, name in (
            ("mean", "Expected"),
            ("p10", "9 in 10 above"),
            ("p90", "9 in 10 below"),
            ("p05", "19 in 20 above"),
            ("p95", "19 in 20 below"),
        )
    ]
    everything = table if past is None else pd.concat([past[["at"]], table[["at"]]])
    base = alt.Chart(table).encode(time_axis(days_of(everything)))
    wide = base.mark_area(opacity=0.18, color=GOOD).encode(
        alt.Y("p05:Q", title=title), alt.Y2("p95:Q")
    )
    narrow = base.mark_area(opacity=0.28, color=GOOD).encode(alt.Y("p10:Q"), alt.Y2("p90:Q"))
    middle = base.mark_line(color=GOOD, strokeWidth=1.8).encode(alt.Y("mean:Q"), tooltip=tips)
    touch = base.mark_point(size=40, opacity=0).encode(alt.Y("mean:Q"), tooltip=tips)
    chart = wide + narrow + middle + touch
    if unedited is not None:
        below = alt.Chart(unedited).mark_line(color=BAD, strokeWidth=1.2, strokeDash=[6, 3])
        chart = chart + below.encode(alt.X("at:T"), alt.Y("mean:Q"))
    if past is not None and len(past):
        counted = (
            alt.Chart(past)
            .mark_line(color=PLAIN, strokeWidth=1.4, strokeDash=[3, 2])
            .encode(
                alt.X("at:T"),
                alt.Y("value:Q"),
                tooltip=[
                    alt.Tooltip("when:N", title="Time"),
                    alt.Tooltip("value:Q", title="Counted", format=",.0f"),
                ],
            )
        )
        chart = counted + chart
    return chart.properties(height=HEIGHT + 40)


def days_of(table: pd.DataFrame) -> float:
    """Length of the drawn time in days."""
    return float(table["at"].max() - table["at"].min()) / 86_400_000 if len(table) else 1.0
