"""Pictures of the Compare page: differences with their intervals, and cost against service."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from views.charts import BAD, GOOD, HEIGHT, PLAIN, named

SHAPES = ["circle", "diamond", "square", "triangle-up", "triangle-down", "cross"]
KEPT, MISSED, KNEE = "● kept", "▼ not kept", "◆ knee"


def differences(table: pd.DataFrame, names: Sequence[str]) -> alt.LayerChart:
    """
    Differences of service levels to the baseline, each with its interval.

    Parameters
    ----------
    table
        `promise`, `scenario`, `difference`, `low`, `high` (percentage points), `real`.
    names
        Scenarios in order.
    """
    told = table.assign(sure=["real" if real else "may be noise" for real in table["real"]])
    promises = list(dict.fromkeys(told["promise"]))
    base = alt.Chart(told).encode(
        alt.Y(
            "promise:N",
            sort=promises,
            title=None,
            axis=alt.Axis(labelLimit=220, labelOverlap=False, domain=False, ticks=False),
        ),
        alt.YOffset("scenario:N", sort=list(names), scale=alt.Scale(paddingOuter=0.3)),
        tooltip=[
            alt.Tooltip("scenario:N", title="Scenario"),
            alt.Tooltip("promise:N", title="Promise"),
            alt.Tooltip("difference:Q", title="Difference, points", format="+.1f"),
            alt.Tooltip("low:Q", title="From", format="+.1f"),
            alt.Tooltip("high:Q", title="To", format="+.1f"),
            alt.Tooltip("sure:N", title=" "),
        ],
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=PLAIN).encode(x="zero:Q")
    bars = base.mark_rule(strokeWidth=2).encode(
        alt.X("low:Q", title="Service level against the baseline, percentage points"),
        alt.X2("high:Q"),
        named("scenario", names, symbol="circle"),
    )
    shapes = alt.Shape(
        "scenario:N",
        scale=alt.Scale(domain=list(names), range=SHAPES[: max(len(names), 1)]),
        legend=None,
    )
    # Hollow where it may be noise, filled where it is real: the sign beside the colour.
    at = alt.X("difference:Q")
    hollow = base.mark_point(size=70, filled=False, opacity=1, strokeWidth=1.8)
    filled = base.transform_filter("datum.real").mark_point(size=70, filled=True, opacity=1)
    points = [
        layer.encode(at, named("scenario", names, symbol="circle"), shapes)
        for layer in (hollow, filled)
    ]
    height = 40 + len(promises) * (18 + 16 * len(names))
    return alt.layer(zero, bars, *points).properties(height=height)


def frontier(table: pd.DataFrame, *, cost: str, promise: str, now: float | None) -> alt.LayerChart:
    """
    What a promise costs, the knee and the present promise marked.

    Parameters
    ----------
    table
        A row a promise: `promise` (number on the axis), `words`, `cost`, `achieved` (text),
        `marginal` (text), `sign` (kept, not kept, or knee).
    cost, promise
        Titles of the axes with their units.
    now
        The present promise on the axis; None where there is none.
    """
    signs = [KEPT, MISSED, KNEE]
    tips = [
        alt.Tooltip("words:N", title="Promise"),
        alt.Tooltip("cost:Q", title=cost, format=",.0f"),
        alt.Tooltip("marginal:N", title="Cost of one more"),
        alt.Tooltip("achieved:N", title="Achieved, fresh check"),
        alt.Tooltip("sign:N", title=" "),
    ]
    base = alt.Chart(table).encode(
        alt.X("promise:Q", title=promise, scale=alt.Scale(zero=False, nice=False, padding=18)),
        alt.Y("cost:Q", title=cost, scale=alt.Scale(zero=False)),
        tooltip=tips,
    )
    line = base.mark_line(color=GOOD, strokeWidth=1.8)
    points = base.mark_point(size=90, filled=True, opacity=1).encode(
        alt.Shape(
            "sign:N",
            scale=alt.Scale(domain=signs, range=["circle", "triangle-down", "diamond"]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        alt.Color(
            "sign:N",
            scale=alt.Scale(domain=signs, range=[GOOD, BAD, "#CC79A7"]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        size=alt.condition(f"datum.sign === '{KNEE}'", alt.value(220), alt.value(90)),
    )
    layers = [line, points]
    if now is not None:
        present = pd.DataFrame({"promise": [now], "label": ["promised now"]})
        mark = alt.Chart(present).encode(alt.X("promise:Q"))
        layers += [
            mark.mark_rule(color=PLAIN, strokeDash=[4, 3]),
            mark.mark_text(align="left", dx=5, dy=4, baseline="top", color=PLAIN).encode(
                y=alt.value(0), text="label:N"
            ),
        ]
    return alt.layer(*layers).properties(height=HEIGHT + 40)


def marginal(table: pd.DataFrame, *, cost: str, promise: str) -> alt.Chart:
    """
    What one more point (or minute) costs, step by step.

    Parameters
    ----------
    table
        `words` (the promise reached), `value` (cost of one more) in the order of the axis.
    cost, promise
        Titles of the axes with their units.
    """
    return (
        alt.Chart(table)
        .mark_bar(color=GOOD)
        .encode(
            alt.X("words:N", sort=None, title=promise, axis=alt.Axis(labelAngle=0)),
            alt.Y("value:Q", title=cost),
            tooltip=[
                alt.Tooltip("words:N", title="Up to"),
                alt.Tooltip("value:Q", title=cost, format=",.0f"),
            ],
        )
        .properties(height=HEIGHT + 40)
    )
