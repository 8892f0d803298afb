"""The one page for somebody who has not signed in, on a server where people do."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st


def ask_to_sign_in() -> None:
    """Draw the page, with a button for every provider that the server has."""
    st.title("Allweather")
    st.caption("Forecast the contacts, rehearse the day, staff for any weather.")
    for provider in _providers():
        label = f"Sign in with {provider.capitalize()}" if provider else "Sign in"
        st.button(label, type="primary", on_click=st.login, args=(provider or None,))
    st.caption("If a link led you here, follow it again once you are signed in.")


def sign_out() -> None:
    """A button that ends the signed-in visit."""
    st.button("Sign out", on_click=st.logout, width="stretch")


def _providers() -> list[str]:
    """Names of the providers among the server's secrets; one without a name is ""."""
    told = st.secrets["auth"]
    named = [
        name
        for name, section in told.items()
        if isinstance(section, Mapping) and "server_metadata_url" in section
    ]
    return [""] * ("server_metadata_url" in told) + named
