"""
Long work beside the page: started once, watched, replaced and stopped.

A job runs in a thread of its own, which drives the worker processes; no widget is touched
here. Every job has a key made from the content of its question, so the same question asked
twice (on another page, in another session) is answered once.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from functools import cache, partial
from typing import Any

from scenario.errors import PlanningError, RunCancelledError

FINISHED_KEPT = 48  # answers
KEPT_BYTES = 200_000_000  # of rehearsals: six of a centre of 200, or hundreds of a small team's day
FORSAKEN_S = 10.0  # a refresh comes back sooner; after that a closed tab's work is stopped

log = logging.getLogger("allweather.app")


class State(Enum):
    """Where a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


def _always() -> bool:
    """Whether somebody is there of whom nothing else is known."""
    return True


class Job:
    """
    One long question, its progress and its answer.

    Parameters
    ----------
    key
        Content of the question.
    label
        What is being done, for the person, e.g. "Planning the week".
    work
        Called in the job's thread with the job itself; returns the answer. It tells progress
        with `tell`, an early answer with `publish`, and asks `cancelled` often.
    """

    def __init__(self, key: str, label: str, work: Callable[[Job], Any]) -> None:
        self.key, self.label = key, label
        self.state = State.RUNNING
        self.share, self.sentence = 0.0, ""
        self.result: Any = None
        self.error: Exception | None = None
        self.version = 0  # grows with every published answer
        self.let_go = False
        self.started = time.monotonic()
        self.seconds = 0.0
        self._work = work
        self._holders: dict[str, Callable[[], bool]] = {}
        self._wanted_at = self.started
        self._looked = threading.Event()
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()

    # What the work calls, in the job's own thread

    def tell(self, share: float, sentence: str = "") -> None:
        """Say how far the work is, 0 to 1, and what it is at."""
        self.share = min(max(float(share), 0.0), 1.0)
        self.sentence = sentence or self.sentence

    def count(self, done: int, total: int) -> None:
        """Say how far the work is, in replications."""
        self.tell(done / max(total, 1), f"{done} of {total} replications")

    def publish(self, result: Any) -> None:
        """Show an early answer while the work goes on."""
        with self._lock:
            if self.state is State.RUNNING:
                self.result = result
                self.version += 1
        self._looked.set()

    def cancelled(self) -> bool:
        """Whether the work should stop: nobody wants the answer any more."""
        return self._stop.is_set() or self._forsaken()

    def _forsaken(self) -> bool:
        """Whether all who wanted the answer have been away for longer than a refresh takes."""
        with self._lock:
            holders = list(self._holders.values())
        if any(here() for here in holders):
            self._wanted_at = time.monotonic()
        return time.monotonic() - self._wanted_at > FORSAKEN_S

    def wait_for(self, other: Job, *, keep: bool = True) -> Any:
        """
        The answer of another job, which is kept alive meanwhile.

        Parameters
        ----------
        other
            The job.
        keep
            Keep it alive. Without it a stop of the other is a stop, and this job ends with it:
            for what only follows from an answer that a person wants.

        Raises
        ------
        RunCancelledError
            When this job is stopped while it waits, or the other one was.
        Exception
            Whatever the other job failed with.
        """
        if keep:
            other.hold(self.key, lambda: self.running)
        try:
            while not other._ended.wait(0.05):
                if self.cancelled():
                    raise RunCancelledError
                self.tell(self.share, f"waiting: {other.label.lower()}")
        finally:
            if keep:
                other.release(self.key)
        if other.error is not None:
            raise other.error
        if other.state is State.STOPPED:
            raise RunCancelledError
        return other.result

    # What the pages call

    @property
    def running(self) -> bool:
        """Whether the work still goes on."""
        return self.state is State.RUNNING

    @property
    def nbytes(self) -> int:
        """Memory that the answer takes, where it tells; else 0."""
        return int(getattr(self.result, "nbytes", 0))

    def forget(self) -> None:
        """Let the answer go; whoever wants it again has to ask anew."""
        self.let_go, self.result = True, None

    def hold(self, holder: str, here: Callable[[], bool] = _always) -> None:
        """
        Say that somebody wants the answer.

        Parameters
        ----------
        holder
            Name of a session, or key of another job.
        here
            Whether the holder is still there: a closed tab never says that it goes.
        """
        with self._lock:
            self._holders[holder] = here

    def release(self, holder: str) -> None:
        """Say that somebody no longer wants the answer; the last one to go stops the work."""
        with self._lock:
            self._holders.pop(holder, None)
            if self.state is not State.RUNNING or any(here() for here in self._holders.values()):
                return
            self._stop.set()
            # The page is free at once; the thread ends as soon as its work notices.
            self.state = State.STOPPED

    def look(self, timeout: float) -> Any:
        """Wait a moment for an answer, early or final; None where there is none yet."""
        self._looked.wait(timeout)
        return self.result

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of the thread; whether it ended."""
        return self._ended.wait(timeout)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        name = f"job-{self.label}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        result, error = None, None
        try:
            result = self._work(self)
        except RunCancelledError:
            self._stop.set()
        except PlanningError as fault:
            error = fault
        except Exception as fault:
            # A bug: the page says so in a sentence, the log has the details.
            log.exception("%s failed", self.label)
            error = fault
        with self._lock:
            if self._stop.is_set():
                self.state = State.STOPPED
            elif error is not None:
                self.error, self.state = error, State.FAILED
            else:
                self.result, self.share, self.state = result, 1.0, State.DONE
            self.version += 1
            self.seconds = time.monotonic() - self.started
            self._work = _nothing
        self._looked.set()
        self._ended.set()
        _give_memory_back()


def _give_memory_back() -> None:
    """Hand freed memory to the system, where the C library keeps it otherwise (glibc)."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _nothing(_: Job) -> None:
    """Stand in for finished work, so that what it held can be let go."""


