"""A pool of processes that runs replications, for several callers at once, and can be stopped."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from scenario.errors import InvalidValueError
from simulate.engines import Result
from simulate.worker import Cancel, Done, Failed, Forget, Input, Ready, Work

POLL_S = 0.05  # how often a caller looks whether it is cancelled
PATIENCE_S = 0.7  # how long a cancelled worker may take before it is ended
CHUNK_S = 0.1  # work handed out at a time, once the length of a replication is known
LARGEST_CHUNK = 64

Progress = Callable[[int, int], None]


class WorkerDiedError(RuntimeError):
    """A worker process ended in the middle of its work, e.g. for lack of memory."""


class Workers:
    """
    Processes that run replications; reusable, shared fairly by callers in several threads.

    Parameters
    ----------
    processes
        How many; default: the processors that this process may use.

    Notes
    -----
    Every worker is a fresh Python that imports the floor and nothing else: neither the caller's
    main module, so that scripts and the app need no guard, nor the forecast. They start with
    the first run, or with `start`. Runs take turns, so a short run does not wait for a long one
    to end. A worker also ends when its parent does, however that ends.

    Raises
    ------
    InvalidValueError
        When `processes` is not positive.

    Examples
    --------
    >>> with Workers(2) as pool:  # doctest: +SKIP
    ...     outcome = simulate(scenario, demand, workers=pool)
    """

    def __init__(self, processes: int | None = None) -> None:
        if processes is None:
            processes = _processors()
        if not processes >= 1:
            raise InvalidValueError("workers", "at least 1", processes)
        self.processes = processes
        self._changed = threading.Condition()
        self._runs: deque[_Run] = deque()
        self._workers: list[_Worker] = []
        self._next_run = 0
        self._closed = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the processes now rather than with the first run; returns at once."""
        with self._changed:
            if self._closed:
                raise RuntimeError("the workers are closed")
            if self._workers:
                return
            self._workers = [_Worker() for _ in range(self.processes)]
            # Without this an interpreter that ends would leave its threads waiting on pipes.
            atexit.register(self.close)
        for worker in self._workers:
            threading.Thread(target=self._serve, args=(worker,), daemon=True).start()

    def close(self) -> None:
        """End every process; runs under way fail. Closing twice does no harm."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for worker in self._workers:
            worker.end()
        atexit.unregister(self.close)

    @property
    def busy(self) -> int:
        """Workers that are running replications at this moment."""
        with self._changed:
            return sum(worker.run is not None for worker in self._workers)

    def run(
        self,
        floor_input: Any,
        *,
        engine: str,
        seed: int,
        replications: Sequence[int],
        records: bool = False,
        progress: Progress | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> list[Result]:
        """
        Run replications; `progress` and `cancel` are called in the caller's own thread.

        Parameters
        ----------
        floor_input
            Input of the floor; sent once to each worker that takes part.
        engine, seed, records
            As in `simulate.run.simulate`.
        replications
            Numbers of the replications.
        progress
            Told how many are finished, of how many.
        cancel
            Asked about twenty times a second; True stops the run.

        Returns
        -------
        list of Result
            In order of replication; fewer than asked when cancelled. When this returns or
            raises, no worker is busy with the run.

        Raises
        ------
        WorkerDiedError
            When a process ends on the way.
        """
        self.start()
        run = self._submit(floor_input, engine, seed, tuple(replications), records)
        results: list[Result] = []

        def take(message: Result | BaseException) -> None:
            if isinstance(message, BaseException):
                raise message
            results.append(message)
            if progress is not None:
                progress(len(results), len(replications))

        try:
            while len(results) < len(replications) and not (cancel is not None and cancel()):
                try:
                    take(run.messages.get(timeout=POLL_S))
                except queue.Empty:
                    if self._closed:
                        raise RuntimeError("the workers were closed during a run") from None
        finally:
            self._withdraw(run)
        return sorted(results, key=lambda result: result.replication)

    def _submit(
        self, floor_input: Any, engine: str, seed: int, replications: tuple[int, ...], records: bool
    ) -> _Run:
        payload = pickle.dumps(floor_input, protocol=pickle.HIGHEST_PROTOCOL)
        with self._changed:
            run = _Run(self._next_run, payload, engine, seed, records, deque(replications))
            self._next_run += 1
            self._runs.append(run)
            self._changed.notify_all()
        return run

    def _withdraw(self, run: _Run) -> None:
        """Take a run back: nothing more is handed out, and whoever works on it stops."""
        with self._changed:
            run.pending.clear()
            self._runs.remove(run)
            at_work = [worker for worker in self._workers if worker.run is run]
        for worker in at_work:
            worker.tell(Cancel(run.number))
        with self._changed:
            idle = self._changed.wait_for(
                lambda: all(worker.run is not run for worker in at_work), PATIENCE_S
            )
        if not idle:
            for worker in at_work:
                if worker.run is run:
                    worker.end(at_once=True)
        for worker in self._workers:
            if run.number in worker.inputs:
                worker.inputs.discard(run.number)
                worker.tell(Forget(run.number))

    def _serve(self, worker: _Worker) -> None:
        """Hand work to one worker for as long as the pool is open."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting() is not None)
                if self._closed:
                    return
            # The process starts before it is given work, so a run can be taken back meanwhile.
            if not worker.ready() and not self._closed:
                self._blame(WorkerDiedError("a worker process could not start"))
                continue
            with self._changed:
                run = self._waiting()
                if run is None or self._closed:
                    continue
                share = run.next_share(self.processes)
                worker.run = run
                # Whoever was served goes to the end of the line.
                self._runs.remove(run)
                self._runs.append(run)
            started = time.monotonic()
            try:
                worker.perform(run, share)
            except WorkerDiedError as error:
                run.messages.put(error)
            with self._changed:
                run.seconds = (time.monotonic() - started) / len(share)
                worker.run = None
                self._changed.notify_all()

    def _waiting(self) -> _Run | None:
        """The run that is served next: fewest workers at work, then longest not served."""
        waiting = [run for run in self._runs if run.pending]
        at_work = [worker.run for worker in self._workers]
        return min(waiting, key=lambda run: at_work.count(run), default=None)

    def _blame(self, error: BaseException) -> None:
        with self._changed:
            for run in self._runs:
                run.pending.clear()
                run.messages.put(error)


