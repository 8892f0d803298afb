"""
Streamlit's own scripts, styles and fonts: answered from memory, and asked for early.

A first visit asks for about 130 of them. Each would go through every layer of the server and
through other threads, which takes ten milliseconds and more while people work; from memory it
takes less than one. Those that draw tables and charts would be asked for only when the first of
these arrives: the page names them from the start.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

ROOT = Path(st.__file__).parent / "static"
# Their names hold a digest of their content, so they never change under one name.
KEEP = b"public, immutable, max-age=31536000"
KEPT = 400  # files, of about 900: a visit to every page asks for some 200
# What nearly every page of ours draws, by the names of the scripts without their digests.
EARLY = ("DataFrame", "ArrowVegaLiteChart", "embed", "vega-interpreter", "ButtonGroup")

_IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([^"'`]+\.js)["'`]""")


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

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer with a file where one is asked for by its very name; parts of files are not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        part = any(name == b"range" for name, _ in scope["headers"])
        if scope["method"] == "GET" and scope["path"] in _names() and not part:
            await _send_file(scope["path"], send)
            return

        async def send_naming(message: Any) -> None:
            """The page itself names what it will need."""
            if message["type"] == "http.response.start" and _is_page(message):
                message = {**message, "headers": [*message["headers"], (b"link", _early())]}
            await send(message)

        await self.app(scope, receive, send_naming)


async def _send_file(path: str, send: Any) -> None:
    kind, content = _content(path)
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", KEEP),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _is_page(message: Any) -> bool:
    kinds = (value for name, value in message.get("headers", ()) if name == b"content-type")
    return any(value.startswith(b"text/html") for value in kinds)


@cache
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


@cache
def _early() -> bytes:
    """The header that names scripts before anything asks for them."""
    page = (ROOT / "index.html").read_text(encoding="utf-8")
    scripts = ROOT / "static" / "js"
    first = [file.name for name in EARLY for file in sorted(scripts.glob(f"{name}.*.js"))]
    wanted = [name for name in _with_imports(scripts, first) if name not in page]
    return ", ".join(f"<./static/js/{name}>; rel=modulepreload" for name in wanted).encode()


def _with_imports(scripts: Path, names: Iterable[str]) -> list[str]:
    """Scripts and all that they import at once, each one once."""
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found and (scripts / name).is_file():
            found[name] = None
            waiting += _IMPORT.findall((scripts / name).read_text(encoding="utf-8"))
    return list(found)


def read_ahead() -> None:
    """Read what every first visit asks for."""
    for name in re.findall(r"\./(static/[^\"]+)", (ROOT / "index.html").read_text("utf-8")):
        if f"/{name}" in _names():
            _content(f"/{name}")
    for name in re.findall(r"<\./(static/[^>]+)>", _early().decode()):
        _content(f"/{name}")
