"""
Who is at work, and whether they may save.

Without a sign-in everybody may, and says his or her own name, which the browser remembers. Where
the server has an `[auth]` section among its secrets, everybody signs in with the organisation's
OpenID Connect provider; `[people] planners` then names who may save, and all others look.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import Any
from urllib.parse import unquote

import streamlit as st

from scenario import PlanningError

PERSON = "person"
COOKIE = "allweather-person"
LONGEST = 60  # characters of a name

# A year; sent to this server only, and only by its own pages.
_REMEMBER = """export default ({data}) => {
    document.cookie = `${data.cookie}=${encodeURIComponent(data.name)}`
        + "; Max-Age=31536000; Path=/; SameSite=Strict";
}"""


LOOKING = "Downloads and the address keep your work meanwhile."


class ViewerError(PlanningError):
    """Somebody who may look wants to save."""

    def __init__(self, who: str) -> None:
        super().__init__(
            f"{who} may look at everything here and try it out, but not save: only planners may."
            f" {LOOKING}"
        )
        self.who = who

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.who,)


def signing_in() -> bool:
    """Whether people sign in on this server."""
    return "is_logged_in" in st.user


def known() -> bool:
    """Whether it is known who is at work, as far as this server wants to know."""
    return not signing_in() or bool(st.user.is_logged_in)


def name() -> str:
    """Who is at work: as signed in, or as typed, here or at the last visit; "" where unknown."""
    if signing_in():
        told = dict(st.user)
        full, address = str(told.get("name") or ""), str(told.get("email") or "")
        return f"{full} ({address})" if full and address else full or address
    typed = st.session_state.get(PERSON)
    return str(_remembered() if typed is None else typed)


def may_save() -> bool:
    """Whether whoever is at work may change what is saved."""
    if not signing_in():
        return True
    planners = st.secrets.get("people", {}).get("planners")
    if planners is None:
        return True
    # An address that the provider itself has not verified says nothing of who it is.
    if st.user.get("email_verified") is False:
        return False
    address = str(st.user.get("email") or "").lower()
    return any(fnmatchcase(address, str(planner).lower()) for planner in planners)


def must_be_planner() -> None:
    """
    Let nobody by who may only look.

    Raises
    ------
    ViewerError
        When the person at work may not save.
    """
    if not may_save():
        raise ViewerError(name() or "You")


def field(key: str, place: Any = st) -> str:
    """
    Ask who is at work, or tell it where that is known from the sign-in.

    Parameters
    ----------
    key
        What the key of the widget begins with.
    place
        Where it is drawn, such as a column.

    Returns
    -------
    str
        The name, without blanks around it.
    """
    began = st.session_state.get(f"{key}-began")
    typed = st.session_state.get(f"{key}-{began}")
    # Only what was typed here counts: another such field on the page holds what it last showed.
    if typed is not None and typed != st.session_state[f"{key}-shown"] and not signing_in():
        st.session_state[PERSON] = typed.strip()
    shown = name()
    if typed != shown:
        # Another key makes another field, which begins with this name. A value that is set from
        # here would be lost where the script runs twice before the field is first seen.
        began = st.session_state[f"{key}-began"] = shown
    st.session_state[f"{key}-shown"] = shown
    place.text_input(
        "Your name",
        began,
        key=f"{key}-{began}",
        max_chars=None if signing_in() else LONGEST,
        disabled=signing_in(),
        placeholder="e.g. Anna",
        help="Stands beside what you save and edit, so that others know whom to ask.",
    )
    return shown


def remember() -> None:
    """Have the browser remember a name that was typed, for the next visit."""
    typed = st.session_state.get(PERSON)
    if typed is not None and not signing_in() and typed != _remembered():
        _cookie_writer()(
            data={"cookie": COOKIE, "name": typed}, key="remember-person", height="content"
        )


def _remembered() -> str:
    told = st.context.cookies.get(COOKIE)
    return unquote(told)[:LONGEST].strip() if isinstance(told, str) else ""


@cache
def _cookie_writer() -> Any:
    return st.components.v2.component("allweather_person", js=_REMEMBER)
