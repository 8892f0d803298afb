"""A scenario as a link: which levers one holds, what of it cannot be used, and how to copy it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from scenario import PlanningError, Scenario
from views.lever import Lever, Value, Values
from views.words import unmarked

LEVERS, SCENARIO = "levers", "scenario"  # names in the page's address
PRESET, START = "whatif-preset", "whatif-start"
BETWEEN, IS = "|", "~"  # neither is in any lever's positions, and both survive in addresses
IGNORED = "link-ignored"  # what of the address was not used, for the person


def text_of(levers: tuple[Lever, ...], values: Values) -> str:
    """
    The moved levers as they stand in an address.

    Parameters
    ----------
    levers
        All levers.
    values
        Positions by lever key.
    """
    moved = [lever for lever in levers if values[lever.key] != lever.default]
    return BETWEEN.join(f"{lever.key}{IS}{values[lever.key]}" for lever in moved)


def positions_of(
    levers: tuple[Lever, ...], text: str, start: Scenario
) -> tuple[dict[str, Value], list[str]]:
    """
    Positions told by an address.

    Parameters
    ----------
    levers
        The levers that the scenario has.
    text
        What `text_of` has written; from outside, so it may hold anything.
    start
        The scenario that the levers start from: a position that it refuses is not used.

    Returns
    -------
    tuple
        Positions by lever key, and a sentence for everything that cannot be used.
    """
    known = {lever.key: lever for lever in levers}
    found: dict[str, Value] = {}
    ignored = []
    for part in filter(None, text.split(BETWEEN)):
        key, sign, told = part.partition(IS)
        lever = known.get(key)
        if not sign:
            ignored.append(f"“{part}” is no lever with a position.")
        elif lever is None:
            ignored.append(f"“{key}” is no lever of this scenario.")
        else:
            position = _read(lever, told)
            if position is None or not _fits(start, levers, lever, position):
                ignored.append(f"{lever.label}: “{told}” is no position of this lever.")
            else:
                found[key] = position
    return found, ignored


def seed(levers: tuple[Lever, ...], start: Scenario) -> dict[str, Value]:
    """Positions that the page's address tells; what cannot be used is kept to be told."""
    text = st.query_params.get(LEVERS, "")
    if not text:
        return {}
    found, ignored = positions_of(levers, text, start)
    _ignore(ignored)
    return found


def examine(choices: Mapping[str, list[str]]) -> None:
    """
    Look at the address of a first visit: weather and staffing that are unknown are told.

    Parameters
    ----------
    choices
        Labels that can be chosen, by name in the address.
    """
    if st.session_state.get("link-examined"):
        return
    st.session_state["link-examined"] = True
    for name, labels in choices.items():
        told = st.query_params.get(name)
        if told is not None and told not in labels:
            _ignore([f"“{told}” is not known here."])
    if st.session_state.get("scenario-key") and SCENARIO not in st.query_params:
        _ignore(
            [
                "The data that the link was made on are not known to this app: files are never"
                " in a link. The rest is shown on the scenario that is open here."
            ]
        )


def tell() -> None:
    """Say what of the link was not used, until the person has seen it."""
    ignored: list[str] = st.session_state.get(IGNORED, [])
    if not ignored:
        return
    lines = "\n".join(f"- {unmarked(sentence)}" for sentence in ignored)
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.warning(f"Parts of the link could not be used and are left out:\n{lines}")
    right.button(
        "Fine",
        key="link-seen",
        on_click=_seen,
        help="Takes this note away.",
        width="stretch",
    )


def copy_link(chosen: Mapping[str, str]) -> None:
    """
    A button that shows the link to what is on the page, to be copied.

    Parameters
    ----------
    chosen
        Weather and staffing that are not the default, by name in the address.
    """
    with st.popover("Copy link", width="stretch", help="The address of what this page shows."):
        st.code(link(chosen), language=None, wrap_lines=True)
        st.caption(
            "Holds the moved levers, the weather and the staffing that they start from. Whoever"
            " opens it here sees the same, on the same data. Files are not in it: on another"
            " computer they must be brought first; *Download this what-if* takes all along."
        )


def link(chosen: Mapping[str, str]) -> str:
    """The whole address of what the page shows."""
    own = {name: st.query_params[name] for name in (SCENARIO, LEVERS) if name in st.query_params}
    asked = urlencode(own | dict(chosen))
    address = st.context.url or ""
    return f"{address}?{asked}" if asked else address


def _ignore(sentences: list[str]) -> None:
    so_far: list[str] = st.session_state.get(IGNORED, [])
    st.session_state[IGNORED] = list(dict.fromkeys([*so_far, *sentences]))


def _seen() -> None:
    st.session_state[IGNORED] = []


def _read(lever: Lever, text: str) -> Value | None:
    """A position from an address; None where it is none of the lever's."""
    if lever.options:
        return text if text in lever.options else None
    if not lever.high:
        return text
    try:
        number = float(text)
    except ValueError:
        return None
    low, high, _ = lever.range
    position = type(low)(number) if low <= number <= high else None
    return position if position == number else None


def _fits(start: Scenario, levers: tuple[Lever, ...], lever: Lever, position: Value) -> bool:
    values = {other.key: other.default for other in levers} | {lever.key: position}
    try:
        start.with_changes(lever.put(values))
    except (PlanningError, ValueError, KeyError):
        return False
    return True
