"""What stands around every page: which scenario, what runs in the background, which seed."""

from __future__ import annotations

import streamlit as st

from views import session
from views.progress import background
from views.words import span
from views.work import app_version


def frame() -> None:
    """Begin the work of a new session and draw the sidebar's foot."""
    scenario = session.scenario()
    session.keep_in_address()
    session.begin()
    with st.sidebar:
        st.markdown(f"**{_plain(scenario.name)}**")
        period = scenario.period
        st.caption(f"{span(period.start, period.end)}, {scenario.timezone}")
        background()
        st.caption(f"Seed {scenario.seed} · {scenario.replications} replications · {app_version()}")


def _plain(text: str) -> str:
    """A name given by a person, without the characters that Markdown would act on."""
    return "".join(
        "\\" + letter if letter in r"\`*_{}[]()#+-.!|<>$:~" else letter for letter in text
    )
