"""
The inside of one worker process: replications in, results out, until the caller hangs up.

Messages are pickles on standard input and output, between a parent and the child it started.
A thread reads them, so a cancellation arrives in the middle of a replication; the floor polls.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO, NamedTuple, NoReturn


class Input(NamedTuple):
    """The pickled floor input of a run, sent once to each worker."""

    run: int
    payload: bytes


class Work(NamedTuple):
    """Some replications of a run."""

    run: int
    engine: str
    seed: int
    records: bool
    replications: tuple[int, ...]


class Cancel(NamedTuple):
    """Stop working on a run."""

    run: int


class Forget(NamedTuple):
    """The run is over: let its input go."""

    run: int


class Ready(NamedTuple):
    """The worker has loaded all it needs."""


class Failed(NamedTuple):
    """A replication failed."""

    error: BaseException


class Done(NamedTuple):
    """The work is finished, cancelled or failed."""


class Mailbox:
    """What the reading thread has heard: work in order, and which runs are cancelled."""

    def __init__(self) -> None:
        self.work: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self.inputs: dict[int, bytes] = {}
        self.cancelled: set[int] = set()
        self.opened: dict[int, Any] = {}

    def listen(self, stream: BinaryIO) -> None:
        """Read messages for ever; when the caller hangs up, the process ends at once."""
        try:
            while True:
                match pickle.load(stream):
                    case Input(run, payload):
                        self.inputs[run] = payload
                    case Work() as work:
                        self.work.put(work)
                    case Cancel(run):
                        self.cancelled.add(run)
                    case Forget(run):
                        self.cancelled.discard(run)
                        self.inputs.pop(run, None)
                        self.opened.pop(run, None)
        except (EOFError, OSError):
            os._exit(0)

    def floor_input(self, run: int) -> Any:
        """The floor input of a run, unpickled once."""
        if run not in self.opened:
            self.opened[run] = pickle.loads(self.inputs.pop(run))
        return self.opened[run]


def main() -> None:
    """Serve until standard input closes."""
    try:
        _serve()
    except BrokenPipeError:
        status = 0  # the caller has hung up
    except BaseException:
        traceback.print_exc()
        status = 1
    # An orderly end would wait for the thread that reads.
    os._exit(status)


def _serve() -> NoReturn:
    # Ctrl-C is for the caller, who then hangs up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where processors are scarce, the one who waits for answers (a browser, say) goes first.
    if hasattr(os, "nice"):
        os.nice(5)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints must not end up among the answers.
    os.dup2(2, 1)
    mailbox = Mailbox()
    threading.Thread(target=mailbox.listen, args=(sys.stdin.buffer,), daemon=True).start()

    def answer(message: object) -> None:
        pickle.dump(message, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()

    import simulate.engines  # noqa: F401 - loaded before the first run asks for it

    answer(Ready())
    while True:
        work = mailbox.work.get()
        try:
            _perform(work, mailbox, answer)
        except BaseException as error:
            answer(Failed(_portable(error)))
        answer(Done())


def _perform(work: Work, mailbox: Mailbox, answer: Any) -> None:
    from simulate.engines import engine_named, replicate

    def cancelled() -> bool:
        return work.run in mailbox.cancelled

    if cancelled():
        return
    engine, floor_input = engine_named(work.engine), mailbox.floor_input(work.run)
    for batch in replicate(
        engine, floor_input, work.seed, work.replications, cancelled, records=work.records
    ):
        answer(batch)


def _portable(error: BaseException) -> BaseException:
    """The error as it can be sent, with the place where it happened."""
    story = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"In a worker process:\n{story}")
    return error


if __name__ == "__main__":
    # By its real name, so that the messages have one class on both sides.
    from simulate.worker import main as serve

    serve()