class Board:
    """
    All jobs of this process: at most one of a kind for every session.

    Parameters
    ----------
    kept
        Finished jobs whose answers are kept for the next one who asks.
    kept_bytes
        Memory that the answers of finished jobs may take together, where they tell it. What was
        used longest ago goes first, even from under an open page: its screen stays as it is,
        and what it asks for next is worked out again.
    here
        Tells of a session whether its tab is open.
    """

    def __init__(
        self,
        kept: int = FINISHED_KEPT,
        here: Callable[[str], bool] = lambda _: True,
        *,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        self._kept, self._here, self._kept_bytes = kept, here, kept_bytes
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._slots: dict[tuple[str, str], Job] = {}
        self._lock = threading.Lock()

    def request(
        self,
        session: str,
        slot: str,
        key: str,
        label: str,
        work: Callable[[Job], Any],
        *,
        again: bool = False,
    ) -> Job:
        """
        Ask a question: its running or finished job, or a new one.

        A session has one job in each slot: another key there releases the former job. A job
        that this session stopped stays stopped until it is asked for `again`.
        """
        with self._lock:
            former = self._slots.get((session, slot))
            if former is not None and former.key == key and not again and not former.let_go:
                if key in self._jobs:
                    self._jobs.move_to_end(key)
                return former
            job = self._jobs.get(key)
            if job is None or job.state in (State.STOPPED, State.FAILED):
                job = Job(key, label, work)
                self._jobs[key] = job
                job.hold(session, partial(self._here, session))
                job.start()
            else:
                job.hold(session, partial(self._here, session))
            self._jobs.move_to_end(key)
            self._slots[session, slot] = job
            self._forget_old()
        if former is not None and former is not job:
            former.release(session)
        return job

    def of(self, session: str, slot: str) -> Job | None:
        """The session's job in a slot."""
        return self._slots.get((session, slot))

    def cancel(self, session: str, slot: str) -> None:
        """Stop wanting the job of a slot."""
        job = self._slots.get((session, slot))
        if job is not None:
            job.release(session)

    def running(self) -> list[Job]:
        """Jobs whose work goes on, of every session."""
        with self._lock:
            return [job for job in self._jobs.values() if job.running]

    def _forget_old(self) -> None:
        for session, slot in list(self._slots):
            if not self._here(session) and not self._slots[session, slot].running:
                del self._slots[session, slot]
        finished = [key for key, job in self._jobs.items() if not job.running]
        for key in finished[: max(0, len(finished) - self._kept)]:
            del self._jobs[key]
        # The latest is what somebody looks at this moment.
        ahead = [key for key in reversed(finished) if key in self._jobs]
        held = 0
        for place, key in enumerate(ahead):
            held += self._jobs[key].nbytes
            if held > self._kept_bytes and place:
                self._jobs.pop(key).forget()


@cache
def board() -> Board:
    """The board of this process."""
    return Board(here=_tab_open)


def _tab_open(session: str) -> bool:
    """Whether a session's tab is connected; without a server, as in tests, it always is."""
    from streamlit import runtime

    return not runtime.exists() or runtime.get_instance().is_active_session(session)


def fingerprint(*parts: object) -> str:
    """
    Key of a question from all that decides its answer.

    Texts and bytes are taken whole: a key never comes from a sample of a large table.
    """
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else str(part).encode()
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()