def _processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(eq=False)
class _Run:
    """One caller's replications; `pending` and `seconds` are guarded by the pool."""

    number: int
    payload: bytes
    engine: str
    seed: int
    records: bool
    pending: deque[int]
    seconds: float = CHUNK_S  # of one replication, as last seen
    messages: queue.SimpleQueue[Result | BaseException] = field(default_factory=queue.SimpleQueue)

    def next_share(self, workers: int) -> tuple[int, ...]:
        """Replications for one worker: about `CHUNK_S` of work, less near the end."""
        fair = len(self.pending) // (2 * workers)
        size = max(1, min(round(CHUNK_S / max(self.seconds, 1e-4)), fair, LARGEST_CHUNK))
        return tuple(self.pending.popleft() for _ in range(min(size, len(self.pending))))


class _Worker:
    """One process, started when needed and again after it died."""

    def __init__(self) -> None:
        self.run: _Run | None = None
        self.inputs: set[int] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._sending = threading.Lock()

    def ready(self) -> bool:
        """Start the process unless it runs; whether it is ready for work."""
        if self._process is not None and self._process.poll() is None:
            return True
        self.end(at_once=True)
        self.inputs.clear()
        # The floor is small arrays: threads inside numpy would only get in the others' way.
        surroundings = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "simulate.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=surroundings,
        )
        try:
            return isinstance(self._hear(), Ready)
        except WorkerDiedError:
            return False

    def perform(self, run: _Run, share: tuple[int, ...]) -> None:
        """
        Have replications done; each result goes to the run as soon as it is there.

        Raises
        ------
        WorkerDiedError
            When the process ends.
        """
        if run.number not in self.inputs:
            self.inputs.add(run.number)
            self.tell(Input(run.number, run.payload))
        self.tell(Work(run.number, run.engine, run.seed, run.records, share))
        while not isinstance(message := self._hear(), Done):
            run.messages.put(message.error if isinstance(message, Failed) else message)

    def tell(self, message: object) -> None:
        """Send a message; one to a process that has ended is lost, which `_hear` notices."""
        process = self._process
        if process is None or process.stdin is None:
            return
        with self._sending:
            try:
                pickle.dump(message, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                process.stdin.flush()
            except (OSError, ValueError):
                return

    def end(self, *, at_once: bool = False) -> None:
        """Hang up, and end the process if it does not end by itself."""
        process, self._process = self._process, None
        if process is None:
            return
        if at_once:
            process.kill()
        with self._sending, contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # Whoever reads the answers has met their end by now.
        if process.stdout is not None:
            process.stdout.close()

    def _hear(self) -> Any:
        process = self._process
        try:
            if process is None or process.stdout is None:
                raise EOFError
            return pickle.load(process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            status = process.poll() if process is not None else None
            raise WorkerDiedError(f"a worker process ended, exit status {status}") from None
