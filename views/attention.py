"""
Whether somebody waits for a page just now, so that what nobody waits for can make room.

The interpreter is one. A run that lasts less than a millisecond lets it go and takes it again
before the thread of a page has woken up to take it, and on a busy machine that goes on until all
runs are over. So the later looks of a rehearsal rest now and then: for a moment, or for longer
while pages are asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ASKED_S = 0.1  # after a message somebody is taken to wait
LONG_S, SHORT_S = 0.005, 0.0001


class Attention:
    """Pages that are being drawn, and the last time that a browser asked for something."""

    def __init__(self) -> None:
        self._drawn = 0
        self._asked = float("-inf")
        self._lock = threading.Lock()

    @property
    def wanted(self) -> bool:
        """Whether somebody waits."""
        return self._drawn > 0 or time.monotonic() - self._asked < ASKED_S

    def asked(self) -> None:
        """Note that a browser asks for something."""
        self._asked = time.monotonic()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """While a page is drawn."""
        with self._lock:
            self._drawn += 1
        try:
            yield
        finally:
            with self._lock:
                self._drawn -= 1

    def rest(self) -> None:
        """Make room for whoever waits."""
        time.sleep(LONG_S if self.wanted else SHORT_S)


attention = Attention()


class Noticed:
    """
    Middleware that notes every message of a browser.

    Parameters
    ----------
    app
        The application behind it.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass everything on."""
        attention.asked()

        async def noted() -> Any:
            message = await receive()
            attention.asked()
            return message

        await self.app(scope, noted, send)
