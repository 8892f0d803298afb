"""Worker processes: the same numbers, shared fairly, stopped at once, never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from blended_day import BLENDED, demand, staffed
from scenario import InvalidValueError, RunCancelledError
from simulate import Workers, simulate
from simulate.workers import WorkerDiedError


def run(pool, replications, **others):
    return simulate(
        BLENDED, demand(), staffed(7), replications=replications, workers=pool, **others
    )


@pytest.fixture(scope="module")
def pool():
    with Workers(2) as workers:
        run(workers, 2)
        yield workers


def seconds_of_processor(pool):
    """Processor time used by the workers so far."""
    total = 0
    for worker in pool._workers:
        with open(f"/proc/{worker._process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def test_numbers_do_not_depend_on_the_number_of_workers(pool):
    alone = run(1, 6, records=True)
    shared = run(pool, 6, records=True)

    assert shared.document() == alone.document()
    assert shared.contacts.equals(alone.contacts)


def test_progress_and_cancel_are_called_in_the_callers_thread(pool):
    threads, seen = set(), []

    def progress(done, total):
        threads.add(threading.current_thread())
        seen.append((done, total))

    def cancel():
        threads.add(threading.current_thread())
        return False

    run(pool, 5, progress=progress, cancel=cancel)

    assert seen == [(done, 5) for done in range(1, 6)]
    assert threads == {threading.current_thread()}


def test_cancelling_stops_every_worker_within_a_second(pool):
    """A run of minutes: stopped in the middle, and the workers use no more processor time."""
    seen = []
    asked = None

    def cancel():
        nonlocal asked
        if len(seen) >= 6 and asked is None:
            asked = time.monotonic()
        return asked is not None

    outcome = run(pool, 5000, progress=lambda done, _: seen.append(done), cancel=cancel)
    stopped = time.monotonic() - asked

    assert outcome.cancelled
    assert 2 <= outcome.replications < 5000
    assert stopped < 1.5  # a second, and room for a machine that does other things too
    assert pool.busy == 0
    before = seconds_of_processor(pool)
    time.sleep(0.3)
    assert seconds_of_processor(pool) - before < 0.1
    # The pool is as good as new, and what is kept is an unbroken beginning.
    levels = outcome.service_level("chat")[:2]
    assert run(pool, 2).service_level("chat").tolist() == levels.tolist()


def test_a_cancellation_reaches_the_middle_of_a_replication(pool):
    """Four months in one replication take SimPy far longer than the test."""
    long = BLENDED.with_changes({"horizon.length": "120d", "groups.team.agents": 7})
    period = long.period
    volume = demand()
    repeated = type(volume)(
        period,
        volume.channels,
        volume.mean[:1].repeat(period.count, axis=0) * 3,
        volume.handle_time_s[:1].repeat(period.count, axis=0),
    )
    began, asked = time.monotonic(), []

    def cancel():
        if time.monotonic() - began > 1:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(RunCancelledError):
        simulate(long, repeated, replications=4, workers=pool, cancel=cancel, engine="simpy")

    assert time.monotonic() - asked[0] < 1.5
    assert pool.busy == 0


def test_an_exception_in_the_callers_progress_stops_the_run(pool):
    class StopError(Exception):
        pass

    def progress(*_):
        raise StopError

    with pytest.raises(StopError):
        run(pool, 5000, progress=progress)
    assert pool.busy == 0


def test_a_short_run_does_not_wait_for_a_long_one(pool):
    finished = {}
    stop = threading.Event()

    def long_run():
        run(pool, 5000, cancel=stop.is_set)

    thread = threading.Thread(target=long_run)
    thread.start()
    try:
        time.sleep(0.3)
        began = time.monotonic()
        finished["short"] = run(pool, 4).document()
        took = time.monotonic() - began
    finally:
        stop.set()
        thread.join()

    assert finished["short"] == run(1, 4).document()
    assert took < 10  # the long one would take minutes


def test_an_error_in_a_worker_comes_back_with_its_place(pool):
    with pytest.raises(AttributeError) as told:
        pool.run("no floor input", engine="simpy", seed=1, replications=[0])
    assert "In a worker process" in "".join(told.value.__notes__)
    assert pool.busy == 0


def test_a_worker_that_dies_fails_the_run_and_is_replaced(pool):
    killed = []

    def progress(done, _):
        if done >= 2 and not killed:
            killed.append(pool._workers[0]._process.pid)
            os.kill(killed[0], signal.SIGKILL)

    run(pool, 200)  # on a busy machine one worker may begin when the other has done half of it
    with pytest.raises(WorkerDiedError, match="exit status -9"):
        run(pool, 5000, progress=progress)
    assert run(pool, 4).document() == run(1, 4).document()


def test_workers_end_with_the_pool():
    with Workers(1) as workers:
        run(workers, 2)
        process = workers._workers[0]._process
        assert process.poll() is None
    assert process.poll() is not None
    with pytest.raises(RuntimeError, match="closed"):
        run(workers, 2)


def test_no_processes_are_refused():
    with pytest.raises(InvalidValueError, match="workers must be at least 1"):
        Workers(0)


SCRIPT = """
import sys
import test_run
from simulate import Workers, simulate

print("main runs", flush=True)
pool = Workers(2)  # not closed: the processes end with the interpreter
outcome = simulate(
    test_run.BLENDED, test_run.demand(), test_run.staffed(7), replications=3, workers=pool
)
print(outcome.replications, *(worker._process.pid for worker in pool._workers))
"""


def test_a_plain_script_needs_no_guard_and_leaves_no_process_behind(tmp_path):
    """Workers never import the caller's main module, so nothing in it runs twice."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    told = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    first, second = told.stdout.splitlines()
    replications, *processes = (int(word) for word in second.split())

    assert (first, replications) == ("main runs", 3)
    assert told.stderr == ""
    for number in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_workers_end_quietly_when_the_caller_is_killed():
    """Even in the middle of their work: no process stays, and none complains."""
    script = SCRIPT.replace("replications=3", "replications=5000").replace(
        "workers=pool", "workers=pool, progress=tell"
    )
    tell = (
        "def tell(done, _):\n"
        "    if done == 2:\n"
        "        print(*(worker._process.pid for worker in pool._workers), flush=True)\n"
    )
    caller = subprocess.Popen(
        [sys.executable, "-c", tell + script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert caller.stdout.readline() == "main runs\n"
    processes = [int(word) for word in caller.stdout.readline().split()]
    caller.kill()
    # The workers hold the other end of standard error: it closes when the last of them ends.
    _, complaints = caller.communicate(timeout=20)

    assert len(processes) == 2
    assert complaints == ""


def test_workers_import_no_forecast_and_no_shell():
    """A worker starts for every run of the command line: it loads the floor and nothing else."""
    code = (
        "import sys, simulate.engines, simulate.worker, simulate.floor.world;"
        "heavy = {'statsmodels', 'streamlit', 'matplotlib', 'scipy.stats', 'typer'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
