"""Keep a what-if under a name, to stand beside others on the Compare page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from scenario import Scenario
from views import candidates


def draw(imagined: Scenario, moved: Sequence[str]) -> None:
    """
    Draw the button and what it opens.

    Parameters
    ----------
    imagined
        The what-if as it stands.
    moved
        What it changes, in words.
    """
    candidates.keep_in_address()
    with st.popover(
        "Keep for comparing",
        width="stretch",
        disabled=not moved,
        help="Keeps this what-if under a name, to stand beside others on the Compare page.",
    ):
        name = st.text_input(
            "Name",
            value=_short(moved),
            max_chars=40,
            key=f"keep-name-{len(moved)}-{_short(moved)}",
            help="What its column on the Compare page is called, e.g. “Two more on Monday”.",
        )
        if st.button("Keep", key="keep-go", type="primary", width="stretch"):
            candidates.keep(name.strip() or _short(moved), imagined, moved)
            candidates.keep_in_address()
            st.success("Kept. The Compare page has it.")


def _short(moved: Sequence[str]) -> str:
    text = ", ".join(moved) or "What-if"
    return text if len(text) <= 40 else f"{text[:39]}…"
