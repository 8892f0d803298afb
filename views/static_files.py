"""
Streamlit's own scripts, styles and fonts, answered from memory.

A first visit asks for about 130 of them. Each would go through every layer of the server and
through other threads, which takes ten milliseconds and more while people work; from memory it
takes less than one.
"""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

ROOT = Path(st.__file__).parent / "static"
# Their names hold a digest of their content, so they never change under one name.
KEEP = b"public, immutable, max-age=31536000"
KEPT = 400  # files, of about 900: a visit to every page asks for some 200


class FromMemory:
    """
    Middleware that answers for the files of Streamlit's pages and passes on everything else.

    Parameters
    ----------
    app
        The application behind it.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        self._names = _names()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with a file where one is asked for by its very name; parts of files are not."""
        path = scope.get("path", "")
        known = scope["type"] == "http" and scope["method"] == "GET" and path in self._names
        if not known or any(name == b"range" for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
            return
        kind, content = _content(path)
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(content)).encode()),
            (b"cache-control", KEEP),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def _names() -> frozenset[str]:
    """Paths that are answered; nothing that is not listed here is ever read."""
    return frozenset(
        f"/{file.relative_to(ROOT).as_posix()}"
        for file in (ROOT / "static").rglob("*")
        if file.is_file()
    )


@lru_cache(maxsize=KEPT)
def _content(path: str) -> tuple[bytes, bytes]:
    """Media type and bytes of a listed file."""
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return kind.encode(), (ROOT / path.removeprefix("/")).read_bytes()
