"""A pool of processes that runs replications, for several callers at once, and can be stopped."""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from scenario.errors import InvalidValueError
from simulate.batches import Batch
from simulate.worker import Cancel, Forget
from simulate.worker_process import Job, Worker, WorkerDiedError

POLL_S = 0.05  # how often a caller looks whether it is cancelled
PATIENCE_S = 0.7  # how long a cancelled worker may take before it is ended

Progress = Callable[[int, int], None]


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
        self._runs: deque[Job] = deque()
        self._workers: list[Worker] = []
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
            self._workers = [Worker() for _ in range(self.processes)]
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
    ) -> list[Batch]:
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
        list of Batch
            In any order; fewer replications than asked when cancelled. When this returns or
            raises, no worker is busy with the run.

        Raises
        ------
        WorkerDiedError
            When a process ends on the way.
        """
        self.start()
        run = self._submit(floor_input, engine, seed, tuple(replications), records)
        batches: list[Batch] = []
        done = 0

        def take(message: Batch | BaseException) -> None:
            nonlocal done
            if isinstance(message, BaseException):
                raise message
            batches.append(message)
            done += message.count
            if progress is not None:
                progress(done, len(replications))

        try:
            while done < len(replications) and not (cancel is not None and cancel()):
                try:
                    take(run.messages.get(timeout=POLL_S))
                except queue.Empty:
                    if self._closed:
                        raise RuntimeError("the workers were closed during a run") from None
        finally:
            self._withdraw(run)
        return batches

    def _submit(
        self, floor_input: Any, engine: str, seed: int, replications: tuple[int, ...], records: bool
    ) -> Job:
        payload = pickle.dumps(floor_input, protocol=pickle.HIGHEST_PROTOCOL)
        with self._changed:
            run = Job(self._next_run, payload, engine, seed, records, deque(replications))
            self._next_run += 1
            self._runs.append(run)
            self._changed.notify_all()
        return run

    def _withdraw(self, run: Job) -> None:
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

    def _serve(self, worker: Worker) -> None:
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

    def _waiting(self) -> Job | None:
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
