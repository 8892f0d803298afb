"""What stands around every page: which scenario, how it is saved, what runs, which seed."""

from __future__ import annotations

import streamlit as st

from views import calibrating, first_share, people, save_box, session
from views.progress import background
from views.sign_in import sign_out
from views.words import span, unmarked
from views.work import app_version


def frame() -> None:
    """Begin the work of a new session and draw what the sidebar shows on every page."""
    scenario = session.scenario()
    session.keep_in_address()
    if first_share.is_missing(scenario):
        calibrating.settle(scenario)
    session.begin()
    with st.sidebar:
        st.markdown(f"**{unmarked(scenario.name)}**")
        period = scenario.period
        st.caption(f"{span(period.start, period.end)}, {scenario.timezone}")
        save_box.draw()
        background()
        people.remember()
        if people.signing_in():
            sign_out()
        st.caption(f"Seed {scenario.seed} · {scenario.replications} replications · {app_version()}")
