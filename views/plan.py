"""Who works when: promises, required against scheduled, shifts, cost, and why so many."""

import streamlit as st

from report.plan_page import plan_page
from report.tables import plan_csv, plan_xlsx
from views import plan_charts, plan_periods, plan_rota, session, staffed, weather_panel
from views.downloads import package
from views.edit_work import planned_scenario
from views.figures import Figure, tiles
from views.progress import awaited
from views.shift_editor import edit_key, edited_shifts
from views.words import change, heading, money, number, unmarked

WHOLE = "Whole time"

scenario = session.scenario()
st.title("Plan")
plan = awaited("plan", session.plan_job(), session.plan_job)
if plan is None:
    st.caption(
        "The plan is searched for by rehearsing the week again and again; it takes a minute or two"
        " and goes on while you look at other pages."
    )
    st.stop()

sentence = staffed.verdict(plan)
(st.success if plan.targets["met"].all() else st.warning)(sentence)
for note in plan.notes:
    st.info(unmarked(note))

now = plan.baseline
currency = scenario.currency
kept = int(plan.targets["met"].sum())
figures = [
    Figure(
        "Paid hours",
        number(plan.paid_hours),
        None if now is None else change(plan.paid_hours - now.paid_hours),
        "Before shrinkage: hours on the floor divided by one less the shrinkage, once.",
    ),
    Figure(
        "Full-time posts",
        number(plan.fte, 1),
        None if now is None else change(plan.fte - now.fte, 1),
        f"Paid hours over {scenario.full_time_hours:g} hours a week.",
    ),
    Figure(
        "Cost",
        money(plan.cost, currency),
        None if now is None else change(plan.cost - now.cost),
        "Paid hours times the rates, over the planned time. The change is against as staffed now.",
    ),
    Figure(
        "Cost a contact",
        money(plan.cost_per_contact, currency, 2),
        None,
        "Cost over contacts handled.",
    ),
    Figure(
        "Promises kept",
        f"{kept} of {len(plan.targets)}",
        None,
        "Checked with fresh random numbers.",
    ),
]
tiles(figures)

buttons = st.columns(5)
buttons[4].download_button(
    "One page, PDF",
    lambda: plan_page(plan),
    "plan.pdf",
    "application/pdf",
    on_click="ignore",
    help="To print: promises, cost, agents, what changes against now, assumptions, seed, version.",
    width="stretch",
)
buttons[0].download_button(
    "Staffing, CSV",
    lambda: plan_csv(plan, "requirement"),
    "plan_staffing.csv",
    "text/csv",
    on_click="ignore",
    help="Required and scheduled agents by interval and group; times carry their offset.",
    width="stretch",
)
buttons[1].download_button(
    "Shifts, CSV",
    lambda: plan_csv(plan, "shifts"),
    "plan_shifts.csv",
    "text/csv",
    on_click="ignore",
    help="A row a shift with its breaks and agents.",
    width="stretch",
)
buttons[2].download_button(
    "All, XLSX",
    lambda: plan_xlsx(plan),
    "plan.xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    on_click="ignore",
    help="Every table of the plan, with the assumptions and the seed.",
    width="stretch",
)
forecast = session.forecast_job().result
if forecast is not None:
    buttons[3].download_button(
        "Scenario, ZIP",
        lambda: package(planned_scenario(scenario, plan), forecast),
        "plan_scenario.zip",
        "application/zip",
        on_click="ignore",
        help="Scenario with the planned staffing and the forecast, for the command line.",
        width="stretch",
    )

st.subheader("Promises")
st.dataframe(
    staffed.promises(plan),
    hide_index=True,
    width="stretch",
    height="content",
    column_config={
        "Kept": st.column_config.TextColumn(
            "",
            width=30,
            help="● kept, ▼ not: a promise of each day is kept when every day keeps it.",
        ),
        "Channel": st.column_config.TextColumn(width=165),
        "Planned": st.column_config.TextColumn(help="With the numbers that the search saw."),
        "Fresh check": st.column_config.TextColumn(
            help="With random numbers that the search never saw: what to expect."
        ),
        "Chance": st.column_config.TextColumn(
            help="Share of the periods in which the promise is kept, with fresh numbers."
        ),
        "Falls short": st.column_config.TextColumn(
            help="Periods under the promise, though the mean over all may be above it."
        ),
    },
)
if len(plan.unmet):
    st.markdown(f"**Not kept ({len(plan.unmet)})**")
    st.dataframe(
        staffed.unmet(plan),
        hide_index=True,
        width="stretch",
        column_config=staffed.UNMET_HELP,
    )

