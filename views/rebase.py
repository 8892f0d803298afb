"""Make the what-if the baseline: what is known of the customers is no lever any more."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from scenario import Scenario
from scenario.assumptions import begets
from views import lever_widgets, session
from views.drafts import Draft

NEXT = "baseline-next"  # name in the session
FIRST, ALL = "first", "all"
COUNTS = {
    FIRST: "first attempts: who comes back comes on top",
    ALL: "all contacts: who comes back is in it",
}


def draw(imagined: Scenario, *, moved: bool, at_first: Mapping[str, str]) -> None:
    """
    Draw the button and what it opens.

    Parameters
    ----------
    imagined
        The what-if as it stands.
    moved
        Whether it differs from the baseline.
    at_first
        Weather and staffing that are not chosen, by the keys of their widgets.
    """
    with st.popover(
        "Make baseline",
        width="stretch",
        disabled=not moved and not begets(imagined),
        help="Takes these levers as how things are: the levers start from there, and every page"
        " works with it.",
    ):
        counts = imagined.demand.counts
        if begets(imagined):
            counts = st.radio(
                "The forecast counts",
                list(COUNTS),
                index=list(COUNTS).index(counts),
                format_func=COUNTS.__getitem__,
                key=f"rebase-counts-{counts}",
                help="A history counts every contact. Where customers come back already today,"
                " choose all contacts: then first attempts are found so that, with the staff of"
                " the baseline so far, all that comes in is what the history says, and stay as"
                " they are in every what-if.",
            )
        st.button(
            "Work with this from now on",
            key="rebase-go",
            type="primary",
            width="stretch",
            on_click=_take,
            args=(imagined, counts, at_first),
        )
    if session.former() is not None:
        st.button(
            "Back to the former baseline",
            key="rebase-back",
            width="stretch",
            on_click=_back,
            args=(at_first,),
            help="Works with the baseline that was there before; the levers go back.",
        )


def follow() -> None:
    """Open what became the baseline, once the page has drawn its widgets at their defaults."""
    chosen: tuple[Draft, Draft | None] | None = st.session_state.pop(NEXT, None)
    if chosen is not None:
        opened, former = chosen
        session.open_scenario(opened.scenario, opened.origins, former=former, as_it_is=True)
        st.rerun()


def _take(imagined: Scenario, counts: str, at_first: Mapping[str, str]) -> None:
    before = session.scenario()
    changes: dict[str, object] = {"demand.counts": counts}
    same = (counts, _behaviours(imagined)) == (before.demand.counts, _behaviours(before))
    if not same:
        changes["demand.first_share"] = None  # to be found for customers who act so
    origins = session.origins()
    _put(Draft(imagined.with_changes(changes), origins), Draft(before, origins), at_first)


def _back(at_first: Mapping[str, str]) -> None:
    former = session.former()
    if former is not None:
        _put(former, None, at_first)


def _put(opened: Draft, former: Draft | None, at_first: Mapping[str, str]) -> None:
    # The address follows its widgets, and only while they are drawn: they go back first.
    lever_widgets.forget(st.session_state["whatif-levers-of"])
    for name, position in at_first.items():
        if st.session_state.get(name) != position:
            st.session_state[name] = position
    st.session_state[NEXT] = (opened, former)


def _behaviours(scenario: Scenario) -> list[object]:
    """What the channels' customers do, on which the first attempts depend."""
    return [one.journeys for one in scenario.channels.values()]
