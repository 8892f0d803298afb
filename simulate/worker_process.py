"""One worker process seen from outside, and the job that it does a share of."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from simulate.batches import Batch
from simulate.worker import Done, Failed, Input, Ready, Work

CHUNK_S = 0.1  # work handed out at a time, once the length of a replication is known
LARGEST_CHUNK = 64


class WorkerDiedError(RuntimeError):
    """A worker process ended in the middle of its work, e.g. for lack of memory."""


@dataclass(eq=False)
class Job:
    """One caller's replications; `pending` and `seconds` are guarded by the pool."""

    number: int
    payload: bytes
    engine: str
    seed: int
    records: bool
    pending: deque[int]
    seconds: float = CHUNK_S  # of one replication, as last seen
    messages: queue.SimpleQueue[Batch | BaseException] = field(default_factory=queue.SimpleQueue)

    def next_share(self, workers: int) -> tuple[int, ...]:
        """Replications for one worker: about `CHUNK_S` of work, less near the end."""
        fair = len(self.pending) // (2 * workers)
        size = max(1, min(round(CHUNK_S / max(self.seconds, 1e-4)), fair, LARGEST_CHUNK))
        return tuple(self.pending.popleft() for _ in range(min(size, len(self.pending))))


class Worker:
    """One process, started when needed and again after it died."""

    def __init__(self) -> None:
        self.run: Job | None = None
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

    def perform(self, run: Job, share: tuple[int, ...]) -> None:
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
            status = None
            if process is not None:
                # Its output ends a moment before it does.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    status = process.wait(timeout=1)
            raise WorkerDiedError(f"a worker process ended, exit status {status}") from None
