"""The picture of a day in the middle of it: counted, as forecast, and as expected now."""

from __future__ import annotations

import altair as alt
import pandas as pd

from views.charts import BAD, GOOD, HEIGHT, PLAIN, time_axis

COUNTED, FORECAST, NOW = "counted", "as forecast", "expected now"


def day_so_far(table: pd.DataFrame, at_ms: float, *, title: str) -> alt.LayerChart:
    """
    Counts of the day so far, and the rest with its band.

    Parameters
    ----------
    table
        Columns `at`, `when`, `counted`, `forecast`, `expected`, `low`, `high` (contacts).
    at_ms
        Instant up to which is known, in milliseconds of the local clock.
    title
        Title of the axis, with its unit.
    """
    names = [COUNTED, FORECAST, NOW]
    ahead = table["low"].notna() | table["counted"].isna()
    parts = [
        table.assign(name=COUNTED, value=table["counted"]),
        table.assign(name=FORECAST, value=table["forecast"]),
        table.assign(name=NOW, value=table["expected"].where(ahead)),
    ]
    long = pd.concat(parts).dropna(subset=["value"])
    base = alt.Chart(long).encode(
        time_axis(1.0),
        alt.Y("value:Q", title=title, scale=alt.Scale(zero=True)),
        alt.Color(
            "name:N",
            sort=names,
            scale=alt.Scale(domain=names, range=[BAD, PLAIN, GOOD]),
            legend=alt.Legend(title=None, orient="top", symbolType="stroke"),
        ),
        alt.StrokeDash(
            "name:N",
            sort=names,
            scale=alt.Scale(domain=names, range=[[1, 0], [3, 2], [6, 3]]),
            legend=alt.Legend(title=None, orient="top", symbolType="stroke"),
        ),
        tooltip=[
            alt.Tooltip("when:N", title="Hour from"),
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("value:Q", title="Contacts", format=",.1f"),
        ],
    )
    band = (
        alt.Chart(table[table["low"].notna()])
        .mark_area(opacity=0.22, color=GOOD)
        .encode(alt.X("at:T"), alt.Y("low:Q", title=title), alt.Y2("high:Q"))
    )
    now = (
        alt.Chart(pd.DataFrame({"at": [at_ms]}))
        .mark_rule(color=PLAIN, strokeDash=[2, 2])
        .encode(alt.X("at:T"))
    )
    lines = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=28))
    return (band + now + lines).properties(height=HEIGHT + 40)
