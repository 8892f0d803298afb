"""The what-if app: `streamlit run app.py`, or `make app`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from views.attention import Noticed, attention
from views.serving import Guarded, warmed_up
from views.static_files import FromMemory

VIEWS = Path(__file__).resolve().parent / "views"


def main() -> None:
    """Set the page up and run the view that the address names."""
    st.set_page_config(page_title="Allweather", layout="wide", initial_sidebar_state="expanded")

    from views import people
    from views.frame import frame
    from views.sign_in import ask_to_sign_in

    page = st.navigation(
        [
            st.Page(VIEWS / "history.py", title="History", url_path="history", default=True),
            st.Page(VIEWS / "forecast.py", title="Forecast", url_path="forecast"),
            st.Page(VIEWS / "today.py", title="Today", url_path="today"),
            st.Page(VIEWS / "whatif.py", title="What-if", url_path="what-if"),
            st.Page(VIEWS / "drill.py", title="Drill", url_path="drill"),
            st.Page(VIEWS / "plan.py", title="Plan", url_path="plan"),
            st.Page(VIEWS / "compare.py", title="Compare", url_path="compare"),
            st.Page(VIEWS / "floor.py", title="Floor", url_path="floor"),
            st.Page(VIEWS / "shelf.py", title="Saved", url_path="saved"),
        ],
        position="top" if people.known() else "hidden",
    )
    if not people.known():
        ask_to_sign_in()
        return
    frame()
    page.run()


# The server imports this file for the application and runs it anew for every page that is drawn.
if __name__ == "__main__":
    with attention.drawing():
        main()
else:
    app = st.App(
        __file__,
        lifespan=warmed_up,
        middleware=[Middleware(Noticed), Middleware(Guarded), Middleware(FromMemory)],
    )
