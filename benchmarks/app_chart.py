"""A page of one chart, to see how fast it is drawn anew; `streamlit run` shows it."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from views import charts, drawing

INTERVALS, CHANNELS = 2_688, ("Chat", "X", "Facebook")  # four weeks of quarter-hours

times = pd.date_range("2026-04-13", periods=INTERVALS, freq="15min", tz="Europe/London")
wave = 30 + 20 * np.sin(np.arange(INTERVALS) * 2 * np.pi / 96)
turn = st.session_state.setdefault("turn", 0)
table = pd.concat(
    pd.DataFrame(
        {
            "at": charts.clock_ms(times),
            "when": charts.clock_text(times),
            "name": name,
            "value": wave * (1 + 0.3 * number + 0.1 * (turn % 5)),
        }
    )
    for number, name in enumerate(CHANNELS)
)


def move() -> None:
    """Change what is drawn."""
    st.session_state["turn"] += 1


st.button("Move", on_click=move)
drawing.lines(table, list(CHANNELS), title="Contacts", told="Contacts.")
