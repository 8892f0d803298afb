"""The day in the middle of it: counts so far, the rest reforecast, and what staff would do."""

import streamlit as st

from forecast import rest_of_day
from report.result_table import results_table
from scenario import InvalidInputError, PlanningError
from views import results, session, this_day, work
from views.charts import clock_ms
from views.day_chart import day_so_far
from views.faults import show_faults
from views.figures import Figure, tiles
from views.jobs import board
from views.own_data import HISTORY_TYPES
from views.progress import awaited
from views.words import heading

ADDRESS = "counted"  # name of the counts in the page's address
MOST_WAITING = 5000

scenario = session.scenario()
st.title("Today")

found = awaited("forecast", session.forecast_job(), session.forecast_job)
if found is None:
    st.stop()
known = {name: by for name, by in scenario.demand.scale.items() if name in found.channels}
forecast = found.scaled(known) if known else found
channels = this_day.in_order(forecast, scenario)


def take(counts, told):
    """Remember the counts of today, and in words where they come from."""
    st.session_state["today-key"] = this_day.keep(counts)
    st.session_state["today-told"] = told


def forget():
    """Forget the counts of today."""
    st.session_state["today-key"] = ""
    st.session_state.pop("today-told", None)


key = st.session_state.setdefault("today-key", st.query_params.get(ADDRESS, ""))
so_far = this_day.kept(key)
if so_far is None and ADDRESS in st.query_params:
    del st.query_params[ADDRESS]
elif so_far is not None:
    st.query_params[ADDRESS] = key

with st.expander("Contacts counted so far", expanded=so_far is None, key="today-counts"):
    file_tab, typed_tab, example_tab = st.tabs(["Load a file", "Type or paste", "Try an example"])
    with file_tab:
        file = st.file_uploader(
            "Counts of today",
            type=HISTORY_TYPES,
            key="today-file",
            help="The same layouts as a history: a row an interval and channel, or a contact log."
            " Earlier days in it are not looked at.",
        )
        if file is not None and st.button("Use this file", type="primary", key="today-use-file"):
            try:
                take(this_day.uploaded(file.name, file.getvalue(), forecast), file.name)
                st.rerun()
            except PlanningError as error:
                st.error("This cannot be used. What was there before is still in use.")
                show_faults(error)
    with typed_tab:
        day = st.selectbox(
            "Day",
            this_day.days_of(forecast),
            format_func=lambda day: f"{day:%a %d %b %Y}",
            key="today-day",
            persist_state="session",
            help="A day of the planned time.",
        )
        with st.form("today-typed", border=False):
            grid = st.data_editor(
                this_day.blank_hours(forecast, day, channels),
                hide_index=True,
                width="stretch",
                height=260,
                placeholder="",
                disabled=["Hour"],
                key=f"today-grid-{day}",
                column_config={
                    channel: st.column_config.NumberColumn(heading(channel), min_value=0, step=1)
                    for channel in forecast.channels
                },
            )
            st.caption("Contacts offered in each whole hour, from the top; cells can be pasted.")
            if st.form_submit_button("Use these counts"):
                try:
                    take(this_day.typed(forecast, day, grid), f"typed for {day:%a %d %b}")
                    st.rerun()
                except InvalidInputError as error:
                    show_faults(error)
    with example_tab:
        first = this_day.days_of(forecast)[0]
        st.caption(
            f"Makes up the morning of {first:%a %d %b} up to 11:00: a lively day of the forecast's"
            f" own, with a burst of {heading(forecast.channels[0])} from nine on."
        )
        st.button(
            "Play an example morning",
            key="today-example",
            on_click=lambda: take(
                this_day.example_morning(forecast, first), "a made-up example morning"
            ),
        )

try:
    if so_far is None:
        nothing = this_day.nothing_yet(forecast)
        today = rest_of_day(forecast, nothing, at=nothing.starts[0])
    else:
        today = rest_of_day(forecast, so_far)
except PlanningError as error:
    st.error(str(error))
    st.button("Take these counts away", on_click=forget)
    st.stop()

if so_far is None:
    st.info(
        f"Nothing is counted yet: {today.day:%A %d %B %Y} is shown as it was forecast. Load or type"
        " what has come in so far, or try the example: the rest of the day is told again at once."
    )
else:
    left, right = st.columns([5, 1], vertical_alignment="center")
    told = st.session_state.get("today-told")
    left.caption(
        f"{today.day:%A %d %B %Y}, known up to {today.at:%H:%M}" + (f": {told}." if told else ".")
    )
    right.button("Take away", on_click=forget, help="Forget these counts.", width="stretch")
    for alarm in today.alarms:
        st.warning(f"▲ {heading(alarm.sentence)}.")
    if not today.alarms:
        st.success("● Every channel is within its usual range so far.")
    for note in today.notes:
        st.text(f"○ {note}")
    by_channel = today.totals.set_index("channel")
    tiles(
        Figure(
            heading(name),
            f"{row['so_far']:,.0f}",
            this_day.percent_change(row["so_far"] / row["so_far_forecast"] - 1)
            if row["so_far_forecast"] > 0
            else None,
            f"Contacts so far; {row['so_far_forecast']:,.0f} were expected,"
            f" {row['so_far_low']:,.0f} to {row['so_far_high']:,.0f} are usual.",
        )
        for name, row in ((name, by_channel.loc[name]) for name in channels)
    )

