"""Pictures of a plan: agents, what is over and under, shifts, and the ladder to the paid hours."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from views.charts import (
    BAD,
    GOOD,
    HEIGHT,
    MET,
    OVER,
    PLAIN,
    UNDER,
    dashed,
    days_of,
    named,
    time_axis,
)

MANY_SHIFTS = 40  # in a day; more are drawn closer together


def staffing(table: pd.DataFrame) -> alt.LayerChart:
    """
    Required and scheduled agents of one group, beside those staffed now.

    Parameters
    ----------
    table
        Columns `at`, `when`, `required`, `scheduled` and `now` (agents; NaN where unknown), a
        row an interval.
    """
    names = {"required": "Required", "scheduled": "Scheduled", "now": "Staffed now"}
    tall = table.melt(["at", "when"], list(names), var_name="name", value_name="value")
    tall = tall.dropna(subset=["value"]).assign(name=lambda rows: rows["name"].map(names))
    shown = [name for name in names.values() if name in set(tall["name"])]
    base = alt.Chart(tall).encode(
        time_axis(days_of(table)),
        alt.Y("value:Q", title="Agents on the floor"),
        named("name", shown),
        tooltip=[
            alt.Tooltip("when:N", title="Time"),
            alt.Tooltip("name:N", title=" "),
            alt.Tooltip("value:Q", title="Agents", format=",.0f"),
        ],
    )
    drawn = base.mark_line(interpolate="step-after", strokeWidth=1.8).encode(dashed("name", shown))
    return (drawn + base.mark_point(size=40, opacity=0)).properties(height=HEIGHT)


def differences(table: pd.DataFrame) -> alt.LayerChart:
    """
    What is scheduled over or under the requirement, interval by interval.

    Parameters
    ----------
    table
        Columns `at`, `until` (milliseconds), `when` and `difference` (agents scheduled less
        required), a row an interval.
    """
    number = table["difference"]
    signs = [f"{UNDER} under", f"{MET} exact", f"{OVER} over"]
    signed = table.assign(
        sign=np.select([number < 0, number > 0], [signs[0], signs[2]], signs[1]),
        label=[over_under(value) for value in number],
        above=number.clip(lower=0),  # a label inside its own bar could not be read
    )
    base = alt.Chart(signed).encode(
        time_axis(days_of(table)),
        alt.Y("difference:Q", title="Over / under", axis=alt.Axis(tickMinStep=1)),
        tooltip=[
            alt.Tooltip("when:N", title="Time"),
            alt.Tooltip("label:N", title="Over / under, agents"),
        ],
    )
    colours = alt.Color(
        "sign:N",
        sort=signs,
        scale=alt.Scale(domain=signs, range=[BAD, PLAIN, GOOD]),
        legend=alt.Legend(title=None, orient="top"),
    )
    bars = base.mark_bar().encode(colours, alt.X2("until:T"), alt.Y2(datum=0))
    layers = [bars]
    if len(table) <= 60:
        layers.append(
            base.mark_text(dx=8, dy=-8, fontSize=10).encode(
                colours, alt.Y("above:Q"), text="label:N"
            )
        )
    return alt.layer(*layers).properties(height=190)


def gantt(table: pd.DataFrame) -> alt.LayerChart:
    """
    Shifts of one day as bars, breaks left open.

    Parameters
    ----------
    table
        Columns `row` (label of the shift), `at`, `until` (milliseconds), `what` ("work" or
        "break"), `people` (label) and `hours` (text), a row a bar.
    """
    rows = list(dict.fromkeys(table["row"]))
    names = sorted(table["group"].unique())
    height = 24 if len(rows) <= MANY_SHIFTS else 14
    axis = alt.Axis(labelLimit=260, labelOverlap=False, labelFontSize=min(11, height - 3))
    base = alt.Chart(table).encode(
        time_axis(1.0), alt.X2("until:T"), alt.Y("row:N", sort=rows, title=None, axis=axis)
    )
    tips = [
        alt.Tooltip("row:N", title="Shift"),
        alt.Tooltip("what:N", title=" "),
        alt.Tooltip("hours:N", title="Hours"),
        alt.Tooltip("people:N", title="Agents"),
    ]
    work = (
        base.transform_filter("datum.what === 'work'")
        .mark_bar(cornerRadius=3, height={"band": 0.7})
        .encode(named("group", names, "Group", "square"), tooltip=tips)
    )
    pause = (
        base.transform_filter("datum.what === 'break'")
        .mark_bar(height={"band": 0.7}, color="white", stroke=PLAIN, strokeDash=[2, 2])
        .encode(tooltip=tips)
    )
    return (work + pause).properties(height=height * max(len(rows), 1) + 90)


def steps(table: pd.DataFrame) -> alt.LayerChart:
    """
    The ladder from workload to paid hours.

    Parameters
    ----------
    table
        Columns `step` (words) and `agent_hours` (hours that the step adds), in order.
    """
    ladder = table.assign(
        end=table["agent_hours"].cumsum(),
        begin=table["agent_hours"].cumsum() - table["agent_hours"],
        label=[f"{hours:+,.0f} h" for hours in table["agent_hours"]],
    )
    ladder["right"] = ladder[["begin", "end"]].max(axis=1)
    most = float(ladder["right"].max())
    base = alt.Chart(ladder).encode(
        alt.Y(
            "step:N",
            sort=list(ladder["step"]),
            title=None,
            axis=alt.Axis(labelLimit=320, labelOverlap=False, minExtent=70),
        )
    )
    bars = base.mark_bar(color=GOOD, height={"band": 0.7}).encode(
        alt.X(
            "begin:Q",
            title="Agent hours",
            # Room for the labels, to the right only: there are no hours below nothing.
            scale=alt.Scale(domain=[min(0.0, float(ladder["end"].min())), 1.2 * most], nice=False),
        ),
        alt.X2("end:Q"),
        tooltip=[alt.Tooltip("step:N", title="Step"), alt.Tooltip("label:N", title="Adds")],
    )
    text = base.mark_text(align="left", dx=5).encode(alt.X("right:Q"), text="label:N")
    return (bars + text.encode(color=alt.value(PLAIN))).properties(height=26 * len(ladder) + 50)


def over_under(difference: float) -> str:
    """
    Surplus or shortage with its symbol.

    Examples
    --------
    >>> over_under(2), over_under(-1), over_under(0)
    ('▲2', '▼1', '●')
    """
    if difference > 0:
        return f"{OVER}{difference:g}"
    return f"{UNDER}{-difference:g}" if difference < 0 else MET
