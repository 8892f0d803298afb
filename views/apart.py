"""
One function call in a process of its own, so that the pages stay quick and a stop is a stop.

A thread would share the interpreter with every page; fitting the forecast there makes the app
stutter, and a thread cannot be stopped from outside.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from scenario.errors import RunCancelledError

Answer = TypeVar("Answer")

ROOT = Path(__file__).resolve().parent.parent
POLL_S = 0.05
TOLD, ANSWER, ERROR = "told", "answer", "error"  # kinds of messages from the process

Messages = queue.SimpleQueue[tuple[str, Any]]


_under_way: set[subprocess.Popen[bytes]] = set()


@atexit.register
def _end_all() -> None:
    """The threads that wait for answers end with the interpreter, and leave nothing behind."""
    for process in list(_under_way):
        process.kill()


class ProcessEndedError(RuntimeError):
    """The process ended without an answer, e.g. for lack of memory."""


def apart(
    function: Callable[..., Answer],
    *args: Any,
    cancelled: Callable[[], bool],
    tell: Callable[..., None] | None = None,
) -> Answer:
    """
    Call a function in a fresh process.

    Parameters
    ----------
    function
        Importable by its module and name, like its arguments' and its answer's types.
    args
        Its arguments.
    cancelled
        Asked twenty times a second; True ends the process.
    tell
        Where given, the function gets a keyword `tell`, and what it calls that with arrives
        here, in the caller's thread.

    Raises
    ------
    RunCancelledError
        When it was cancelled.
    ProcessEndedError
        When the process ended by itself without an answer.
    Exception
        Whatever the function raised.
    """
    paths = [str(ROOT), *(path for path in sys.path if path)]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "views.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    assert process.stdin is not None
    _under_way.add(process)
    messages: Messages = queue.SimpleQueue()
    question = pickle.dumps((function, args, tell is not None), protocol=pickle.HIGHEST_PROTOCOL)
    threading.Thread(target=_converse, args=(process, question, messages), daemon=True).start()
    try:
        while True:
            try:
                kind, content = messages.get(timeout=POLL_S)
            except queue.Empty:
                kind, content = "", None
            if kind in (ANSWER, ERROR):
                break
            if kind == TOLD and tell is not None:
                tell(*content)
            if cancelled():
                raise RunCancelledError
    finally:
        process.kill()
        process.wait()
        _under_way.discard(process)
        with contextlib.suppress(OSError):
            process.stdin.close()
    if kind == ANSWER:
        return content
    raise content


def _converse(process: subprocess.Popen[bytes], question: bytes, messages: Messages) -> None:
    """Ask, and listen until the answer; the caller may end the process meanwhile."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question)
        process.stdin.flush()
        with process.stdout as told:
            kind = TOLD
            while kind == TOLD:
                kind, content = pickle.load(told)
                messages.put((kind, content))
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        messages.put((ERROR, ProcessEndedError("a process ended without an answer")))


def _answer() -> None:
    """What the process does: read a call from standard input, write what comes of it."""
    # Whatever the function prints must not get between the pickles.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Where processors are scarce, the one who waits for a page goes first.
    if hasattr(os, "nice"):
        os.nice(10)

    def send(kind: str, content: Any) -> None:
        pickle.dump((kind, content), answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()

    function, args, tells = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_caller, daemon=True).start()
    told = {"tell": lambda *words: send(TOLD, words)} if tells else {}
    try:
        send(ANSWER, function(*args, **told))
    except Exception as error:
        send(ERROR, error)


def _end_with_caller() -> None:
    """The caller keeps the line open; however it ends, this process ends too."""
    sys.stdin.buffer.read(1)
    os._exit(0)


if __name__ == "__main__":
    _answer()
