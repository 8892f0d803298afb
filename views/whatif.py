"""What if: levers on one side, what the week would look like beside the baseline on the other."""

import streamlit as st

from report.tables import safe_csv
from scenario import PlanningError
from views import (
    aftermath,
    drawing,
    keep_box,
    lever_widgets,
    links,
    rebase,
    remedies,
    results,
    session,
    work,
)
from views.answer import answer_of
from views.downloads import package
from views.edit_work import planned_scenario
from views.faults import show_faults
from views.figures import tiles
from views.jobs import board
from views.levers import changes_of, levers_of, moved
from views.progress import awaited
from views.what_if_work import ask_what_if
from views.words import heading, unmarked

AS_FORECAST = "as forecast"
NOW, PLANNED = "as now", "as planned"
BY_HOUR, SERVICE = "Service level by day and hour", "Service level over time, %"
WAITING, OFFERED = "Contacts waiting", "Contacts offered"
FIRST_LOOK_S = 0.6  # how long the page waits for a first answer before it draws

scenario = session.scenario()
st.title("What-if")

plan = session.plan_job()
presets = session.presets()
labels = {preset.key: preset.label for preset in presets}
links.examine({links.PRESET: [AS_FORECAST, *labels.values()], links.START: [NOW, PLANNED]})

with st.sidebar:
    st.subheader("Levers")
    start_from = st.segmented_control(
        "Staffed",
        [NOW, PLANNED],
        default=NOW,
        key="whatif-start",
        required=True,
        bind="query-params",
        persist_state="session",
        help="The staffing that the levers start from: the current one, or the plan's.",
    )
    if start_from == PLANNED and plan.result is None:
        st.caption("The plan is not found yet: until then the levers start from the staffing now.")
    preset = lever_widgets.preset_named(
        presets,
        st.selectbox(
            "Weather",
            [AS_FORECAST, *labels],
            format_func=lambda key: labels.get(key, key),
            key="whatif-preset",
            bind="query-params",
            persist_state="session",
            on_change=lever_widgets.forget,
            args=(st.session_state.get("whatif-levers-of", scenario),),
            kwargs={"moved_too": False},
            help="A situation put in one go; the levers then move from there.",
        ),
    )
    if preset is not None:
        st.caption(unmarked(preset.description))

baseline_scenario = scenario
if start_from == PLANNED and plan.result is not None:
    if preset is not None and "staffing" in preset.changes:
        st.info(f"“{preset.label}” changes the current staffing, so it starts from that.")
    else:
        baseline_scenario = planned_scenario(scenario, plan.result)
start = baseline_scenario.with_changes(preset.changes) if preset else baseline_scenario
st.session_state["whatif-levers-of"] = start

with st.sidebar:
    levers = levers_of(start)
    values = lever_widgets.draw(levers, start)
    rebase.follow()
    st.button(
        "Put all levers back",
        on_click=lever_widgets.forget,
        args=(start,),
        width="stretch",
        help="Every lever at its default; the weather stays.",
    )

try:
    imagined = start.with_changes(changes_of(start, values))
    imagined.staff()
except PlanningError as error:
    st.error("These levers do not fit together. What was simulated before is not changed.")
    show_faults(error)
    st.stop()
st.session_state["whatif-imagined"] = imagined  # the Floor page replays it

forecast = session.forecast_job()
# The rehearsal as staffed now goes on being wanted while the levers start from the plan.
slot = "baseline" if baseline_scenario is scenario else "baseline-planned"


def ask_baseline(*, again: bool = False):
    """The rehearsal that the what-if is compared with."""
    return work.ask_rehearsal(
        board(), session.session_id(), slot, baseline_scenario, forecast, again=again
    )


def ask_imagined(*, again: bool = False):
    """The levers as they stand, beside the rehearsal that they are compared with."""
    return ask_what_if(
        board(), session.session_id(), imagined, forecast, ask_baseline(), again=again
    )


told = ([preset.label] if preset else []) + moved(start, values)
st.session_state["whatif-moved"] = told  # the Compare page tells it
same = not told
links.tell()
st.caption("Moved: " + " · ".join(told) if told else "Nothing is moved: this is the baseline.")

