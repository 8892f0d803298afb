"""How levers are drawn in the sidebar, remembered, and kept in the page's address."""

from __future__ import annotations

import streamlit as st

from scenario import Scenario
from views.lever import SECTIONS, STARRED, Lever, Value
from views.levers import Preset, levers_of

ADDRESS = "levers"  # name in the page's address


def draw(levers: tuple[Lever, ...]) -> dict[str, Value]:
    """
    Draw every lever.

    Returns
    -------
    dict
        Position by lever key.
    """
    _seed(levers)
    values = {lever.key: _widget(lever) for lever in levers if lever.section == STARRED}
    for section in SECTIONS:
        own = [lever for lever in levers if lever.section == section]
        if not own:
            continue
        count = sum(st.session_state[_key(lever)] != lever.default for lever in own)
        with st.expander(f"{section} · {count} moved" if count else section):
            values |= {lever.key: _widget(lever) for lever in own}
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


def _seed(levers: tuple[Lever, ...]) -> None:
    """Give every lever a position: the one it has, the address's, or its default."""
    told = dict(
        part.split("~", 1)
        for part in st.query_params.get(ADDRESS, "").split("|")
        if part.count("~") == 1
    )
    for lever in levers:
        if _key(lever) not in st.session_state:
            st.session_state[_key(lever)] = _read(lever, told.get(lever.key))


def _read(lever: Lever, text: str | None) -> Value:
    """A position from the address; the default where it is none of the lever's."""
    if text is None:
        return lever.default
    if lever.options:
        return text if text in lever.options else lever.default
    if not lever.high:
        return text
    try:
        position = float(text)
    except ValueError:
        return lever.default
    low, high, _ = _range(lever)
    if not low <= position <= high:
        return lever.default
    return type(low)(position)


def _keep_in_address(levers: tuple[Lever, ...], values: dict[str, Value]) -> None:
    moved = [
        f"{lever.key}~{values[lever.key]}" for lever in levers if values[lever.key] != lever.default
    ]
    if moved:
        st.query_params[ADDRESS] = "|".join(moved)
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
    low, high, step = _range(lever)
    if lever.section == STARRED:
        return st.slider(lever.label, low, high, step=step, **keep)
    return st.number_input(lever.label, low, high, step=step, **keep)


def _range(lever: Lever) -> tuple[float, float, float]:
    """Range and step in the type of the default, which always lies within."""
    kind = float if isinstance(lever.default, float) else int
    now = kind(lever.default)
    return kind(min(lever.low, now)), kind(max(lever.high, now)), kind(lever.step)
