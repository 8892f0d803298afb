"""Replications side by side in threads, for an engine that does not hold the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from scenario import RunCancelledError

Finished = TypeVar("Finished")
Cancel = Callable[[], bool]

_POLL_S = 0.05


def in_threads(
    run: Callable[[int, Cancel], Finished],
    replications: Sequence[int],
    *,
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancel: Cancel | None,
) -> list[Finished]:
    """
    Run replications, several at a time.

    Parameters
    ----------
    run
        Runs the replication of this number, and asks now and then whether to stop; raises
        `RunCancelledError` when it is.
    replications
        Their numbers.
    threads
        How many run at once, at least 1.
    progress
        Told how many are finished, of how many, in the caller's thread.
    cancel
        Asked about twenty times a second, in the caller's thread.

    Returns
    -------
    list
        What the finished ones gave, in the order of their numbers; all of them unless
        cancelled.
    """
    if cancel is not None and cancel():
        return []
    stop = threading.Event()
    pool = ThreadPoolExecutor(threads)
    try:
        futures = [pool.submit(run, number, stop.is_set) for number in replications]
        unfinished: set[Future[Finished]] = set(futures)
        while unfinished:
            if cancel is not None and cancel():
                stop.set()
            done, unfinished = wait(unfinished, _POLL_S, FIRST_COMPLETED)
            if done and progress is not None and not stop.is_set():
                progress(len(futures) - len(unfinished), len(futures))
        return [future.result() for future in futures if _has_finished(future)]
    finally:
        stop.set()  # however the caller leaves
        pool.shutdown(cancel_futures=True)


def _has_finished(future: Future[Finished]) -> bool:
    """Whether a replication came to its end; any other failure is the caller's."""
    return not isinstance(future.exception(), RunCancelledError)
