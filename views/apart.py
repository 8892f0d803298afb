"""
One function call in a process of its own, so that the pages stay quick and a stop is a stop.

A thread would share the interpreter with every page; fitting the forecast there makes the app
stutter, and a thread cannot be stopped from outside.
"""

from __future__ import annotations

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


class ProcessEndedError(RuntimeError):
    """The process ended without an answer, e.g. for lack of memory."""


def apart(function: Callable[..., Answer], *args: Any, cancelled: Callable[[], bool]) -> Answer:
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
    answers: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()
    question = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
    threading.Thread(target=_converse, args=(process, question, answers), daemon=True).start()
    try:
        while True:
            try:
                good, answer = answers.get(timeout=POLL_S)
                break
            except queue.Empty:
                if cancelled():
                    raise RunCancelledError from None
    finally:
        process.kill()
        process.wait()
    if good:
        return answer  # type: ignore[no-any-return]
    raise answer


def _converse(
    process: subprocess.Popen[bytes], question: bytes, answers: queue.SimpleQueue[tuple[bool, Any]]
) -> None:
    """Ask, and wait for the answer; the caller may end the process meanwhile."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin as asked:
            asked.write(question)
        with process.stdout as told:
            answers.put(pickle.load(told))
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        answers.put((False, ProcessEndedError("a process ended without an answer")))


def _answer() -> None:
    """What the process does: read a call from standard input, write what comes of it."""
    # Whatever the function prints must not get between the pickles.
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    function, args = pickle.load(sys.stdin.buffer)
    try:
        outcome: tuple[bool, Any] = (True, function(*args))
    except Exception as error:
        outcome = (False, error)
    with told:
        pickle.dump(outcome, told, protocol=pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    _answer()
