"""The staffing of now on the History page: the baseline of everything after."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from scenario import PlanningError, Scenario, Shift
from scenario.staff import Staff, read_staffing
from views import history_charts
from views.charts import clock_ms, clock_text
from views.faults import show_faults
from views.words import heading, moment, number


def draw(scenario: Scenario) -> None:
    """Agents on the floor by group over the planned time, and the shifts where there are any."""
    st.subheader("Staffing now")
    try:
        staff, shifts = scenario.staff(), shifts_now(scenario)
    except PlanningError as error:
        st.error("The current staffing cannot be read.")
        show_faults(error)
        return
    st.caption(staffing_words(staff))
    st.altair_chart(
        history_charts.staffed_now(staffing_lines(staff), [heading(name) for name in staff.groups]),
        width="stretch",
        alt="Agents on the floor by group, as they are scheduled now.",
    )
    if shifts:
        with st.expander(f"Its shifts ({len(shifts)})"):
            st.dataframe(shift_table(shifts), hide_index=True, width="stretch")


def staffing_lines(staff: Staff) -> pd.DataFrame:
    """A row an interval and group: `at`, `when`, `name`, `value` (agents on the floor)."""
    starts = staff.horizon.starts
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "at": clock_ms(starts),
                    "when": clock_text(starts),
                    "name": heading(group),
                    "value": staff.agents[:, column].astype(float),
                }
            )
            for column, group in enumerate(staff.groups)
        ],
        ignore_index=True,
    )


def staffing_words(staff: Staff) -> str:
    """Hours on the floor, and when most agents are there."""
    hours = staff.agents.sum() * staff.horizon.interval_minutes / 60
    together = staff.agents.sum(axis=1)
    if not len(together) or not together.max():
        return "Nobody is scheduled in the planned time."
    peak = staff.horizon.starts[int(together.argmax())]
    return (
        f"{number(float(hours))} hours on the floor, after shrinkage;"
        f" most agents at once: {int(together.max())}, from {moment(peak)}."
    )


def shifts_now(scenario: Scenario) -> tuple[Shift, ...]:
    """The shifts of the scenario's staffing file; none where it is by interval."""
    if scenario.staffing is None:
        return ()
    path = scenario.path_of(scenario.staffing)
    return read_staffing(path, scenario.period, tuple(scenario.groups)).shifts


def shift_table(shifts: tuple[Shift, ...]) -> pd.DataFrame:
    """Shifts for people: day, from, to, breaks, group, agents."""
    rows = [
        {
            "Day": f"{shift.start:%a %d %b}",
            "From": f"{shift.start:%H:%M}",
            "To": f"{shift.end:%H:%M}",
            "Breaks": ", ".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in shift.breaks),
            "Group": heading(shift.group),
            "Agents on the floor": int(shift.agents),
        }
        for shift in shifts
    ]
    return pd.DataFrame(rows)
