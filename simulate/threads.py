"""Replications side by side in threads, for an engine that does not hold the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from simulate.batches import Batch, finished

Cancel = Callable[[], bool]
Run = Callable[[Iterable[int], Cancel], Iterator[Batch]]
"""Replications and whether to stop, to those that are finished, batch by batch."""

_POLL_S = 0.05


def in_threads(
    run: Run,
    replications: Sequence[int],
    *,
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancel: Cancel | None,
) -> list[Batch]:
    """
    Run replications, several at a time.

    Parameters
    ----------
    run
        Runs replications, asks for each when it is done with the one before, and asks now and
        then whether to stop.
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
        Those that are finished, in any order; all of them unless cancelled.
    """
    if cancel is not None and cancel():
        return []
    stop = threading.Event()
    batches: list[Batch] = []
    numbers = iter(replications)  # every number goes to the thread that is free first

    def work() -> None:
        batches.extend(run(numbers, stop.is_set))

    pool = ThreadPoolExecutor(threads)
    seen = done = 0
    try:
        working = {pool.submit(work) for _ in range(threads)}
        while working:
            if cancel is not None and cancel():
                stop.set()
            ended, working = wait(working, _POLL_S, FIRST_EXCEPTION)
            for one in ended:
                one.result()  # what goes wrong in a thread is the caller's
            fresh = batches[seen:]
            seen += len(fresh)
            done += finished(fresh)
            if fresh and progress is not None and not stop.is_set():
                progress(done, len(replications))
        return batches
    finally:
        stop.set()  # however the caller leaves
        pool.shutdown(cancel_futures=True)
