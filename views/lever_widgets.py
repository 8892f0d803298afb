"""How levers are drawn in the sidebar, remembered, and kept in the page's address."""

from __future__ import annotations

import streamlit as st

from scenario import Scenario
from views import links
from views.lever import SECTIONS, STARRED, Lever, Value
from views.levers import Preset, levers_of

ADDRESS = links.LEVERS


def draw(levers: tuple[Lever, ...], start: Scenario) -> dict[str, Value]:
    """
    Draw every lever.

    Parameters
    ----------
    levers
        The levers.
    start
        The scenario that they start from.

    Returns
    -------
    dict
        Position by lever key.
    """
    _seed(levers, start)
    values = {lever.key: _widget(lever) for lever in levers if lever.section == STARRED}
    for section in SECTIONS:
        own = [lever for lever in levers if lever.section == section]
        if not own:
            continue
        count = sum(st.session_state[_key(lever)] != lever.default for lever in own)
        # What is folded away is not drawn: there are three times as many levers as one sees.
        with st.expander(section, key=f"levers-{section}", on_change="rerun") as folded:
            if folded.open:
                values |= {lever.key: _widget(lever) for lever in own}
            else:
                values |= {lever.key: st.session_state[_key(lever)] for lever in own}
        if count:
            st.caption(f"↑ {count} moved")
    _keep_in_address(levers, values)
    return values


def forget(scenario: Scenario, *, moved_too: bool = True) -> None:
    """Put the levers back, or only those that were not moved (a preset may shift them)."""
    for lever in levers_of(scenario):
        position = st.session_state.get(_key(lever))
        if moved_too or position == lever.default:
            st.session_state.pop(_key(lever), None)
    if moved_too and ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def preset_named(presets: tuple[Preset, ...], key: str | None) -> Preset | None:
    """The preset of that key."""
    return next((preset for preset in presets if preset.key == key), None)


def _key(lever: Lever) -> str:
    return f"lever-{lever.key}"


def _seed(levers: tuple[Lever, ...], start: Scenario) -> None:
    """Give every lever a position: the one it has, the address's, or its default."""
    new = [lever for lever in levers if _key(lever) not in st.session_state]
    told = links.seed(levers, start) if new else {}
    for lever in new:
        st.session_state[_key(lever)] = told.get(lever.key, lever.default)


def _keep_in_address(levers: tuple[Lever, ...], values: dict[str, Value]) -> None:
    moved = links.text_of(levers, values)
    if moved:
        st.query_params[ADDRESS] = moved
    elif ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def _widget(lever: Lever) -> Value:
    """The widget of a lever; its position stands in the session, so it is given none."""
    keep = {"key": _key(lever), "help": lever.help, "persist_state": "session"}
    if lever.options:
        if len(lever.options) == 2:
            return str(st.segmented_control(lever.label, lever.options, required=True, **keep))
        return str(st.selectbox(lever.label, lever.options, **keep))
    if not lever.high:
        return str(st.text_input(lever.label, **keep))
    low, high, step = lever.range
    if isinstance(low, float):
        keep["format"] = "%g"
    if lever.section == STARRED:
        return st.slider(lever.label, low, high, step=step, **keep)
    return st.number_input(lever.label, low, high, step=step, **keep)