asked = ask_baseline()
rehearsing = asked if same else ask_imagined()
if not same:
    rehearsing.look(FIRST_LOOK_S)  # a page drawn once is quicker than one drawn twice
before = awaited(slot, asked, ask_baseline)
if same:
    answer = None if before is None else answer_of(before.latest)
else:
    answer = awaited("whatif", rehearsing, ask_imagined)
if answer is None:
    st.stop()

kept = answer.sentence == results.ALL_KEPT
(st.success if kept else st.warning)(answer.sentence.replace(" %", "\u00a0%"))
remedies.draw(remedies.ask(imagined, rehearsing, forecast))
if imagined.bursts:
    aftermath.draw(aftermath.ask(imagined, rehearsing, forecast))
tiles(answer.figures)
if answer.journeys:
    st.caption(answer.journeys)

channels = answer.scenario.channels
required = None if plan.result is None else plan.result.requirement
left, right = st.columns([3, 2])
channel = left.segmented_control(
    "Channel",
    list(channels),
    default=next(iter(channels)),
    format_func=heading,
    key="whatif-channel",
    required=True,
    help="Which channel the pictures show.",
)
picture = right.selectbox(
    "Picture",
    [BY_HOUR, SERVICE, WAITING, OFFERED],
    key="whatif-picture",
    persist_state="session",
    help="Service level as a week at a glance, or one figure over time beside the baseline.",
)
target = channels[channel].target
if picture == BY_HOUR:
    drawing.target_heat(
        results.service_heat(answer.here.series, channel, target.share if target else 0.0),
        target.share if target else 0.8,
        told=f"Service level of {heading(channel)} by day and hour; ▼ is under the target.",
    )
else:
    column, scale = {
        SERVICE: ("service_level", 100.0),
        WAITING: ("backlog", 1.0),
        OFFERED: ("offered", 1.0),
    }[picture]
    if picture == WAITING and channels[channel].kind == "live":
        column = "queue_mean"
    runs = answer.series
    drawing.lines(
        results.over_time(runs, channel, column, scale),
        list(runs),
        title=picture,
        told=f"{picture} of {heading(channel)} over the week.",
    )

st.subheader("Results")
st.dataframe(
    answer.table(required),
    hide_index=True,
    width="stretch",
    height="content",
    column_config={
        "Fine": st.column_config.TextColumn("", width=30, help="● as it should be, ▼ not."),
        "Result": st.column_config.TextColumn(width=300),
        "Difference": st.column_config.TextColumn(
            help="Here less baseline, with the 95 % interval of the difference: both met the very"
            " same customers."
        ),
        "Real or noise": st.column_config.TextColumn(
            help="Real: the interval leaves out zero. One in twenty misses by chance."
        ),
    },
)
st.caption(
    f"{answer.replications} replications, seed {answer.seed}, engine {answer.engine}. Staff are"
    " people on the floor, after shrinkage; paid hours and cost are before it. Brackets are 95 %"
    " intervals of the mean."
)

chosen = {links.PRESET: preset.label} if preset else {}
chosen |= {links.START: PLANNED} if start_from == PLANNED else {}
places = st.columns([5, 8, 7, 6, 9])
with places[0]:
    links.copy_link(chosen)
with places[1]:
    keep_box.draw(imagined, told)
with places[2]:
    rebase.draw(imagined, moved=not same, at_first={links.PRESET: AS_FORECAST, links.START: NOW})
places[3].download_button(
    "Results, CSV",
    lambda: safe_csv(answer.table()),
    "what_if.csv",
    "text/csv",
    on_click="ignore",
    help="The results of the table above.",
    width="stretch",
)
if forecast.result is not None:
    places[4].download_button(
        "Download this what-if",
        lambda: package(imagined, forecast.result, answer.replications),
        "what_if.zip",
        "application/zip",
        on_click="ignore",
        help="Scenario and forecast: `allweather simulate scenario.toml` gives these numbers.",
        width="stretch",
    )
