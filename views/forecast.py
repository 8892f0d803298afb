"""What will come: expected contacts with their spread, where they come from, how sure they are."""

import pandas as pd
import streamlit as st

from forecast import Edits
from forecast.grains import accuracy_by_grain
from forecast.sources import edits_of
from scenario.assumptions import base_demand
from views import ahead, charts, edit_layer, event_layer, people, session
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
plain_job = session.unedited_job()
plain = None
if scenario.demand.edits is not None and plain_job.result is not None:
    plain = base_demand(scenario, plain_job.result)

st.caption(
    f"{span(scenario.period.start, scenario.period.end)},"
    f" {len(demand.channels)} channels in intervals of {demand.horizon.interval_minutes} minutes."
    " Volume is contacts offered, whether answered or not."
)

with st.form("edits", border=False):
    grid = ahead.week_grid(scenario, demand, plain, history)
    # The editor shows the forecast; what is typed goes to the layer of edits, never back into it.
    edited = st.data_editor(
        grid,
        hide_index=True,
        width="stretch",
        key=f"edits-{hash(tuple(grid['Forecast']))}",
        disabled=[name for name in grid.columns if name != "My edit, %"],
        column_config={
            "channel": None,
            "first": None,
            "last": None,
            "Week": st.column_config.TextColumn(help="First day of the week, or what is planned."),
            "Last week": st.column_config.TextColumn(
                help="Contacts counted on the same weekdays of the last week known."
            ),
            "Forecast": st.column_config.TextColumn(help="Expected contacts, your edits included."),
            "9 in 10 within": st.column_config.TextColumn(
                help="Nine in ten totals lie in this range."
            ),
            "Change": st.column_config.TextColumn(help="Forecast against last week."),
            "Handle time": st.column_config.TextColumn(
                help="Expected agent time of a contact handled alone."
            ),
            "My edit, %": st.column_config.NumberColumn(
                min_value=-100.0,
                max_value=900.0,
                step=1.0,
                format="%+.0f",
                help="Your knowledge beyond the history, e.g. +20 for a campaign. It scales the"
                " channel over the week and is kept as an edit beside the forecast, not in it.",
            ),
        },
    )
    why, who, go = st.columns([4, 2, 2], vertical_alignment="bottom")
    reason = why.text_input("Reason", max_chars=200, placeholder="e.g. newsletter to 40,000")
    author = people.field("grid-person", who)
    if go.form_submit_button("Apply my edits", width="stretch"):
        added = ahead.grid_edits(grid, edited, author, reason.strip())
        if added:
            layer = Edits((*edits_of(scenario).edits, *added))
            session.open_scenario(edit_layer.with_layer(scenario, layer))
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
        drawn = drawn.scaled(known)
if drawn is not None:
    past = None if history is None else ahead.counted(history, channel, grain, 7)
    untold = None
    if plain is not None and span == WEEK:
        untold = ahead.bands(plain, channel, grain)
    st.altair_chart(
        charts.fan(
            ahead.bands(drawn, channel, grain),
            title=f"{heading(channel)}, contacts an {ahead.GRAINS[grain].lower()}"
            if grain != "D"
            else f"{heading(channel)}, contacts a day",
            past=past,
            unedited=untold,
        ),
        width="stretch",
        alt=f"Forecast of {heading(channel)} with its bands, and the week before.",
    )
    st.caption(
        "Line: expected. Dark band: 8 in 10 counts lie in it; light band: 9 in 10. Grey dashes:"
        " what was counted in the week before."
        + (" Orange dashes: the forecast without your edits." if untold is not None else "")
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
mixed = ahead.members_table(getattr(found, "members", pd.DataFrame({"channel": []})), channel)
if mine or len(mixed):
    st.subheader("Why it looks like this")
    if len(mixed):
        st.dataframe(mixed, hide_index=True, width="stretch", height="content")
        st.caption(
            "Members of the forecast, their errors when past weeks were told again (by stretches"
            " of the day that hold ten contacts), and what each weighs in the mix."
        )
    for sentence in mine:
        # The table above says what the sentence on the members says.
        if not len(mixed) or "past origins" not in sentence:
            st.text(f"● {sentence}")

if scenario.demand.history is not None:
    st.subheader("Events and bursts")
    event_layer.draw(found, channel)

st.subheader("My edits")
edit_layer.draw(found, plain_job.result, history)

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
            st.dataframe(
                ahead.lead_times(accuracy_by_grain(tested), channel),
                hide_index=True,
                width="stretch",
            )
            st.caption(
                f"{len(tested.origins)} forecasts of {tested.horizon_days:.0f} days; the second"
                f" table is of {heading(channel)}, by weeks ahead. Error: sum of the absolute"
                " misses over the sum of the contacts. Counting noise: what even the true rate"
                " would miss by, since single contacts come by chance; no forecast comes below it."
            )
    else:
        st.caption(
            "Compares what this method would have said on past days with what came, and with"
            " simply repeating last week."
        )
