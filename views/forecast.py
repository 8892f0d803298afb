"""What will come: expected contacts with their spread, where they come from, how sure they are."""

from dataclasses import replace

import streamlit as st

from scenario.assumptions import base_demand
from views import ahead, charts, session
from views.progress import awaited
from views.words import heading, span

WEEK, FOUR_WEEKS = "Planned time", "Four weeks"

scenario = session.scenario()
st.title("Forecast")

found = awaited("forecast", session.forecast_job(), session.forecast_job)
if found is None:
    st.stop()
history_job = session.history_job()
history = None if history_job is None else history_job.result
demand = base_demand(scenario, found)

st.caption(
    f"{span(scenario.period.start, scenario.period.end)},"
    f" {len(demand.channels)} channels in intervals of {demand.horizon.interval_minutes} minutes."
    " Volume is contacts offered, whether answered or not."
)

with st.form("edits", border=False):
    # The editor shows the forecast; what is typed goes to the scenario, never back into it.
    edited = st.data_editor(
        ahead.week_grid(scenario, demand, history),
        hide_index=True,
        width="stretch",
        key=f"edits-{sorted(scenario.demand.scale.items())}",
        disabled=["Channel", "Last week", "Forecast", "9 in 10 within", "Change", "Handle time"],
        column_config={
            "channel": None,
            "Last week": st.column_config.TextColumn(help="Contacts counted in the last 7 days."),
            "Forecast": st.column_config.TextColumn(
                help="Expected contacts over the planned time, your edit included."
            ),
            "9 in 10 within": st.column_config.TextColumn(
                help="Nine in ten totals of the planned time lie in this range."
            ),
            "Change": st.column_config.TextColumn(help="Forecast a week against last week."),
            "Handle time": st.column_config.TextColumn(
                help="Expected agent time of a contact handled alone."
            ),
            "My edit, %": st.column_config.NumberColumn(
                min_value=-100.0,
                max_value=900.0,
                step=1.0,
                format="%+.0f",
                help="Your knowledge beyond the history, e.g. +20 for a campaign. It scales the"
                " channel over the planned time and is kept beside the forecast, not in it.",
            ),
        },
    )
    if st.form_submit_button("Apply my edits", help="Everything after the forecast follows."):
        changes = ahead.edits(edited, scenario)
        if changes:
            session.open_scenario(scenario.with_changes(changes))
            st.rerun()

left, middle, right = st.columns([3, 2, 2])
channel = left.segmented_control(
    "Channel",
    demand.channels,
    default=demand.channels[0],
    format_func=heading,
    key="forecast-channel",
    required=True,
    help="Which channel is drawn.",
)
grain = middle.segmented_control(
    "By",
    list(ahead.GRAINS),
    default="h",
    format_func=ahead.GRAINS.get,
    key="forecast-grain",
    required=True,
    help="Bands widen towards shorter times: single contacts come by chance.",
)
spans = [WEEK, FOUR_WEEKS] if scenario.demand.history is not None else [WEEK]
span = right.segmented_control(
    "Time",
    spans,
    default=WEEK,
    key="forecast-span",
    required=True,
    help="The planned time, or four weeks from its start.",
)
drawn = demand
if span == FOUR_WEEKS:
    outlook = awaited("outlook", session.outlook_job(), session.outlook_job)
    drawn = None if outlook is None else outlook
    if drawn is not None and scenario.demand.scale:
        known = {name: by for name, by in scenario.demand.scale.items() if name in drawn.channels}
        drawn = replace(drawn).scaled(known)
if drawn is not None:
    past = None if history is None else ahead.counted(history, channel, grain, 7)
    st.altair_chart(
        charts.fan(
            ahead.bands(drawn, channel, grain),
            title=f"{heading(channel)}, contacts an {ahead.GRAINS[grain].lower()}"
            if grain != "D"
            else f"{heading(channel)}, contacts a day",
            past=past,
        ),
        width="stretch",
        alt=f"Forecast of {heading(channel)} with its bands, and the week before.",
    )
    st.caption(
        "Line: expected. Dark band: 8 in 10 counts lie in it; light band: 9 in 10. Grey dashes:"
        " what was counted in the week before."
    )

parts = getattr(found, "parts", {})
if channel in parts:
    st.subheader("What it is made of")
    left, right = st.columns([2, 3])
    with left:
        st.dataframe(
            ahead.daily_parts(parts[channel]),
            hide_index=True,
            width="stretch",
            height="content",
            column_config={
                "Type": st.column_config.TextColumn(help="Days of a type share a profile."),
                "Level": st.column_config.NumberColumn(help="Expected contacts of the day."),
                "Events": st.column_config.NumberColumn(
                    format="× %.2f", help="What known events multiply the busiest interval by."
                ),
            },
        )
    with right:
        shares = ahead.profile(parts[channel])
        kinds = ahead.in_week_order(shares["name"])
        st.altair_chart(
            charts.lines(shares, kinds, title="Share of the day, %", form=".2f"),
            width="stretch",
            alt=f"Share of a day's {heading(channel)} contacts by time of day and day type.",
        )

told = [*found.warnings, *getattr(found, "reasons", ())]
mine = [text for text in told if text.split(":")[0] not in demand.channels]
mine += [text for text in told if text.startswith(f"{channel}:")]
if mine:
    st.subheader("Why it looks like this")
    for sentence in mine:
        st.text(f"● {sentence}")

if scenario.demand.history is not None:
    st.subheader("How far it was off in the past")
    if st.session_state.get("backtest-wanted") or st.button(
        "Measure on my own history",
        help="Forecasts the last months anew from up to eight past days and compares; a minute.",
        key="backtest-go",
    ):
        st.session_state["backtest-wanted"] = True
        tested = awaited("backtest", session.backtest_job(), session.backtest_job)
        if tested is not None:
            st.dataframe(ahead.accuracy(tested.channels), hide_index=True, width="stretch")
            st.dataframe(ahead.errors_by_grain(tested.table), hide_index=True, width="stretch")
            st.caption(
                f"{len(tested.origins)} forecasts of {tested.horizon_days:.0f} days. Error: sum of"
                " the absolute misses over the sum of the contacts, interval by interval."
                " Counting noise: what even the true rate would miss by, since single contacts"
                " come by chance."
            )
    else:
        st.caption(
            "Compares what this method would have said on past days with what came, and with"
            " simply repeating last week."
        )
