"""What can be saved, and what one knows about a saved version."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scenario.errors import InvalidValueError

KINDS = ("history", "mapping", "edits", "scenario", "plan", "staffing")
DRAFT = "draft"  # kept by the app for a refresh; has no versions and is not listed
LONGEST_NAME = 120
LONGEST_AUTHOR = 60
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Version:
    """
    One saved state of one thing; it never changes.

    Parameters
    ----------
    kind
        What it is, one of `KINDS`.
    name
        What people call it.
    number
        1 for the first; every save and every deletion counts one on, and no number comes twice.
    author
        Who saved it, as the person wrote it; "" where nobody was named.
    saved_at
        When, in UTC.
    note
        What was done, in a few words, e.g. "last week appended".
    size
        Bytes of content and files together.
    deleted
        Whether this version says that the thing was taken away.
    """

    kind: str
    name: str
    number: int
    author: str
    saved_at: datetime
    note: str = ""
    size: int = 0
    deleted: bool = False

    @property
    def by(self) -> str:
        """Who saved it, in words."""
        return self.author or "Somebody"


@dataclass(frozen=True, slots=True)
class Saved:
    """
    A version with what it holds.

    Parameters
    ----------
    version
        Which one.
    content
        The bytes that were saved.
    files
        What was saved with them, by file name.
    """

    version: Version
    content: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8")


def checked_kind(kind: str) -> str:
    """
    The kind.

    Raises
    ------
    InvalidValueError
        When nothing of that kind is kept.
    """
    if kind not in KINDS:
        raise InvalidValueError("kind", f"one of {list(KINDS)}", kind)
    return kind


def checked_name(name: str) -> str:
    """
    A name as it is compared: composed letters, single spaces.

    Raises
    ------
    InvalidValueError
        When it is empty, too long, or holds characters that cannot be seen.

    Examples
    --------
    >>> checked_name("  Easter   week ")
    'Easter week'
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text or len(text) > LONGEST_NAME or not text.isprintable():
        rule = f"of 1 to {LONGEST_NAME} letters, digits, signs and spaces"
        raise InvalidValueError("name", rule, name)
    return text


def one_line(text: str, longest: int) -> str:
    """A short text as it is kept: one line, cut to its longest length."""
    shown = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter for letter in shown if letter.isprintable())[:longest]
