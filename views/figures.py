"""The few figures that stand at the top of a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import streamlit as st

WIDTH = 148  # pixels: "● 92.1 %" can be read, and five stand side by side at 1280


class Figure(NamedTuple):
    """A label, its value, what has changed against the baseline (None: nothing), and a help."""

    label: str
    value: str
    delta: str | None
    help: str


def tiles(figures: Iterable[Figure]) -> None:
    """Draw the figures side by side; in a narrow window they break into lines."""
    with st.container(horizontal=True):
        for figure in figures:
            st.metric(
                figure.label,
                figure.value,
                figure.delta,
                delta_color="off",
                delta_arrow="off",
                help=figure.help,
                border=True,
                width=WIDTH,
                height="stretch",
            )
