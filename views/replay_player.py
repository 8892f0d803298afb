"""The player of a replayed day: drawn by the browser, from bytes that the page sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent / "player"
SCRIPTS = ("day.js", "scene.js", "telling.js", "player.js")  # one module, a question a file


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "allweather_replay",
    html=_read("player.html"),
    css=_read("player.css"),
    js="\n".join(_read(name) for name in SCRIPTS),
)


def player(content: bytes, *, key: str, on_choose: Callable[[], None]) -> Any:
    """
    Show a day.

    Parameters
    ----------
    content
        From `views.replay_bytes.message`.
    key
        Key of the widget; `st.session_state[key]["contact"]` is the contact last chosen.
    on_choose
        Called when the person chooses a contact.
    """
    return _mount(data=content, key=key, on_contact_change=on_choose, height="content")