plan_periods.draw(plan)

st.subheader("Required and scheduled")
groups = list(dict.fromkeys(plan.requirement["group"]))
days = list(dict.fromkeys(staffed.agents(plan, groups[0], None)["day"]))
left, right = st.columns([1, 3])
group = left.selectbox(
    "Group", groups, format_func=heading, key="plan-group", help="Agents on the floor of a group."
)
day = right.segmented_control(
    "Day",
    [WHOLE, *days[:7]],
    default=WHOLE,
    key="plan-day",
    required=True,
    help="The whole time, or one day with a symbol at every interval and its shifts below.",
)
pictures = st.container()  # drawn once the edit below is known

st.subheader("Shifts")
edited = None
if not len(plan.shifts):
    st.write("These groups have no kinds of shift; the requirement itself is the schedule.")
else:
    bars_place = st.container()
    edited = edited_shifts(
        scenario,
        plan,
        session.plan_job().key,
        session.forecast_job(),
        None if day == WHOLE else day,
    )
    with bars_place:
        if day == WHOLE:
            st.caption("Choose a day above to see its shifts drawn.")
        else:
            bars = staffed.shift_bars(plan if edited is None else edited, day, as_found=plan)
            if len(bars):
                st.altair_chart(
                    plan_charts.gantt(bars),
                    width="stretch",
                    alt=f"Shifts of {day} with their breaks.",
                )
            else:
                st.caption(f"Nobody works on {day}.")

    if edited is None:
        plan_rota.draw(plan, session.plan_job().key, edited=False)
    else:
        plan_rota.draw(edited.whole, edit_key(), edited=True)

with pictures:
    if edited is not None:
        st.caption("Scheduled is what the edited shifts below give.")
    table = staffed.agents(
        plan if edited is None else edited, group, None if now is None else now.staff
    )
    shown = table if day == WHOLE else staffed.working_hours(table[table["day"] == day])
    st.altair_chart(
        plan_charts.staffing(shown),
        width="stretch",
        alt=f"Agents of {heading(group)} required, scheduled and staffed now.",
    )
    st.altair_chart(
        plan_charts.differences(shown),
        width="stretch",
        alt="Agents scheduled over (▲) or under (▼) the requirement, by interval.",
    )
    st.caption(staffed.over_under_summary(shown))

left, right = st.columns(2)
with left:
    st.subheader("Why so many hours")
    st.altair_chart(
        plan_charts.steps(plan.ladder),
        width="stretch",
        alt="Steps from pure workload to paid hours; they add up.",
    )
    with st.expander("What the steps mean"):
        for row in plan.ladder.to_dict("records"):
            st.text(f"{row['step']}: {row.get('meaning', '')}")
with right:
    st.subheader("Compared with now")
    told = staffed.differences(plan)
    for text in told:
        st.text(f"● {text}")
    if not told:
        st.write("No current staffing to compare with, or no real difference.")

weather_panel.draw(scenario, session.forecast_job())

parts = plan.shrinkage.to_dict("records")
applied = ", ".join(f"{row['part']} {100 * row['share']:g} %" for row in parts if row["applied"])
left_out = dict.fromkeys(row["part"] for row in parts if row["planned"] or row["simulated"])
st.caption(
    f"Made in {plan.seconds:.0f} s with {plan.searched} rehearsals, engine {plan.outcome.engine};"
    f" fresh check with {plan.outcome.replications} replications, seed {plan.outcome.seed}."
    f" Shrinkage in the factor: {applied or 'none'}; left out, since shifts plan it or the floor"
    f" simulates it: {', '.join(left_out) or 'none'}."
)
