"""What has been: contacts and handle times of the past, checked, and how to bring one's own."""

import streamlit as st

from views import charts, history_charts, odd_days, own_data, session, staffing_now
from views.past import channel_summary, days_of, in_order, usual_week
from views.progress import awaited
from views.words import heading, span

USUAL, EVERY = "The usual week", "Week by week"

scenario = session.scenario()
st.title("History")
own_data.draw()

job = session.history_job()
if job is None:
    st.info("This scenario states its expected contacts itself; it has no history to look at.")
    staffing_now.draw(scenario)
    st.stop()
history = awaited("history", job, session.history_job)
if history is None:
    st.stop()

channels = in_order(history, scenario)
st.caption(
    f"{history.weeks:.1f} weeks, {span(history.starts[0], history.end)},"
    f" {len(history.channels)} channels in intervals of {history.interval_minutes} minutes,"
    f" {history.timezone}"
)
st.dataframe(
    channel_summary(history, channels),
    hide_index=True,
    width="stretch",
    column_config={
        "Handle time": st.column_config.TextColumn(
            help="Mean agent time of one contact handled alone, from answer to wrapped up."
        ),
        "Abandoned": st.column_config.TextColumn(help="Customers who gave up, of all offered."),
        "Unknown intervals": st.column_config.TextColumn(
            help="Intervals for which the file has no row though the channel was open."
        ),
    },
)

names = [heading(channel) for channel in channels]
st.subheader("Contacts a day")
days = days_of(history, scenario.calendar)
st.altair_chart(
    charts.daily_history(days, names),
    width="stretch",
    alt="Contacts a day by channel; public holidays, gaps and bursts carry a symbol.",
)

st.subheader("Hours of the week")
left, right = st.columns([3, 2])
channel = left.segmented_control(
    "Channel",
    channels,
    default=channels[0],
    format_func=heading,
    key="history-channel",
    required=True,
    help="Which channel the hours are drawn for.",
)
picture = right.segmented_control(
    "Picture",
    [USUAL, EVERY],
    default=USUAL,
    key="history-picture",
    required=True,
    help="The mean of all weeks, or every hour of every week of the last year: a gap is blank.",
)
if picture == USUAL:
    st.altair_chart(
        charts.week_heat(usual_week(history, channel), title="Contacts an hour"),
        width="stretch",
        alt=f"Mean contacts an hour of {heading(channel)} by weekday and hour of the day.",
    )
else:
    st.altair_chart(
        history_charts.weeks_heat(odd_days.weeks_of(history, channel, days)),
        width="stretch",
        alt=f"Contacts an hour of {heading(channel)}, a row a week; gaps are blank.",
    )

odd = odd_days.odd_days(days)
st.subheader("Holidays, gaps and outliers")
if len(odd):
    st.dataframe(odd, hide_index=True, width="stretch", height=min(38 * (len(odd) + 1), 260))
else:
    st.write("No day is out of the ordinary.")

st.subheader("What looks odd, and what was put right")
if not history.repairs and not history.suspicions:
    st.write("Nothing: every interval has its row.")
for sentence in history.suspicions:
    st.text(f"▲ {sentence}")
if history.repairs:
    with st.expander(f"Put right while reading ({len(history.repairs)})"):
        for sentence in history.repairs:
            st.text(f"● {sentence}")

staffing_now.draw(scenario)