channel = st.segmented_control(
    "Channel",
    channels,
    default=channels[0],
    format_func=heading,
    key="today-channel",
    required=True,
    help="Which channel is drawn.",
)
at_ms = float(clock_ms([today.at.tz_localize(None)])[0])
st.altair_chart(
    day_so_far(
        this_day.hourly(today, channel), at_ms, title=f"{heading(channel)}, contacts an hour"
    ),
    width="stretch",
    alt=f"{heading(channel)} today by hour: counted, as forecast, and expected now with its band.",
)
st.caption(
    "Points: counted. Grey dashes: the forecast as it stood. Blue: expected now, with the band that"
    " holds nine in ten counts. The rest follows the day so far and its last hour as far as they"
    " told the rest of the last 60 days."
)
st.dataframe(this_day.totals(today, channels), hide_index=True, width="stretch", height="content")

if so_far is None:
    st.stop()

st.subheader("The rest of the day on the floor")
inside = today.rest is not None and (
    scenario.period.start <= today.rest.horizon.start
    and today.rest.horizon.end <= scenario.period.end
)
if not inside:
    st.info("Nothing of the day is left, or it lies outside of the planned time.")
    st.stop()

deferred = [name for name, one in scenario.channels.items() if one.kind == "deferred"]
with st.form("today-floor", border=True):
    waiting = {}
    for name, columns in zip(deferred, [st.columns(2) for _ in deferred], strict=True):
        count = columns[0].number_input(
            f"{heading(name)} waiting now",
            0,
            MOST_WAITING,
            0,
            key=f"today-waiting-{name}",
            persist_state="session",
            help="Unanswered contacts at this moment.",
        )
        oldest = columns[1].number_input(
            f"Oldest of {heading(name)}, minutes",
            0,
            10_000,
            60,
            key=f"today-oldest-{name}",
            persist_state="session",
            help="Age of the oldest; the others lie evenly between it and now.",
        )
        waiting[name] = (int(count), float(oldest))
    places = st.columns(max(len(scenario.groups), 2))
    more = {}
    for place, group in zip(places, scenario.groups, strict=False):
        more[group] = int(
            place.number_input(
                f"Agents more or fewer, {heading(group)}",
                -20,
                20,
                2 if group == next(iter(scenario.groups)) else 0,
                key=f"today-more-{group}",
                persist_state="session",
                help="People on the floor for the rest of the day, beside those scheduled now.",
            )
        )
    st.form_submit_button("Rehearse the rest of the day", type="primary")

try:
    as_staffed = this_day.rest_scenario(scenario, today, waiting, {})
    moved = this_day.rest_scenario(scenario, today, waiting, more)
except PlanningError as error:
    show_faults(error)
    st.stop()


def ask_staffed(*, again: bool = False):
    """The rest of the day, rehearsed as it is staffed now."""
    return work.ask_rest(board(), session.session_id(), "rest", as_staffed, today.rest, again=again)


def ask_moved(*, again: bool = False):
    """The rest of the day, rehearsed with the agents who are called or sent home."""
    return work.ask_rest(
        board(), session.session_id(), "rest-moved", moved, today.rest, again=again
    )


asked = ask_staffed()
change_asked = any(more.values())
if change_asked:
    ask_moved().look(0.6)
before = awaited("rest", asked, ask_staffed)
after = awaited("rest-moved", ask_moved(), ask_moved) if change_asked else None
if before is None:
    st.stop()
outcome, beside = before.latest, None
if after is not None:
    outcome, beside = after.beside(before)
    told_more = ", ".join(f"{heading(group)} {by:+d}" for group, by in more.items() if by)
    st.caption(f"With {told_more} for the rest of the day, beside the staffing as it stands.")
sentence = results.headline(outcome)
(st.success if sentence == results.ALL_KEPT else st.warning)(sentence.replace(" %", "\u00a0%"))
st.dataframe(
    results_table(outcome, beside),
    hide_index=True,
    width="stretch",
    height="content",
    column_config={
        "Fine": st.column_config.TextColumn("", width=30, help="● as it should be, ▼ not."),
        "Result": st.column_config.TextColumn(width=300),
        "Difference": st.column_config.TextColumn(
            help="Here less as staffed, with the 95 % interval of the difference."
        ),
    },
)
st.caption(
    f"From {today.at:%H:%M} to midnight, {outcome.replications} replications, seed {outcome.seed}."
    " Live contacts in hand or waiting at this moment are not known and left out."
)
