"""The curve on the Compare page: choose a channel, work it out, read it, take it away."""

from __future__ import annotations

import streamlit as st

from report.frontier_page import frontier_page
from report.tables import safe_csv, workbook
from scenario import Scenario
from views import compare_charts, curve, session, work
from views.jobs import Job, board
from views.progress import awaited
from views.words import heading, unmarked

ADDRESS = "curve"  # name in the page's address: channel and what is varied
VARIED = {curve.SHARE: "Share in time", curve.TIME: "Response time"}


def draw(scenario: Scenario, demand: Job) -> None:
    """
    Draw the panel.

    Parameters
    ----------
    scenario
        Whose promises are varied.
    demand
        The job that resolves its demand.
    """
    st.subheader("What a better promise costs")
    open_to = curve.can_vary(scenario)
    if not open_to:
        st.write("No channel of this scenario has a target, so there is no promise to vary.")
        return
    channel, varied = _choice(open_to)
    within = curve.times_of(scenario, channel) if varied == curve.TIME else None

    def ask(*, again: bool = False) -> Job:
        return work.ask_frontier(
            board(), session.session_id(), scenario, demand, channel, within, again=again
        )

    asked = f"{channel}~{varied}"
    if st.query_params.get(ADDRESS) != asked and st.session_state.get("curve-asked") != asked:
        st.caption(
            "For each promise the least staff is searched for anew: some minutes for a week, in"
            " the background. All other promises stay as they are."
        )
        if not st.button("Work out the curve", key="curve-go", type="primary"):
            return
    st.session_state["curve-asked"] = asked
    st.query_params[ADDRESS] = asked
    found = awaited("frontier", ask(), ask)
    if found is None:
        return
    sentence = heading(found.sentence)
    st.markdown(f"**{unmarked(sentence)}**")
    _pictures(found)
    st.dataframe(curve.for_people(found), hide_index=True, width="stretch", height="content")
    for note in found.notes:
        st.caption(unmarked(note))
    st.caption(
        "The least agents on the floor by the interval, before shifts give them their shape;"
        " achieved is checked with random numbers that the search never saw. The knee is the"
        " point from which each further point costs more than on average."
    )
    _downloads(found)


def _choice(open_to: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    """Channel and what of its promise is varied; at first those of the address."""
    told = st.query_params.get(ADDRESS, "").split("~")
    left, right, _ = st.columns([2, 3, 2])
    channels = list(open_to)
    channel = left.selectbox(
        "Promise of",
        channels,
        index=channels.index(told[0]) if told[0] in channels else 0,
        format_func=heading,
        key="curve-channel",
        persist_state="session",
        help="The channel whose promise is varied; the other promises are kept throughout.",
    )
    varied = right.segmented_control(
        "Varied",
        list(open_to[channel]),
        default=told[1] if len(told) > 1 and told[1] in open_to[channel] else curve.SHARE,
        format_func=VARIED.__getitem__,
        key=f"curve-varied-{channel}",
        required=True,
        help="The share of contacts served in time, 60 to 95 % (usual: 80 %, trade practice), or"
        " the time itself, a quarter to four times the present one.",
    )
    return channel, str(varied)


def _pictures(found: object) -> None:
    table = curve.rows(found)
    by_share = found.varies == "target"
    price = curve.cost_of(found)
    currency = found.scenario.currency
    cost = f"Cost of the whole floor, {currency}" if price == "cost" else "Paid hours"
    promise = "Promised share in time, %" if by_share else "Promised time, s"
    left, right = st.columns([3, 2])
    left.altair_chart(
        compare_charts.frontier(table, cost=cost, promise=promise, now=curve.present(found)),
        width="stretch",
        alt=f"{cost} by {promise.lower()}; ◆ marks the knee, the dashed line today's promise.",
    )
    unit = "one point more" if by_share else "one minute sooner"
    right.altair_chart(
        compare_charts.marginal(
            table.dropna(subset=["value"]), cost=f"{currency} for {unit}", promise="Up to"
        ),
        width="stretch",
        alt=f"What {unit} costs, step by step.",
    )


def _downloads(found: object) -> None:
    name = f"cost_of_{found.channel}"
    places = st.columns([1, 1, 1, 3])
    places[0].download_button(
        "Curve, CSV",
        lambda: safe_csv(found.table),
        f"{name}.csv",
        "text/csv",
        on_click="ignore",
        width="stretch",
        help="Every point as numbers.",
    )
    places[1].download_button(
        "Curve, XLSX",
        lambda: workbook({"Curve": found.table, "In words": curve.for_people(found)}),
        f"{name}.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        width="stretch",
        help="Every point as numbers and in words.",
    )
    places[2].download_button(
        "Curve, PDF",
        lambda: frontier_page(found),
        f"{name}.pdf",
        "application/pdf",
        on_click="ignore",
        width="stretch",
        help="One page to print.",
    )
