"""What is asked of a drill: how large a burst, where and when, and who is called in."""

from __future__ import annotations

from datetime import time

import pandas as pd
import streamlit as st

from scenario import Scenario
from views import drafts
from views.drill_work import Asked
from views.words import heading

BEGINS = time(10)  # of the burst, at first
WHAT_IF = "drill-what-if"  # name in the page's address


def what_if() -> Scenario | None:
    """The what-if as its levers stand; after a refresh the one that was drilled."""
    imagined: Scenario | None = st.session_state.get("whatif-imagined")
    if imagined is not None:
        return imagined
    draft = drafts.find(st.session_state.get("whatif-drilled", st.query_params.get(WHAT_IF, "")))
    return None if draft is None else draft.scenario


def keep_what_if(drilled: Scenario | None) -> None:
    """Name the what-if that is drilled in the address, so that a refresh drills it again."""
    if drilled is not None:
        key = drafts.keep(drafts.Draft(drilled))
        st.session_state["whatif-drilled"] = st.query_params[WHAT_IF] = key
    elif WHAT_IF in st.query_params:
        del st.query_params[WHAT_IF]


def choice(scenario: Scenario) -> Asked:
    """
    Draw the widgets of a drill; a refresh keeps them.

    Parameters
    ----------
    scenario
        Whose channels, days and groups can be chosen.
    """
    keep = {"persist_state": "session", "bind": "query-params"}
    met = [name for name, one in scenario.channels.items() if one.kind != "callback"]
    channels = met or list(scenario.channels)
    deferred = [name for name in channels if scenario.channels[name].kind == "deferred"]
    channel = st.selectbox(
        "Burst on",
        channels,
        index=channels.index((deferred or channels)[0]),
        format_func=heading,
        key="drill-channel",
        help="The channel that the burst meets.",
        **keep,
    )
    starts = scenario.period.starts
    days = {f"{day:%a %d %b}": day for day in starts.normalize().unique()}
    told = list(days)
    left, right = st.columns([3, 2])
    day = left.selectbox(
        "Day",
        told,
        index=min(2, len(told) - 1),
        key="drill-day",
        help="Day on which the burst begins.",
        **keep,
    )
    at = right.time_input(
        "From",
        BEGINS,
        step=900,
        key="drill-from",
        help="When it begins, local time.",
        **keep,
    )
    factor = st.slider(
        "Size, times the usual volume",
        1.5,
        20.0,
        6.0,
        0.5,
        format="%g",
        key="drill-factor",
        help="Volume at the beginning against the forecast. The sample's viral post reached 6;"
        " an outage 2 to 3.",
        **keep,
    )
    half_life = st.slider(
        "Half-life, h",
        0.5,
        24.0,
        2.0,
        0.5,
        format="%g",
        key="drill-half-life",
        help="Hours until half of the extra volume is left. Posts 2 to 4; a launch 72.",
        **keep,
    )
    st.subheader("Called in")
    groups = list(scenario.groups)
    group = groups[0]
    if len(groups) > 1:
        group = st.selectbox(
            "Group",
            groups,
            format_func=heading,
            key="drill-group",
            help="The team that the people called in work in.",
            **keep,
        )
    left, right = st.columns(2)
    more = left.number_input(
        "Agents",
        0,
        50,
        2,
        key="drill-more",
        help="People who come beside the staffing, and stay until the last of the team goes, at"
        " midnight at the latest; where nobody of it works any more that day, until midnight."
        " 0: nobody is called in.",
        **keep,
    )
    after = right.number_input(
        "After, min",
        0,
        480,
        30,
        15,
        key="drill-after",
        help="Minutes from the beginning of the burst until they are on the floor; a team that is"
        " staffed by the interval has them from the next full interval on. Typical: 30 minutes"
        " where people work from home, hours where they travel (assumption).",
        **keep,
    )
    chosen: pd.Timestamp = days[day]
    begin = chosen.tz_localize(None) + pd.Timedelta(hours=at.hour, minutes=at.minute)
    return Asked(channel, scenario.local(begin), factor, half_life, group, int(more), int(after))
