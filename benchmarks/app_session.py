"""
A session of the app without a browser: Streamlit's own messages over its websocket.

It does what Streamlit's page does and draws nothing, so that twenty sessions cost no more than
their messages: it sends the positions of all widgets with every run, runs the fragments that
ask to be run again, and remembers what stands where on the page.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

MOST_BYTES = 64_000_000  # of one message

Place = tuple[int, ...]


class AppSession:
    """
    One open page of the app.

    Parameters
    ----------
    address
        Where the app is served, e.g. "http://127.0.0.1:8501".
    page
        Path of the page, e.g. "what-if".
    query
        What follows the question mark of the address.
    """

    def __init__(self, address: str, page: str, query: str = "") -> None:
        self.address, self.page, self.query = address, page, query
        self.elements: dict[Place, Any] = {}
        self.widgets: dict[str, WidgetState] = {}
        self.bytes_received = 0
        self.runs = 0
        self.errors: list[str] = []
        self._page_hash = ""
        self._cached: dict[str, ForwardMsg] = {}
        self._repeats: dict[str, asyncio.Task[None]] = {}
        self._drawn: set[Place] = set()
        self._whole_run = True
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        url = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket: ClientConnection = await connect(
            url, subprotocols=["streamlit"], max_size=MOST_BYTES, compression=None
        )
        self._reader = asyncio.create_task(self._read())
        await self._ask_to_run()
        return self

    async def __aexit__(self, *_: object) -> None:
        for repeat in self._repeats.values():
            repeat.cancel()
        await self._socket.close()
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def until(self, told: Callable[[AppSession], bool], limit_s: float = 60) -> float:
        """
        Wait until a finished run has drawn what is asked for.

        Returns
        -------
        float
            Seconds waited.

        Raises
        ------
        TimeoutError
            When it takes longer than the limit.
        """
        began = time.perf_counter()
        async with asyncio.timeout(limit_s), self._changed:
            await self._changed.wait_for(lambda: told(self))
        return time.perf_counter() - began

    async def move(self, label: str, position: float) -> None:
        """Put a slider elsewhere, as a person does."""
        slider = next(found for found in self.of_kind("slider") if found.label == label)
        state = WidgetState(id=slider.id)
        state.double_array_value.data.append(position)
        self.widgets[slider.id] = state
        await self._ask_to_run()

    def of_kind(self, kind: str) -> Iterator[Any]:
        """Elements of a kind that stand on the page, in order."""
        for place in sorted(self.elements):
            if self.elements[place].WhichOneof("type") == kind:
                yield getattr(self.elements[place], kind)

    def says(self, text: str) -> bool:
        """Whether a line of text on the page holds this."""
        return any(text in line.body for line in self.of_kind("markdown"))

    async def _ask_to_run(self, fragment: str = "") -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self.query, self._page_hash
        if not self._page_hash:
            asked.page_name = self.page
        asked.widget_states.widgets.extend(self.widgets.values())
        asked.cached_message_hashes.extend(self._cached)
        asked.context_info.timezone = "Europe/London"
        if fragment:
            asked.fragment_id, asked.is_auto_rerun = fragment, True
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self._socket:
            self.bytes_received += len(data)
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "ref_hash":
                known = ForwardMsg()
                known.CopyFrom(self._cached[message.ref_hash])
                known.metadata.CopyFrom(message.metadata)
                message = known
            elif message.metadata.cacheable:
                self._cached[message.hash] = message
            async with self._changed:
                self._take(message)
                if message.WhichOneof("type") == "script_finished":
                    self._changed.notify_all()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._whole_run = not message.metadata.run.fragment_ids
                self._drawn = set()
                if self._whole_run:
                    self._stop_repeats()
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "delta":
                self._draw(tuple(message.metadata.delta_path), message.delta)
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self._repeat(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop_repeats(tuple(message.stop_auto_rerun.fragment_ids))
            case "script_finished":
                self.runs += 1
                if self._whole_run:
                    stale = [place for place in self.elements if place not in self._drawn]
                    for place in stale:
                        del self.elements[place]

    def _draw(self, place: Place, delta: Any) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        self.elements[place] = element
        self._drawn.add(place)
        if element.WhichOneof("type") == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")

    def _repeat(self, fragment: str, seconds: float) -> None:
        async def repeat() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self._ask_to_run(fragment)

        self._stop_repeats((fragment,))
        self._repeats[fragment] = asyncio.create_task(repeat())

    def _stop_repeats(self, fragments: tuple[str, ...] | None = None) -> None:
        for fragment in list(self._repeats) if fragments is None else fragments:
            if fragment in self._repeats:
                self._repeats.pop(fragment).cancel()
