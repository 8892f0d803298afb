"""The what-if app: `streamlit run app.py`, or `make app`."""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path

import streamlit as st

VIEWS = Path(__file__).resolve().parent / "views"


@cache
def warm_up() -> None:
    """
    Load what the pages need, once, and keep it out of the garbage collector's way.

    Streamlit collects garbage after every run; going through these libraries takes 150 ms
    each time, unless they are frozen.
    """
    import altair  # noqa: F401
    import pandas  # noqa: F401

    gc.collect()
    gc.freeze()


def main() -> None:
    """Set the page up and run the view that the address names."""
    st.set_page_config(page_title="Allweather", layout="wide", initial_sidebar_state="expanded")
    warm_up()

    from views.frame import frame

    page = st.navigation(
        [
            st.Page(VIEWS / "history.py", title="History", url_path="history", default=True),
            st.Page(VIEWS / "forecast.py", title="Forecast", url_path="forecast"),
            st.Page(VIEWS / "today.py", title="Today", url_path="today"),
            st.Page(VIEWS / "whatif.py", title="What-if", url_path="what-if"),
            st.Page(VIEWS / "plan.py", title="Plan", url_path="plan"),
            st.Page(VIEWS / "compare.py", title="Compare", url_path="compare"),
            st.Page(VIEWS / "floor.py", title="Floor", url_path="floor"),
            st.Page(VIEWS / "shelf.py", title="Saved", url_path="saved"),
        ],
        position="top",
    )
    frame()
    page.run()


# Worker processes import this file again: they must not run the app.
if __name__ == "__main__":
    main()
