"""Pictures of the History page: every hour of every week, and the staffing of now."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from views.charts import HEIGHT, WEEKDAYS, dashed, days_of, named, time_axis

ROW_HEIGHT = 11  # pixels; half a year of weeks fits on a screen


def weeks_heat(table: pd.DataFrame) -> alt.Chart:
    """
    Every hour of every week: a row a week, a column an hour; what is not known stays blank.

    Parameters
    ----------
    table
        Columns `week` (label), `hour` (of the week, 0 is Monday at midnight), `when` (text),
        `value` (contacts an hour) and `note` ("" or what the day is).
    """
    weeks = list(dict.fromkeys(table["week"]))
    midnights = [24 * day for day in range(7)]
    label = " : ".join(f"datum.value == {24 * day} ? '{name}'" for day, name in enumerate(WEEKDAYS))
    return (
        alt.Chart(table)
        .mark_rect()
        .encode(
            alt.X(
                "hour:O",
                title=None,
                scale=alt.Scale(domain=list(range(168))),
                axis=alt.Axis(
                    values=midnights,
                    labelExpr=f"{label} : ''",
                    labelAlign="left",
                    labelAngle=0,
                    grid=True,
                ),
            ),
            alt.Y(
                "week:N",
                sort=weeks,
                title="Week from",
                axis=alt.Axis(labelOverlap=True, ticks=False),
            ),
            alt.Color(
                "value:Q",
                legend=alt.Legend(title="Contacts an hour", orient="top", gradientLength=180),
            ),
            tooltip=[
                alt.Tooltip("when:N", title="Hour"),
                alt.Tooltip("value:Q", title="Contacts", format=",.1f"),
                alt.Tooltip("note:N", title="Note"),
            ],
        )
        .properties(height=max(ROW_HEIGHT * len(weeks), 60) + 60)
    )


def staffed_now(table: pd.DataFrame, groups: Sequence[str]) -> alt.Chart:
    """
    Agents on the floor as they are scheduled now, a line a group.

    Parameters
    ----------
    table
        Columns `at`, `when`, `name` (group), `value` (agents).
    groups
        Names in the order of the legend.
    """
    return (
        alt.Chart(table)
        .mark_line(interpolate="step-after", strokeWidth=1.8)
        .encode(
            time_axis(days_of(table)),
            alt.Y("value:Q", title="Agents on the floor"),
            named("name", groups),
            dashed("name", groups),
            tooltip=[
                alt.Tooltip("when:N", title="From"),
                alt.Tooltip("name:N", title="Group"),
                alt.Tooltip("value:Q", title="Agents on the floor", format=",.0f"),
            ],
        )
        .properties(height=HEIGHT - 60)
    )
