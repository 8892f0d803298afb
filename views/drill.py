"""Drill: how the team copes with a burst, when it is over, and what calling people in changes."""

import pandas as pd
import streamlit as st

from report.tables import safe_csv
from views import drawing, drill_words, session
from views.drill_choice import choice, keep_what_if, what_if
from views.drill_work import Asked, ask_drill
from views.edit_work import planned_scenario
from views.jobs import board
from views.progress import awaited
from views.words import heading, unmarked

NOW, PLANNED, IMAGINED = "as now", "as planned", "what-if"
PICTURES = {
    "Contacts waiting": ("backlog", 1.0),
    "Contacts offered": ("offered", 1.0),
    "Service level, %": ("service_level", 100.0),
}

scenario = session.scenario()
st.title("Drill")
st.caption(
    "A burst breaks out: more contacts at once, falling back by half every half-life. The same"
    " customers meet the team on a calm day, in the burst, and in the burst with people called in."
)

plan = session.plan_job()
imagined = what_if()
starts = [NOW, PLANNED] + ([IMAGINED] if imagined is not None else [])
if st.session_state.get("drill-start", NOW) not in starts:
    del st.session_state["drill-start"]
with st.sidebar:
    st.subheader("Burst")
    started = st.segmented_control(
        "Staffed",
        starts,
        default=NOW,
        key="drill-start",
        required=True,
        bind="query-params",
        persist_state="session",
        help="The current staffing, the plan's, or the scenario that the What-if page shows:"
        " customers who come back or write again, and posts that draw others, are moved there.",
    )
    shown = scenario
    if started == IMAGINED and imagined is not None:
        shown = imagined
    elif started == PLANNED and plan.result is not None:
        shown = planned_scenario(scenario, plan.result)
    elif started == PLANNED:
        st.caption("The plan is not found yet: until then the drill is with the staffing now.")
    keep_what_if(imagined if started == IMAGINED else None)
    asked: Asked = choice(shown)

forecast = session.forecast_job()


def ask(*, again: bool = False):
    """The drill as the sidebar asks for it."""
    return ask_drill(board(), session.session_id(), shown, forecast, asked, again=again)


job = ask()
job.look(0.6)
found = awaited("drill", job, ask)
if found is None:
    st.stop()

for told in drill_words.sentences(found):
    st.markdown(f"**{unmarked(told)}**")
st.dataframe(
    drill_words.table(found, shown),
    hide_index=True,
    width="stretch",
    height="content",
    column_config={"Result": st.column_config.TextColumn(width=300, pinned=True)},
)
st.caption(
    "Brackets: the burst beside the calm day, people called in beside the burst. Service level,"
    " contacts and cost are of the whole planned time."
)

left, right = st.columns([3, 2])
channel = left.segmented_control(
    "Channel",
    list(shown.channels),
    default=asked.channel,
    format_func=heading,
    key=f"drill-shown-{asked.channel}",
    required=True,
    help="Which channel the picture shows: a burst on one is felt on the others that the team"
    " serves.",
)
picture = right.selectbox(
    "Picture",
    list(PICTURES),
    key="drill-picture",
    persist_state="session",
    help="From two hours before the burst until it is over in nine of ten runs, a day at least.",
)
column, scale = PICTURES[picture]
drawing.lines(
    drill_words.over_time(found, channel, column, scale),
    list(drill_words.names_of(found).values()),
    title=picture,
    told=f"{picture} of {heading(channel)} from the burst on, by arrangement.",
)

told = drill_words.what_changes(found)
if told:
    st.subheader("What calling people in changes")
    for sentence in told:
        st.text(f"● {sentence}")
st.caption(
    "Over: the first interval after the worst one in which no more than 5 % of the contacts that"
    " waited at the worst beyond the calm day, or one contact, still do. What comes after closing"
    " waits for the morning: a team can catch up before the night, and find more after it."
    f" {found.replications} replications each, seed {found.seed}."
)
places = st.columns([1, 1, 3])
places[0].download_button(
    "Drill, CSV",
    lambda: safe_csv(pd.DataFrame(list(found.rows.values()))),
    "drill.csv",
    "text/csv",
    on_click="ignore",
    width="stretch",
    help="A row an arrangement: service level, when it is over, contacts, cost.",
)
places[1].download_button(
    "By interval, CSV",
    lambda: safe_csv(found.intervals),
    "drill_intervals.csv",
    "text/csv",
    on_click="ignore",
    width="stretch",
    help="What waits and what is offered in every interval, by channel and arrangement.",
)
