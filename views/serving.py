"""
How the app is served: warmed up before the first visitor, and closed to everybody else's pages.

The pages are drawn by `app.py`; here is what happens once, in the server.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ctypes
import gc
import hashlib
import logging
import re
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st

from views import static_files

# What a first page and a first lever need; each takes some tenths of a second to load.
NEEDED = (
    "altair",
    "pandas",
    "pyarrow",
    "scenario",
    "simulate.compare",
    "simulate.growing",
    "simulate.kernel",
    "staffing.remedy",
    "views.aftermath",
    "views.drawing",
    "views.frame",
    "views.levers",
    "views.remedies",
    "views.what_if_work",
)

SWITCH_S = 0.001  # a fifth of Python's own
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # numbers of malloc.h
LARGE_BYTES, HEAPS = 256 * 1024, 2

log = logging.getLogger("allweather.app")


@asynccontextmanager
async def warmed_up(_: Any) -> AsyncIterator[dict[str, Any]]:
    """Load everything before the first visitor comes; the kernel's machine code meanwhile."""
    await asyncio.to_thread(load)
    # Where it has to be compiled first, which takes a minute, the pages do not wait for it.
    threading.Thread(target=_load_kernel, name="warm-up", daemon=True).start()
    yield {}


def load() -> None:
    """Load what the pages need, and keep it out of the garbage collector's way."""
    _give_large_tables_back()
    for name in NEEDED:
        import_module(name)
    static_files.read_ahead()
    # What a chart looks like is checked by tests, not with every drawing.
    import_module("altair.utils.schemapi").disable_debug_mode()
    # Between two replications the pages get the interpreter soon.
    sys.setswitchinterval(SWITCH_S)
    _freeze()


def _load_kernel() -> None:
    from simulate.warm_up import live_an_hour, warm_up

    try:
        warm_up(tell=log.warning)
        live_an_hour()
    except Exception:  # a lever tells what is wrong; the server goes on
        log.exception("the kernel could not be loaded ahead of time")
    _freeze()


def _give_large_tables_back() -> None:
    """
    Have every large table in memory of its own, which goes back to the system with it (glibc).

    Otherwise the C library keeps a heap for each of many threads, and what rehearsals have
    needed at their worst stays with the server.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        c_library = ctypes.CDLL(None)
        c_library.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        c_library.mallopt(M_ARENA_MAX, HEAPS)


def _freeze() -> None:
    """A collection goes through all that lives: 150 ms with these libraries, unless frozen."""
    gc.collect()
    gc.freeze()


class Guarded:
    """
    Middleware that tells browsers what a page of this app may load and who may embed it.

    Parameters
    ----------
    app
        The application behind it.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as the application does, with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_guards()]}
            await send(message)

        await self.app(scope, receive, send_guarded)


@cache
def _guards() -> tuple[tuple[bytes, bytes], ...]:
    headers = {
        "Content-Security-Policy": content_policy(),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def content_policy() -> str:
    """
    What a page may load: everything from this server, nothing from elsewhere.

    Streamlit writes its styles while it runs, so these may stand in the page; scripts may not,
    but for the one that Streamlit's own page begins with, named by its digest. A component's
    script arrives with its data and is loaded from memory (`blob:`).
    """
    scripts = " ".join(["'self'", "blob:", *_inline_scripts()])
    rules = {
        "default-src": "'none'",
        "base-uri": "'self'",
        "connect-src": "'self'",
        "font-src": "'self' data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "frame-src": "'self'",
        "img-src": "'self' data: blob:",
        "manifest-src": "'self'",
        "media-src": "'self' data: blob:",
        "object-src": "'none'",
        "script-src": scripts,
        "style-src": "'self' 'unsafe-inline'",
        "worker-src": "'self' blob:",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _inline_scripts() -> list[str]:
    """Digests of the scripts that stand in Streamlit's page itself."""
    page = Path(st.__file__).parent / "static" / "index.html"
    found = re.findall(r"<script>(.*?)</script>", page.read_text(encoding="utf-8"), re.DOTALL)
    digests = [hashlib.sha256(script.encode()).digest() for script in found]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
